"""Reads a mail that somebody has pasted: who wrote it to whom, when, and about what.

Knows raw mails (RFC 822) and the blocks of headers that mail programs print above a mail that is forwarded or copied,
in German and English: Outlook, Thunderbird, Apple Mail, Gmail. What cannot be read for sure stays empty.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from django.utils import timezone
from django.utils.html import strip_tags

LABELS = {
    "from": "from", "von": "from", "absender": "from",
    "to": "to", "an": "to", "empfänger": "to",
    "cc": "cc", "kopie": "cc",
    "subject": "subject", "betreff": "subject",
    "date": "date", "datum": "date", "sent": "date", "gesendet": "date", "gesendet am": "date",
}  # fmt: skip
HEADER = re.compile(
    rf"^[\s>*]*({'|'.join(sorted(LABELS, key=len, reverse=True))})[\s*]*:[\s*]*(.*?)[\s*]*$", re.IGNORECASE
)
RAW = re.compile(
    r"^(received|message-id|mime-version|return-path|content-type|dkim-signature):", re.IGNORECASE | re.MULTILINE
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# How far down a block of headers may begin: people paste with a line or two above.
FIRST_LINES = 40
NEEDED_HEADERS = 2
MONTHS = {
    "jan": 1, "feb": 2, "mär": 3, "mar": 3, "mrz": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7,
    "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}  # fmt: skip
MONTH_NAMES = {
    "januar", "january", "februar", "february", "märz", "maerz", "march", "april", "mai", "may", "juni", "june", "juli",
    "july", "august", "september", "sept", "oktober", "october", "november", "dezember", "december",
}  # fmt: skip
MONTHS_A_YEAR = 12
OLDEST_YEAR = 1995


@dataclass
class PastedMail:
    """What could be read of a pasted mail. `on` is None where the day is missing or may be read in two ways."""

    subject: str = ""
    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    on: date | None = None
    written: str = ""
    body: str = ""

    @property
    def addresses(self) -> list[str]:
        """All addresses, the sender's first, in lower case."""
        return list(dict.fromkeys(address.lower() for address in [self.sender, *self.recipients] if address))


def read_mail(text: str) -> PastedMail:
    """Return what a pasted mail says of itself; of a text without headers only its body."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n ")
    first = text.split("\n", 1)[0]
    if RAW.search(text[:4000]) and (HEADER.match(first) or RAW.match(first)):
        return _raw(text)
    return _printed(text)


def read_day(text: str) -> date | None:
    """Return the day a date line names; None if it names none, or may be read in two ways ("03/04/2026").

    Days that have not come, or lie before mails were common, are not believed.
    """
    found = _day(text.strip())
    return found if found and found.year >= OLDEST_YEAR and found <= timezone.localdate() else None


def _raw(text: str) -> PastedMail:
    """Read a mail as it travelled."""
    message = message_from_string(text, _class=EmailMessage, policy=policy.default)
    part = message.get_body(preferencelist=("plain", "html"))
    try:
        body = str(part.get_content()) if part is not None else ""
    except (LookupError, UnicodeError, KeyError):
        body = ""
    if part is not None and part.get_content_type() == "text/html":
        body = strip_tags(body)
    written = str(message.get("date", ""))
    return PastedMail(
        subject=str(message.get("subject", "")).strip(),
        sender=next(iter(_addresses(str(message.get("from", "")))), ""),
        recipients=[*_addresses(str(message.get("to", ""))), *_addresses(str(message.get("cc", "")))],
        on=read_day(written),
        written=written,
        body=body.strip(),
    )


def _printed(text: str) -> PastedMail:
    """Read the first block of headers that a mail program has printed above a mail."""
    lines = text.split("\n")
    start = next((place for place, line in enumerate(lines[:FIRST_LINES]) if HEADER.match(line)), len(lines))
    found, end = _headers(lines, start)
    if len(found) < NEEDED_HEADERS:
        return PastedMail(body=text)
    before, after = "\n".join(lines[:start]).strip(), "\n".join(lines[end:]).strip()
    written = found.get("date", "")
    return PastedMail(
        subject=found.get("subject", ""),
        sender=next(iter(_addresses(found.get("from", ""))), ""),
        recipients=[*_addresses(found.get("to", "")), *_addresses(found.get("cc", ""))],
        on=read_day(written),
        written=written,
        body="\n\n".join(part for part in (before, after) if part),
    )


def _headers(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """Return the headers from a line on, and where they end: at a blank line, or where something else begins."""
    found: dict[str, str] = {}
    last, place = "", start
    while place < len(lines):
        line = lines[place]
        header = HEADER.match(line)
        blank = not line.strip(" >*\t")
        goes_on = last and not blank and (line[0] in " \t" or (last in {"to", "cc"} and ADDRESS.search(line)))
        if header:
            last = LABELS[header[1].lower()]
            found.setdefault(last, header[2])
        elif goes_on:
            found[last] += f" {line.strip()}"
        elif not blank or len(found) >= NEEDED_HEADERS:
            break
        place += 1
    return found, place


def _addresses(text: str) -> list[str]:
    """Return the addresses of a header: as the standard has it, otherwise whatever looks like one."""
    standard = [address for _name, address in getaddresses([text]) if ADDRESS.fullmatch(address)]
    return standard or ADDRESS.findall(text)


def _day(text: str) -> date | None:
    if re.search(r"[+-]\d{4}\b", text):
        return _of_moment(text)
    if found := re.search(r"\b(\d{4})-(\d{2})-(\d{2})(?:\b|T)", text):
        return _valid(*found.groups())
    if found := re.search(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})\b", text):
        return _valid(_full(found[3]), found[2], found[1])
    if found := re.search(r"\b(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})\b", text):
        return _in_either_order(int(found[1]), int(found[2]), _full(found[3]))
    return _in_words(text)


def _of_moment(text: str) -> date | None:
    """Read a date with its time zone, as mails carry it; the day is that of our own time zone."""
    try:
        return timezone.localdate(parsedate_to_datetime(text))
    except ValueError:
        return None


def _in_either_order(first: int, second: int, year: str) -> date | None:
    """Read a date whose order of day and month nobody knows: only where both readings agree, or one is impossible."""
    if first <= MONTHS_A_YEAR and second <= MONTHS_A_YEAR and first != second:
        return None
    day, month = (first, second) if first > MONTHS_A_YEAR else (second, first)
    return _valid(year, month, day)


def _in_words(text: str) -> date | None:
    """Read a date with the month as a word: "3. März 2026", "March 3, 2026"."""
    text = re.sub(r"\d{1,2}:\d{2}(:\d{2})?", "", text)
    words = re.findall(r"[^\W\d_]+", text.lower())
    month = next((MONTHS[word[:3]] for word in words if word in MONTH_NAMES or word in MONTHS), None)
    year = re.search(r"\b(\d{4})\b", text)
    day = re.search(r"\b(\d{1,2})(?:\.|st|nd|rd|th)?(?=[\s,]|$)", text)
    return _valid(year[1], month, day[1]) if month and year and day else None


def _full(year: str) -> str:
    return year if len(year) == 4 else f"20{year}"


def _valid(year: object, month: object, day: object) -> date | None:
    try:
        return date(int(str(year)), int(str(month)), int(str(day)))
    except ValueError:
        return None
