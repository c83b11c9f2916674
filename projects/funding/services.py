"""What happens to applications for funding; one function a verb.

Patrons who lead a project draft its applications, tick their documents and note that they were handed in. What the
funder decided, and all that follows from it, is noted by staff. Each date becomes a deadline, cleared when it is met.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models import User
from agencies.permissions import ADD, CHANGE, require
from deadlines.models import Deadline
from deadlines.services import clear_deadlines, keep_deadline
from klikks.uploads import check_upload
from projects.exceptions import AlreadyApplied, NotOpenAnyMore
from projects.funding import watching
from projects.funding.finder import grant_at, last_day
from projects.models import ApplicationDocument, FundingApplication, FundingProgramme, Project
from projects.models.funding import lines_of
from projects.rights import locked, may, past

Status = FundingApplication.Status
# Which date of an application is behind which deadline.
DATES = {
    Deadline.Kind.FUNDING: "closes_on",
    Deadline.Kind.FUNDING_ENDS: "ends_on",
    Deadline.Kind.PROOF_OF_USE: "proof_due_on",
}

# What staff may correct by hand; the steps themselves are noted by the verbs below.
OWN_FIELDS = frozenset(
    {
        "closes_on",
        "applied_for",
        "disbursed",
        "file_number",
        "begins_on",
        "ends_on",
        "conditions",
        "proof_due_on",
    }
)


@transaction.atomic
def check_programme(programme: FundingProgramme, *, by: User) -> FundingProgramme:
    """Note that a programme was compared with its source today, with all that was still open. Raises NotAllowed."""
    require(by, "fundingprogramme", CHANGE, programme)
    programme = FundingProgramme.objects.select_for_update().get(pk=programme.pk)
    programme.checked_on, programme.unconfirmed = timezone.localdate(), []
    programme.save(update_fields=["checked_on", "unconfirmed"])
    return programme


@transaction.atomic
def apply_for_funding(
    project: Project, *, by: User, funding_programme: FundingProgramme, applied_for: Decimal | None = None
) -> FundingApplication:
    """Draft an application for funding, with the list of documents that the programme asks for.

    `applied_for` is in euro: what the programme would pay at its rate if None. The last day of the call becomes a
    deadline, and nobody waits for it any more. Raises NotAllowed, or AlreadyApplied if the project has an application
    there that was not refused.
    """
    project = locked(project, by, ADD, "fundingapplication")
    check_is_first(project, funding_programme)
    today, calls = timezone.localdate(), list(funding_programme.calls.all())
    application = FundingApplication.objects.create(
        project=project,
        funding_programme=funding_programme,
        closes_on=last_day(calls, today),
        applied_for=_expected(project, funding_programme) if applied_for is None else applied_for,
    )
    ApplicationDocument.objects.bulk_create(
        ApplicationDocument(agency_id=application.agency_id, application=application, what=what[:200])
        for what in lines_of(funding_programme.documents)
    )
    _keep_deadlines(application, by)
    watching.unwatch(project, by=by, funding_programme=funding_programme)
    return application


def check_is_first(project: Project, funding_programme: FundingProgramme) -> None:
    """Go on only if the project has no application at a programme but refused ones. Raises AlreadyApplied."""
    running = project.funding_applications.exclude(status=Status.REJECTED)
    if running.filter(funding_programme=funding_programme).exists():
        raise AlreadyApplied(
            _("The project has an application at “%(name)s” already.") % {"name": funding_programme.name}
        )


@transaction.atomic
def change_application(application: FundingApplication, *, by: User, **fields: Any) -> FundingApplication:
    """Correct what is known about an application; its deadlines follow.

    Raises NotAllowed, or ValidationError naming the field.
    """
    require(by, "fundingapplication", CHANGE, application)
    application = _locked(application)
    unknown = fields.keys() - OWN_FIELDS
    if unknown:
        raise TypeError(f"not a field of an application: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(application, name, value)
    _check_period(application.begins_on, application.ends_on)
    application.save()
    _keep_deadlines(application, by)
    return application


@transaction.atomic
def discard_draft(application: FundingApplication, *, by: User) -> None:
    """Throw away an application that was never handed in, with its documents.

    Raises NotAllowed, or NotOpenAnyMore for one that was handed in.
    """
    application = _locked_by_lead(application, by)
    if application.status != Status.DRAFTED:
        raise NotOpenAnyMore(_("This application was handed in already; it stays."))
    clear_deadlines(application)
    files = [document.file for document in application.documents.exclude(file="")]
    application.delete()
    for file in files:
        transaction.on_commit(lambda file=file: file.storage.delete(file.name))  # type: ignore[misc]


@transaction.atomic
def submit_application(
    application: FundingApplication,
    *,
    by: User,
    on: date | None = None,
    file_number: str = "",
    applied_for: Decimal | None = None,
) -> FundingApplication:
    """Note that an application was handed in; a planned project then waits for its funding.

    Raises NotAllowed, NotYetDone or IllegalTransition.
    """
    on = past(on)
    application = _locked_by_lead(application, by)
    application.move_to(
        Status.SUBMITTED,
        by=by,
        submitted_on=on,
        file_number=file_number or application.file_number,
        applied_for=application.applied_for if applied_for is None else applied_for,
    )
    _keep_deadlines(application, by)
    project = Project.objects.select_for_update().get(pk=application.project_id)
    if project.may_move_to(Project.Status.FUNDING_APPLIED):
        project.move_to(Project.Status.FUNDING_APPLIED, by=by)
    return application


@transaction.atomic
def grant(
    application: FundingApplication,
    *,
    by: User,
    amount: Decimal,
    on: date | None = None,
    file_number: str = "",
    begins_on: date | None = None,
    ends_on: date | None = None,
    proof_due_on: date | None = None,
    conditions: str = "",
) -> FundingApplication:
    """Note that funding of `amount` euro was granted, for which period, and what the funder asks for.

    The end of the period and the day of the proof of use become deadlines. Raises NotAllowed, NotYetDone,
    IllegalTransition, or ValidationError for days in the wrong order.
    """
    on = past(on)
    require(by, "fundingapplication", CHANGE, application)
    _check_period(begins_on, ends_on)
    application = _locked(application)
    _check_decision(application, on)
    application.move_to(
        Status.GRANTED,
        by=by,
        granted=amount,
        decided_on=on,
        file_number=file_number or application.file_number,
        begins_on=begins_on,
        ends_on=ends_on,
        proof_due_on=proof_due_on,
        conditions=conditions,
    )
    _keep_deadlines(application, by)
    return application


@transaction.atomic
def reject(
    application: FundingApplication, *, by: User, on: date | None = None, reason: str = ""
) -> FundingApplication:
    """Note that funding was refused. Raises NotAllowed, NotYetDone or IllegalTransition."""
    on = past(on)
    require(by, "fundingapplication", CHANGE, application)
    application = _locked(application)
    _check_decision(application, on)
    application.move_to(Status.REJECTED, by=by, reason=reason, decided_on=on)
    _keep_deadlines(application, by)
    return application


@transaction.atomic
def hand_in_proof(
    application: FundingApplication, *, by: User, on: date | None = None, disbursed: Decimal | None = None
) -> FundingApplication:
    """Note that the proof of use was handed in; nothing of the application is due any more.

    `disbursed` is what was paid out, in euro. Raises NotAllowed, NotYetDone, or NotOpenAnyMore for an application
    that was not granted or whose use is proven already.
    """
    on = past(on)
    require(by, "fundingapplication", CHANGE, application)
    application = _locked(application)
    if application.status != Status.GRANTED:
        raise NotOpenAnyMore(_("Only of funding that was granted the use can be proven."))
    if application.proof_handed_in_on is not None:
        raise NotOpenAnyMore(_("Somebody has noted already that the proof of use was handed in."))
    application.proof_handed_in_on = on
    if disbursed is not None:
        application.disbursed = disbursed
    application.save()
    _keep_deadlines(application, by)
    return application


@transaction.atomic
def add_document(application: FundingApplication, *, by: User, what: str) -> ApplicationDocument:
    """Put one more document on the list of an application. Raises NotAllowed, or ValidationError without a name."""
    application = _locked_by_lead(application, by)
    if not what.strip():
        raise ValidationError({"what": _("Please say which document is needed.")})
    return ApplicationDocument.objects.create(application=application, what=what.strip()[:200])


@transaction.atomic
def tick_document(document: ApplicationDocument, *, by: User) -> ApplicationDocument:
    """Note that a document is ready; one that was ticked before stays as it is. Raises NotAllowed."""
    document = _locked_document(document, by)
    if document.done_at is None:
        document.done_at, document.done_by = timezone.now(), by
        document.save(update_fields=["done_at", "done_by"])
    return document


@transaction.atomic
def untick_document(document: ApplicationDocument, *, by: User) -> ApplicationDocument:
    """Note that a document is not ready after all. Raises NotAllowed."""
    document = _locked_document(document, by)
    document.done_at = document.done_by = None
    document.save(update_fields=["done_at", "done_by"])
    return document


@transaction.atomic
def attach_file(document: ApplicationDocument, *, by: User, file: File) -> ApplicationDocument:
    """Keep the file of a document, which is ready with it; a file before it is deleted.

    Raises NotAllowed, or ValidationError for a file that is no PDF, PNG or JPEG or is too large.
    """
    document = _locked_document(document, by)
    try:
        file.name = check_upload(file)
    except ValidationError as refusal:
        raise ValidationError({"file": refusal.messages}) from None
    storage, before = document.file.storage, document.file.name
    document.file = file  # type: ignore[assignment]
    if document.done_at is None:
        document.done_at, document.done_by = timezone.now(), by
    document.save()
    if before:
        transaction.on_commit(lambda: storage.delete(before))
    return document


def _expected(project: Project, programme: FundingProgramme) -> Decimal | None:
    """Return what a programme would pay for a project at its rate, in euro; None where a number lacks."""
    if project.investment is None or programme.rate is None:
        return None
    return grant_at(programme, project.investment, programme.rate)


def _locked(application: FundingApplication) -> FundingApplication:
    return FundingApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)


def _locked_by_lead(application: FundingApplication, by: User) -> FundingApplication:
    """Return the application's row, locked. Raises NotAllowed unless `by` is staff or leads the project."""
    if not may(by, "fundingapplication", CHANGE, application.project):
        raise NotAllowed(_("You can change only the projects you lead. Please ask your agency."))
    return _locked(application)


def _locked_document(document: ApplicationDocument, by: User) -> ApplicationDocument:
    """Return the document's row, locked. Raises NotAllowed unless `by` is staff or leads the project."""
    if not may(by, "applicationdocument", CHANGE, document.application.project):
        raise NotAllowed(_("You can change only the projects you lead. Please ask your agency."))
    return ApplicationDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)


def _check_period(begins_on: date | None, ends_on: date | None) -> None:
    if begins_on and ends_on and ends_on < begins_on:
        raise ValidationError({"ends_on": _("The funding period ends before it begins.")})


def _check_decision(application: FundingApplication, on: date) -> None:
    if application.submitted_on and on < application.submitted_on:
        raise ValidationError({"on": _("This day lies before the day on which the application was handed in.")})


def move_with_deadline(deadline: Deadline) -> None:
    """Move the date of an application behind a deadline, because somebody has moved the deadline.

    Raises ValidationError for an end of the funding period before its beginning.
    """
    name = DATES[Deadline.Kind(deadline.kind)]
    application = FundingApplication.objects.select_for_update().get(pk=deadline.subject_id or 0)
    setattr(application, name, deadline.due_on)
    _check_period(application.begins_on, application.ends_on)
    application.save(update_fields=[name])


def _keep_deadlines(application: FundingApplication, by: User) -> None:
    """Let the deadlines of an application follow its dates and its state."""
    drafted = application.status == Status.DRAFTED
    granted = application.status == Status.GRANTED and application.proof_handed_in_on is None
    matters = {Deadline.Kind.FUNDING: drafted, Deadline.Kind.FUNDING_ENDS: granted, Deadline.Kind.PROOF_OF_USE: granted}
    for kind, name in DATES.items():
        due_on = getattr(application, name) if matters[kind] else None
        keep_deadline(application, kind, title=str(application)[:160], due_on=due_on, owner=by)
