"""Municipalities are found by what people type."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Programme
from communes.models import Commune
from communes.search import find_communes, label, resolve
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(programme: Programme) -> None:
    """A few municipalities whose names are easily mixed up."""
    rhein = factories.district("07143", "Westerwaldkreis")
    factories.commune("Bingen am Rhein, Stadt", "07339005")
    factories.commune("Bingen", "07143999", district=rhein, population=2_700, postcodes=["72511"])
    factories.commune("Weiler bei Bingen", "07339063", population=2_600, postcodes=["55413"])
    factories.commune("Sankt Goar, Stadt", "07140133", population=2_800, postcodes=["56329"])
    factories.commune("St. Märgen", "08315094", population=1_900, postcodes=["79274"])
    factories.commune("München, Landeshauptstadt", "09162000", population=1_484_000, postcodes=["80331", "80333"])
    factories.commune("Neustadt/ Westerwald", "07143269", district=rhein, population=600, postcodes=["56479"])
    factories.commune("Neustadt an der Weinstraße", "07316000", population=53_000, postcodes=["67433"])
    cologne = factories.commune("Köln, Stadt", "05315000", population=1_084_000, postcodes=["50667"])
    factories.commune("Deutz", None, kind="q", parent=cologne, district=None, population=15_000, postcodes=[])
    factories.commune("Neustadt, Gutsbezirk", "07339999", population=0, postcodes=[])


def names(text: str, **options: object) -> list[str]:
    return [str(commune) for commune in find_communes(text, **options)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Bingen", ["Bingen", "Bingen am Rhein", "Weiler bei Bingen"]),
        ("bing", ["Bingen am Rhein", "Bingen", "Weiler bei Bingen"]),
        ("  RHEIN ", ["Bingen am Rhein"]),
        ("Stadt Bingen", ["Bingen", "Bingen am Rhein", "Weiler bei Bingen"]),
        ("St. Goar", ["Sankt Goar"]),
        ("sankt maergen", ["St. Märgen"]),
        ("Muenchen", ["München"]),
        ("München, Landeshauptstadt", ["München"]),
        ("Neustadt", ["Neustadt an der Weinstraße", "Neustadt/ Westerwald"]),
        ("Neustadt, Westerwald", ["Neustadt/ Westerwald", "Neustadt an der Weinstraße"]),
        ("8033", ["München"]),
        ("55411 Bingen", ["Bingen am Rhein"]),
        ("koln", ["Köln"]),
        ("Munchen", ["München"]),
        ("st goar", ["Sankt Goar"]),
        ("Sankt Märgen", ["St. Märgen"]),
        ("neustadt westerwald", ["Neustadt/ Westerwald"]),
        ("Landkreis Mainz-Bingen", ["Bingen am Rhein", "Weiler bei Bingen"]),
        ("Westerwaldkreis", ["Bingen", "Neustadt/ Westerwald"]),
        ("Deutz", ["Deutz", "Köln"]),
        ("0731", []),
        ("07316000", ["Neustadt an der Weinstraße"]),
        ("", []),
        ("x", []),
        ("%", []),
        ("'; DROP TABLE", []),
        ("\x00Bingen", ["Bingen", "Bingen am Rhein", "Weiler bei Bingen"]),
    ],
)
def test_names_postcodes_and_keys_are_found_best_match_first(typed: str, found: list[str]) -> None:
    assert names(typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [("Bigen", "Bingen"), ("Bingne am Rhein", "Bingen am Rhein"), ("Munchen", "München"), ("Sankt Gor", "Sankt Goar")],
)
def test_typing_errors_are_forgiven(typed: str, found: str) -> None:
    assert found in names(typed)[:2]


def test_areas_without_inhabitants_are_found_only_if_asked_for() -> None:
    assert "Neustadt" not in names("Neustadt")
    assert "Neustadt" in names("Neustadt", only_that_can_register=False)


def test_a_complete_and_unmistakable_name_is_certain_and_anything_else_is_not() -> None:
    for typed in ["St. Goar", "Bingen am Rhein", "07339005", "Bingen, Westerwaldkreis", "münchen"]:
        assert resolve(typed).commune is not None, typed
    for typed in ["Bingen", "Sankt", "Munchen", "55411", "Nirgendwo", ""]:
        assert resolve(typed).commune is None, typed


def test_what_the_picker_writes_into_the_input_names_the_same_municipality_again() -> None:
    for commune in Commune.objects.that_can_register().select_related("district", "state"):
        assert resolve(label(commune)).commune == commune


def test_a_search_while_typing_asks_the_database_once_and_may_be_cached(client: Client) -> None:
    with at_most(1):
        response = client.get(reverse("communes:search"), {"q": "bing"})
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response.json()["results"][0] == {
        "id": Commune.objects.get(ags="07339005").pk,
        "ags": "07339005",
        "name": "Bingen am Rhein",
        "label": "Bingen am Rhein, Mainz-Bingen",
        "district": "Mainz-Bingen",
        "state": "Rheinland-Pfalz",
        "postcode": "55411",
    }
    with at_most(3):
        assert client.get(reverse("communes:search"), {"q": "Binegn"}).json()["results"]
    assert client.get(reverse("communes:search"), {"q": "x" * 5000}).json() == {"results": []}
    assert client.get(reverse("communes:search")).json() == {"results": []}
