"""Measures of projects, and the savings behind each tonne."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.models import LifeCycle
from klikks.history import tracked
from klikks.tenancy import AgencyModel
from projects.measures.kinds import MeasureKind, Quality
from projects.models.project import Project


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
    counted_in = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="counts_for",
        verbose_name=_("counted there already"),
        editable=False,
    )
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
            models.CheckConstraint(
                condition=Q(counted_in__isnull=True) | ~Q(counted_in=F("id")), name="not_counted_in_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()


@dataclass(frozen=True)
class UsedFactor:
    """An emission factor as a saving has frozen it: its name in the formula, its value, and where it was published."""

    name: str
    key: str
    label: str
    label_en: str
    value: str
    unit: str
    year: int
    edition: str
    with_upstream: bool
    scope: str
    source: str
    page: str
    licence: str
    is_confirmed: bool

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label

    @property
    def citation(self) -> str:
        """Where the factor was published, and under which licence."""
        return ", ".join(part for part in (self.source, self.page, self.licence) if part)


class Calculation:
    """What a frozen calculation can say of itself, for whoever reads it."""

    kg_per_year: Decimal
    factors: list[dict[str, Any]]

    @property
    def whole_kg(self) -> str:
        """The saving in whole kilograms, as the reader writes numbers."""
        return number_format(self.kg_per_year.quantize(Decimal(1), ROUND_HALF_UP), force_grouping=True)

    @property
    def used_factors(self) -> list[UsedFactor]:
        """The emission factors behind the saving, in the order of the formula."""
        return [UsedFactor(**factor) for factor in self.factors]


class Saving(Calculation, AgencyModel):
    """A calculated saving in kg CO2e a year, frozen with its inputs, factors and formula. Never changed.

    A new calculation adds a row and marks the old one as replaced; both stay readable. `inputs` holds each number with
    its unit ("18500 kWh/a"), so that a saving can be followed and recalculated from its own row alone.
    """

    Quality = Quality

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="savings", verbose_name=_("measure"))
    kg_per_year = models.DecimalField(_("kg CO2e a year"), max_digits=14, decimal_places=3)
    quality = models.CharField(_("quality"), max_length=12, choices=Quality.choices, default=Quality.CALCULATED)
    is_estimate = models.BooleanField(_("counts as an estimate"), default=False)
    kind = models.CharField(_("kind"), max_length=40, choices=MeasureKind.choices)
    formula = models.CharField(_("formula"), max_length=200)
    formula_version = models.PositiveSmallIntegerField(_("version of the formula"), default=1)
    inputs = models.JSONField(_("inputs"))
    factors = models.JSONField(_("emission factors"), default=list)
    calculated_for = models.DateField(_("with the factors of"), default=timezone.localdate)
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

    def get_absolute_url(self) -> str:
        """Return the address of the page that says how the saving was calculated."""
        return reverse("projects:saving", args=[self.pk])


@tracked()
class MeasureReview(AgencyModel):
    """A question about a measure's figure that staff should answer: counted twice, or out of the ordinary?"""

    class Reason(models.TextChoices):
        TWICE = "twice", _("perhaps counted twice")
        UNUSUAL = "unusual", _("unusually much")

    class Answer(models.TextChoices):
        OPEN = "open", _("open")
        RIGHT = "right", _("checked and right")
        SAME = "same", _("the same as another measure")
        SETTLED = "settled", _("settled by new numbers")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("measure"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    other = models.ForeignKey(
        Measure,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("the other measure"),
    )
    found = models.JSONField(_("what was found"), default=dict)
    answer = models.CharField(_("answer"), max_length=12, choices=Answer, default=Answer.OPEN)
    note = models.TextField(_("note"), blank=True, max_length=1000)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "agencies.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta(AgencyModel.Meta):
        verbose_name = _("question about a measure")
        verbose_name_plural = _("questions about measures")
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["measure", "reason"], condition=Q(answer="open"), name="one_open_question_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.get_reason_display()}"
