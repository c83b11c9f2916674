"""What happens to projects, their measures, their funding and citizens' ideas; one function a verb.

Staff may touch all projects of their agency, patrons only those they lead.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models import Membership, Participation, Programme, User
from agencies.permissions import ADD, CHANGE, allows, require
from communes.models import Commune
from deadlines.models import Deadline
from deadlines.outbox import post
from deadlines.services import clear_deadline, rename_deadline, set_deadline
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects.calculation import Number, Result, calculate
from projects.kinds import KINDS, MeasureKind
from projects.models import FundingApplication, FundingProgramme, Idea, Measure, Project, ProjectLead, Saving

OWN_FIELDS = frozenset(
    {"title", "topic", "topic_id", "description", "public_summary", "starts_on", "ends_on", "investment"}
)


class WrongMunicipality(ValidationError):
    """A patron wants to begin a project in a municipality of which the person is no patron."""


class SummaryMissing(ValidationError):
    """A project without a public summary cannot be shown to the public."""


class NotYetDone(ValidationError):
    """Something is said to be done on a day that is still to come."""


class NoOffice(ValidationError):
    """Nobody coordinates a programme, so nobody would read what is sent to it."""


class ReasonMissing(ValidationError):
    """Giving something up needs a reason that others can read later."""


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
    project = _locked(project, by, CHANGE)
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
    project = _locked(project, by, "move")
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
    on = _past(on)
    project = _locked(project, by, "move")
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


@transaction.atomic
def add_measure(
    project: Project,
    *,
    by: User,
    kind: str,
    inputs: Mapping[str, Number],
    title: str = "",
    quality: str = Saving.Quality.CALCULATED,
) -> Measure:
    """Add a measure to a project and freeze its saving, calculated with today's emission factor.

    `inputs` are the numbers as typed or as Decimal. Raises NotAllowed, InputsWrong or NoFactor.
    """
    project = _locked(project, by, ADD, "measure")
    result = _result(kind, inputs)
    measure = Measure.objects.create(
        project=project, kind=kind, title=title, inputs=result.stored_inputs() if result else {}
    )
    if result:
        _freeze(measure, result, by, quality)
    return measure


@transaction.atomic
def change_measure(
    measure: Measure,
    *,
    by: User,
    kind: str,
    inputs: Mapping[str, Number],
    title: str = "",
    quality: str = Saving.Quality.CALCULATED,
) -> Measure:
    """Change a measure. Where that gives another saving, a new one is frozen and the old one stays readable.

    Raises NotAllowed, InputsWrong or NoFactor.
    """
    measure = _locked_measure(measure, by, CHANGE)
    result = _result(kind, inputs)
    measure.kind, measure.title = kind, title
    measure.inputs = result.stored_inputs() if result else {}
    measure.save()
    current = measure.savings.filter(replaced_at__isnull=True).first()
    if current is not None and not (result and _same(current, result, quality)):
        current.replaced_at = timezone.now()
        current.save(update_fields=["replaced_at"])
        current = None
    if result and current is None:
        _freeze(measure, result, by, quality)
    return measure


@transaction.atomic
def finish_measure(measure: Measure, *, by: User, on: date | None = None) -> Measure:
    """Note that a measure is done, on a day (today if None). Raises NotAllowed, NotYetDone, IllegalTransition."""
    measure = _locked_measure(measure, by, "move")
    measure.move_to(Measure.Status.DONE, by=by, done_on=_past(on))
    return measure


@transaction.atomic
def drop_measure(measure: Measure, *, by: User, reason: str) -> Measure:
    """Give a planned measure up. Raises NotAllowed, IllegalTransition or ReasonMissing."""
    measure = _locked_measure(measure, by, "move")
    if not reason.strip():
        raise ReasonMissing(_("Please say why the measure is dropped; others learn from it."))
    measure.move_to(Measure.Status.DROPPED, by=by, reason=reason)
    return measure


@transaction.atomic
def apply_for_funding(
    project: Project, *, by: User, funding_programme: FundingProgramme, applied_for: Decimal
) -> FundingApplication:
    """Draft an application for funding; its deadline is the last day of the call, if it is known. Raises NotAllowed."""
    require(by, "fundingapplication", ADD, project)
    application = FundingApplication.objects.create(
        project=project, funding_programme=funding_programme, applied_for=applied_for
    )
    if funding_programme.closes_on:
        set_deadline(
            application,
            Deadline.Kind.FUNDING,
            title=str(application)[:160],
            due_on=funding_programme.closes_on,
            owner=by,
        )
    return application


@transaction.atomic
def submit_application(
    application: FundingApplication, *, by: User, on: date | None = None, file_number: str = ""
) -> FundingApplication:
    """Note that an application was handed in; a planned project then waits for its funding. Raises NotAllowed."""
    application = _locked_application(application, by)
    application.move_to(
        FundingApplication.Status.SUBMITTED, by=by, submitted_on=on or timezone.localdate(), file_number=file_number
    )
    clear_deadline(application, Deadline.Kind.FUNDING, title=str(application)[:160])
    project = Project.objects.select_for_update().get(pk=application.project_id)
    if project.may_move_to(Project.Status.FUNDING_APPLIED):
        project.move_to(Project.Status.FUNDING_APPLIED, by=by)
    return application


@transaction.atomic
def grant(
    application: FundingApplication, *, by: User, amount: Decimal, on: date | None = None, file_number: str = ""
) -> FundingApplication:
    """Note that funding of `amount` euro was granted. Raises NotAllowed or IllegalTransition."""
    application = _locked_application(application, by)
    application.move_to(
        FundingApplication.Status.GRANTED,
        by=by,
        granted=amount,
        decided_on=on or timezone.localdate(),
        file_number=file_number or application.file_number,
    )
    return application


@transaction.atomic
def reject(
    application: FundingApplication, *, by: User, on: date | None = None, reason: str = ""
) -> FundingApplication:
    """Note that funding was refused. Raises NotAllowed or IllegalTransition."""
    application = _locked_application(application, by)
    application.move_to(FundingApplication.Status.REJECTED, by=by, reason=reason, decided_on=on or timezone.localdate())
    return application


def send_idea(
    *,
    programme: Programme,
    title: str,
    text: str,
    commune: Commune | None = None,
    topic_id: str | None = None,
    author: str = "",
    email: str = "",
    shows_author: bool = False,
    language: str = "de",
) -> Idea:
    """Note a citizen's idea for a network of towns; its coordinating office reads it first. Public.

    Raises NoOffice when nobody coordinates the programme.
    """
    office = Participation.objects.filter(programme=programme, coordinates=True).select_related("agency").first()
    if office is None:
        raise NoOffice(_("Nobody receives ideas for “%(programme)s” at present.") % {"programme": programme})
    with agency_context(office.agency):
        return Idea.objects.create(
            programme=programme,
            title=title,
            text=text,
            commune=commune,
            topic_id=topic_id,
            author=author,
            email=email,
            shows_author=shows_author,
            language=language,
        )


@transaction.atomic
def release_idea(idea: Idea, *, by: User) -> Idea:
    """Let the public read a citizen's idea. Raises NotAllowed or IllegalTransition."""
    idea = _locked_idea(idea, by)
    idea.move_to(Idea.Status.RELEASED, by=by, released_at=timezone.now())
    _answer(idea, "idea/released")
    return idea


@transaction.atomic
def decline_idea(idea: Idea, *, by: User, reason: str) -> Idea:
    """Decline an idea, with a reason that its author is told. Raises NotAllowed, IllegalTransition or ReasonMissing."""
    idea = _locked_idea(idea, by)
    if not reason.strip():
        raise ReasonMissing(_("Please say why the idea is declined."))
    idea.move_to(Idea.Status.DECLINED, by=by, reason=reason)
    _answer(idea, "idea/declined", reason=reason)
    return idea


@transaction.atomic
def adopt_idea(idea: Idea, *, by: User, commune: Commune, topic_id: str, title: str) -> Project:
    """Make a project of an idea. Raises NotAllowed or IllegalTransition."""
    idea = _locked_idea(idea, by)
    project = create_project(
        by=by, programme=idea.programme, commune=commune, topic_id=topic_id, title=title, description=idea.text
    )
    idea.move_to(Idea.Status.ADOPTED, by=by, project=project)
    _answer(idea, "idea/adopted", municipality=commune)
    return project


def may(by: User, object_name: str, action: str, project: Project) -> bool:
    """Whether somebody may do something with a project: staff of its agency, and the patron who leads it."""
    own = {"move": "change_own"}.get(action, f"{action}_own")
    return allows(by, object_name, action, project) or (
        allows(by, object_name, own, project) and project.leads.filter(patron__user=by).exists()
    )


def _locked(project: Project, by: User, action: str, object_name: str = "project") -> Project:
    """Return the project's row, locked. Raises NotAllowed unless `by` may do this with it."""
    if not may(by, object_name, action, project):
        raise NotAllowed(_("You can change only the projects you lead. Please ask your agency."))
    return Project.objects.select_for_update().get(pk=project.pk)


def _locked_measure(measure: Measure, by: User, action: str) -> Measure:
    _locked(measure.project, by, action, "measure")
    return Measure.objects.select_for_update().get(pk=measure.pk)


def _locked_application(application: FundingApplication, by: User) -> FundingApplication:
    require(by, "fundingapplication", CHANGE, application)
    return FundingApplication.objects.select_for_update().get(pk=application.pk)


def _answer(idea: Idea, template: str, **context: Any) -> None:
    """Tell the author of an idea what became of it, if there is an address."""
    if idea.email:
        values = {"name": idea.author, "title": idea.title, "programme": idea.programme, **context}
        post(template, to=idea.email, language=idea.language, context=values, subject=idea)


def _locked_idea(idea: Idea, by: User) -> Idea:
    require(by, "idea", CHANGE, idea)
    return Idea.objects.select_for_update().get(pk=idea.pk)


def _past(on: date | None) -> date:
    """Return the day something was done, today if None. Raises NotYetDone for a day to come."""
    today = timezone.localdate()
    if on is not None and on > today:
        raise NotYetDone({"on": _("This day is still to come.")})
    return on or today


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


def _result(kind: str, inputs: Mapping[str, Number]) -> Result | None:
    """Return the calculated saving; None for a kind that claims none. Raises ValidationError for an unknown kind."""
    if kind not in MeasureKind.values:
        raise ValidationError({"kind": _("Please choose what you do.")})
    return calculate(kind, inputs) if kind in KINDS else None


def _freeze(measure: Measure, result: Result, by: User, quality: str) -> Saving:
    return Saving.objects.create(
        measure=measure,
        kg_per_year=result.kg_per_year,
        quality=quality,
        factor=result.factor,
        factor_value=result.factor.value,
        formula=result.formula,
        inputs=result.stored_inputs(),
        calculated_by=by,
    )


def _same(saving: Saving, result: Result, quality: str) -> bool:
    """Whether a calculation says nothing new."""
    return (saving.kg_per_year, saving.factor_id, saving.formula, saving.inputs, saving.quality) == (
        result.kg_per_year,
        result.factor.pk,
        result.formula,
        result.stored_inputs(),
        quality,
    )
