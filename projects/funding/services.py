"""What happens to applications for funding; one function a verb."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from agencies.models import User
from agencies.permissions import ADD, CHANGE, require
from deadlines.models import Deadline
from deadlines.services import clear_deadline, set_deadline
from projects.models import FundingApplication, FundingProgramme, Project


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


def _locked_application(application: FundingApplication, by: User) -> FundingApplication:
    require(by, "fundingapplication", CHANGE, application)
    return FundingApplication.objects.select_for_update().get(pk=application.pk)
