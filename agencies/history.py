"""Reads the history of an object in words: who changed which field, when, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agencies.models import Membership, User
from klikks.tenancy import current_agency_id

EMPTY = "–"
PAGE = 50


@dataclass(frozen=True)
class FieldChange:
    """One field of a version that differs from the version before."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Version:
    """One entry of an object's history."""

    at: datetime
    who: str
    what: str
    is_first: bool
    changes: list[FieldChange]


def keeps_history(model: type[models.Model]) -> bool:
    """Whether the database keeps the versions of this model's rows."""
    return any(relation.name == "history" for relation in model._meta.related_objects)


def history_of(instance: models.Model, *, page: int = 1) -> tuple[list[Version], bool]:
    """Return one page of an object's versions, newest first, and whether older ones follow.

    The number of queries depends on the model's relations, not on the number of versions.
    """
    start = (page - 1) * PAGE
    rows = instance.history.order_by("-pgh_id")[start : start + PAGE + 1]  # type: ignore[attr-defined]
    events = list(rows)
    fields = _named_fields(type(instance))
    related = _related_names(events, fields)
    names = _names_of(events)
    versions = [
        Version(
            at=event.pgh_created_at,
            who=_who(event, names),
            what=_what(event.pgh_label),
            is_first=event.pgh_label == "insert",
            changes=_changes(event, before, fields, related),
        )
        for event, before in pairwise([*events, None])
    ]
    return versions[:PAGE], len(events) > PAGE


def _named_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the fields that have a name for people; the others are the machine's own."""
    fields = model._meta.concrete_fields
    return [field for field in fields if field._verbose_name and not field.primary_key]  # type: ignore[attr-defined]


def _what(label: str) -> str:
    """Name what a version did."""
    return {"insert": _("added"), "update": _("changed"), "delete": _("deleted")}.get(label, label)


def _changes(
    event: Any, before: Any, fields: Iterable[models.Field[Any, Any]], related: dict[str, dict[Any, str]]
) -> list[FieldChange]:
    """Return the fields in which a version differs from the one before; all filled ones of the first."""
    changes = []
    for field in fields:
        new = getattr(event, field.attname, None)
        old = getattr(before, field.attname, None) if before is not None else None
        if new != old and not (before is None and new in (None, "", [], {})):
            changes.append(
                FieldChange(capfirst(str(field.verbose_name)), _shown(old, field, related), _shown(new, field, related))
            )
    return changes


def _shown(value: Any, field: models.Field[Any, Any], related: dict[str, dict[Any, str]]) -> str:
    """Return a field's value as people read it."""
    if value in (None, "", [], {}):
        return EMPTY
    if field.is_relation:
        return related[field.name].get(value, _("no longer there"))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _in_words(value)


def _in_words(value: Any) -> str:
    """Return a plain value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {part}" for key, part in value.items())
    return str(formats.localize(value, use_l10n=True))


def _related_names(events: Sequence[Any], fields: Iterable[models.Field[Any, Any]]) -> dict[str, dict[Any, str]]:
    """Return the names of all related objects that the versions mention, with one query a relation."""
    names: dict[str, dict[Any, str]] = {}
    for field in fields:
        if not field.is_relation or field.related_model is None:
            continue
        keys = {getattr(event, field.attname, None) for event in events} - {None}
        if field.related_model is User:
            names[field.name] = _account_names(keys)
        else:
            rows = field.related_model._default_manager.filter(pk__in=keys) if keys else []
            names[field.name] = {row.pk: str(row) for row in rows}
    return names


def _account_names(keys: set[Any]) -> dict[Any, str]:
    """Return the names behind accounts, as far as the reader's agency knows them."""
    if not keys or current_agency_id() is None:
        return {}
    return dict(Membership.objects.filter(user_id__in=keys).values_list("user_id", "name"))


def _names_of(events: Iterable[Any]) -> dict[Any, str]:
    """Return the names of everybody who made one of these versions."""
    contexts = (event.pgh_context or {} for event in events)
    return _account_names({context.get("user") for context in contexts} - {None})


def _who(event: Any, names: dict[Any, str]) -> str:
    """Name who made a version."""
    context = event.pgh_context
    if not context:
        return _("the portal itself")
    if context.get("user") is None:
        return _("a visitor of the public pages")
    return names.get(context["user"], _("an account of another agency"))
