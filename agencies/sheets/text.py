"""Texts as people type them into cells: stray blanks, umlauts, signs nobody sees."""

import re
import unicodedata
from datetime import date, datetime, time

Cell = str | int | float | bool | datetime | date | time | None

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
BLANKS = re.compile(r"[^\S\n]+")
NOTHING = frozenset({"-", "–", "—", "./.", "k.a.", "k. a.", "n/a", "n.a."})
DISARMED = re.compile(r"^'(?=[=+@\t\r-])")


def clean(cell: Cell) -> Cell:
    """Return a cell without stray blanks of any kind; None when it says nothing ("-", "k. A.")."""
    if not isinstance(cell, str):
        return cell
    text = INVISIBLE.sub("", cell.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", ""))
    text = "\n".join(BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip()
    text = DISARMED.sub("", text)
    return None if not text or text.lower() in NOTHING else text


def fold(text: object) -> str:
    """Return a text as it is compared: lower case, umlauts spelled out, letters and digits only."""
    folded = str(text).lower().translate(UMLAUTS)
    return "".join(char for char in unicodedata.normalize("NFKD", folded) if char.isascii() and char.isalnum())


def as_text(cell: Cell) -> str:
    """Return a cell as a person would write it: whole numbers without ".0", dates the German way."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y}" if cell.time() == time() else f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return str(cell)
