"""The figures of a scope: programme, agency, district or municipality, over a period or from the beginning.

Each function asks the database a fixed number of times, however many rows were counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.models import Agency, Programme
from agencies.models.programmes import Figure
from communes.models import Commune, District
from klikks.tenancy import current_agency_id
from reports.figures import rows
from reports.figures.values import NOTHING, FigureValue, Period
from reports.models import AgencyMonth, AgencyTarget, Fact, FigureMonth, ProgrammeMonth, ProgrammeTotal, Reach

# What a programme shows the public, in the order of the pilot's published result.
PUBLISHED = (
    Figure.PATRONS_APPOINTED,
    Figure.COMMUNES_OFFICIAL,
    Figure.PROJECTS,
    Figure.KG_DONE,
    Figure.INVESTED,
)
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class AgencyFigures:
    """One agency's line in the coordinators' table."""

    agency: Agency
    values: list[FigureValue]


def for_scope(
    programme: Programme,
    *,
    agency: Agency | None = None,
    commune: Commune | None = None,
    district: District | None = None,
    period: Period | None = None,
) -> list[FigureValue]:
    """Return all figures of a scope, in the order of `Figure`; two queries.

    The agency of the context is counted to the day, behind its walls, and its values carry the address of their
    rows. Any other scope is counted by month: a month belongs to a period that has a day of it. Targets are those of
    the agency, or of all agencies together; a municipality and a district have none.
    """
    own = agency is not None and agency.pk == current_agency_id()
    counted = _counted(programme, own=own, agency=agency, commune=commune, district=district)
    amounts = {line["figure"]: line for line in _sums(counted, "day" if own else "month", period)}
    targets = {} if commune or district else _targets(programme, agency)
    return [
        _value(
            figure,
            amounts.get(figure, {}),
            targets.get(figure),
            rows.url(figure, programme, commune=commune, district=district, period=period) if own else "",
        )
        for figure in Figure
    ]


def by_agency(programme: Programme, *, period: Period | None = None) -> list[AgencyFigures]:
    """Return the figures of each agency of a programme, by name, without any person's data; three queries."""
    counted = AgencyMonth.objects.filter(programme=programme)
    amounts = {(line["agency_id"], line["figure"]): line for line in _sums(counted, "month", period, "agency_id")}
    targets = {
        (agency_id, figure): value
        for agency_id, figure, value in AgencyTarget.objects.filter(programme=programme).values_list(
            "agency_id", "figure", "value"
        )
    }
    return [
        AgencyFigures(
            agency,
            [
                _value(figure, amounts.get((agency.pk, figure), {}), targets.get((agency.pk, figure)))
                for figure in Figure
            ],
        )
        for agency in programme.agencies.order_by("name")
    ]


def public_totals(programme: Programme) -> list[FigureValue]:
    """Return the figures a programme publishes, over all agencies; one query, needs no agency in the context."""
    return public_totals_of([programme])[programme.pk]


def public_totals_of(programmes: Iterable[Programme]) -> dict[int, list[FigureValue]]:
    """Return the published figures of several programmes by the programme's primary key; one query."""
    keys = [programme.pk for programme in programmes]
    totals = ProgrammeTotal.objects.filter(programme__in=keys)
    found: dict[tuple[int, str], dict[str, Any]] = {
        (total.programme_id, total.figure): {
            "actual": total.amount,
            "total": total.amount,
            "estimate": total.estimated,
        }
        for total in totals
    }
    return {key: [_value(figure, found.get((key, figure), {})) for figure in PUBLISHED] for key in keys}


def _counted(
    programme: Programme, *, own: bool, agency: Agency | None, commune: Commune | None, district: District | None
) -> QuerySet[Any]:
    """Return the rows that count for a scope."""
    narrow = commune is not None or district is not None
    rows_of = Fact if own else FigureMonth if narrow else AgencyMonth if agency else ProgrammeMonth
    counted: QuerySet[Any] = rows_of.objects.filter(programme=programme)
    if agency is not None:
        counted = counted.filter(agency=agency)
    if commune is not None:
        return counted.filter(commune=commune)
    if district is not None:
        return counted.filter(commune__district=district, reach__gte=Reach.DISTRICT)
    return counted.filter(reach=Reach.EVERYWHERE) if own else counted


def _sums(counted: QuerySet[Any], day: str, period: Period | None, *by: str) -> QuerySet[Any, dict[str, Any]]:
    """Add up rows for each figure: of the period, up to its end, of its last year, and what is estimated."""
    until = period.ends_on if period else timezone.localdate()
    if period is not None:
        counted = counted.filter(**{f"{day}__lte": period.ends_on})
        begins = period.starts_on if day == "day" else period.starts_on.replace(day=1)
        actual = Sum("amount", filter=Q(**{f"{day}__gte": begins}))
    else:
        actual = Sum("amount")
    estimate = (
        Case(When(estimated=True, then=F("amount")), default=NOTHING) if counted.model is Fact else F("estimated")
    )
    return counted.values("figure", *by).annotate(
        actual=Coalesce(actual, NOTHING),
        total=Sum("amount"),
        recent=Coalesce(Sum("amount", filter=Q(**{f"{day}__gt": _year_before(until, day)})), NOTHING),
        estimate=Sum(estimate),
    )


def _year_before(until: date, day: str) -> date:
    """Return the day after which something counts as recent."""
    before = until - A_YEAR
    return before if day == "day" else before.replace(day=1)


def _targets(programme: Programme, agency: Agency | None) -> dict[str, Decimal]:
    """Return the targets of one agency, or of all agencies of the programme added up."""
    targets = AgencyTarget.objects.filter(programme=programme)
    if agency is not None:
        targets = targets.filter(agency=agency)
    return {line["figure"]: line["sum"] for line in targets.values("figure").annotate(sum=Sum("value"))}


def _value(figure: Figure, line: dict[str, Any], target: Decimal | None = None, url: str = "") -> FigureValue:
    """Return one figure's value from the line the database has added up; zero where it found no row."""
    return FigureValue(
        figure=figure,
        actual=line.get("actual", NOTHING),
        total=line.get("total", NOTHING),
        recent=line.get("recent", NOTHING),
        estimated=line.get("estimate", NOTHING),
        target=target,
        url=url,
    )
