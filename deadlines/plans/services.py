"""What happens to phase plans: applied, shifted with their milestones, ended; one function a verb."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import CHANGE, VIEW, require
from deadlines import jobs
from deadlines.models import Job, PhasePlan, PlannedTask, RunningMilestone, RunningPlan, Task
from klikks.tenancy import current_agency_id

# What the agency's own people do, who may as well be one person.
STAFF_DOERS = (PlannedTask.Doer.MANAGER, PlannedTask.Doer.ADMIN)
FURTHEST = timedelta(days=20 * 365)

# Tasks that are done or skipped stay where they are. Those moved by hand keep their distance to the milestone.
SHIFT = """
WITH moved AS (
    UPDATE deadlines_runningmilestone SET "on" = "on" + %(days)s
    WHERE agency_id = %(agency)s AND id = ANY(%(milestones)s)
    RETURNING id, "on"
)
UPDATE deadlines_task AS task SET due_on = moved."on" + task.days
FROM moved
WHERE task.milestone_id = moved.id AND task.status = 'open' AND task.days IS NOT NULL
"""


class AlreadyRunning(ValidationError):
    """The plan is carried out there already."""


@dataclass(frozen=True)
class Place:
    """Where a plan is carried out: by the agency (no subject) or about an object of a room above, and who does what.

    `doers` maps a `PlannedTask.Doer` to the account that does such tasks; the others belong to nobody yet.
    """

    title: str
    doers: Mapping[str, User | None]
    subject: models.Model | None = None


@transaction.atomic
def apply(plan: PhasePlan, place: Place, *, by: User, days: Mapping[int | None, date]) -> RunningPlan:
    """Carry out a plan somewhere: each of its tasks becomes a dated task with an owner.

    `days` gives the day of each milestone by its key, that of the start under None. A milestone without a day falls
    as many days after the start as the plan suggests. Raises NotAllowed and AlreadyRunning.
    """
    require(by, "runningplan", "apply")
    # Whoever comes second waits here and then finds the first one's plan.
    PhasePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    running = RunningPlan(plan=plan, title=f"{place.title}: {plan.title}"[:200], subject=place.subject)
    running.place = place.title[:120] if place.subject else ""
    same = RunningPlan.objects.running().filter(
        plan=plan, subject_type=running.subject_type, subject_id=running.subject_id
    )
    if same.exists():
        raise AlreadyRunning(_("“%(plan)s” is carried out there already.") % {"plan": plan})
    running.save()
    milestones = _set_milestones(running, days)
    planned = plan.tasks.filter(is_retired=False).order_by("pk")
    Task.objects.bulk_create(_task(each, running, milestones, place.doers.get(each.doer)) for each in planned)
    return running


@transaction.atomic
def move_milestone(milestone: RunningMilestone, *, by: User, on: date, seen: date | None = None) -> int:
    """Move a milestone of a running plan to another day, and with it all its open tasks; return how many days.

    `seen` is the day on which the mover saw it: whoever comes second is told. Raises NotAllowed and ValidationError.
    """
    require(by, "runningplan", CHANGE, milestone)
    milestone = RunningMilestone.objects.select_for_update().get(pk=milestone.pk)
    if seen is not None and milestone.on not in {seen, on}:
        raise ValidationError(
            _("Somebody has moved this to %(day)s meanwhile. Please look whether that suits you.")
            % {"day": date_format(milestone.on)}
        )
    if abs(on - timezone.localdate()) > FURTHEST:
        raise ValidationError({"on": _("This day is too far away. Please check the year.")})
    _shift([milestone.pk], (on - milestone.on).days)
    return (on - milestone.on).days


@transaction.atomic
def shift_all(plan: PhasePlan, *, by: User, days: int) -> int:
    """Shift all running plans of the context's agency that follow a template by some days; return how many plans.

    All milestones, and with them all open tasks, in one statement. Raises NotAllowed.
    """
    require(by, "runningplan", CHANGE)
    milestones = RunningMilestone.objects.filter(running__plan=plan, running__ended_at__isnull=True)
    found = list(milestones.select_for_update().values_list("pk", "running"))
    _shift([key for key, _running in found], days)
    return len({running for _key, running in found})


@transaction.atomic
def end(running: RunningPlan, *, by: User, reason: str) -> RunningPlan:
    """End a running plan: its open tasks are skipped with the reason. One that has ended stays as it is.

    Raises NotAllowed, and ValidationError without a reason.
    """
    require(by, "runningplan", CHANGE, running)
    if not reason.strip():
        raise ValidationError(_("Please say in a few words why this is skipped."))
    running = RunningPlan.objects.select_for_update().get(pk=running.pk)
    if running.ended_at is None:
        running.tasks.filter(status=Task.Status.OPEN).update(status=Task.Status.SKIPPED, reason=reason.strip()[:200])
        running.ended_at = timezone.now()
        running.save(update_fields=["ended_at"])
    return running


def order_pdf(running: RunningPlan, *, by: User) -> Job:
    """Order the timeline of a running plan as a PDF; return the job that makes it. Raises NotAllowed."""
    require(by, "runningplan", VIEW, running)
    return jobs.order(Job.Kind.PHASE_PLAN, subject=running, by=by)


def template_of(planned: PlannedTask) -> dict[str, str | int | None]:
    """Return what a template says of a task, as a task remembers it."""
    return {
        "title": planned.title,
        "milestone": planned.milestone_id,
        "days": planned.days,
        "takes_days": planned.takes_days,
        "how": planned.how,
        "materials": planned.materials,
    }


def add_task(planned: PlannedTask, running: RunningPlan, owner: User | None) -> Task:
    """Return the unsaved task that a running plan gets for a task of its template. The caller has checked the right."""
    milestones = {each.planned_id: each for each in running.milestones.all()}
    return _task(planned, running, milestones, owner)


def _set_milestones(running: RunningPlan, days: Mapping[int | None, date]) -> dict[int | None, RunningMilestone]:
    start = days[None]
    wanted = [(None, start)]
    wanted += [(each, days.get(each.pk) or start + timedelta(days=each.days)) for each in running.plan.milestones.all()]
    made = RunningMilestone.objects.bulk_create(
        RunningMilestone(agency_id=running.agency_id, running=running, planned=planned, on=on) for planned, on in wanted
    )
    return {each.planned_id: each for each in made}


def _task(
    planned: PlannedTask,
    running: RunningPlan,
    milestones: Mapping[int | None, RunningMilestone],
    owner: User | None,
) -> Task:
    milestone = milestones.get(planned.milestone_id) or milestones[None]
    return Task(
        agency_id=running.agency_id,
        planned=planned,
        running=running,
        milestone=milestone,
        subject_type_id=running.subject_type_id,
        subject_id=running.subject_id,
        title=planned.title,
        days=planned.days,
        due_on=milestone.on + timedelta(days=planned.days),
        takes_days=planned.takes_days,
        how=planned.how,
        materials=planned.materials,
        owner=owner,
        template=template_of(planned),
    )


def _shift(milestones: list[int], days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SHIFT, {"agency": current_agency_id(), "milestones": milestones, "days": days})
