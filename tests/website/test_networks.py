"""A network of twinned towns: its public page in several languages, ideas of citizens, and places no register holds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import trans_real

from agencies.models import Agency, Programme
from agencies.models.accounts import Role
from communes.models import Commune, Twinning
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from projects.models import Idea, Project, ProjectPartner
from tests import factories
from tests.humans import solved
from tests.queries import at_most
from trainings.models import TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db

IDEA = {
    "title": "Mit dem Rad zur Partnerstadt",
    "text": "Eine Radtour für alle.",
    "author": "Rui Santos",
    "email": "rui@example.org",
    "consent": "on",
}


@pytest.fixture
def network(agency: Agency, programme: Programme) -> Programme:
    """A network of three towns in two countries, with conferences and a joint project."""
    programme.kind, programme.name, programme.name_en = Programme.Kind.TWINNING, "KlimaPartnerschaft", "Climate towns"
    programme.save()
    towns = [factories.commune("Rheine"), *(_abroad(name) for name in ("Leiria", "Marinha Grande"))]
    now = timezone.now()
    with agency_context(agency):
        series = TrainingSeries.objects.create(agency=agency, programme=programme, title="K", audience="conference")
        for number, town in enumerate(towns):
            host = Twinning.objects.create(agency=agency, programme=programme, commune=town, topic_id="energy")
            if number < 2:
                TrainingSession.objects.create(
                    agency=agency,
                    series=series,
                    starts_at=now + timedelta(days=number),
                    ends_at=now + timedelta(days=number, hours=5),
                    host=host,
                    excursion="Zum Küstenwald",
                    excursion_en="To the coastal forest",
                )
        project = factories.project(agency, programme, towns[0], title="Schulwettbewerb")
        Project.objects.update(public_summary="Klassen sparen Strom.", released_at=now)
        ProjectPartner.objects.create(project=project, commune=towns[1])
        factories.project(agency, programme, towns[0], title="Noch geheim")
    return programme


def _abroad(name: str) -> Commune:
    return Commune.objects.create(official_name=name, country="PT", kind=Commune.Kind.ABROAD, population=1000)


def page(client: Client, network: Programme, language: str = "") -> str:
    """Return the network's public page, without needless blanks."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language if language in {"de", "en"} else "de"
    name, further = ("network", {}) if language in {"", "de", "en"} else ("network_in", {"language": language})
    response = client.get(reverse(f"website:{name}", kwargs={"slug": network.slug, **further}))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_networks_page_shows_towns_conferences_and_joint_projects_in_german_and_english(
    client: Client, network: Programme
) -> None:
    with at_most(5):
        german = page(client, network, "de")
    for words in ["Rheine", "Leiria", "Portugal", "Energie", "Zum Küstenwald", "Schulwettbewerb", "KlimaPartnerschaft"]:
        assert words in german
    assert "Noch geheim" not in german
    english = page(client, network, "en")
    for words in ["Climate towns", "Germany", "Energy", "To the coastal forest", "Joint projects"]:
        assert words in english
    assert reverse("website:network", args=[network.slug]) in client.get("/").content.decode()


@pytest.mark.parametrize(("language", "words"), [("pt", "Alemanha, Portugal"), ("lt", "Vokietija")])
def test_a_further_language_needs_only_a_catalogue_and_leaves_no_text_of_the_page_untranslated(
    client: Client, network: Programme, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    catalogue = trans_real.translation(language)
    own = set(catalogue._catalog.keys())  # without the German ones, to which the library falls back
    asked: set[str] = set()
    gettext = catalogue.gettext
    monkeypatch.setattr(catalogue, "gettext", lambda text: asked.add(text) or gettext(text))
    shown = page(client, network, language)
    assert f'<html lang="{language}">' in shown
    assert words in shown
    assert len(asked) > 20
    assert asked - own == set()
    assert translation.get_language() == "de"


def test_an_unknown_language_or_programme_of_another_kind_has_no_page(client: Client, network: Programme) -> None:
    assert client.get(f"/networks/{network.slug}/xx/").status_code == 404
    other = factories.programme()
    assert client.get(f"/networks/{other.slug}/").status_code == 404
    assert client.get(f"/networks/{other.slug}/idea/").status_code == 404


def test_a_citizens_idea_is_read_by_the_coordinating_office_before_all_can_read_it(
    client: Client, agency: Agency, network: Programme, as_role: Callable[..., Client]
) -> None:
    answer = client.post(
        reverse("projects:send_to_network", args=[network.slug]), IDEA | {"proof": solved()}, follow=True
    )
    assert "Vielen Dank" in answer.content.decode()
    assert "Rui Santos" not in page(client, network)
    with agency_context(agency):
        idea = Idea.objects.get()
    staff = as_role(Role.REGIONAL_MANAGER)
    address = reverse("admin:projects_idea_release", args=[idea.pk])
    assert IDEA["text"] in staff.get(address).content.decode()
    staff.post(address)
    shown = page(client, network)
    assert IDEA["title"] in shown
    assert "Rui Santos" not in shown  # the name was not agreed to
    assert "rui@example.org" not in shown
    staff.post(reverse("admin:projects_idea_decline", args=[idea.pk]), {"reason": "Gibt es schon."})
    assert IDEA["title"] not in page(client, network)
    with agency_context(agency):
        mails = list(OutboxMail.objects.order_by("pk").values_list("recipient", "text"))
    assert [recipient for recipient, _text in mails] == ["rui@example.org"] * 3
    assert "Gibt es schon." in mails[2][1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"consent": ""}, "Ohne Ihre Einwilligung"),
        ({"author": "www.example.org"}, "ohne Internetadresse"),
        ({"title": "Rad \u202e los"}, "right-to-left override"),
        ({"email": "rui@"}, "gültige E-Mail-Adresse"),
        ({"proof": ""}, "sehr schnell"),
    ],
)
def test_a_slip_in_an_idea_is_explained_and_nothing_typed_is_lost(
    client: Client, agency: Agency, network: Programme, change: dict[str, str], words: str
) -> None:
    sent = {**IDEA, "proof": solved(), **change}
    answer = client.post(reverse("projects:send_to_network", args=[network.slug]), sent).content.decode()
    assert words in answer
    assert IDEA["text"] in answer
    with agency_context(agency):
        assert not Idea.objects.exists()


def test_a_robot_that_fills_in_the_trap_is_thanked_and_ignored(
    client: Client, agency: Agency, network: Programme
) -> None:
    address = reverse("projects:send_to_network", args=[network.slug])
    assert client.post(address, IDEA | {"website": "https://spam.example"}).status_code == 302
    with agency_context(agency):
        assert not Idea.objects.exists()


def add_place(client: Client, **fields: Any) -> str:
    """Add a place on the desk; return the errors shown, or nothing."""
    response = client.post(reverse("admin:communes_commune_add"), {"population": "900", "country": "DE", **fields})
    return "" if response.status_code == 302 else response.content.decode()


def test_an_agency_adds_its_urban_quarters_and_towns_abroad_which_no_register_holds(
    agency: Agency, as_role: Callable[..., Client]
) -> None:
    city, elsewhere = factories.commune("Mainz"), factories.commune("Celle")
    Commune.objects.filter(pk=city.pk).update(state="DE-RP", latitude=50.0, longitude=8.27)
    Commune.objects.filter(pk=elsewhere.pk).update(state="DE-NI")
    admin = as_role(Role.AGENCY_ADMIN)
    quarter: dict[str, Any] = {"kind": "q", "official_name": "Gonsenheim", "parent": city.pk}
    assert add_place(admin, **quarter) == ""
    made = Commune.objects.get(official_name="Gonsenheim")
    assert (made.state_id, made.latitude, made.search_name) == ("DE-RP", 50.0, "gonsenheim")
    assert "gibt es schon" in add_place(admin, **quarter)
    assert "eigenen Landes" in add_place(admin, **quarter | {"official_name": "Altstadt", "parent": elsewhere.pk})
    assert "Gemeinde, zu der" in add_place(admin, kind="q", official_name="Altstadt")
    assert "anderen Staat" in add_place(admin, kind="x", official_name="Trakai")
    assert add_place(admin, kind="x", official_name="Trakai", country="LT") == ""
    assert as_role(Role.REGIONAL_MANAGER).get(reverse("admin:communes_commune_add")).status_code == 403
