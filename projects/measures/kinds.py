"""The measure kinds: what is entered for each, and how its saving is calculated.

Every kind multiplies a yearly amount of final energy in kWh, worked out from its inputs, with an emission factor in
kg CO2e per kWh. A kind without a formula raises awareness and claims no tonnes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText


class MeasureKind(models.TextChoices):
    """What small municipalities do; `KINDS` says how each is calculated."""

    LED_STREET_LIGHTING = "led_street_lighting", _("LED street lighting")
    POWER_SAVING = "power_saving", _("saving electricity in a building")
    PV_OWN_USE = "pv_own_use", _("solar power used on site")
    HEAT_SAVING_GAS = "heat_saving_gas", _("saving heat from natural gas")
    HEAT_SAVING_OIL = "heat_saving_oil", _("saving heat from heating oil")
    AWARENESS = "awareness", _("raising awareness (no tonnes are claimed)")


@dataclass(frozen=True)
class Input:
    """One number a person enters: its name in the data, its question, unit, plausible range, and where to find it."""

    name: str
    label: str | LazyText
    unit: str
    low: Decimal
    high: Decimal
    where: str | LazyText


@dataclass(frozen=True)
class Kind:
    """How the saving of one measure kind is calculated.

    `formula` is written with the names of the inputs and `factor`, so that it can be frozen, read in any language and
    filled with numbers. `kwh` does the same sum up to the factor: kWh of final energy saved a year.
    """

    inputs: tuple[Input, ...]
    factor_key: str
    formula: str
    kwh: Callable[[Mapping[str, Decimal]], Decimal]


BEFORE = Input(
    "kwh_before",
    _("consumption a year before"),
    "kWh",
    Decimal(1),
    Decimal(50_000_000),
    _("On the last yearly bill before the measure."),
)
AFTER = Input(
    "kwh_after",
    _("consumption a year after"),
    "kWh",
    Decimal(0),
    Decimal(50_000_000),
    _("On the first full yearly bill after the measure. Before that, in the planner's calculation."),
)
OWN_USE = Input(
    "kwh_used",
    _("solar power used on site a year"),
    "kWh",
    Decimal(1),
    Decimal(50_000_000),
    _("What the panels yield (inverter or yield meter) minus what is fed in (bill of the grid operator)."),
)
GAS = _("On the yearly gas bill. If it counts by upper heating value (Brennwert, Hs), enter nine tenths of it.")
OIL = _("From the delivery notes or the meter. One litre of heating oil holds about 10 kWh.")
_DIFFERENCE = "(kwh_before − kwh_after) × factor"


def _difference(inputs: Mapping[str, Decimal]) -> Decimal:
    return inputs["kwh_before"] - inputs["kwh_after"]


KINDS: dict[str, Kind] = {
    MeasureKind.LED_STREET_LIGHTING: Kind((BEFORE, AFTER), "electricity-mix", _DIFFERENCE, _difference),
    MeasureKind.POWER_SAVING: Kind((BEFORE, AFTER), "electricity-mix", _DIFFERENCE, _difference),
    MeasureKind.PV_OWN_USE: Kind((OWN_USE,), "electricity-mix", "kwh_used × factor", lambda i: i["kwh_used"]),
    MeasureKind.HEAT_SAVING_GAS: Kind(
        (replace(BEFORE, where=GAS), replace(AFTER, where=GAS)), "natural-gas", _DIFFERENCE, _difference
    ),
    MeasureKind.HEAT_SAVING_OIL: Kind(
        (replace(BEFORE, where=OIL), replace(AFTER, where=OIL)), "heating-oil", _DIFFERENCE, _difference
    ),
}
INPUTS: dict[str, Input] = {each.name: each for each in (BEFORE, AFTER, OWN_USE)}
