"""Lists of the staff desk as sheets: what the list shows, with its search and filters, as XLSX or CSV.

A cell that a spreadsheet program would run as a formula is disarmed: names and messages come from strangers.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import FileResponse, HttpRequest
from django.utils import formats, timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
ROWS_AT_ONCE = 1000

FORMULA = re.compile(r"^[=+\-@\t\r]")
HARMLESS = re.compile(r"^[+-]?[\d\s()/.,-]+$")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def sheet_of(
    request: HttpRequest, model_admin: ModelAdmin[Any], columns: Iterable[str], *, as_csv: bool
) -> FileResponse:
    """Return the list a person is looking at, all its pages, as a file to download."""
    names = [name for name in columns if name != "action_checkbox"]
    headings = [capfirst(str(label_for_field(name, model_admin.model, model_admin))) for name in names]
    queryset = model_admin.get_changelist_instance(request).get_queryset(request)
    rows = (
        [_value(name, instance, model_admin) for name in names]
        for instance in queryset.iterator(chunk_size=ROWS_AT_ONCE)
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    write, content_type, ending = (_write_csv, CSV, "csv") if as_csv else (_write_xlsx, XLSX, "xlsx")
    write(file, headings, rows)
    file.seek(0)
    title = slugify(str(model_admin.opts.verbose_name_plural)) or "klikks"
    name = f"{title}-{timezone.localdate():%Y-%m-%d}.{ending}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def disarmed(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula; numbers and phone numbers stay as they are."""
    text = CONTROL.sub("", text)
    return f"'{text}" if FORMULA.match(text) and not HARMLESS.match(text) else text


def _value(name: str, instance: models.Model, model_admin: ModelAdmin[Any]) -> Any:
    """Return what a column shows for a row, without its markup."""
    try:
        field, _attribute, value = lookup_field(name, instance, model_admin)
    except ObjectDoesNotExist:
        return None
    if field is not None and field.is_relation:
        value = getattr(instance, field.name)
    if field is not None and getattr(field, "choices", None):
        value = instance._get_FIELD_display(field)  # type: ignore[attr-defined]
    return _plain(value)


def _plain(value: Any) -> Any:
    """Return a value as a cell can hold it."""
    if isinstance(value, tuple):  # (value, label) of a chip
        value = value[-1]
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return disarmed(_text(value))


def _text(value: Any) -> str:
    """Return the words of a column that shows markup, a list or an object."""
    if isinstance(value, SafeString):
        return " ".join(strip_tags(value.replace("<br>", ", ")).split())
    if isinstance(value, list):
        return ", ".join(str(part) for part in value if part)
    return str(value)


def _write_xlsx(file: IO[bytes], headings: list[str], rows: Iterator[list[Any]]) -> None:
    """Write a sheet for spreadsheet programs: real dates and numbers, a bold first row that stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("List"))
    sheet.freeze_panes = "A2"
    for index, heading in enumerate(headings):
        sheet.column_dimensions[chr(65 + index) if index < 26 else "Z"].width = max(14, len(heading) + 4)
    sheet.append([_bold(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append(row)
    book.save(file)


def _bold(sheet: Any, text: str) -> Any:
    """Return a cell of the first row."""
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _write_csv(file: IO[bytes], headings: list[str], rows: Iterator[list[Any]]) -> None:
    """Write a text file as German spreadsheet programs open it: semicolons, UTF-8 with its mark."""

    class Encoded:
        def write(self, line: str) -> int:
            return file.write(line.encode())

    file.write(b"\xef\xbb\xbf")
    writer = csv.writer(Encoded(), delimiter=";")
    writer.writerow(headings)
    for row in rows:
        writer.writerow(_as_text(cell) for cell in row)


def _as_text(cell: Any) -> str:
    """Return a cell as people in Germany write it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return formats.date_format(cell, "SHORT_DATETIME_FORMAT")
    if isinstance(cell, date):
        return formats.date_format(cell, "SHORT_DATE_FORMAT")
    if isinstance(cell, int | float | Decimal):
        return formats.number_format(cell, force_grouping=False, use_l10n=True).replace("\N{NO-BREAK SPACE}", "")
    return str(cell)
