"""Emission factors: published values with their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communes.models import DateRange

if TYPE_CHECKING:
    pass


class EmissionFactor(models.Model):
    """One published value of an emission factor, with its source; never changed, only followed by a newer one."""

    key = models.SlugField(_("short name"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    value = models.DecimalField(_("value (kg CO2e per kWh)"), max_digits=10, decimal_places=6)
    year = models.PositiveSmallIntegerField(_("year of the value"))
    scope = models.CharField(_("scope"), max_length=120)
    source = models.CharField(_("source"), max_length=300)
    page = models.CharField(_("page"), max_length=60, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("confirmed at the source"), default=True)

    class Meta:
        verbose_name = _("emission factor")
        verbose_name_plural = _("emission factors")
        ordering: ClassVar = ["key", "-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "year"], name="one_factor_a_year"),
            models.CheckConstraint(condition=Q(value__gte=0), name="factor_not_negative"),
            ExclusionConstraint(
                name="factors_do_not_overlap",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"
