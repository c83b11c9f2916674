"""What is shown as similar while somebody types an idea: by forms of words, umlauts and slips; only what is public."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme
from communes.models import Commune
from klikks.tenancy import agency_context
from projects.ideas.similar import similar_to
from projects.models import Idea
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

IDEAS = [
    ("Balkonkraftwerke für Mieter", "Wir bestellen sie gemeinsam."),
    ("Bäume für den Schulhof", "Im Sommer ist es dort sehr heiß."),
    ("Mitfahrbank am Ortsausgang", "Wer in die Stadt will, setzt sich auf die Bank."),
    ("Ein Radweg nach Gau-Algesheim", "Zum Einkaufen ohne Auto."),
    ("Repair-Café im Gemeindehaus", "Einmal im Monat werden Geräte und Fahrräder repariert."),
]
PROJECTS = [
    ("Solarstrom auf dem Schuldach", "Die Grundschule erzeugt ihren Strom selbst."),
    ("LED-Straßenbeleuchtung im Ortskern", "Neue Lampen sparen drei Viertel des Stroms."),
]


@pytest.fixture(autouse=True)
def known(agency: Agency, programme: Programme, commune: Commune) -> None:
    """Released ideas and projects, and beside them some that nobody has released."""
    now = timezone.now()
    with agency_context(agency):
        for title, text in IDEAS:
            values = {"programme": programme, "commune": commune, "title": title, "text": text}
            Idea.objects.create(**values, status=Idea.Status.RELEASED, released_at=now)
        Idea.objects.create(programme=programme, title="Geheime Mooraufforstung", text="Moore")
        declined = {"status": Idea.Status.DECLINED, "released_at": now}
        Idea.objects.create(programme=programme, title="Geheime Moorbahn", text="Moore", **declined)
        for title, summary in PROJECTS:
            factories.project(agency, programme, commune, title=title, public_summary=summary, released_at=now)
        factories.project(agency, programme, commune, title="Geheimes Moorprojekt", public_summary="Moore")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Balkonkraftwerk", "Balkonkraftwerke für Mieter"),  # singular
        ("Balkonkraftwercke fur Mieterinnen", "Balkonkraftwerke für Mieter"),  # slips
        ("Baum auf dem Schulhof", "Bäume für den Schulhof"),  # singular without umlaut
        ("Baeume pflanzen", "Bäume für den Schulhof"),  # umlaut as two letters
        ("schulhöfe mit bäumen", "Bäume für den Schulhof"),
        ("Mitfahrbänke", "Mitfahrbank am Ortsausgang"),
        ("Mitfahrerbank", "Mitfahrbank am Ortsausgang"),
        ("Radwege bauen", "Ein Radweg nach Gau-Algesheim"),
        ("Fahrräder reparieren", "Repair-Café im Gemeindehaus"),  # only in the text
        ("Reparaturcafe im Gemeindehaus", "Repair-Café im Gemeindehaus"),
        ("Solarstrom für die Schule", "Solarstrom auf dem Schuldach"),
        ("Strassenbeleuchtung mit LED", "LED-Straßenbeleuchtung im Ortskern"),
    ],
)
def test_forms_of_a_word_umlauts_and_slips_find_what_is_there_first(typed: str, first: str) -> None:
    found = similar_to(typed)
    assert [one.title for one in found][:1] == [first]
    assert 0.25 <= found[0].likeness <= 1


@pytest.mark.parametrize(
    "typed", ["", "abc", "der die das", "Windpark", "'); DROP TABLE x; --", "%_\\ | & ! ( : * <->", "x" * 500]
)
def test_what_is_like_nothing_finds_nothing_and_no_sign_breaks_the_search(typed: str) -> None:
    assert similar_to(typed) == []


def test_what_is_not_released_or_was_declined_is_never_found(agency: Agency) -> None:
    for whose in (None, agency):
        if whose is None:
            assert similar_to("Geheime Mooraufforstung Moorbahn Moorprojekt Moore") == []
        else:
            with agency_context(whose):
                assert similar_to("Geheime Mooraufforstung Moorbahn Moorprojekt Moore") == []


def test_the_list_while_typing_is_a_part_of_a_page_and_asks_once(client: Client) -> None:
    with at_most(1):
        answer = client.get(reverse("projects:similar_ideas"), {"q": "Solarstrom und Bäume am Schulhof"})
    content = answer.content.decode()
    assert "Bäume für den Schulhof" in content
    assert "Solarstrom auf dem Schuldach" in content
    assert "<html" not in content
    with at_most(0):
        assert client.get(reverse("projects:similar_ideas"), {"q": "ab"}).content.strip() == b""


def test_the_search_uses_its_indexes_however_many_rows_there_are() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%USING gin%released_at IS NOT NULL%'")
        names = {name for (name,) in cursor.fetchall()}
    assert names >= {"idea_words", "idea_title_letters", "project_words", "project_title_letters"}
