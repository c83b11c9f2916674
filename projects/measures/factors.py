"""Published emission factors, as data: each with unit, document, edition, page, year and scope.

A value that we have not read off the document itself is marked as not confirmed: it is kept for whoever looks it up,
and no calculation takes it. A published value is never changed here; a newer one, and the value of another edition of
the same document, gets a row of its own.

Fuels count the CO2 of burning them, electricity the CO2 of making it in Germany, both without what happens upstream
(mining, transport, plants). Wood, pellets and biogas count with their upstream emissions, because nothing else of them
counts.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from projects.models import EmissionFactor

LAW = "Emissionsberichterstattungsverordnung 2030 (EBeV 2030), BGBl. I 2022, 2881–2886"
LAW_PAGE = "Anlage 2 Teil 4"
FACT_SHEET = "BAFA: Informationsblatt CO2-Faktoren, Version 3.3 vom 20.05.2025"
FACT_SHEET_PAGE = "Tabelle 2, S. 10"
INVENTORY = "Umweltbundesamt 2023: Nationaler Inventarbericht zum Deutschen Treibhausgasinventar 1990–2021, Tabelle 481"
POWER_MIX = "Umweltbundesamt: Entwicklung der spezifischen Treibhausgas-Emissionen des deutschen Strommix 1990–{until}"
POWER_EARLIER = "Umweltbundesamt: Emissionsfaktor des deutschen Strommix {year}, erste vorläufige Angabe"
OFFICIAL = "amtliches Werk (§ 5 UrhG)"
FREE = "Veröffentlichte Zahl mit Quellenangabe"
COMBUSTION = "CO2 der Verbrennung, ohne Vorketten, je kWh Heizwert (Hi)"
COMBUSTION_LITRE = "CO2 der Verbrennung, ohne Vorketten, je Liter"
WITH_CHAIN = "CO2-Äquivalente mit Vorketten, je kWh Heizwert (Hi)"
HEAT = "CO2 je kWh Wärme, Pauschalwert; der zertifizierte Wert des Netzes geht vor"
POWER = "CO2 der Stromerzeugung in Deutschland, ohne Vorketten, je kWh Strom"
POWER_CHAIN = "CO2-Äquivalente der Stromerzeugung in Deutschland mit Vorketten, je kWh Strom"
UNCHECKED = "noch an der Quelle zu prüfen"


class FactorChanged(Exception):
    """A published factor has another value than the one stored: add a new row instead of changing it."""


@dataclass(frozen=True, kw_only=True)
class Factor:
    """A published emission factor; `value` in `unit`, `valid_to` is the first day it no longer holds for."""

    key: str
    name: str
    name_en: str
    value: Decimal
    unit: str = "kg/kWh"
    year: int
    edition: str
    published_on: date
    with_upstream: bool = False
    scope: str
    source: str
    page: str
    licence: str = FREE
    valid_from: date = date(1990, 1, 1)
    valid_to: date | None = None
    is_confirmed: bool = True


def _by_law(key: str, name: str, name_en: str, value: str, unit: str = "kg/kWh") -> Factor:
    """Return a factor of the law on reporting emissions: tonnes a gigajoule, times the heating value for litres."""
    return Factor(
        key=key,
        name=name,
        name_en=name_en,
        value=Decimal(value),
        unit=unit,
        year=2022,
        edition="EBeV 2030",
        published_on=date(2022, 12, 30),
        scope=COMBUSTION if unit == "kg/kWh" else COMBUSTION_LITRE,
        source=LAW,
        page=LAW_PAGE,
        licence=OFFICIAL,
    )


def _fact_sheet(key: str, name: str, name_en: str, value: str, scope: str) -> Factor:
    """Return a factor of the federal fact sheet for the promotion of energy efficiency."""
    return Factor(
        key=key,
        name=name,
        name_en=name_en,
        value=Decimal(value),
        year=2025,
        edition="Version 3.3",
        published_on=date(2025, 5, 20),
        with_upstream=scope == WITH_CHAIN,
        scope=scope,
        source=FACT_SHEET,
        page=FACT_SHEET_PAGE,
    )


def _power(
    year: int, grams: int, edition: str, published_on: date, source: str, page: str, *, with_upstream: bool = False
) -> Factor:
    """Return a factor of the German electricity mix of one year; it holds for measures of that year."""
    return Factor(
        key="electricity-mix-upstream" if with_upstream else "electricity-mix",
        name="Strommix Deutschland mit Vorketten" if with_upstream else "Strommix Deutschland",
        name_en="German electricity mix with upstream" if with_upstream else "German electricity mix",
        value=Decimal(grams) / 1000,
        year=year,
        edition=edition,
        published_on=published_on,
        with_upstream=with_upstream,
        scope=POWER_CHAIN if with_upstream else POWER,
        source=source,
        page=page,
        valid_from=date(year, 1, 1),
        valid_to=date(year + 1, 1, 1),
        is_confirmed=page != UNCHECKED,
    )


def _power_mix() -> Iterator[Factor]:
    """Yield the electricity mix by year: the newest edition, the one before, and what was said first."""
    newest = ("CC 16/2026", date(2026, 3, 31), POWER_MIX.format(until=2025) + ", Climate Change 16/2026")
    for year, grams, chain in [
        *[(2015, 529, 603), (2016, 524, 597), (2017, 490, 558), (2018, 473, 545), (2019, 409, 478), (2020, 365, 435)],
        *[(2021, 406, 477), (2022, 433, 503), (2023, 379, 442), (2024, 353, 414), (2025, 344, 406)],
    ]:
        page = f"Tabelle 2, S. {15 if year < 2018 else 16}"
        yield _power(year, grams, *newest, page)
        yield _power(year, chain, *newest, page, with_upstream=True)
    before = ("CC 13/2025", date(2025, 4, 1), POWER_MIX.format(until=2024) + ", Climate Change 13/2025")
    for year, grams in [(2018, 474), (2019, 409), (2020, 365), (2021, 406), (2022, 433), (2023, 386), (2024, 363)]:
        yield _power(year, grams, *before, f"Tabelle 2, S. {12 if year < 2021 else 13}")
    for year, grams in [(2018, 468), (2019, 401)]:
        yield _power(year, grams, "", date(year + 1, 4, 1), POWER_EARLIER.format(year=year), UNCHECKED)


_INVENTORY_PETROL = Factor(
    key="petrol",
    name="Benzin je kWh",
    name_en="petrol per kWh",
    value=Decimal("0.26388"),
    year=2021,
    edition="",
    published_on=date(2023, 4, 15),
    scope=COMBUSTION,
    source=INVENTORY,
    page=UNCHECKED,
    is_confirmed=False,
)
FACTORS = [
    # t CO2/GJ × 3.6: 0.0558, 0.074, 0.0655. Per litre t CO2/GJ × GJ/t × t/1000 l:
    # petrol 0.0729 × 43.5 × 0.755, diesel 0.074 × 42.8 × 0.845
    _by_law("natural-gas", "Erdgas", "natural gas", "0.20088"),
    _by_law("heating-oil", "Heizöl EL", "light fuel oil", "0.2664"),
    _by_law("liquefied-gas", "Flüssiggas", "liquefied gas", "0.2358"),
    _by_law("petrol-litre", "Benzin", "petrol", "2.394218", "kg/l"),
    _by_law("diesel-litre", "Diesel", "diesel", "2.676284", "kg/l"),
    _fact_sheet("district-heat", "Fernwärme", "district heat", "0.280", HEAT),
    _fact_sheet("wood", "Holz", "wood", "0.027", WITH_CHAIN),
    _fact_sheet("pellets", "Holzpellets", "wood pellets", "0.036", WITH_CHAIN),
    _fact_sheet("biogas", "Biogas", "biogas", "0.152", WITH_CHAIN),
    _fact_sheet("hard-coal", "Steinkohle", "hard coal", "0.335", COMBUSTION),
    _fact_sheet("lignite", "Braunkohle", "lignite", "0.383", COMBUSTION),
    _INVENTORY_PETROL,
    *_power_mix(),
]


@transaction.atomic
def load_factors() -> int:
    """Store the published factors that are missing; return how many were. Safe to run again.

    Raises FactorChanged if a stored value differs from the published one.
    """
    stored = {(factor.key, factor.year, factor.edition): factor for factor in EmissionFactor.objects.all()}
    missing = []
    for factor in FACTORS:
        known = stored.get((factor.key, factor.year, factor.edition))
        if known is None:
            missing.append(EmissionFactor(**asdict(factor)))
        elif (known.value, known.unit) != (factor.value, factor.unit):
            raise FactorChanged(
                f"{factor.key} {factor.year} {factor.edition}: {known.value} {known.unit} is stored, "
                f"{factor.value} {factor.unit} is published"
            )
    EmissionFactor.objects.bulk_create(missing)
    return len(missing)
