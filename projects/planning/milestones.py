"""Milestones and the planned end of a project, and the deadlines that follow them."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import CHANGE
from deadlines.models import Deadline
from deadlines.services import clear_deadline, set_deadline
from projects.models import Milestone, Project
from projects.rights import locked

LONGEST_TITLE = 160
CLOSED = frozenset({Project.Status.DONE, Project.Status.DROPPED})


@transaction.atomic
def tick(milestone: Milestone, *, by: User, done: bool) -> Milestone:
    """Note that a milestone is done today, or is not after all; its deadline follows. Raises NotAllowed.

    Whoever comes second changes nothing: the first day stays.
    """
    project = locked(milestone.project, by, CHANGE)
    milestone = Milestone.objects.select_for_update().get(pk=milestone.pk)
    if (milestone.done_on is not None) != done:
        milestone.done_on = timezone.localdate() if done else None
        milestone.save(update_fields=["done_on"])
        keep_milestones(project)
    return milestone


def tick_with_deadline(deadline: Deadline) -> None:
    """Note that the milestone behind a deadline is done, because somebody has ticked the deadline off."""
    if deadline.kind != Deadline.Kind.STEP:
        return
    for milestone in _behind(deadline):
        milestone.done_on = timezone.localdate()
        milestone.save(update_fields=["done_on"])


def move_with_deadline(deadline: Deadline) -> None:
    """Move the milestone behind a deadline, or the project's planned end, because somebody has moved the deadline."""
    if deadline.kind == Deadline.Kind.MILESTONE:
        _move_end(Project.objects.select_for_update().get(pk=deadline.subject_id or 0), deadline.due_on)
    elif deadline.kind == Deadline.Kind.STEP:
        for milestone in _behind(deadline):
            milestone.due_on = deadline.due_on
            milestone.save(update_fields=["due_on"])


def keep_deadlines(project: Project) -> None:
    """Let the deadlines of a project follow its planned end and its milestones; they belong to whoever leads it.

    The caller has checked the right to change the project.
    """
    owner = _owner(project)
    if project.ends_on and project.status not in CLOSED:
        set_deadline(project, Deadline.Kind.MILESTONE, title=project.title, due_on=project.ends_on, owner=owner)
    else:
        clear_deadline(project, Deadline.Kind.MILESTONE, title=project.title)
    _keep_milestones(project, owner)


def keep_milestones(project: Project) -> None:
    """Let the deadlines of a project follow its milestones. The caller has checked the right to change the project."""
    _keep_milestones(project, _owner(project))


def _behind(deadline: Deadline) -> list[Milestone]:
    """Return the open milestone that a deadline stands for; none when it was renamed meanwhile."""
    milestones = Milestone.objects.filter(project=deadline.subject_id or 0, done_on=None).select_related("project")
    return [one for one in milestones if _title(one, one.project) == deadline.title]


def _move_end(project: Project, ends_on: date) -> None:
    """Move a project's planned end. Raises ValidationError for a day before its beginning."""
    if project.starts_on and ends_on < project.starts_on:
        raise ValidationError({"due_on": _("The project begins later than this day.")})
    project.ends_on = ends_on
    project.save(update_fields=["ends_on"])


def _keep_milestones(project: Project, owner: User | None) -> None:
    wanted = _wanted(project)
    known = Deadline.objects.open().about(project).filter(kind=Deadline.Kind.STEP)
    known.exclude(title__in=list(wanted)).update(done_at=timezone.now())
    kept = {deadline.title: (deadline.due_on, deadline.owner_id) for deadline in known}
    for title, due_on in wanted.items():
        if kept.get(title) != (due_on, owner.pk if owner else None):
            set_deadline(project, Deadline.Kind.STEP, title=title, due_on=due_on, owner=owner)


def _wanted(project: Project) -> dict[str, date]:
    """Return title and day of each deadline that the open milestones of a running project need."""
    if project.status in CLOSED:
        return {}
    return {_title(milestone, project): milestone.due_on for milestone in project.milestones.filter(done_on=None)}


def _title(milestone: Milestone, project: Project) -> str:
    """Return the title of a milestone's deadline; the milestone's own words come first, so that none equals another."""
    return f"{milestone.title} ({project.title})"[:LONGEST_TITLE]


def _owner(project: Project) -> User | None:
    """Return the account of the first lead who has one, patrons before staff."""
    leads = project.leads.select_related("patron__user", "member__user").order_by("patron_id", "pk")
    accounts = (person.user for lead in leads if (person := lead.patron or lead.member))
    return next((account for account in accounts if account is not None), None)
