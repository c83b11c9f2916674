"""What is noted on the day of a training: who is there, who came unannounced, and that the list is closed.

Notes come from staff and from participants who open the address of the code in the room. They may arrive late and
twice: each carries a key, and of several notes about one person and date the one that was made last counts. Who was at
as many dates as the session asks for has taken part in the training.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models import Membership, Participation, User
from agencies.permissions import CHANGE, require
from deadlines import jobs
from deadlines.models import Job
from deadlines.services import clear_deadlines
from klikks.locks import one_at_a_time
from klikks.names import clean_line, clean_name
from klikks.tenancy import agency_context, current_agency_id
from patrons.models import Patron
from trainings import places
from trainings.attendance import certificates
from trainings.attendance.models import AttendanceEntry
from trainings.attendance.presence import (
    FIRST,
    date_nearest,
    date_of,
    number_of,
    present_at,
    took_part,
    with_presence,
)
from trainings.exceptions import NotHeldYet
from trainings.models import Attendee, Enrolment, FurtherDate, Guest, Place, TrainingSession

Status = Enrolment.Status
Way = AttendanceEntry.Way
# People come early and leave late; after that staff put right what is wrong.
DOORS_OPEN, DOORS_CLOSE = timedelta(hours=2), timedelta(hours=6)
# A device that had no connection may send so much later what was noted in the room.
LATE = timedelta(days=7)


class DoorsClosed(ValidationError):
    """The code in the room opens nothing outside of the hours of the training."""


@dataclass(frozen=True)
class Note:
    """Where a note comes from: its key, when it was made on the device, how, and which date staff mean (its number)."""

    key: UUID = field(default_factory=uuid4)
    noted_at: datetime = field(default_factory=timezone.now)
    way: str = Way.LIST
    date: int = FIRST


@transaction.atomic
def note(session: TrainingSession, enrolment: int, *, is_present: bool, by: User, note: Note) -> None:
    """Note whether somebody is there on the note's date; `enrolment` is the key on the list of the session.

    The organiser's staff note everybody, staff of other agencies their own people. A note that has come before, and one
    older than another about the same person and date, changes nothing. Raises NotAllowed, NotHeldYet, or
    ValidationError for somebody who is not on the list.
    """
    require(by, "enrolment", CHANGE)
    _check_day(date_of(session, note.date))
    agency_id = _agency_of(session, enrolment)
    with agency_context(agency_id):
        _write(enrolment, is_present=is_present, note=note, by=by)


@transaction.atomic
def add_walk_in(
    session: TrainingSession, *, by: User, name: str, email: str, organisation: str, note: Note
) -> Enrolment:
    """Put somebody on the list who came unannounced; whoever is on it under this address is only ticked.

    The person is kept by the agency that acts. Raises NotAllowed, NotHeldYet, NotForThem or ValidationError for a name
    that cannot be printed.
    """
    require(by, "enrolment", CHANGE)
    _check_day(date_of(session, note.date))
    places.check_reach(session)
    return _arrive(session, name=name, email=email, organisation=organisation, language="de", note=note, by=by)


@transaction.atomic
def check_in(session: TrainingSession, person: Patron | Membership, *, by: User, note: Note) -> Enrolment:
    """Note that somebody with an account is there; who was not on the list is now. For the person alone.

    Raises NotAllowed, NotForThem or DoorsClosed.
    """
    if person.user_id != by.pk:
        raise NotAllowed(_("Your role does not allow this. Please ask your agency's administrator."))
    note = _in_the_room(session, note)
    places.check_reach(session)
    one_at_a_time(session)
    who = {"patron": person} if isinstance(person, Patron) else {"member": person}
    enrolment = Enrolment.objects.live().filter(session=session, **who).first()
    if enrolment is None:
        enrolment = Enrolment.objects.create(session=session, status=Status.ENROLLED, **who)
    _write(enrolment.pk, is_present=True, note=note, by=by)
    return enrolment


@transaction.atomic
def check_in_by_name(session: TrainingSession, *, name: str, email: str, language: str, note: Note) -> None:
    """Note that somebody without an account is there, who has opened the code in the room. Public.

    The address is looked for on the list, among the people of all agencies that may come; whoever is not there is added
    as a guest of the organiser. The visitor learns nothing about the list. Raises DoorsClosed, or ValidationError for a
    name that cannot be printed.
    """
    note = _in_the_room(session, note)
    one_at_a_time(session)
    for agency_id in _who_may_come(session):
        with agency_context(agency_id):
            found = _on_list(session, email)
            if found is not None:
                _write(found.pk, is_present=True, note=note, by=None)
                return
    with agency_context(session.agency_id):
        _arrive(session, name=name, email=email, organisation="", language=language, note=note, by=None)


@transaction.atomic
def close(session: TrainingSession, *, by: User) -> int:
    """Close the list: whoever was not ticked was absent, and everybody else's certificate is ordered.

    The organiser closes the list for the people of all agencies, another agency for its own. What is wrong can still be
    put right afterwards. Returns how many took part. Raises NotAllowed or NotHeldYet.
    """
    require(by, "enrolment", CHANGE)
    if session.over_at > timezone.now():
        raise NotHeldYet(_("The list can be closed as soon as the training has ended."))
    one_at_a_time(session)
    return sum(_close_for(session, agency_id, by) for agency_id in _agencies_of(session))


def _in_the_room(session: TrainingSession, note: Note) -> Note:
    """Return a note with the date that was on when it was made in the room.

    Raises DoorsClosed outside of the hours of the training, and for what arrives only days later: nobody could say any
    more whether it was so.
    """
    places.check_not_cancelled(session)
    one = date_nearest(session, note.noted_at)
    is_open = one.starts_at - DOORS_OPEN <= note.noted_at <= one.ends_at + DOORS_CLOSE
    if not is_open or timezone.now() > one.ends_at + LATE:
        raise DoorsClosed(_("This page is open on the day of the training only. Please speak to the people in charge."))
    return replace(note, date=number_of(one))


def _write(key: int, *, is_present: bool, note: Note, by: User | None) -> None:
    """Keep a note of the context's agency, and let the latest note about the person and the date count."""
    enrolment = Enrolment.objects.with_people().select_for_update(of=("self",)).get(pk=key)
    who = by if by is not None and by.agency_id == enrolment.agency_id else None
    noted_at = min(note.noted_at, timezone.now())
    _entry, is_new = AttendanceEntry.objects.get_or_create(
        key=note.key,
        defaults={
            "enrolment": enrolment,
            "date_id": note.date or None,
            "is_present": is_present,
            "way": note.way,
            "noted_at": noted_at,
            "noted_by": who,
        },
    )
    if is_new:
        _move(enrolment, by=who)


def _move(enrolment: Enrolment, *, by: User | None) -> None:
    """Bring the enrolment to what is known of the person, and the certificate to what is true now."""
    dates = present_at(enrolment)
    if dates and enrolment.status in {Status.UNCONFIRMED, Status.WAITING, Status.OFFERED}:
        enrolment.move_to(Status.ENROLLED, by=by, reason=_("came and found a place"), answer_by=None)
        clear_deadlines(enrolment)
    has_taken_part = took_part(enrolment.session, dates)
    if has_taken_part and enrolment.status in {Status.ENROLLED, Status.ABSENT}:
        enrolment.move_to(Status.ATTENDED, by=by)
    elif not has_taken_part and enrolment.status == Status.ATTENDED:
        is_closed = certificates.is_issued(enrolment)
        enrolment.move_to(Status.ABSENT if is_closed else Status.ENROLLED, by=by)
    certificates.put_right(enrolment)


def _arrive(
    session: TrainingSession,
    *,
    name: str,
    email: str,
    organisation: str,
    language: str,
    note: Note,
    by: User | None,
) -> Enrolment:
    """Tick whoever is on the list of the context's agency under an address; put others on it as guests."""
    one_at_a_time(session)
    earlier = AttendanceEntry.objects.filter(key=note.key).select_related("enrolment").first()
    if earlier is not None:
        return earlier.enrolment
    email = email.strip().lower()
    enrolment = _on_list(session, email) if email else None
    if enrolment is None:
        guest = Guest.objects.create(
            name=clean_name(name),
            email=email,
            organisation=clean_line(organisation),
            language=language,
            consented_at=None if by else timezone.now(),
        )
        enrolment = Enrolment.objects.create(session=session, guest=guest, status=Status.ENROLLED)
    _write(enrolment.pk, is_present=True, note=note, by=by)
    return enrolment


def _on_list(session: TrainingSession, email: str) -> Enrolment | None:
    """Return whom of the context's agency the list knows under an address."""
    live = Enrolment.objects.live().with_people().filter(session=session)
    address = email.strip().lower()
    return next((one for one in live.order_by("pk") if one.email.lower() == address), None)


def _agency_of(session: TrainingSession, enrolment: int) -> int:
    """Return to which agency somebody on the list belongs. Raises ValidationError for others."""
    own = current_agency_id()
    if Enrolment.objects.live().filter(session=session, pk=enrolment).exists():
        return int(own or 0)
    if session.agency_id == own:
        found = Attendee.objects.filter(session=session, pk=enrolment).first()
        if found is not None:
            return found.agency_id
    raise ValidationError(_("This person is not on the list any more. Please load the page once more."))


def _agencies_of(session: TrainingSession) -> list[int]:
    """Return for whose people the context's agency closes the list."""
    own = int(current_agency_id() or 0)
    if session.agency_id != own:
        return [own]
    with_places = Place.objects.filter(session=session, status__in=Enrolment.TAKES_PART)
    return sorted(set(with_places.values_list("agency_id", flat=True)))


def _who_may_come(session: TrainingSession) -> Iterable[int]:
    """Return whose people may be on the list: the organiser's first, and others' where it invites them."""
    yield session.agency_id
    if session.series.across_agencies:
        others = Participation.objects.filter(programme=session.series.programme_id).exclude(agency=session.agency_id)
        yield from others.order_by("pk").values_list("agency_id", flat=True)


def _close_for(session: TrainingSession, agency_id: int, by: User) -> int:
    with agency_context(agency_id):
        who = by if by.agency_id == agency_id else None
        on_list = Enrolment.objects.taking_part().select_for_update().filter(session=session).order_by("pk")
        attended = 0
        for enrolment in with_presence(on_list):
            # Not by the status: the dates, and how many of them are enough, may have changed since the last note.
            has_taken_part = took_part(session, enrolment.present)
            attended += has_taken_part
            status = Status.ATTENDED if has_taken_part else Status.ABSENT
            if enrolment.status != status:
                enrolment.move_to(status, by=who)
        if attended:
            jobs.order(Job.Kind.TRAINING_CERTIFICATES, subject=session, by=who)
        return attended


def _check_day(one: TrainingSession | FurtherDate) -> None:
    """Refuse notes before the day of a date. Raises NotHeldYet."""
    if timezone.localdate(one.starts_at) > timezone.localdate():
        raise NotHeldYet(_("This session is still to come."))
