"""How places of a session are taken, given back and offered to those who wait.

The mechanics below the verbs of `services` and `by_link`, whose callers have checked the right. How people wait and
move up is said in `queues`.
"""

from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import User
from deadlines.services import clear_deadlines
from klikks.locks import one_at_a_time
from klikks.tenancy import agency_context, current_agency_id
from trainings import conference
from trainings.answers import expect_answer
from trainings.calendars.invitations import carry_over
from trainings.exceptions import (
    AlreadyEnrolled,
    BegunAlready,
    NoPlaceThere,
    NotForThem,
    NothingOffered,
    NotOpenYet,
    RegistrationClosed,
    SessionCancelled,
)
from trainings.models import Enrolment, Place, TakenPlaces, TrainingSession
from trainings.notices import tell
from trainings.queues import Queue, apart, is_late, lapse, locked

Status = Enrolment.Status


def check_open(session: TrainingSession) -> None:
    """Refuse whoever wants to enrol when registration is not open.

    Raises SessionCancelled, BegunAlready, NotOpenYet or RegistrationClosed.
    """
    check_not_cancelled(session)
    if session.has_begun:
        raise BegunAlready(_("This session has begun already."))
    if session.register_from and session.is_before_registration:
        day = {"day": date_format(session.register_from, "DATE_FORMAT")}
        raise NotOpenYet(_("Registration opens on %(day)s. Please come back then.") % day)
    if session.register_until and session.is_registration_over:
        day = {"day": date_format(session.register_until, "DATE_FORMAT")}
        raise RegistrationClosed(
            _("Registration ended on %(day)s. Please ask the organiser whether you can still come.") % day
        )


def check_not_cancelled(session: TrainingSession) -> None:
    """Raise SessionCancelled for a session that does not take place."""
    if session.cancelled_at:
        raise SessionCancelled(_("This session was cancelled by its organiser."))


def check_before(session: TrainingSession) -> None:
    """Refuse participants who want to change something about a session that is on or over. Raises BegunAlready."""
    if session.has_begun:
        raise BegunAlready(_("This session has begun already. Please speak to the organiser."))


def check_reach(session: TrainingSession) -> None:
    """Refuse people of other agencies where the organiser does not invite them. Raises NotForThem."""
    if session.agency_id != current_agency_id() and not session.series.across_agencies:
        raise NotForThem(_("This session is open to people of “%(agency)s” only.") % {"agency": session.agency})


def take(session: TrainingSession, *, enrolled_by: str = "", **who: Any) -> Enrolment:
    """Give somebody (`patron`, `member` or `guest`) a place, or one on the waiting list, and tell the person.

    `enrolled_by` names who has enrolled the person, if somebody else did. Raises AlreadyEnrolled or SessionCancelled.
    """
    one_at_a_time(session)
    session = TrainingSession.objects.select_related("series", "agency").get(pk=session.pk)
    check_not_cancelled(session)
    if Enrolment.objects.live().filter(session=session, **who).exists():
        raise AlreadyEnrolled(_("%(person)s is on the list already.") % {"person": next(iter(who.values()))})
    status = Status.ENROLLED if _queue(session).has_room() else Status.WAITING
    enrolment = Enrolment.objects.create(session=session, status=status, **who)
    if not session.has_begun:
        tell(status, [enrolment], enrolled_by=enrolled_by)
    return enrolment


def confirm(enrolment: Enrolment) -> Enrolment:
    """Let somebody whose address is proven now have a place, or one on the waiting list; twice changes nothing.

    Raises what `check_open` raises.
    """
    enrolment = locked(enrolment)
    if enrolment.status == Status.UNCONFIRMED:
        check_open(enrolment.session)
        enrolment.move_to(Status.ENROLLED if _queue(enrolment.session).has_room() else Status.WAITING)
        tell(enrolment.status, [enrolment])
    return enrolment


def accept(enrolment: Enrolment, *, by: User | None) -> Enrolment:
    """Note that somebody takes the place that was offered. Raises NothingOffered when it is too late."""
    enrolment = locked(enrolment)
    if enrolment.status != Status.OFFERED or enrolment.session.has_begun or is_late(enrolment.answer_by):
        raise NothingOffered(_("The time to answer is over, or the offer was answered before."))
    enrolment.move_to(Status.ENROLLED, by=by, answer_by=None)
    clear_deadlines(enrolment)
    tell(Status.ENROLLED, [enrolment])
    return enrolment


def release(enrolment: Enrolment, *, by: User | None, reason: str, event: str = "cancelled") -> Enrolment:
    """Cancel an enrolment, tell the person, and offer the place to whoever is next.

    `event` names the mail. Raises IllegalTransition for what was cancelled before, or was held.
    """
    enrolment = locked(enrolment)
    _end(enrolment, by=by, reason=reason)
    tell(event, [enrolment], reason=reason)
    fill(enrolment.session)
    return enrolment


def move(enrolment: Enrolment, to: TrainingSession, *, by: User | None) -> Enrolment:
    """Give somebody a place in another session of the series instead; return the new enrolment.

    Whoever has a place moves only to a free one, so that none is lost on the way. Raises NotForThem for a session of
    another series, NoPlaceThere, AlreadyEnrolled, SessionCancelled or IllegalTransition.
    """
    if to.series_id != enrolment.session.series_id or to.pk == enrolment.session_id:
        raise NotForThem(_("Please choose another date of the same series."))
    check_not_cancelled(to)
    one_at_a_time(enrolment.session, to)
    enrolment = locked(enrolment)
    room = _queue(to).has_room()
    if not room and enrolment.status in {Status.ENROLLED, Status.OFFERED}:
        raise NoPlaceThere(_("All places are taken on that date, so you keep the place you have."))
    who = {name: person for name in ("patron", "member", "guest") if (person := getattr(enrolment, name))}
    if Enrolment.objects.live().filter(session=to, **who).exists():
        raise AlreadyEnrolled(_("%(person)s is on the list already.") % {"person": enrolment.person})
    _end(enrolment, by=by, reason=_("moved to %(session)s") % {"session": to})
    moved = Enrolment.objects.create(session=to, status=Status.ENROLLED if room else Status.WAITING, **who)
    carry_over(enrolment, moved)
    tell("moved", [moved], before=enrolment.session)
    fill(enrolment.session)
    return moved


def fill(session: TrainingSession) -> None:
    """Offer what is free to those who have waited longest, each with a time to answer by. Safe to run twice."""
    one_at_a_time(session)
    _queue(TrainingSession.objects.select_related("series").get(pk=session.pk)).fill()


def fill_all() -> None:
    """Offer whatever is free in sessions to come; also after the organiser has given a session more places."""
    with_queue = TrainingSession.objects.filter(
        Q(places__isnull=True) | Q(taken_places__isnull=True) | Q(places__gt=F("taken_places__taken")),
        cancelled_at__isnull=True,
        starts_at__gt=timezone.now(),
        all_places__status=Status.WAITING,
    )
    for session in with_queue.distinct():
        apart(fill, session)


def lapse_offers() -> None:
    """Take back each offer that nobody has answered in time, and offer the place to the next. Safe to run twice."""
    lapse(Place.objects.select_related("session"), _lapse)


def _queue(session: TrainingSession) -> Queue:
    rows, taken = Place.objects.filter(session=session), TakenPlaces.objects.filter(session=session)
    return Queue(session, session.places, rows, taken, _offer)


def _end(enrolment: Enrolment, *, by: User | None, reason: str) -> None:
    """Take somebody off the list, and out of the slots of the programme."""
    enrolment.move_to(Status.CANCELLED, by=by, reason=reason, answer_by=None)
    clear_deadlines(enrolment)
    conference.give_back(enrolment)


def _offer(key: int) -> None:
    """Offer a place to somebody who waits."""
    enrolment = Enrolment.objects.with_people().select_for_update(of=("self",)).get(pk=key)
    if enrolment.status == Status.WAITING:
        answer_by = enrolment.session.answer_by(timezone.now())
        enrolment.move_to(Status.OFFERED, reason=_("A place became free."), answer_by=answer_by)
        expect_answer(enrolment, enrolment.session.name, answer_by)
        tell(Status.OFFERED, [enrolment])


def _lapse(place: Place) -> None:
    with agency_context(place.agency_id):
        one_at_a_time(place.session)
        enrolment = Enrolment.objects.with_people().select_for_update(of=("self",)).get(pk=place.pk)
        if enrolment.status == Status.OFFERED and is_late(enrolment.answer_by):
            _end(enrolment, by=None, reason=_("No answer in time."))
            tell("lapsed", [enrolment])
    fill(place.session)
