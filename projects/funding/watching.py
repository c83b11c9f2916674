"""Waiting for the calls of a funding programme: whoever watches one for a project is reminded before each closes."""

from django.db import transaction
from django.utils import timezone

from agencies.models import User
from agencies.permissions import ADD
from deadlines.models import Deadline
from deadlines.services import Due, keep_deadlines
from projects.funding.finder import last_day
from projects.models import FundingProgramme, FundingWatch, Project
from projects.rights import locked


@transaction.atomic
def watch(project: Project, *, by: User, funding_programme: FundingProgramme) -> FundingWatch:
    """Remind `by` before calls of a programme close, until the project has applied; watching twice changes nothing.

    Raises NotAllowed unless `by` may apply for funding of the project.
    """
    project = locked(project, by, ADD, "fundingapplication")
    values = {"project": project, "funding_programme": funding_programme}
    made, _created = FundingWatch.objects.get_or_create(**values, defaults={"user": by})
    keep_dates()
    return made


@transaction.atomic
def unwatch(project: Project, *, by: User, funding_programme: FundingProgramme) -> None:
    """Remind nobody of a programme's calls for a project any more. Raises NotAllowed."""
    project = locked(project, by, ADD, "fundingapplication")
    FundingWatch.objects.filter(project=project, funding_programme=funding_programme).delete()
    keep_dates()


def keep_dates() -> None:
    """Let the deadlines of the context's agency follow the calls that are watched."""
    today = timezone.localdate()
    programmes = FundingProgramme.objects.values("pk")
    FundingWatch.objects.exclude(funding_programme__in=programmes).delete()
    watches = (
        FundingWatch.objects.exclude(project__status__in=[Project.Status.DONE, Project.Status.DROPPED])
        .select_related("project", "funding_programme", "user")
        .prefetch_related("funding_programme__calls")
    )
    days = ((each, last_day(each.funding_programme.calls.all(), today)) for each in watches)
    dues = [Due(each.pk, str(each), day, each.user) for each, day in days if day is not None]
    keep_deadlines(FundingWatch, Deadline.Kind.FUNDING, dues)
