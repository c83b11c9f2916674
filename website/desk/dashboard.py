"""The opening page of the staff desk: what is due, what waits, how far the targets are, by role."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, DataSource, Programme
from agencies.models.accounts import Role, User
from agencies.permissions import allows
from agencies.selectors import has_second_factor, staff_without_second_factor
from klikks.cache import remembered
from klikks.tenancy import current_agency_id
from reports import figures
from website.care import most_silent
from website.desk.waiting import due, waiting, waiting_counts
from website.models import SystemState

PROGRAMME_IN_SESSION = "desk_programme"
FIGURES_SECONDS = 60
MOST_SILENT = 5


@dataclass(frozen=True)
class QuickAction:
    """A button of the opening page that starts something in one click."""

    title: str
    icon: str
    url: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the reader's role needs to the context of the opening page."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (the desk lets nobody else in)
    parts: dict[Role, Callable[[HttpRequest, User], dict[str, Any]]] = {
        Role.REGIONAL_MANAGER: _for_manager,
        Role.AGENCY_ADMIN: _for_agency_admin,
        Role.COORDINATOR: _for_coordinator,
        Role.OPERATOR: _for_operator,
    }
    today = timezone.localdate()
    return {**context, "title": _("Overview"), "today": today, **parts[user.role](request, user)}


def _for_manager(request: HttpRequest, user: User) -> dict[str, Any]:
    """The agency's open work, and the manager's own deadlines."""
    return {
        **_work(request, user, only_own=True),
        "greeting": user.display_name,
        "is_unprotected": not has_second_factor(user),
    }


def _for_agency_admin(request: HttpRequest, user: User) -> dict[str, Any]:
    """The agency's open work with everybody's deadlines, and accounts that are not well protected."""
    unprotected = staff_without_second_factor()
    return {
        **_work(request, user, only_own=False),
        "greeting": user.display_name,
        "is_unprotected": any(member.user_id == user.pk for member in unprotected),
        "unprotected": [member for member in unprotected if member.user_id != user.pk],
    }


def _for_coordinator(request: HttpRequest, user: User) -> dict[str, Any]:
    """The figures of all agencies of the programme, its phases, and the coordinator's own deadlines."""
    programmes = _programmes(user, coordinated=True)
    programme = _chosen(request, programmes)
    return {
        "role": "coordinator",
        "is_unprotected": not has_second_factor(user),
        "greeting": user.display_name,
        "programmes": programmes,
        "programme": programme,
        "due": due(user, only_own=True),
        **_table(programme),
        "phases": list(programme.phases.all()) if programme else [],
        "actions": _actions(
            request, [("trainingsession", "add", "trainings_trainingsession_add", _("Plan a training"), "event")]
        ),
    }


def _for_operator(request: HttpRequest, user: User) -> dict[str, Any]:
    """How the portal runs, as counts, and the state of the reference data."""
    return {
        "role": "operator",
        "is_unprotected": not has_second_factor(user),
        "greeting": "",
        "systems": list(SystemState.objects.select_related("agency").order_by("agency__name")),
        "sources": list(DataSource.objects.all()),
    }


def _work(request: HttpRequest, user: User, *, only_own: bool) -> dict[str, Any]:
    """What is due, what waits, the targets, and the quick actions of one agency."""
    programmes = _programmes(user, coordinated=False)
    programme = _chosen(request, programmes)
    open_cases = waiting()
    counts = waiting_counts(request)
    agency = Agency(pk=current_agency_id())
    return {
        "role": "agency",
        "programmes": programmes,
        "programme": programme,
        "due": due(user, only_own=only_own),
        "registrations": [case for case in open_cases if case.kind == "registration" and case.status != "asked_back"],
        "asked_back": [case for case in open_cases if case.status == "asked_back"],
        "patrons": [case for case in open_cases if case.kind == "patron"],
        "releases": [case for case in open_cases if case.kind == "project"],
        **_silence(agency),
        "failed_mails": counts.get("mails", 0),
        "failed_jobs": counts.get("jobs", 0),
        **_figures(programme, agency),
        "actions": _quick_actions(request),
    }


def _figures(programme: Programme | None, agency: Agency) -> dict[str, Any]:
    """Return an agency's figures and the time they were counted at.

    They are kept for a minute: they are the dearest part of the page, and no decision hangs on the last minute.
    """
    if programme is None:
        return {"figures": []}
    return remembered(
        f"desk-figures-{agency.pk}-{programme.pk}",
        FIGURES_SECONDS,
        lambda: _counted(programme, agency),
    )


def _counted(programme: Programme, agency: Agency) -> dict[str, Any]:
    """Return an agency's figures with the leverage of its funding, and when they were counted."""
    values = figures.for_scope(programme, agency=agency)
    return {"figures": values, "leverage": figures.leverage_text(values), "counted_at": timezone.now()}


def _silence(agency: Agency) -> dict[str, Any]:
    """Return who has been quiet longest, and how many are; kept for a minute, as the figures are."""
    cases, counts = remembered(f"desk-quiet-{agency.pk}", FIGURES_SECONDS, lambda: most_silent(MOST_SILENT))
    return {"quiet": cases, "quiet_patrons": counts["patron"], "quiet_partners": counts["partnership"]}


def _table(programme: Programme | None) -> dict[str, Any]:
    """Return the coordinators' table: those figures for which an agency has a target, or that are not zero."""
    lines = figures.by_agency(programme) if programme else []
    shown = {value.figure for line in lines for value in line.values if value.target or value.total}
    table = [
        figures.AgencyFigures(line.agency, [value for value in line.values if value.figure in shown]) for line in lines
    ]
    headings = [value.label for value in table[0].values] if table else []
    leverages = [figures.leverage_text(line.values) for line in lines]
    return {"table": list(zip(table, leverages, strict=True)), "headings": headings}


def _programmes(user: User, *, coordinated: bool) -> list[Programme]:
    """Return the programmes of the agency, the running ones first; only those it coordinates if asked."""
    mine: dict[str, Any] = {"participations__agency_id": user.agency_id}
    if coordinated:
        mine["participations__coordinates"] = True
    today = timezone.localdate()
    programmes = Programme.objects.filter(**mine).order_by("-starts_on")
    return sorted(programmes, key=lambda programme: not programme.starts_on <= today <= programme.ends_on)


def _chosen(request: HttpRequest, programmes: list[Programme]) -> Programme | None:
    """Return the programme the reader has picked, now or before; otherwise the first."""
    slug = request.GET.get("programme") or request.session.get(PROGRAMME_IN_SESSION)
    picked = next((programme for programme in programmes if programme.slug == slug), None)
    if picked and request.session.get(PROGRAMME_IN_SESSION) != picked.slug:
        request.session[PROGRAMME_IN_SESSION] = picked.slug
    return picked or next(iter(programmes), None)


def _quick_actions(request: HttpRequest) -> list[QuickAction]:
    """What a regional manager starts most often."""
    return _actions(
        request,
        [
            ("outreach", "add", "communes_outreach_log", _("Log a call"), "call"),
            ("contact", "add", "communes_contact_add", _("Add a contact"), "person_add"),
            ("project", "add", "projects_project_add", _("Add a project"), "eco"),
            ("report", "order", "reports_report_order", _("Order a report"), "summarize"),
            ("sheetimport", "import", "agencies_sheetimport_upload", _("Import a sheet"), "upload_file"),
        ],
    )


def _actions(request: HttpRequest, wanted: list[tuple[str, str, str, str, str]]) -> list[QuickAction]:
    """Return those buttons that the reader has a right to and whose page is there."""
    actions = []
    for object_name, action, url_name, title, icon in wanted:
        if not allows(request.user, object_name, action):
            continue
        try:
            actions.append(QuickAction(title, icon, reverse(f"admin:{url_name}")))
        except NoReverseMatch:
            continue
    return actions
