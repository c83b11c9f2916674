"""Places in trainings, waiting list and attendance, on the desk and for patrons."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from klikks.tenancy import agency_context
from patrons.models import Patron
from tests import factories
from tests.queries import at_most
from trainings import services
from trainings.models import Enrolment, TrainingSeries, TrainingSession
from trainings.selectors import coming_sessions

pytestmark = pytest.mark.django_db


def make_session(agency: Agency, programme: Programme, *, days: int = 10, **fields: object) -> TrainingSession:
    audience = fields.pop("audience", TrainingSeries.Audience.PATRONS)
    across = fields.pop("across_agencies", False)
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Grundlagen", audience=audience, across_agencies=across
        )
        starts_at = timezone.now() + timedelta(days=days)
        return TrainingSession.objects.create(
            agency=agency, series=series, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **fields
        )


@pytest.fixture
def patrons(agency: Agency, programme: Programme) -> list[Patron]:
    """Three patrons in office."""
    home = factories.commune()
    return [factories.patron(agency, programme, home, status="active") for _ in range(3)]


def test_who_comes_after_the_last_place_waits_and_moves_up_when_somebody_cancels(
    agency: Agency, programme: Programme, patrons: list[Patron], manager: User
) -> None:
    session = make_session(agency, programme, places=1)
    with agency_context(agency):
        first, second, third = (services.enrol(session, patron, by=manager) for patron in patrons)
        assert [e.status for e in (first, second, third)] == ["enrolled", "waiting", "waiting"]
        with pytest.raises(services.AlreadyEnrolled):
            services.enrol(session, patrons[1], by=manager)
        services.cancel(first, by=manager)
        statuses = Enrolment.objects.order_by("pk").values_list("status", flat=True)
        assert list(statuses) == ["cancelled", "offered", "waiting"]


def test_places_are_counted_over_all_agencies_though_nobody_sees_the_others(
    agency: Agency, other_agency: Agency, programme: Programme, manager: User
) -> None:
    session = make_session(agency, programme, places=1, audience="regional_managers", across_agencies=True)
    with agency_context(agency):
        services.enrol(session, Membership.objects.get(user=manager), by=manager)
    colleague = factories.account(Role.REGIONAL_MANAGER, other_agency)
    with agency_context(other_agency):
        assert services.enrol(session, Membership.objects.get(user=colleague), by=colleague).status == "waiting"
        assert Enrolment.objects.count() == 1


def test_staff_enrol_exactly_one_person_at_a_time(
    agency: Agency, programme: Programme, patrons: list[Patron], desk: Client
) -> None:
    session = make_session(agency, programme)
    url = reverse("admin:trainings_trainingsession_enrol", args=[session.pk])
    assert "Bitte wählen Sie eine Person" in desk.post(url, {}).content.decode()
    assert "hat einen Platz" in desk.post(url, {"patron": patrons[0].pk}, follow=True).content.decode()


def test_a_patron_sees_the_coming_sessions_of_the_agency_and_those_open_to_all(
    agency: Agency, other_agency: Agency, programme: Programme, patrons: list[Patron], manager: User
) -> None:
    own = make_session(agency, programme, days=20)
    open_to_all = make_session(other_agency, programme, days=10, across_agencies=True, audience="network")
    make_session(other_agency, programme)
    make_session(agency, programme, days=-3)
    make_session(agency, programme, audience="regional_managers", across_agencies=True)
    with agency_context(agency):
        for patron in patrons[:2]:
            services.enrol(own, patron, by=manager)
        with at_most(1):
            found = [(s.pk, str(s.series), s.enrolment_status) for s in coming_sessions(patrons[0])]
        assert found == [(open_to_all.pk, "Grundlagen", None), (own.pk, "Grundlagen", "enrolled")]
        assert [s.enrolment_status for s in coming_sessions(patrons[2])] == [None, None]


@pytest.mark.parametrize("name", ["trainingseries", "trainingsession", "enrolment"])
@pytest.mark.parametrize("count", [1, 20])
def test_each_list_asks_as_often_for_many_rows_as_for_one(
    agency: Agency,
    programme: Programme,
    patrons: list[Patron],
    manager: User,
    desk: Client,
    name: str,
    count: int,
) -> None:
    for _ in range(count):
        session = make_session(agency, programme)
        with agency_context(agency):
            services.enrol(session, patrons[0], by=manager)
    with at_most(12):
        page = desk.get(reverse(f"admin:trainings_{name}_changelist"))
    assert page.context["cl"].result_count == count


def test_a_session_of_another_agency_is_read_and_not_changed(
    agency: Agency, other_agency: Agency, programme: Programme, as_role: Callable[..., Client]
) -> None:
    session = make_session(agency, programme, across_agencies=True)
    stranger = as_role(Role.REGIONAL_MANAGER, other_agency)
    url = reverse("admin:trainings_trainingsession_change", args=[session.pk])
    assert stranger.get(url).status_code == 200
    assert stranger.post(url, {"title": "Gekapert"}).status_code == 403
