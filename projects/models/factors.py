"""Emission factors: published values with their sources."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communes.models import DateRange


class EmissionFactor(models.Model):
    """One published value of an emission factor, with its source; never changed, only followed by a newer one.

    A publisher corrects the value of a past year in a later edition of the same document: that is a row of its own.
    """

    key = models.SlugField(_("short name"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=6)
    unit = models.CharField(_("unit"), max_length=20, default="kg/kWh")
    year = models.PositiveSmallIntegerField(_("year of the value"))
    edition = models.CharField(_("edition"), max_length=40, blank=True)
    published_on = models.DateField(_("published on"))
    with_upstream = models.BooleanField(_("with upstream emissions"), default=False)
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
        ordering: ClassVar = ["key", "-year", "-published_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "year", "edition"], name="one_factor_a_year_and_edition"),
            models.CheckConstraint(condition=Q(value__gte=0), name="factor_not_negative"),
            ExclusionConstraint(
                name="factors_of_an_edition_do_not_overlap",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    ("edition", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="value_never_changes", operation=pgtrigger.UpdateOf("key", "value", "unit", "year")),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"
