"""What kind of file it is, whatever its name says; what cannot be read is refused with a reason and a way out."""

import zipfile
from enum import Enum
from typing import IO

from django.utils.translation import gettext as _

from agencies.sheets.exceptions import NotASheet

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
MEGABYTE = 1024 * 1024
MAX_UNPACKED = 100 * MEGABYTE
MAX_TEXTS = 40 * MEGABYTE
MAX_OTHER_PART = 10 * MEGABYTE


class Format(Enum):
    """The two kinds of sheet that are read."""

    XLSX = "xlsx"
    CSV = "csv"


def format_of(file: IO[bytes]) -> Format:
    """Return what kind of sheet a file is, judged by its content. Raises NotASheet."""
    file.seek(0)
    content = file.read()
    file.seek(0)
    if not content.strip():
        raise NotASheet(_("The file is empty. Please check whether you saved the sheet before uploading it."))
    if content.startswith(ZIP):
        _check_workbook(file)
        return Format.XLSX
    if content.startswith(OLE):
        raise NotASheet(_protected() if ENCRYPTED in content else _old_format())
    if content.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise NotASheet(
            _("This is a web page or XML file with the name of a sheet. Please open it and save it as XLSX.")
        )
    if b"\0" in content and not content.startswith(UTF16):
        raise NotASheet(_not_a_sheet())
    return Format.CSV


def _check_workbook(file: IO[bytes]) -> None:
    """Look into a packed file without unpacking it. Raises NotASheet."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = {info.filename: info for info in package.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError):
        raise NotASheet(damaged()) from None
    finally:
        file.seek(0)
    if any(info.flag_bits & 0x1 for info in parts.values()):
        raise NotASheet(_protected())
    if "xl/workbook.xml" not in parts:
        raise NotASheet(_not_xlsx(parts))
    if any(name.endswith("vbaProject.bin") for name in parts):
        raise NotASheet(
            _("The sheet contains macros, which we do not accept. Please save it as “Excel workbook (.xlsx)”.")
        )
    _check_sizes(list(parts.values()))


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse what would not fit into memory once unpacked. Raises NotASheet.

    Every part counts: which of them holds a list is for the workbook to say, whatever the part's name.
    """
    other = [part for part in parts if not part.filename.startswith(("xl/worksheets/", "xl/sharedStrings"))]
    texts = sum(part.file_size for part in parts if part.filename.startswith("xl/sharedStrings"))
    too_large = (
        sum(part.file_size for part in parts) > MAX_UNPACKED
        or texts > MAX_TEXTS
        or any(part.file_size > MAX_OTHER_PART for part in other)
    )
    if too_large:
        raise NotASheet(
            _(
                "Unpacked, this file is far larger than a list can be. Please copy the rows you need into a new sheet "
                "and upload that one."
            )
        )


def _not_xlsx(parts: dict[str, zipfile.ZipInfo]) -> str:
    if "xl/workbook.bin" in parts:
        return _("This is a binary Excel file (.xlsb). Please save it as “Excel workbook (.xlsx)” or as CSV.")
    if "content.xml" in parts:
        return _("This is an OpenDocument file. Please save it as XLSX or CSV and upload it again.")
    return _not_a_sheet()


def _not_a_sheet() -> str:
    return _("This is not a spreadsheet, whatever its name says. Please upload a sheet saved as XLSX or CSV.")


def _old_format() -> str:
    return _(
        "This is the old Excel format (.xls). Please open it and save it as “Excel workbook (.xlsx)”, then upload that."
    )


def _protected() -> str:
    return _(
        "The file is protected by a password. Please remove the password (File, Info, Protect Workbook) and upload it "
        "again."
    )


def damaged() -> str:
    """Return what to tell about a file that is broken."""
    return _("The file is damaged or incomplete. Please open it in your spreadsheet program, save it and try again.")
