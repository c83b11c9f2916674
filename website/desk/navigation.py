"""The menu of the staff desk: grouped by work, shown by the permission table, with counts of what waits."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agencies.models.accounts import Role
from agencies.permissions import VIEW, allows, has_right, user_of
from website.desk.waiting import waiting_counts


@dataclass(frozen=True)
class Entry:
    """A list of the desk: its model, its icon, and which count of waiting things it shows."""

    model: str
    icon: str
    count: str = ""


GROUPS: list[tuple[Any, list[Entry]]] = [
    (
        gettext_lazy("Today"),
        [
            Entry("deadlines.Deadline", "event_upcoming", "deadlines"),
            Entry("deadlines.Task", "task_alt"),
            Entry("deadlines.RunningPlan", "view_timeline"),
            Entry("website.QuietCase", "notifications_paused"),
        ],
    ),
    (
        gettext_lazy("Municipalities"),
        [
            Entry("communes.Registration", "inbox", "registrations"),
            Entry("communes.Partnership", "handshake"),
            Entry("communes.DataProposal", "rule", "proposals"),
            Entry("communes.MunicipalAccess", "key"),
            Entry("communes.Commune", "location_city"),
            Entry("communes.Contact", "contacts"),
            Entry("communes.Outreach", "call"),
            Entry("communes.Twinning", "hub"),
            Entry("communes.ParticipationWindow", "date_range"),
            Entry("communes.District", "map"),
        ],
    ),
    (
        gettext_lazy("Climate patrons"),
        [
            Entry("patrons.Patron", "diversity_3", "patrons"),
            Entry("patrons.Appointment", "workspace_premium"),
            Entry("patrons.AppointmentDay", "event_available"),
            Entry("patrons.Activity", "schedule"),
            Entry("patrons.Story", "auto_stories"),
            Entry("patrons.Post", "forum", "reports"),
        ],
    ),
    (
        gettext_lazy("Projects"),
        [
            Entry("projects.Project", "eco", "releases"),
            Entry("projects.Idea", "lightbulb", "ideas"),
            Entry("projects.FundingApplication", "request_quote"),
            Entry("projects.FundingProgramme", "savings"),
            Entry("projects.Saving", "calculate"),
            Entry("projects.MeasureReview", "contact_support", "oddities"),
            Entry("projects.EmissionFactor", "co2"),
        ],
    ),
    (
        gettext_lazy("Trainings"),
        [
            Entry("trainings.TrainingSeries", "school"),
            Entry("trainings.TrainingSession", "event"),
            Entry("trainings.Enrolment", "how_to_reg"),
            Entry("trainings.Qualification", "school"),
        ],
    ),
    (
        gettext_lazy("Reports"),
        [
            Entry("reports.Report", "summarize"),
            Entry("reports.OwedReport", "assignment_turned_in"),
            Entry("reports.Document", "description"),
            Entry("deadlines.Job", "manufacturing", "jobs"),
        ],
    ),
    (
        gettext_lazy("Administration"),
        [
            Entry("agencies.Agency", "apartment"),
            Entry("agencies.Programme", "flag"),
            Entry("agencies.Target", "target"),
            Entry("agencies.Membership", "badge"),
            Entry("agencies.Invitation", "forward_to_inbox"),
            Entry("agencies.TextBlock", "edit_note"),
            Entry("deadlines.PhasePlan", "checklist"),
            Entry("deadlines.PlannedTask", "checklist_rtl"),
            Entry("agencies.SheetImport", "upload_file"),
            Entry("deadlines.OutboxMail", "outbox", "mails"),
            Entry("deadlines.Suppression", "block"),
            Entry("agencies.Topic", "category"),
            Entry("agencies.State", "public"),
            Entry("agencies.DataSource", "database"),
        ],
    ),
]


@dataclass(frozen=True)
class Line:
    """A line of the menu: where it leads, and how many things wait there."""

    title: str
    icon: str
    link: str
    is_here: bool
    count: int = 0
    is_urgent: bool = False


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the reader's menu, drawn, as the one part of unfold's."""
    user = user_of(request)
    counts = tuple(waiting_counts(request).items())
    return [{"menu": _menu(user.role, get_language(), _address_here(request.path), counts), "items": []}]


@lru_cache(maxsize=512)
def _menu(role: Role, language: str, here: str, counts: tuple[tuple[str, int], ...]) -> SafeString:
    """Draw the menu of a role; groups and lists without a right are left out.

    It stands on each page of the desk, has forty lines and changes only with what waits: kept, a page is much faster.
    """
    waiting = dict(counts)
    groups = [
        {"title": title, "lines": [_line(entry, here, waiting) for entry in entries if _may_open(role, entry)]}
        for title, entries in GROUPS
    ]
    start = groups[0]["lines"]
    if has_right(role, "figures", VIEW):
        start.insert(0, _page("reports_insight", _("Insight"), "insights", here))
    if has_right(role, "operations", VIEW):
        health = Line(_("Health of the portal"), "monitor_heart", reverse("admin:deadlines_operations"), is_here=False)
        start.insert(0, health)
    start.insert(0, _page("index", _("Overview"), "space_dashboard", here))
    return render_to_string("admin/menu.html", {"groups": [group for group in groups if group["lines"]]})


def environment(request: HttpRequest) -> list[str] | None:
    """Say on every page of the desk that this is the demo, where it is."""
    return [_("Demo"), "warning"] if settings.DEBUG else None


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the links of the account menu; an operator belongs to no agency and has neither calendar nor mails."""
    calendar = {"title": _("My calendar"), "link": reverse("trainings:my_calendar")}
    mails = {"title": _("My mails"), "link": reverse("deadlines:mail_settings")}
    return [
        *([calendar] if allows(request.user, "calendarfeed", "view_own") else []),
        *([mails] if allows(request.user, "mailsettings", "change_own") else []),
        {"title": _("Password"), "link": reverse("account_change_password")},
        {"title": _("Second factor"), "link": reverse("mfa_index")},
    ]


def _may_open(role: Role, entry: Entry) -> bool:
    """Whether the list is on the desk and the role may see it."""
    model = apps.get_model(entry.model)
    return admin.site.is_registered(model) and has_right(role, model._meta.model_name or "", VIEW)


def _line(entry: Entry, here: str, counts: dict[str, int]) -> Line:
    """Return a list's line of the menu."""
    options = apps.get_model(entry.model)._meta
    address = _address(_list_of(entry))
    is_urgent = entry.count in {"jobs", "mails", "deadlines"}
    title = capfirst(str(options.verbose_name_plural))
    return Line(title, entry.icon, address, address == here, counts.get(entry.count, 0), is_urgent)


def _page(name: str, title: str, icon: str, here: str) -> Line:
    """Return the line of a page that is no list."""
    return Line(title, icon, _address(name), _address(name) == here)


def _address_here(path: str) -> str:
    """Return the address of the menu's line below which a page of the desk lies; empty if it is below none."""
    index = _address("index")
    if path == index:
        return index
    return next((address for address in _addresses() if path.startswith(address)), "")


@cache
def _addresses() -> list[str]:
    """Return the addresses of all lines but the first."""
    entries = [entry for _title, entries in GROUPS for entry in entries]
    on_desk = [entry for entry in entries if admin.site.is_registered(apps.get_model(entry.model))]
    return [_address("reports_insight"), *(_address(_list_of(entry)) for entry in on_desk)]


def _list_of(entry: Entry) -> str:
    """Return the name of a list's page."""
    return f"{apps.get_model(entry.model)._meta.label_lower.replace('.', '_')}_changelist"


@cache
def _address(page: str) -> str:
    """Return the address of a page of the desk."""
    return reverse(f"admin:{page}")
