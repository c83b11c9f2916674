"""Sheets are read however people save them, and refused with a reason when they are no sheets."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from agencies.models import SheetImport
from agencies.sheets import parsing
from agencies.sheets.columns import Finder
from agencies.sheets.exceptions import CellWrong, NotASheet, TooManyRows
from agencies.sheets.reading import MAX_ROWS, Table, read_table
from agencies.sheets.registry import resource_class
from agencies.sheets.text import clean
from tests.sheets import text, xlsx

HEADINGS = ["Gemeinde", "Größe", "Notiz"]
ROW = ["Höchst", "1.234,56", "erste Zeile\nzweite; Zeile"]


def table(file: SimpleUploadedFile) -> Table:
    """Read a file, knowing the headings above."""
    return read_table(file, lambda row: sum(cell in HEADINGS for cell in row))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_text_file_is_read_in_every_encoding_with_every_separator(encoding: str, separator: str) -> None:
    found = table(text([HEADINGS, ROW], separator=separator, encoding=encoding))
    assert found.headings == HEADINGS
    assert list(found.records) == [(2, ROW)]


def test_headings_are_found_below_a_title_and_on_a_later_worksheet() -> None:
    book = Workbook()
    book.worksheets[0].append(["Erläuterungen"])
    hidden = book.create_sheet("Alt")
    hidden.append(HEADINGS)
    hidden.sheet_state = "hidden"
    page = book.create_sheet("Liste")
    for row in (["Kommunenliste", None], [None], HEADINGS, [None, "  "], ROW):
        page.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    found = table(SimpleUploadedFile("x.xlsx", buffer.getvalue()))
    assert (found.headings, list(found.records)) == (HEADINGS, [(5, ROW)])


def packed(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


BAD_FILES = {
    "leer": b"  \r\n",
    "keine Tabelle": b"MZ\x90\x00\x03\x00\x00\x00",
    "keine Tabelle,": packed(**{"word/document.xml": "<w/>"}),
    "alte Excel-Format": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "Passwort": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "Makros": packed(**{"xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}),
    "OpenDocument": packed(**{"content.xml": "<x/>"}),
    "weit größer": packed(**{"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": " " * 41 * 1024 * 1024}),
    "beschädigt": xlsx([HEADINGS, ROW]).read()[:-700],
    "beschädigt oder": packed(**{"xl/workbook.xml": "<x/>"}),
    "Web- oder XML-Datei": b"<html><table><tr><td>Gemeinde</td></tr></table></html>",
    "Anführungszeichen": ('Gemeinde;Notiz\nBingen;"offen\n' + "Neustadt;x\n" * 20_000).encode(),
}


@pytest.mark.parametrize("reason", BAD_FILES)
def test_what_is_no_sheet_is_refused_in_words(reason: str) -> None:
    with pytest.raises(NotASheet, match=reason.strip(",")):
        list(table(SimpleUploadedFile("liste.xlsx", BAD_FILES[reason])).records)


def test_an_entity_bomb_inside_a_workbook_is_refused_before_it_unfolds() -> None:
    content = io.BytesIO(xlsx([HEADINGS, ROW]).read())
    bomb = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><worksheet><sheetData>&b;</sheetData></worksheet>"
    swapped = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(swapped, "w") as new:
        for part in old.infolist():
            new.writestr(part, bomb if part.filename == "xl/worksheets/sheet1.xml" else old.read(part))
    with pytest.raises(NotASheet, match="beschädigt"):
        list(table(SimpleUploadedFile("liste.xlsx", swapped.getvalue())).records)


def test_a_sheet_that_is_too_long_says_how_long_it_may_be() -> None:
    long = "Gemeinde\n" + "Bingen\n" * (MAX_ROWS + 1)
    with pytest.raises(TooManyRows, match=str(MAX_ROWS)):
        list(table(SimpleUploadedFile("x.csv", long.encode())).records)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("12.300 €", "12300"),
        ("12.300,- EUR", "12300"),
        ("1.234.567", "1234567"),
        ("0.468", "0.468"),
        ("1234,5 kWh", "1234.5"),
        ("\u00a01\u202f234,5", "1234.5"),
        ("−3", "-3"),
        (1234.5, "1234.5"),
    ],
)
def test_numbers_are_understood_as_people_write_them(cell: object, number: str) -> None:
    assert parsing.decimal(clean(cell)) == Decimal(number)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["1.2.3", "zwölf", "1,5 Mio. €", "#WERT!", True, float("inf"), "1" * 40])
def test_what_is_no_number_is_refused(cell: object) -> None:
    with pytest.raises(CellWrong):
        parsing.decimal(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell",
    [
        "31.03.2025",
        "31.3.25",
        "31. März 2025",
        "31/03/2025",
        "2025-03-31",
        datetime(2025, 3, 31, 14),
        date(2025, 3, 31),
        45747,
    ],
)
def test_days_are_understood_as_people_write_them(cell: object) -> None:
    assert parsing.day(cell) == date(2025, 3, 31)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["31.02.2025", "03/2025", "bald", 12, "1.1.0025", "Q1 2025"])
def test_what_is_no_day_is_refused(cell: object) -> None:
    with pytest.raises(CellWrong):
        parsing.day(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "yes"), [("ja", 1), (" X ", 1), ("✓", 1), (True, 1), (1, 1), ("Nein", 0), ("0", 0), (False, 0)]
)
def test_yes_and_no_are_understood(cell: object, yes: int) -> None:
    assert parsing.yes_no(clean(cell)) == bool(yes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "found"), [("Max <Max@Example.org>", "max@example.org"), ("mailto:a@example.org", "a@example.org")]
)
def test_an_address_is_taken_out_of_its_wrapping(cell: str, found: str) -> None:
    assert parsing.email(cell) == found


@pytest.mark.parametrize("cell", ["06131 123456", 6131123456, "0049 6131/123456", "'+49 6131 123456"])
def test_a_phone_number_gets_its_zero_back(cell: object) -> None:
    assert parsing.phone(clean(cell)).as_e164 == "+496131123456"  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["–", " - ", "k. A.", "n/a", "\u00a0", "\ufeff"])
def test_cells_that_say_nothing_are_empty(cell: str) -> None:
    assert clean(cell) is None


@pytest.mark.parametrize(
    ("kind", "heading", "name"),
    [
        ("communes", "  GEMEINDE ", "commune"),
        ("communes", "Kommune*", "commune"),
        ("communes", "Ort", "commune"),
        ("communes", "E-Mail", "email"),
        ("communes", "Email", "email"),
        ("communes", "Mail-Adresse:", "email"),
        ("communes", "Einwohner", "population"),
        ("communes", "Amtlicher Gemeindeschluessel", "ags"),
        ("communes", "Official since", "since"),
        ("patrons", "PLZ", "postcode"),
        ("projects", "Investition in Euro", "investment"),
        ("projects", "Investition (€)", "investment"),
        ("projects", "Massnahmenart", "kind"),
    ],
)
def test_headings_are_understood_in_common_variants(kind: str, heading: str, name: str) -> None:
    column = Finder(resource_class(kind).columns).find(heading)
    assert column is not None
    assert column.name == name


@pytest.mark.parametrize("kind", SheetImport.Kind.values)
def test_no_heading_stands_for_two_columns(kind: str) -> None:
    claimed: dict[str, str] = {}
    for column in resource_class(kind).columns:
        for key in column.compared():
            assert claimed.setdefault(key, column.name) == column.name, key


@pytest.mark.parametrize("kind", SheetImport.Kind.values)
def test_the_example_of_each_template_can_be_read(kind: str) -> None:
    for column in resource_class(kind).columns:
        if column.example is not None:
            assert column.parse(column.example) not in (None, ""), column.name
