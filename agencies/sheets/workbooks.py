"""Sheets we hand out: an empty one to fill in, and the faulty rows of an import with their reasons."""

import re
from datetime import date
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as OpenpyxlCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from agencies.export import disarmed
from agencies.models import SheetImport
from agencies.sheets.registry import resource_class
from agencies.sheets.resources import SheetResource
from agencies.sheets.text import Cell

REQUIRED = PatternFill("solid", fgColor="D5ECE3")
ODD = PatternFill("solid", fgColor="FCE9D9")
HEADING = Font(bold=True)
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
WRAPPED = Alignment(wrap_text=True, vertical="top")


def template(kind: str) -> bytes:
    """Return an empty sheet of a kind: headings, an example row, and a second page that explains the columns."""
    resource = resource_class(kind)
    needed = {name for group in resource.required for name in group}
    book = Workbook(write_only=True)
    sheet = book.create_sheet(NOT_IN_TITLES.sub("", str(SheetImport.Kind(kind).label))[:31])
    sheet.freeze_panes = "A2"
    _widths(sheet, [max(14, len(str(column.label)) + 3) for column in resource.columns])
    sheet.append(
        [
            _cell(sheet, str(column.label), HEADING, REQUIRED if column.name in needed else None)
            for column in resource.columns
        ]
    )
    sheet.append([_cell(sheet, column.example) for column in resource.columns])
    _explain(book, resource)
    return _bytes(book)


def faulty_rows(sheet: SheetImport) -> bytes:
    """Return the faulty rows of an import as a sheet that can be mended and uploaded again."""
    book = Workbook(write_only=True)
    page = book.create_sheet(_("Faulty rows"))
    page.freeze_panes = "A2"
    _widths(page, [8, 60, *(max(14, len(heading) + 3) for heading in sheet.headings)])
    headings = [_("Row"), _("Reason"), *(disarmed(heading) for heading in sheet.headings)]
    page.append([_cell(page, heading, HEADING) for heading in headings])
    for row in sheet.rows.wrong().iterator(chunk_size=1000):
        reasons = "\n".join(f"{column}: {reason} {mend}" for column, reason, mend in row.problems)
        cells = [_text(page, disarmed(text)) for text in row.cells]
        page.append([row.number, _cell(page, disarmed(reasons), None, ODD), *cells])
    return _bytes(book)


def _explain(book: Workbook, resource: type[SheetResource]) -> None:
    """Add the page that explains the columns."""
    page = book.create_sheet(_("Explanation"))
    _widths(page, [28, 14, 60, 70])
    page.append(
        [_cell(page, text, HEADING) for text in (_("Column"), _("Required"), _("What to write"), _("Also understood"))]
    )
    for column in resource.columns:
        groups = [group for group in resource.required if column.name in group]
        needed = "" if not groups else _("yes") if len(groups[0]) == 1 else _("one of several")
        texts = [str(column.label), needed, str(column.note), ", ".join(column.understood()[1:])]
        page.append([_cell(page, text) for text in texts])


def _cell(page: Any, value: Cell, font: Font | None = None, fill: PatternFill | None = None) -> OpenpyxlCell:
    cell: OpenpyxlCell = WriteOnlyCell(page, value)  # type: ignore[arg-type]
    cell.alignment = WRAPPED
    if isinstance(value, date):
        cell.number_format = "DD.MM.YYYY"
    if font:
        cell.font = font
    if fill:
        cell.fill = fill
    return cell


def _text(page: Any, text: str) -> OpenpyxlCell:
    """Return a cell that stays the text it is: no key loses its zero, and nothing is calculated."""
    cell: OpenpyxlCell = WriteOnlyCell(page, text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _widths(page: Any, widths: list[int]) -> None:
    for index, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(index)].width = min(width, 70)


def _bytes(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
