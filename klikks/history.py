"""History of rows: who changed what and when, written by database triggers behind the same wall as the row."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models

from klikks.tenancy import AgencyWall

ModelT = TypeVar("ModelT", bound=type[models.Model])


def tracked(*, exclude: tuple[str, ...] = (), unless: dict[str, str] | None = None) -> Callable[[ModelT], ModelT]:
    """Keep every version of a model's rows, behind the agency's wall, with user and reason as context.

    `exclude` names fields that must not be copied into the history. Rows whose columns have the values of `unless`
    follow another row that keeps its own history, so they get none. The model needs an `agency`.
    """

    def decorate(model: ModelT) -> ModelT:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        return pghistory.track(
            *_events(model, exclude, unless or {}),
            exclude=list(exclude) or None,
            obj_field=pghistory.ObjForeignKey(related_name="history", db_constraint=False),
            context_field=pghistory.ContextJSONField(),
            context_id_field=None,  # type: ignore[arg-type]
            append_only=True,
            meta={"constraints": [AgencyWall(name=f"{label}_history_wall")]},
        )(model)

    return decorate


def _events(model: type[models.Model], exclude: tuple[str, ...], unless: dict[str, str]) -> list[pghistory.Tracker]:
    """Return what is written down: rows that appear, change and go."""
    if not unless:
        return [pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()]
    columns = [each.column for each in model._meta.concrete_fields if each.name not in exclude]
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
    follows = {row: " AND ".join(f"{row}.\"{name}\" = '{value}'" for name, value in unless.items())
               for row in ("OLD", "NEW")}  # fmt: skip
    return [
        pghistory.InsertEvent(condition=pgtrigger.Condition(f"NOT ({follows['NEW']})")),
        pghistory.UpdateEvent(
            condition=pgtrigger.Condition(f"NOT ({follows['NEW']}) AND ({old}) IS DISTINCT FROM ({new})")
        ),
        pghistory.DeleteEvent(condition=pgtrigger.Condition(f"NOT ({follows['OLD']})")),
    ]


def forget(model: type[models.Model], keys: Collection[int]) -> None:
    """Delete rows and every trace of them in the history: for people who have a right to be forgotten.

    The only way past the history's rule that nothing is ever deleted. The caller has checked that these rows may go.
    """
    versions: Any = model._meta.get_field("history").related_model
    model._default_manager.filter(pk__in=keys).delete()
    with pgtrigger.ignore(f"{versions._meta.label}:append_only", databases=["default"]):
        versions._default_manager.filter(pgh_obj_id__in=keys).delete()


def blank(model: type[models.Model], keys: Collection[int], **fields: Any) -> None:
    """Overwrite fields of rows and of every version of them, where the rest of the row may stay.

    `fields` are the new values, such as an empty name. The caller has checked that this may be done.
    """
    versions: Any = model._meta.get_field("history").related_model
    model._default_manager.filter(pk__in=keys).update(**fields)
    with pgtrigger.ignore(f"{versions._meta.label}:append_only", databases=["default"]):
        versions._default_manager.filter(pgh_obj_id__in=keys).update(**fields)
