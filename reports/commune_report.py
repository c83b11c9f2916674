"""The report about a municipality: what it reached in a period and since the beginning, and how that was counted."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.models import Agency, Participation
from agencies.models.programmes import Figure
from communes.models import Commune, Partnership
from patrons.models import Appointment
from projects.measures.explanation import Explanation, explain
from projects.models import FundingApplication, Measure, Project, ProjectLead, Saving
from projects.models.measure import UsedFactor
from reports import figures
from reports.documents import Bar, Palette, bar_chart, render
from reports.figures import FigureValue, Period, breakdowns, leverage_text, with_leverage
from reports.figures.values import number, tonnes
from reports.models import Report

# Which figures say something about one municipality, and which of them the first page shows large.
SHOWN = (
    Figure.KG_DONE,
    Figure.KG_PLANNED,
    Figure.MEASURES_DONE,
    Figure.PROJECTS,
    Figure.INVESTED,
    Figure.FUNDING_APPLIED,
    Figure.FUNDING_GRANTED,
    Figure.PATRONS_APPOINTED,
    Figure.VOLUNTEER_HOURS,
    Figure.TRAINING_PARTICIPANTS,
)
LARGE = (Figure.KG_DONE, Figure.PROJECTS, Figure.INVESTED, Figure.VOLUNTEER_HOURS)


@dataclass(frozen=True)
class Source:
    """An emission factor as it is cited: [1], [2], …"""

    number: int
    factor: UsedFactor


@dataclass(frozen=True)
class SavingLine:
    """One measure with its saving, explained from the frozen row alone."""

    measure: Measure
    saving: Saving
    explanation: Explanation
    sources: list[Source]

    @property
    def is_estimate(self) -> bool:
        """Whether the saving counts as an estimate."""
        return self.saving.is_estimate


@dataclass(frozen=True)
class SavingGroup:
    """Measures of one state, with what they save together."""

    title: str
    lines: list[SavingLine]
    kg: Decimal


def report_title(report: Report) -> str:
    """Return the title of a municipality's report, in the active language."""
    return _("Climate action in %(commune)s") % {"commune": report.commune}


def commune_report(report: Report, **options: Any) -> bytes:
    """Return the PDF of a municipality's report, in the active language.

    `options` go to the renderer (`progress`).
    """
    agency = Agency.objects.get(pk=report.agency_id)
    return render(
        "commune_report.html",
        gather(report, agency),
        title=report_title(report),
        agency=agency,
        language=get_language() or "de",
        **options,
    )


def gather(report: Report, agency: Agency) -> dict[str, Any]:
    """Return all that the report says; the number of queries does not depend on how much that is."""
    commune, programme = _commune(report), report.programme
    period = Period(report.starts_on, report.ends_on)
    palette = Palette.of(agency.colour)
    values = {
        value.figure: value for value in figures.for_scope(programme, agency=agency, commune=commune, period=period)
    }
    measures: list[Any] = list(_measures(report, period))  # each with its `current_savings`
    sources = _sources(measures)
    return {
        "report": report,
        "commune": commune,
        "programme": programme,
        "participation": Participation.objects.filter(agency=agency, programme=programme).first(),
        "partnership": Partnership.objects.filter(programme=programme, commune=commune).order_by("-pk").first(),
        "values": [values[figure] for figure in SHOWN],
        "large": [values[figure] for figure in LARGE],
        "leverage": leverage_text(values.values()),
        "figure": {str(figure): values[figure] for figure in SHOWN},
        "has_estimates": any(values[figure].is_estimate for figure in SHOWN),
        **_projects(report, commune, period, palette),
        "groups": _groups(measures, values, period, sources),
        "without_saving": [measure for measure in measures if not measure.current_savings],
        **_topics(report, commune, period, palette),
        "applications": _applications(report, period),
        "appointments": list(_appointments(report, period)),
        "hours": breakdowns.hours_by_year(programme, commune, period),
        "sources": sources,
    }


def _commune(report: Report) -> Commune:
    """Return the municipality of a report that has one (the database sees to that)."""
    return Commune.objects.select_related("district", "state").get(pk=report.commune_id)


def _projects(report: Report, commune: Commune, period: Period, palette: Palette) -> dict[str, Any]:
    """Return the projects begun up to the period's end, those dropped, and the chart of their states."""
    leads = Prefetch("leads", ProjectLead.objects.select_related("patron", "member"))
    begun = (
        Project.objects.filter(programme=report.programme, commune=report.commune)
        .annotate(begun=Coalesce("starts_on", TruncDate("created_at")))
        .filter(begun__lte=period.ends_on)
        .select_related("topic")
        .prefetch_related(leads)
        .order_by("begun", "pk")
    )
    counts = breakdowns.projects_by_status(report.programme, commune, period)
    bars = [Bar(count.label, Decimal(count.count), str(count.count)) for count in counts]
    said = ", ".join(f"{count.label}: {count.count}" for count in counts)
    projects = list(begun)
    return {
        "projects": [project for project in projects if project.status != Project.Status.DROPPED],
        "dropped": [project for project in projects if project.status == Project.Status.DROPPED],
        "status_counts": counts,
        "status_chart": bar_chart(
            bars, _("Bar chart: number of projects in each state. %(said)s") % {"said": said}, palette
        ),
    }


def _topics(report: Report, commune: Commune, period: Period, palette: Palette) -> dict[str, Any]:
    """Return the savings of each topic and their chart."""
    topics = breakdowns.kg_by_topic(report.programme, commune, period)
    bars = [Bar(topic.topic, topic.done, tonnes(topic.done + topic.planned), topic.planned) for topic in topics]
    said = ", ".join(
        _("%(topic)s: %(done)s done, %(planned)s planned")
        % {"topic": topic.topic, "done": tonnes(topic.done), "planned": tonnes(topic.planned)}
        for topic in topics
    )
    alternative = _("Bar chart: tonnes of CO₂e avoided a year, by topic. %(said)s") % {"said": said}
    return {"topics": topics, "topic_chart": bar_chart(bars, alternative, palette)}


def _measures(report: Report, period: Period) -> QuerySet[Measure]:
    """Return the measures that are done or planned up to the period's end, each with its current saving."""
    done = Q(status=Measure.Status.DONE, done_on__lte=period.ends_on)
    planned = Q(status=Measure.Status.PLANNED, created__lte=period.ends_on) & ~Q(project__status=Project.Status.DROPPED)
    current = Saving.objects.filter(replaced_at__isnull=True)
    return (
        Measure.objects.filter(
            project__programme=report.programme, project__commune=report.commune, counted_in__isnull=True
        )
        .annotate(created=TruncDate("created_at"))
        .filter(done | planned)
        .select_related("project")
        .prefetch_related(Prefetch("savings", current, to_attr="current_savings"))
        .order_by("done_on", "pk")
    )


def _sources(measures: list[Any]) -> list[Source]:
    """Return the factors behind the savings, numbered in the order in which they are cited first."""
    factors = {
        _edition(factor): factor
        for measure in measures
        for saving in measure.current_savings
        for factor in saving.used_factors
    }
    return [Source(place, factor) for place, factor in enumerate(factors.values(), start=1)]


def _edition(factor: UsedFactor) -> tuple[str, int, str]:
    """Return what tells one published value from another."""
    return factor.key, factor.year, factor.edition


def _groups(
    measures: list[Any], values: dict[Figure, FigureValue], period: Period, sources: list[Source]
) -> list[SavingGroup]:
    """Return the savings done in the period, done before it, and planned, with the sums from the figures."""
    by_edition = {_edition(source.factor): source for source in sources}
    lines = [
        SavingLine(measure, saving, explain(saving), [by_edition[_edition(it)] for it in saving.used_factors])
        for measure in measures
        for saving in measure.current_savings
    ]
    done = values[Figure.KG_DONE]
    groups = [
        SavingGroup(_("Done in the period"), [it for it in lines if _done_in(it, period)], done.actual),
        SavingGroup(_("Done before"), [it for it in lines if _done_before(it, period)], done.total - done.actual),
        SavingGroup(
            _("Planned"),
            [it for it in lines if it.measure.status == Measure.Status.PLANNED],
            values[Figure.KG_PLANNED].total,
        ),
    ]
    return [group for group in groups if group.lines]


def _done_in(line: SavingLine, period: Period) -> bool:
    done_on = line.measure.done_on
    return line.measure.status == Measure.Status.DONE and done_on is not None and done_on in period


def _done_before(line: SavingLine, period: Period) -> bool:
    return line.measure.status == Measure.Status.DONE and not _done_in(line, period)


def _applications(report: Report, period: Period) -> list[FundingApplication]:
    """Return the applications submitted up to the period's end, each with its project's `leverage` in words."""
    begun = Coalesce("project__starts_on", TruncDate("project__created_at"))
    own = Project.objects.filter(programme=report.programme, commune=report.commune)
    ratios: dict[int, Decimal | None] = dict(with_leverage(own).values_list("pk", "leverage"))
    applications: list[Any] = list(
        FundingApplication.objects.filter(project__programme=report.programme, project__commune=report.commune)
        .exclude(status=FundingApplication.Status.DRAFTED)
        .annotate(day=Coalesce("submitted_on", "decided_on", begun))
        .filter(day__lte=period.ends_on)
        .select_related("project", "funding_programme")
        .order_by("day", "pk")
    )
    for application in applications:
        ratio = ratios.get(application.project_id)
        application.leverage = "" if ratio is None or application.granted is None else number(ratio, 1)
    return applications


def _appointments(report: Report, period: Period) -> QuerySet[Appointment]:
    """Return the appointments up to the period's end, with their patrons."""
    return (
        Appointment.objects.filter(
            patron__programme=report.programme, commune=report.commune, appointed_on__lte=period.ends_on
        )
        .select_related("patron")
        .order_by("appointed_on", "pk")
    )
