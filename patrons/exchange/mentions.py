"""Mentions in posts: what is typed as "@Anna Muster" is kept as a mark for the person and shown under today's name.

So a name that somebody takes back vanishes from old posts too.
"""

import re
from collections.abc import Mapping

from django.db.models.functions import Lower
from django.utils.html import format_html, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from patrons.exchange.models import Face
from patrons.models import Patron

TYPED = re.compile(r"(?<!\S)@(?=\w)")
MARK = re.compile(r"@\{(\d{1,18})\}")
LONGEST_NAME = 6  # words
MOST = 20


def keep(text: str, patron: Patron) -> tuple[str, list[int]]:
    """Return a typed text with a mark for each person mentioned, and their primary keys; one query, none without "@".

    Only people of the patron's programme who show their name can be mentioned; of several with the same name, all.
    """
    text = text.replace("@{", "@ {")
    candidates = {name.lower() for found in TYPED.finditer(text) for name in _names_after(text, found.end())}
    if not candidates:
        return text, []
    faces = Face.objects.annotate(typed=Lower("name"))
    known: dict[str, list[int]] = {}
    for typed, key in (
        faces.filter(programme=patron.programme_id, is_listed=True, typed__in=candidates)
        .order_by("patron_id")
        .values_list("typed", "patron_id")[:MOST]
    ):
        known.setdefault(typed, []).append(key)
    parts, mentioned, end = [], [], 0
    for found in TYPED.finditer(text):
        name = next((name for name in _names_after(text, found.end()) if name.lower() in known), None)
        if name is not None:
            keys = known[name.lower()]
            mentioned += keys
            parts += [text[end : found.start()], f"@{{{keys[0]}}}"]
            end = found.end() + len(name)
    return "".join([*parts, text[end:]]), list(dict.fromkeys(mentioned))


def unknown(text: str) -> list[str]:
    """Return the words of a kept text that look like mentions but name nobody."""
    return re.findall(r"(?<!\S)@\w[\w-]*", text)


def as_typed(text: str, faces: Mapping[int, Face]) -> str:
    """Return a kept text as it is read and edited: with names."""
    return MARK.sub(lambda mark: f"@{faces[int(mark[1])]}" if int(mark[1]) in faces else "@…", text)


def as_html(text: str, faces: Mapping[int, Face]) -> SafeString:
    """Return a kept text as paragraphs, with links that pass on no reputation and with names; nothing typed is HTML."""
    paragraphs = str(linebreaks(urlize(text, nofollow=True, autoescape=True), autoescape=False)).replace(
        "<p>", '<p dir="auto">'
    )

    def name(mark: re.Match[str]) -> str:
        face = faces.get(int(mark[1]))
        return format_html('<strong class="mention">@{}</strong>', face or "…")

    return mark_safe(MARK.sub(name, paragraphs))  # noqa: S308  # nosec B308 B703  (escaped by urlize)


def _names_after(text: str, start: int) -> list[str]:
    """Return what may be a name at a place of a text, the longest first."""
    line = text[start : start + 200].split("\n", 1)[0]
    words = list(re.finditer(r"\S+", line))[:LONGEST_NAME]
    ends = [word.end() for word in words]
    return [name for end in reversed(ends) for name in (line[:end], line[:end].rstrip(".,;:!?)“\"'"))]
