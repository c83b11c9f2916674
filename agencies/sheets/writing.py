"""Writes what a preview has planned: a few statements for any number of rows, behind the same walls as every change."""

from typing import Any

from django.db import models

from agencies.models import Transition
from agencies.sheets.preview import Preview
from agencies.sheets.resources import Draft, SheetResource

AT_ONCE = 1000


def write(preview: Preview) -> None:
    """Write all planned changes. The caller's transaction makes it all or nothing.

    Models are written in the order in which the resource made their first drafts, so that new objects exist before
    others refer to them.
    """
    resource = preview.resource
    touched: dict[type[models.Model], list[Draft[Any]]] = {}
    for draft in resource.drafts:
        of_model = touched.setdefault(type(draft.instance), [])
        if draft.set_in:
            of_model.append(draft)
    for model, drafts in touched.items():
        _write_model(model, drafts, resource)
    transitions = [step for drafts in touched.values() for draft in drafts for step in draft.transitions]
    Transition.objects.bulk_create(transitions, batch_size=AT_ONCE)


def _write_model(model: type[Any], drafts: list[Draft[Any]], resource: SheetResource) -> None:
    """Write the changed and the new objects of one model, in this order: a new one may take the place of an old one.

    Changed ones go through `INSERT … ON CONFLICT DO UPDATE`: their rows are locked, so they do conflict, and it is
    one statement where `bulk_update` would compare every row with every other.
    """
    derived = {name for draft in drafts for name in resource.complete(draft.instance)}
    new = [draft.instance for draft in drafts if draft.is_new]
    changed = [draft for draft in drafts if not draft.is_new]
    if changed:
        model.objects.bulk_create(
            [draft.instance for draft in changed],
            batch_size=AT_ONCE,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=sorted({name for draft in changed for name in draft.set_in} | derived),
        )
    model.objects.bulk_create(new, batch_size=AT_ONCE)
