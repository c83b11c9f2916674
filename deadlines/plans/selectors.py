"""Reads of running plans: how far they are, their timeline, and who has how much to do."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Phase
from deadlines.models import Deadline, RunningMilestone, RunningPlan, Task
from deadlines.models.plans import RunningPlanQuerySet

WEEKS_AHEAD = 8


@dataclass(frozen=True)
class PhaseTasks:
    """The tasks of a running plan in one phase; those without a phase were added to the plan itself."""

    title: str
    tasks: list[Task]

    @property
    def done(self) -> int:
        """How many of them are done or skipped."""
        return sum(task.status != Task.Status.OPEN for task in self.tasks)


@dataclass(frozen=True)
class Timeline:
    """A running plan in time: its phases with their tasks, its milestones, and the days it spans."""

    running: RunningPlan
    phases: list[PhaseTasks]
    milestones: list[RunningMilestone]
    first: date
    last: date

    @property
    def count(self) -> int:
        """How many tasks there are."""
        return sum(len(phase.tasks) for phase in self.phases)

    @property
    def done(self) -> int:
        """How many of them are done or skipped."""
        return sum(phase.done for phase in self.phases)

    @property
    def overdue(self) -> int:
        """How many of them are overdue."""
        return sum(task.is_overdue for phase in self.phases for task in phase.tasks)


@dataclass(frozen=True)
class Load:
    """How much a person (nobody: an empty name) has to do: overdue, in each of the coming weeks, and later."""

    who: str
    overdue: int
    weeks: list[int]
    later: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.overdue + sum(self.weeks) + self.later


def with_progress(plans: RunningPlanQuerySet) -> RunningPlanQuerySet:
    """Add to plans how many tasks they have, how many are closed and overdue, and the next day; no further query."""
    is_open = Q(tasks__status=Task.Status.OPEN)
    return plans.annotate(  # type: ignore[no-any-return]
        task_count=Count("tasks"),
        closed_count=Count("tasks", filter=~is_open),
        overdue_count=Count("tasks", filter=is_open & Q(tasks__due_on__lt=timezone.localdate())),
        next_on=Min("tasks__due_on", filter=is_open & Q(tasks__due_on__gte=timezone.localdate())),
    )


def timeline_of(running: RunningPlan) -> Timeline:
    """Return a running plan in time. Costs three queries, however many tasks it has."""
    rows = running.tasks.filter(due_on__isnull=False).select_related("planned__phase", "owner__membership")
    tasks = list(rows.order_by("due_on", "pk"))
    milestones = list(running.milestones.select_related("planned"))
    phases = list(Phase.objects.filter(programme__phase_plans=running.plan_id).order_by("position"))
    groups = [
        PhaseTasks(str(phase), [task for task in tasks if task.planned and task.planned.phase_id == phase.pk])
        for phase in phases
    ]
    own = PhaseTasks(_("Added to this plan"), [task for task in tasks if task.planned is None])
    days = [task.due_on for task in tasks if task.due_on] + [each.on for each in milestones] + [timezone.localdate()]
    starts = [task.due_on - timedelta(days=task.takes_days - 1) for task in tasks if task.due_on]
    return Timeline(
        running, [group for group in (*groups, own) if group.tasks], milestones, min(days + starts), max(days)
    )


def loads() -> tuple[list[date], list[Load]]:
    """Return the Mondays of the coming weeks, and how much each person of the agency has to do. Costs one query."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    weeks = [monday + timedelta(weeks=number) for number in range(WEEKS_AHEAD)]
    end = monday + timedelta(weeks=WEEKS_AHEAD)
    columns = {
        f"week_{number}": Count("pk", filter=Q(due_on__gte=max(first, today), due_on__lt=first + timedelta(weeks=1)))
        for number, first in enumerate(weeks)
    }
    rows = (
        Deadline.objects.open()
        .order_by()
        .values("owner", "owner__membership__name")
        .annotate(
            overdue=Count("pk", filter=Q(due_on__lt=today)), later=Count("pk", filter=Q(due_on__gte=end)), **columns
        )
    )
    found = [
        Load(
            row["owner__membership__name"] or "",
            row["overdue"],
            [row[f"week_{number}"] for number in range(WEEKS_AHEAD)],
            row["later"],
        )
        for row in rows
    ]
    return weeks, sorted(found, key=lambda load: (not load.who, -load.total, load.who))
