"""Published emission factors, as data: kg CO2e per kWh, each with document, page, year and scope.

A value that we have not read off the document itself is marked as not confirmed: it is kept for whoever looks it up,
and no calculation takes it. A published value is never changed here; a newer one gets a row of its own.
"""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from projects.models import EmissionFactor

INVENTORY = "Umweltbundesamt 2023: Nationaler Inventarbericht zum Deutschen Treibhausgasinventar 1990–2021, Tabelle 481"
FACT_SHEET = "BAFA: Informationsblatt CO2-Faktoren, Ausgabe von etwa 2021"
POWER_2025 = (
    "Umweltbundesamt 2025: Entwicklung der spezifischen Treibhausgas-Emissionen des deutschen Strommix 1990–2024, "
    "Climate Change 13/2025"
)
POWER_EARLIER = "Umweltbundesamt: Emissionsfaktor des deutschen Strommix {year}, vorläufiger Wert"
FREE = "Veröffentlichte Zahl mit Quellenangabe"
COMBUSTION = "CO2 der Verbrennung, ohne Vorketten, je kWh Heizwert (Hi)"
POWER = "CO2 der Stromerzeugung in Deutschland, ohne Vorketten, je kWh Strom"
UNCHECKED = "noch an der Quelle zu prüfen"


class FactorChanged(Exception):
    """A published factor has another value than the one stored: add a new row instead of changing it."""


@dataclass(frozen=True)
class Factor:
    """A published emission factor; `value` in kg CO2e per kWh, `valid_to` is the first day it no longer holds for."""

    key: str
    name: str
    name_en: str
    value: Decimal
    year: int
    scope: str
    source: str
    page: str
    valid_from: date
    valid_to: date | None = None
    licence: str = FREE
    is_confirmed: bool = True


def _fuel(key: str, name: str, name_en: str, value: str) -> Factor:
    """Return a combustion factor of the National Inventory Report; it holds until a newer one is published."""
    return Factor(key, name, name_en, Decimal(value), 2021, COMBUSTION, INVENTORY, "S. 854 ff.", date(1990, 1, 1))


def _power(year: int, value: str, source: str, page: str = "", *, is_confirmed: bool = True) -> Factor:
    """Return the factor of the German electricity mix of one year; it holds for measures of that year."""
    return Factor(
        "electricity-mix",
        "Strommix Deutschland",
        "German electricity mix",
        Decimal(value),
        year,
        POWER,
        source.format(year=year),
        page,
        date(year, 1, 1),
        date(year + 1, 1, 1),
        is_confirmed=is_confirmed,
    )


def _fact_sheet(key: str, name: str, name_en: str, value: str) -> Factor:
    """Return a factor of the federal fact sheet, of which edition and page are still to be found."""
    return Factor(
        key, name, name_en, Decimal(value), 2021, "CO2", FACT_SHEET, UNCHECKED, date(2021, 1, 1), is_confirmed=False
    )


FACTORS = [
    _fuel("natural-gas", "Erdgas", "natural gas", "0.20088"),
    _fuel("heating-oil", "Heizöl EL", "light fuel oil", "0.2664"),
    _fuel("petrol", "Benzin", "petrol", "0.26388"),
    _power(2018, "0.468", POWER_EARLIER),
    _power(2019, "0.401", POWER_EARLIER),
    _power(2022, "0.433", POWER_2025, f"S. 21, {UNCHECKED}", is_confirmed=False),
    _power(2023, "0.386", POWER_2025, f"S. 21, {UNCHECKED}", is_confirmed=False),
    _power(2024, "0.363", POWER_2025, f"S. 21, {UNCHECKED}", is_confirmed=False),
    _fact_sheet("district-heat", "Fernwärme", "district heat", "0.280"),
    _fact_sheet("liquefied-gas", "Flüssiggas", "liquefied gas", "0.239"),
    _fact_sheet("wood", "Holz", "wood", "0.027"),
    _fact_sheet("pellets", "Holzpellets", "wood pellets", "0.036"),
    _fact_sheet("biogas", "Biogas", "biogas", "0.152"),
]


@transaction.atomic
def load_factors() -> int:
    """Store the published factors that are missing; return how many were. Safe to run again.

    A stored factor that a newer one follows gets the end of its validity.

    Raises FactorChanged if a stored value differs from the published one.
    """
    stored = {(factor.key, factor.year): factor for factor in EmissionFactor.objects.all()}
    for factor in FACTORS:
        known = stored.get((factor.key, factor.year))
        if known is not None and known.value != factor.value:
            raise FactorChanged(f"{factor.key} {factor.year}: {known.value} is stored, {factor.value} is published")
        if known is not None and known.valid_to is None and factor.valid_to is not None:
            known.valid_to = factor.valid_to
            known.save(update_fields=["valid_to"])
    missing = [EmissionFactor(**asdict(factor)) for factor in FACTORS if (factor.key, factor.year) not in stored]
    EmissionFactor.objects.bulk_create(missing)
    return len(missing)
