"""A patron's start page: what comes next by state, what is due, who helps, and what it costs the database."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from deadlines.services import set_deadline
from klikks.tenancy import agency_context
from patrons.models import Appointment, Patron
from projects.measures.kinds import MeasureKind
from projects.models import Measure, Project
from reports.models import Document
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(account: Callable[..., User]) -> User:
    """The account of a patron."""
    return account(Role.PATRON)


@pytest.fixture
def place(agency: Agency) -> Commune:
    """The municipality the patron serves."""
    return factories.commune()


@pytest.fixture
def patron(user: User, agency: Agency, programme: Programme, place: Commune) -> Patron:
    """A patron in office."""
    return factories.patron(agency, programme, place, user=user, status=Patron.Status.ACTIVE)


@pytest.fixture
def appointment(agency: Agency, patron: Patron, place: Commune) -> Appointment:
    """The patron's appointment."""
    return factories.appointment(agency, patron, place)


@pytest.fixture
def portal(user: User) -> Callable[[], str]:
    """Open the start page."""
    browser = factories.browser(user)
    return lambda: " ".join(browser.get(reverse("website:portal")).content.decode().split())


def project_with_saving(agency: Agency, programme: Programme, place: Commune, patron: Patron, **fields: Any) -> Project:
    """Make a project under way whose measure saves 4.93 t a year."""
    project = factories.project(
        agency, programme, place, led_by=patron, **{"status": Project.Status.UNDER_WAY, **fields}
    )
    with agency_context(agency):
        measure = Measure.objects.create(project=project, kind=MeasureKind.values[0])
        factories.saving(measure, "4930")
    return project


def test_who_waits_for_the_appointment_is_told_so(patron: Patron, portal: Callable[[], str]) -> None:
    assert "Ihre Ernennung wird vorbereitet" in portal()


def test_a_new_patron_is_led_to_the_first_project(appointment: Appointment, portal: Callable[[], str]) -> None:
    page = portal()
    assert "Sie sind Klimaschutzpat:in in" in page
    assert "Erstes Projekt anlegen" in page
    assert reverse("projects:add") in page


def test_a_project_without_measure_is_led_to_its_calculation(
    agency: Agency, programme: Programme, place: Commune, patron: Patron, appointment: Appointment, portal: Any
) -> None:
    project = factories.project(agency, programme, place, led_by=patron, title="Lampen")
    page = portal()
    assert "Ausrechnen, was „Lampen“ einspart" in page
    assert reverse("projects:add_measure", args=[project.pk]) in page


def test_a_project_past_its_end_is_asked_about_first(
    agency: Agency, programme: Programme, place: Commune, patron: Patron, appointment: Appointment, portal: Any
) -> None:
    factories.project(agency, programme, place, led_by=patron, title="Dach")
    yesterday = timezone.localdate() - timedelta(days=1)
    project_with_saving(agency, programme, place, patron, title="Lampen", ends_on=yesterday)
    page = portal()
    assert page.index("Ist „Lampen“ fertig?") < page.index("Ausrechnen, was „Dach“ einspart")


def test_a_project_shows_what_it_saves(
    agency: Agency, programme: Programme, place: Commune, patron: Patron, appointment: Appointment, portal: Any
) -> None:
    project_with_saving(agency, programme, place, patron)
    assert "4,93\xa0t CO₂e im Jahr geplant" in portal().replace("4,93 t", "4,93\xa0t")
    with agency_context(agency):
        Measure.objects.update(status="done", done_on=date(2024, 5, 1))
    assert "im Jahr eingespart" in portal()


def test_deadlines_of_the_next_weeks_stand_there_and_are_finished_with_one_press(
    agency: Agency, user: User, appointment: Appointment, portal: Callable[[], str]
) -> None:
    today = timezone.localdate()
    with agency_context(agency):
        for title, days in [("Verspätetes", -2), ("Nahes", 10), ("Fernes", 90)]:
            set_deadline(appointment, "follow_up", title=title, due_on=today + timedelta(days), owner=user)
    page = portal()
    assert "Verspätetes" in page
    assert "war fällig am" in page
    assert "Nahes" in page
    assert "Fernes" not in page
    actions = [part.partition('"')[0] for part in page.split('action="')[1:]]
    [finish, *_rest] = [action for action in actions if "/deadlines/" in action]
    factories.browser(user).post(finish)
    assert "Verspätetes" not in portal()


def test_the_person_who_helps_is_named_with_phone_and_mail(
    agency: Agency,
    programme: Programme,
    place: Commune,
    manager: User,
    membership: Membership,
    appointment: Appointment,
    portal: Callable[[], str],
) -> None:
    with agency_context(agency):
        Membership.objects.filter(pk=membership.pk).update(phone="06131 123456")
    factories.partnership(agency, programme, place, manager=membership)
    page = portal()
    assert membership.name in page
    assert "+49 6131 123456" in page
    assert f"mailto:{manager.email}" in page


def test_without_a_manager_the_agency_helps(agency: Agency, appointment: Appointment, portal: Any) -> None:
    assert f"mailto:{agency.email}" in portal()


def test_the_certificate_is_there_to_download_once_it_is_made(
    agency: Agency, appointment: Appointment, portal: Callable[[], str]
) -> None:
    assert "wird erstellt" in portal()
    with agency_context(agency):
        document = Document.objects.create(
            kind="appointment_certificate", title="Urkunde", file="x.pdf", sha256="0" * 64, size=1, subject=appointment
        )
    assert reverse("reports:download", args=[document.pk]) in portal()


def test_the_page_asks_the_database_eight_times_however_much_there_is(
    agency: Agency, programme: Programme, place: Commune, user: User, patron: Patron, appointment: Appointment
) -> None:
    browser = factories.browser(user)
    for number in range(6):
        project = project_with_saving(agency, programme, place, patron, title=f"Projekt {number}")
        with agency_context(agency):
            set_deadline(project, "milestone", title="Termin", due_on=timezone.localdate(), owner=user)
    browser.get(reverse("website:portal"))
    with at_most(8):
        browser.get(reverse("website:portal"))


def test_a_patron_sees_nothing_of_another_patron(
    agency: Agency, programme: Programme, place: Commune, patron: Patron, appointment: Appointment, portal: Any
) -> None:
    other = factories.patron(agency, programme, place, first_name="Fremder")
    factories.project(agency, programme, place, led_by=other, title="Fremdes Projekt")
    assert "Fremdes Projekt" not in portal()


def test_staff_have_no_patrons_page(as_role: Callable[..., Client]) -> None:
    assert as_role(Role.AGENCY_ADMIN).get(reverse("website:portal")).status_code == 403
