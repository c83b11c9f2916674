"""The patrons' own pages: hours and municipality."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme
from agencies.models.accounts import Role
from communes.models import Contact
from deadlines import jobs
from klikks.tenancy import agency_context
from patrons.models import Activity, Appointment, Patron
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db


@pytest.fixture
def patron(agency: Agency, programme: Programme, account: object) -> Patron:
    """An appointed patron with an account."""
    return factories.patron(
        agency, programme, factories.commune(), status=Patron.Status.APPOINTED, user=account(Role.PATRON)
    )


@pytest.fixture
def portal(patron: Patron) -> Client:
    """A browser in which the patron is signed in."""
    return factories.browser(patron.user)


def log(portal: Client, **typed: str) -> str:
    """Send the form of hours and return the page that follows."""
    values = {"on": f"{timezone.localdate():%Y-%m-%d}", "what": "", "hours": "", **typed}
    return portal.post(reverse("patrons:log_hours"), values, follow=True).content.decode()


def logged(agency: Agency) -> list[Decimal]:
    with agency_context(agency):
        return list(Activity.objects.order_by("pk").values_list("hours", flat=True))


def test_two_taps_log_hours_of_today_and_make_the_patron_active(portal: Client, agency: Agency, patron: Patron) -> None:
    page = log(portal, quick="1.5")
    assert "1,5 Stunden für den" in page
    assert "<strong>1,5 Stunden</strong> in diesem Jahr" in page
    with agency_context(agency):
        activity = Activity.objects.get()
        patron.refresh_from_db()
    assert (activity.on, activity.what) == (timezone.localdate(), "Ehrenamtliche Arbeit")
    assert patron.status == Patron.Status.ACTIVE


@pytest.mark.parametrize(
    ("typed", "hours"), [("1,5", "1.5"), ("1.5", "1.5"), (",5", "0.5"), ("2:30", "2.5"), ("3 Std.", "3.0"), ("2,", "2")]
)
def test_hours_are_understood_as_people_write_them(portal: Client, agency: Agency, typed: str, hours: str) -> None:
    log(portal, hours=typed)
    assert logged(agency) == [Decimal(hours)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"hours": ""}, "wie viele Stunden"),
        ({"hours": "zwei"}, "als Zahl"),
        ({"hours": "0"}, "zwischen 0,1 und 24"),
        ({"hours": "25"}, "zwischen 0,1 und 24"),
        ({"hours": "-1"}, "als Zahl"),
        ({"quick": "99"}, "99"),
        ({"quick": "1", "on": f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"}, "zwischen dem Beginn"),
        ({"quick": "1", "on": "1999-01-01"}, "zwischen dem Beginn"),
        ({"quick": "1", "what": "Stand \u202e"}, "right-to-left"),
    ],
)
def test_impossible_hours_are_refused_in_words_and_what_was_typed_stays(
    portal: Client, agency: Agency, typed: dict[str, str], words: str
) -> None:
    page = log(portal, **{"what": "Infostand", **typed})
    assert words in page
    assert 'value="Infostand' in page or "what" in typed
    assert logged(agency) == []


def test_a_day_has_24_hours_over_all_entries(portal: Client, agency: Agency) -> None:
    log(portal, hours="20")
    assert "für den" in log(portal, hours="4,5")
    assert logged(agency) == [Decimal(20)]


def test_a_slip_is_taken_back_but_not_by_somebody_else(
    portal: Client, agency: Agency, programme: Programme, patron: Patron
) -> None:
    log(portal, quick="2")
    other = factories.patron(agency, programme, patron.home, status="active")
    with agency_context(agency):
        theirs = Activity.objects.create(patron=other, hours=1, what="Fremd")
        mine = Activity.objects.get(patron=patron)
    assert portal.post(reverse("patrons:remove_hours", args=[theirs.pk])).status_code == 404
    assert "entfernt" in portal.post(reverse("patrons:remove_hours", args=[mine.pk]), follow=True).content.decode()
    assert logged(agency) == [Decimal(1)]


def test_an_account_without_a_patron_gets_an_empty_page_not_an_error(as_role: object) -> None:
    for name in ["patrons:log_hours", "patrons:my_municipality"]:
        assert "mit keiner Ernennung verbunden" in as_role(Role.PATRON).get(reverse(name)).content.decode()


def test_my_municipality_shows_appointment_contacts_manager_and_others_with_a_constant_number_of_queries(
    portal: Client,
    agency: Agency,
    programme: Programme,
    patron: Patron,
    membership: Membership,
) -> None:
    assert "Zurzeit keine Ernennung" in portal.get(reverse("patrons:my_municipality")).content.decode()
    for number in range(3):
        place = patron.home if number == 0 else factories.commune(f"Ort {number}")
        factories.appointment(agency, patron, place)
        factories.partnership(agency, programme, place, manager=membership)
        neighbour = factories.patron(agency, programme, place, last_name=f"Nachbar{number}", status="active")
        factories.appointment(agency, neighbour, place)
        with agency_context(agency):
            Contact.objects.create(commune=place, name=f"Kontakt {number}", phone="+496721184 0", function="mayor")
    with at_most(8):
        page = portal.get(reverse("patrons:my_municipality")).content.decode()
    for shown in ["Bingen am Rhein", "Ort 2", "Kontakt 1", "Nachbar2", str(membership), "Bürgermeisterin Beispiel"]:
        assert shown in page


def test_the_certificate_is_offered_once_it_is_made(portal: Client, agency: Agency, patron: Patron) -> None:
    from reports.models import Document

    appointment = factories.appointment(agency, patron, patron.home)
    address = reverse("patrons:my_municipality")
    assert "liegt noch nicht vor" in portal.get(address).content.decode()
    with agency_context(agency):
        job = jobs.order("appointment_certificate", subject=appointment)
    assert "wird gerade erstellt" in portal.get(address).content.decode()
    with agency_context(agency):
        document = Document.objects.create(
            kind="appointment_certificate",
            title="Urkunde",
            subject=appointment,
            job=job,
            sha256="0" * 64,
            size=1,
            file=ContentFile(b"%PDF", "urkunde.pdf"),
        )
    assert reverse("reports:download", args=[document.pk]) in portal.get(address).content.decode()


def test_an_ended_appointment_opens_no_contacts(portal: Client, agency: Agency, patron: Patron) -> None:
    factories.appointment(agency, patron, patron.home, ended_on=timezone.localdate())
    with agency_context(agency):
        Contact.objects.create(commune=patron.home, name="Petra Geheim")
        assert Appointment.objects.count() == 1
    assert "Petra Geheim" not in portal.get(reverse("patrons:my_municipality")).content.decode()


def test_the_page_of_hours_asks_the_database_a_constant_number_of_times(
    portal: Client, agency: Agency, patron: Patron
) -> None:
    with agency_context(agency):
        Activity.objects.bulk_create(
            Activity(agency=agency, patron=patron, hours=1, what=f"Eintrag {number}") for number in range(40)
        )
    with at_most(8):
        portal.get(reverse("patrons:log_hours"))
