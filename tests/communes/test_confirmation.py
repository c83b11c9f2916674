"""The mailed link confirms a registration once, and only when somebody presses the button."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme
from communes.models import Commune, ParticipationWindow, Partnership, Registration
from communes.tasks import forget_unconfirmed
from deadlines.models import OutboxMail
from klikks import links
from klikks.tenancy import agency_context
from tests import factories
from tests.communes.conftest import text_of

pytestmark = pytest.mark.django_db

Status = Registration.Status
Register = Callable[..., tuple[Registration, str]]


def status_of(agency: Agency, registration: Registration) -> str:
    """Return the registration's status now."""
    with agency_context(agency):
        return Registration.objects.get(pk=registration.pk).status


def mails_to(agency: Agency, address: str) -> list[str]:
    """Return the subjects of the mails to an address."""
    with agency_context(agency):
        return list(OutboxMail.objects.filter(recipient=address).order_by("pk").values_list("subject_line", flat=True))


def test_looking_at_the_link_confirms_nothing_and_the_button_does_once(
    client: Client, registered: Register, agency: Agency
) -> None:
    registration, link = registered()
    page = client.get(link)
    assert "Petra Müller-Lüdenscheidt" in text_of(page)
    assert (page["X-Robots-Tag"], "no-store" in page["Cache-Control"]) == ("noindex", True)
    client.head(link)
    assert status_of(agency, registration) == Status.INTERESTED

    page = client.post(link, follow=True)
    assert "Vielen Dank, das ist bestätigt" in text_of(page)
    assert status_of(agency, registration) == Status.CONFIRMED
    assert mails_to(agency, agency.email) == ["Bingen am Rhein: neue Anmeldung"]
    assert mails_to(agency, "rathaus@example.org")[-1] == "Die Anmeldung von Bingen am Rhein ist angekommen"
    for colleague in (Client().get, Client().post):
        again = colleague(link, follow=True)
        assert (again.status_code, text_of(again)) == (200, text_of(page))
    assert len(mails_to(agency, agency.email)) == 1
    with agency_context(agency):
        mail = OutboxMail.objects.get(recipient=agency.email)
        assert reverse("admin:communes_registration_change", args=[registration.pk]) in mail.text
        assert [move.target for move in registration.transitions.all()] == [Status.CONFIRMED]


def test_links_that_are_old_cut_off_or_forged_say_what_to_do(
    client: Client, registered: Register, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration, link = registered()
    other_purpose = links.sign("patron-interest", agency.pk, registration.pk)
    for broken in [link[:-5] + "/", link.replace("W", "V", 1), reverse("communes:confirm", args=[other_purpose])]:
        for method in (client.get, client.post):
            page = method(broken)
            assert (page.status_code, "nicht vollständig" in text_of(page)) == (400, True)
    assert status_of(agency, registration) == Status.INTERESTED
    later = (timezone.now() + timedelta(days=31)).timestamp()
    with monkeypatch.context() as patched:
        patched.setattr("django.core.signing.time.time", lambda: later)
        page = client.post(link)
    assert (page.status_code, "abgelaufen" in text_of(page)) == (410, True)
    with agency_context(agency):
        registration.delete()
    assert client.get(link).status_code == 410


def test_after_the_window_a_registration_goes_onto_the_waiting_list(
    client: Client, registered: Register, agency: Agency
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    with agency_context(agency):
        ParticipationWindow.objects.update(closes_on=yesterday)
    registration, link = registered(waiting_list="on")
    assert "Ja, auf die Warteliste" in text_of(client.get(link))
    assert "Sie stehen auf der Warteliste" in text_of(client.post(link, follow=True))
    assert status_of(agency, registration) == Status.WAITING_LIST
    assert mails_to(agency, agency.email) == ["Bingen am Rhein: neu auf der Warteliste"]


def test_a_registration_of_the_last_day_counts_even_if_it_is_confirmed_later(
    client: Client, registered: Register, agency: Agency
) -> None:
    registration, link = registered()
    with agency_context(agency):
        ParticipationWindow.objects.update(closes_on=timezone.localdate() - timedelta(days=1))
        Registration.objects.update(received_at=timezone.now() - timedelta(days=1))
    client.post(link)
    assert status_of(agency, registration) == Status.CONFIRMED


@pytest.mark.parametrize("known", ["partner", "registration"])
def test_further_interest_is_told_to_staff_only(
    client: Client, registered: Register, agency: Agency, programme: Programme, town: Commune, known: str
) -> None:
    if known == "partner":
        factories.partnership(agency, programme, town, status=Partnership.Status.OFFICIAL)
    else:
        factories.registration(agency, programme, town)
    registration, link = registered()
    page = client.post(link, follow=True)
    assert "Vielen Dank, das ist bestätigt" in text_of(page)
    assert "Partnerkommune" not in text_of(page).replace("Sie sind offizielle Partnerkommune", "")
    assert status_of(agency, registration) == Status.SECOND
    assert mails_to(agency, agency.email) == ["Bingen am Rhein: weitere Anmeldung"]


def test_who_sends_the_form_twice_and_confirms_both_has_one_registration(
    client: Client, registered: Register, agency: Agency
) -> None:
    first, first_link = registered()
    second, second_link = registered(email="RATHAUS@example.org")
    client.post(first_link)
    assert "das ist bestätigt" in text_of(client.post(second_link, follow=True))
    assert (status_of(agency, first), status_of(agency, second)) == (Status.CONFIRMED, Status.WITHDRAWN)
    assert len(mails_to(agency, agency.email)) == 1


def test_what_nobody_confirms_within_30_days_is_forgotten_with_its_traces(
    client: Client, registered: Register, agency: Agency, other_agency: Agency
) -> None:
    forgotten, link = registered(email="alt@example.org")
    kept, kept_link = registered(email="neu@example.org")
    client.post(kept_link)
    with agency_context(agency):
        Registration.objects.update(received_at=timezone.now() - timedelta(days=31))
    forget_unconfirmed()
    forget_unconfirmed()
    with agency_context(agency):
        assert list(Registration.objects.all()) == [kept]
        history = Registration._meta.get_field("history").related_model
        assert not history.objects.filter(pgh_obj_id=forgotten.pk).exists()
        assert history.objects.filter(pgh_obj_id=kept.pk).exists()
    assert mails_to(agency, "alt@example.org") == []
    assert client.get(link).status_code == 410
