"""Dates somebody must not forget, and the reminders that were written of them."""

from datetime import date
from typing import ClassVar

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from deadlines.models.subject import SubjectModel
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet


def default_lead_days() -> list[int]:
    """Remind two weeks before, three days before, and on the day, unless agency or person have set something else."""
    return [14, 3, 0]


class DeadlineQuerySet(AgencyQuerySet):
    """Reads of deadlines in the domain's words."""

    def open(self) -> "DeadlineQuerySet":
        """Deadlines that are not done."""
        return self.filter(done_at__isnull=True)

    def of(self, user: User) -> "DeadlineQuerySet":
        """Deadlines that a person owns or stands in for."""
        return self.filter(Q(owner=user) | Q(stand_in=user))

    def about(self, subject: models.Model) -> "DeadlineQuerySet":
        """Deadlines of an object."""
        return self.filter(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)

    def due(self, on: date) -> "DeadlineQuerySet":
        """Open deadlines that have come by this day."""
        return self.open().filter(due_on__lte=on)


@tracked(exclude=("remind_on", "snoozed_until"), unless={"kind": "task"})
class Deadline(SubjectModel):
    """A date somebody must not forget, about an object of any room.

    `url` is the address of what it is about; only `selectors.due_for` sets it. Whatever changes a deadline, be it plain
    SQL: a trigger of the database sets its next reminder to the first of its steps (migration 0013).
    """

    url: str

    class Kind(models.TextChoices):
        FIRST_VISIT = "first_visit", _("first visit")
        MILESTONE = "milestone", _("milestone of a project")
        STEP = "step", _("step of a project")
        FUNDING = "funding", _("funding call closes")
        FUNDING_ENDS = "funding_ends", _("funding period ends")
        PROOF_OF_USE = "proof_of_use", _("proof of use")
        REPORT = "report", _("report due")
        FOLLOW_UP = "follow_up", _("follow-up")
        ANSWER = "answer", _("answer expected")
        WINDOW = "window", _("participation window closes")
        TASK = "task", _("task")
        CONSENT = "consent", _("consent ends")
        ACCOUNT = "account", _("account ends")

    # Dates that pass by themselves: nobody has to tick them off.
    PASSING = (Kind.WINDOW,)
    # Dates that follow from a rule: they move when what they are about is renewed, not by hand.
    BY_RULE = (Kind.CONSENT, Kind.ACCOUNT)

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.FOLLOW_UP)
    title = models.CharField(_("title"), max_length=160)
    due_on = models.DateField(_("due on"))
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="deadlines", verbose_name=_("who")
    )
    stand_in = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stand-in"),
        help_text=_("Reminded while the owner is away. Without one it is the owner's own stand-in."),
    )
    # None: as the owner, otherwise the agency, has set it.
    lead_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(365)]),
        verbose_name=_("remind how many days before"),
        null=True,
        blank=True,
    )
    snoozed_until = models.DateField(_("silent until"), null=True, blank=True, editable=False)
    remind_on = models.DateField(_("next reminder on"), null=True, blank=True, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = AgencyManager.from_queryset(DeadlineQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering: ClassVar = ["due_on", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "due_on"], condition=Q(done_at__isnull=True), name="deadline_open"),
            models.Index(fields=["agency", "remind_on"], condition=Q(done_at__isnull=True), name="deadline_reminders"),
            models.Index(fields=["owner", "due_on"], condition=Q(done_at__isnull=True), name="deadline_of_owner"),
            models.Index(fields=["subject_type", "subject_id"], name="deadline_subject"),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def heading(self) -> str:
        """What is due, in words of the reader's language."""
        return heading(self.kind, self.title)

    @property
    def days_left(self) -> int:
        """Days until the deadline; negative when it is overdue."""
        return (self.due_on - timezone.localdate()).days

    @property
    def is_overdue(self) -> bool:
        """Whether the deadline has passed and is not done."""
        return self.done_at is None and self.days_left < 0

    @property
    def when(self) -> str:
        """How far away the deadline is, in words of the reader's language."""
        return how_far(self.due_on)


# How the title of a deadline is introduced where it only names what it is about.
HEADINGS = {
    Deadline.Kind.MILESTONE: _("Project to be finished: %(title)s"),
    Deadline.Kind.FUNDING: _("Apply for funding: %(title)s"),
    Deadline.Kind.FUNDING_ENDS: _("Funding period ends: %(title)s"),
    Deadline.Kind.PROOF_OF_USE: _("Hand in the proof of use: %(title)s"),
    Deadline.Kind.WINDOW: _("Registration closes: %(title)s"),
    Deadline.Kind.CONSENT: _("Consent ends: %(title)s"),
    Deadline.Kind.ACCOUNT: _("Account ends: %(title)s"),
}


def heading(kind: str, title: str) -> str:
    """Say what is due: the title of a deadline, introduced by what is to be done where it does not say that itself."""
    words = HEADINGS.get(Deadline.Kind(kind)) if kind else None
    return words % {"title": title} if words else title


def how_far(day: date) -> str:
    """Say how far away a day is by which something is due: "due in 3 days", "overdue for 1 day"."""
    days = (day - timezone.localdate()).days
    if days < 0:
        return ngettext("overdue for %(count)d day", "overdue for %(count)d days", -days) % {"count": -days}
    if days == 0:
        return gettext("due today")
    if days == 1:
        return gettext("due tomorrow")
    return ngettext("due in %(count)d day", "due in %(count)d days", days) % {"count": days}


class Reminder(AgencyModel):
    """That a reminder of a deadline was written, once for each step and date.

    `lead_days` below zero are days after the deadline: then the agency's administrators were told.
    """

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="reminders")
    due_on = models.DateField(_("due on"))
    lead_days = models.SmallIntegerField(_("days before"))
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["deadline", "due_on", "lead_days"], name="one_reminder_a_lead_time"),
        ]

    def __str__(self) -> str:
        return f"{self.deadline} (-{self.lead_days})"
