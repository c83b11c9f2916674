"""Kinds that save heat or change what makes it. Amounts of fuel are kWh of lower heating value (Heizwert, Hi)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from projects.measures.kinds import Choice, Field, Input, Kind, MeasureKind, Quality
from projects.measures.library.electricity import AFTER, BEFORE, MOST

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText

GAS = _("On the yearly gas bill. If it counts by upper heating value (Brennwert, Hs), enter nine tenths of it.")
OIL = _("From the delivery notes or the meter. One litre of heating oil holds about 10 kWh.")
ANY_FUEL = _(
    "On the yearly bill or the delivery notes. One litre of heating oil holds about 10 kWh, one kilogram of pellets "
    "about 5 kWh. If a gas bill counts by upper heating value (Brennwert, Hs), enter nine tenths of it."
)
CARRIER = Choice(
    "carrier",
    _("What makes the heat?"),
    ("natural-gas", "heating-oil", "liquefied-gas", "district-heat", "pellets", "wood"),
)
POWER_USED = Input(
    "kwh_power",
    _("electricity used by it a year"),
    "kWh/a",
    Decimal(0),
    MOST,
    _("On the meter of the heat pump. Before a year is over, in the planner's calculation."),
)
PELLETS = Input(
    "kwh_wood",
    _("wood burnt a year"),
    "kWh/a",
    Decimal(1),
    MOST,
    _("From the delivery notes. One tonne of pellets holds about 5,000 kWh."),
)
HEAT_TAKEN = Input(
    "kwh_heat",
    _("heat taken from the network a year"),
    "kWh/a",
    Decimal(1),
    MOST,
    _("On the heat meters or the yearly bill of the network."),
)
NETWORK = Input(
    "kg_per_kwh",
    _("emissions of the heat network"),
    "kg/kWh",
    Decimal(0),
    Decimal("0.6"),
    _("In the operator's certificate of its emission factor (for instance by FW 309); grams divided by 1,000."),
)
SHARE = Input(
    "share",
    _("share that is saved"),
    "percent",
    Decimal(1),
    Decimal(40),
    _("In the report of the engineer or of the person in charge of energy."),
)
POWER_BEFORE = replace(BEFORE, name="power_before", label=_("electricity a year before"))
POWER_AFTER = replace(AFTER, name="power_after", label=_("electricity a year after"))
HEAT_BEFORE = replace(BEFORE, where=ANY_FUEL, label=_("heat or fuel a year before"))
HEAT_AFTER = replace(AFTER, where=ANY_FUEL, label=_("heat or fuel a year after"))
SOLAR = Input(
    "kwh_solar",
    _("solar heat used a year"),
    "kWh/a",
    Decimal(1),
    MOST,
    _("On the heat meter of the solar circuit, or in the planner's calculation."),
)
METERED = _("Bills are exact; a cold or warm winter changes the consumption by a tenth. Compare years alike.")
REPLACED = _("What was burnt before is taken from the bills. Counted is what burns here, and the power at its mix.")
ENGINEERED = _("The share saved is a forecast. After the first full winter, better compare two yearly bills.")


def _difference(fuel: str, where: LazyText, lifetime: int) -> Kind:
    """Return a kind that compares two yearly bills of one fuel."""
    inputs = (replace(BEFORE, where=where), replace(AFTER, where=where))
    return Kind(inputs, {"fuel": fuel}, "(kwh_before - kwh_after) * fuel", METERED, lifetime)


def _building(lifetime: int) -> Kind:
    """Return a kind that compares two yearly bills of whatever heats the building."""
    return Kind((HEAT_BEFORE, HEAT_AFTER), {}, "(kwh_before - kwh_after) * carrier", METERED, lifetime, choice=CARRIER)


def _heat_pump(fuel: str, where: LazyText) -> Kind:
    inputs = (replace(BEFORE, where=where), POWER_USED)
    factors = {"fuel": fuel, "electricity": "electricity-mix"}
    return Kind(inputs, factors, "kwh_before * fuel - kwh_power * electricity", REPLACED, 20)


def _wood(fuel: str, where: LazyText, wood: str) -> Kind:
    inputs = (replace(BEFORE, where=where), PELLETS)
    return Kind(inputs, {"fuel": fuel, "wood": wood}, "kwh_before * fuel - kwh_wood * wood", REPLACED, 18)


def _network(fuel: str, where: LazyText) -> Kind:
    inputs = (replace(BEFORE, where=where), HEAT_TAKEN, NETWORK)
    return Kind(inputs, {"fuel": fuel}, "kwh_before * fuel - kwh_heat * kg_per_kwh", REPLACED, 30)


FIELD = Field(
    _("Heat and buildings"),
    {
        MeasureKind.INSULATION: _building(40),
        MeasureKind.WINDOWS: _building(30),
        MeasureKind.HEAT_SAVING_GAS: _difference("natural-gas", GAS, 15),
        MeasureKind.HEAT_SAVING_OIL: _difference("heating-oil", OIL, 15),
        MeasureKind.HYDRAULIC_BALANCING: Kind(
            (HEAT_BEFORE, SHARE),
            {},
            "kwh_before * share * carrier",
            ENGINEERED,
            10,
            Quality.ESTIMATED,
            CARRIER,
        ),
        MeasureKind.ENERGY_MANAGEMENT: Kind(
            (
                HEAT_BEFORE,
                POWER_BEFORE,
                replace(
                    SHARE,
                    default=Decimal(10),
                    where=_(
                        "Measures that cost little save 10 to 20 per cent (KEM guide “Der rote Faden”, version 1.0, "
                        "page 2). Later, take the share from your energy report."
                    ),
                ),
            ),
            {"electricity": "electricity-mix"},
            "(kwh_before * carrier + power_before * electricity) * share",
            ENGINEERED,
            5,
            Quality.ESTIMATED,
            CARRIER,
        ),
        MeasureKind.HEAT_PUMP_FOR_OIL: _heat_pump("heating-oil", OIL),
        MeasureKind.HEAT_PUMP_FOR_GAS: _heat_pump("natural-gas", GAS),
        MeasureKind.PELLETS_FOR_OIL: _wood("heating-oil", OIL, "pellets"),
        MeasureKind.PELLETS_FOR_GAS: _wood("natural-gas", GAS, "pellets"),
        MeasureKind.WOOD_CHIPS_FOR_OIL: _wood("heating-oil", OIL, "wood"),
        MeasureKind.LOCAL_HEAT_FOR_OIL: _network("heating-oil", OIL),
        MeasureKind.LOCAL_HEAT_FOR_GAS: _network("natural-gas", GAS),
        MeasureKind.SOLAR_HEAT: Kind(
            (SOLAR,),
            {},
            "kwh_solar * carrier",
            _("Counts the fuel that is not burnt; the losses of the old boiler and the power of pumps are left out."),
            20,
            choice=CARRIER,
        ),
    },
)
