"""Many tables, or many changes of them, in one step: Django puts all models together anew after each single one."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField, CreateModel, RemoveConstraint
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

CHANGES = (AddConstraint, AddField, AddIndex, AddTrigger, AlterField, RemoveConstraint, RemoveTrigger)


class Together(Operation):
    """Several new tables, or several changes of tables that exist and do not build on each other."""

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
    """Return a migration's operations with each run of new tables, or of changes of existing ones, joined into a step.

    Where a run of tables ends and one of changes begins, a step ends. So it does at a second change of the same field,
    and at whatever else a migration does, such as changing rows.
    """
    joined: list[Operation] = []
    for (sort, _round), run in groupby(_numbered(operations), key=lambda one: one[0]):
        found = [operation for _key, operation in run]
        joined += [Together(found)] if sort and len(found) > 1 else found
    return joined


def _numbered(operations: Iterable[Operation]) -> Iterator[tuple[tuple[str, int], Operation]]:
    """Say of each operation what sort it is, none for what stays alone, and how often a field has come again so far."""
    rounds = 0
    fields: set[tuple[str, str]] = set()
    for operation in operations:
        sort = "tables" if isinstance(operation, CreateModel) else "changes" if isinstance(operation, CHANGES) else ""
        if sort != "changes":
            fields.clear()
        elif isinstance(operation, AddField | AlterField):
            field = (operation.model_name, operation.name)
            if field in fields:
                rounds += 1
                fields.clear()
            fields.add(field)
        yield (sort, rounds), operation
