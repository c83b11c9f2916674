"""What patrons do by themselves: hours in two taps, a break, trainings, documents, and a farewell with our thanks."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.exceptions import NotAllowed
from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from deadlines import jobs, outbox
from deadlines.models import Job, OutboxMail, Task
from klikks.tenancy import agency_context
from patrons import services
from patrons.models import Activity, Appointment, Patron
from reports.models import Document
from reports.selectors import documents_of
from tests import factories
from tests.queries import at_most
from tests.services import Mailbox
from trainings.models import Enrolment, TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """Keep files of a test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def patron(agency: Agency, programme: Programme, account: object, membership: Membership) -> Patron:
    """A patron in office in Bingen, which the regional manager looks after."""
    place = factories.commune()
    made = factories.patron(agency, programme, place, status=Patron.Status.ACTIVE, user=account(Role.PATRON))
    factories.appointment(agency, made, place)
    factories.partnership(agency, programme, place, manager=membership)
    return made


@pytest.fixture
def portal(patron: Patron) -> Client:
    """A browser in which the patron is signed in."""
    return factories.browser(patron.user)


def page(client: Client, name: str, **query: str) -> str:
    """Return a page's content."""
    with at_most(8):
        return client.get(reverse(name), query).content.decode()


def send(client: Client, name: str, *args: object, **typed: str) -> str:
    """Send a form and return the page that follows."""
    return client.post(reverse(name, args=args), typed, follow=True).content.decode()


def test_two_taps_from_the_start_page_log_hours_and_what_they_were_for(
    portal: Client, agency: Agency, patron: Patron
) -> None:
    assert f"{reverse('patrons:log_hours')}?quick=2" in page(portal, "website:portal")
    second = page(portal, "patrons:log_hours", quick="2")
    assert 'value="2" id="quick_4" checked' in second
    send(portal, "patrons:log_hours", quick="2", hours="", on=f"{timezone.localdate()}", what="", usual="Infostand")
    with agency_context(agency):
        assert list(Activity.objects.values_list("hours", "what")) == [(Decimal(2), "Infostand")]


def test_a_break_takes_one_tap_each_way_and_staff_are_told(
    portal: Client, agency: Agency, patron: Patron, manager: User
) -> None:
    assert "Jetzt pausieren" in page(portal, "patrons:pause")
    assert "Sie machen Pause" in send(portal, "patrons:pause", do="pause")
    assert "Sie pausieren" in page(portal, "website:portal")
    assert "Willkommen zurück" in send(portal, "patrons:pause", do="resume")
    with agency_context(agency):
        assert set(Task.objects.values_list("owner", flat=True)) == {manager.pk}
        assert OutboxMail.objects.filter(template="patron/news", recipient=manager.email).count() == 2
        assert [move.by for move in patron.transitions.all()] == [patron.user, patron.user]
        with pytest.raises(NotAllowed):
            services.pause(factories.patron(agency, patron.programme, patron.home, status="active"), by=patron.user)


def test_a_farewell_is_asked_once_ends_everything_and_is_followed_by_a_certificate_with_the_hours_if_wished(
    portal: Client, agency: Agency, patron: Patron, manager: User, mailbox: Mailbox
) -> None:
    with agency_context(agency):
        Activity.objects.create(patron=patron, hours=Decimal("2.5"), what="Infostand")
    asked = page(portal, "patrons:farewell")
    assert "Was bleibt" in asked
    assert "Auf Wiedersehen und vielen Dank" in send(portal, "patrons:farewell", with_hours="on", reason="Umzug")
    assert portal.get(reverse("website:portal")).status_code == 302
    with agency_context(agency):
        patron.refresh_from_db()
        assert patron.status == Patron.Status.FAREWELL
        assert Appointment.objects.get().ended_on == timezone.localdate()
        assert Task.objects.get().owner == manager
        job = Job.objects.get(kind=Job.Kind.THANKS_CERTIFICATE)
        for _time in range(2):
            jobs.run(job.pk)
            Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED)
        document = documents_of(patron).get()
        words = " ".join(pypdfium2.PdfDocument(document.file.read())[0].get_textpage().get_text_bounded().split())
        with pikepdf.open(document.file.open()) as pdf:
            assert len(pdf.pages) == 1
        for said in ("Erika Muster", "Bingen am Rhein", "1. Juni 2023", "2,5 Stunden"):
            assert said in words
        outbox.drain(agency)
    mails = [mail for mail in mailbox.to(patron.email) if list(mail.message.iter_attachments())]
    assert [mail.subject for mail in mails] == ["Danke: Ihre Urkunde"]


def test_patrons_enrol_by_themselves_wait_where_it_is_full_and_get_a_place_that_becomes_free(
    portal: Client, agency: Agency, other_agency: Agency, programme: Programme, patron: Patron
) -> None:
    now = timezone.now()
    with agency_context(agency):
        series = TrainingSeries.objects.create(agency=agency, programme=programme, title="Reihe", audience="patrons")
        session = TrainingSession.objects.create(
            agency=agency,
            series=series,
            title="Grundlagen",
            starts_at=now + timedelta(days=3),
            ends_at=now + timedelta(days=3, hours=2),
            places=1,
        )
        staff_only = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Coaching", audience="regional_managers"
        )
        closed = TrainingSession.objects.create(
            agency=agency, series=staff_only, starts_at=session.starts_at, ends_at=session.ends_at
        )
        other = factories.patron(
            agency, programme, patron.home, status="active", user=factories.account(Role.PATRON, agency)
        )
    theirs = factories.browser(other.user)
    assert "Sie nehmen an" in send(theirs, "trainings:enrol", session.pk)
    assert "Auf die Warteliste" in page(portal, "trainings:mine")
    assert "auf der Warteliste von" in send(portal, "trainings:enrol", session.pk)
    assert "steht schon auf der Liste" in send(portal, "trainings:enrol", session.pk)
    assert portal.post(reverse("trainings:enrol", args=[closed.pk])).status_code == 404
    assert "wieder frei" in send(theirs, "trainings:cancel", session.pk)
    with agency_context(agency):
        offered = Enrolment.objects.with_people().get(patron=patron)
        assert offered.status == Enrolment.Status.OFFERED
        assert OutboxMail.objects.get(template="training/offered").recipient == patron.email
    assert offered.get_absolute_url() in page(portal, "trainings:mine")
    portal.post(offered.get_absolute_url(), {"accept": "1"})
    assert "Sie nehmen teil" in page(portal, "trainings:mine")


def test_my_documents_hold_the_certificates(portal: Client, agency: Agency, patron: Patron, manager: User) -> None:
    assert "erscheint hier Ihre Urkunde" in page(portal, "reports:mine")
    with agency_context(agency):
        services.reorder_certificate(Appointment.objects.get(), by=manager)
        jobs.run(Job.objects.get().pk)
        document = Document.objects.get()
    assert reverse("reports:download", args=[document.pk]) in page(portal, "reports:mine")


def test_a_wrong_appointment_is_revoked_with_a_reason_and_then_free_to_be_made_rightly(
    agency: Agency, patron: Patron, manager: User, desk: Client
) -> None:
    with agency_context(agency):
        wrong = Appointment.objects.get()
    address = reverse("admin:patrons_appointment_revoke", args=[wrong.pk])
    assert "Bitte" in desk.post(address, {"reason": " "}).content.decode()
    assert "widerrufen" in desk.post(address, {"reason": "Falsche Gemeinde"}, follow=True).content.decode()
    assert "wurde widerrufen" in Client().get(reverse("patrons:verify", args=[wrong.code])).content.decode()
    with agency_context(agency):
        patron.refresh_from_db()
        assert patron.status == Patron.Status.TALK_HELD
        services.match(patron, patron.home, by=manager)
        right = services.appoint(
            patron, patron.home, by=manager, on=wrong.appointed_on, place="Bingen", signed_by="Eva Beispiel"
        )
        with pytest.raises(ValidationError, match="schon"):
            services.revoke_appointment(wrong, by=manager, reason="noch einmal")
    assert "ist gültig" in Client().get(reverse("patrons:verify", args=[right.code])).content.decode()


def test_an_imported_patron_gets_access_once(agency: Agency, patron: Patron, desk: Client, mailbox: Mailbox) -> None:
    with agency_context(agency):
        imported = factories.patron(agency, patron.programme, patron.home, status="active", last_name="Import")
    address = reverse("admin:patrons_patron_give_access", args=[imported.pk])
    assert "hat jetzt ein Konto" in desk.post(address, follow=True).content.decode()
    assert "hat schon ein Konto" in desk.post(address, follow=True).content.decode()
    with agency_context(agency):
        outbox.drain(agency)
    [mail] = mailbox.to(imported.email)
    assert reverse("account_login") in mail.text
