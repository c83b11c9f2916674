"""The public forms keep robots out without asking anybody else, and let people in whatever their browser can do."""

from collections.abc import Callable

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from communes.models import Registration
from klikks import humans
from klikks.tenancy import agency_context
from tests.communes.conftest import errors_of
from tests.humans import solved

pytestmark = pytest.mark.django_db

Send = Callable[..., object]


def seen(seconds_ago: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what a form carries that was shown some time ago."""
    with monkeypatch.context() as patched:
        moment = humans.time.time() - seconds_ago
        patched.setattr("klikks.humans.time.time", lambda: moment)
        return signing.dumps(int(moment), salt=humans.SEEN)


def test_a_solved_puzzle_counts_once_and_only_if_it_is_ours(client: Client, send: Send, agency: Agency) -> None:
    puzzle = client.get(reverse("website:proof_of_work"))
    assert puzzle.json().keys() == {"algorithm", "challenge", "maxNumber", "salt", "signature"}
    assert "no-store" in puzzle["Cache-Control"]
    proof = solved(hardest=50)
    assert send(proof=proof).status_code == 302
    for wrong in [proof, "x", "bm90IGpzb24=", "e30=", solved()[:-8] + "AAAAAAA="]:
        page = send(proof=wrong)
        assert "Es ist zu viel Zeit vergangen" in errors_of(page), wrong
        assert 'value="rathaus@example.org"' in page.content.decode()
    with agency_context(agency):
        assert Registration.objects.count() == 1


def test_without_javascript_the_form_must_have_been_open_for_a_moment_and_is_taken_three_times_an_hour(
    client: Client, send: Send, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = client.get(reverse("communes:register"))
    assert 'name="seen"' in shown.content.decode()
    assert shown.content.decode().count("js/proof-of-work.js") == 1
    for moment in [seen(1, monkeypatch), "", "forged", signing.dumps(1, salt="klikks.other")]:
        assert "Das ging sehr schnell" in errors_of(send(proof="", seen=moment))
    good = seen(10, monkeypatch)
    for number in range(3):
        assert send(proof="", seen=good, email=f"r{number}@example.org").status_code == 302
    page = send(proof="", seen=good, email="r3@example.org")
    assert (page.status_code, "sehr oft abgeschickt" in errors_of(page)) == (429, True)
    assert send(email="r3@example.org").status_code == 302  # with the puzzle more is possible


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contact_name": "Petra 🌻 Müller"}, "es lässt sich nicht drucken: 🌻"),
        ({"contact_name": "Petra \u202eoreM"}, "right-to-left override"),
        ({"contact_function": "Amt \u2067x"}, "right-to-left isolate"),
        ({"email": "rathaus@"}, "E-Mail"),
        ({"email": "rathaus@ex ample.org"}, "E-Mail"),
    ],
)
def test_signs_that_cannot_be_printed_are_refused_in_clear_words(
    send: Send, changes: dict[str, str], words: str
) -> None:
    assert words in errors_of(send(**changes))


@pytest.mark.parametrize(
    "email", ["petra+klikks@example.org", "rathaus@bücher.example.org", "rathaus@xn--bcher-kva.example.org"]
)
def test_addresses_with_a_plus_and_with_umlauts_in_the_domain_get_their_mail(
    registered: Callable[..., tuple[Registration, str]], client: Client, email: str
) -> None:
    registration, link = registered(email=email)
    assert registration.email == email
    assert email in client.get(link).content.decode()


def test_who_writes_about_a_known_municipality_is_kept_with_the_running_case(
    registered: Callable[..., tuple[Registration, str]], client: Client, desk: Client
) -> None:
    first, first_link = registered(email="erste@example.org")
    second, second_link = registered(
        email="zweite@example.org", contact_name="Zora Zweite", contact_function="Ortsvorsteherin"
    )
    client.post(first_link)
    client.post(second_link)
    page = desk.get(reverse("admin:communes_registration_change", args=[first.pk])).content.decode()
    assert "Zora Zweite" in page
    assert reverse("admin:communes_registration_change", args=[second.pk]) in page
    contacts = desk.get(reverse("admin:communes_contact_changelist")).content.decode()
    assert "Zora Zweite" in contacts
