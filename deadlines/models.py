"""What must be remembered (deadlines, tasks), told (the outbox) and done in the background (jobs)."""

import re
import uuid
from datetime import date, timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Phase, Programme, User
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet


def default_lead_days() -> list[int]:
    """Remind two weeks before, three days before, and on the day."""
    return [14, 3, 0]


class SubjectModel(AgencyModel):
    """Base of rows about an object of any room."""

    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject_id = models.BigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta(AgencyModel.Meta):
        abstract = True


class DeadlineQuerySet(AgencyQuerySet):
    """Reads of deadlines in the domain's words."""

    def open(self) -> "DeadlineQuerySet":
        """Deadlines that are not done."""
        return self.filter(done_at__isnull=True)

    def due(self, on: date) -> "DeadlineQuerySet":
        """Open deadlines that have come by this day."""
        return self.open().filter(due_on__lte=on)


# Whatever changes a deadline, be it plain SQL: its next reminder is the first of the new lead times.
FIRST_REMINDER = "NEW.remind_on := NEW.due_on - (SELECT max(days) FROM unnest(NEW.lead_days) AS days); RETURN NEW;"


@tracked(exclude=("remind_on",))
class Deadline(SubjectModel):
    """A date somebody must not forget, about an object of any room.

    `url` is the address of what it is about; only `selectors.due_for` sets it.
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

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.FOLLOW_UP)
    title = models.CharField(_("title"), max_length=160)
    due_on = models.DateField(_("due on"))
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="deadlines", verbose_name=_("who")
    )
    lead_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(365)]),
        verbose_name=_("remind how many days before"),
        default=default_lead_days,
        blank=True,
    )
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
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="set_reminders",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=FIRST_REMINDER,
            ),
            pgtrigger.Trigger(
                name="reset_reminders",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("due_on", "lead_days"),
                func=FIRST_REMINDER,
            ),
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
    """That a reminder of a deadline was written, once for each lead time and date."""

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="reminders")
    due_on = models.DateField(_("due on"))
    lead_days = models.PositiveSmallIntegerField(_("days before"))
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


class PhasePlan(models.Model):
    """A programme's template of tasks by phase."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="phase_plans", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=160)

    class Meta:
        verbose_name = _("phase plan")
        verbose_name_plural = _("phase plans")

    def __str__(self) -> str:
        return self.title


class PlannedTask(models.Model):
    """A task of a phase plan, due some days after the plan's milestone."""

    plan = models.ForeignKey(PhasePlan, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("phase plan"))
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("phase"))
    title = models.CharField(_("title"), max_length=160)
    days = models.SmallIntegerField(_("days after the milestone"), default=0)

    class Meta:
        verbose_name = _("planned task")
        verbose_name_plural = _("planned tasks")
        ordering: ClassVar = ["days", "pk"]

    def __str__(self) -> str:
        return self.title


class TaskQuerySet(AgencyQuerySet):
    """Reads of tasks in the domain's words."""

    def open(self) -> "TaskQuerySet":
        """Tasks that are neither done nor skipped."""
        return self.filter(status=Task.Status.OPEN)


@tracked()
class Task(SubjectModel):
    """A dated task with an owner, perhaps made from a phase plan."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")

    class Kind(models.TextChoices):
        PLAIN = "", _("task")
        QUIET = "quiet", _("has gone quiet")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PLAIN, blank=True, editable=False)
    planned = models.ForeignKey(
        PlannedTask, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    title = models.CharField(_("title"), max_length=160)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN, editable=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("who")
    )
    reason = models.CharField(_("reason for skipping"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = AgencyManager.from_queryset(TaskQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=~Q(status="skipped") | ~Q(reason=""), name="skipped_with_a_reason"),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                condition=Q(kind="quiet", status="open"),
                name="one_open_task_about_silence",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "due_on"], condition=Q(status="open"), name="task_open"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Whether the task's day has passed and nothing was done."""
        return self.status == self.Status.OPEN and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def when(self) -> str:
        """How far away the task's day is, in words; empty without one."""
        return how_far(self.due_on) if self.due_on else ""


# Mails with sign-in codes, with links that make an account, and with those that prove whose address it is.
SECRET_MAILS = ("account/", "invitation", "registration/confirm", "patron/confirm", "idea/follow")


class OutboxMailQuerySet(AgencyQuerySet):
    """Reads of the outbox in the domain's words."""

    def waiting(self) -> "OutboxMailQuerySet":
        """Mails whose time to be sent has come."""
        return self.filter(status=OutboxMail.Status.WAITING, not_before__lte=timezone.now())


class OutboxMail(SubjectModel):
    """A mail, written in the transaction of its cause and sent by Celery until the mail server has taken it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    template = models.CharField(_("kind of mail"), max_length=60)
    recipient = models.EmailField(_("recipient"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    subject_line = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    attachment = models.CharField(_("attached file"), max_length=200, blank=True)
    attachment_name = models.CharField(_("name of the attached file"), max_length=120, blank=True)
    unsubscribe_link = models.CharField(_("link that ends such mails"), max_length=300, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = AgencyManager.from_queryset(OutboxMailQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=~Q(status="sent") | Q(sent_at__isnull=False), name="sent_has_a_time"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "not_before"], condition=Q(status="waiting"), name="outbox_waiting"),
            models.Index(fields=["agency", "-created_at"], name="outbox_order"),
        ]

    def __str__(self) -> str:
        return self.subject_line

    @property
    def is_secret(self) -> bool:
        """Whether the mail's words open something: nobody but its recipient may read them."""
        return self.template.startswith(SECRET_MAILS)

    @property
    def problem(self) -> str:
        """What went wrong with the last attempt and what helps, in words; empty where nothing did."""
        if not self.error:
            return ""
        code, _blank, answer = self.error.partition(" ")
        if code == "421":
            return gettext("%(answer)s. It is tried again by itself.") % {"answer": answer.rstrip(".")}
        if self.status == self.Status.WAITING:
            words = gettext("The mail server asks to try later. It is tried again by itself.")
        elif re.match(r"5\.1\.|.*(unknown|no such|does not exist)", answer, re.IGNORECASE):
            words = gettext("This address does not exist. Please check how it is spelled.")
        elif re.match(r"[45]\.2\.2|.*(full|quota)", answer, re.IGNORECASE):
            words = gettext("The recipient's mailbox is full. Please try another way to reach the person.")
        else:
            words = gettext("The mail server refused the mail for good.")
        return f"{words} ({self.error})"


class JobQuerySet(AgencyQuerySet):
    """Reads of jobs in the domain's words."""

    def unfinished(self) -> "JobQuerySet":
        """Jobs that wait or run."""
        return self.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING])


class Job(SubjectModel):
    """Work done in the background: ordered in a transaction, run by Celery, never lost, visible to staff."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Kind(models.TextChoices):
        APPOINTMENT_CERTIFICATE = "appointment_certificate", _("appointment certificate")
        APPOINTMENT_DAY = "appointment_day", _("appointment day")
        THANKS_CERTIFICATE = "thanks_certificate", _("thank-you certificate")
        COMMUNE_REPORT = "commune_report", _("municipality report")
        INSIGHT = "insight", _("insight")
        REGISTRATION_LETTER = "registration_letter", _("letter to a municipality")
        EXCHANGE_DIGEST = "exchange_digest", _("mails with news of the exchange")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind)
    parameters = models.JSONField(_("parameters"), default=dict)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.QUEUED)
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0, validators=[MaxValueValidator(100)])
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    ordered_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs", verbose_name=_("ordered by")
    )
    ordered_at = models.DateTimeField(_("ordered at"), default=timezone.now)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = AgencyManager.from_queryset(JobQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering: ClassVar = ["-ordered_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["agency", "status"], condition=Q(status__in=["queued", "running"]), name="job_unfinished"
            ),
        ]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=Q(progress__lte=100), name="progress_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_finished(self) -> bool:
        """Whether the job has ended, well or not."""
        return self.status in {self.Status.DONE, self.Status.FAILED}

    @property
    def takes_long(self) -> bool:
        """Whether the job has waited for a worker longer than people expect."""
        return self.status == self.Status.QUEUED and timezone.now() - self.ordered_at > timedelta(seconds=30)
