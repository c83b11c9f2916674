"""What comes out of a coaching: notes of its exercises, and its results as tasks of each agency."""

from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import ADD, require
from deadlines.models import PhasePlan, PlannedTask, Task
from klikks.locks import one_at_a_time
from trainings.models import CoachingResult, Exercise, ExerciseNote


@transaction.atomic
def write_note(exercise: Exercise, *, by: User, text: str, role: str = "") -> ExerciseNote:
    """Keep what somebody has learned from an exercise, for the own agency. Raises NotAllowed."""
    require(by, "exercisenote", ADD)
    return ExerciseNote.objects.create(exercise=exercise, author=by, role=role[:80], text=text.strip())


@transaction.atomic
def make_task(result: CoachingResult, *, by: User, due_on: date, owner: User | None = None) -> Task:
    """Make a result a task of the own agency, or return the one that was made of it before.

    `owner` is whoever asks if None. Raises NotAllowed.
    """
    require(by, "task", ADD)
    one_at_a_time(result)
    about = {"subject_type": ContentType.objects.get_for_model(result), "subject_id": result.pk}
    task: Task | None = Task.objects.filter(**about).first()
    if task is None:
        task = Task.objects.create(
            **about, title=result.title, due_on=due_on, owner=owner or by, planned=_planned(result).first()
        )
    return task


@transaction.atomic
def put_into_plan(result: CoachingResult, *, by: User) -> PlannedTask:
    """Make a result a task of the programme's phase plan, for all who use the plan from now on; twice changes nothing.

    Raises NotAllowed, and ValidationError for a result without a phase.
    """
    require(by, "plannedtask", ADD)
    if result.phase is None:
        raise ValidationError(_("Please name the phase of “%(result)s” first.") % {"result": result})
    one_at_a_time(result)
    programme = result.session.series.programme
    plan = PhasePlan.objects.filter(programme=programme).order_by("pk").first()
    if plan is None:
        plan = PhasePlan.objects.create(programme=programme, title=str(programme))
    known: PlannedTask | None = _planned(result).first()
    return known or PlannedTask.objects.create(plan=plan, phase=result.phase, title=result.title, days=result.days)


def day_of(result: CoachingResult) -> date:
    """Return by when a result is to be done: so many days after the session, but not in the past."""
    day = timezone.localdate(result.session.starts_at) + timedelta(days=result.days)
    return max(day, timezone.localdate())


def _planned(result: CoachingResult) -> QuerySet[PlannedTask]:
    """Return the task of the programme's phase plan that says the same as a result."""
    programme = result.session.series.programme_id
    return PlannedTask.objects.filter(plan__programme=programme, phase=result.phase_id, title=result.title)


def tasks_of(results: list[CoachingResult]) -> dict[int, Task]:
    """Return the own agency's task of each result that has one, by the result's key; one query."""
    about = ContentType.objects.get_for_model(CoachingResult)
    tasks = Task.objects.filter(subject_type=about, subject_id__in=[result.pk for result in results])
    return {task.subject_id: task for task in tasks.select_related("owner__membership") if task.subject_id}
