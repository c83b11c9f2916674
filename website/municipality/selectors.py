"""What a municipality sees of itself. Each function takes the access, reads its municipality only, and counts queries.

Staff notes stay on the desk: follow-ups, outreach and contacts are not shown here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models.programmes import Figure
from communes.models import Backing, Commune, CommuneProfile, MunicipalAccess, Partnership, ProposedChange
from deadlines.models import Deadline, Job
from patrons.models import Appointment, Patron
from projects.models import Project
from projects.views import TONES
from reports.figures import in_words
from reports.figures.by_project import with_savings
from reports.figures.values import euro
from reports.models import Document, Report
from reports.selectors import documents_of_municipality
from website.next_steps import NextStep

# What the agency notes for itself.
INTERNAL = (Deadline.Kind.FOLLOW_UP,)
SHOWN_ON_START = 5


@dataclass(frozen=True)
class Start:
    """All that stands on a municipality's start page."""

    partnerships: list[Partnership]
    steps: list[NextStep]
    deadlines: list[Deadline]
    patron_count: int
    project_count: int


@dataclass(frozen=True)
class ProjectLine:
    """A project with the words for what it saves and costs."""

    project: Project
    tone: str
    saves: str
    costs: str


@dataclass(frozen=True)
class Projects:
    """A municipality's projects and their sums."""

    lines: list[ProjectLine]
    done: str
    planned: str
    invested: str


def start_of(access: MunicipalAccess) -> Start:
    """Return the start page of a municipality; three queries."""
    partnerships = partnerships_of(access)
    told = CommuneProfile.objects.filter(commune=access.commune_id, main_contact__isnull=False).exclude(street="")
    commune: Any = Commune.objects.annotate(
        patron_count=_number(patrons_of(access)),
        project_count=_number(Project.objects.filter(commune=access.commune_id)),
        has_told=Exists(told),
    ).get(pk=access.commune_id)
    return Start(
        partnerships=partnerships,
        steps=_steps(access, partnerships, commune),
        deadlines=deadlines_of(access, partnerships)[:SHOWN_ON_START],
        patron_count=commune.patron_count,
        project_count=commune.project_count,
    )


def partnerships_of(access: MunicipalAccess) -> list[Partnership]:
    """Return the partnerships of the municipality, the newest first, with who looks after them; one query."""
    rows = Partnership.objects.filter(commune=access.commune_id).select_related("programme", "manager__user")
    return list(rows.order_by("-pk"))


def backings_of(access: MunicipalAccess) -> QuerySet[Backing]:
    """Return the political backings of the municipality, the newest first; one query."""
    return Backing.objects.filter(partnership__commune=access.commune_id).select_related("partnership")


def patrons_of(access: MunicipalAccess) -> QuerySet[Appointment]:
    """Return the appointments in force, with the patrons; one query."""
    in_office = Appointment.objects.open().filter(commune=access.commune_id, patron__status__in=Patron.IN_OFFICE)
    return in_office.select_related("patron").order_by("appointed_on", "pk")


def projects_of(access: MunicipalAccess) -> Projects:
    """Return all projects of the municipality, running ones first, and their sums; one query."""
    rows: Any = with_savings(Project.objects.filter(commune=access.commune_id).select_related("topic"))
    closed = {Project.Status.DONE, Project.Status.DROPPED}
    found = sorted(rows.order_by("-created_at", "-pk"), key=lambda project: project.status in closed)
    counted = [project for project in found if project.status != Project.Status.DROPPED]
    done = sum((project.kg_done for project in found), Decimal(0))
    planned = sum((project.kg_planned for project in counted), Decimal(0))
    invested = sum((project.investment or Decimal(0) for project in counted), Decimal(0))
    return Projects(
        lines=[ProjectLine(one, TONES[one.status], _saves(one), _costs(one)) for one in found],
        done=in_words(Figure.KG_DONE, done),
        planned=in_words(Figure.KG_PLANNED, planned),
        invested=euro(invested),
    )


def documents_of(access: MunicipalAccess) -> QuerySet[Document]:
    """Return the reports about the municipality and the certificates of its patrons, the newest first; one query."""
    return documents_of_municipality([access.commune_id])


def orders_of(access: MunicipalAccess) -> QuerySet[Any]:
    """Return the reports that are being made or failed, each with the key and status of its newest job; one query."""
    about_it = {"subject_type": ContentType.objects.get_for_model(Report), "subject_id": OuterRef("pk")}
    newest = Job.objects.filter(**about_it).order_by("-pk")
    return (
        Report.objects.filter(commune=access.commune_id, kind=Report.Kind.COMMUNE)
        .annotate(
            job_key=Subquery(newest.values("key")[:1]),
            job_status=Subquery(newest.values("status")[:1]),
            job_by=Subquery(newest.values("ordered_by")[:1]),
        )
        .filter(job_status__in=[Job.Status.QUEUED, Job.Status.RUNNING, Job.Status.FAILED])
        .select_related("programme")
        .order_by("-pk")
    )


def report_years(partnerships: list[Partnership]) -> list[tuple[str, str]]:
    """Return the years for which a report can be ordered, the newest first, as ("<partnership>-<year>", words)."""
    today = timezone.localdate()
    several = len(partnerships) > 1
    return [
        (f"{one.pk}-{year}", f"{year}, {one.programme}" if several else str(year))
        for one in partnerships
        for year in range(today.year, one.programme.starts_on.year - 1, -1)
        if one.status != Partnership.Status.WITHDRAWN and year <= max(one.programme.ends_on.year, _ended(one).year)
    ]


def deadlines_of(access: MunicipalAccess, partnerships: list[Partnership]) -> list[Deadline]:
    """Return the open deadlines about the partnership and the projects, without the agency's own; one query."""
    kinds = ContentType.objects.get_for_models(Partnership, Project)
    projects = Project.objects.filter(commune=access.commune_id).values("pk")
    about_us = Q(subject_type=kinds[Partnership], subject_id__in=[one.pk for one in partnerships]) | Q(
        subject_type=kinds[Project], subject_id__in=projects
    )
    return list(Deadline.objects.open().filter(about_us).exclude(kind__in=INTERNAL).order_by("due_on", "pk"))


def decided_changes(access: MunicipalAccess) -> QuerySet[ProposedChange]:
    """Return what was decided about proposals of the municipality, the newest first; one query."""
    decided = [ProposedChange.Verdict.ACCEPTED, ProposedChange.Verdict.REFUSED]
    changes = ProposedChange.objects.filter(proposal__commune=access.commune_id, verdict__in=decided)
    return changes.order_by("-decided_at", "-pk")


def _ended(partnership: Partnership) -> date:
    return partnership.ended_on or timezone.localdate()


def _number(rows: QuerySet[Any]) -> Coalesce:
    """Return how many rows of one municipality there are, as part of another query."""
    counted = rows.order_by().values("commune").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def _steps(access: MunicipalAccess, partnerships: list[Partnership], commune: Any) -> list[NextStep]:
    """Return what to do next, the most important first."""
    steps = []
    waiting = [one for one in partnerships if one.status == Partnership.Status.AWAITING_BACKING]
    if waiting:
        steps.append(
            NextStep(
                _("Send us the resolution of your council"),
                _("With a dated resolution or a letter of support you become an official partner."),
                reverse("municipality:partnership", args=[access.pk]),
                "file",
            )
        )
    if not commune.has_told:
        steps.append(
            NextStep(
                _("Check your data"),
                _("Address, website and whom we may call: it takes two minutes."),
                reverse("municipality:data", args=[access.pk]),
                "town",
            )
        )
    return steps


def _saves(project: Any) -> str:
    """Say what a project saves a year, done and planned; empty as long as nothing is calculated."""
    words = {
        _("%(amount)s CO₂e a year saved"): (Figure.KG_DONE, project.kg_done),
        _("%(amount)s CO₂e a year planned"): (Figure.KG_PLANNED, project.kg_planned),
    }
    return ", ".join(text % {"amount": in_words(figure, kg)} for text, (figure, kg) in words.items() if kg > Decimal(0))


def _costs(project: Project) -> str:
    return _("costs %(amount)s") % {"amount": euro(project.investment)} if project.investment else ""
