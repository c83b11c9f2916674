"""What a measure kind is: the numbers entered for it, and how its saving is calculated.

The kinds themselves stand in `library`, by field of action. A kind without a formula raises awareness, binds carbon
or prepares something: it is good to do, and claims no tonnes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText


class MeasureKind(models.TextChoices):
    """What small municipalities do; `library.KINDS` says how each is calculated."""

    LED_STREET_LIGHTING = "led_street_lighting", _("LED street lighting")
    INDOOR_LIGHTING = "indoor_lighting", _("LED lighting in a building or on a sports ground")
    POWER_SAVING = "power_saving", _("saving electricity in a building")
    CIRCULATION_PUMPS = "circulation_pumps", _("exchange of heating pumps")
    APPLIANCES = "appliances", _("exchange of appliances")
    WATER_WORKS = "water_works", _("saving electricity in a sewage plant or waterworks")
    PV_OWN_USE = "pv_own_use", _("solar power used on site")
    PV_ROOF = "pv_roof", _("solar panels on a roof")
    BALCONY_PV = "balcony_pv", _("campaign for balcony solar panels")
    HEAT_SAVING_GAS = "heat_saving_gas", _("saving heat from natural gas")
    HEAT_SAVING_OIL = "heat_saving_oil", _("saving heat from heating oil")
    INSULATION = "insulation", _("insulation of a public building")
    WINDOWS = "windows", _("new windows or doors")
    HYDRAULIC_BALANCING = "hydraulic_balancing", _("hydraulic balancing of a heating system")
    ENERGY_MANAGEMENT = "energy_management", _("energy management in buildings")
    HEAT_PUMP_FOR_OIL = "heat_pump_for_oil", _("heat pump instead of an oil heating")
    HEAT_PUMP_FOR_GAS = "heat_pump_for_gas", _("heat pump instead of a gas heating")
    PELLETS_FOR_OIL = "pellets_for_oil", _("wood pellets instead of heating oil")
    PELLETS_FOR_GAS = "pellets_for_gas", _("wood pellets instead of natural gas")
    WOOD_CHIPS_FOR_OIL = "wood_chips_for_oil", _("wood chips instead of heating oil")
    LOCAL_HEAT_FOR_OIL = "local_heat_for_oil", _("local heat network instead of oil heatings")
    LOCAL_HEAT_FOR_GAS = "local_heat_for_gas", _("local heat network instead of gas heatings")
    SOLAR_HEAT = "solar_heat", _("solar heat")
    SCHOOL_FIFTY_FIFTY = "school_fifty_fifty", _("school saves energy and keeps half the money (50/50)")
    POWER_SAVING_CHECK = "power_saving_check", _("power-saving check in households")
    BIKE_SHARING = "bike_sharing", _("e-bike or cargo bike sharing")
    BIKE_INSTEAD_OF_CAR = "bike_instead_of_car", _("by bicycle or on foot instead of by car")
    CITIZEN_BUS = "citizen_bus", _("citizen bus")
    E_CAR = "e_car", _("electric vehicle for the municipality")
    CHARGING_POINT = "charging_point", _("charging point")
    FUEL_SAVING = "fuel_saving", _("saving diesel in vehicles and machines")
    MOOR_REWETTING = "moor_rewetting", _("rewetting of a moor")
    TREES_AND_HEDGES = "trees_and_hedges", _("planting trees and hedges")
    FLOWER_STRIPS = "flower_strips", _("flower strips and meadows")
    GREEN_POWER = "green_power", _("green power contract")
    THERMOGRAPHY_WALK = "thermography_walk", _("thermography walk")
    ADVICE_EVENING = "advice_evening", _("energy advice evening")
    REPAIR_CAFE = "repair_cafe", _("repair café")
    CLIMATE_FRIENDLY_EVENT = "climate_friendly_event", _("climate-friendly event")
    RIDE_BENCH = "ride_bench", _("ride bench")
    CONCEPT = "concept", _("concept or heat plan")
    AWARENESS = "awareness", _("raising awareness (no tonnes are claimed)")


class Quality(models.TextChoices):
    """How sure a figure is, the surest first."""

    MEASURED = "measured", _("measured")
    CALCULATED = "calculated", _("calculated")
    ESTIMATED = "estimated", _("estimated")


@dataclass(frozen=True)
class Input:
    """One number a person enters: its name in the data, its question, unit, plausible range, and where to find it.

    `default` is offered only where it was read in its source, which `where` then names.
    """

    name: str
    label: str | LazyText
    unit: str
    low: Decimal
    high: Decimal
    where: str | LazyText
    default: Decimal | None = None


@dataclass(frozen=True)
class Choice:
    """What burns or heats, where a kind leaves that open: one of several emission factors, by their short names."""

    name: str
    label: str | LazyText
    factors: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """How the saving of one measure kind is calculated.

    `formula` is written with the names of the inputs and of `factors` (name in the formula → short name of an emission
    factor), so that it can be frozen, evaluated, read in any language and filled with numbers. A change of it needs a
    new `version`. `best` is the surest quality a figure of this kind can have. `uncertainty` says in words what the
    figure leaves open. `lifetime` in years is a planning value: for how long the saving is expected.
    """

    inputs: tuple[Input, ...]
    factors: dict[str, str]
    formula: str
    uncertainty: str | LazyText
    lifetime: int
    best: Quality = Quality.MEASURED
    choice: Choice | None = None
    version: int = 1


@dataclass(frozen=True)
class NotCounted:
    """A kind that claims no tonnes, and why."""

    why: str | LazyText


@dataclass(frozen=True)
class Field:
    """Kinds of one field of action, as they are offered together."""

    label: str | LazyText
    kinds: dict[str, Kind | NotCounted] = field(default_factory=dict)
