"""From a file to rows of cells, one after the other, without holding the whole sheet in memory.

Row numbers are those the spreadsheet program shows. The headings are looked for in the first rows of each visible
worksheet: lists often begin with a title and a date.
"""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from agencies.sheets.exceptions import NotASheet, TooManyRows
from agencies.sheets.guards import UTF16, Format, damaged, format_of
from agencies.sheets.text import Cell, clean

MAX_ROWS = 20_000
MAX_COLUMNS = 100
BLANK_ROWS_AT_THE_END = 1000
HEADINGS_WITHIN = 15
SEPARATORS = ";,\t|"
# What openpyxl and the packed format underneath raise, depending on which part is broken.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
)

Record = tuple[int, list[Cell]]
Score = Callable[[list[Cell]], int]


@dataclass(frozen=True)
class Table:
    """A sheet with its headings and the records below them, read as they are asked for."""

    headings: list[str]
    records: Iterator[Record]


def read_table(file: IO[bytes], score: Score) -> Table:
    """Return the table in a file. `score` counts how many cells of a row are known headings.

    Raises NotASheet; reading the records may also raise TooManyRows.
    """
    ways = _worksheets(file) if format_of(file) == Format.XLSX else _separators(file)
    found = [_find_headings(records, score) for records in ways]
    return max(found, key=lambda each: each[0])[1]


def _find_headings(records: Iterator[Record], score: Score) -> tuple[tuple[int, int], Table]:
    """Return how good the best row of headings is, and the table below it."""
    first = list(islice(records, HEADINGS_WITHIN))
    scores = [score(cells) for _number, cells in first] or [0]
    best = scores.index(max(scores))
    headings = ["" if cell is None else str(cell) for cell in first[best][1]] if first else []
    return (scores[best], len(headings)), Table(headings, _limited(chain(first[best + 1 :], records)))


def _limited(records: Iterator[Record]) -> Iterator[Record]:
    for count, record in enumerate(records, start=1):
        if count > MAX_ROWS:
            raise TooManyRows(
                _("One sheet may have %(rows)d rows. Please split yours into several files.") % {"rows": MAX_ROWS}
            )
        yield record


def _worksheets(file: IO[bytes]) -> list[Iterator[Record]]:
    """Return the records of each visible worksheet. Raises NotASheet."""
    with warnings.catch_warnings(), _damage_told():
        warnings.simplefilter("ignore")
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets:
            sheet.reset_dimensions()
    if not sheets:
        raise NotASheet(_("The file has no visible worksheet."))
    return [_filled(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)) for sheet in sheets]


def _separators(file: IO[bytes]) -> list[Iterator[Record]]:
    """Return the records of a text file, once for each separator it might have. Raises NotASheet."""
    text = _decoded(file.read())
    first, _newline, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and first.strip()[4:]:
        return [_filled(csv.reader(io.StringIO("\n" + rest, newline=""), delimiter=first.strip()[4]))]
    return [_filled(csv.reader(io.StringIO(text, newline=""), delimiter=each)) for each in SEPARATORS]


def _decoded(content: bytes) -> str:
    """Return the text of a file saved as UTF-8, UTF-16 or Windows-1252. Raises NotASheet."""
    encodings = ["utf-16"] if content.startswith(UTF16) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotASheet(_("The letters in this file cannot be read. Please save it as “CSV UTF-8” or as XLSX."))


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[Record]:
    """Number the rows and pass on those that hold something. Stops after many blank ones. Raises NotASheet."""
    blank = 0
    with _damage_told():
        for number, row in enumerate(rows, start=1):
            cells = [clean(cell) for cell in row[:MAX_COLUMNS]]
            while cells and cells[-1] is None:
                cells.pop()
            blank = 0 if cells else blank + 1
            if blank > BLANK_ROWS_AT_THE_END:
                return
            if cells:
                yield number, cells


@contextmanager
def _damage_told() -> Iterator[None]:
    """Put into words what the libraries raise when a file is damaged. Raises NotASheet."""
    try:
        yield
    except csv.Error as problem:
        raise NotASheet(
            _("A quotation mark is opened and never closed, so that rows run together. Please save it as XLSX.")
        ) from problem
    except DAMAGE as problem:
        raise NotASheet(damaged()) from problem
