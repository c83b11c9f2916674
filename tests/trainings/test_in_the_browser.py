"""A training as people live it: enrol, wait, move up, be there without a connection, certificate and feedback."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from deadlines import jobs
from deadlines.models import Job, OutboxMail
from klikks.tenancy import agency_context
from patrons.models import Patron
from reports.models import Document
from tests import factories
from tests.browser import DESKTOP, barriers, is_wider_than_the_screen
from trainings.models import Enrolment, FeedbackRequest, Guest, TrainingCertificate, TrainingSeries, TrainingSession
from trainings.tasks import ask_for_feedback

# A busy machine answers late.
expect.set_options(timeout=15_000)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def training(committed_db: None, agency: Agency, programme: Programme, settings: Any, tmp_path: Any) -> TrainingSession:
    """A training with a single place, in a week."""
    settings.MEDIA_ROOT = tmp_path
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Grundlagen", audience="patrons", goals="Fördermittel finden"
        )
        starts = timezone.now() + timedelta(days=7)
        return TrainingSession.objects.create(
            agency=agency, series=series, starts_at=starts, ends_at=starts + timedelta(hours=2), places=1
        )


def patron_with_account(agency: Agency, programme: Programme, name: str) -> Patron:
    user, home = factories.account(Role.PATRON, agency), factories.commune(f"Ort {name}")
    who = {"user": user, "status": "active", "last_name": name, "email": user.email}
    return factories.patron(agency, programme, home, **who)


def held(training: TrainingSession, since: timedelta, *, lasts: timedelta = timedelta(hours=2)) -> None:
    """Let the training have begun some time ago."""
    with agency_context(training.agency_id):
        begun = timezone.now() - since
        TrainingSession.objects.filter(pk=training.pk).update(starts_at=begun, ends_at=begun + lasts)


def look(page: Page) -> None:
    """See that a page has no barriers and fits the screen."""
    assert not barriers(page), page.url
    assert not is_wider_than_the_screen(page), page.url


def test_from_the_waiting_list_to_certificate_and_feedback_also_without_a_connection(
    new_page: Callable[..., Page], training: TrainingSession, agency: Agency, programme: Programme, manager: User
) -> None:
    first, second = (patron_with_account(agency, programme, name) for name in ("Eins", "Zwei"))
    on_first, on_second = (new_page(user=patron.user) for patron in (first, second))
    mine = reverse("trainings:mine")

    # Enrol, wait, move up.
    on_first.goto(mine)
    on_first.get_by_role("button", name=re.compile("^Teilnehmen")).click()
    expect(on_first.get_by_text("Sie nehmen teil", exact=True)).to_be_visible()
    on_second.goto(mine)
    on_second.get_by_role("button", name=re.compile("Warteliste")).click()
    expect(on_second.get_by_text("Sie stehen auf der Warteliste", exact=True)).to_be_visible()
    on_first.get_by_role("button", name=re.compile("Ich kann nicht")).click()
    with agency_context(agency):
        assert OutboxMail.objects.filter(template="training/offered", recipient=second.email).exists()
    on_second.goto(mine)
    look(on_second)
    on_second.get_by_role("link", name=re.compile("antworten", re.IGNORECASE)).first.click()
    on_second.get_by_role("button", name="Ja, ich komme").click()
    with agency_context(agency):
        enrolment = Enrolment.objects.get(patron=second)
        assert enrolment.status == "enrolled"
        invitation = OutboxMail.objects.get(template="training/enrolled", recipient=second.email)
        assert "METHOD:REQUEST" in invitation.calendar

    # The day has come: the code hangs in the room, the connection does not hold.
    held(training, timedelta(minutes=20))
    staff = new_page(user=manager, width=DESKTOP, dark=True)
    staff.goto(reverse("trainings:code", args=[training.pk]))
    look(staff)
    code = staff.get_by_role("link", name="Seite hinter dem Code öffnen").get_attribute("href")
    on_second.goto(str(code))
    look(on_second)
    on_second.context.set_offline(True)
    on_second.get_by_role("button", name="Ich bin da").click()
    expect(on_second.get_by_text("Danke, Sie stehen auf der Liste")).to_be_visible()
    expect(on_second.get_by_text("Ein Eintrag wartet auf diesem Gerät")).to_be_visible()
    with agency_context(agency):
        assert Enrolment.objects.get(patron=second).status == "enrolled"
    on_second.context.set_offline(False)
    expect(on_second.get_by_text("Alles ist gespeichert.")).to_be_visible()
    with agency_context(agency):
        assert Enrolment.objects.get(patron=second).status == "attended"

    # Staff note who came unannounced, without a connection as well, and untick and tick again.
    phone = new_page(user=manager)
    phone.goto(reverse("trainings:attendance", args=[training.pk]))
    expect(phone.get_by_text("Diese Seite öffnet sich auch ohne Verbindung")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_label("Name").fill("Bo Spontan")
    phone.get_by_label("E-Mail").fill("bo@example.org")
    phone.get_by_role("button", name="Auf die Liste setzen").click()
    tick = phone.get_by_role("button", name=re.compile("^da.*Erika Zwei"))
    expect(tick).to_have_attribute("aria-pressed", "true")
    tick.click()
    tick.click()
    expect(tick).to_have_attribute("aria-pressed", "true")
    expect(phone.get_by_text("3 Einträge warten auf diesem Gerät")).to_be_visible()
    # The page is loaded once more, from the device: it shows what still waits, and looks as it did.
    with agency_context(agency):
        unknown = Guest.objects.create(name="Ina Später", email="ina@example.org")
        Enrolment.objects.create(session=training, guest=unknown)
    phone.reload()
    expect(phone.get_by_text("3 Einträge warten auf diesem Gerät")).to_be_visible()
    expect(phone.get_by_text("Bo Spontan", exact=True)).to_be_visible()
    expect(phone.get_by_text("Ina Später")).to_have_count(0)
    expect(tick).to_have_attribute("aria-pressed", "true")
    look(phone)
    phone.context.set_offline(False)
    expect(phone.get_by_text("Alles ist gespeichert.")).to_be_visible()
    phone.reload()
    for name in ("Bo Spontan", "Ina Später"):
        expect(phone.get_by_text(name, exact=True)).to_be_visible()

    # Afterwards: the list is closed, certificates are made and can be checked by everybody.
    held(training, timedelta(hours=3))
    phone.get_by_role("button", name="Liste schließen, Bescheinigungen senden").click()
    expect(phone.get_by_text("2 Personen haben teilgenommen.")).to_be_visible()
    with agency_context(agency):
        jobs.run(Job.objects.get(kind=Job.Kind.TRAINING_CERTIFICATES).pk)
        certificate = TrainingCertificate.objects.get(enrolment__patron=second)
        assert Document.objects.filter(kind=Document.Kind.TRAINING_CERTIFICATE).count() == 2
    on_second.goto(mine)
    look(on_second)
    on_second.get_by_role("link", name=re.compile("^Bescheinigung")).click()
    expect(on_second.get_by_text("Diese Bescheinigung ist gültig")).to_be_visible()
    look(on_second)
    assert certificate.code in on_second.url
    on_second.goto(reverse("reports:mine"))
    expect(on_second.get_by_text("Teilnahmebescheinigung: Erika Zwei")).to_be_visible()

    # Two days later: questions, answered once, shown to nobody before there are enough.
    held(training, timedelta(days=2, hours=3))
    ask_for_feedback()
    with agency_context(agency):
        mail = OutboxMail.objects.get(template="training/feedback", recipient=second.email)
    link = next(word for word in mail.text.split() if "/feedback/" in word)
    answer = new_page()
    answer.goto("/" + link.split("/", 3)[3])
    look(answer)
    for group in answer.locator("main fieldset").all():
        group.get_by_label("stimme voll zu").check()
    answer.get_by_label("Was war gut?").fill("Die Beispiele")
    answer.get_by_role("button", name="Antwort senden").click()
    expect(answer.get_by_text("liegt im Kasten")).to_be_visible()
    with agency_context(agency):
        assert FeedbackRequest.objects.filter(has_answered=True).count() == 1
    staff.goto(reverse("reports:feedback", args=[training.pk]))
    expect(staff.get_by_text("Noch nicht genug Antworten")).to_be_visible()
    look(staff)
    on_second.goto(reverse("trainings:my_calendar"))
    look(on_second)
