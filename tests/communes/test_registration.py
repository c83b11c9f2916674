"""A municipality registers through the public form, whatever it types."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Participation, Programme, State
from communes.models import Commune, ParticipationWindow, Partnership, Registration
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from tests import factories
from tests.communes.conftest import errors_of, text_of
from tests.queries import at_most

pytestmark = pytest.mark.django_db

Send = Callable[..., object]


def count(agency: Agency) -> int:
    """Count the agency's registrations."""
    with agency_context(agency):
        return Registration.objects.count()


def close_window(agency: Agency, **dates: object) -> None:
    """Close the agency's participation window, or move it."""
    today = timezone.localdate()
    moved = {"opens_on": today - timedelta(days=60), "closes_on": today - timedelta(days=1), **dates}
    with agency_context(agency):
        ParticipationWindow.objects.filter(agency=agency).update(**moved)


def test_a_registration_goes_to_the_agency_of_the_state_and_a_mail_asks_to_confirm_it(
    client: Client, send: Send, agency: Agency, other_agency: Agency, programme: Programme, town: Commune
) -> None:
    page = client.get(reverse("communes:register"))
    assert "Rheinland-Pfalz: KlikKS, bis" in text_of(page)
    response = send()
    with agency_context(agency):
        registration, mail = Registration.objects.get(), OutboxMail.objects.get()
    assert count(other_agency) == 0
    assert (registration.commune, registration.programme) == (town, programme)
    assert registration.status == Registration.Status.INTERESTED
    assert (registration.contact_name, registration.phone.as_e164) == ("Petra Müller-Lüdenscheidt", "+49672112345")
    assert (mail.recipient, mail.language) == ("rathaus@example.org", "de")
    assert mail.subject_line == "Bitte bestätigen Sie die Anmeldung von Bingen am Rhein"
    assert "rathaus@example.org" in text_of(client.get(response.url))
    assert "rathaus@example.org" not in text_of(client.get(reverse("communes:thanks")))


def test_who_registers_in_english_gets_the_mail_in_english(client: Client, send: Send, agency: Agency) -> None:
    client.cookies["django_language"] = "en"
    send()
    with agency_context(agency):
        assert OutboxMail.objects.get().subject_line == "Please confirm the registration of Bingen am Rhein"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"commune": ""}, "Kommune: Dieses Feld ist zwingend erforderlich"),
        ({"commune": "Nirgendwohausen"}, "keine Kommune „Nirgendwohausen“"),
        ({"contact_name": "  "}, "Ihr Name: Dieses Feld ist zwingend erforderlich"),
        ({"contact_name": "12345"}, "Bitte schreiben Sie den Namen mit Buchstaben"),
        ({"contact_name": "x" * 121}, "höchstens 120 Zeichen"),
        ({"email": "rathaus@"}, "E-Mail: Bitte gültige E-Mail-Adresse eingeben"),
        ({"phone": "abc"}, "Telefonnummer mit Vorwahl"),
        ({"message": "x" * 4001}, "höchstens 4000"),
        ({"consent": ""}, "Ohne Ihre Einwilligung"),
    ],
)
def test_wrong_input_is_named_and_what_was_typed_stays(
    send: Send, agency: Agency, changes: dict[str, str], words: str
) -> None:
    response = send(**changes)
    assert words in errors_of(response)
    kept = {"commune": "Bingen am Rhein", "contact_name": "Petra Müller-Lüdenscheidt", "email": "rathaus@example.org"}
    for name, value in {**kept, **changes}.items():
        if name in kept and value.strip():
            assert f'value="{value}"' in response.content.decode()
    assert "Wir möchten mitmachen." in response.content.decode() or "message" in changes
    assert count(agency) == 0


def test_an_ambiguous_name_is_asked_about_and_the_choice_counts_without_javascript(
    send: Send, agency: Agency, town: Commune
) -> None:
    other = factories.commune("Bingen", population=2_700)
    response = send(commune="Bingen")
    assert "„Bingen“ ist nicht eindeutig" in errors_of(response)
    assert f'value="{other.pk}"' in response.content.decode()
    choice = {"commune": "Bingen", "commune_asked": "Bingen", "commune_choice": str(town.pk)}
    assert send(**{**choice, "commune": "Bingen am Rhien"}).status_code == 200  # typed something else afterwards
    assert send(**choice).status_code == 302
    with agency_context(agency):
        assert Registration.objects.get().commune == town


def test_a_typing_error_is_answered_with_suggestions(send: Send, town: Commune) -> None:
    response = send(commune="Bigen am Rhein")
    assert "Meinen Sie eine von diesen?" in errors_of(response)
    assert f'value="{town.pk}" id="id_commune_choice_1" checked' in response.content.decode()


def test_the_municipality_picked_from_the_list_counts_unless_the_text_was_changed_afterwards(
    send: Send, agency: Agency, town: Commune
) -> None:
    other = factories.commune("Bingen", population=2_700)
    assert "nicht eindeutig" in errors_of(send(commune="Bingen", commune_id=str(town.pk)))
    for forged in ["999999999", "abc", "-1", "9" * 40]:
        assert "nicht eindeutig" in errors_of(send(commune="Bingen", commune_id=forged))
    assert send(commune="Bingen, Mainz-Bingen", commune_id=str(other.pk)).status_code == 302
    with agency_context(agency):
        assert Registration.objects.get().commune == other


def test_an_area_without_inhabitants_cannot_register(send: Send, agency: Agency) -> None:
    factories.commune("Baumholder, gemfr. Gebiet", population=0)
    assert "„Baumholder“ ist ein Gebiet ohne Einwohner:innen" in errors_of(send(commune="Baumholder"))
    assert count(agency) == 0


def test_a_dissolved_municipality_is_not_found_and_its_key_means_its_successor(
    send: Send, agency: Agency, town: Commune
) -> None:
    old = factories.commune("Gaulsheim", "07339888", dissolved_on=timezone.localdate(), successor=town)
    assert "keine Kommune „Gaulsheim“" in errors_of(send(commune="Gaulsheim"))
    assert "keine eigene Kommune mehr" in errors_of(send(commune="Gaulsheim", commune_id=str(old.pk)))
    assert send(commune="07339888").status_code == 302
    with agency_context(agency):
        assert Registration.objects.get().commune == town


def test_a_state_without_a_programme_says_so(send: Send, agency: Agency, programme: Programme) -> None:
    State.objects.create(code="DE-BY", key="09", name="Bayern")
    factories.commune("Passau, Stadt", "09262000", state_id="DE-BY")
    assert "In Bayern gibt es zurzeit kein Programm" in errors_of(send(commune="Passau"))
    elsewhere = Programme.objects.create(
        slug="elsewhere", name="Anderswo", starts_on=programme.starts_on, ends_on=programme.ends_on
    )
    address = reverse("communes:register", args=[elsewhere.slug])
    assert "„Anderswo“ wird in Rheinland-Pfalz nicht angeboten" in errors_of(send(address))
    assert send(reverse("communes:register", args=["unbekannt"])).status_code == 404
    assert send(reverse("communes:register", args=[programme.slug])).status_code == 302


def test_where_several_programmes_are_open_the_municipality_chooses(
    client: Client, send: Send, agency: Agency, programme: Programme
) -> None:
    second = factories.programme(name="Klima vor Ort")
    today = timezone.localdate()
    with agency_context(agency):
        Participation.objects.create(agency=agency, programme=second)
        ParticipationWindow.objects.create(agency=agency, programme=second, opens_on=today, closes_on=today)
    assert 'name="programme"' not in client.get(reverse("communes:register")).content.decode()
    response = send()
    assert "In Ihrem Land sind mehrere Programme offen" in errors_of(response)
    assert "Klima vor Ort" in response.content.decode()
    foreign = factories.programme(name="Fremd")
    assert send(programme=str(foreign.pk)).status_code == 200
    assert send(programme=str(second.pk)).status_code == 302
    with agency_context(agency):
        assert Registration.objects.get().programme == second


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({}, "endete am"),
        (
            {
                "opens_on": timezone.localdate() + timedelta(days=5),
                "closes_on": timezone.localdate() + timedelta(days=9),
            },
            "beginnt am",
        ),
    ],
)
def test_without_an_open_window_the_form_says_so_and_offers_the_waiting_list(
    client: Client, send: Send, agency: Agency, dates: dict[str, object], words: str
) -> None:
    close_window(agency, **dates)
    assert "zurzeit überall geschlossen" in text_of(client.get(reverse("communes:register")))
    response = send()
    assert words in errors_of(response)
    assert "Sie können auf die Warteliste" in errors_of(response)
    assert count(agency) == 0
    assert send(waiting_list="on").status_code == 302
    assert count(agency) == 1


def test_a_running_programme_without_any_window_has_a_waiting_list_too(send: Send, agency: Agency) -> None:
    factories.programme()
    close_window(agency)
    with agency_context(agency):
        ParticipationWindow.objects.all().delete()
    assert "ist zurzeit nicht geöffnet" in errors_of(send())


def test_a_stranger_learns_nothing_about_partners_and_running_registrations(
    send: Send, agency: Agency, programme: Programme, town: Commune
) -> None:
    fresh = factories.commune("Ingelheim am Rhein, Stadt")
    factories.partnership(agency, programme, town, status=Partnership.Status.OFFICIAL)
    answers = [send(commune=str(place), email=f"a{place.pk}@example.org") for place in (town, fresh)]
    assert [answer.status_code for answer in answers] == [302, 302]
    with agency_context(agency):
        texts = [mail.text.replace("Ingelheim", "Bingen") for mail in OutboxMail.objects.order_by("pk")]
    assert texts[0].split("http")[0] == texts[1].split("http")[0]


def test_a_robot_that_fills_in_the_trap_is_thanked_and_forgotten(client: Client, send: Send, agency: Agency) -> None:
    response = send(website="https://spam.example.org")
    assert "Postfach" in text_of(client.get(response.url))
    assert count(agency) == 0


def test_an_address_is_not_flooded_with_mails(send: Send, agency: Agency) -> None:
    for _number in range(4):
        assert send().status_code == 302
    response = send(email="Rathaus@example.org")
    assert response.status_code == 429
    assert "mehrere E-Mails an diese Adresse" in errors_of(response)
    assert count(agency) == 4


def test_a_visitor_who_sends_very_often_is_asked_to_wait_and_loses_nothing(send: Send, agency: Agency) -> None:
    for number in range(10):
        assert send(email=f"r{number}@example.org").status_code == 302
    response = send(email="r10@example.org")
    assert response.status_code == 429
    assert "sehr oft abgeschickt" in errors_of(response)
    assert 'value="r10@example.org"' in response.content.decode()


def test_the_form_asks_the_database_seldom(client: Client, agency: Agency, send: Send) -> None:
    client.get(reverse("communes:register"))
    with at_most(3):
        client.get(reverse("communes:register"))
    for number in range(12):
        factories.commune(f"Neustadt {number}")
    with at_most(5):
        send(commune="Neustadt")
