"""Funding programmes, and applications for their money."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, LifeCycle, State
from klikks.history import tracked
from klikks.tenancy import AgencyModel, PublicReadWall
from projects.models.project import Project, euro_field, not_negative

if TYPE_CHECKING:
    pass


class FundingProgramme(models.Model):
    """A funding programme as data: who funds what at which rate until when. Kept by an agency, readable by all."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    name = models.CharField(_("name"), max_length=200)
    funder = models.CharField(_("funder"), max_length=160)
    state = models.ForeignKey(
        State, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("state")
    )
    who_may_apply = models.CharField(_("who may apply"), max_length=200, blank=True)
    rate = models.DecimalField(_("funding rate (%)"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    link = models.URLField(_("link"), blank=True)
    closes_on = models.DateField(_("applications until"), null=True, blank=True)
    checked_on = models.DateField(_("last checked on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("funding programme")
        verbose_name_plural = _("funding programmes")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            PublicReadWall(name="projects_fundingprogramme_wall"),
            models.CheckConstraint(condition=Q(rate__gte=0) & Q(rate__lte=100), name="rate_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class FundingApplication(LifeCycle, AgencyModel):
    """An application for funding of a project, with the amounts applied for and granted."""

    class Status(models.TextChoices):
        DRAFTED = "drafted", _("drafted")
        SUBMITTED = "submitted", _("submitted")
        GRANTED = "granted", _("granted")
        REJECTED = "rejected", _("rejected")

    TRANSITIONS: ClassVar = {
        Status.DRAFTED: {Status.SUBMITTED},
        Status.SUBMITTED: {Status.GRANTED, Status.REJECTED},
    }

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="funding_applications", verbose_name=_("project")
    )
    funding_programme = models.ForeignKey(
        FundingProgramme, on_delete=models.PROTECT, related_name="+", verbose_name=_("funding programme")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFTED, editable=False)
    applied_for = euro_field(_("applied for (€)"))
    granted = euro_field(_("granted (€)"))
    file_number = models.CharField(_("file number"), max_length=60, blank=True)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("funding application")
        verbose_name_plural = _("funding applications")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=not_negative("applied_for", "granted"), name="amounts_not_negative"),
            models.CheckConstraint(
                condition=~Q(status="granted") | Q(granted__isnull=False), name="granted_has_an_amount"
            ),
            models.CheckConstraint(
                condition=Q(submitted_on__isnull=True)
                | Q(decided_on__isnull=True)
                | Q(decided_on__gte=F("submitted_on")),
                name="decided_after_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.funding_programme} – {self.project}"
