"""Units of what is entered and of emission factors; a units library checks and converts them, never we by hand.

The registry knows only the units of this portal, so that a typing error is an error and not some unit of physics.
"""

from decimal import Decimal

from pint import DimensionalityError, UndefinedUnitError, UnitRegistry
from pint.facets.plain import PlainQuantity

KG_A_YEAR = "kg/a"
_DEFINITIONS = """
kilo- = 1000 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
gram = [mass] = g
tonne = 1000 * kilogram = t
watt_hour = [energy] = Wh
kilowatt_peak = [installed_power] = kWp
kilometre = [length] = km
hundred_km = 100 * kilometre
litre = [volume] = l
hectare = [area] = ha
year = [time] = a
percent = 0.01 = %
device = [device]
household = [household]
"""

# What stands behind a number that is read: "a year" is said by its label.
_SHOWN = {
    "kWh/a": "kWh",
    "km/a": "km",
    "l/a": "l",
    "device": "",
    "household": "",
    "percent": "%",
    "kWh/(device*a)": "kWh",
    "kWh/(household*a)": "kWh",
    "kWh/(kWp*a)": "kWh/kWp",
    "kWh/hundred_km": "kWh/100 km",
    "l/hundred_km": "l/100 km",
    "t/(ha*a)": "t/ha",
}

units: UnitRegistry = UnitRegistry(None, non_int_type=Decimal, on_redefinition="raise")
for _line in _DEFINITIONS.strip().splitlines():
    units.define(_line)


class NotThatUnit(ValueError):
    """A number was given in a unit that cannot be turned into the one asked for."""


def quantity(value: Decimal, unit: str) -> PlainQuantity[Decimal]:
    """Return a number with its unit."""
    return units.Quantity(value, units.parse_units(unit))


def convert(value: Decimal, given: str, wanted: str) -> Decimal:
    """Return `value`, given in one unit, in another. Raises NotThatUnit where that cannot be."""
    if given == wanted:
        return value
    try:
        return Decimal(quantity(value, given).to(wanted).magnitude)
    except (DimensionalityError, UndefinedUnitError, ValueError) as problem:
        raise NotThatUnit(given) from problem


def shown(unit: str) -> str:
    """Return a unit as it is read behind a number."""
    return _SHOWN.get(unit, unit)


def is_the_same(first: str, second: str) -> bool:
    """Whether two units measure the same thing, such as kWh/a and MWh/a."""
    return bool(units.parse_units(first).is_compatible_with(second))
