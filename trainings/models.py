"""Training series, their sessions and who takes part."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, LifeCycle, Membership, Programme
from agencies.models.programmes import in_readers_language
from communes.models import Twinning
from klikks.history import tracked
from klikks.tenancy import AgencyModel, PublicReadWall
from patrons.models import Patron
from trainings.calendars.models import CalendarFeed

__all__ = ["CalendarFeed", "Enrolment", "TakenPlaces", "TrainingSeries", "TrainingSession"]


class TrainingSeries(models.Model):
    """A series of trainings for one audience. Names no person, so all agencies may read it."""

    class Audience(models.TextChoices):
        REGIONAL_MANAGERS = "regional_managers", _("regional managers (coaching)")
        PATRONS = "patrons", _("climate patrons")
        COMMUNES = "communes", _("municipalities")
        NETWORK = "network", _("networking meeting")
        CONFERENCE = "conference", _("conference with excursion")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="training_series", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=160)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience)
    goals = models.TextField(_("learning goals"), blank=True)
    across_agencies = models.BooleanField(_("open to all agencies of the programme"), default=False)

    class Meta:
        verbose_name = pgettext_lazy("one", "training series")
        verbose_name_plural = _("training series")
        ordering: ClassVar = ["title"]
        constraints: ClassVar = [PublicReadWall(name="trainings_trainingseries_wall")]

    def __str__(self) -> str:
        return self.title


class TrainingSession(models.Model):
    """One date of a series. Names no person, so all agencies may read it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    series = models.ForeignKey(
        TrainingSeries, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("series")
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    online_link = models.URLField(_("online link"), blank=True)
    host = models.ForeignKey(
        Twinning,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="conferences",
        verbose_name=_("host town"),
        help_text=_("For a conference of a network of twinned towns."),
    )
    excursion = models.CharField(_("excursion"), max_length=400, blank=True)
    excursion_en = models.CharField(_("excursion, in English"), max_length=400, blank=True)
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            PublicReadWall(name="trainings_trainingsession_wall"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
        ]

    @property
    def excursion_text(self) -> str:
        """Where the conference's excursion leads, in the reader's language."""
        return in_readers_language(self.excursion, self.excursion_en)

    def __str__(self) -> str:
        return f"{self.title or self.series}, {timezone.localtime(self.starts_at):%d.%m.%Y}"


@tracked()
class Enrolment(LifeCycle, AgencyModel):
    """A person's place in a session; belongs to the person's own agency."""

    class Status(models.TextChoices):
        ENROLLED = "enrolled", _("enrolled")
        WAITING = "waiting", _("on the waiting list")
        ATTENDED = "attended", _("attended")
        ABSENT = "absent", _("absent")
        CANCELLED = "cancelled", _("cancelled")

    TRANSITIONS: ClassVar = {
        Status.ENROLLED: {Status.ATTENDED, Status.ABSENT, Status.CANCELLED},
        Status.WAITING: {Status.ENROLLED, Status.CANCELLED},
    }

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("session")
    )
    patron = models.ForeignKey(
        Patron,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        verbose_name=_("climate patron"),
    )
    member = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        verbose_name=_("member of staff"),
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ENROLLED, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(patron__isnull=False, member__isnull=True) | Q(patron__isnull=True, member__isnull=False),
                name="enrolment_is_one_person",
            ),
            models.UniqueConstraint(
                fields=["session", "patron"], condition=~Q(status="cancelled"), name="one_enrolment_a_patron"
            ),
            models.UniqueConstraint(
                fields=["session", "member"], condition=~Q(status="cancelled"), name="one_enrolment_a_member"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patron or self.member}: {self.session}"


class TakenPlaces(models.Model):
    """How many places of a session are taken, counted over all agencies by a view that names nobody."""

    session = models.OneToOneField(
        TrainingSession, on_delete=models.DO_NOTHING, primary_key=True, related_name="taken_places"
    )
    taken = models.IntegerField()

    class Meta:
        managed = False
        db_table = "trainings_takenplaces"

    def __str__(self) -> str:
        return str(self.taken)
