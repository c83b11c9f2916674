"""What a patron finds on the start page: where I serve, what comes next, what is due, who helps me.

The page asks the database five times, six where a deadline is about a project, whatever there is to show.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.programmes import Figure
from communes.models import Partnership
from deadlines.models import Deadline
from deadlines.selectors import due_for
from patrons.models import Appointment, Patron
from patrons.selectors import patron_of
from projects.models import Project
from projects.selectors import projects_led_by
from projects.views import TONES
from reports.figures import in_words
from reports.figures.by_project import with_savings
from reports.models import Document
from trainings.models import TrainingSession
from trainings.selectors import coming_sessions
from website.next_steps import NextStep

AHEAD = timedelta(days=60)
PROJECTS_SHOWN = 4
STEPS_SHOWN = 3


@dataclass(frozen=True)
class Helper:
    """Who helps a patron: the regional manager, or the agency where nobody is named."""

    name: str
    role: str
    phone: str
    email: str


@dataclass(frozen=True)
class ProjectLine:
    """A project in the list, with the words for what it saves."""

    project: Project
    tone: str
    saves: str


@dataclass(frozen=True)
class Start:
    """All that stands on a patron's start page."""

    patron: Patron | None
    offices: list[Any]
    steps: list[NextStep]
    deadlines: list[Deadline]
    projects: list[ProjectLine]
    sessions: list[TrainingSession]
    helper: Helper | None


def start_of(user: User) -> Start:
    """Return the start page of a patron's account."""
    offices = _offices(user)
    patron = offices[0].patron if offices else patron_of(user)
    today = timezone.localdate()
    projects = list(with_savings(projects_led_by(user))[:PROJECTS_SHOWN])
    deadlines = due_for(user, today + AHEAD)
    return Start(
        patron=patron,
        offices=offices,
        steps=_steps(offices, projects)[:STEPS_SHOWN],
        deadlines=deadlines,
        projects=[ProjectLine(project, TONES[project.status], _saves(project)) for project in projects],
        sessions=list(coming_sessions(patron)) if patron else [],
        helper=_helper(user, offices),
    )


def _offices(user: User) -> list[Any]:
    """Return the appointments in force, each with `certificate` (document) and `manager` (who looks after it)."""
    certificate = Document.objects.filter(
        kind=Document.Kind.APPOINTMENT_CERTIFICATE,
        subject_type=ContentType.objects.get_for_model(Appointment),
        subject_id=OuterRef("pk"),
    )
    partnership = Partnership.objects.open().filter(
        commune=OuterRef("commune"), programme=OuterRef("patron__programme"), manager__isnull=False
    )
    manager = JSONObject(name=F("manager__name"), phone=F("manager__phone"), email=F("manager__user__email"))
    offices: QuerySet[Any] = Appointment.objects.open().filter(patron__user=user)
    return list(
        offices.select_related("agency", "commune__district", "patron__programme", "patron__home")
        .annotate(
            certificate=Subquery(certificate.order_by("-created_at").values("pk")[:1]),
            manager=Subquery(partnership.values(person=manager)[:1]),
        )
        .order_by("appointed_on", "pk")
    )


def _helper(user: User, offices: list[Any]) -> Helper | None:
    for office in offices:
        if office.manager:
            return Helper(role=_("Your regional manager"), **office.manager)
    agency: Agency | None = offices[0].agency if offices else user.agency
    if agency is None:
        return None
    return Helper(name=agency.name, role=_("Your energy agency"), phone=agency.phone, email=agency.email)


def _steps(offices: list[Any], projects: list[Any]) -> list[NextStep]:
    """Return what to do next, the most important first, by where the projects stand."""
    if not offices:
        return []
    running = [project for project in projects if project.status not in {Project.Status.DONE, Project.Status.DROPPED}]
    today = timezone.localdate()
    overdue = [_settle(project) for project in running if project.ends_on and project.ends_on < today]
    to_calculate = [_calculate(project) for project in running if not project.measure_count]
    return overdue + ([] if running else [_begin(bool(projects))]) + to_calculate


def _settle(project: Project) -> NextStep:
    return NextStep(
        _("Is “%(project)s” done?") % {"project": project},
        _("The planned end has passed. Tell us that it is done, or set a new day."),
        project.get_absolute_url(),
        "clock",
    )


def _begin(has_others: bool) -> NextStep:
    return NextStep(
        _("Add your next project") if has_others else _("Add your first project"),
        _("An idea is enough: a title and a few words. You can complete the rest later."),
        reverse("projects:add"),
        "plus",
    )


def _calculate(project: Project) -> NextStep:
    return NextStep(
        _("Calculate what “%(project)s” saves") % {"project": project},
        _("Enter a first measure with its numbers; we calculate the tonnes."),
        reverse("projects:add_measure", args=[project.pk]),
        "leaf",
    )


def _saves(project: Any) -> str:
    """Say what a project saves a year, done and planned; empty as long as nothing is calculated."""
    words = {
        _("%(amount)s CO₂e a year saved"): (Figure.KG_DONE, project.kg_done),
        _("%(amount)s CO₂e a year planned"): (Figure.KG_PLANNED, project.kg_planned),
    }
    return ", ".join(text % {"amount": in_words(figure, kg)} for text, (figure, kg) in words.items() if kg > Decimal(0))
