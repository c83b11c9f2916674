"""What happens to the plan of a project: rows are added, changed and removed; deadlines and the project's costs follow.

Whoever may change the project may change its plan.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import CHANGE
from klikks.history import forget
from projects.models import CostItem, FinancingPart, Milestone, Project, Supporter
from projects.planning.milestones import keep_milestones
from projects.rights import locked

PlanRow = Milestone | CostItem | FinancingPart | Supporter


@transaction.atomic
def add_row(project: Project, model: type[PlanRow], *, by: User, **values: Any) -> PlanRow:
    """Add a milestone, cost item, part of the financing or supporter. Raises NotAllowed, ValidationError."""
    project = locked(project, by, CHANGE)
    row = model(project=project, **values)
    _save(row)
    follow(project, model)
    return row


@transaction.atomic
def change_row(row: PlanRow, *, by: User, **values: Any) -> PlanRow:
    """Change a row of the plan. Raises NotAllowed, ValidationError, DoesNotExist where somebody has just removed it."""
    project = locked(row.project, by, CHANGE)
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    for name, value in values.items():
        setattr(row, name, value)
    _save(row)
    follow(project, type(row))
    return row


@transaction.atomic
def remove_row(row: PlanRow, *, by: User) -> None:
    """Remove a row of the plan; one that is gone already stays gone. Raises NotAllowed.

    A helper leaves no trace in the history: these are names of people who have no account to ask for that.
    """
    project = locked(row.project, by, CHANGE)
    model = type(row)
    if model is Supporter:
        forget(Supporter, [row.pk])
        return
    model._default_manager.filter(pk=row.pk).delete()
    follow(project, model)


def follow(project: Project, model: type[PlanRow]) -> None:
    """Let what hangs on the rows of a model follow them. The caller has checked the right to change the project."""
    then: Callable[[Project], None] | None = {Milestone: keep_milestones, CostItem: _follow_costs}.get(model)
    if then:
        then(project)


def _follow_costs(project: Project) -> None:
    """Let the project's costs be the sum of its cost items. Without items the last figure stays, as an estimate."""
    total: Decimal | None = project.cost_items.aggregate(sum=Sum("amount"))["sum"]
    if total is not None:
        Project.objects.filter(pk=project.pk).exclude(investment=total).update(investment=total)


def _save(row: PlanRow) -> None:
    """Save a row. Raises ValidationError for a second milestone of the same name."""
    if isinstance(row, Milestone):
        same = Milestone.objects.filter(project=row.project_id, title=row.title).exclude(pk=row.pk)
        if same.exists():
            raise ValidationError({"title": _("The project has a milestone of this name already.")})
    row.save()
