"""The directory: who shows what to the patrons of all states, and to nobody else."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Programme, State
from agencies.models.accounts import Role
from klikks.tenancy import agency_context
from patrons.models import Patron, Profile
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

EVERYTHING = ("is_listed", "shows_municipality", "shows_topics", "shows_about", "shows_email", "shows_phone")


def make_patron(of: Agency, programme: Programme, **fields: Any) -> Patron:
    """Make a patron in office with an account."""
    place = factories.commune()
    fields = {"status": Patron.Status.ACTIVE, "topics": ["energy"], "phone": "+496131123456", **fields}
    made = factories.patron(of, programme, place, user=factories.account(Role.PATRON, of), **fields)
    factories.appointment(of, made, place)
    return made


@pytest.fixture
def asking(agency: Agency, programme: Programme) -> Client:
    """A browser of a patron in Rheinland-Pfalz."""
    return factories.browser(make_patron(agency, programme).user)


@pytest.fixture
def away(other_agency: Agency, programme: Programme) -> Patron:
    """A patron in Niedersachsen."""
    return make_patron(other_agency, programme, first_name="Özlem", last_name="Groß", email="oezlem@example.org")


def people(client: Client, **asked: str) -> str:
    """Return the directory's page."""
    return client.get(reverse("patrons:directory"), asked).content.decode()


def test_nothing_is_shown_unasked_and_then_only_what_was_released(asking: Client, away: Patron) -> None:
    own = factories.browser(away.user)
    assert "Groß" not in people(asking)

    own.post(reverse("patrons:profile"), {"is_listed": "on", "about": "Kann Wärmepumpen erklären", "digest": "weekly"})
    page = people(asking)
    assert "Özlem Groß" in page
    for kept in ["oezlem@example.org", "06131", "6131", "Bingen", "Wärmepumpen", "Energie<"]:
        assert kept not in page.partition('id="found"')[2]

    typed = {"about": "Kann Wärmepumpen erklären", "digest": "off"}
    own.post(reverse("patrons:profile"), {**dict.fromkeys(EVERYTHING, "on"), **typed})
    shown = people(asking).partition('id="found"')[2]
    for released in ["oezlem@example.org", "6131", "Bingen am Rhein", "Wärmepumpen", "Energie", "Niedersachsen"]:
        assert released in shown

    own.post(reverse("patrons:profile"), {**dict.fromkeys(EVERYTHING[1:], "on"), **typed})
    assert "Groß" not in people(asking)


def test_people_are_found_by_name_topic_and_state(asking: Client, away: Patron) -> None:
    with agency_context(away.agency_id):
        Profile.objects.create(patron=away, is_listed=True, shows_topics=True)
    for asked in [
        {"name": "groß öz"},
        {"topic": "energy"},
        {"state": "DE-NI"},
        {"name": "GROSS oez", "state": "DE-NI"},
    ]:
        assert "Özlem Groß" in people(asking, **asked), asked
    for asked in [{"name": "Schmidt"}, {"topic": "mobility"}, {"state": "DE-RP"}, {"name": "\0" * 3 + "%"}]:
        page = people(asking, **asked)
        assert ("Niemand gefunden" in page) == ("%" not in asked.get("name", "")), asked
    with agency_context(away.agency_id):
        Profile.objects.update(shows_topics=False)
    assert "Özlem Groß" not in people(asking, topic="energy"), "what is not released cannot be searched either"


def test_whoever_has_left_or_belongs_to_another_programme_is_not_seen(
    asking: Client, away: Patron, agency: Agency, programme: Programme
) -> None:
    stranger_programme = factories.programme()
    saarland = State.objects.create(code="DE-SL", key="10", name="Saarland")
    stranger = factories.agency(stranger_programme, "fremd", saarland)
    watcher = make_patron(stranger, stranger_programme, last_name="Fern")
    for one in (away, watcher):
        with agency_context(one.agency_id):
            Profile.objects.create(patron=one, is_listed=True, shows_email=True)
    assert "Fern" not in people(asking)
    assert "Groß" not in people(factories.browser(watcher.user))
    for viewer, expected in [(stranger, 0), (agency, 1)]:
        with agency_context(viewer), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM patrons_face WHERE patron_id = %s", [away.pk])
            assert cursor.fetchone()[0] == expected
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM patrons_face")
        assert cursor.fetchone()[0] == 0
    with agency_context(away.agency_id):
        Patron.objects.filter(pk=away.pk).update(status=Patron.Status.FAREWELL)
    assert "Groß" not in people(asking)
    with agency_context(agency), connection.cursor() as cursor:
        cursor.execute("SELECT name, sort_name, email, has_left FROM patrons_face WHERE patron_id = %s", [away.pk])
        assert cursor.fetchone() == ("", "", "", True)


def test_a_line_too_long_is_refused_and_nothing_typed_is_lost(asking: Client) -> None:
    page = asking.post(reverse("patrons:profile"), {"about": "x" * 301, "digest": "daily"}).content.decode()
    assert "301" in page
    assert "x" * 301 in page


def test_the_directory_is_paged_and_asks_the_database_as_often_for_one_as_for_fifty(
    asking: Client, away: Patron, other_agency: Agency, programme: Programme
) -> None:
    with agency_context(other_agency):
        Profile.objects.create(patron=away, is_listed=True, shows_topics=True)
    with at_most(8):
        people(asking)
    home = factories.commune("Emden")
    for number in range(50):
        one = factories.patron(other_agency, programme, home, status="active", last_name=f"Zorn{number:02}")
        with agency_context(other_agency):
            Profile.objects.create(patron=one, is_listed=True)
    with at_most(8):
        page = people(asking)
    assert "51 Personen" in page
    assert "Zorn49" not in page
    assert "Zorn49" in people(asking, page="3")
