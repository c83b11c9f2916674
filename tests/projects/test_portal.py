"""What a patron sees and does in the portal."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Programme
from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects.measures import services as measures
from projects.models import Measure, Project, Saving
from tests import factories
from tests.queries import at_most

LAMPS = {"kwh_before": "18.500", "kwh_after": "6.200", "quality": "measured", "title": ""}


def add_measure_url(project: Project, kind: str = "led_street_lighting") -> str:
    return f"{reverse('projects:add_measure', args=[project.pk])}?kind={kind}"


def test_a_patron_without_projects_is_told_how_to_begin(portal: Client) -> None:
    page = portal.get(reverse("projects:list"))
    assert "Noch kein Projekt" in page.content.decode()


def test_a_patron_writes_down_an_idea_in_german_numbers_and_lands_on_its_page(
    portal: Client, agency: Agency, commune: Commune
) -> None:
    data = {"title": "Lampen", "topic": "energy", "ends_on": "2030-05-01", "investment": "24.000,50 €"}
    page = portal.post(reverse("projects:add"), data, follow=True).content.decode()
    with agency_context(agency):
        project = Project.objects.get()
    assert (project.commune, project.investment, project.ends_on) == (commune, Decimal("24000.50"), date(2030, 5, 1))
    assert "Noch keine Maßnahme" in page


def test_wrong_entries_stay_in_the_form_with_what_is_wrong(portal: Client, agency: Agency) -> None:
    data = {"title": "Lampen", "topic": "", "starts_on": "2030-05-01", "ends_on": "2029-05-01", "investment": "viel"}
    page = portal.post(reverse("projects:add"), data).content.decode()
    assert 'value="Lampen"' in page
    assert "Das geplante Ende liegt vor dem Beginn." in page
    assert 'value="viel"' in page
    with agency_context(agency):
        assert not Project.objects.exists()


def test_a_patron_of_two_municipalities_says_which_one(
    portal: Client, agency: Agency, patron: Patron, commune: Commune
) -> None:
    second = factories.commune("Ingelheim am Rhein, Stadt")
    factories.appointment(agency, patron, second)
    data = {"title": "Lampen", "topic": "energy"}
    assert "commune" in portal.post(reverse("projects:add"), data).context["form"].errors
    portal.post(reverse("projects:add"), {**data, "commune": second.pk})
    with agency_context(agency):
        assert Project.objects.get().commune == second


def test_without_an_appointment_there_is_nothing_to_begin(portal: Client, agency: Agency, patron: Patron) -> None:
    with agency_context(agency):
        patron.appointments.update(ended_on=date(2024, 1, 1))
    assert "Sie sind zurzeit nicht ernannt" in portal.get(reverse("projects:add")).content.decode()


def test_a_measure_is_entered_in_two_steps_and_its_saving_shown_with_the_source(
    portal: Client, agency: Agency, project: Project
) -> None:
    kinds = portal.get(reverse("projects:add_measure", args=[project.pk])).content.decode()
    assert "?kind=led_street_lighting" in kinds
    form = portal.get(add_measure_url(project)).content.decode()
    assert "Jahresverbrauch vorher (kWh)" in form
    assert "Steht auf der letzten Jahresrechnung vor der Maßnahme." in form
    answer = portal.post(add_measure_url(project), LAMPS, follow=True)
    page = answer.content.decode()
    with agency_context(agency):
        saving = Saving.objects.get()
    assert answer.redirect_chain[-1][0] == saving.get_absolute_url()
    assert "(18.500 kWh − 6.200 kWh) × 0,344 kg/kWh" in page
    assert "(Jahresverbrauch vorher − Jahresverbrauch nachher) × Emissionsfaktor" in page
    assert "des deutschen Strommix 1990–2025, Climate Change 16/2026, Tabelle 2, S. 16" in page
    assert saving.quality == Saving.Quality.MEASURED
    detail = portal.get(project.get_absolute_url()).content.decode()
    assert "4.231 kg" in detail


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kwh_after": "abc"}, "„abc“ ist keine Zahl"),
        ({"kwh_after": ""}, "auf der ersten vollen Jahresrechnung"),
        ({"kwh_after": "-5"}, "zwischen 0 und 50.000.000 kWh"),
        ({"kwh_after": "18.501"}, "mehr als vorher"),
        ({"kwh_before": "", "kwh_after": "x"}, "„x“ ist keine Zahl"),
    ],
)
def test_wrong_numbers_are_explained_and_nothing_is_saved(
    portal: Client, agency: Agency, project: Project, wrong: dict[str, str], said: str
) -> None:
    page = portal.post(add_measure_url(project), {**LAMPS, **wrong})
    assert page.status_code == 200
    assert said in page.content.decode()
    with agency_context(agency):
        assert not Measure.objects.exists()


def test_a_campaign_asks_for_no_numbers_and_claims_no_tonnes(portal: Client, agency: Agency, project: Project) -> None:
    page = portal.post(add_measure_url(project, "awareness"), {"title": "Energieabend"}, follow=True).content.decode()
    assert "Für sie werden keine Tonnen angerechnet" in page
    with agency_context(agency):
        assert not Saving.objects.exists()


def test_corrected_numbers_replace_the_saving_and_both_pages_stay(
    portal: Client, agency: Agency, project: Project, patron: Patron
) -> None:
    with agency_context(agency):
        measure = measures.add_measure(
            project, by=patron.user, kind="led_street_lighting", inputs={"kwh_before": "18500", "kwh_after": "6200"}
        )
        first = measure.savings.get()
    form = portal.get(reverse("projects:change_measure", args=[measure.pk])).content.decode()
    assert 'value="18.500"' in form
    page = portal.post(
        reverse("projects:change_measure", args=[measure.pk]), {**LAMPS, "kwh_after": "8.500"}, follow=True
    ).content.decode()
    assert "3.440" in page
    old = portal.get(first.get_absolute_url()).content.decode()
    assert "ersetzt und zählt nicht mehr" in old
    assert "4.231" in old


def test_the_buttons_lead_through_the_life_cycle_and_an_impossible_step_changes_nothing(
    portal: Client, agency: Agency, project: Project
) -> None:
    move = reverse("projects:move", args=[project.pk])
    page = portal.post(f"{move}?to=done", {"on": "2024-05-01"}, follow=True).content.decode()
    assert "Dieser Schritt ist jetzt nicht möglich" in page
    assert portal.post(f"{move}?to=dropped", {"reason": ""}).context["form"].errors
    for status in ("planned", "under_way"):
        portal.post(f"{move}?to={status}", {"reason": ""})
    assert portal.post(f"{move}?to=done", {"on": "2099-01-01"}).context["form"].errors
    portal.post(f"{move}?to=done", {"on": "2024-05-01"})
    with agency_context(agency):
        project.refresh_from_db()
    assert (project.status, project.done_on) == ("done", date(2024, 5, 1))


def test_a_measure_is_ticked_off_once(portal: Client, agency: Agency, project: Project, patron: Patron) -> None:
    with agency_context(agency):
        measure = measures.add_measure(project, by=patron.user, kind="awareness", inputs={}, title="Energieabend")
    url = reverse("projects:finish_measure", args=[measure.pk])
    assert "zählt jetzt in den Kennzahlen" in portal.post(url, follow=True).content.decode()
    assert "umgesetzt" in portal.post(url, follow=True).content.decode()
    with agency_context(agency):
        measure.refresh_from_db()
    assert measure.status == Measure.Status.DONE


def test_what_another_patron_leads_is_not_found(
    portal: Client, agency: Agency, programme: Programme, commune: Commune, other_patron: Patron
) -> None:
    foreign = factories.project(agency, programme, commune, led_by=other_patron, title="Fremdes Projekt")
    with agency_context(agency):
        measure = measures.add_measure(
            foreign, by=other_patron.user, kind="pv_own_use", inputs={"kwh_used": Decimal(1000)}
        )
        saving = measure.savings.get()
    assert "Fremdes Projekt" not in portal.get(reverse("projects:list")).content.decode()
    for name, pk in [
        ("detail", foreign.pk),
        ("change", foreign.pk),
        ("move", foreign.pk),
        ("add_measure", foreign.pk),
        ("change_measure", measure.pk),
        ("drop_measure", measure.pk),
        ("saving", saving.pk),
    ]:
        assert portal.get(reverse(f"projects:{name}", args=[pk])).status_code == 404, name
    assert portal.post(reverse("projects:finish_measure", args=[measure.pk])).status_code == 404


def test_whoever_leads_many_projects_narrows_the_list(
    portal: Client, agency: Agency, programme: Programme, commune: Commune, patron: Patron, project: Project
) -> None:
    assert portal.get(reverse("projects:list")).context["form"] is None
    trier = factories.commune("Trier, Stadt")
    for number in range(7):
        factories.project(agency, programme, trier, led_by=patron, title=f"Dämmung {number}", status="planned")
    for asked, count in [({}, 8), ({"commune": trier.pk}, 7), ({"status": "idea", "topic": "energy"}, 1)]:
        assert portal.get(reverse("projects:list"), asked).context["page"].paginator.count == count
    page = portal.get(reverse("projects:list"), {"status": "idea", "commune": trier.pk}).content.decode()
    assert "Keines Ihrer Projekte ist so." in page
    assert portal.get(reverse("projects:list"), {"status": "x"}).context["page"].paginator.count == 8


@pytest.mark.parametrize("count", [1, 20])
def test_list_and_page_take_as_many_queries_for_many_rows_as_for_one(
    portal: Client,
    agency: Agency,
    programme: Programme,
    commune: Commune,
    patron: Patron,
    project: Project,
    count: int,
) -> None:
    for _ in range(count - 1):
        factories.project(agency, programme, commune, led_by=patron)
    with agency_context(agency):
        for _ in range(count):
            measures.add_measure(project, by=patron.user, kind="pv_own_use", inputs={"kwh_used": Decimal(1000)})
    with at_most(8):
        portal.get(reverse("projects:list"))
    with at_most(8):
        portal.get(project.get_absolute_url())
