"""Reports that an agency owes its funder: which there are, when each is due, and that it was handed in.

Unless an agency says otherwise, funders of this kind (ANBest-P, number 6) want an interim proof within four months of
each calendar year, and the final report within six months of the end of the programme.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.models import Programme, User
from agencies.permissions import require
from deadlines.models import Deadline
from deadlines.services import Due, keep_deadlines
from klikks.months import months_later
from klikks.tenancy import current_agency_id
from reports.models import OwedReport

INTERIM_MONTHS = 4
FINAL_MONTHS = 6
# How long before its day a report appears by itself.
AHEAD = timedelta(days=366)


@transaction.atomic
def keep_reports() -> None:
    """Let the context's agency know which reports it owes during the next year, and by when.

    What the agency has changed about a report stays; what was due before klikks knew of the programme is left out.
    """
    today = timezone.localdate()
    programmes = Programme.objects.filter(participations__agency_id=current_agency_id()).exclude(funder="")
    owed = [
        report for programme in programmes for report in _owed(programme) if today <= report.due_on <= today + AHEAD
    ]
    OwedReport.objects.bulk_create(owed, ignore_conflicts=True)
    keep_dates()


def keep_dates() -> None:
    """Let the deadlines of the context's agency follow the reports that are not handed in yet."""
    with translation.override(settings.LANGUAGE_CODE):
        dues = [
            Due(report.pk, str(report), report.due_on, report.owner.user if report.owner else None)
            for report in OwedReport.objects.filter(handed_in_on=None).select_related("programme", "owner__user")
        ]
    keep_deadlines(OwedReport, Deadline.Kind.REPORT, dues, notice=None)


@transaction.atomic
def hand_in(report: OwedReport, *, by: User, on: date) -> OwedReport:
    """Note that a report was handed in; whoever comes second is told. Raises NotAllowed, ValidationError."""
    require(by, "owedreport", "hand_in", report)
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day is still to come.")})
    report = OwedReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.handed_in_on is not None:
        raise ValidationError(_("Somebody has noted already that this report was handed in."))
    report.handed_in_on = on
    report.save(update_fields=["handed_in_on"])
    keep_dates()
    return report


def close_with_deadline(deadline: Deadline) -> None:
    """Note that the report behind a deadline was handed in, because somebody has ticked the deadline off."""
    OwedReport.objects.filter(pk=deadline.subject_id or 0, handed_in_on=None).update(handed_in_on=timezone.localdate())


def move_with_deadline(deadline: Deadline) -> None:
    """Move the day of the report behind a deadline, because somebody has moved the deadline."""
    OwedReport.objects.filter(pk=deadline.subject_id or 0).update(due_on=deadline.due_on)


def _owed(programme: Programme) -> Iterator[OwedReport]:
    """Yield the unsaved reports of a programme: of each calendar year that ends within it, and of all of it."""
    agency_id = current_agency_id()
    for year in range(programme.starts_on.year, programme.ends_on.year):
        begin, end = max(programme.starts_on, date(year, 1, 1)), date(year, 12, 31)
        due_on = months_later(end, INTERIM_MONTHS)
        yield OwedReport(agency_id=agency_id, programme=programme, starts_on=begin, ends_on=end, due_on=due_on)
    yield OwedReport(
        agency_id=agency_id,
        programme=programme,
        kind=OwedReport.Kind.FINAL,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        due_on=months_later(programme.ends_on, FINAL_MONTHS),
    )
