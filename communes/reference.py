"""Loading the official register: states, districts, municipalities and their postcodes, with source and licence.

A folder of reference data is described in `data/reference/README.md`. Loading is safe to repeat and never removes a
municipality: what the register no longer lists is kept as dissolved, so that everything that refers to it stays true.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import models, transaction

from agencies.models import DataSource, State
from communes.models import Commune, District, searchable, short_name

FOLDER = settings.BASE_DIR / "data" / "reference"
BATCH = 2000

ISO_CODES = {
    "01": "DE-SH",
    "02": "DE-HH",
    "03": "DE-NI",
    "04": "DE-HB",
    "05": "DE-NW",
    "06": "DE-HE",
    "07": "DE-RP",
    "08": "DE-BW",
    "09": "DE-BY",
    "10": "DE-SL",
    "11": "DE-BE",
    "12": "DE-BB",
    "13": "DE-MV",
    "14": "DE-SN",
    "15": "DE-ST",
    "16": "DE-TH",
}
COLUMNS = {
    "states.csv": ["key", "name"],
    "districts.csv": ["ags", "state", "kind", "name"],
    "communes.csv": ["ags", "kind", "name", "district", "area_km2", "population", "postcode", "lon", "lat"],
    "postcodes.csv": ["ags", "postcode"],
    "changes.csv": ["ags", "successor", "dissolved_on"],
}
COMMUNE_FIELDS = [
    "kind",
    "official_name",
    "name",
    "search_name",
    "district_id",
    "state_id",
    "population",
    "area_km2",
    "postcodes",
    "longitude",
    "latitude",
    "dissolved_on",
]

ModelT = TypeVar("ModelT", bound=models.Model)


class UnreadableReference(Exception):
    """A folder of reference data lacks a file or column, or a row of it cannot be right."""


@dataclass
class Outcome:
    """What loading has done to one kind of row; `details` name renamed and dissolved municipalities."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    details: list[str] = field(default_factory=list)


@transaction.atomic
def load(folder: Path = FOLDER) -> dict[str, Outcome]:
    """Load a folder of reference data, all or nothing; return what is new, changed, unchanged and gone by kind.

    Raises UnreadableReference naming the file and the row.
    """
    sources = _sources(folder)
    as_of = date.fromisoformat(next(source["as_of"] for source in sources if "as_of" in source))
    outcomes = {
        "states": _load_states(folder),
        "districts": _load_districts(folder),
        "municipalities": _load_communes(folder, as_of),
    }
    _note_sources(folder, sources)
    return outcomes


def _load_states(folder: Path) -> Outcome:
    rows = list(_rows(folder, "states.csv"))
    unknown = sorted({row["key"] for row in rows} - set(ISO_CODES))
    if unknown:
        raise UnreadableReference(f"states.csv: there is no state with the key {unknown[0]}.")
    wanted = [State(code=ISO_CODES[row["key"]], key=row["key"], name=row["name"]) for row in rows]
    return _store(wanted, {state.pk: state for state in State.objects.all()}, ["key", "name"])


def _load_districts(folder: Path) -> Outcome:
    rows = _rows(folder, "districts.csv")
    wanted = [
        District(ags=row["ags"], kind=row["kind"], name=row["name"], state_id=ISO_CODES[row["state"]]) for row in rows
    ]
    return _store(wanted, {district.pk: district for district in District.objects.all()}, ["kind", "name", "state_id"])


def _load_communes(folder: Path, as_of: date) -> Outcome:
    known = {commune.ags: commune for commune in Commune.objects.filter(ags__isnull=False)}
    wanted = list(_wanted_communes(folder, known))
    outcome = _store(wanted, known, COMMUNE_FIELDS, unique=["ags"], beside=["former_names"])
    outcome.details += [
        f"{commune.ags} {known[commune.ags].official_name} is now called {commune.official_name}"
        for commune in wanted
        if commune.ags in known and known[commune.ags].official_name != commune.official_name
    ]
    listed = {commune.ags for commune in wanted}
    gone = [commune for commune in known.values() if commune.ags not in listed and commune.dissolved_on is None]
    successors = _dissolve(folder, gone, wanted, as_of)
    outcome.gone = len(gone)
    outcome.details += [
        f"{commune.ags} {commune.official_name} is gone, now part of {successors.get(commune.ags, 'a place not known')}"
        for commune in gone
    ]
    return outcome


def _wanted_communes(folder: Path, known: Mapping[Any, Commune]) -> Iterator[Commune]:
    """Yield the municipalities of the register as they shall be stored."""
    districts = set(District.objects.values_list("ags", flat=True))
    postcodes = defaultdict(set)
    for row in _rows(folder, "postcodes.csv"):
        postcodes[row["ags"]].add(row["postcode"])
    for number, row in enumerate(_rows(folder, "communes.csv"), start=2):
        try:
            yield _commune(row, districts, postcodes[row["ags"]], known.get(row["ags"]))
        except (KeyError, ValueError, ArithmeticError) as problem:
            raise UnreadableReference(f"communes.csv, line {number}: {row['ags']} {row['name']}: {problem}") from None


def _commune(row: dict[str, str], districts: set[str], postcodes: set[str], before: Commune | None) -> Commune:
    """Return one municipality of the register; the postcode of its town hall comes first.

    A few uninhabited areas belong to no district.
    """
    name = short_name(row["name"])
    hall = [row["postcode"]] if row["postcode"] else []
    former = before.former_names if before else []
    if before and before.official_name != row["name"]:
        former = [*former, before.official_name]
    return Commune(
        ags=row["ags"],
        kind=Commune.Kind(row["kind"]),
        official_name=row["name"],
        name=name,
        search_name=searchable(name),
        former_names=former,
        district_id=row["district"] if row["district"] in districts else None,
        state_id=ISO_CODES[row["ags"][:2]],
        population=int(row["population"]),
        area_km2=Decimal(row["area_km2"]) if row["area_km2"] else None,
        postcodes=hall + sorted(postcodes - set(hall)),
        longitude=float(row["lon"]) if row["lon"] else None,
        latitude=float(row["lat"]) if row["lat"] else None,
    )


def _dissolve(folder: Path, gone: list[Commune], listed: list[Commune], as_of: date) -> dict[str | None, str]:
    """Mark municipalities as dissolved, with their successor as far as anybody knows it; return its name by key."""
    noted = {row["ags"]: row for row in _rows(folder, "changes.csv")} if (folder / "changes.csv").exists() else {}
    of_same_name = defaultdict(list)
    for commune in listed:
        of_same_name[commune.state_id, commune.search_name].append(commune.ags)
    keys = {}
    for commune in gone:
        change = noted.get(commune.ags or "", {})
        commune.dissolved_on = date.fromisoformat(change["dissolved_on"]) if change else as_of
        namesakes = of_same_name[commune.state_id, commune.search_name]
        keys[commune.ags] = change.get("successor") or (namesakes[0] if len(namesakes) == 1 else None)
    found = {commune.ags: commune for commune in Commune.objects.filter(ags__in=filter(None, keys.values()))}
    for commune in gone:
        commune.successor = commune.successor or found.get(keys[commune.ags])
    Commune.objects.bulk_update(gone, ["dissolved_on", "successor"], batch_size=BATCH)
    return {commune.ags: str(commune.successor) for commune in gone if commune.successor}


def _store(
    wanted: Sequence[ModelT],
    known: Mapping[Any, ModelT],
    fields: list[str],
    *,
    unique: Sequence[str] = (),
    beside: Sequence[str] = (),
) -> Outcome:
    """Write what differs from the known rows in one of `fields`; `beside` are written too but not compared."""
    model = type(wanted[0])
    unique = unique or [model._meta.pk.attname]
    different, outcome = [], Outcome(gone=len(set(known) - {getattr(row, unique[0]) for row in wanted}))
    for row in wanted:
        before = known.get(getattr(row, unique[0]))
        if before is None:
            outcome.new += 1
        elif all(getattr(before, name) == getattr(row, name) for name in fields):
            outcome.unchanged += 1
            continue
        else:
            outcome.changed += 1
        different.append(row)
    columns = [model._meta.get_field(name.removesuffix("_id")).name for name in [*fields, *beside]]
    model._default_manager.bulk_create(
        different, batch_size=BATCH, update_conflicts=True, unique_fields=unique, update_fields=columns
    )
    return outcome


def _sources(folder: Path) -> list[dict[str, Any]]:
    """Return what `sources.json` says. Raises UnreadableReference."""
    try:
        return json.loads((folder / "sources.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnreadableReference(f"{folder}: sources.json is missing; copy it from data/reference/.") from None
    except ValueError as problem:
        raise UnreadableReference(f"sources.json: {problem}") from None


def _note_sources(folder: Path, sources: Iterable[dict[str, Any]]) -> None:
    """Write down where the data come from, under which licence, and how many rows there are."""
    for source in sources:
        values = {name: value for name, value in source.items() if name not in {"slug", "files", "as_of"}}
        rows = sum(_count(folder / name) for name in source["files"])
        DataSource.objects.update_or_create(slug=source["slug"], defaults={**values, "rows": rows})


def _count(path: Path) -> int:
    """Return the number of rows or shapes of a file, 0 where there is none."""
    if not path.exists():
        return 0
    if path.suffix == ".geojson":
        return len(json.loads(path.read_text(encoding="utf-8"))["features"])
    with path.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _row in csv.reader(lines)) - 1


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a file by column. Raises UnreadableReference when the file or a column is missing."""
    try:
        with (folder / name).open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [column for column in COLUMNS[name] if column not in (reader.fieldnames or [])]
            if missing:
                raise UnreadableReference(f"{name}: the column {missing[0]} is missing.")
            yield from reader
    except FileNotFoundError:
        raise UnreadableReference(f"{folder}: {name} is missing.") from None
