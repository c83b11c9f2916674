"""What the page and the document of insight say: the same, so that what is read is what is printed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agencies.models import Agency, Programme
from agencies.models.programmes import Figure
from reports import figures
from reports.documents.charts import Bar, Point, bar_chart, line_chart
from reports.documents.colours import Palette
from reports.figures.values import number, tonnes
from reports.insight import selectors
from reports.insight.forecast import Forecast, forecast, months_of
from reports.insight.ranking import Rank, rank


@dataclass(frozen=True)
class Group:
    """Lines of one grouping, with their chart; `about` names what each line is, as the permission table does."""

    title: str
    lines: list[selectors.Line]
    chart: SafeString
    about: str = ""


@dataclass(frozen=True)
class Course:
    """A month in the course of a programme: what was reached by then, or what is expected, in kg CO2e a year."""

    month: date
    reached: Decimal | None
    expected: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def insight(programme: Programme, agency: Agency | None, palette: Palette, today: date | None = None) -> dict[str, Any]:
    """Return all that insight says of a programme: of one agency in detail, or (None) of all agencies in figures.

    Six queries for an agency, five for all.
    """
    today = today or timezone.localdate()
    by_month = selectors.done_by_month(programme, agency)
    ahead = forecast(by_month, programme.starts_on, programme.ends_on, today)
    course = _course(programme, by_month, ahead, today)
    target = selectors.target_of(programme, agency)
    said: dict[str, Any] = {
        "programme": programme,
        "agency": agency,
        "today": today,
        "forecast": ahead,
        "said": _said(ahead, target),
        "target": target,
        "course": course,
        "course_chart": _course_chart(course, target, palette),
    }
    if agency is None:
        return said | {"agencies": _agencies(programme, palette)}
    ranks = rank(selectors.parts(programme))
    topics, kinds = selectors.by_topic_and_kind(programme)
    return said | {
        "groups": [
            _group(_("Fields of action"), topics, palette),
            _group(_("Kinds of measures"), kinds, palette),
            _group(_("Municipalities"), selectors.by_commune(programme), palette, "commune"),
            _group(_("Projects"), selectors.by_project(programme), palette, "project"),
        ],
        "ranks": ranks,
        "rank_chart": _rank_chart(ranks, palette),
    }


def _course(programme: Programme, by_month: dict[date, Decimal], ahead: Forecast | None, today: date) -> list[Course]:
    """Return the sums by month up to now, and what is expected from now on."""
    this_month, course, total = today.replace(day=1), [], Decimal(0)
    months = months_of(min([programme.starts_on, *by_month]), max(programme.ends_on, *by_month, programme.starts_on))
    to_come = 0
    for month in months:
        if month <= this_month:
            total += by_month.get(month, Decimal(0))
            course.append(Course(month, total))
        elif ahead is not None:
            to_come += 1
            share = Decimal(to_come) / ahead.months
            below, above = ahead.expected - ahead.low, ahead.high - ahead.expected
            middle = ahead.reached + ahead.a_month * to_come
            root = share.sqrt()
            course.append(Course(month, None, middle, max(ahead.reached, middle - below * root), middle + above * root))
    return course


def _course_chart(course: list[Course], target: Decimal | None, palette: Palette) -> SafeString:
    points = [
        Point(date_format(each.month, "M Y"), each.reached, each.expected, each.low, each.high) for each in course
    ]
    alternative = _("Line chart: tonnes of CO₂e avoided a year, by month. The table below holds the same numbers.")
    return line_chart(points, tonnes, alternative, palette, target)


def _said(ahead: Forecast | None, target: Decimal | None) -> str:
    """Say the forecast in words."""
    if ahead is None:
        return _("There is no forecast: it needs three full months behind us and one ahead.")
    words = _(
        "If it goes on as in the last %(months)d months, %(expected)s a year will be reached by %(day)s; "
        "nine times out of ten between %(low)s and %(high)s."
    ) % {
        "months": ahead.looked_back,
        "expected": tonnes(ahead.expected),
        "day": date_format(ahead.ends_on),
        "low": tonnes(ahead.low),
        "high": tonnes(ahead.high),
    }
    if not target:
        return words
    if ahead.low >= target:
        verdict = _("The target of %(target)s will very likely be reached.")
    elif ahead.high < target:
        verdict = _("The target of %(target)s will hardly be reached at this pace.")
    else:
        verdict = _("Whether the target of %(target)s is reached, is open.")
    return f"{words} {verdict % {'target': tonnes(target)}}"


def _group(title: str, lines: list[selectors.Line], palette: Palette, about: str = "") -> Group:
    bars = [Bar(line.label, line.came, tonnes(line.came), line.open) for line in lines]
    alternative = _("Bar chart: what came and what is still planned. The table below holds the same numbers.")
    return Group(title, lines, bar_chart(bars, f"{title}. {alternative}", palette), about)


def _rank_chart(ranks: list[Rank], palette: Palette) -> SafeString:
    bars = [Bar(capfirst(each.label), each.kg, f"{number(each.low)}–{number(each.high)} kg") for each in ranks]
    alternative = _("Bar chart: kg CO₂e a year for each 1,000 €. The table below holds the same numbers.")
    return bar_chart(bars, alternative, palette)


def _agencies(programme: Programme, palette: Palette) -> Group:
    """Return what all agencies have reached and plan, without any person's data."""
    lines = []
    for each in figures.by_agency(programme):
        values = {value.figure: value for value in each.values}
        came, open_ = values[Figure.KG_DONE].total, values[Figure.KG_PLANNED].total
        lines.append(selectors.Line(each.agency.name, came + open_, came, open_))
    return _group(_("Agencies"), sorted(lines, key=lambda line: -line.came), palette)
