"""What was planned, what came, what is to be expected, and what brings most for the money."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from deadlines import jobs
from deadlines.models import Job
from klikks.tenancy import agency_context
from projects.measures import services as measures
from projects.measures.factors import load_factors
from projects.models import Measure, Project
from reports.documents.colours import Palette
from reports.insight.forecast import forecast
from reports.insight.page import insight
from reports.insight.ranking import Part, rank
from reports.models import Document
from tests import factories
from tests.queries import at_most

BEGIN, END, TODAY = date(2025, 1, 1), date(2027, 2, 28), date(2026, 2, 15)
PALETTE = Palette.of("#0b6e4f")


def months(*amounts: int) -> dict[date, Decimal]:
    """Return amounts of the months before February 2026, the last one last."""
    found = {}
    for back, amount in enumerate(reversed(amounts), start=1):
        years, month = divmod(TODAY.month - 1 - back, 12)
        found[date(TODAY.year + years, month + 1, 1)] = Decimal(amount)
    return found


def test_a_steady_pace_goes_on_without_a_range() -> None:
    ahead = forecast(months(*[100] * 12), BEGIN, END, TODAY)
    assert ahead is not None
    # twelve months from March 2026 to February 2027
    assert (ahead.months, ahead.reached, ahead.expected) == (12, 1200, 2400)
    assert (ahead.low, ahead.high) == (2400, 2400)


def test_the_range_is_what_nine_of_ten_futures_stay_within() -> None:
    ahead = forecast(months(*[0, 200] * 6), BEGIN, END, TODAY)
    assert ahead is not None
    # mean 100, deviation sqrt(12 × 100² / 11) = 104.447; 1.645 × 104.447 × sqrt(12) = 595.18
    assert ahead.expected == 2400
    assert round(ahead.low, 1) == Decimal("1804.8")
    assert round(ahead.high, 1) == Decimal("2995.2")


def test_what_is_reached_is_never_forecast_away() -> None:
    ahead = forecast(months(*[0] * 11, 5000), BEGIN, END, TODAY)
    assert ahead is not None
    assert ahead.low == ahead.reached == 5000


@pytest.mark.parametrize("today", [date(2025, 3, 31), date(2027, 2, 1), date(2028, 1, 1)])
def test_there_is_no_forecast_without_three_months_behind_and_one_ahead(today: date) -> None:
    assert forecast({}, BEGIN, END, today) is None


def test_kinds_are_ranked_by_kilograms_for_the_euro_with_their_range() -> None:
    parts = [
        Part(1, "led_street_lighting", "measured", Decimal(5000), Decimal(10_000)),
        Part(2, "led_street_lighting", "estimated", Decimal(1000), Decimal(2_000)),
        Part(3, "power_saving", "calculated", Decimal(4000), Decimal(2_000)),
        # two kinds in one project: nobody knows which of them cost what
        Part(4, "power_saving", "measured", Decimal(1), Decimal(9_000)),
        Part(4, "pv_roof", "measured", Decimal(1), Decimal(9_000)),
    ]
    saving, lamps = rank(parts)
    assert (saving.kind, saving.projects, saving.kg) == ("power_saving", 1, 2000)
    assert (saving.low, saving.high) == (1600, 2400)
    # 6,000 kg for 12,000 €; off by 5 % of 5,000 and 50 % of 1,000
    assert (lamps.kg, lamps.low, lamps.high) == (500, Decimal("437.5"), Decimal("562.5"))


@pytest.fixture
def filled(agency: Agency, programme: Programme) -> list[Measure]:
    load_factors()
    staff: User = factories.account(Role.REGIONAL_MANAGER, agency)
    place: Commune = factories.commune("Ockenheim")
    with agency_context(agency):
        made = []
        for number in range(3):
            values = {"status": Project.Status.UNDER_WAY, "investment": Decimal(1000), "title": f"Lampen {number}"}
            project = factories.project(agency, programme, place, **values)
            inputs = {"kwh_before": "18500", "kwh_after": str(6000 + 100 * number)}
            made.append(measures.add_measure(project, by=staff, kind="led_street_lighting", inputs=inputs))
        measures.finish_measure(made[0], by=staff)
        # it came out worse than planned: 12,500 kWh were planned, 8,500 came
        measures.change_measure(
            made[0], by=staff, kind="led_street_lighting", inputs={"kwh_before": "18500", "kwh_after": "10000"}
        )
    return made


def test_plan_and_outcome_stand_side_by_side(filled: list[Measure], agency: Agency, programme: Programme) -> None:
    with agency_context(agency):
        groups = insight(programme, agency, PALETTE)["groups"]
    for group in groups[:3]:
        [line] = group.lines
        # (12,500 + 12,400 + 12,300) × 0.344; 8,500 × 0.344; (12,400 + 12,300) × 0.344
        assert (line.planned, line.came, line.open) == (Decimal("12796.8"), Decimal("2924"), Decimal("8496.8"))
        assert line.percent == 22
        assert "<svg" in group.chart
    assert [line.label for line in groups[3].lines] == [
        "Ockenheim: Lampen 0",
        "Ockenheim: Lampen 1",
        "Ockenheim: Lampen 2",
    ]


def test_the_page_shows_every_chart_with_its_table(filled: list[Measure], agency: Agency, programme: Programme) -> None:
    desk: Client = factories.browser(factories.account(Role.REGIONAL_MANAGER, agency))
    page = desk.get(reverse("admin:reports_insight")).content.decode()
    assert page.count("<svg") - page.count('class="chart"') >= 0
    assert page.count('class="chart"') <= page.count("<table")
    assert "Ockenheim" in page
    assert "kg je 1.000 €" in page
    assert "Alle Agenturen" not in page
    assert reverse("admin:projects_project_change", args=[filled[0].project_id]) in page


def test_coordinators_see_all_agencies_in_figures_only(
    filled: list[Measure], agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    desk: Client = factories.browser(factories.account(Role.COORDINATOR, agency))
    page = desk.get(reverse("admin:reports_insight"), {"scope": "all"}).content.decode()
    assert other_agency.name in page
    assert "Lampen 0" not in page
    own = desk.get(reverse("admin:reports_insight")).content.decode()
    assert "Lampen 0" in own
    assert reverse("admin:projects_project_change", args=[filled[0].project_id]) not in own


def test_the_queries_of_the_page_do_not_grow_with_the_rows(
    filled: list[Measure], agency: Agency, programme: Programme
) -> None:
    desk: Client = factories.browser(factories.account(Role.REGIONAL_MANAGER, agency))
    staff = factories.account(Role.REGIONAL_MANAGER, agency)

    with agency_context(agency):
        for number in range(20):
            project = factories.project(agency, programme, factories.commune(f"Ort {number}"), investment=Decimal(9))
            measures.add_measure(project, by=staff, kind="pv_own_use", inputs={"kwh_used": "1000"})
    desk.get(reverse("admin:reports_insight"))
    with at_most(12):
        desk.get(reverse("admin:reports_insight"))


def test_the_same_is_ordered_as_a_pdf_once(filled: list[Measure], agency: Agency, programme: Programme) -> None:
    desk: Client = factories.browser(factories.account(Role.REGIONAL_MANAGER, agency))
    first = desk.post(reverse("admin:reports_insight"), {})
    second = desk.post(reverse("admin:reports_insight"), {})
    assert first.url == second.url
    with agency_context(agency):
        job = Job.objects.get(kind=Job.Kind.INSIGHT)
        jobs.run(job.pk)
        document = Document.objects.get()
        assert document.kind == Document.Kind.INSIGHT
        assert document.file.read(5) == b"%PDF-"
