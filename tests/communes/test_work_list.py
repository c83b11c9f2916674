"""The work list of registrations: its queues with counts, the oldest first, and whose each one is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, Transition, User
from agencies.models.accounts import Role
from communes.models import Registration
from deadlines.services import set_deadline
from klikks.tenancy import agency_context
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

Status = Registration.Status
LIST = "admin:communes_registration_changelist"


@pytest.fixture
def waits(agency: Agency, programme: Programme) -> Callable[..., Registration]:
    """Make a registration whose address was confirmed some days ago: `waits("Altdorf", 9, status=…)`."""

    def make(name: str, days: int, **fields: object) -> Registration:
        at = timezone.now() - timedelta(days=days)
        where = factories.commune(name)
        return factories.registration(agency, programme, where, received_at=at, confirmed_at=at, **fields)

    return make


def places(page: object) -> list[str]:
    """Return the municipalities of a list in their order."""
    with agency_context(page.wsgi_request.user.agency_id):
        return [row.commune.name for row in page.context["cl"].result_list]


def counts(page: object) -> dict[str, int]:
    """Return the counts of the queues by title."""
    return {tab.title: tab.count for tab in page.context["cl"].tabs if tab.count is not None}


def test_the_queues_say_what_is_new_waits_for_whom_and_is_overdue_the_oldest_first(
    desk: Client, agency: Agency, waits: Callable[..., Registration], membership: Membership, manager: User
) -> None:
    waits("Neudorf", 1)
    waits("Altdorf", 20)
    waits("Zweitdorf", 3, status=Status.SECOND)
    answered = waits("Prüfdorf", 30, status=Status.IN_REVIEW, assigned_to=membership, answer="Ja.")
    asked = waits("Fragdorf", 30, status=Status.ASKED_BACK, assigned_to=membership)
    waits("Wartedorf", 40, status=Status.WAITING_LIST)
    waits("Fertigdorf", 50, status=Status.ACCEPTED)
    with agency_context(agency):
        ball = {"source": Status.ASKED_BACK, "target": Status.IN_REVIEW, "by": manager}
        Transition.objects.create(subject=answered, at=timezone.now() - timedelta(days=2), **ball)
        ball = {"source": Status.IN_REVIEW, "target": Status.ASKED_BACK, "by": manager}
        Transition.objects.create(subject=asked, at=timezone.now() - timedelta(days=9), **ball)
    address = reverse(LIST)
    page = desk.get(address)
    assert counts(page) == {
        "Neu": 3,
        "Wartet auf uns": 4,
        "Wartet auf die Kommune": 1,
        "Überfällig": 1,
        "Warteliste": 1,
        "Alle offenen": 6,
    }
    queues = {
        state: places(desk.get(address, {"state": state})) for state in ["new", "us", "them", "overdue", "closed"]
    }
    assert queues == {
        "new": ["Altdorf", "Zweitdorf", "Neudorf"],
        "us": ["Altdorf", "Zweitdorf", "Prüfdorf", "Neudorf"],
        "them": ["Fragdorf"],
        "overdue": ["Altdorf"],
        "closed": ["Fertigdorf"],
    }
    assert "Die Antwort lesen und entscheiden." in page.content.decode()
    with agency_context(agency):
        set_deadline(asked, "answer", title="Antwort", due_on=timezone.localdate() - timedelta(days=1), owner=manager)
    late = desk.get(address, {"state": "overdue", "whose": "mine"})
    assert (places(late), counts(late)["Überfällig"]) == (["Fragdorf"], 1)
    assert places(desk.get(address, {"state": "us", "whose": "nobody"})) == ["Altdorf", "Zweitdorf", "Neudorf"]
    overview = desk.get(reverse("admin:index")).content.decode()
    assert f"{address}?state=us" in overview
    assert f"{address}?state=them" in overview


def test_the_work_list_asks_as_seldom_with_sixty_rows_as_with_one(
    desk: Client, waits: Callable[..., Registration], membership: Membership
) -> None:
    waits("Erstdorf", 1, assigned_to=membership)
    desk.get(reverse(LIST))
    with at_most(12):
        desk.get(reverse(LIST))
    for number in range(59):
        waits(
            f"Dorf {number}", number, assigned_to=membership, status=[Status.CONFIRMED, Status.ASKED_BACK][number % 2]
        )
    for query in [{}, {"state": "overdue", "p": "2"}, {"whose": "mine", "q": "Dorf"}]:
        with at_most(12):
            page = desk.get(reverse(LIST), query)
        assert 1 <= len(places(page)) <= 20


def test_a_registration_is_assigned_to_somebody_who_looks_after_municipalities(
    desk: Client, agency: Agency, waits: Callable[..., Registration], account: Callable[..., User]
) -> None:
    registration = waits("Altdorf", 3)
    with agency_context(agency):
        colleague = Membership.objects.get(user=account(Role.AGENCY_ADMIN))
        patron = Membership.objects.get(user=account(Role.PATRON))
    address = reverse("admin:communes_registration_assign", args=[registration.pk])
    assert "Dies ist keine gültige Auswahl" in desk.post(address, {"to": patron.pk}).content.decode()
    for chosen, expected in [(colleague.pk, colleague), ("", None)]:
        desk.post(address, {"to": chosen, "step": "do"})
        with agency_context(agency):
            assert Registration.objects.get(pk=registration.pk).assigned_to == expected
