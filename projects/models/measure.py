"""Measures of projects, and the savings behind each tonne."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import LifeCycle
from klikks.history import tracked
from klikks.tenancy import AgencyModel
from projects.measures.kinds import MeasureKind
from projects.models.factors import EmissionFactor
from projects.models.project import Project

if TYPE_CHECKING:
    pass


@tracked()
class Measure(LifeCycle, AgencyModel):
    """A concrete step of a project that may save CO2e, with the numbers entered for it."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        DONE = "done", pgettext_lazy("measure", "done")
        DROPPED = "dropped", pgettext_lazy("project", "dropped")

    TRANSITIONS: ClassVar = {Status.PLANNED: {Status.DONE, Status.DROPPED}, Status.DROPPED: {Status.PLANNED}}

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="measures", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=40, choices=MeasureKind.choices)
    title = models.CharField(_("title"), max_length=160, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PLANNED, editable=False)
    inputs = models.JSONField(_("numbers entered"), default=dict)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(status="done") | Q(done_on__isnull=False), name="done_measure_has_a_date"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()


class Saving(AgencyModel):
    """A calculated saving in kg CO2e a year, frozen with its inputs, factor and formula. Never changed.

    A new calculation adds a row and marks the old one as replaced; both stay readable.
    """

    class Quality(models.TextChoices):
        MEASURED = "measured", _("measured")
        CALCULATED = "calculated", _("calculated")
        ESTIMATED = "estimated", _("estimated")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="savings", verbose_name=_("measure"))
    kg_per_year = models.DecimalField(_("kg CO2e a year"), max_digits=14, decimal_places=3)
    quality = models.CharField(_("quality"), max_length=12, choices=Quality, default=Quality.CALCULATED)
    factor = models.ForeignKey(EmissionFactor, on_delete=models.PROTECT, verbose_name=_("emission factor"))
    factor_value = models.DecimalField(_("value of the factor (kg CO2e per kWh)"), max_digits=10, decimal_places=6)
    formula = models.CharField(_("formula"), max_length=200)
    inputs = models.JSONField(_("inputs"))
    calculated_at = models.DateTimeField(_("calculated at"), default=timezone.now)
    calculated_by = models.ForeignKey("agencies.User", on_delete=models.SET_NULL, null=True, related_name="+")
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("saving")
        verbose_name_plural = _("savings")
        ordering: ClassVar = ["-calculated_at"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["measure"], condition=Q(replaced_at__isnull=True), name="one_current_saving"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.whole_kg} kg"

    @property
    def whole_kg(self) -> str:
        """The saving in whole kilograms, as the reader writes numbers."""
        return number_format(self.kg_per_year.quantize(Decimal(1), ROUND_HALF_UP), force_grouping=True)

    def get_absolute_url(self) -> str:
        """Return the address of the page that says how the saving was calculated."""
        return reverse("projects:saving", args=[self.pk])
