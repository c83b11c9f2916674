"""Every figure equals a plain recount, for every scope, and shows no agency another one's people."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, Programme, Target
from agencies.models.programmes import Figure
from communes.models import Commune, District, Partnership, Registration
from klikks.tenancy import agency_context
from patrons.models import Activity, Patron
from projects.measures.kinds import MeasureKind
from projects.models import FundingApplication, FundingProgramme, Measure, Project, Saving
from reports import figures
from reports.figures import FigureValue, Period, in_words
from tests import factories
from trainings.models import Enrolment, TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db


def actual(values: list[FigureValue]) -> dict[Figure, Decimal]:
    """Return the values that are not zero."""
    return {value.figure: value.actual for value in values if value.actual}


def measure(project: Project, kg: str, *, status: str = "done", done_on: date | None = None, **saving: Any) -> Measure:
    """Make a measure with a frozen saving, and an older one that was replaced."""
    with agency_context(project.agency_id):
        made = Measure.objects.create(
            project=project,
            kind=MeasureKind.LED_STREET_LIGHTING,
            status=status,
            done_on=(done_on or date(2023, 9, 1)) if status == "done" else None,
        )
        factories.saving(made, "99999", replaced_at=timezone.now())
        factories.saving(made, kg, **saving)
    return made


@pytest.fixture
def bingen() -> Commune:
    """A municipality of the district Mainz-Bingen."""
    return factories.commune("Bingen am Rhein, Stadt")


@pytest.fixture
def ockenheim() -> Commune:
    """Another one of the same district."""
    return factories.commune("Ockenheim")


def test_a_patron_of_two_municipalities_counts_in_both_and_once_for_the_agency(
    agency: Agency, programme: Programme, bingen: Commune, ockenheim: Commune
) -> None:
    elsewhere = factories.commune("Alzey, Stadt", "07331003", district=factories.district("07331", "Alzey-Worms"))
    patron = factories.patron(agency, programme, bingen, status=Patron.Status.ACTIVE)
    for where, day in [(bingen, 1), (ockenheim, 2), (elsewhere, 3)]:
        factories.appointment(agency, patron, where, appointed_on=date(2023, 6, day))
    again = factories.appointment(agency, patron, bingen, appointed_on=date(2022, 1, 1), ended_on=date(2022, 5, 1))
    assert again.pk
    scopes: list[dict[str, Any]] = [
        {},
        {"commune": bingen},
        {"commune": ockenheim},
        {"commune": elsewhere},
        {"district": District.objects.get(pk="07339")},
        {"district": District.objects.get(pk="07331")},
    ]
    with agency_context(agency):
        for scope in scopes:
            for whose in (agency, None):
                values = actual(figures.for_scope(programme, agency=whose, **scope))
                assert values[Figure.PATRONS_APPOINTED] == 1, (scope, whose)
    [everyone] = [line for line in figures.by_agency(programme) if line.agency == agency]
    assert actual(everyone.values)[Figure.PATRONS_APPOINTED] == 1


def test_only_what_happened_counts(agency: Agency, programme: Programme, bingen: Commune, ockenheim: Commune) -> None:
    """Dropped projects, replaced savings, drafts and unconfirmed wishes are not results."""
    factories.registration(agency, programme, bingen)
    factories.registration(agency, programme, bingen, status=Registration.Status.DECLINED)
    factories.registration(agency, programme, ockenheim, status=Registration.Status.INTERESTED, confirmed_at=None)
    factories.partnership(agency, programme, bingen, status=Partnership.Status.ENDED, ended_on=date(2024, 1, 1))
    factories.partnership(agency, programme, bingen)
    factories.partnership(agency, programme, ockenheim, status=Partnership.Status.AWAITING_BACKING, since=None)
    factories.patron(agency, programme, bingen, confirmed_at=None, status=Patron.Status.INTERESTED)
    money = {"investment": Decimal(1000)}
    done = factories.project(agency, programme, bingen, status=Project.Status.DONE, done_on=date(2023, 9, 1), **money)
    running = factories.project(agency, programme, bingen, status=Project.Status.UNDER_WAY, investment=Decimal(200))
    factories.project(agency, programme, bingen, status=Project.Status.IDEA, **money)
    dropped = factories.project(agency, programme, bingen, status=Project.Status.DROPPED, **money)
    measure(done, "100.5")
    measure(done, "20", quality=Saving.Quality.ESTIMATED)
    measure(running, "7", status="planned")
    measure(running, "500", status="dropped")
    measure(dropped, "9000", status="planned")
    with agency_context(agency):
        fund = FundingProgramme.objects.create(agency=agency, name="Richtlinie", funder="Land", rate=50)
        for status, applied, granted in [
            ("drafted", 1, None),
            ("submitted", 10, None),
            ("granted", 100, 90),
            ("rejected", 1000, None),
        ]:
            FundingApplication.objects.create(
                project=done, funding_programme=fund, status=status, applied_for=applied, granted=granted
            )
        values = figures.for_scope(programme, agency=agency)
    assert actual(values) == {
        Figure.COMMUNES_INTERESTED: 1,
        Figure.COMMUNES_OFFICIAL: 1,
        Figure.PROJECTS: 3,
        Figure.MEASURES_DONE: 2,
        Figure.KG_DONE: Decimal("120.5"),
        Figure.KG_PLANNED: Decimal(7),
        Figure.FUNDING_APPLIED: 1110,
        Figure.FUNDING_GRANTED: 90,
        Figure.INVESTED: 1200,
    }
    estimates = {value.figure: value.estimated for value in values if value.is_estimate}
    assert estimates == {Figure.KG_DONE: 20, Figure.INVESTED: 200}
    with agency_context(agency):
        ratios = dict(figures.with_leverage(Project.objects.all()).values_list("pk", "leverage"))
    assert ratios == {done.pk: Decimal("11.1111"), running.pk: None}
    assert figures.leverage_text(values) == "13,3"
    assert figures.leverage([value for value in values if value.figure == Figure.INVESTED]) is None


def test_hours_and_trainings_go_to_the_municipality_in_office_and_the_persons_own_agency(
    agency: Agency, other_agency: Agency, programme: Programme, bingen: Commune, ockenheim: Commune
) -> None:
    patron = factories.patron(other_agency, programme, bingen, matched_commune=bingen)
    factories.appointment(other_agency, patron, ockenheim, appointed_on=date(2023, 1, 1), ended_on=date(2023, 6, 30))
    now = timezone.now()
    with agency_context(other_agency):
        for day, hours in [(date(2023, 3, 1), "2.5"), (date(2023, 6, 30), "1"), (date(2023, 7, 1), "4")]:
            Activity.objects.create(patron=patron, on=day, hours=Decimal(hours), what="Infostand")
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Schulung", audience="patrons", across_agencies=True
        )
        held, coming = (
            TrainingSession.objects.create(
                agency=agency,
                series=series,
                starts_at=start,
                ends_at=start + timedelta(hours=3),
            )
            for start in (now - timedelta(days=9), now + timedelta(days=9))
        )
    with agency_context(other_agency):
        Enrolment.objects.create(session=held, patron=patron, status=Enrolment.Status.ATTENDED)
        Enrolment.objects.create(session=coming, patron=patron)
    hours = {
        where: actual(figures.for_scope(programme, commune=where)).get(Figure.VOLUNTEER_HOURS)
        for where in (bingen, ockenheim)
    }
    assert hours == {bingen: 4, ockenheim: Decimal("3.5")}
    by_agency = {line.agency: actual(line.values) for line in figures.by_agency(programme)}
    assert by_agency[agency] == {Figure.TRAININGS: 1}
    assert by_agency[other_agency][Figure.TRAINING_PARTICIPANTS] == 1


def test_a_period_counts_its_first_and_last_day_and_the_total_goes_up_to_its_end(
    agency: Agency, programme: Programme, bingen: Commune
) -> None:
    project = factories.project(agency, programme, bingen, starts_on=date(2023, 1, 1))
    first, last = date(2023, 7, 1), date(2023, 12, 31)
    one_day = timedelta(days=1)
    for day, kg in [(first - one_day, "1"), (first, "10"), (last, "100"), (last + one_day, "1000")]:
        measure(project, kg, done_on=day)
    period = Period(first, last)
    with agency_context(agency):
        [to_the_day] = [v for v in figures.for_scope(programme, agency=agency, period=period) if v.figure == "kg_done"]
    [by_month] = [v for v in figures.for_scope(programme, period=period) if v.figure == "kg_done"]
    for value in (to_the_day, by_month):
        assert (value.actual, value.total) == (110, 111)
    with pytest.raises(ValidationError):
        Period(date(2023, 7, 1), date(2023, 6, 30))


def test_a_confirmation_late_at_night_counts_on_the_day_of_the_clock_in_germany(
    agency: Agency, programme: Programme, bingen: Commune
) -> None:
    factories.registration(agency, programme, bingen, confirmed_at=datetime(2023, 6, 30, 22, 30, tzinfo=UTC))
    july = Period(date(2023, 7, 1), date(2023, 7, 31))
    with agency_context(agency):
        assert actual(figures.for_scope(programme, agency=agency, period=july)) == {Figure.COMMUNES_INTERESTED: 1}


def test_the_published_result_of_the_pilot_comes_out_to_the_last_kilogram(agency: Agency, programme: Programme) -> None:
    random = Random(2018)
    communes = [factories.commune(f"Ort {number}") for number in range(37)]
    patrons = []
    for commune in communes:
        factories.partnership(agency, programme, commune, status=Partnership.Status.ENDED, ended_on=date(2024, 1, 1))
    for number in range(44):
        patron = factories.patron(agency, programme, communes[number % 37], status=Patron.Status.FAREWELL)
        factories.appointment(agency, patron, communes[number % 37], ended_on=date(2024, 1, 1))
        patrons.append(patron)
    shares = [Decimal(random.randrange(1, 80_000_000)) / 1000 for _ in range(177)]
    rest = Decimal(15_000_000) - sum(shares)
    for number, kg in enumerate([*shares, rest]):
        project = factories.project(
            agency,
            programme,
            communes[number % 37],
            status=Project.Status.DONE,
            done_on=date(2023, 9, 1),
            starts_on=date(2023, 1, 1),
            investment=Decimal(20_000_000) / 178
            if number
            else Decimal(20_000_000) - 177 * round(Decimal(20_000_000) / 178, 2),
        )
        measure(project, str(kg))
    values = figures.public_totals(programme)
    assert [(value.figure, value.actual) for value in values] == [
        (Figure.PATRONS_APPOINTED, 44),
        (Figure.COMMUNES_OFFICIAL, 37),
        (Figure.PROJECTS, 178),
        (Figure.KG_DONE, 15_000_000),
        (Figure.INVESTED, 20_000_000),
    ]
    assert [value.actual_text for value in values] == ["44", "37", "178", "15.000\xa0t", "20.000.000\xa0€"]


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(
    agency: Agency,
    other_agency: Agency,
    programme: Programme,
    bingen: Commune,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for owner in (agency, other_agency):
        with agency_context(owner):
            Target.objects.create(programme=programme, figure=Figure.PROJECTS, value=4)
        for number in range(3):
            factories.project(owner, programme, bingen, title=f"Projekt {number}")
    with agency_context(agency):
        with django_assert_num_queries(2):
            own = {value.figure: value for value in figures.for_scope(programme, agency=agency)}
        with django_assert_num_queries(2):
            everything = {value.figure: value for value in figures.for_scope(programme)}
        with django_assert_num_queries(1):
            figures.for_scope(programme, agency=agency, commune=bingen)
        with django_assert_num_queries(3):
            lines = figures.by_agency(programme)
    another = factories.programme()
    with django_assert_num_queries(1):
        assert set(figures.public_totals_of([programme, another])) == {programme.pk, another.pk}
    assert (own[Figure.PROJECTS].total, own[Figure.PROJECTS].target, own[Figure.PROJECTS].percent) == (3, 4, 75)
    assert (everything[Figure.PROJECTS].total, everything[Figure.PROJECTS].target) == (6, 8)
    assert [line.agency for line in lines] == [other_agency, agency]
    assert own[Figure.KG_DONE].target is None
    assert everything[Figure.PROJECTS].url == ""


def test_the_view_to_the_day_keeps_the_wall_and_the_one_for_all_names_no_person(
    agency: Agency, other_agency: Agency, programme: Programme, bingen: Commune
) -> None:
    factories.project(other_agency, programme, bingen)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reports_fact")
        assert cursor.fetchone()[0] == 0
        with agency_context(agency):
            cursor.execute("SELECT count(*) FROM reports_fact")
            assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT * FROM reports_figuremonth")
        assert cursor.rowcount == 1
        assert [column.name for column in cursor.description] == [
            *("agency_id", "programme_id", "commune_id", "figure", "month", "reach", "amount", "estimated")
        ]
        cursor.execute("SELECT * FROM reports_programmetotal")
        assert [column.name for column in cursor.description] == ["programme_id", "figure", "amount", "estimated"]


@pytest.mark.parametrize(
    ("figure", "amount", "words"),
    [
        (Figure.PROJECTS, "1178", "1.178"),
        (Figure.VOLUNTEER_HOURS, "12.5", "12,5\xa0h"),
        (Figure.VOLUNTEER_HOURS, "1200", "1.200\xa0h"),
        (Figure.KG_DONE, "0", "0\xa0t"),
        (Figure.KG_DONE, "4932.3", "4,93\xa0t"),
        (Figure.KG_DONE, "412", "0,412\xa0t"),
        (Figure.KG_DONE, "15000000", "15.000\xa0t"),
        (Figure.INVESTED, "24000.50", "24.001\xa0€"),
    ],
)
def test_amounts_read_as_they_are_written_in_german(figure: Figure, amount: str, words: str) -> None:
    assert in_words(figure, Decimal(amount)) == words
