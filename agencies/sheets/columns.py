"""The columns a kind of sheet may have, and how they are found by their headings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from agencies.sheets.parsing import Parser, line
from agencies.sheets.text import Cell, fold

IN_BRACKETS = re.compile(r"[(\[].*?[)\]]|\*|:$")
IN_UNITS = re.compile(r"\s(in|pro)\s\S+$", re.IGNORECASE)
# Columns of our own sheet of faulty rows.
OUR_OWN = frozenset({"zeile", "grund", "row", "reason"})


@dataclass(frozen=True)
class Column:
    """One column: its name in the code, its heading, other headings that are understood, and how a cell is read."""

    name: str
    label: str | Promise
    headings: tuple[str, ...] = ()
    parse: Parser = line
    example: Cell = None
    note: str | Promise = ""

    def understood(self) -> list[str]:
        """Return the headings to tell people about, ours first."""
        return list(dict.fromkeys([str(self.label), *self.headings]))

    def compared(self) -> set[str]:
        """Return all headings as they are compared."""
        labels = set()
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                labels.add(fold(self.label))
        return labels | {fold(self.name)} | {fold(heading) for heading in self.headings}


@dataclass
class Headings:
    """Which column stands where, and which headings nobody understands or stand there twice."""

    columns: dict[int, Column] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the sheet has this column."""
        return any(column.name == name for column in self.columns.values())


class Finder:
    """Finds columns by their headings, in whatever case, with whatever blanks, units and notes in brackets."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self._columns = {key: column for column in columns for key in column.compared()}

    def find(self, heading: str) -> Column | None:
        """Return the column a heading stands for."""
        without_brackets = IN_BRACKETS.sub("", heading).strip()
        for text in (heading, without_brackets, IN_UNITS.sub("", without_brackets)):
            if column := self._columns.get(fold(text)):
                return column
        return None

    def score(self, cells: Sequence[Cell]) -> int:
        """Return how many cells are headings we know."""
        return len({column.name for cell in cells if isinstance(cell, str) and (column := self.find(cell))})

    def match(self, headings: Sequence[str]) -> Headings:
        """Return what stands in which column; of two columns with the same meaning the first counts."""
        found = Headings()
        for index, heading in enumerate(headings):
            column = self.find(heading)
            if column is None:
                if heading and fold(heading) not in OUR_OWN:
                    found.unknown.append(heading)
            elif found.has(column.name):
                found.doubled.append(heading)
            else:
                found.columns[index] = column
        return found
