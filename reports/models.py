"""Stored documents and the reports an agency owes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Programme, User
from communes.models import Commune
from deadlines.models import Job, SubjectModel
from klikks.history import tracked
from klikks.tenancy import AgencyModel


class Document(SubjectModel):
    """A rendered file of an agency: stored once for its job, handed out only to those who may see its subject."""

    class Kind(models.TextChoices):
        APPOINTMENT_CERTIFICATE = "appointment_certificate", _("appointment certificate")
        COMMUNE_REPORT = "commune_report", _("municipality report")

    kind = models.CharField(_("kind"), max_length=40, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to="documents/%Y/%m/")
    sha256 = models.CharField(_("checksum"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="document")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="document_subject")]

    def __str__(self) -> str:
        return self.title


@tracked()
class Report(AgencyModel):
    """A report about a period: of a municipality, or owed to the funder."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("municipality report")
        INTERIM = "interim", _("interim proof")
        FINAL = "final", _("final report")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COMMUNE)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("municipality"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    ordered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="report_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(kind="commune") | Q(commune__isnull=False), name="commune_report_has_a_commune"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.commune or self.programme}"
