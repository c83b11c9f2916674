"""An agency's list of climate patrons becomes patrons and appointments, without mails and accounts."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency, Programme, User
from agencies.sheets import services
from communes.models import Commune
from deadlines.models import Job, OutboxMail
from patrons.models import Appointment, Patron
from tests import factories
from tests.sheets import Rows, changes, preview, problems, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

HEADINGS = ["Vorname", "Nachname", "E-Mail", "Telefon", "Wohnort", "Gemeinde", "Ernannt am", "Unterschrieben von"]
ERIKA = [
    "Erika",
    "Mußter",
    "Erika@Example.org",
    "06721 184123",
    "Bingen am Rhein",
    "Ockenheim",
    date(2024, 3, 31),
    "Arnold Müller",
]


@pytest.fixture
def places(programme: Programme) -> tuple[Commune, Commune]:
    """Where Erika lives, and for which municipality she is patron."""
    return factories.commune(ags="07339005"), factories.commune("Ockenheim", ags="07339047", postcodes=["55437"])


@pytest.fixture
def erika(places: tuple[Commune, Commune], programme: Programme, manager: User) -> Patron:
    """Erika, imported."""
    run("patrons", [HEADINGS, ERIKA], programme, manager)
    return Patron.objects.get()


def test_a_row_becomes_a_patron_in_office(erika: Patron, places: tuple[Commune, Commune]) -> None:
    appointment = Appointment.objects.get()
    assert (erika.status, erika.email, erika.phone.as_e164) == ("appointed", "erika@example.org", "+496721184123")
    assert (erika.home, erika.sort_name) == (places[0], "musster erika")
    assert (appointment.commune, appointment.appointed_on) == (places[1], date(2024, 3, 31))
    assert (appointment.signed_by, len(appointment.code)) == ("Arnold Müller", 12)


def test_nobody_is_mailed_and_no_certificate_is_made(erika: Patron) -> None:
    assert not OutboxMail.objects.exists()
    assert not Job.objects.exists()
    assert erika.user is None


def test_importing_the_same_sheet_twice_changes_nothing(erika: Patron, programme: Programme, manager: User) -> None:
    history = Patron.history.rel.related_model  # type: ignore[attr-defined]
    before = history.objects.count()
    again = run("patrons", [HEADINGS, ERIKA], programme, manager)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 1, "wrong": 0}
    assert (Patron.objects.count(), Appointment.objects.count(), history.objects.count()) == (1, 1, before)


def test_somebody_with_two_municipalities_has_two_rows(
    places: tuple[Commune, Commune], programme: Programme, manager: User
) -> None:
    second = [*ERIKA[:5], "Bingen am Rhein", date(2024, 6, 1), "Thomas Feser"]
    rows = [HEADINGS, ERIKA, second]
    run("patrons", rows, programme, manager)
    assert Patron.objects.count() == 1
    assert set(Appointment.objects.values_list("commune__name", flat=True)) == {"Bingen am Rhein", "Ockenheim"}
    assert run("patrons", rows, programme, manager).counts["unchanged"] == 2


def test_the_end_of_an_appointment_is_shown_as_old_and_new(erika: Patron, programme: Programme, manager: User) -> None:
    sheet = preview("patrons", [[*HEADINGS, "Ernannt bis"], [*ERIKA, "30.06.2024"]], programme, manager)
    assert changes(sheet, 2) == {"Ernennung beendet am": ("", "30.06.2024")}


@pytest.mark.parametrize("name", ["Erika Mußter", "Mußter, Erika"])
def test_both_names_may_stand_in_one_cell(
    places: tuple[Commune, Commune], programme: Programme, manager: User, name: str
) -> None:
    run("patrons", [["Name", "Mail", "Ort"], [name, "e@example.org", "Ockenheim"]], programme, manager)
    patron = Patron.objects.get()
    assert (patron.first_name, patron.last_name, patron.status) == ("Erika", "Mußter", "confirmed")


def test_somebody_without_a_place_of_residence_lives_in_the_municipality_of_the_appointment(
    places: tuple[Commune, Commune], programme: Programme, manager: User
) -> None:
    rows: Rows = [["Name", "Mail", "Kommune"], ["Erika Muster", "e@example.org", "Ockenheim"]]
    run("patrons", rows, programme, manager)
    patron = Patron.objects.get()
    assert (patron.home, patron.matched_commune, patron.status) == (places[1], places[1], "matched")


def test_somebody_may_live_in_another_state(
    places: tuple[Commune, Commune], programme: Programme, manager: User
) -> None:
    abroad = factories.commune("Buxtehude", ags="03359010", state_id="DE-NI", district=None)
    run("patrons", [["Name", "Mail", "Wohnort"], ["Jan Muster", "j@example.org", "Buxtehude"]], programme, manager)
    assert Patron.objects.get().home == abroad


def test_what_is_missing_or_cannot_be_is_said(
    places: tuple[Commune, Commune], programme: Programme, manager: User
) -> None:
    headings = ["Name", "E-Mail", "Wohnort", "Gemeinde", "Ernannt am", "Ernannt bis", "Status"]
    rows: Rows = [
        ["Erika Muster", None, "Ockenheim"],
        ["Erika Muster", "erika@", "Ockenheim"],
        ["Erika Muster", "a@example.org", "Nirgendwo"],
        ["Erika Muster", "b@example.org", "Ockenheim", None, "1.1.2024"],
        ["Erika Muster", "c@example.org", "Ockenheim", "Ockenheim", "1.1.2024", "1.1.2023"],
        ["Erika Muster", "d@example.org", "Ockenheim", None, None, None, "aktiv"],
        ["Muster", "e@example.org", "Ockenheim"],
        ["Erika Muster 🌻", "f@example.org", "Ockenheim"],
    ]
    said = problems(preview("patrons", [headings, *rows], programme, manager))
    assert "E-Mail Das fehlt" in said[2]
    assert "keine E-Mail-Adresse" in said[3]
    assert "Nirgendwo" in said[4]
    assert "Eine Ernennung braucht ihre Kommune" in said[5]
    assert "Das Ende liegt vor dem Anfang" in said[6]
    assert "Wer im Amt ist" in said[7]
    assert "Vorname Das fehlt" in said[8]
    assert "🌻" in said[9]


def test_overlapping_appointments_are_refused(erika: Patron, programme: Programme, manager: User) -> None:
    Appointment.objects.update(ended_on=date(2024, 12, 31))
    overlap = [*ERIKA[:6], date(2024, 6, 1), "Arnold Müller"]
    assert "überschneidet sich" in problems(preview("patrons", [HEADINGS, overlap], programme, manager))[2]


def test_saying_goodbye_is_left_to_the_desk(erika: Patron, programme: Programme, manager: User) -> None:
    sheet = preview("patrons", [[*HEADINGS, "Status"], [*ERIKA, "verabschiedet"]], programme, manager)
    assert "Verabschieden Sie die Person" in problems(sheet)[2]


def test_an_appointment_moves_a_known_volunteer_step_by_step_into_office(
    places: tuple[Commune, Commune], programme: Programme, manager: User, agency: Agency
) -> None:
    known = factories.patron(agency, programme, places[0], email="erika@example.org")
    run("patrons", [HEADINGS, ERIKA], programme, manager)
    known.refresh_from_db()
    assert known.status == Patron.Status.APPOINTED
    assert list(known.transitions.order_by("pk").values_list("source", "target")) == [
        ("confirmed", "matched"),
        ("matched", "appointed"),
    ]


def test_a_patron_of_another_agency_with_the_same_address_stays_untouched(
    places: tuple[Commune, Commune], programme: Programme, manager: User, other_agency: Agency
) -> None:
    factories.patron(other_agency, programme, places[0], email="erika@example.org", first_name="Erna")
    assert run("patrons", [HEADINGS, ERIKA], programme, manager).counts["new"] == 1
    assert Patron.objects.get().first_name == "Erika"


def test_nothing_is_written_when_the_data_changed_after_the_preview(
    erika: Patron, programme: Programme, manager: User
) -> None:
    sheet = preview("patrons", [HEADINGS, [*ERIKA[:3], "06721 999999", *ERIKA[4:]]], programme, manager)
    erika.phone = "06721 888888"
    erika.save()
    with pytest.raises(services.PreviewOutdated, match="Vorschau unten ist neu"):
        services.confirm(sheet, by=manager)
    erika.refresh_from_db()
    sheet.refresh_from_db()
    assert erika.phone.as_e164 == "+496721888888"
    assert changes(sheet, 2) == {"Telefon": ("+49 6721 888888", "+49 6721 999999")}
    services.confirm(sheet, by=manager)
    erika.refresh_from_db()
    assert erika.phone.as_e164 == "+496721999999"


def test_the_number_of_queries_does_not_grow_with_the_rows(
    places: tuple[Commune, Commune], programme: Programme, manager: User
) -> None:
    def queries(first: int, last: int) -> int:
        rows = [[*ERIKA[:2], f"erika{number}@example.org", *ERIKA[3:]] for number in range(first, last)]
        with CaptureQueriesContext(connection) as captured:
            run("patrons", [HEADINGS, *rows], programme, manager)
        return len(captured)

    queries(0, 1)
    assert queries(1, 3) == queries(3, 30)
