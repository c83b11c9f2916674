"""One page for each agency and programme: open, closed, coming or full, and within the agency's own website."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme
from communes.models import Commune, ParticipationWindow, Registration
from klikks.framing import origin_of
from klikks.tenancy import agency_context
from tests import factories
from tests.communes.conftest import errors_of, text_of
from tests.humans import solved
from tests.queries import at_most

pytestmark = pytest.mark.django_db

Send = Callable[..., object]


def page_of(agency: Agency, programme: Programme, name: str = "window") -> str:
    """Return the address of an agency's page."""
    return reverse(f"communes:{name}", args=[programme.slug, agency.slug])


def change_window(agency: Agency, **values: object) -> None:
    """Change the agency's participation window."""
    with agency_context(agency):
        ParticipationWindow.objects.filter(agency=agency).update(**values)


def test_the_page_says_until_when_registration_is_open_and_takes_the_registration(
    client: Client, send: Send, agency: Agency, programme: Programme
) -> None:
    address = page_of(agency, programme)
    assert address == f"/register/{programme.slug}/rlp/"
    with at_most(5):
        page = client.get(address)
    assert "Die Anmeldung ist bis" in text_of(page)
    assert "für Kommunen in Rheinland-Pfalz" in text_of(page)
    assert page["Content-Security-Policy"].count("frame-ancestors 'none'") == 1
    assert send(address).status_code == 302
    for unknown in [page_of(agency, programme).replace("rlp", "xyz"), "/register/unbekannt/rlp/"]:
        assert client.get(unknown).status_code == 404
    elsewhere = factories.programme()
    assert client.get(page_of(agency, elsewhere)).status_code == 404


def test_a_closed_or_coming_window_says_when_and_offers_the_waiting_list_before_anything_is_typed(
    client: Client, send: Send, agency: Agency, programme: Programme
) -> None:
    today, address = timezone.localdate(), page_of(agency, programme)
    for dates, words in [((-9, -1), "endete am"), ((5, 9), "beginnt am")]:
        opens_on, closes_on = (today + timedelta(days=days) for days in dates)
        change_window(agency, opens_on=opens_on, closes_on=closes_on)
        page = client.get(address)
        assert words in text_of(page)
        assert 'name="waiting_list"' in page.content.decode()
    assert "Sie können auf die Warteliste" in errors_of(send(address))
    assert send(address, waiting_list="on").status_code == 302


def test_when_all_places_are_taken_the_next_one_waits_also_if_it_was_sent_before(
    client: Client, registered: Callable[..., tuple[Registration, str]], agency: Agency, programme: Programme
) -> None:
    change_window(agency, places=1)
    other = factories.commune("Ingelheim am Rhein, Stadt")
    first, first_link = registered()
    second, second_link = registered(commune="Ingelheim am Rhein", email="zweite@example.org")
    assert "Die Anmeldung ist bis" in text_of(client.get(page_of(agency, programme)))
    client.post(first_link)
    page = client.get(page_of(agency, programme))
    assert "sind zurzeit vergeben" in text_of(page)
    assert "Sie stehen auf der Warteliste" in text_of(client.post(second_link, follow=True))
    with agency_context(agency):
        first.refresh_from_db()
        second.refresh_from_db()
    assert (first.status, second.status) == (Registration.Status.CONFIRMED, Registration.Status.WAITING_LIST)
    assert second.commune == other
    client.cookies["django_language"] = "en"
    assert "are taken at present" in text_of(client.get(page_of(agency, programme)))


def test_a_municipality_of_another_state_is_told_so_and_led_to_the_right_agency(
    client: Client, send: Send, agency: Agency, other_agency: Agency, programme: Programme, town: Commune
) -> None:
    leer = factories.commune("Leer (Ostfriesland), Stadt", "03457013", state_id="DE-NI")
    page = send(page_of(agency, programme), commune="03457013")
    assert "liegt in Niedersachsen. Bitte melden Sie sich dort an: Energieagentur Niedersachsen" in errors_of(page)
    there = f"{page_of(other_agency, programme)}?commune={leer.pk}"
    assert f'href="{there}"' in page.content.decode()
    assert 'value="Leer (Ostfriesland), Niedersachsen"' in client.get(there).content.decode()
    for nonsense in ["x", "9" * 40, "-1", "999999"]:
        assert client.get(f"{page_of(other_agency, programme)}?commune={nonsense}").status_code == 200
    abroad = factories.commune("Leiria", None, state_id=None, country="PT", district=None)
    assert "gibt es zurzeit kein Programm" in errors_of(send(page_of(agency, programme), commune=str(abroad)))
    with agency_context(agency):
        assert not Registration.objects.exists()


def test_the_form_stands_in_a_frame_of_the_agencys_own_website_and_of_no_other(
    send: Send, filled: dict[str, str], agency: Agency, programme: Programme
) -> None:
    address, strict = page_of(agency, programme, "embedded_window"), Client(enforce_csrf_checks=True)
    page = strict.get(address)
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    with agency_context(agency):
        agency.website = "https://www.energieagentur.example.org/start?x=1"
        agency.save()
    for method in (strict.get, strict.post):
        page = method(address)
        assert "frame-ancestors https://www.energieagentur.example.org;" in page["Content-Security-Policy"] + ";"
        assert "script-src" not in page["Content-Security-Policy"]  # as strict as everywhere: default-src 'self'
        assert "X-Frame-Options" not in page
    assert "site-header" not in page.content.decode()
    sent = strict.post(address, {**filled, "proof": solved()})  # without a cookie, which browsers keep from frames
    assert sent.status_code == 302
    thanks = strict.get(sent.url)
    assert "rathaus@example.org" in text_of(thanks)
    assert "frame-ancestors https://www.energieagentur.example.org" in thanks["Content-Security-Policy"]
    assert "'none'" in strict.get(page_of(agency, programme))["Content-Security-Policy"].split("frame-ancestors")[1]


def test_only_web_addresses_become_a_frame_ancestor() -> None:
    assert origin_of("https://a.example:8443/x") == "https://a.example:8443"
    for wrong in ["", "javascript:alert(1)", "https://", "https://a@b.example", "https://a.example; script-src *", "x"]:
        assert origin_of(wrong) == "", wrong


def test_staff_find_the_address_and_the_line_for_their_website_at_the_window(
    desk: Client, agency: Agency, programme: Programme
) -> None:
    window = ParticipationWindow.objects.get(agency=agency)
    address = reverse("admin:communes_participationwindow_change", args=[window.pk])
    assert "zuerst die Website" in text_of(desk.get(address))
    with agency_context(agency):
        agency.website = "https://www.energieagentur.example.org/"
        agency.save()
    page = desk.get(address).content.decode()
    assert page_of(agency, programme) in page
    assert f"{page_of(agency, programme, 'embedded_window')}&quot;" in page
    assert "&lt;iframe src=" in page
