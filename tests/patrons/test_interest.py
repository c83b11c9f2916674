"""From the public form to a confirmed interest."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, State
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from patrons import services
from patrons.exceptions import NoProgramme
from patrons.models import Patron
from patrons.tasks import forget_unconfirmed
from tests import factories
from tests.humans import solved
from tests.queries import at_most

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(agency: Agency) -> dict[str, object]:
    """What somebody from Bingen types into the form."""
    factories.commune()
    return {
        "first_name": "Jörg",
        "last_name": "Müller-Lüdenscheidt",
        "email": "joerg@example.org",
        "phone": "06721 12345",
        "home": "Bingen am Rhein",
        "topics": ["energy"],
        "skills": ["craft", "words"],
        "may_be_introduced": "on",
        "hours_a_month": "6",
        "reach_km": "15",
        "motivation": "Mein Dach trägt schon Solarzellen.",
        "consent": "on",
        "website": "",
    }


def send(client: Client, filled: dict[str, object], **changes: object) -> object:
    return client.post(reverse("patrons:register"), {**filled, "proof": solved(), **changes})


def link_in(mail: OutboxMail) -> str:
    """Return the path of the confirmation link in a mail."""
    return re.search(r"http://[^/\s]+(/become-patron/confirm/\S+)", mail.text)[1]


def test_somebody_shows_interest_and_confirms_it_by_the_mailed_link(
    client: Client, agency: Agency, programme: Programme, filled: dict[str, object]
) -> None:
    response = send(client, filled)
    assert response.status_code == 302
    assert "Postfach" in client.get(response.url).content.decode()
    with agency_context(agency):
        patron = Patron.objects.get()
        mail = OutboxMail.objects.get()
    assert (patron.status, patron.programme, patron.topics) == (Patron.Status.INTERESTED, programme, ["energy"])
    assert (patron.skills, patron.hours_a_month, patron.reach_km) == (["craft", "words"], 6, 15)
    assert (patron.may_be_introduced, patron.wants_news) == (True, False)  # each purpose is agreed to on its own
    assert mail.recipient == "joerg@example.org"
    assert mail.subject_line.startswith("Bitte bestätigen Sie")
    assert "Bingen am Rhein" in mail.text

    page = client.get(link_in(mail))
    assert "Jörg Müller-Lüdenscheidt" in page.content.decode()
    with agency_context(agency):
        patron.refresh_from_db()
    assert patron.status == Patron.Status.INTERESTED  # a mail scanner's visit confirms nothing
    page = client.post(link_in(mail))
    assert agency.name in page.content.decode()
    with agency_context(agency):
        patron.refresh_from_db()
        assert patron.status == Patron.Status.CONFIRMED
        assert patron.transitions.get().by is None
    assert "schon bestätigt" in client.post(link_in(mail)).content.decode()


def test_the_form_is_as_forgiving_and_as_strict_as_that_of_municipalities(
    client: Client, agency: Agency, filled: dict[str, object]
) -> None:
    page = client.get(reverse("patrons:register")).content.decode()
    assert page.count("js/proof-of-work.js") == page.count("js/commune-picker.js") == 1
    assert 'data-autosave="patron-interest"' in page
    assert page.count("data-not-kept") >= 3
    assert "Meinen Sie eine von diesen?" in send(client, filled, home="Bigen am Rhein").content.decode()
    assert "sehr schnell" in send(client, filled, proof="").content.decode()
    assert send(client, filled, skills=["magic"]).status_code == 200
    with agency_context(agency):
        assert not Patron.objects.exists()


def test_links_that_are_old_cut_off_or_forged_say_what_to_do(
    client: Client, agency: Agency, filled: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, filled)
    with agency_context(agency):
        address = link_in(OutboxMail.objects.get())
    cut = client.get(address[:-6] + "/")
    assert cut.status_code == 404
    assert "nicht vollständig" in cut.content.decode()
    monkeypatch.setattr(services, "UNCONFIRMED_KEPT", timedelta(seconds=-1))
    old = client.post(address)
    assert old.status_code == 410
    assert "abgelaufen" in old.content.decode()


def test_the_same_address_twice_discloses_nothing_and_tells_only_its_owner(
    client: Client, agency: Agency, filled: dict[str, object]
) -> None:
    first = send(client, filled)
    send(client, filled, last_name="Müller", email="JOERG@example.org")
    with agency_context(agency):
        patron = Patron.objects.get()
        assert patron.last_name == "Müller"
        client.post(link_in(OutboxMail.objects.first()))
    third = send(client, filled, last_name="Fremd")
    assert (third.status_code, third.url) == (first.status_code, first.url)
    with agency_context(agency):
        assert Patron.objects.get().last_name == "Müller"
        assert OutboxMail.objects.first().template == "patron/known"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("Eva\u202eflow", "right-to-left override"),
        ("Eva 🌻", "🌻"),
        ("123", "Buchstaben"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused_with_the_reason_and_nothing_typed_is_lost(
    client: Client, agency: Agency, filled: dict[str, object], name: str, answer: str
) -> None:
    page = send(client, filled, first_name=name).content.decode()
    assert answer in page
    assert "Mein Dach trägt schon Solarzellen." in page
    assert 'value="Bingen am Rhein' in page
    with agency_context(agency):
        assert not Patron.objects.exists()


def test_names_of_the_world_pass_and_invisible_blanks_are_cleaned(
    client: Client, agency: Agency, filled: dict[str, object]
) -> None:
    send(client, filled, first_name="  Zoe\u0308\u200b  ", last_name="O’Brien-Şahin")
    with agency_context(agency):
        assert str(Patron.objects.get()) == "Zoë O’Brien-Şahin"


def test_without_consent_or_with_wrong_numbers_each_field_says_what_is_wrong(
    client: Client, filled: dict[str, object]
) -> None:
    page = send(client, filled, consent="", hours_a_month="900", email="joerg", phone="12").content.decode()
    assert "Ohne Ihre Einwilligung" in page
    assert "kleiner oder gleich 200" in page
    assert "Vorwahl" in page


def test_robots_are_thanked_and_forgotten(client: Client, agency: Agency, filled: dict[str, object]) -> None:
    assert send(client, filled, website="https://example.org").status_code == 302
    with agency_context(agency):
        assert not Patron.objects.exists()


def test_who_sends_the_form_too_often_is_asked_to_wait(client: Client, filled: dict[str, object]) -> None:
    for number in range(10):
        assert send(client, filled, email=f"person{number}@example.org").status_code == 302
    refused = send(client, filled, email="one.more@example.org")
    assert refused.status_code == 429
    assert "Mein Dach trägt" in refused.content.decode()


def test_a_state_without_a_programme_says_so_at_the_municipality(client: Client, filled: dict[str, object]) -> None:
    State.objects.create(code="DE-HE", key="06", name="Hessen")
    factories.commune("Kassel", ags="06611000", state_id="DE-HE")
    page = send(client, filled, home="Kassel").content.decode()
    assert "In Hessen gibt es zurzeit kein Programm" in page


def test_interest_goes_to_the_programme_with_an_open_window_and_otherwise_to_the_newest_running_one(
    agency: Agency, programme: Programme
) -> None:
    today = timezone.localdate()
    home = factories.commune()
    newer = factories.programme(starts_on=today - timedelta(days=20))
    with agency_context(agency):
        part = agency.participations.create(programme=newer)
    assert services.who_cares_for(home) == (agency, programme)
    with agency_context(agency):
        agency.windows.update(opens_on=today - timedelta(days=9), closes_on=today - timedelta(days=1))
    assert services.who_cares_for(home) == (agency, newer)
    with agency_context(agency):
        part.delete()
    Programme.objects.update(ends_on=today - timedelta(days=1))
    with pytest.raises(NoProgramme):
        services.who_cares_for(home)


def test_an_interest_nobody_confirms_is_forgotten_after_30_days_with_mail_and_history(
    client: Client, agency: Agency, programme: Programme, filled: dict[str, object]
) -> None:
    send(client, filled)
    confirmed = factories.patron(agency, programme, factories.commune())
    with agency_context(agency):
        Patron.objects.update(received_at=timezone.now() - timedelta(days=29))
    forget_unconfirmed()
    with agency_context(agency):
        assert Patron.objects.count() == 2
        Patron.objects.update(received_at=timezone.now() - timedelta(days=31))
    forget_unconfirmed()
    with agency_context(agency):
        assert Patron.objects.get() == confirmed
        history = Patron._meta.get_field("history").related_model
        assert set(history.objects.values_list("pgh_obj_id", flat=True)) == {confirmed.pk}
        assert not OutboxMail.objects.exists()


def test_the_pages_of_the_form_ask_the_database_at_most_five_times(client: Client, agency: Agency) -> None:
    with at_most(5):
        client.get(reverse("patrons:register"))
