"""Care: whoever has gone quiet becomes one open task of the regional manager, which closes by itself later."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, Q, Window
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency
from deadlines.models import Task
from klikks.tenancy import current_agency_id
from website.models import QuietCase

DUE_WITHIN = timedelta(days=7)
AT_ONCE = 1000
Subject = tuple[int, int]


@transaction.atomic
def keep_tasks() -> None:
    """Give the agency of the context one open task for each quiet patron and partner, and close those not needed.

    Somebody who was asked about and stays quiet comes up again after as many weeks as make silence. May run twice at
    once: a constraint keeps a second open task out. Six queries, however many are quiet.
    """
    kinds = {kind: ContentType.objects.get_for_model(QuietCase(kind=kind).model).pk for kind in QuietCase.Kind.values}
    quiet = {(kinds[case.kind], case.subject_id): case for case in QuietCase.objects.select_related("manager")}
    tasks = Task.objects.filter(kind=Task.Kind.QUIET)
    open_now = {(kind, key): pk for pk, kind, key in tasks.open().values_list("pk", "subject_type_id", "subject_id")}
    gone = [pk for subject, pk in open_now.items() if subject not in quiet]
    Task.objects.filter(pk__in=gone).update(status=Task.Status.DONE)
    agency = Agency.objects.get(pk=current_agency_id())
    asked = _last_asked(agency)
    new = [
        (subject, case)
        for subject, case in quiet.items()
        if subject not in open_now and not _was_asked(asked.get(subject), case, agency)
    ]
    with translation.override(settings.LANGUAGE_CODE):
        made = [_task(case, subject) for subject, case in new]
    Task.objects.bulk_create(made, batch_size=AT_ONCE, ignore_conflicts=True)


def most_silent(count: int) -> tuple[list[QuietCase], dict[str, int]]:
    """Return those who have been quiet longest, and how many there are of each kind. One query."""
    counts = {f"all_{kind}": Window(Count("key", filter=Q(kind=kind))) for kind in QuietCase.Kind.values}
    cases = list(QuietCase.objects.annotate(**counts).order_by("since", "key")[:count])
    return cases, {kind: getattr(cases[0], f"all_{kind}") if cases else 0 for kind in QuietCase.Kind.values}


def _last_asked(agency: Agency) -> dict[Subject, datetime]:
    """Return when the newest task about somebody's silence was made, as far as that still matters."""
    weeks = max(agency.quiet_weeks_patrons, agency.quiet_weeks_communes)
    recent = Task.objects.filter(kind=Task.Kind.QUIET, created_at__gt=timezone.now() - timedelta(weeks=weeks))
    rows = recent.order_by("created_at").values_list("subject_type_id", "subject_id", "created_at")
    return {(kind, key): at for kind, key, at in rows if kind and key}


def _was_asked(at: datetime | None, case: QuietCase, agency: Agency) -> bool:
    """Whether this silence has had its task not long ago."""
    is_patron = case.kind == QuietCase.Kind.PATRON
    weeks = agency.quiet_weeks_patrons if is_patron else agency.quiet_weeks_communes
    return at is not None and at > max(case.since, timezone.now() - timedelta(weeks=weeks))


def _task(case: QuietCase, subject: Subject) -> Task:
    day = date_format(timezone.localtime(case.since), "SHORT_DATE_FORMAT")
    return Task(
        agency_id=case.agency_id,
        kind=Task.Kind.QUIET,
        subject_type_id=subject[0],
        subject_id=subject[1],
        title=(_("Get in touch with %(name)s: quiet since %(day)s") % {"name": case.name, "day": day})[:160],
        owner_id=case.manager.user_id if case.manager else None,
        due_on=timezone.localdate() + DUE_WITHIN,
    )
