"""Import of 10,000 rows, from the uploaded file to the written rows, beside COPY of the same rows.

The import runs in a process of its own, so that its peak of memory can be told. COPY writes the same patrons and
appointments into the same tables, with their constraints, indexes and history, as their owner.
"""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import psycopg
from django.db import connections
from openpyxl import Workbook

from agencies.models import Agency
from benchmarks.measure import Result, timed
from communes.models import Commune

ROWS = 10_000
MEMORY_MB = 300
SHEET = ("agencies_sheetrow", "agencies_sheetimport", "agencies_transition")
OURS = "email LIKE 'sheet-%@example.org'"
QUERIES = {
    "patrons_patron": f"SELECT * FROM patrons_patron WHERE {OURS} ORDER BY id",
    "patrons_appointment": f"""
        SELECT appointment.* FROM patrons_appointment AS appointment
        JOIN patrons_patron AS patron ON patron.id = patron_id WHERE {OURS} ORDER BY appointment.id""",
}
HEADINGS = ["Vorname", "Nachname", "E-Mail", "Telefon", "Wohnort", "PLZ", "AGS", "Gemeinde", "Ernannt am",
            "Unterschrieben von"]  # fmt: skip


def sheet_import(folder: Path, scale: float) -> Result:
    """Measure upload with preview, and confirmation."""
    rows = max(int(ROWS * scale), 200)
    file = folder / "patrons.xlsx"
    _make_sheet(file, rows)
    connections["owner"].ensure_connection()
    owner: psycopg.Connection = connections["owner"].connection
    _clean(owner)
    command = [sys.executable, "-m", "benchmarks.one_import", str(file)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(ran.stdout.splitlines()[-1])
    copied = _copy_again(owner)
    _clean(owner)
    return Result(
        "import",
        f"import of {rows} rows (XLSX, preview and confirmation)",
        "COPY of the same rows into the same tables",
        told["seconds"],
        copied,
        60,
        1,
        {
            "peak memory": f"{told['peak_mb']:.0f} MB (bar {MEMORY_MB} MB)",
            "preview": f"{told['preview']:.1f} s",
            "confirmation": f"{told['confirm']:.1f} s",
        },
    )


def _make_sheet(file: Path, rows: int) -> None:
    """Write a list of patrons as an agency would have it."""
    state = Agency.objects.get(slug="rlp").state_id
    places = Commune.objects.that_can_register().filter(state_id=state, district__isnull=False).order_by("ags")
    communes = list(places)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    for number in range(rows):
        place = communes[number % len(communes)]
        postcode = place.postcodes[0] if place.postcodes else None
        name = f"Muster{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}"
        appointed = date(2023, 1, 1) + timedelta(days=number % 700)
        who = ["Erika", name, f"sheet-{number}@example.org", f"06131 {100_000 + number}"]
        sheet.append([*who, place.name, postcode, place.ags, place.name, appointed, "Jan Amt"])
    book.save(file)


def _copy_again(owner: psycopg.Connection) -> float:
    """Take the imported rows out and return how long COPY needs to write them again, in one transaction."""
    content = {table: _copied(owner, query) for table, query in QUERIES.items()}
    _clean(owner)

    def copy() -> None:
        with owner.transaction(), owner.cursor() as cursor:
            for table, rows in content.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as target:
                    target.write(rows)

    return timed(copy)


def _copied(owner: psycopg.Connection, query: str) -> bytes:
    """Return the rows of a query in the form COPY reads."""
    with owner.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as source:
        return b"".join(bytes(block) for block in source)


def _clean(owner: psycopg.Connection) -> None:
    """Remove what was imported, with its history."""
    ours = f"SELECT id FROM patrons_patron WHERE {OURS}"
    for statement in (
        "ALTER TABLE patrons_patronevent DISABLE TRIGGER USER",
        "ALTER TABLE patrons_appointmentevent DISABLE TRIGGER USER",
        "ALTER TABLE patrons_patron DISABLE TRIGGER USER",
        "ALTER TABLE patrons_appointment DISABLE TRIGGER USER",
        f"DELETE FROM patrons_appointmentevent WHERE patron_id IN ({ours})",
        f"DELETE FROM patrons_patronevent WHERE {OURS}",
        f"DELETE FROM patrons_appointment WHERE patron_id IN ({ours})",
        f"DELETE FROM patrons_patron WHERE {OURS}",
        *(f"DELETE FROM {table}" for table in SHEET),
        "ALTER TABLE patrons_patronevent ENABLE TRIGGER USER",
        "ALTER TABLE patrons_appointmentevent ENABLE TRIGGER USER",
        "ALTER TABLE patrons_patron ENABLE TRIGGER USER",
        "ALTER TABLE patrons_appointment ENABLE TRIGGER USER",
        "ANALYZE patrons_patron",
    ):
        owner.execute(statement)
