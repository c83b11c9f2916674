"""An agency's list of projects becomes projects with measures, calculated savings, leads and deadlines."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Agency, Programme, User
from agencies.sheets import services
from communes.models import Commune
from deadlines.models import Deadline
from patrons.models import Patron
from projects.models import CostItem, EmissionFactor, Measure, Milestone, Project, ProjectLead, Saving
from projects.planning import services as planning
from tests import factories
from tests.sheets import Rows, changes, preview, problems, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

HEADINGS = ["Projekt", "Gemeinde", "Handlungsfeld", "Status", "Umgesetzt am", "Investition in Euro", "E-Mail Pate",
            "Maßnahmenart", "Verbrauch vorher (kWh)", "Verbrauch nachher (kWh)"]  # fmt: skip
LAMPS = ["Neue Lampen", "Ockenheim", "energie", "abgeschlossen", date(2024, 3, 31), "24.500,50 €", "helga@example.org",
         "LED", "18.500", 6200]  # fmt: skip


@pytest.fixture
def place(programme: Programme) -> Commune:
    return factories.commune("Ockenheim", ags="07339047")


@pytest.fixture
def helga(agency: Agency, programme: Programme, place: Commune) -> Patron:
    return factories.patron(agency, programme, place, email="Helga@example.org")


@pytest.fixture
def factor(programme: Programme) -> EmissionFactor:
    return factories.electricity_factor()


@pytest.fixture
def lamps(helga: Patron, factor: EmissionFactor, programme: Programme, manager: User) -> Project:
    """The project with the lamps, imported."""
    run("projects", [HEADINGS, LAMPS], programme, manager)
    return Project.objects.get()


def test_a_row_becomes_a_project_with_a_calculated_saving(
    lamps: Project, helga: Patron, factor: EmissionFactor, manager: User
) -> None:
    measure, saving = Measure.objects.get(), Saving.objects.get()
    assert (lamps.status, lamps.topic_id, lamps.investment) == ("done", "energy", Decimal("24500.50"))
    assert lamps.done_on == date(2024, 3, 31)
    assert ProjectLead.objects.get().patron == helga
    assert (measure.kind, measure.status, measure.inputs) == (
        "led_street_lighting", "done", {"kwh_before": "18500", "kwh_after": "6200"},
    )  # fmt: skip
    assert (saving.kg_per_year, saving.used_factors[0].value, saving.calculated_by) == (
        Decimal("4231.200"), "0.344000", manager,
    )  # fmt: skip


def test_importing_the_same_sheet_twice_changes_nothing(lamps: Project, programme: Programme, manager: User) -> None:
    factories.electricity_factor(2025, "0.5")  # a newer factor does not touch what was calculated before
    history = Project.history.rel.related_model  # type: ignore[attr-defined]
    before = history.objects.count()
    again = run("projects", [HEADINGS, LAMPS], programme, manager)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 1, "wrong": 0}
    assert (Project.objects.count(), Saving.objects.count(), history.objects.count()) == (1, 1, before)


def test_other_numbers_freeze_a_new_saving_and_keep_the_old_one_readable(
    lamps: Project, programme: Programme, manager: User
) -> None:
    sheet = preview("projects", [HEADINGS, [*LAMPS[:9], 5200]], programme, manager)
    said = changes(sheet, 2)
    assert said["Einsparung (kg CO2e im Jahr)"] == ("4.231,2", "4.575,200")
    assert "6.200 kWh" in said["Zahlen"][0]
    assert "5.200 kWh" in said["Zahlen"][1]
    run("projects", [HEADINGS, [*LAMPS[:9], 5200]], programme, manager)
    assert Saving.objects.filter(replaced_at__isnull=False).get().kg_per_year == Decimal("4231.200")
    assert Saving.objects.filter(replaced_at__isnull=True).get().kg_per_year == Decimal("4575.200")


def test_itemised_costs_are_not_typed_over_and_the_milestones_of_a_finished_project_need_no_reminder(
    helga: Patron, factor: EmissionFactor, programme: Programme, place: Commune, agency: Agency, manager: User
) -> None:
    running = factories.project(agency, programme, place, title="Neue Lampen", status=Project.Status.UNDER_WAY)
    planning.add_row(running, CostItem, by=manager, what="Lampen", amount=Decimal(900))
    planning.add_row(running, Milestone, by=manager, title="Angebot", due_on=timezone.localdate())
    hints = preview("projects", [HEADINGS, LAMPS], programme, manager).rows.get(number=2).hints
    assert any("Summe der Kosten des Projekts, 900" in hint for hint in hints)
    run("projects", [HEADINGS, LAMPS], programme, manager)
    running.refresh_from_db()
    assert (running.status, running.investment) == (Project.Status.DONE, Decimal(900))
    assert not Deadline.objects.open().exists()


def test_a_second_measure_of_a_project_has_a_row_of_its_own(
    lamps: Project, programme: Programme, manager: User
) -> None:
    second: Rows = [
        ["Projekt", "Gemeinde", "Maßnahmenart", "Maßnahme"],
        ["neue lampen", "Ockenheim", "Veranstaltung", "Infoabend"],
    ]
    assert run("projects", second, programme, manager).counts["changed"] == 1
    assert run("projects", second, programme, manager).counts["unchanged"] == 1
    assert lamps.measures.count() == 2
    assert Saving.objects.count() == 1


def test_a_stated_tonne_is_compared_and_never_taken_over(
    place: Commune, factor: EmissionFactor, programme: Programme, manager: User
) -> None:
    headings = ["Titel", "Ort", "Thema", "CO2-Einsparung t/a", "Maßnahmenart", "kWh vorher", "kWh nachher"]
    rows: Rows = [["A", "Ockenheim", "Energie", "49", "LED", 18500, 6200], ["B", "Ockenheim", "Energie", "12,5"]]
    sheet = run("projects", [headings, *rows], programme, manager)
    assert sheet.counts["new"] == 2
    assert Saving.objects.get().kg_per_year == Decimal("4231.200")


def test_hints_say_what_became_of_a_stated_tonne(
    place: Commune, factor: EmissionFactor, programme: Programme, manager: User
) -> None:
    headings = ["Titel", "Ort", "Thema", "CO2-Einsparung t/a", "Maßnahmenart", "kWh vorher", "kWh nachher"]
    rows: Rows = [["A", "Ockenheim", "Energie", "49", "LED", 18500, 6200], ["B", "Ockenheim", "Energie", "12,5"]]
    hints = [row.hints for row in preview("projects", [headings, *rows], programme, manager).rows.all()]
    assert "49 t CO2e im Jahr; das Portal berechnet aus den Zahlen 4,2 t" in hints[0][0]
    assert "Es wird keine Einsparung übernommen" in hints[1][0]


def test_a_running_project_gets_a_deadline_and_an_old_one_does_not(
    place: Commune, programme: Programme, manager: User
) -> None:
    soon = timezone.localdate() + timedelta(days=40)
    rows: Rows = [
        ["Titel", "Ort", "Thema", "Status", "Ende"],
        ["Bald", "Ockenheim", "Energie", "läuft", soon],
        ["Alt", "Ockenheim", "Energie", "läuft", date(2020, 1, 1)],
        ["Fertig", "Ockenheim", "Energie", "fertig", date(2020, 1, 1)],
    ]
    run("projects", rows, programme, manager)
    deadline = Deadline.objects.get()
    assert (deadline.title, deadline.due_on, deadline.subject.title) == ("Bald", soon, "Bald")
    later = soon + timedelta(days=10)
    run("projects", [rows[0], ["Bald", "Ockenheim", None, None, later]], programme, manager)
    deadline.refresh_from_db()
    assert deadline.due_on == later
    run("projects", [rows[0][:4], ["Bald", "Ockenheim", None, "verworfen"]], programme, manager)
    deadline.refresh_from_db()
    assert deadline.done_at is not None


def test_what_cannot_be_is_said_with_a_way_out(
    place: Commune, factor: EmissionFactor, programme: Programme, manager: User
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    rows: Rows = [
        ["Ohne Thema", "Ockenheim", None],
        ["Falsches Thema", "Ockenheim", "Raumfahrt"],
        ["Ohne Tag", "Ockenheim", "Energie", "abgeschlossen"],
        ["Morgen", "Ockenheim", "Energie", "abgeschlossen", tomorrow],
        ["Minus", "Ockenheim", "Energie", None, None, "-5"],
        ["Unbekannt", "Ockenheim", "Energie", None, None, None, "fremd@example.org"],
        ["Vertauscht", "Ockenheim", "Energie", None, None, None, None, "LED", 100, 900],
        ["Ohne Art", "Ockenheim", "Energie", None, None, None, None, None, 100, 50],
        ["Halb", "Ockenheim", "Energie", None, None, None, None, "LED", 100],
        [None, "Ockenheim", "Energie"],
    ]
    said = problems(preview("projects", [HEADINGS, *rows], programme, manager))
    assert "Ein neues Projekt braucht ein Handlungsfeld. Schreiben Sie eines davon: Energie" in said[2]
    assert "Raumfahrt" in said[3]
    assert "braucht das Datum des Abschlusses" in said[4]
    assert "noch in der Zukunft" in said[5]
    assert "Investition" in said[6]
    assert "Importieren Sie zuerst" in said[7]
    assert "vertauscht" in said[8]
    assert "Die Zahlen brauchen eine Art" in said[9]
    assert "Verbrauch nachher" in said[10]
    assert "Titel Das fehlt" in said[11]


def test_a_wrong_row_takes_nothing_of_a_shared_project_with_it(
    place: Commune, factor: EmissionFactor, programme: Programme, manager: User
) -> None:
    rows: Rows = [
        ["Titel", "Ort", "Thema", "Beschreibung", "Maßnahmenart", "kWh vorher", "kWh nachher"],
        ["A", "Ockenheim", "Energie", "falsch", "LED", 100, 900],
        ["A", "Ockenheim", "Energie", "richtig", "LED", 900, 100],
    ]
    sheet = preview("projects", rows, programme, manager)
    services.confirm_without_faulty_rows(sheet, by=manager)
    assert Project.objects.get().description == "richtig"
    assert Measure.objects.get().inputs["kwh_before"] == "900"


def test_the_number_of_queries_does_not_grow_with_the_rows(
    helga: Patron, factor: EmissionFactor, programme: Programme, manager: User
) -> None:
    def queries(first: int, last: int) -> int:
        rows = [[f"Lampen {number}", *LAMPS[1:]] for number in range(first, last)]
        with CaptureQueriesContext(connection) as captured:
            run("projects", [HEADINGS, *rows], programme, manager)
        return len(captured)

    queries(0, 1)
    assert queries(1, 3) == queries(3, 30)
