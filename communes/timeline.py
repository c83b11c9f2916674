"""The timeline of a municipality: what happened, from all rooms, newest first.

Each room lists its sources in `timeline_sources.py` (the setting TIMELINE_SOURCES names them all). A source says which
rows of a municipality are events, and how one is put into words. All of them are read by one query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db import models
from django.db.models import BigIntegerField, CharField, DateTimeField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.permissions import VIEW, allows
from communes.models import Commune

EVENTS_A_PAGE = 20


class Kind(models.TextChoices):
    """What an event is, in the words of the filter."""

    OUTREACH = "outreach", _("calls and visits")
    DECISION = "decision", _("decisions")
    DOCUMENT = "document", _("documents")
    APPOINTMENT = "appointment", _("appointments")
    PROJECT = "project", _("projects")
    TRAINING = "training", _("trainings")


# Which icon of the desk an event has.
ICONS = {
    Kind.OUTREACH: "call",
    Kind.DECISION: "gavel",
    Kind.DOCUMENT: "description",
    Kind.APPOINTMENT: "workspace_premium",
    Kind.PROJECT: "eco",
    Kind.TRAINING: "school",
}
NEWEST_FIRST = ("-timeline_at", "timeline_source", "-timeline_key")
COLUMNS = ("source", "key", "at", "code", "title", "text", "who")


@dataclass(frozen=True)
class Source:
    """One kind of event of one room.

    `rows(commune)` returns the rows with `columns(...)`; `words(code)` says what happened; `page` names the admin page
    of a row, by `key`; `right` is the object of the permission table the reader must be allowed to view.
    """

    name: str
    kind: Kind
    right: str
    page: str
    rows: Callable[[Commune], QuerySet[Any]]
    words: Callable[[str], str]


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    kind: Kind
    on: date
    what: str
    title: str
    text: str
    who: str
    url: str

    @property
    def icon(self) -> str:
        """The name of its icon."""
        return ICONS[self.kind]


def timeline(
    commune: Commune, user: User | AnonymousUser, *, kind: str = "", page: str | int = 1, per_page: int = EVENTS_A_PAGE
) -> Any:
    """Return a page of what happened in a municipality, newest first, as far as `user` may see it.

    `kind` is one of `Kind`, or empty for all. The page is one of Django's paginator, of `Event`. Two queries.
    """
    chosen = [source for source in _sources().values() if kind in {"", source.kind} and _may_see(user, source)]
    if not chosen:
        return Paginator([], per_page).get_page(page)
    first, *others = [source.rows(commune) for source in chosen]
    rows = first.union(*others, all=True) if others else first
    found = Paginator(rows.order_by(*NEWEST_FIRST), per_page).get_page(page)
    found.object_list = [_event(row) for row in found.object_list]
    return found


def latest(commune: Commune, user: User | AnonymousUser, count: int) -> list[Event]:
    """Return the newest events of a municipality. One query."""
    chosen = [source.rows(commune) for source in _sources().values() if _may_see(user, source)]
    if not chosen:
        return []
    rows = chosen[0].union(*chosen[1:], all=True).order_by(*NEWEST_FIRST)
    return [_event(row) for row in rows[:count]]


def kinds_for(user: User | AnonymousUser) -> list[tuple[str, str]]:
    """Return the kinds of events a reader may filter by."""
    seen = {source.kind for source in _sources().values() if _may_see(user, source)}
    return [(kind.value, str(kind.label)) for kind in Kind if kind in seen]


def columns(
    rows: QuerySet[Any],
    source: str,
    *,
    at: Any,
    key: Any = "pk",
    code: Any = "",
    title: Any = "",
    text: Any = "",
    who: Any = "",
) -> QuerySet[Any]:
    """Bring rows into the shape in which the sources are mixed. Each value is a field's name, or an expression.

    `code` is what `Source.words` puts into words, `title` what it happened to, `text` a note, `who` a name.
    """
    values = {
        "source": Value(source, CharField()),
        "key": Cast(_expression(key), BigIntegerField()),
        "at": Cast(_expression(at), DateTimeField()),
        "code": _text(code, CharField()),
        "title": _text(title, TextField()),
        "text": _text(text, TextField()),
        "who": _text(who, TextField()),
    }
    shaped = rows.order_by().annotate(**{f"timeline_{name}": value for name, value in values.items()})
    return shaped.values_list(*[f"timeline_{name}" for name in COLUMNS])


@cache
def _sources() -> dict[str, Source]:
    """Return the sources of all rooms by name."""
    return {source.name: source for path in settings.TIMELINE_SOURCES for source in import_string(path)}


def _may_see(user: User | AnonymousUser, source: Source) -> bool:
    return allows(user, source.right, VIEW)


def _event(row: tuple[str, int, datetime, str, str, str, str]) -> Event:
    name, key, at, code, title, text, who = row
    source = _sources()[name]
    return Event(
        kind=source.kind,
        on=timezone.localdate(at),
        what=source.words(code),
        title=title,
        text=text,
        who=who,
        url=reverse(f"admin:{source.page}_change", args=[key]),
    )


def _expression(value: Any) -> Any:
    return F(value) if isinstance(value, str) else value


def _text(value: Any, field: "models.Field[Any, Any]") -> Any:
    """Return a text column: of a field, of an expression, or empty; never null."""
    if value == "":
        return Value("", field)
    return Coalesce(Cast(_expression(value), field), Value("", field))
