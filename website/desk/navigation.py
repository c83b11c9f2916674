"""The menu of the staff desk: grouped by work, shown by the permission table, with counts of what waits."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.permissions import VIEW, allows
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
        ],
    ),
    (
        gettext_lazy("Reports"),
        [
            Entry("reports.Report", "summarize"),
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
            Entry("agencies.SheetImport", "upload_file"),
            Entry("deadlines.OutboxMail", "outbox", "mails"),
            Entry("agencies.Topic", "category"),
            Entry("agencies.State", "public"),
            Entry("agencies.DataSource", "database"),
        ],
    ),
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the reader's menu in unfold's words; groups and lists without a right are left out."""
    counts = waiting_counts(request)
    groups = [
        {"title": title, "items": [_item(entry, counts) for entry in entries if _may_open(request, entry)]}
        for title, entries in GROUPS
    ]
    start = {"title": _("Overview"), "icon": "space_dashboard", "link": reverse("admin:index")}
    groups[0]["items"].insert(0, start)
    if allows(request.user, "figures", VIEW):
        insight = {"title": _("Insight"), "icon": "insights", "link": _address("reports_insight")}
        groups[0]["items"].insert(1, insight)
    return [{**group, "separator": index > 0} for index, group in enumerate(groups) if group["items"]]


def environment(request: HttpRequest) -> list[str] | None:
    """Say on every page of the desk that this is the demo, where it is."""
    return [_("Demo"), "warning"] if settings.DEBUG else None


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the links of the account menu; an operator belongs to no agency and has no calendar."""
    calendar = {"title": _("My calendar"), "link": reverse("trainings:my_calendar")}
    return [
        *([calendar] if allows(request.user, "calendarfeed", "view_own") else []),
        {"title": _("Password"), "link": reverse("account_change_password")},
        {"title": _("Second factor"), "link": reverse("mfa_index")},
    ]


def _may_open(request: HttpRequest, entry: Entry) -> bool:
    """Whether the list is on the desk and the reader may see it."""
    model = apps.get_model(entry.model)
    return admin.site.is_registered(model) and allows(request.user, model._meta.model_name or "", VIEW)


def _item(entry: Entry, counts: dict[str, int]) -> dict[str, Any]:
    """Return a list's place in the menu."""
    options = apps.get_model(entry.model)._meta
    return {
        "title": capfirst(str(options.verbose_name_plural)),
        "icon": entry.icon,
        "link": _address(f"{options.label_lower.replace('.', '_')}_changelist"),
        "badge": counts.get(entry.count, 0),
        "badge_variant": "danger" if entry.count in {"jobs", "mails", "deadlines"} else "primary",
    }


@cache
def _address(page: str) -> str:
    """Return the address of a page of the desk. The menu asks for forty on each page, and they never change."""
    return reverse(f"admin:{page}")
