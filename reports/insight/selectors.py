"""What insight is made of, asked of the database. Each says how many queries it takes; none grows with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language

from agencies.models import Agency, Programme
from agencies.models.programmes import Figure
from projects.measures.kinds import MeasureKind
from projects.models import Measure, Project, Saving
from reports.insight.ranking import Part
from reports.models import AgencyMonth, AgencyTarget

NONE = Value(0, output_field=DecimalField())
SHOWN = 15
Status = Measure.Status


@dataclass(frozen=True)
class Line:
    """What was planned and what came, in kg CO2e a year: `planned` as first calculated, `came` as it is now and done.

    `open` is still planned.
    """

    label: str
    planned: Decimal
    came: Decimal
    open: Decimal
    url: str = ""

    @property
    def percent(self) -> int | None:
        """How much of what was planned has come, in whole per cent."""
        return int(self.came * 100 / self.planned) if self.planned else None


def by_topic_and_kind(programme: Programme) -> tuple[list[Line], list[Line]]:
    """Return the lines of the fields of action and those of the kinds of measures, largest plans first; one query."""
    name = "project__topic__name" + ("_en" if get_language() == "en" else "")
    rows = list(_grouped(programme, name, "kind"))
    topics = _summed((row[name], row) for row in rows)
    return topics, _summed((str(MeasureKind(row["kind"]).label), row) for row in rows)


def by_commune(programme: Programme) -> list[Line]:
    """Return the lines of the municipalities with the largest plans; one query."""
    rows = _grouped(programme, "project__commune", "project__commune__name")[:SHOWN]
    return [
        _line(row, row["project__commune__name"], "admin:communes_commune_change", row["project__commune"])
        for row in rows
    ]


def by_project(programme: Programme) -> list[Line]:
    """Return the lines of the projects with the largest plans; one query."""
    rows = _grouped(programme, "project", "project__title", "project__commune__name")[:SHOWN]
    return [
        _line(
            row,
            f"{row['project__commune__name']}: {row['project__title']}",
            "admin:projects_project_change",
            row["project"],
        )
        for row in rows
    ]


def done_by_month(programme: Programme, agency: Agency | None) -> dict[date, Decimal]:
    """Return kg CO2e a year done by month, of an agency or (None) of all; one query."""
    rows = AgencyMonth.objects.filter(programme=programme, figure=Figure.KG_DONE)
    if agency is not None:
        rows = rows.filter(agency=agency)
    return dict(rows.order_by("month").values_list("month").annotate(kg=Sum("amount")))


def target_of(programme: Programme, agency: Agency | None) -> Decimal | None:
    """Return how many kg CO2e a year an agency or (None) all agencies together want to reach; one query."""
    targets = AgencyTarget.objects.filter(programme=programme, figure=Figure.KG_DONE)
    if agency is not None:
        targets = targets.filter(agency=agency)
    found: Decimal | None = targets.aggregate(sum=Sum("value"))["sum"]
    return found


def parts(programme: Programme) -> list[Part]:
    """Return what each kind of measure saves in each project that names its cost; one query."""
    rows = (
        Saving.objects.filter(
            replaced_at__isnull=True,
            measure__counted_in__isnull=True,
            measure__project__programme=programme,
            measure__project__investment__gt=0,
        )
        .exclude(measure__status=Status.DROPPED)
        .exclude(measure__project__status=Project.Status.DROPPED)
        .order_by()
        .values("measure__project", "kind", "quality", "measure__project__investment")
        .annotate(kg=Sum("kg_per_year"))
    )
    return [
        Part(row["measure__project"], row["kind"], row["quality"], row["kg"], row["measure__project__investment"])
        for row in rows
    ]


def _grouped(programme: Programme, *by: str) -> QuerySet[Any, dict[str, Any]]:
    """Add up measures by some columns. A measure that counts in another one is left out."""
    of_measure = Saving.objects.filter(measure=OuterRef("pk"))
    first = of_measure.order_by("calculated_at", "pk").values("kg_per_year")[:1]
    current = of_measure.filter(replaced_at__isnull=True).values("kg_per_year")[:1]
    still = Q(status=Status.PLANNED) & ~Q(project__status=Project.Status.DROPPED)
    return (
        Measure.objects.filter(project__programme=programme, counted_in__isnull=True)
        .annotate(first_kg=Subquery(first), kg=Subquery(current))
        .filter(first_kg__isnull=False)
        .order_by()
        .values(*by)
        .annotate(
            planned=Coalesce(Sum("first_kg"), NONE),
            came=Coalesce(Sum("kg", filter=Q(status=Status.DONE)), NONE),
            open=Coalesce(Sum("kg", filter=still), NONE),
        )
        .order_by(F("planned").desc(), *by)
    )


def _summed(rows: Iterable[tuple[str, dict[str, Any]]]) -> list[Line]:
    """Add rows up by their labels."""
    lines: dict[str, Line] = {}
    for label, row in rows:
        so_far = lines.get(label, Line(label, Decimal(0), Decimal(0), Decimal(0)))
        lines[label] = Line(
            label, so_far.planned + row["planned"], so_far.came + row["came"], so_far.open + row["open"]
        )
    return sorted(lines.values(), key=lambda line: (-line.planned, line.label))


def _line(row: dict[str, Any], label: str, page: str = "", key: int | None = None) -> Line:
    url = reverse(page, args=[key]) if page else ""
    return Line(label, row["planned"], row["came"], row["open"], url)
