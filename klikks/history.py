"""History of rows: who changed what and when, written by database triggers behind the same wall as the row."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
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
            context_id_field=None,
            append_only=True,
            meta={"constraints": [AgencyWall(name=f"{label}_history_wall")]},
        )(model)

    return decorate
