"""Changes of existing tables in one step: Django puts all models together anew after each single one."""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField, RemoveConstraint
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

CHANGES = (AddConstraint, AddField, AddIndex, AddTrigger, AlterField, RemoveConstraint, RemoveTrigger)


class Together(Operation):
    """Several changes of tables that exist; none of them may build on another one's field or table."""

    atomic = True

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Note all changes; the models are put together once, when somebody asks for them."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make all changes."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take all changes back, the last one first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Say what is done, for `migrate --plan`."""
        return "; ".join(operation.describe() for operation in self.operations)


def together(operations: Iterable[Operation]) -> list[Operation]:
    """Return a migration's operations with each run of changes of existing tables joined into one step.

    A table is made, and its rows are changed, between two steps: these stay where they are. So does a second change of
    the same field, which begins a step of its own.
    """
    joined: list[Operation] = []
    run: list[Operation] = []
    fields: set[tuple[Any, ...]] = set()

    def close() -> None:
        if run:
            joined.append(Together(run.copy()) if len(run) > 1 else run[0])
        run.clear()
        fields.clear()

    for operation in operations:
        field = (
            (getattr(operation, "model_name", ""), operation.name)
            if isinstance(operation, AddField | AlterField)
            else ()
        )
        if not isinstance(operation, CHANGES) or field in fields:
            close()
        if isinstance(operation, CHANGES):
            run.append(operation)
            fields |= {field} - {()}
        else:
            joined.append(operation)
    close()
    return joined
