"""What looks odd about a figure is asked, answered by staff, and counts once."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from agencies.exceptions import NotAllowed
from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from agencies.models.programmes import Figure
from communes.models import Commune
from klikks.tenancy import agency_context
from projects.measures import plausibility
from projects.measures import services as measures
from projects.measures.plausibility import Answer, NotTheSame
from projects.models import Measure, MeasureReview, Project, ProjectPartner, Saving
from reports.models import FigureMonth
from tests import factories

LAMPS = {"kwh_before": "18500", "kwh_after": "6200"}


@pytest.fixture
def staff(agency: Agency) -> User:
    return factories.account(Role.REGIONAL_MANAGER, agency)


def lamps(project: Project, by: User, **inputs: str) -> Measure:
    """Add new street lamps to a project."""
    return measures.add_measure(project, by=by, kind="led_street_lighting", inputs=LAMPS | inputs)


def counted(programme: Programme) -> Decimal:
    """Return the kilograms that are planned in a programme, as the figures of all agencies count them."""
    rows = FigureMonth.objects.filter(programme=programme, figure=Figure.KG_PLANNED, reach=3)
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@pytest.fixture
def twice(agency: Agency, programme: Programme, commune: Commune, staff: User) -> tuple[Measure, Measure]:
    """The same lamps in two projects of one municipality."""
    with agency_context(agency):
        first = lamps(factories.project(agency, programme, commune), staff)
        return first, lamps(factories.project(agency, programme, commune, title="Lampen, noch einmal"), staff)


def test_the_same_measure_in_two_projects_is_asked_about_and_then_counts_once(
    agency: Agency, programme: Programme, staff: User, twice: tuple[Measure, Measure]
) -> None:
    first, second = twice
    kg = Decimal("4231.2")
    assert counted(programme) == 2 * kg
    with agency_context(agency):
        review = MeasureReview.objects.get()
        assert (review.measure, review.other) == (second, first)
        plausibility.answer(review, by=staff, answer=Answer.SAME)
        second.refresh_from_db()
        assert second.counted_in == first
    assert counted(programme) == kg
    with agency_context(agency), pytest.raises(NotTheSame):
        plausibility.count_in(first, second, by=staff)


def test_a_figure_that_staff_found_right_is_not_asked_about_again(
    agency: Agency, staff: User, twice: tuple[Measure, Measure]
) -> None:
    with agency_context(agency):
        plausibility.answer(MeasureReview.objects.get(), by=staff, answer=Answer.RIGHT, note="Zwei Straßen")
        measures.change_measure(twice[1], by=staff, kind="led_street_lighting", inputs=LAMPS, title="Hauptstraße")
        assert not plausibility.open_questions().exists()


def test_new_numbers_settle_the_question(agency: Agency, staff: User, twice: tuple[Measure, Measure]) -> None:
    with agency_context(agency):
        measures.change_measure(twice[1], by=staff, kind="led_street_lighting", inputs=LAMPS | {"kwh_after": "6300"})
        assert MeasureReview.objects.get().answer == Answer.SETTLED


def test_a_joint_project_counts_once_and_its_partners_are_searched_for_doubles(
    agency: Agency, programme: Programme, commune: Commune, staff: User
) -> None:
    partner = factories.commune("Ockenheim")
    with agency_context(agency):
        joint = factories.project(agency, programme, commune)
        ProjectPartner.objects.create(project=joint, commune=partner)
        lamps(joint, staff)
    assert counted(programme) == Decimal("4231.2")
    with agency_context(agency):
        lamps(factories.project(agency, programme, partner), staff)
        assert MeasureReview.objects.get().reason == MeasureReview.Reason.TWICE


def test_what_lies_far_above_others_or_above_the_size_of_the_place_is_asked_about(
    agency: Agency, programme: Programme, commune: Commune, staff: User
) -> None:
    Commune.objects.filter(pk=commune.pk).update(population=100)
    commune.refresh_from_db()
    with agency_context(agency):
        project = factories.project(agency, programme, commune)
        for number in range(plausibility.ENOUGH_OTHERS):
            lamps(project, staff, kwh_after=str(6000 + number))
        assert not MeasureReview.objects.exists()
        lamps(project, staff, kwh_before="180000")
        usual = MeasureReview.objects.get()
        assert "der mittlere Wert von 8 anderen" in plausibility.in_words(usual)
        lamps(project, staff, kwh_before="1000000")
        size = MeasureReview.objects.exclude(pk=usual.pk).get()
        assert "in einem Ort mit 100 Menschen" in plausibility.in_words(size)


def test_the_question_is_answered_on_the_desk(agency: Agency, staff: User, twice: tuple[Measure, Measure]) -> None:
    with agency_context(agency):
        review = MeasureReview.objects.get()
    desk: Client = factories.browser(staff)
    listed = desk.get(reverse("admin:projects_measurereview_changelist")).content.decode()
    assert "vielleicht doppelt gezählt" in listed
    page = desk.get(reverse("admin:projects_measurereview_is_the_same", args=[review.pk])).content.decode()
    assert "steht auch im Projekt" in page
    desk.post(reverse("admin:projects_measurereview_is_the_same", args=[review.pk]), {"note": "gleich"})
    with agency_context(agency):
        assert MeasureReview.objects.get().answer == Answer.SAME


def test_another_agency_neither_sees_nor_answers_the_question(
    agency: Agency, other_agency: Agency, twice: tuple[Measure, Measure]
) -> None:
    with agency_context(agency):
        review = MeasureReview.objects.get()
    stranger = factories.account(Role.REGIONAL_MANAGER, other_agency)
    with agency_context(other_agency):
        assert not MeasureReview.objects.exists()
        with pytest.raises(NotAllowed):
            plausibility.answer(review, by=stranger, answer=Answer.RIGHT)


def test_any_grouping_of_savings_adds_up_to_the_same_sum(
    agency: Agency, programme: Programme, commune: Commune, staff: User
) -> None:
    places = [commune, factories.commune("Ockenheim"), factories.commune("Gensingen")]
    with agency_context(agency):
        for number in range(9):
            project = factories.project(agency, programme, places[number % 3])
            lamps(project, staff, kwh_after=str(1000 + 7 * number))
            measures.add_measure(project, by=staff, kind="pv_own_use", inputs={"kwh_used": f"{number + 1}23"})
        current = Saving.objects.filter(replaced_at__isnull=True)
        total = current.aggregate(sum=Sum("kg_per_year"))["sum"]
        for grouping in ["kind", "measure__project", "measure__project__commune", "quality", "measure__project__topic"]:
            groups = current.order_by().values(grouping).annotate(sum=Sum("kg_per_year"))
            assert sum(group["sum"] for group in groups) == total
    assert counted(programme) == total
