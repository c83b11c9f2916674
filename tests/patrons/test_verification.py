"""The public page that verifies a certificate."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Programme
from klikks.tenancy import agency_context
from patrons.models import Appointment
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment(agency: Agency, programme: Programme) -> Appointment:
    """An appointment in force with a known code."""
    home = factories.commune("Ockenheim")
    patron = factories.patron(agency, programme, home, status="active", phone="+4967211234", motivation="Geheim.")
    return factories.appointment(
        agency, patron, factories.commune(), code="ABCDEFGH2345", place="Ratssaal", signed_by="Eva Beispiel"
    )


def test_the_code_discloses_validity_name_municipality_and_day_and_nothing_else(
    client: Client, appointment: Appointment
) -> None:
    with at_most(5):
        response = client.get(reverse("patrons:verify", args=["ABCDEFGH2345"]))
    page = response.content.decode()
    for shown in ["Diese Ernennung ist gültig", "Erika Muster", "Bingen am Rhein", "1. Juni 2023", "ABCD-EFGH-2345"]:
        assert shown in page
    for hidden in ["Ockenheim", appointment.patron.email, "6721", "Geheim", "Ratssaal", "Eva Beispiel", "rlp"]:
        assert hidden not in page
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("typed", ["abcd-efgh-2345", " ABCD EFGH 2345 ", "ABCD–EFGH–2345", "abcdefgh2345."])
def test_case_blanks_and_dashes_do_not_matter(client: Client, appointment: Appointment, typed: str) -> None:
    response = client.get(reverse("patrons:verify"), {"code": typed}, follow=True)
    assert response.redirect_chain[-1][0] == "/verify/ABCDEFGH2345/"
    assert "Erika Muster" in response.content.decode()


def test_an_ended_appointment_says_so(client: Client, agency: Agency, appointment: Appointment) -> None:
    with agency_context(agency):
        Appointment.objects.update(ended_on=date(2024, 1, 1))
    page = client.get(reverse("patrons:verify", args=["ABCDEFGH2345"])).content.decode()
    assert "Diese Ernennung ist beendet" in page


@pytest.mark.parametrize("code", ["ABCDEFGH2346", "x", "' OR 1=1 --", "%", "Ä" * 300])
def test_an_unknown_code_gets_clear_words(client: Client, appointment: Appointment, code: str) -> None:
    response = client.get(reverse("patrons:verify", args=[code]))
    assert response.status_code == 404
    assert "Unbekannter Code" in response.content.decode()
    assert "Erika" not in response.content.decode()


def test_an_empty_form_says_what_is_missing(client: Client) -> None:
    assert "Dieses Feld ist zwingend erforderlich" in client.get(reverse("patrons:verify") + "?code=").content.decode()


def test_guessing_codes_is_slowed_down(client: Client) -> None:
    answers = [client.get(reverse("patrons:verify", args=[f"X{number}"])).status_code for number in range(31)]
    assert answers[-2:] == [404, 429]


def test_raw_sql_cannot_list_the_names_behind_the_view(appointment: Appointment) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM patrons_verification")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'patrons_verification'")
        assert {row[0] for row in cursor.fetchall()} == {
            "code",
            "is_valid",
            "name",
            "municipality",
            "since",
            "is_revoked",
        }
