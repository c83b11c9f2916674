"""Makers of sheets for tests, and the way from a file to its preview and confirmation."""

import csv
import io
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from agencies.models import Programme, SheetImport, User
from agencies.sheets import services

Rows = list[list[Any]]


def xlsx(rows: Rows, name: str = "liste.xlsx") -> SimpleUploadedFile:
    """Make an XLSX file of rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


def text(
    rows: Rows, *, separator: str = ";", encoding: str = "utf-8-sig", name: str = "liste.csv"
) -> SimpleUploadedFile:
    """Make a CSV file of rows."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(
        [[f"{cell:%d.%m.%Y}" if isinstance(cell, date) else cell for cell in row] for row in rows]
    )
    return SimpleUploadedFile("liste.csv", buffer.getvalue().encode(encoding))


def preview(kind: str, rows: Rows, programme: Programme, by: User) -> SheetImport:
    """Upload rows as a sheet of a kind."""
    return services.upload(kind, xlsx(rows), programme=programme, by=by)


def run(kind: str, rows: Rows, programme: Programme, by: User) -> SheetImport:
    """Upload rows and confirm them."""
    return services.confirm(preview(kind, rows, programme, by), by=by)


def problems(sheet: SheetImport) -> dict[int, str]:
    """Return what is wrong by number of the row."""
    return {row.number: " ".join(" ".join(problem) for problem in row.problems) for row in sheet.rows.wrong()}


def changes(sheet: SheetImport, number: int) -> dict[str, tuple[str, str]]:
    """Return old and new values of a row by their label."""
    return {label: (old, new) for label, old, new in sheet.rows.get(number=number).changes}


def cells(content: bytes) -> Rows:
    """Return the rows of the first worksheet of an XLSX file."""
    return [list(row) for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]
