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


def received_all(mailbox: Mailbox, agency: Agency, address: str) -> list[tuple[str, Any]]:
    """Send what waits and return subject and calendar entry, if there is one, of each new mail to an address."""
    before = len(mailbox.to(address))
    outbox.drain(agency)
    return [(mail.subject, entry_in(mail.message, agency, address)) for mail in mailbox.to(address)[before:]]


def received(mailbox: Mailbox, agency: Agency, address: str) -> tuple[str, Any]:
    """Send what waits and return subject and calendar entry of the one new mail to an address."""
    [mail] = received_all(mailbox, agency, address)
    return mail


def entry_in(message: Any, agency: Agency, address: str) -> Any:
    """Return the entry for the calendar in a mail, of which there is one at most; None where there is none."""
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    [calendar] = parts
    found = vobject.readOne(calendar.get_content())
    assert len(found.vevent_list) == 1
    assert calendar.get_param("method") == found.method.value
    assert found.vevent.attendee.value == f"mailto:{address}"
    assert found.vevent.organizer.value == f"mailto:{agency.email}"
    return found


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
        patron = factories.patron(agency, programme, factories.commune(), status="active")
        enrolment = services.enrol(sessions[0], patron, by=manager)
        subject, first = received(mailbox, agency, patron.email)
        assert (first.method.value, first.vevent.sequence.value) == ("REQUEST", "0")
        assert first.vevent.summary.value == "Grundlagen, Teil 1"
        assert first.vevent.dtstart.value == autumn
        assert first.vevent.dtend.value == autumn + timedelta(hours=7)
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
        _subject, invitation = received_all(mailbox, agency, patron.email)[-1]
    browser = factories.browser(user)
    address = browser.get(reverse("trainings:my_calendar")).context["address"].partition("8000")[2]
    feed = vobject.readOne(Client().get(address).content.decode())
    assert [entry.uid.value for entry in feed.vevent_list] == [invitation.vevent.uid.value]


def told(entry: Any) -> tuple[str, str, str, timedelta]:
    """What matters of an entry: what is asked, its number of changes, its name, and the distance to world time."""
    event = entry.vevent
    return entry.method.value, event.sequence.value, event.uid.value, event.dtstart.value.utcoffset()


def test_each_of_several_dates_has_an_entry_of_its_own_that_is_changed_moved_and_taken_away_by_itself(
    agency: Agency, programme: Programme, manager: User, mailbox: Mailbox
) -> None:
    autumn = datetime(timezone.localdate().year + 1, 10, 1, 8, tzinfo=UTC)
    summer_time, winter_time = timedelta(hours=2), timedelta(hours=1)

    def changed() -> list[tuple[str, Any]]:
        TrainingSession.objects.update(changed_at=timezone.now() - timedelta(hours=1))
        tell_changes()
        return received_all(mailbox, agency, patron.email)

    with agency_context(agency):
        series = TrainingSeries.objects.create(agency=agency, programme=programme, title="Kurs", audience="patrons")
        course, short = (
            TrainingSession.objects.create(
                agency=agency, series=series, starts_at=at, ends_at=at + timedelta(hours=7), venue="Rathaus"
            )
            for at in (autumn, autumn + timedelta(days=60))
        )
        # Beyond the change to winter time: at the same hour in Berlin, another one of the world.
        later = autumn + timedelta(days=40, hours=1)
        second = FurtherDate.objects.create(session=course, starts_at=later, ends_at=later + timedelta(hours=2))
        patron = factories.patron(agency, programme, factories.commune(), status="active")
        enrolment = services.enrol(course, patron, by=manager)
        (subject, first), (subject_of_date, further) = received_all(mailbox, agency, patron.email)
        assert subject.startswith("Sie nehmen teil")
        assert subject_of_date == "Für Ihren Kalender: Kurs, Termin 2"
        uids = [entry.vevent.uid.value for entry in (first, further)]
        assert told(first) == ("REQUEST", "0", uids[0], summer_time)
        assert told(further) == ("REQUEST", "0", uids[1], winter_time)
        assert [entry.vevent.dtstart.value.hour for entry in (first, further)] == [10, 10]
        assert (further.vevent.dtstart.value, further.vevent.dtend.value) == (later, later + timedelta(hours=2))
        assert len(set(uids)) == 2

        # Only what has changed is sent again; the mail about the place names all dates.
        FurtherDate.objects.filter(pk=second.pk).update(ends_at=later + timedelta(hours=3))
        (subject, none), (_subject, longer) = changed()
        assert (subject, none) == ("Geändert: Kurs", None)
        assert "10. November" in mailbox.to(patron.email)[-2].text
        assert told(longer) == ("REQUEST", "1", uids[1], winter_time)
        TrainingSession.objects.filter(pk=course.pk).update(venue="Bürgerhaus")
        assert [told(entry)[:3] for _subject, entry in changed()] == [
            ("REQUEST", "1", uids[0]),
            ("REQUEST", "2", uids[1]),
        ]
        third = FurtherDate.objects.create(
            session=course, starts_at=later + timedelta(days=7), ends_at=later + timedelta(days=7, hours=2)
        )
        (_subject, none), (_subject, added) = changed()
        assert (none, added.method.value, added.vevent.sequence.value) == (None, "REQUEST", "0")
        third.delete()
        (_subject, none), (subject, off) = changed()
        assert subject.strip().startswith("Aus Ihrem Kalender: Kurs, 17. November")
        assert told(off) == ("CANCEL", "1", added.vevent.uid.value, winter_time)

        moved = services.move(enrolment, short, by=manager)
        (_subject, elsewhere), (_subject, gone) = received_all(mailbox, agency, patron.email)
        assert told(elsewhere) == ("REQUEST", "2", uids[0], winter_time)
        assert told(gone)[:3] == ("CANCEL", "3", uids[1])
        services.cancel(moved, by=manager)
        assert told(received(mailbox, agency, patron.email)[1])[:3] == ("CANCEL", "3", uids[0])
