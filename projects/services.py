"""What happens to projects; one function a verb.

Staff may touch all projects of their agency, patrons only those they lead.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models import Membership, Programme, User
from agencies.permissions import ADD, CHANGE, allows, require
from communes.models import Commune
from deadlines.models import Deadline
from deadlines.services import clear_deadline, rename_deadline, set_deadline
from patrons.models import Patron
from projects.exceptions import ReasonMissing, SummaryMissing, WrongMunicipality
from projects.measures.services import finish_measure
from projects.models import Measure, Project, ProjectLead
from projects.rights import locked, past

OWN_FIELDS = frozenset(
    {"title", "topic", "topic_id", "description", "public_summary", "starts_on", "ends_on", "investment"}
)


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
    _keep_deadline(project)
    return project


@transaction.atomic
def change_project(project: Project, *, by: User, **fields: Any) -> Project:
    """Change what is known about a project, such as its title, dates or investment; its deadline follows.

    Raises NotAllowed.
    """
    project = locked(project, by, CHANGE)
    unknown = fields.keys() - OWN_FIELDS
    if unknown:
        raise TypeError(f"not a field of a project: {', '.join(sorted(unknown))}")
    title = project.title
    for name, value in fields.items():
        setattr(project, name, value)
    _save(project)
    if project.title != title:
        rename_deadline(project, Deadline.Kind.MILESTONE, title=title, new_title=project.title)
    _keep_deadline(project)
    return project


@transaction.atomic
def move_project(project: Project, status: str, *, by: User, reason: str = "") -> Project:
    """Move a project to another state; when it is done or dropped its deadline is cleared.

    Raises NotAllowed, IllegalTransition, or ReasonMissing when it is to be dropped without a word.
    """
    project = locked(project, by, "move")
    if status == Project.Status.DROPPED and not reason.strip():
        raise ReasonMissing(_("Please say why the project is dropped; others learn from it."))
    dates = {"done_on": timezone.localdate()} if status == Project.Status.DONE else {}
    project.move_to(status, by=by, reason=reason, **dates)
    _keep_deadline(project)
    return project


@transaction.atomic
def finish(project: Project, *, by: User, on: date | None = None, measures: tuple[int, ...] = ()) -> Project:
    """Note that a project is done, and with it those of its `measures` (primary keys) that are.

    `on` is the day it was done (today if None). Raises NotAllowed, NotYetDone or IllegalTransition.
    """
    on = past(on)
    project = locked(project, by, "move")
    project.move_to(Project.Status.DONE, by=by, done_on=on)
    for measure in project.measures.filter(pk__in=measures, status=Measure.Status.PLANNED):
        finish_measure(measure, by=by, on=on)
    _keep_deadline(project)
    return project


@transaction.atomic
def add_lead(project: Project, lead: Patron | Membership, *, by: User) -> ProjectLead:
    """Let one more person lead a project. Raises NotAllowed."""
    require(by, "projectlead", ADD, project)
    added = _add_lead(project, lead)
    _keep_deadline(project)
    return added


@transaction.atomic
def release(project: Project, *, by: User) -> Project:
    """Show a project with its summary to the public. Raises NotAllowed or SummaryMissing."""
    require(by, "project", "release", project)
    project = Project.objects.select_for_update().get(pk=project.pk)
    if not project.public_summary.strip():
        raise SummaryMissing(_("Please write a public summary first: it is what citizens read."))
    project.released_at = project.released_at or timezone.now()
    project.save(update_fields=["released_at"])
    return project


@transaction.atomic
def unrelease(project: Project, *, by: User) -> Project:
    """Take a project off the public pages. Raises NotAllowed."""
    require(by, "project", "release", project)
    project = Project.objects.select_for_update().get(pk=project.pk)
    project.released_at = None
    project.save(update_fields=["released_at"])
    return project


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


def _keep_deadline(project: Project) -> None:
    """Let the project's deadline follow its planned end; it belongs to whoever leads the project."""
    if project.ends_on and project.status not in {Project.Status.DONE, Project.Status.DROPPED}:
        set_deadline(
            project, Deadline.Kind.MILESTONE, title=project.title, due_on=project.ends_on, owner=_owner(project)
        )
    else:
        clear_deadline(project, Deadline.Kind.MILESTONE, title=project.title)


def _owner(project: Project) -> User | None:
    """Return the account of the first lead who has one, patrons before staff."""
    leads = project.leads.select_related("patron__user", "member__user").order_by("patron_id", "pk")
    accounts = (person.user for lead in leads if (person := lead.patron or lead.member))
    return next((account for account in accounts if account is not None), None)
