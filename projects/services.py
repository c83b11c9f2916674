"""What happens to projects; one function a verb.

Staff may touch all projects of their agency, patrons only those they lead.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models import Membership, Programme, User
from agencies.permissions import ADD, CHANGE, allows, require
from communes.models import Commune
from deadlines import outbox
from deadlines.models import Deadline
from deadlines.services import rename_deadline
from klikks.names import clean_text
from patrons.models import Patron
from projects.exceptions import CostsItemised, PlanOpen, ReasonMissing, SummaryMissing, WrongMunicipality
from projects.files.services import release_files
from projects.ideas.news import project_is_done
from projects.measures.services import finish_measure
from projects.models import Measure, Project, ProjectLead
from projects.planning.milestones import keep_deadlines
from projects.planning.plan import plan_of
from projects.rights import locked, past

OWN_FIELDS = frozenset(
    {"title", "topic", "topic_id", "description", "public_summary", "starts_on", "ends_on", "investment"}
)
# What citizens read of a project.
PUBLIC_WORDS = ("title", "public_summary")


@transaction.atomic
def create_project(
    *,
    by: User,
    programme: Programme,
    commune: Commune,
    topic_id: str,
    title: str,
    lead: Patron | Membership | None = None,
    **fields: Any,
) -> Project:
    """Begin a project as an idea. A patron leads what the person begins; staff name the lead or lead themselves.

    `fields` are other fields of the project. Raises NotAllowed, or WrongMunicipality if a patron has no appointment
    there.
    """
    if allows(by, "project", ADD):
        lead = lead or by.current_membership
    else:
        require(by, "project", "add_own")
        lead = _patron_of(by)
        if not lead.appointments.open().filter(commune=commune).exists():
            raise WrongMunicipality(_("You are not a climate patron of %(commune)s.") % {"commune": commune})
    project = Project(programme=programme, commune=commune, topic_id=topic_id, title=title, **fields)
    _save(project)
    if lead is not None:
        _add_lead(project, lead)
    keep_deadlines(project)
    return project


@transaction.atomic
def change_project(project: Project, *, by: User, **fields: Any) -> Project:
    """Change what is known about a project, such as its title, dates or investment; its deadlines follow.

    What citizens read was released by staff: new words of somebody else take the project off the public pages until
    staff release it again. Raises NotAllowed, or CostsItemised for another sum than that of the cost items.
    """
    project = locked(project, by, CHANGE)
    unknown = fields.keys() - OWN_FIELDS
    if unknown:
        raise TypeError(f"not a field of a project: {', '.join(sorted(unknown))}")
    if fields.get("investment", project.investment) != project.investment and project.cost_items.exists():
        raise CostsItemised({"investment": _("The costs are the sum of the cost items. Please change them there.")})
    before = {name: getattr(project, name) for name in ("title", *PUBLIC_WORDS)}
    for name, value in fields.items():
        setattr(project, name, value)
    is_news = any(getattr(project, name) != before[name] for name in PUBLIC_WORDS)
    if project.released_at and is_news and not allows(by, "project", "release", project):
        project.released_at, project.proposed_at = None, timezone.now()
    _save(project)
    if project.title != before["title"]:
        rename_deadline(project, Deadline.Kind.MILESTONE, title=before["title"], new_title=project.title)
    keep_deadlines(project)
    return project


@transaction.atomic
def move_project(project: Project, status: str, *, by: User, reason: str = "") -> Project:
    """Move a project to another state; when it is done or dropped its deadlines are cleared.

    A project may begin without a plan of its costs; with one, costs and financing add up, or `reason` says why not.

    Raises NotAllowed, IllegalTransition, PlanOpen, or ReasonMissing when it is to be dropped without a word.
    """
    project = locked(project, by, "move")
    if status == Project.Status.DROPPED and not reason.strip():
        raise ReasonMissing(_("Please say why the project is dropped; others learn from it."))
    if status == Project.Status.UNDER_WAY and project.may_move_to(status) and not reason.strip():
        _check_plan(project)
    dates = {"done_on": timezone.localdate()} if status == Project.Status.DONE else {}
    project.move_to(status, by=by, reason=reason, **dates)
    if status == Project.Status.DONE:
        project_is_done(project)
    keep_deadlines(project)
    return project


@transaction.atomic
def finish(project: Project, *, by: User, on: date | None = None, measures: tuple[int, ...] = ()) -> Project:
    """Note that a project is done, and with it those of its `measures` (primary keys) that are.

    `on` is the day it was done (today if None). Raises NotAllowed, NotYetDone or IllegalTransition.
    """
    on = past(on)
    project = locked(project, by, "move")
    project.move_to(Project.Status.DONE, by=by, done_on=on)
    project_is_done(project)
    for measure in project.measures.filter(pk__in=measures, status=Measure.Status.PLANNED):
        finish_measure(measure, by=by, on=on)
    keep_deadlines(project)
    return project


@transaction.atomic
def add_lead(project: Project, lead: Patron | Membership, *, by: User) -> ProjectLead:
    """Let one more person lead a project. Raises NotAllowed."""
    require(by, "projectlead", ADD, project)
    added = _add_lead(project, lead)
    keep_deadlines(project)
    return added


@transaction.atomic
def propose_release(project: Project, *, by: User) -> Project:
    """Ask the staff to show a project to the public. Raises NotAllowed or SummaryMissing."""
    project = locked(project, by, CHANGE)
    _check_summary(project)
    project.proposed_at = project.proposed_at or timezone.now()
    project.save(update_fields=["proposed_at"])
    return project


@transaction.atomic
def withdraw_proposal(project: Project, *, by: User) -> Project:
    """Take the wish back that the public shall see a project: by whoever leads it, or by staff who decline.

    Raises NotAllowed.
    """
    project = locked(project, by, CHANGE)
    project.proposed_at = None
    project.save(update_fields=["proposed_at"])
    return project


@transaction.atomic
def release(project: Project, *, by: User) -> Project:
    """Show a project with its summary and its public files to the public, and tell the patrons who lead it.

    Raises NotAllowed or SummaryMissing.
    """
    require(by, "project", "release", project)
    project = Project.objects.select_for_update().get(pk=project.pk)
    _check_summary(project)
    if project.released_at is None or project.proposed_at:
        _tell_leads(project, "released", reverse("projects:released_project", args=[project.pk]))
    project.released_at = project.released_at or timezone.now()
    project.proposed_at = None
    project.save(update_fields=["released_at", "proposed_at"])
    release_files(project)
    return project


@transaction.atomic
def unrelease(project: Project, *, by: User, note: str = "") -> Project:
    """Take a project off the public pages or decline to show it; its patrons get the `note`. Raises NotAllowed."""
    require(by, "project", "release", project)
    project = Project.objects.select_for_update().get(pk=project.pk)
    if project.released_at or project.proposed_at:
        template = "taken_back" if project.released_at else "not_released"
        _tell_leads(project, template, reverse("projects:detail", args=[project.pk]), note=clean_text(note))
    project.released_at = project.proposed_at = None
    project.save(update_fields=["released_at", "proposed_at"])
    return project


def _tell_leads(project: Project, template: str, path: str, **context: Any) -> None:
    """Mail the patrons who lead a project what has become of it; `path` leads to where they see it."""
    values = {"title": project.title, "link": f"{settings.BASE_URL}{path}", **context}
    letters = [
        outbox.Letter(patron.email, patron.language, {"name": str(patron), **values}, project)
        for patron in Patron.objects.filter(project_leads__project=project)
    ]
    outbox.post_all(f"project/{template}", letters)


def _check_summary(project: Project) -> None:
    if not project.public_summary.strip():
        raise SummaryMissing(_("Please write a public summary first: it is what citizens read."))


def _check_plan(project: Project) -> None:
    """Raise PlanOpen for a project whose costs and financing are known and do not agree."""
    plan = plan_of(project)
    if plan.gap:
        raise PlanOpen(
            {
                "reason": _("%(gap)s Please complete the plan, or say here why the project begins nevertheless.")
                % {"gap": plan.words}
            }
        )


def _patron_of(user: User) -> Patron:
    """Return the patron behind an account. Raises NotAllowed if it has none."""
    patron = Patron.objects.filter(user=user).first()
    if patron is None:
        raise NotAllowed(_("Your account does not belong to a climate patron."))
    return patron


def _save(project: Project) -> None:
    """Check and save a project. Raises ValidationError naming the field."""
    if project.starts_on and project.ends_on and project.ends_on < project.starts_on:
        raise ValidationError({"ends_on": _("The planned end lies before the start.")})
    project.save()


def _add_lead(project: Project, lead: Patron | Membership) -> ProjectLead:
    person = {"patron": lead} if isinstance(lead, Patron) else {"member": lead}
    return ProjectLead.objects.get_or_create(project=project, **person)[0]
