"""Whoever has gone quiet is shown, and asked after once; as soon as something is heard the task closes by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, Transition, User
from agencies.models.accounts import Role
from communes.models import Commune
from communes.services import log_outreach
from deadlines.models import Task
from deadlines.services import finish_task
from klikks.tenancy import agency_context
from patrons.models import Activity, Appointment, Patron
from patrons.services import pause
from projects.models import Measure
from tests import factories
from tests.queries import at_most
from trainings.models import Enrolment, TrainingSeries, TrainingSession
from website.models import QuietCase
from website.tasks import keep_care_tasks

pytestmark = pytest.mark.django_db

LIST = "/admin/website/quietcase/"


def ago(**how_long: int) -> Any:
    """Return a moment before now."""
    return timezone.now() - timedelta(**how_long)


@pytest.fixture
def town(agency: Agency) -> Commune:
    """A municipality."""
    return factories.commune()


@pytest.fixture
def patron(agency: Agency, programme: Programme, town: Commune) -> Patron:
    """A patron in office since long, of whom nothing was heard for twenty weeks."""
    made = factories.patron(agency, programme, town, status="active", last_name="Still", confirmed_at=ago(weeks=90))
    factories.appointment(agency, made, town, appointed_on=ago(weeks=20).date())
    return made


@pytest.fixture
def partner(agency: Agency, programme: Programme, town: Commune, membership: Membership) -> Any:
    """A partner municipality, looked after by the manager, of which nothing was heard for ten weeks."""
    return factories.partnership(agency, programme, town, manager=membership, created_at=ago(weeks=10))


def quiet(agency: Agency) -> set[tuple[str, int]]:
    """Return who is quiet, as (kind, key)."""
    with agency_context(agency):
        return set(QuietCase.objects.values_list("kind", "subject_id"))


def tasks(agency: Agency, **fields: Any) -> list[Task]:
    """Return the tasks about silence."""
    with agency_context(agency):
        return list(Task.objects.filter(kind=Task.Kind.QUIET, **fields).order_by("pk"))


def project_of(patron: Patron, **fields: Any) -> Any:
    """Make a project that the patron leads, noted long ago unless said otherwise."""
    values = {"created_at": ago(weeks=30), **fields}
    return factories.project(patron.agency, patron.programme, patron.home, led_by=patron, **values)


def train(patron: Patron) -> None:
    """Let the patron attend a training last week."""
    values = {"agency": patron.agency, "programme": patron.programme}
    series = TrainingSeries.objects.create(**values, title="Reihe", audience="patrons")
    session = TrainingSession.objects.create(
        agency=patron.agency, series=series, starts_at=ago(days=7), ends_at=ago(days=6)
    )
    Enrolment.objects.create(session=session, patron=patron, status="attended", created_at=ago(weeks=30))


def sign_in(patron: Patron) -> None:
    """Let the patron have signed in last week."""
    account = User.objects.create_user(f"p{patron.pk}@example.org", agency=patron.agency)
    User.objects.filter(pk=account.pk).update(last_login=ago(days=7))
    Patron.objects.filter(pk=patron.pk).update(user=account)


HEARD: dict[str, Callable[[Patron, User], object]] = {
    "hours": lambda patron, by: Activity.objects.create(patron=patron, hours=1, what="Infostand"),
    "project noted": lambda patron, by: project_of(patron, created_at=ago(days=2)),
    "measure added": lambda patron, by: Measure.objects.create(
        project=project_of(patron), kind="led_street_lighting", inputs={}
    ),
    "project moved": lambda patron, by: Transition.objects.create(
        subject=project_of(patron), source="idea", target="planned"
    ),
    "training": lambda patron, by: train(patron),
    "sign-in": lambda patron, by: sign_in(patron),
    "step": lambda patron, by: Transition.objects.create(subject=patron, source="pausing", target="active"),
    "call": lambda patron, by: log_outreach(patron.home, by=by, outcome="talked", subject=patron),
    "appointment": lambda patron, by: Appointment.objects.create(
        patron=patron, commune=factories.commune("Kirn"), appointed_on=timezone.localdate(), signed_by="B"
    ),
}


@pytest.mark.parametrize("what", HEARD)
def test_whatever_is_heard_of_a_patron_ends_the_silence(
    what: str, agency: Agency, patron: Patron, manager: User, membership: Membership
) -> None:
    assert quiet(agency) == {("patron", patron.pk)}
    with agency_context(agency):
        HEARD[what](patron, manager)
    assert quiet(agency) == set()


def test_a_partner_is_heard_of_by_calls_and_by_its_patrons_and_each_kind_has_its_own_weeks(
    agency: Agency, partner: Any, patron: Patron, manager: User, town: Commune
) -> None:
    assert quiet(agency) == {("patron", patron.pk), ("partnership", partner.pk)}
    Agency.objects.filter(pk=agency.pk).update(quiet_weeks_communes=11)
    assert quiet(agency) == {("patron", patron.pk)}
    Agency.objects.filter(pk=agency.pk).update(quiet_weeks_communes=9, quiet_weeks_patrons=21)
    assert quiet(agency) == {("partnership", partner.pk)}
    with agency_context(agency):
        log_outreach(town, by=manager, outcome="not_reached")
    assert quiet(agency) == set()


def test_who_pauses_or_has_left_is_left_in_peace(agency: Agency, patron: Patron, partner: Any, manager: User) -> None:
    with agency_context(agency):
        Patron.objects.update(status="pausing")
        type(partner).objects.update(status="ended", ended_on=timezone.localdate())
    assert quiet(agency) == set()


def test_beat_makes_one_task_for_the_manager_and_closes_it_when_something_is_heard(
    desk: Client, agency: Agency, other_agency: Agency, patron: Patron, partner: Any, manager: User
) -> None:
    keep_care_tasks()
    keep_care_tasks()
    about_patron, about_partner = tasks(agency)
    assert {about_patron.subject_id, about_partner.subject_id} == {patron.pk, partner.pk}
    assert about_patron.owner_id == about_partner.owner_id == manager.pk
    assert "Bei Erika Still melden" in desk.get(reverse("admin:deadlines_task_changelist")).content.decode()
    with agency_context(agency):
        log_outreach(patron.home, by=manager, outcome="talked", subject=patron)
    keep_care_tasks()
    assert [task.status for task in tasks(agency)] == [Task.Status.DONE, Task.Status.DONE]
    assert tasks(other_agency) == []


def test_a_task_that_was_done_by_hand_comes_back_only_after_the_weeks_have_passed_again(
    agency: Agency, patron: Patron, manager: User
) -> None:
    keep_care_tasks()
    with agency_context(agency):
        finish_task(Task.objects.get(), by=manager)
    keep_care_tasks()
    assert len(tasks(agency)) == 1
    with agency_context(agency):
        Task.objects.update(created_at=ago(weeks=9))
    keep_care_tasks()
    assert len(tasks(agency, status=Task.Status.OPEN)) == 1


def test_a_pause_closes_the_task(agency: Agency, patron: Patron, manager: User) -> None:
    keep_care_tasks()
    with agency_context(agency):
        pause(patron, by=manager)
    keep_care_tasks()
    assert [task.status for task in tasks(agency)] == [Task.Status.DONE]


def test_the_most_silent_come_first_on_the_list_and_the_opening_page_counts_them(
    desk: Client, as_role: Callable[..., Client], other_agency: Agency, patron: Patron, partner: Any
) -> None:
    page = desk.get(LIST).content.decode()
    assert page.index("Erika Still") < page.index("Bingen am Rhein")
    for words in ["20 Wochen", "Ernennung", "10 Wochen", "Schritt im Verfahren", "/admin/communes/outreach/log/?next="]:
        assert words in page, words
    start = desk.get("/admin/").content.decode()
    for words in ["1 Klimaschutzpat:in", "1 Partnerkommune", "Erika Still", "seit 20 Wochen"]:
        assert words in start, words
    opened = desk.get(f"{LIST}patron-{patron.pk}/change/")
    assert opened.url == f"/admin/patrons/patron/{patron.pk}/change/"
    stranger = as_role(Role.REGIONAL_MANAGER, other_agency)
    assert "Erika Still" not in stranger.get(LIST).content.decode()
    assert stranger.get(f"{LIST}patron-{patron.pk}/change/").status_code == 404


def test_an_administrator_sets_the_weeks(as_role: Callable[..., Client], agency: Agency) -> None:
    address = reverse("admin:agencies_agency_change", args=[agency.pk])
    data = {"street": "", "colour": "#0b6e4f", "account_months": 18, "consent_months": 30}
    data |= {"quiet_weeks_patrons": 12, "quiet_weeks_communes": 0}
    page = as_role(Role.AGENCY_ADMIN).post(address, data).content.decode()
    assert "größer oder gleich 1" in page
    assert as_role(Role.AGENCY_ADMIN).post(address, {**data, "quiet_weeks_communes": 6}).status_code == 302
    agency.refresh_from_db()
    assert (agency.quiet_weeks_patrons, agency.quiet_weeks_communes) == (12, 6)
    assert (agency.account_months, agency.consent_months) == (18, 30)


def test_a_thousand_patrons_cost_as_many_queries_as_a_few(
    desk: Client, agency: Agency, programme: Programme, patron: Patron
) -> None:
    values = {"agency": agency, "programme": programme, "home": patron.home, "status": "active", "first_name": "A"}
    old = ago(weeks=30)
    with agency_context(agency):
        many = Patron.objects.bulk_create(
            [
                Patron(**values, last_name=f"{n}", email=f"{n}@example.org", confirmed_at=old, received_at=old)
                for n in range(1_000)
            ],
            batch_size=2000,
        )
        Activity.objects.bulk_create(
            [
                Activity(agency=agency, patron=one, on=ago(weeks=9 + n % 30).date(), hours=1, what="x")
                for n, one in enumerate(many)
            ],
            batch_size=2000,
        )
    cache.clear()
    with at_most(12):
        desk.get("/admin/")
    with at_most(12):
        assert desk.get(LIST).status_code == 200
    keep_care_tasks()
    with at_most(30):
        keep_care_tasks()
    assert len(tasks(agency)) == 1_001
