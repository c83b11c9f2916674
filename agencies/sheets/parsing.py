"""From cells to values: each parser takes a cell that says something and returns a value, or raises CellWrong."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber, to_python

from agencies.sheets.exceptions import CellWrong
from agencies.sheets.text import Cell, as_text, fold
from klikks.names import clean_name

Parser = Callable[[Cell], Any]

YES = frozenset({"ja", "j", "x", "yes", "y", "wahr", "true", "1"})
NO = frozenset({"nein", "n", "no", "falsch", "false", "0"})
TICKS = frozenset({"✓", "✔", "☑", "☒"})
ERRORS = frozenset(
    {"#NV", "#N/A", "#BEZUG!", "#REF!", "#WERT!", "#VALUE!", "#DIV/0!", "#NAME?", "#ZAHL!", "#NUM!", "#NULL!"}
)
FIRST_YEAR, LAST_YEAR = 1950, 2100
EXCEL_DAY_ZERO = date(1899, 12, 30)
TOO_LARGE = Decimal(10**11)
DAY_FIRST = re.compile(r"(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
DAY_MONTH_NAME = re.compile(r"(\d{1,2})\.?\s*([A-Za-zäÄ]{3,})\.?\s*(\d{4})")
MONTHS = ["jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"]
OTHER_MONTHS = {"mae": "mar", "mrz": "mar", "may": "mai", "oct": "okt", "dec": "dez"}
UNITS = re.compile(r"(€|\beur\b|\beuro\b|\bkwh\b|\bt\b|%|/\s?a\b|/\s?jahr\b|\bco2e?\b)", re.IGNORECASE)
ADDRESS_IN_BRACKETS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")


def line(cell: Cell) -> str:
    """Return a text of one line."""
    return " ".join(_not_an_error(cell).split())


def lines(cell: Cell) -> str:
    """Return a text of several lines."""
    return _not_an_error(cell)


def person(cell: Cell) -> str:
    """Return a person's name, as it can be printed on a certificate."""
    try:
        return clean_name(_not_an_error(cell))
    except ValidationError as refusal:
        raise CellWrong(
            _("“%(text)s” is not a name.") % {"text": as_text(cell)}, " ".join(refusal.messages)
        ) from refusal


def yes_no(cell: Cell) -> bool:
    """Return whether a cell says yes: `ja`, `x`, `✓`, `1`, or no: `nein`, `0`."""
    if isinstance(cell, bool):
        return cell
    text = as_text(cell)
    if text in TICKS or fold(text) in YES:
        return True
    if fold(text) in NO:
        return False
    raise CellWrong(_("“%(text)s” is neither yes nor no.") % {"text": text}, _("Write yes, no or x."))


def day(cell: Cell) -> date:
    """Return a day: a date cell, `31.03.2025`, `31.3.25`, `31. März 2025`, `2025-03-31` or Excel's number of days."""
    if isinstance(cell, datetime):
        found: date | None = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif _is_number(cell):
        found = _excel_day(float(cell))  # type: ignore[arg-type]
    else:
        found = _written_day(_not_an_error(cell))
    if found is None:
        raise CellWrong(_("“%(text)s” is not a day.") % {"text": as_text(cell)}, _("Write it like this: 31.03.2025"))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellWrong(_("The year %(year)d cannot be right.") % {"year": found.year}, _("Check the year."))
    return found


def decimal(cell: Cell) -> Decimal:
    """Return a number: a number cell, `1.234,56`, `1,234.56`, `12.300 €`."""
    try:
        number = Decimal(str(cell)) if _is_number(cell) else Decimal(_with_point(_number_text(cell)))
    except InvalidOperation:
        raise CellWrong(
            _("“%(text)s” is not a number.") % {"text": as_text(cell)},
            _("Write digits only, like this: 1.234,56"),
        ) from None
    if not abs(number) < TOO_LARGE:
        raise CellWrong(_("%(text)s is not plausible.") % {"text": as_text(cell)}, _("Check the number and its unit."))
    return number


def amount(cell: Cell) -> Decimal:
    """Return an amount in euro, rounded to cents."""
    return decimal(cell).quantize(Decimal("0.01"))


def whole_number(cell: Cell) -> int:
    """Return a number without decimals."""
    number = decimal(cell)
    if number != number.to_integral_value():
        raise CellWrong(
            _("“%(text)s” is not a whole number.") % {"text": as_text(cell)}, _("Write it without decimals.")
        )
    return int(number)


def email(cell: Cell) -> str:
    """Return an e-mail address in lower case, also out of `Name <name@example.org>`."""
    text = _not_an_error(cell)
    bracketed = ADDRESS_IN_BRACKETS.search(text)
    address = (bracketed[1] if bracketed else text).removeprefix("mailto:").strip(" ;,").lower()
    try:
        validate_email(address)
    except ValidationError:
        raise CellWrong(
            _("“%(text)s” is not an e-mail address.") % {"text": text},
            _("Write exactly one address, like this: name@example.org"),
        ) from None
    return address


def phone(cell: Cell) -> PhoneNumber:
    """Return a phone number; spreadsheet programs eat the zero in front of numbers."""
    text = f"0{cell:.0f}" if isinstance(cell, int | float) else _not_an_error(cell)
    number = to_python(text, region="DE")
    if not number or not number.is_valid():
        raise CellWrong(
            _("“%(text)s” is not a phone number.") % {"text": as_text(cell)},
            _("Write it with its area code, like this: 06131 123456"),
        )
    return number


def postcode(cell: Cell) -> str:
    """Return a German postcode; spreadsheet programs eat the zero in front."""
    text = re.sub(r"^D-?|\s", "", as_text(cell))
    if not re.fullmatch(r"\d{4,5}", text):
        raise CellWrong(
            _("“%(text)s” is not a postcode.") % {"text": as_text(cell)}, _("Write five digits, like this: 55116")
        )
    return text.zfill(5)


def choice(choices: type[models.TextChoices], variants: Mapping[str, str]) -> Parser:
    """Return a parser for one of `choices`: its label in either language, its code, or a variant (text → code)."""
    known = {fold(text): code for text, code in variants.items()} | {fold(each.value): each.value for each in choices}

    def parse(cell: Cell) -> str:
        text = fold(_not_an_error(cell))
        labels = {fold(each.label): each.value for each in choices}
        found = labels.get(text) or known.get(text)
        if found is None:
            raise CellWrong(
                _("“%(text)s” is not known here.") % {"text": as_text(cell)},
                _("Write one of these: %(words)s") % {"words": ", ".join(str(each.label) for each in choices)},
            )
        return found

    return parse


def between(parse: Parser, low: int, high: int, unit: str | Promise = "") -> Parser:
    """Return a parser that also refuses numbers outside of `low` to `high`."""

    def parse_and_compare(cell: Cell) -> Any:
        number = parse(cell)
        if not low <= number <= high:
            raise CellWrong(
                _("%(text)s is not plausible.") % {"text": as_text(cell)},
                _("Write a number between %(low)s and %(high)s %(unit)s.") % {"low": low, "high": high, "unit": unit},
            )
        return number

    return parse_and_compare


def _not_an_error(cell: Cell) -> str:
    """Return the cell's text. Raises CellWrong when a formula failed there."""
    text = as_text(cell)
    if text.upper() in ERRORS:
        raise CellWrong(
            _("The cell shows the error %(text)s.") % {"text": text}, _("Repair the formula or write the value itself.")
        )
    return text


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _number_text(cell: Cell) -> str:
    """Return the text of a number without units, blanks and the dash for "no cents"."""
    text = re.sub(r"[\s'’]", "", UNITS.sub("", _not_an_error(cell)))
    return re.sub(r",--?$", "", text.replace("−", "-"))


def _with_point(text: str) -> str:
    """Return a written number with a decimal point. A lone dot before exactly three digits groups thousands."""
    if not re.fullmatch(r"[+-]?\d[\d.,]*", text):
        raise InvalidOperation
    if text.rfind(",") > text.rfind("."):
        whole, _comma, decimals = text.replace(".", "").rpartition(",")
        return text.replace(",", "") if "," in whole else f"{whole}.{decimals}"
    if "," in text or re.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", text):
        return text.replace(",", "") if "," in text else text.replace(".", "")
    return text


def _excel_day(number: float) -> date | None:
    """Return the day with this number in Excel, if it may be meant as one."""
    return EXCEL_DAY_ZERO + timedelta(days=int(number)) if 10_000 < number < 75_000 else None


def _written_day(text: str) -> date | None:
    """Return the day a text names, or None."""
    try:
        if match := YEAR_FIRST.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := DAY_FIRST.fullmatch(text):
            year = int(match[3])
            return date(year if len(match[3]) == 4 else 2000 + year, int(match[2]), int(match[1]))
        if match := DAY_MONTH_NAME.fullmatch(text):
            month = fold(match[2])[:3]
            return date(int(match[3]), MONTHS.index(OTHER_MONTHS.get(month, month)) + 1, int(match[1]))
    except ValueError:
        return None
    return None
