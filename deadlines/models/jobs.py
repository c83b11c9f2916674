"""Work done in the background."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from deadlines.models.subject import SubjectModel
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet


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
        ATTENDANCE_LIST = "attendance_list", _("list of participants")
        TRAINING_CERTIFICATES = "training_certificates", _("certificates of attendance")
        PHASE_PLAN = "phase_plan", _("timeline of a phase plan")
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
