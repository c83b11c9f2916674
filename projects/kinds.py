"""The measure kinds: what is entered for each, and how its saving is calculated.

Every kind multiplies a yearly amount of final energy in kWh, worked out from its inputs, with an emission factor in
kg CO2e per kWh. A kind without a formula raises awareness and claims no tonnes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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
    label: str | Promise
    unit: str
    low: Decimal
    high: Decimal
    where: str | Promise


@dataclass(frozen=True)
class Kind:
    """How the saving of one measure kind is calculated. `kwh` returns kWh of final energy saved a year."""

    inputs: tuple[Input, ...]
    factor_key: str
    formula: str | Promise
    kwh: Callable[[Mapping[str, Decimal]], Decimal]


BEFORE = Input(
    "kwh_before",
    _("consumption a year before"),
    "kWh",
    Decimal(0),
    Decimal(50_000_000),
    _("On the yearly bill before the measure, in kWh."),
)
AFTER = Input(
    "kwh_after",
    _("consumption a year after"),
    "kWh",
    Decimal(0),
    Decimal(50_000_000),
    _("On the first full yearly bill after the measure, or from the planner's calculation, in kWh."),
)
OWN_USE = Input(
    "kwh_used",
    _("solar power used on site a year"),
    "kWh",
    Decimal(0),
    Decimal(50_000_000),
    _("Yield minus feed-in, from the inverter or the meter, in kWh."),
)


def _difference(inputs: Mapping[str, Decimal]) -> Decimal:
    return inputs["kwh_before"] - inputs["kwh_after"]


_DIFFERENCE_FORMULA = _("(consumption before − consumption after) × emission factor")

KINDS: dict[str, Kind] = {
    MeasureKind.LED_STREET_LIGHTING: Kind((BEFORE, AFTER), "electricity-mix", _DIFFERENCE_FORMULA, _difference),
    MeasureKind.POWER_SAVING: Kind((BEFORE, AFTER), "electricity-mix", _DIFFERENCE_FORMULA, _difference),
    MeasureKind.PV_OWN_USE: Kind(
        (OWN_USE,), "electricity-mix", _("solar power used on site × emission factor"), lambda i: i["kwh_used"]
    ),
    MeasureKind.HEAT_SAVING_GAS: Kind((BEFORE, AFTER), "natural-gas", _DIFFERENCE_FORMULA, _difference),
    MeasureKind.HEAT_SAVING_OIL: Kind((BEFORE, AFTER), "heating-oil", _DIFFERENCE_FORMULA, _difference),
}
