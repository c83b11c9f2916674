"""Public holidays and school holidays of the states: loaded ahead of time, so that the database can avoid them."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agencies.models import State
from agencies.tasks import in_each_agency
from deadlines.models import Holiday
from deadlines.reminders import remind_anew

SCHOOL_HOLIDAYS = Path(settings.BASE_DIR, "data", "holidays", "school.csv")
COLUMNS = ("state", "name", "starts_on", "ends_on")
YEARS_BEHIND, YEARS_AHEAD = 1, 3


class UnreadableHolidays(Exception):
    """The file of school holidays cannot be read; the message says which line is wrong."""


def load(file: Path = SCHOOL_HOLIDAYS) -> int:
    """Load public holidays of the years around today and school holidays from a file; return how many are known.

    What is known already is replaced, so this may be done as often as one likes. Reminders of all agencies follow.
    Raises UnreadableHolidays.
    """
    rows = [*_public_holidays(), *_school_holidays(file)]
    with transaction.atomic():
        Holiday.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["state", "kind", "starts_on"],
            update_fields=["name", "ends_on"],
        )
    in_each_agency(remind_anew)
    return Holiday.objects.count()


def _public_holidays() -> Iterator[Holiday]:
    import holidays  # takes a while, and only this needs it

    this_year = timezone.localdate().year
    years = range(this_year - YEARS_BEHIND, this_year + YEARS_AHEAD + 1)
    for state in State.objects.all():
        days = holidays.country_holidays("DE", subdiv=state.code.removeprefix("DE-"), years=years, language="de")
        for day, name in days.items():
            yield Holiday(state=state, kind=Holiday.Kind.PUBLIC, name=name[:80], starts_on=day, ends_on=day)


def _school_holidays(file: Path) -> Iterator[Holiday]:
    states = set(State.objects.values_list("code", flat=True))
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise UnreadableHolidays(f"{file}: the first line must read {','.join(COLUMNS)}")
        for row in reader:
            try:
                starts_on, ends_on = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
            except (TypeError, ValueError):
                raise UnreadableHolidays(f"{file}, line {reader.line_num}: a day is written 2027-03-22") from None
            if ends_on < starts_on:
                raise UnreadableHolidays(f"{file}, line {reader.line_num}: the last day lies before the first")
            if row["state"] in states:
                yield Holiday(
                    state_id=row["state"],
                    kind=Holiday.Kind.SCHOOL,
                    name=row["name"][:80],
                    starts_on=starts_on,
                    ends_on=ends_on,
                )
