"""Invitations by mail, read by a library other than the one that wrote them: new, changed, moved and cancelled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, User
from deadlines import outbox
from klikks.tenancy import agency_context
from tests import factories
from tests.services import Mailbox
from trainings import services
from trainings.models import CalendarInvite, Enrolment, FurtherDate, TrainingSeries, TrainingSession
from trainings.tasks import tell_changes

pytestmark = pytest.mark.django_db


def received(mailbox: Mailbox, agency: Agency, address: str) -> tuple[str, Any]:
    """Send what waits and return subject and calendar entry of the newest mail to an address."""
    outbox.drain(agency)
    mail = mailbox.to(address)[-1]
    parts = {part.get_content_type(): part for part in mail.message.walk()}
    calendar = parts["text/calendar"]
    found = vobject.readOne(calendar.get_content())
    assert calendar.get_param("method") == found.method.value
    assert found.vevent.attendee.value == f"mailto:{address}"
    assert found.vevent.organizer.value == f"mailto:{agency.email}"
    return mail.subject, found


def test_each_mail_about_a_place_keeps_the_same_entry_in_the_calendar_up_to_date(
    agency: Agency, programme: Programme, manager: User, mailbox: Mailbox
) -> None:
    autumn = datetime(timezone.localdate().year + 1, 10, 1, 8, tzinfo=UTC)
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Grundlagen, Teil 1", audience="patrons"
        )
        sessions = [
            TrainingSession.objects.create(
                agency=agency, series=series, starts_at=at, ends_at=at + timedelta(hours=7), venue="Rathaus"
            )
            for at in (autumn, autumn + timedelta(days=60))
        ]
        FurtherDate.objects.create(
            session=sessions[0], starts_at=autumn + timedelta(days=40), ends_at=autumn + timedelta(days=40, hours=2)
        )
        patron = factories.patron(agency, programme, factories.commune(), status="active")
        enrolment = services.enrol(sessions[0], patron, by=manager)
        subject, first = received(mailbox, agency, patron.email)
        assert (first.method.value, first.vevent.sequence.value) == ("REQUEST", "0")
        assert first.vevent.summary.value == "Grundlagen, Teil 1"
        assert first.vevent.dtstart.value == autumn
        assert first.vevent.dtend.value == autumn + timedelta(hours=7)
        assert "Alle Termine:" in first.vevent.description.value
        assert subject.startswith("Sie nehmen teil")

        # Nothing is told before the change has settled, then once, with the next number.
        TrainingSession.objects.filter(pk=sessions[0].pk).update(venue="Bürgerhaus")
        tell_changes()
        assert CalendarInvite.objects.get().sequence == 0
        TrainingSession.objects.filter(pk=sessions[0].pk).update(changed_at=timezone.now() - timedelta(hours=1))
        tell_changes()
        tell_changes()
        subject, changed = received(mailbox, agency, patron.email)
        assert subject == "Geändert: Grundlagen, Teil 1"
        assert (changed.method.value, changed.vevent.sequence.value) == ("REQUEST", "1")
        assert changed.vevent.uid.value == first.vevent.uid.value
        assert changed.vevent.location.value == "Bürgerhaus"

        moved = services.move(enrolment, sessions[1], by=manager)
        _subject, elsewhere = received(mailbox, agency, patron.email)
        assert (elsewhere.method.value, elsewhere.vevent.sequence.value) == ("REQUEST", "2")
        assert elsewhere.vevent.uid.value == first.vevent.uid.value
        # The other date lies beyond the change to winter time: nine o'clock is another hour of the world.
        assert elsewhere.vevent.dtstart.value.astimezone(UTC) == sessions[1].starts_at
        assert elsewhere.vevent.dtstart.value.utcoffset() == timedelta(hours=1)
        assert first.vevent.dtstart.value.utcoffset() == timedelta(hours=2)

        services.cancel(moved, by=manager)
        _subject, gone = received(mailbox, agency, patron.email)
        assert (gone.method.value, gone.vevent.sequence.value) == ("CANCEL", "3")
        assert gone.vevent.uid.value == first.vevent.uid.value
        assert gone.vevent.status.value == "CANCELLED"

        again = services.enrol(sessions[1], patron, by=manager)
        _subject, anew = received(mailbox, agency, patron.email)
        assert anew.vevent.uid.value != first.vevent.uid.value
        services.cancel_session(sessions[1], by=manager, reason="Krankheit")
        _subject, called_off = received(mailbox, agency, patron.email)
        assert (called_off.method.value, called_off.vevent.uid.value) == ("CANCEL", anew.vevent.uid.value)
        assert Enrolment.objects.get(pk=again.pk).status == "cancelled"
        assert len(mailbox.to(patron.email)) == 6


def test_whoever_waits_gets_an_entry_only_with_the_place_and_it_stands_in_the_feed_under_the_same_name(
    agency: Agency, programme: Programme, manager: User, mailbox: Mailbox
) -> None:
    user = factories.account("patron", agency)  # type: ignore[arg-type]
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Förderung", audience="patrons"
        )
        soon = timezone.now() + timedelta(days=20)
        session = TrainingSession.objects.create(
            agency=agency, series=series, starts_at=soon, ends_at=soon + timedelta(hours=2), places=1
        )
        home = factories.commune()
        first = services.enrol(session, factories.patron(agency, programme, home, status="active"), by=manager)
        patron = factories.patron(agency, programme, home, status="active", user=user)
        waiting = services.enrol(session, patron, by=manager)
        outbox.drain(agency)
        assert not any(
            part.get_content_type() == "text/calendar"
            for mail in mailbox.to(patron.email)
            for part in mail.message.walk()
        )
        services.cancel(first, by=manager)
        services.accept(waiting, by=user)
        _subject, invitation = received(mailbox, agency, patron.email)
    browser = factories.browser(user)
    address = browser.get(reverse("trainings:my_calendar")).context["address"].partition("8000")[2]
    feed = vobject.readOne(Client().get(address).content.decode())
    assert [entry.uid.value for entry in feed.vevent_list] == [invitation.vevent.uid.value]
