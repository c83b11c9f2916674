"""Invitations to a training as an entry for the calendar, their changes and cancellations (RFC 5546, RFC 6047).

`notices.tell` asks for the entry that goes with each mail. Identifier and number of changes are kept in the database,
so that a calendar knows which entry a later mail means. Whoever takes part has said so already: the entry asks for no
answer.
"""

import uuid
from collections.abc import Collection
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, prefetch_related_objects
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trainings.calendars.ics import Entry, Person, as_file
from trainings.calendars.models import CalendarInvite
from trainings.models import Enrolment, TrainingSession

# Corrections in quick succession reach people as one change.
SETTLED = timedelta(minutes=10)


def calendar_entries(enrolments: Collection[Enrolment]) -> dict[int, str]:
    """Note what is sent now and return the calendar file of each enrolment by its key; those without one are left out.

    Whoever has a place is invited, or told of the change; whoever has lost it is told that the entry may go. The number
    of queries does not depend on how many. To be called in the context of the enrolments' agency and in the
    transaction that writes the mails.
    """
    prefetch_related_objects([enrolment.session for enrolment in enrolments], "further_dates")
    known = {invite.enrolment_id: invite for invite in _invites_of(enrolments)}
    new, changed, files = [], [], {}
    for enrolment in enrolments:
        invite = known.get(enrolment.pk)
        expected = enrolment.status == Enrolment.Status.ENROLLED and enrolment.session.cancelled_at is None
        if not expected and (invite is None or invite.is_cancelled):
            continue
        if invite is None:
            invite = CalendarInvite(agency_id=enrolment.agency_id, enrolment=enrolment, uid=_new_uid())
            new.append(invite)
        else:
            invite.sequence += 1
            changed.append(invite)
        invite.is_cancelled, invite.sent_at = not expected, timezone.now()
        invite.told_revision = enrolment.session.revision
        files[enrolment.pk] = _file(invite, enrolment)
    CalendarInvite.objects.bulk_create(new)
    CalendarInvite.objects.bulk_update(changed, ["sequence", "is_cancelled", "sent_at", "told_revision"])
    return files


def carry_over(before: Enrolment, after: Enrolment) -> None:
    """Let the entry in somebody's calendar go with the person to another date."""
    CalendarInvite.objects.filter(enrolment=before).update(enrolment=after)


def not_told_of_change() -> list[Enrolment]:
    """Return enrolments of the context's agency in sessions to come that have changed since the people were told."""
    return list(
        Enrolment.objects.with_people()
        .filter(
            status=Enrolment.Status.ENROLLED,
            session__starts_at__gt=timezone.now(),
            session__cancelled_at=None,
            session__changed_at__lte=timezone.now() - SETTLED,
            calendar_invite__told_revision__lt=F("session__revision"),
        )
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )


def dates_in_words(session: TrainingSession) -> str:
    """Return all dates of a session that has several, a line each; empty for a single date."""
    if len(session.dates) < 2:
        return ""
    return "\n".join(f"{_moment(one.starts_at)} – {_time(one.ends_at)}" for one in session.dates)


def place_of(session: TrainingSession) -> str:
    """Return where a session takes place, in a line."""
    return session.venue or (_("online") if session.online_link else "")


def _invites_of(enrolments: Collection[Enrolment]) -> list[CalendarInvite]:
    keys = [enrolment.pk for enrolment in enrolments]
    return list(CalendarInvite.objects.select_for_update().filter(enrolment__in=keys).order_by("pk"))


def _file(invite: CalendarInvite, enrolment: Enrolment) -> str:
    """Return the invitation, its change or its cancellation, in the person's language."""
    session = enrolment.session
    with translation.override(enrolment.language):
        entry = Entry(
            uid=invite.uid,
            summary=session.name,
            starts=session.starts_at,
            ends=session.ends_at,
            stamp=invite.sent_at,
            sequence=invite.sequence,
            status="CANCELLED" if invite.is_cancelled else "CONFIRMED",
            description=_description(session),
            location=place_of(session),
            organiser=Person(session.agency.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1], session.agency.name),
            attendee=Person(enrolment.email, str(enrolment.person)),
        )
        return as_file([entry], method="CANCEL" if invite.is_cancelled else "REQUEST")


def _description(session: TrainingSession) -> str:
    dates = dates_in_words(session)
    parts = [
        session.series.goals_text,
        session.trainers,
        session.online_link,
        _("All dates:") + "\n" + dates if dates else "",
    ]
    return "\n\n".join(filter(None, parts))


def _new_uid() -> str:
    return f"{uuid.uuid4()}@{urlsplit(settings.BASE_URL).hostname}"


def _moment(at: object) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")  # type: ignore[arg-type]


def _time(at: object) -> str:
    return date_format(timezone.localtime(at), "TIME_FORMAT")  # type: ignore[arg-type]
