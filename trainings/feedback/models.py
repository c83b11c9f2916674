"""What participants say about a training, without anybody learning who said it.

Three tables on purpose. `FeedbackRequest` knows the person, and only that an answer came, not when and not which.
`FeedbackSlip` is an answer in the closed box: it names no person and no time, and with each new answer all slips in the
box are written anew, shuffled. As soon as five slips lie in the box, five of them are taken out together, shuffled and
copied into `FeedbackAnswer` and `FeedbackComment`, so that neither the order of the rows nor the number of the
transaction leads back to anybody. None of these tables keeps a history.
"""

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klikks.tenancy import AgencyModel

LONGEST_COMMENT = 1500


def rating(label: Any) -> models.PositiveSmallIntegerField:
    """Return a field for an opinion from 1 (not at all) to 5 (fully)."""
    return models.PositiveSmallIntegerField(label, validators=[MinValueValidator(1), MaxValueValidator(5)])


class FeedbackRequest(AgencyModel):
    """That somebody was asked for an opinion, and whether an answer came. Belongs to the person's agency."""

    enrolment = models.OneToOneField(
        "trainings.Enrolment", on_delete=models.CASCADE, related_name="feedback_request", verbose_name=_("enrolment")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    has_answered = models.BooleanField(_("has answered"), default=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("request for feedback")
        verbose_name_plural = _("requests for feedback")

    def __str__(self) -> str:
        return str(self.enrolment_id)


class Ratings(AgencyModel):
    """The closed questions of the form. Belongs to the agency of the session, whoever answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("trainings.TrainingSession", on_delete=models.CASCADE, related_name="+")
    useful = rating(_("I can use what I learned."))
    clear = rating(_("The contents were easy to follow."))
    trainers = rating(_("The trainers responded to us."))
    organisation = rating(_("Organisation, place and technology were right."))
    recommend = rating(_("I would recommend this training."))

    QUESTIONS: ClassVar = ["useful", "clear", "trainers", "organisation", "recommend"]

    class Meta(AgencyModel.Meta):
        abstract = True


class FeedbackSlip(Ratings):
    """An answer in the closed box: nobody reads it until there are enough to hide among."""

    good = models.TextField(_("What was good?"), blank=True, max_length=LONGEST_COMMENT)
    better = models.TextField(_("What should be better?"), blank=True, max_length=LONGEST_COMMENT)

    class Meta(Ratings.Meta):
        verbose_name = _("feedback in the closed box")
        verbose_name_plural = _("feedback in the closed box")

    def __str__(self) -> str:
        return str(self.pk)


class FeedbackAnswer(Ratings):
    """An answer that was published together with others."""

    class Meta(Ratings.Meta):
        verbose_name = _("published feedback")
        verbose_name_plural = _("published feedback")

    def __str__(self) -> str:
        return str(self.pk)


class FeedbackComment(AgencyModel):
    """Words of an answer, kept apart from its ratings."""

    class About(models.TextChoices):
        GOOD = "good", _("What was good?")
        BETTER = "better", _("What should be better?")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("trainings.TrainingSession", on_delete=models.CASCADE, related_name="+")
    about = models.CharField(_("about"), max_length=6, choices=About)
    text = models.TextField(_("text"), max_length=LONGEST_COMMENT)

    class Meta(AgencyModel.Meta):
        verbose_name = _("comment of the feedback")
        verbose_name_plural = _("comments of the feedback")

    def __str__(self) -> str:
        return self.text[:60]
