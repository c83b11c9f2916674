"""Figures of a municipality taken apart: by topic, by status, by year. Each adds up to the figure it belongs to."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, ExtractYear, TruncDate
from django.utils.translation import get_language

from agencies.models import Programme
from agencies.models.programmes import Figure
from communes.models import Commune
from projects.models import Measure, Project, Saving
from reports.figures.values import NOTHING, Period
from reports.models import Fact


@dataclass(frozen=True)
class TopicSaving:
    """kg CO2e a year of one topic: of measures that are done, and of those that are planned."""

    topic: str
    done: Decimal
    planned: Decimal


@dataclass(frozen=True)
class StatusCount:
    """How many projects have a status."""

    status: str
    label: str
    count: int


@dataclass(frozen=True)
class YearHours:
    """Volunteer hours of one year."""

    year: int
    hours: Decimal


def kg_by_topic(programme: Programme, commune: Commune, period: Period) -> list[TopicSaving]:
    """Return what each topic saves up to the period's end, the largest first; one query.

    Adds up to the totals of `kg_done` and `kg_planned`.
    """
    done = Q(measure__status=Measure.Status.DONE, measure__done_on__lte=period.ends_on)
    planned = Q(measure__status=Measure.Status.PLANNED, created__lte=period.ends_on) & ~Q(
        measure__project__status=Project.Status.DROPPED
    )
    name = "measure__project__topic__name" + ("_en" if get_language() == "en" else "")
    found = (
        Saving.objects.filter(
            measure__project__programme=programme,
            measure__project__commune=commune,
            measure__counted_in__isnull=True,
            replaced_at__isnull=True,
        )
        .annotate(created=TruncDate("measure__created_at"))
        .filter(done | planned)
        .values(name)
        .annotate(
            done=Coalesce(Sum("kg_per_year", filter=done), NOTHING),
            planned=Coalesce(Sum("kg_per_year", filter=planned), NOTHING),
        )
        .order_by("-done", "-planned", name)
    )
    return [TopicSaving(line[name], line["done"], line["planned"]) for line in found]


def projects_by_status(programme: Programme, commune: Commune, period: Period) -> list[StatusCount]:
    """Return the number of projects in each status but "dropped", begun up to the period's end; one query.

    Adds up to the total of `projects`.
    """
    found = dict(
        Project.objects.filter(programme=programme, commune=commune)
        .annotate(begun=Coalesce("starts_on", TruncDate("created_at")))
        .filter(begun__lte=period.ends_on)
        .order_by()
        .values_list("status")
        .annotate(count=Count("pk"))
    )
    counted = [status for status in Project.Status if status != Project.Status.DROPPED]
    return [StatusCount(status.value, str(status.label), found.get(status.value, 0)) for status in counted]


def hours_by_year(programme: Programme, commune: Commune, period: Period) -> list[YearHours]:
    """Return the volunteer hours of each year up to the period's end; one query."""
    found = (
        Fact.objects.filter(
            programme=programme, commune=commune, figure=Figure.VOLUNTEER_HOURS, day__lte=period.ends_on
        )
        .annotate(year=ExtractYear("day"))
        .values("year")
        .annotate(hours=Sum("amount"))
        .order_by("year")
    )
    return [YearHours(line["year"], line["hours"]) for line in found]
