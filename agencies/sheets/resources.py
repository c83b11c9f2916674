"""What the rows of a kind of sheet mean: each room defines a `SheetResource` for its kind.

A resource looks up everything it needs for all rows at once (`load`), then says row by row what would be written
(`plan`). A row that turns out wrong writes nothing. Empty cells change nothing.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from agencies.models import Agency, LifeCycle, Programme, SheetRow, Transition, User
from agencies.sheets.columns import Column
from agencies.sheets.exceptions import CellWrong
from agencies.sheets.text import Cell, as_text

Verdict = SheetRow.Verdict
ModelT = TypeVar("ModelT", bound=models.Model)


class Change(NamedTuple):
    """A field with its old and new value as they are shown."""

    label: str
    old: str
    new: str


class Problem(NamedTuple):
    """Why a row is wrong: in which column, for what reason, and how to mend it."""

    column: str
    reason: str
    mend: str


@dataclass(frozen=True)
class Order:
    """For whom a sheet is imported. `by` is None on the command line."""

    agency: Agency
    programme: Programme
    by: User | None = None
    source: str = ""


@dataclass(eq=False)
class Draft(Generic[ModelT]):
    """An object as it will be once written: a new one, or a stored one with changes. Several rows may share it."""

    instance: ModelT
    is_new: bool
    set_in: dict[str, int] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)


class Row:
    """A row of the sheet: its cells, what was understood, what would change, and what is wrong."""

    __slots__ = ("_pending", "cells", "changes", "hints", "is_new", "marks", "number", "problems", "title", "values")

    def __init__(self, number: int, cells: list[Cell]) -> None:
        self.number, self.cells = number, cells
        self.values: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.hints: list[str] = []
        self.changes: list[Change] = []
        self.marks: list[str] = []
        self.title = ""
        self.is_new = False
        self._pending: list[tuple[Draft[Any], str, Any]] = []

    @property
    def verdict(self) -> Verdict:
        """What becomes of the row."""
        if self.problems:
            return Verdict.WRONG
        if not self.changes:
            return Verdict.UNCHANGED
        return Verdict.NEW if self.is_new else Verdict.CHANGED

    def read(self, columns: Mapping[int, Column]) -> None:
        """Turn the cells into values; what cannot be understood becomes a problem."""
        for index, column in columns.items():
            cell = self.cells[index] if index < len(self.cells) else None
            if cell is None:
                continue
            try:
                self.values[column.name] = column.parse(cell)
            except CellWrong as wrong:
                self.wrong(column.label, wrong.reason, wrong.mend)

    def wrong(self, column: str | Promise, reason: str, mend: str) -> None:
        """Note a problem: the row will not be written."""
        self.problems.append(Problem(str(column), reason, mend))

    def get(self, draft: Draft[Any], name: str) -> Any:
        """Return a field's value as it will be if this row is written."""
        for other, field_name, value in reversed(self._pending):
            if other is draft and field_name == name:
                return value
        return getattr(draft.instance, name)

    def set(
        self,
        draft: Draft[Any],
        name: str,
        value: Any,
        *,
        label: str | Promise = "",
        show: Callable[[Any], str] | None = None,
        instead_of: str = "",
    ) -> None:
        """Let a field have a value. An empty one changes nothing.

        `show` returns a value as people read it, `instead_of` is what a new object replaces.

        What the model forbids, what the life cycle does not lead to, and what contradicts an earlier row of the same
        sheet becomes a problem.
        """
        if value is None or value == "":
            return
        model_field = draft.instance._meta.get_field(name)
        show = show or partial(_shown, model_field)
        heading = str(label) or capfirst(str(model_field.verbose_name))
        if _same(model_field, getattr(draft.instance, model_field.attname), value):
            if draft.is_new and name not in draft.set_in:
                self._note(draft, name, value, Change(heading, instead_of, show(value)))
            return
        if name in draft.set_in:
            self.wrong(
                heading,
                _("Row %(row)d says “%(value)s” about the same.")
                % {"row": draft.set_in[name], "value": show(getattr(draft.instance, name))},
                _("Write the same in both rows, or leave it empty in one."),
            )
            return
        if self._refused(draft, model_field, value, heading):
            return
        before = instead_of if draft.is_new else show(getattr(draft.instance, name))
        self._note(draft, name, value, Change(heading, before, show(value)))

    def follow(self, draft: Draft[Any], name: str, value: Any) -> None:
        """Let a field follow from what the row says; nobody needs to see it."""
        self._pending.append((draft, name, value))

    def commit(self, order: Order) -> None:
        """Put what the row says into the drafts, unless the row is wrong."""
        if self.problems:
            self._pending, self.changes = [], []
            return
        for draft, name, value in self._pending:
            if name == "status" and isinstance(draft.instance, LifeCycle) and not draft.is_new:
                draft.transitions += _transitions(draft.instance, value, order)
            setattr(draft.instance, name, value)
            draft.set_in[name] = self.number
        self._pending = []

    def texts(self) -> list[str]:
        """Return the cells as texts."""
        return [as_text(cell) for cell in self.cells]

    def _note(self, draft: Draft[Any], name: str, value: Any, change: Change) -> None:
        self._pending.append((draft, name, value))
        self.changes.append(change)
        mark = value.pk if isinstance(value, models.Model) else value
        instance = draft.instance
        self.marks.append(f"{instance._meta.label}:{instance.pk}.{name}:{change.old}>{mark}")

    def _refused(self, draft: Draft[Any], model_field: Any, value: Any, heading: str) -> bool:
        """Whether the model or the life cycle refuses the value; notes the reason."""
        if not model_field.is_relation:
            try:
                model_field.run_validators(value)
            except ValidationError as refusal:
                self.wrong(heading, " ".join(refusal.messages), _("Change or shorten what the cell says."))
                return True
        moves = model_field.name == "status" and isinstance(draft.instance, LifeCycle) and not draft.is_new
        if moves and steps_between(draft.instance, value) is None:
            self.wrong(
                heading,
                _("It is “%(status)s” now and cannot become “%(target)s”.")
                % {"status": _shown(model_field, draft.instance.status), "target": _shown(model_field, value)},
                _("Leave the cell empty, or first change the status on the desk."),
            )
            return True
        return False


class SheetResource(ABC):
    """Base of the kinds of sheet. `required` lists groups of columns of which a sheet needs at least one each.

    `right` is what importing needs beside the right to import: an object and an action of the permission table.
    `names_people` says whether the sheet holds people, who must have agreed.
    """

    kind: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    required: ClassVar[tuple[tuple[str, ...], ...]]
    right: ClassVar[tuple[str, str] | None] = None
    names_people: ClassVar[bool] = True

    def __init__(self, order: Order) -> None:
        self.order = order
        self.drafts: list[Draft[Any]] = []
        self.locks = False

    @abstractmethod
    def load(self, rows: list[Row]) -> None:
        """Look up all that the rows refer to, in a number of queries that does not grow with them."""

    @abstractmethod
    def plan(self, row: Row) -> None:
        """Say what the row would write, by `row.set()`, and what is wrong with it, by `row.wrong()`."""

    def complete(self, instance: models.Model) -> set[str]:
        """Set what follows from other fields of an object about to be written; return the names of those fields."""
        return set()

    def label(self, name: str) -> str:
        """Return a column's heading."""
        return next(str(column.label) for column in self.columns if column.name == name)

    def new(self, instance: ModelT) -> Draft[ModelT]:
        """Return the draft of a new object; it is written once a row has set one of its fields."""
        instance.agency_id = self.order.agency.pk  # type: ignore[attr-defined]
        return self._kept(Draft(instance, is_new=True))

    def stored(self, instance: ModelT) -> Draft[ModelT]:
        """Return the draft of a stored object."""
        return self._kept(Draft(instance, is_new=False))

    def locked(self, queryset: models.QuerySet[ModelT]) -> models.QuerySet[ModelT]:
        """Return the rows to compare with; locked while they are about to be written."""
        return queryset.select_for_update(of=("self",)) if self.locks else queryset

    def _kept(self, draft: Draft[ModelT]) -> Draft[ModelT]:
        self.drafts.append(draft)
        return draft


def steps_between(instance: LifeCycle, target: str) -> list[str] | None:
    """Return the statuses that lead from the present one to `target`, or None where the life cycle has no way."""
    ways: deque[list[str]] = deque([[instance.status]])
    seen = {instance.status}
    while ways:
        way = ways.popleft()
        if way[-1] == target:
            return way[1:]
        for following in sorted(instance.TRANSITIONS.get(way[-1], set()) - seen):
            seen.add(following)
            ways.append([*way, following])
    return None


def _transitions(instance: Any, target: str, order: Order) -> Iterator[Transition]:
    """Yield a record of each step the object takes to its new status."""
    source = instance.status
    for step in steps_between(instance, target) or []:
        yield Transition(
            agency_id=order.agency.pk,
            subject=instance,
            source=source,
            target=step,
            by=order.by,
            reason=_("Import of %(file)s") % {"file": order.source},
        )
        source = step


def _same(model_field: Any, old: Any, new: Any) -> bool:
    """Whether two values of a field mean the same."""
    if isinstance(model_field, models.EmailField):
        return str(old or "").lower() == str(new).lower()
    if isinstance(model_field, models.TextField):
        return str(old or "").replace("\r\n", "\n").strip() == str(new).strip()
    return bool(old == (new.pk if isinstance(new, models.Model) else new))


def _shown(model_field: Any, value: Any) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return ""
    if model_field.choices:
        return str(dict(model_field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    if isinstance(value, date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, PhoneNumber):
        return str(value.as_international)
    if isinstance(value, int | Decimal):
        return formats.number_format(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
