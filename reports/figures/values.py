"""A figure's value with everything a reader asks of it: unit, target, what is estimated, where it was counted."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.models.programmes import Figure

NOTHING = Decimal(0)
KG_A_TONNE = 1000
NBSP = "\N{NO-BREAK SPACE}"


class Unit(models.TextChoices):
    """What a figure's value is counted in; kg are shown to readers as tonnes."""

    COUNT = "", pgettext_lazy("unit", "number")
    HOURS = "h", pgettext_lazy("unit", "hours")
    KG = "kg", pgettext_lazy("unit", "kg CO₂e a year")
    EURO = "€", pgettext_lazy("unit", "euro")


UNITS = {
    Figure.VOLUNTEER_HOURS: Unit.HOURS,
    Figure.KG_DONE: Unit.KG,
    Figure.KG_PLANNED: Unit.KG,
    Figure.FUNDING_APPLIED: Unit.EURO,
    Figure.FUNDING_GRANTED: Unit.EURO,
    Figure.INVESTED: Unit.EURO,
}
# Where the unit stands beside the value, the label need not repeat it.
LABELS = {
    Figure.KG_DONE: gettext_lazy("CO₂e avoided a year, done"),
    Figure.KG_PLANNED: gettext_lazy("CO₂e avoided a year, planned"),
    Figure.FUNDING_APPLIED: gettext_lazy("funding applied for"),
    Figure.FUNDING_GRANTED: gettext_lazy("funding granted"),
    Figure.INVESTED: gettext_lazy("investment set off"),
}


@dataclass(frozen=True)
class Period:
    """Some days in a row, first and last included. Raises ValidationError if they are in the wrong order."""

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day lies before the first day.")})

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class FigureValue:
    """One figure of a scope. Amounts are in `unit`: kg, €, hours, or a plain number.

    `actual` is what was reached in the period asked for, `total` all up to its end (the same without a period),
    `recent` the part of `total` from its last twelve months, `estimated` the part of `total` that is an estimate.
    `target` is None where nobody promised one; `url` is empty where the reader may not see the rows.
    """

    figure: Figure
    actual: Decimal
    total: Decimal
    recent: Decimal
    estimated: Decimal
    target: Decimal | None = None
    url: str = ""

    @property
    def label(self) -> str:
        """What is counted, in the reader's language, without the unit."""
        return str(LABELS.get(self.figure, self.figure.label))

    @property
    def unit(self) -> Unit:
        """What the amounts are counted in."""
        return UNITS.get(self.figure, Unit.COUNT)

    @property
    def is_estimate(self) -> bool:
        """Whether a part of the value is an estimate."""
        return self.estimated != NOTHING

    @property
    def percent(self) -> int | None:
        """How much of the target is reached, in whole percent; None without a target."""
        return int(self.total * 100 / self.target) if self.target else None

    @property
    def actual_text(self) -> str:
        """The amount of the period as it is read: "15.000 t"."""
        return in_words(self.figure, self.actual)

    @property
    def total_text(self) -> str:
        """The total as it is read."""
        return in_words(self.figure, self.total)

    @property
    def recent_text(self) -> str:
        """What the last twelve months have added, as it is read."""
        return in_words(self.figure, self.recent)

    @property
    def target_text(self) -> str:
        """The target as it is read; empty without one."""
        return "" if self.target is None else in_words(self.figure, self.target)


def in_words(figure: Figure, amount: Decimal) -> str:
    """Return an amount as it is read, with its unit: "178", "12,5 h", "15.000 t", "20.000.000 €"."""
    unit = UNITS.get(figure, Unit.COUNT)
    if unit == Unit.KG:
        return tonnes(amount)
    if unit == Unit.EURO:
        return euro(amount)
    if unit == Unit.HOURS:
        return f"{number(amount, 0 if amount == int(amount) else 1)}{NBSP}h"
    return number(amount)


def tonnes(kg: Decimal) -> str:
    """Return an amount given in kg as tonnes, as precisely as it is worth reading: "15.000 t", "4,93 t"."""
    amount = kg / KG_A_TONNE
    decimals = 0 if amount == 0 or abs(amount) >= 100 else 1 if abs(amount) >= 10 else 2 if abs(amount) >= 1 else 3
    return f"{number(amount, decimals)}{NBSP}t"


def euro(amount: Decimal) -> str:
    """Return whole euro: "24.000 €"."""
    return f"{number(amount)}{NBSP}€"


def number(amount: Decimal, decimals: int = 0) -> str:
    """Return a number in the reader's way of writing, rounded half up."""
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return number_format(rounded, decimals, use_l10n=True, force_grouping=True)
