"""What a sheet would do: row by row new, changed, unchanged or wrong, with nothing written."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from agencies.sheets.columns import Finder, Headings
from agencies.sheets.exceptions import ColumnMissing, NothingInIt
from agencies.sheets.reading import read_table
from agencies.sheets.resources import Row, SheetResource, Verdict
from agencies.sheets.text import as_text


@dataclass
class Preview:
    """The outcome of all rows of a sheet."""

    resource: SheetResource
    headings: list[str]
    rows: list[Row]
    unknown: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many rows have which verdict."""
        found = Counter(row.verdict.value for row in self.rows)
        return {verdict.value: found[verdict.value] for verdict in Verdict}

    def fingerprint(self) -> str:
        """Return a digest that is the same as long as confirming would do exactly the same."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update(f"{row.number} {row.verdict} {row.marks}\n".encode())
        return digest.hexdigest()


def preview(resource: SheetResource, file: IO[bytes]) -> Preview:
    """Return what a sheet would do. Writes nothing.

    Raises NotASheet, ColumnMissing, NothingInIt or TooManyRows.
    """
    finder = Finder(resource.columns)
    table = read_table(file, finder.score)
    found = finder.match(table.headings)
    _check_required(resource, found, table.headings)
    rows = list(_rows(resource, found, table.records))
    if not rows:
        raise NothingInIt(_("There are no rows below the headings. Please fill in at least one row."))
    resource.load([row for row in rows if not row.problems])
    for row in rows:
        if not row.problems:
            resource.plan(row)
        row.commit(resource.order)
    return Preview(resource, table.headings, rows, found.unknown, found.doubled)


def _rows(resource: SheetResource, found: Headings, records: Iterator[tuple[int, list]]) -> Iterator[Row]:
    """Yield the rows with their values; the example row of our own template is left out."""
    example, telling = _example(resource, found), _telling(resource, found)
    for number, cells in records:
        row = Row(number, cells)
        if example and [as_text(cell) for cell in cells] == example:
            continue
        row.read(found.columns)
        row.title = _title(row, telling)
        yield row


def _example(resource: SheetResource, found: Headings) -> list[str]:
    """Return the template's example row, if the sheet has exactly the template's columns."""
    if list(found.columns.values()) != list(resource.columns):
        return []
    texts = [as_text(column.example) for column in resource.columns]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _title(row: Row, indices: list[int]) -> str:
    """Return what the row is about until the resource knows better: what stands in its most telling columns."""
    return ", ".join(as_text(row.cells[index]) for index in indices if index < len(row.cells) and row.cells[index])[
        :200
    ]


def _telling(resource: SheetResource, found: Headings) -> list[int]:
    """Return where the required columns stand: they name what a row is about."""
    names = {name for group in resource.required for name in group}
    return [index for index, column in found.columns.items() if column.name in names]


def _check_required(resource: SheetResource, found: Headings, headings: list[str]) -> None:
    """Raise ColumnMissing for each group of columns of which the sheet has none."""
    by_name = {column.name: column for column in resource.columns}
    missing = [group for group in resource.required if not any(found.has(name) for name in group)]
    if not missing:
        return
    raise ColumnMissing(
        [
            _("The column “%(column)s” is missing. These headings are understood: %(headings)s.")
            % {
                "column": by_name[group[0]].label,
                "headings": ", ".join(heading for name in group for heading in by_name[name].understood()),
            }
            for group in missing
        ]
        + [_("Your sheet has these headings: %(headings)s.") % {"headings": ", ".join(filter(None, headings)) or "–"}]
    )
