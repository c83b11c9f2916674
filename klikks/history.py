"""History of rows: who changed what and when, written by database triggers behind the same wall as the row."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models

from klikks.tenancy import AgencyWall

ModelT = TypeVar("ModelT", bound=type[models.Model])


def tracked(*, exclude: tuple[str, ...] = ()) -> Callable[[ModelT], ModelT]:
    """Keep every version of a model's rows, behind the agency's wall, with user and reason as context.

    `exclude` names fields that must not be copied into the history. The model needs an `agency`.
    """

    def decorate(model: ModelT) -> ModelT:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude) or None,
            obj_field=pghistory.ObjForeignKey(related_name="history", db_constraint=False),
            context_field=pghistory.ContextJSONField(),
            context_id_field=None,  # type: ignore[arg-type]
            append_only=True,
            meta={"constraints": [AgencyWall(name=f"{label}_history_wall")]},
        )(model)

    return decorate


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
