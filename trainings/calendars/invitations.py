"""Invitations to a training as entries for the calendar, their changes and cancellations (RFC 5546, RFC 6047).

A mail can carry one entry: iTIP allows a request no second identifier, mail programs look at the first part only, and
few know what to do with a list of days (RDATE). So each date of a training has an entry of its own with its own
identifier, and each further date leaves in a short mail of its own. `notices.tell` asks for them. Identifiers and
numbers of changes are kept in the database, so that a calendar knows which entry a later mail means; only what has
changed in an entry is sent again. Whoever takes part has said so already: the entry asks for no answer.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import astuple, dataclass, replace
from datetime import UTC, timedelta
from email.utils import parseaddr
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, prefetch_related_objects
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trainings.calendars.ics import Entry, Person, as_file
from trainings.calendars.models import CalendarInvite
from trainings.models import Enrolment, FurtherDate, TrainingSession

# Corrections in quick succession reach people as one change.
SETTLED = timedelta(minutes=10)
KEPT = ["sequence", "is_cancelled", "sent_at", "told_revision", "starts_at", "ends_at", "fingerprint"]


@dataclass(frozen=True)
class Sent:
    """An entry that leaves now: what is kept of it, and the text of its calendar file."""

    invite: CalendarInvite
    file: str


def calendar_entries(enrolments: Collection[Enrolment]) -> dict[int, list[Sent]]:
    """Note what is sent now and return the entries of each enrolment by its key; where nothing changed there are none.

    Whoever has a place is invited to each date, or told of its change; whoever has lost it is told that the entries may
    go. The number of queries does not depend on how many. To be called in the context of the enrolments' agency and in
    the transaction that writes the mails.
    """
    prefetch_related_objects([enrolment.session for enrolment in enrolments], "further_dates")
    known: dict[int, dict[int, CalendarInvite]] = defaultdict(dict)
    for invite in CalendarInvite.objects.select_for_update().filter(enrolment__in=list(enrolments)).order_by("pk"):
        known[invite.enrolment_id][invite.position] = invite
    sent = {one.pk: list(_to_send(one, known[one.pk])) for one in enrolments}
    invites = [entry.invite for entries in sent.values() for entry in entries]
    told = [invite for invites_of_one in known.values() for invite in invites_of_one.values()]
    CalendarInvite.objects.bulk_create(invite for invite in invites if invite.pk is None)
    CalendarInvite.objects.bulk_update(told, KEPT)
    return sent


def carry_over(before: Enrolment, after: Enrolment) -> None:
    """Let the entries in somebody's calendar go with the person to another session."""
    CalendarInvite.objects.filter(enrolment=before).update(enrolment=after)


def not_told_of_change() -> list[Enrolment]:
    """Return enrolments of the context's agency in sessions to come that have changed since the people were told."""
    return list(
        Enrolment.objects.with_people()
        .filter(
            status=Enrolment.Status.ENROLLED,
            session__over_at__gt=timezone.now(),
            session__cancelled_at=None,
            session__changed_at__lte=timezone.now() - SETTLED,
            calendar_invites__position=0,
            calendar_invites__told_revision__lt=F("session__revision"),
        )
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )


def dates_in_words(session: TrainingSession) -> str:
    """Return when a session is: the beginning of a single date, or a line for each of several."""
    if len(session.dates) < 2:
        return moment(session.starts_at)
    return "\n".join(span(one) for one in session.dates)


def span(one: TrainingSession | FurtherDate | CalendarInvite) -> str:
    """Return from when to when a date is, in words."""
    ends = date_format(timezone.localtime(one.ends_at), "TIME_FORMAT")
    return f"{moment(one.starts_at)} – {ends}"


def moment(at: object) -> str:
    """Return a moment in words."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")  # type: ignore[arg-type]


def place_of(session: TrainingSession) -> str:
    """Return where a session takes place, in a line."""
    return session.venue or (_("online") if session.online_link else "")


def _to_send(enrolment: Enrolment, known: dict[int, CalendarInvite]) -> Iterator[Sent]:
    """Bring the entries of an enrolment, by their position, to what holds now; yield those that must be sent."""
    session = enrolment.session
    is_expected = enrolment.status == Enrolment.Status.ENROLLED and session.cancelled_at is None
    dates = session.dates if is_expected else []
    for position, one in enumerate(dates):
        invite = known.get(position) or CalendarInvite(
            agency_id=enrolment.agency_id, enrolment=enrolment, position=position, uid=_new_uid()
        )
        invite.starts_at, invite.ends_at, invite.told_revision = one.starts_at, one.ends_at, session.revision
        entry = _entry(invite, enrolment)
        if invite.is_cancelled or invite.fingerprint != _fingerprint(entry):
            yield _sent(invite, entry, is_cancelled=False)
    for position, invite in known.items():
        if position >= len(dates) and not invite.is_cancelled:
            yield _sent(invite, _entry(invite, enrolment), is_cancelled=True)


def _sent(invite: CalendarInvite, entry: Entry, *, is_cancelled: bool) -> Sent:
    """Note that an entry leaves now, as a new one, a change or a cancellation."""
    if invite.pk is not None:
        invite.sequence += 1
    invite.sent_at, invite.is_cancelled, invite.fingerprint = timezone.now(), is_cancelled, _fingerprint(entry)
    now = replace(
        entry,
        stamp=invite.sent_at,
        sequence=invite.sequence,
        status="CANCELLED" if is_cancelled else "CONFIRMED",
    )
    return Sent(invite, as_file([now], method="CANCEL" if is_cancelled else "REQUEST"))


def _entry(invite: CalendarInvite, enrolment: Enrolment) -> Entry:
    """Return what stands in the calendar, in the person's language, but for what changes with each mail."""
    session = enrolment.session
    with translation.override(enrolment.language):
        return Entry(
            uid=invite.uid,
            summary=session.name,
            starts=invite.starts_at.astimezone(UTC),
            ends=invite.ends_at.astimezone(UTC),
            stamp=invite.starts_at.astimezone(UTC),
            description="\n\n".join(filter(None, [session.series.goals_text, session.trainers, session.online_link])),
            location=place_of(session),
            organiser=Person(session.agency.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1], session.agency.name),
            attendee=Person(enrolment.email, str(enrolment.person)),
        )


def _fingerprint(entry: Entry) -> str:
    return sha256(repr(astuple(entry)).encode()).hexdigest()


def _new_uid() -> str:
    return f"{uuid.uuid4()}@{urlsplit(settings.BASE_URL).hostname}"
