"""What a template says otherwise than a running plan: offered task by task, taken over or left as it is.

A task remembers what its template said when it last followed it or was left as it is. What the template says
differently since then is offered; what was changed in the running plan alone is nobody's business.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import User
from agencies.permissions import CHANGE, require
from deadlines.models import PlanMilestone, PlannedTask, RunningPlan, Task
from deadlines.plans.services import add_task, template_of

LABELS = {
    "title": gettext_lazy("title"),
    "milestone": gettext_lazy("counted from"),
    "days": gettext_lazy("days after the milestone"),
    "takes_days": gettext_lazy("takes how many days"),
    "how": gettext_lazy("how"),
    "materials": gettext_lazy("materials"),
}


class DecidedAlready(ValidationError):
    """Somebody else has decided about this difference, or the template has changed once more."""


@dataclass(frozen=True)
class Change:
    """What a template says of a field now, and what the task says."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Difference:
    """One task about which template and running plan disagree: new, changed or no longer needed."""

    planned: PlannedTask
    task: Task | None
    kind: str
    changes: list[Change]

    @property
    def said(self) -> str:
        """What would happen, in words."""
        words = {"new": _("new in the template"), "gone": _("no longer needed"), "changed": _("changed")}
        return words[self.kind]


def differences_of(running: RunningPlan) -> list[Difference]:
    """Return what may be taken over into a running plan, in the order of the template. Costs three queries."""
    tasks = {task.planned_id: task for task in running.tasks.filter(planned__isnull=False)}
    milestones = dict(PlanMilestone.objects.filter(plan=running.plan_id).values_list("pk", "title"))
    planned = PlannedTask.objects.filter(plan=running.plan_id).select_related("phase")
    found = (_difference(each, tasks.get(each.pk), milestones) for each in planned)
    return [each for each in found if each]


@transaction.atomic
def take_over(running: RunningPlan, planned_key: int, *, by: User) -> str:
    """Let a running plan follow its template in one task; return the task's title.

    Only what the template changed is changed, so that a task keeps what was noted in the plan itself. Raises NotAllowed
    and DecidedAlready.
    """
    difference = _locked(running, planned_key, by)
    task, planned = difference.task, difference.planned
    if task is None:
        task = add_task(planned, running, _usual_owner(running, planned))
        task.save()
    elif difference.kind == "gone":
        task.status, task.reason = Task.Status.SKIPPED, _("no longer in the template")
        task.template = template_of(planned) | {"gone": True}
        task.save()
    else:
        _follow(task, planned, running)
    return task.title


@transaction.atomic
def leave(running: RunningPlan, planned_key: int, *, by: User) -> str:
    """Let a running plan stay as it is in one task, and not be asked again; return the task's title.

    Raises NotAllowed and DecidedAlready.
    """
    difference = _locked(running, planned_key, by)
    task, planned = difference.task, difference.planned
    if task is None:
        task = add_task(planned, running, None)
        task.status, task.reason = Task.Status.SKIPPED, _("not taken over from the template")
    task.template = template_of(planned) | ({"gone": True} if difference.kind == "gone" else {})
    task.save()
    return task.title


def _locked(running: RunningPlan, planned_key: int, by: User) -> Difference:
    """Return a difference while nobody else decides about the same plan."""
    require(by, "runningplan", CHANGE, running)
    running = RunningPlan.objects.select_for_update().get(pk=running.pk)
    for difference in differences_of(running):
        if difference.planned.pk == planned_key:
            return difference
    raise DecidedAlready(_("Somebody has decided this already, or the template was changed. Please look again."))


def _difference(planned: PlannedTask, task: Task | None, milestones: dict[int, str]) -> Difference | None:
    if task is None:
        return None if planned.is_retired else Difference(planned, None, "new", [])
    if planned.is_retired:
        asks = task.status == Task.Status.OPEN and not task.template.get("gone")
        return Difference(planned, task, "gone", []) if asks else None
    if task.status != Task.Status.OPEN:
        return None
    now = template_of(planned)
    changed = [name for name in now if now[name] != task.template.get(name)]
    if not changed:
        return None
    says = {name: (_shown(name, _own(task, name), milestones), _shown(name, now[name], milestones)) for name in changed}
    return Difference(
        planned, task, "changed", [Change(str(LABELS[name]), old, new) for name, (old, new) in says.items()]
    )


def _own(task: Task, name: str) -> Any:
    """Return what the task itself says; of its milestone only what the template said."""
    return task.template.get(name) if name == "milestone" else getattr(task, name)


def _shown(name: str, value: Any, milestones: dict[int, str]) -> str:
    if name == "milestone":
        return milestones.get(value, _("Start")) if value else _("Start")
    if name in {"days", "takes_days"} and value is not None:
        return ngettext("%(count)d day", "%(count)d days", value) % {"count": value}
    return str(value or "–")


def _follow(task: Task, planned: PlannedTask, running: RunningPlan) -> None:
    """Change in a task what the template has changed."""
    now = template_of(planned)
    changed = {name: value for name, value in now.items() if value != task.template.get(name)}
    for name, value in changed.items():
        if name == "milestone":
            own = running.milestones.filter(planned=value).first()
            task.milestone = own or running.milestones.get(planned__isnull=True)
        else:
            setattr(task, name, value)
    if changed.keys() & {"milestone", "days"} and task.milestone and task.days is not None:
        task.due_on = task.milestone.on + timedelta(days=task.days)
    task.template = now
    task.save()


def _usual_owner(running: RunningPlan, planned: PlannedTask) -> User | None:
    """Return who does tasks of this kind in the running plan so far."""
    similar = running.tasks.filter(planned__doer=planned.doer, owner__isnull=False).select_related("owner")
    task = similar.order_by("-pk").first()
    return task.owner if task else None
