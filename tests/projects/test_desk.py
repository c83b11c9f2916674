"""What staff see and do with projects on their desk."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from deadlines.models import Deadline
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects.funding import services as funding
from projects.measures import services as measures
from projects.models import EmissionFactor, FundingProgramme, Idea, Measure, MeasureReview, Project, Saving
from tests import factories
from tests.queries import at_most

LISTS = [
    "project",
    "measure",
    "saving",
    "measurereview",
    "emissionfactor",
    "fundingprogramme",
    "fundingapplication",
    "idea",
]


def change(project: Project | Measure | Saving, name: str = "change") -> str:
    return reverse(f"admin:projects_{project._meta.model_name}_{name}", args=[project.pk])


@pytest.fixture
def filled(project: Project, manager: User, agency: Agency, programme: Programme, commune: Commune) -> Project:
    """A project with a measure, an application for funding and an idea beside it."""
    with agency_context(agency):
        measure = measures.add_measure(project, by=manager, kind="pv_own_use", inputs={"kwh_used": Decimal(10_000)})
        found = {"kg": "3440", "population": 1}
        MeasureReview.objects.create(measure=measure, reason=MeasureReview.Reason.UNUSUAL, found=found)
        call = FundingProgramme.objects.create(agency=agency, name="Aufruf", funder="Land", rate=Decimal(60))
        funding.apply_for_funding(project, by=manager, funding_programme=call, applied_for=Decimal(5000))
        Idea.objects.create(programme=programme, commune=commune, topic_id="energy", title="Bank", text="Eine Bank.")
    return project


@pytest.mark.parametrize("name", LISTS)
def test_each_list_shows_its_rows_and_exports_them(desk: Client, filled: Project, name: str) -> None:
    page = desk.get(reverse(f"admin:projects_{name}_changelist"))
    assert page.status_code == 200
    assert page.context["cl"].result_count > 0
    sheet = desk.get(reverse(f"admin:projects_{name}_export"), {"sheet": "csv"})
    assert len(b"".join(sheet.streaming_content).splitlines()) == page.context["cl"].result_count + 1


def test_projects_are_found_by_municipality_and_by_patron(desk: Client, filled: Project, patron: Patron) -> None:
    url = reverse("admin:projects_project_changelist")
    for word in ("bingen", "muster", "Straßenlampen"):
        assert desk.get(url, {"q": word}).context["cl"].result_count == 1, word
    assert desk.get(url, {"q": "Trier"}).context["cl"].result_count == 0


def test_a_manager_adds_a_project_whose_end_becomes_a_deadline(
    desk: Client, agency: Agency, programme: Programme, commune: Commune, manager: User
) -> None:
    data = {
        "title": "Nahwärme",
        "programme": programme.pk,
        "commune": commune.pk,
        "topic": "energy",
        "ends_on": "01.05.2030",
        "investment": "1.250.000,00",
    }
    answer = desk.post(reverse("admin:projects_project_add"), data)
    assert answer.status_code == 302, answer.context["errors"]
    with agency_context(agency):
        project = Project.objects.get()
        assert project.investment == Decimal(1_250_000)
        assert [str(lead) for lead in project.leads.all()] == [manager.current_membership.name]
        assert Deadline.objects.get(subject_id=project.pk).owner == manager


def test_a_manager_moves_a_project_and_is_told_why_a_step_is_refused(
    desk: Client, agency: Agency, filled: Project
) -> None:
    url = reverse("admin:projects_project_move", args=[filled.pk])
    page = desk.post(url, {"status": "dropped", "reason": ""})
    assert "Bitte sagen Sie, warum das Projekt aufgegeben wird" in page.content.decode()
    page = desk.post(url, {"status": "planned", "reason": "Im Rat besprochen"}, follow=True)
    assert "Im Rat besprochen" in page.content.decode()


def test_a_manager_adds_a_measure_in_two_steps(desk: Client, agency: Agency, project: Project) -> None:
    url = reverse("admin:projects_project_add_measure", args=[project.pk])
    step = desk.post(url, {"kind": "heat_saving_oil"})
    assert step["Location"].endswith("?kind=heat_saving_oil")
    data = {"kwh_before": "74.000", "kwh_after": "80.000", "quality": "calculated"}
    assert "mehr als vorher" in desk.post(step["Location"], data).content.decode()
    page = desk.post(step["Location"], {**data, "kwh_after": "39.000"}, follow=True).content.decode()
    assert "9.324" in page


def test_the_page_of_a_saving_answers_where_the_tonne_comes_from(desk: Client, agency: Agency, filled: Project) -> None:
    with agency_context(agency):
        saving = Saving.objects.get()
    page = desk.get(change(saving)).content.decode()
    assert "10.000 kWh × 0,344 kg/kWh" in page
    assert "Umweltbundesamt" in page


def test_a_summary_is_shown_to_the_public_and_taken_back(desk: Client, agency: Agency, filled: Project) -> None:
    url = reverse("admin:projects_project_release", args=[filled.pk])
    assert "öffentliche Zusammenfassung" in desk.post(url).content.decode()
    with agency_context(agency):
        Project.objects.update(public_summary="Neue Lampen.")
        desk.post(url)
        assert Project.objects.get().released_at is not None
        desk.post(reverse("admin:projects_project_take_back", args=[filled.pk]))
        assert Project.objects.get().released_at is None


def test_projects_of_another_agency_are_not_found(
    as_role: Callable[..., Client], other_agency: Agency, filled: Project
) -> None:
    stranger = as_role(Role.REGIONAL_MANAGER, other_agency)
    assert stranger.get(reverse("admin:projects_project_changelist")).context["cl"].result_count == 0
    for name in ("change", "move", "add_measure", "release"):
        assert stranger.get(change(filled, name)).status_code in {302, 404}, name
    assert stranger.post(change(filled, "move"), {"status": "planned", "reason": ""}).status_code == 404


def test_a_published_factor_is_read_only_for_staff(desk: Client, project: Project) -> None:
    factor = EmissionFactor.objects.get(key="natural-gas")
    desk.post(reverse("admin:projects_emissionfactor_change", args=[factor.pk]), {"page": "1", "source": "erfunden"})
    factor.refresh_from_db()
    assert factor.source != "erfunden"


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("count", [1, 30])
def test_a_list_asks_as_often_for_many_rows_as_for_one(
    desk: Client,
    agency: Agency,
    programme: Programme,
    manager: User,
    filled: Project,
    name: str,
    count: int,
) -> None:
    call = FundingProgramme.objects.get()
    with agency_context(agency):
        for number in range(count - 1):
            where = factories.commune(f"Ort {number}")
            project = factories.project(agency, programme, where)
            measures.add_measure(project, by=manager, kind="pv_own_use", inputs={"kwh_used": Decimal(1000)})
            funding.apply_for_funding(project, by=manager, funding_programme=call, applied_for=Decimal(5000))
            Idea.objects.create(programme=programme, commune=where, topic_id="energy", title="Bank", text="Eine Bank.")
    with at_most(12):
        desk.get(reverse(f"admin:projects_{name}_changelist"))


@pytest.mark.parametrize("count", [1, 12])
def test_a_project_page_asks_as_often_for_many_measures_as_for_one(
    desk: Client, agency: Agency, manager: User, filled: Project, count: int
) -> None:
    with agency_context(agency):
        for _ in range(count - 1):
            measures.add_measure(filled, by=manager, kind="pv_own_use", inputs={"kwh_used": Decimal(1000)})
    with at_most(12):
        desk.get(change(filled))
