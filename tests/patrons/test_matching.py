"""Suggestions: who fits where, in which order, and why."""

from math import asin, cos, radians, sin, sqrt

import pytest

from agencies.models import Agency, Programme, Topic
from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.matching import suggest_communes, suggest_matches
from patrons.models import Patron
from tests import factories

pytestmark = pytest.mark.django_db

EARTH_KM = 6378.168  # the radius that PostgreSQL's earthdistance uses


def great_circle(a: Commune, b: Commune) -> float:
    """Return the distance by the haversine formula."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    half = sin(north / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


@pytest.fixture
def places(inside: Agency, programme: Programme) -> dict[str, Commune]:
    """Partner municipalities at different distances of Bingen."""
    Topic.objects.get_or_create(slug="mobility", defaults={"name": "Mobilität", "name_en": "Mobility"})
    made = {}
    for name, latitude, longitude in [
        ("Bingen", 49.97, 7.90),
        ("Gensingen", 49.90, 7.93),
        ("Ingelheim", 49.97, 8.06),
        ("Trier", 49.75, 6.64),
    ]:
        made[name] = factories.commune(name, latitude=latitude, longitude=longitude)
        factories.partnership(inside, programme, made[name])
    return made


def test_a_patron_is_offered_near_places_with_shared_topics_and_without_a_patron_first(
    inside: Agency, programme: Programme, places: dict[str, Commune], django_assert_num_queries: object
) -> None:
    patron = factories.patron(inside, programme, places["Bingen"], topics=["energy", "mobility"], reach_km=20)
    other = factories.patron(inside, programme, places["Gensingen"], status=Patron.Status.ACTIVE)
    factories.appointment(inside, other, places["Gensingen"])
    factories.project(inside, programme, places["Ingelheim"])
    with django_assert_num_queries(2):
        found = suggest_communes(patron)
    assert [(s.commune.name, s.reasons) for s in found] == [
        ("Bingen", ("Wohnort", "hat noch keine Klimaschutzpat:in")),
        ("Ingelheim", ("11 km entfernt", "gemeinsames Thema: Energie", "hat noch keine Klimaschutzpat:in")),
        ("Gensingen", ("8 km entfernt", "hat schon 1 Klimaschutzpat:in")),
        ("Trier", ("94 km entfernt", "weiter als die gewünschten 20 km", "hat noch keine Klimaschutzpat:in")),
    ]
    assert found[1].km == pytest.approx(great_circle(places["Bingen"], places["Ingelheim"]), rel=1e-4)


def test_a_municipality_is_offered_patrons_by_distance_topics_hours_and_load(
    inside: Agency, programme: Programme, places: dict[str, Commune], django_assert_num_queries: object
) -> None:
    factories.project(inside, programme, places["Bingen"])
    make = {"last_name": "", "topics": []}
    near = factories.patron(inside, programme, places["Ingelheim"], **{**make, "first_name": "Nah"})
    fits = factories.patron(inside, programme, places["Ingelheim"], first_name="Passt", topics=["energy", "mobility"])
    busy = factories.patron(inside, programme, places["Ingelheim"], first_name="Serviert", status="active")
    factories.appointment(inside, busy, places["Ingelheim"])
    factories.patron(inside, programme, places["Trier"], first_name="Fern", reach_km=10, hours_a_month=20)
    here = factories.patron(inside, programme, places["Bingen"], status="active", first_name="Amtiert")
    factories.appointment(inside, here, places["Bingen"])
    factories.patron(inside, programme, places["Bingen"], status="matched", first_name="Vergeben")
    factories.patron(inside, programme, places["Bingen"], status="interested", first_name="Unbestätigt")
    factories.patron(inside, factories.programme(), places["Bingen"], first_name="Andernorts")
    with django_assert_num_queries(6):
        found = suggest_matches(places["Bingen"])
    assert [s.patron.first_name for s in found] == ["Passt", "Nah", "Serviert", "Fern"]
    assert found[0].reasons == ("11 km entfernt", "gemeinsames Thema: Energie", "8 Stunden im Monat")
    assert found[2].reasons[-1] == "schon im Amt in Ingelheim"
    assert found[3].reasons[1] == "weiter als die gewünschten 10 km"
    assert found[1].patron == near
    assert fits == found[0].patron


def test_places_without_a_position_come_last_and_say_so(
    inside: Agency, programme: Programme, places: dict[str, Commune]
) -> None:
    quarter = factories.commune("Oststadt", kind=Commune.Kind.QUARTER, ags=None, latitude=None, longitude=None)
    factories.partnership(inside, programme, quarter)
    found = suggest_communes(factories.patron(inside, programme, places["Bingen"], reach_km=500))
    assert found[-1].commune == quarter
    assert found[-1].reasons[0] == "Entfernung unbekannt"


def test_suggestions_stay_within_the_agency(
    inside: Agency, programme: Programme, places: dict[str, Commune], other_agency: Agency
) -> None:
    factories.patron(other_agency, programme, places["Bingen"])
    assert suggest_matches(places["Bingen"]) == []
    with agency_context(other_agency):
        assert [s.commune for s in suggest_communes(Patron.objects.get())] == []
