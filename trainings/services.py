"""What happens to enrolments and sessions: people get a place or wait for one, answer, move, cancel, and take part.

One function a verb, one transaction each. Who holds an account acts here; whoever has only a mailed link acts in
`by_link`. How places are given is said in `places`.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models import Membership, User
from agencies.permissions import ADD, CHANGE, allows, require
from communes.models import MunicipalAccess
from deadlines.models import Deadline
from deadlines.services import clear_deadlines, keep_deadline
from klikks.locks import one_at_a_time
from klikks.names import clean_line, clean_name
from klikks.tenancy import agency_context, current_agency_id
from patrons.models import Patron
from trainings import places
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
from trainings.models import Enrolment, Guest, Place, TrainingSeries, TrainingSession
from trainings.notices import tell, tell_organiser

__all__ = [
    "AlreadyEnrolled",
    "BegunAlready",
    "NoPlaceThere",
    "NotForThem",
    "NotOpenYet",
    "NothingOffered",
    "RegistrationClosed",
    "SessionCancelled",
    "accept",
    "cancel",
    "cancel_session",
    "enrol",
    "enrol_colleague",
    "enrol_guest",
    "keep_plan",
    "move",
]

# Whether enough people come is decided so long before the session where registration has no end of its own.
DECIDE_BEFORE = timedelta(days=7)


@transaction.atomic
def enrol(session: TrainingSession, person: Patron | Membership, *, by: User) -> Enrolment:
    """Give a person of the own agency a place in a session, or one on the waiting list when all are taken.

    Patrons do so for themselves while registration is open; staff for patrons and colleagues, in sessions of the own
    agency at any time. Raises NotAllowed, AlreadyEnrolled, NotForThem, or what `places.check_open` raises.
    """
    places.check_reach(session)
    if _is_own(person, by, "add_own"):
        places.check_open(session)
        enrolled_by = ""
    else:
        require(by, "enrolment", ADD)
        _check_window_of_others(session)
        enrolled_by = "" if isinstance(person, Membership) and person.user_id == by.pk else by.display_name
    who = {"patron": person} if isinstance(person, Patron) else {"member": person}
    return places.take(session, enrolled_by=enrolled_by, **who)


@transaction.atomic
def enrol_guest(
    session: TrainingSession, *, by: User, name: str, email: str, organisation: str = "", language: str = "de"
) -> Enrolment:
    """Let staff enrol somebody without a record, who gets a mail with a link that cancels.

    Raises NotAllowed, AlreadyEnrolled, NotForThem, ValidationError for a name that cannot be printed, or what
    `places.check_open` raises.
    """
    require(by, "enrolment", ADD)
    places.check_reach(session)
    _check_window_of_others(session)
    guest = _guest(session, name=name, email=email, organisation=organisation, language=language)
    return places.take(session, enrolled_by=by.display_name, guest=guest)


@transaction.atomic
def enrol_colleague(own: MunicipalAccess, session: TrainingSession, *, by: User, name: str, email: str) -> Enrolment:
    """Let a person of a municipality enrol a colleague, or herself, who gets a mail with a link that cancels.

    `own` is an access of the acting account. Raises NotAllowed, AlreadyEnrolled, NotForThem, ValidationError for a
    name that cannot be printed, or what `places.check_open` raises.
    """
    require(by, "enrolment", "enrol_colleagues", own)
    _check_held(own, by)
    if session.series.audience not in TrainingSeries.FOR_MUNICIPALITIES:
        raise NotForThem(_("This session is not for municipalities."))
    places.check_reach(session)
    places.check_open(session)
    guest = _guest(
        session, name=name, email=email, organisation=str(own.commune), language=own.language, commune=own.commune
    )
    enrolled_by = "" if guest.email == own.email.lower() else own.name
    return places.take(session, enrolled_by=enrolled_by, guest=guest)


@transaction.atomic
def accept(enrolment: Enrolment, *, by: User) -> Enrolment:
    """Take the place that was offered to somebody who waited: patrons for themselves, staff for everybody.

    Raises NotAllowed, or NothingOffered when it is too late.
    """
    _may_act(enrolment, by)
    return places.accept(enrolment, by=by)


@transaction.atomic
def cancel(enrolment: Enrolment, *, by: User, reason: str = "") -> Enrolment:
    """Cancel an enrolment: the person is told, and whoever has waited longest is offered the place.

    Staff do so, patrons for themselves, and people of a municipality for those it has enrolled; of these the organiser
    is told. Raises NotAllowed, IllegalTransition, or BegunAlready for people who are no staff.
    """
    _may_act(enrolment, by)
    if not allows(by, "enrolment", CHANGE, enrolment):
        places.check_before(enrolment.session)
    released = places.release(enrolment, by=by, reason=reason)
    if not allows(by, "enrolment", CHANGE, enrolment):
        tell_organiser(released)
    return released


@transaction.atomic
def move(enrolment: Enrolment, to: TrainingSession, *, by: User) -> Enrolment:
    """Give somebody a place on another date of the series instead; return the new enrolment.

    Raises NotAllowed, what `places.move` raises, and for people who are no staff what `places.check_open` raises.
    """
    _may_act(enrolment, by)
    if not allows(by, "enrolment", CHANGE, enrolment):
        places.check_before(enrolment.session)
        places.check_open(to)
    places.check_reach(to)
    return places.move(enrolment, to, by=by)


@transaction.atomic
def cancel_session(session: TrainingSession, *, by: User, reason: str) -> int:
    """Cancel a session that does not take place; everybody with a place or on the list is told, of all agencies.

    Returns how many were told. Raises NotAllowed, BegunAlready, or SessionCancelled when it was cancelled before.
    """
    require(by, "trainingsession", "cancel", session)
    one_at_a_time(session)
    session = TrainingSession.objects.select_for_update().get(pk=session.pk)
    places.check_not_cancelled(session)
    if session.has_begun:
        raise BegunAlready(_("This session has begun already."))
    session.cancelled_at, session.cancel_reason = timezone.now(), reason.strip()[:300]
    session.save(update_fields=["cancelled_at", "cancel_reason"])
    clear_deadlines(session)
    expected = Place.objects.filter(session=session, status__in=[*Enrolment.TO_COME, Enrolment.Status.UNCONFIRMED])
    agencies = set(expected.values_list("agency_id", flat=True))
    return sum(_call_off(session, agency_id, by) for agency_id in sorted(agencies))


@transaction.atomic
def keep_plan(session: TrainingSession, *, by: User) -> None:
    """Follow up a session that was planned anew: offer what has become free, and remember to look at the minimum.

    The caller has checked the right to change the session.
    """
    places.fill(session)
    title = _("Do enough people come? %(session)s") % {"session": session.name}
    day = session.register_until or timezone.localdate(session.starts_at) - DECIDE_BEFORE
    is_open = session.minimum is not None and not session.has_begun and not session.cancelled_at
    keep_deadline(session, Deadline.Kind.ANSWER, title=title[:160], due_on=day if is_open else None, owner=by)


def _call_off(session: TrainingSession, agency_id: int, by: User) -> int:
    """Cancel the enrolments of one agency's people in a session and tell them; return how many."""
    with agency_context(agency_id):
        expected = Enrolment.objects.with_people().select_for_update(of=("self",)).filter(session=session)
        called_off = [
            enrolment
            for enrolment in expected.order_by("pk")
            if enrolment.status in {*Enrolment.TO_COME, Enrolment.Status.UNCONFIRMED}
        ]
        who = by if by.agency_id == agency_id else None
        for enrolment in called_off:
            reason = _("The session was cancelled: %(reason)s") % {"reason": session.cancel_reason}
            enrolment.move_to(Enrolment.Status.CANCELLED, by=who, reason=reason, answer_by=None)
            clear_deadlines(enrolment)
        tell("session_cancelled", called_off, reason=session.cancel_reason)
    return len(called_off)


def _guest(
    session: TrainingSession, *, name: str, email: str, organisation: str, language: str, **more: object
) -> Guest:
    """Make the record of somebody who has none, unless the address is on the session's list. Raises AlreadyEnrolled."""
    one_at_a_time(session)
    email = email.strip().lower()
    known = Enrolment.objects.live().filter(session=session, guest__email__iexact=email).select_related("guest").first()
    if known is not None:
        raise AlreadyEnrolled(_("%(person)s is on the list already.") % {"person": known.guest})
    return Guest.objects.create(
        name=clean_name(name), email=email, organisation=clean_line(organisation), language=language, **more
    )


def _may_act(enrolment: Enrolment, by: User) -> None:
    """Let people act on their own places, municipalities on those they have enrolled, and staff on all."""
    if not (_is_own(enrolment.patron, by, "cancel_own") or _has_enrolled(enrolment, by)):
        require(by, "enrolment", CHANGE, enrolment)


def _has_enrolled(enrolment: Enrolment, by: User) -> bool:
    """Whether the acting account belongs to the municipality that has enrolled the person."""
    commune = enrolment.guest.commune_id if enrolment.guest else None
    may = commune is not None and allows(by, "enrolment", "enrol_colleagues", enrolment)
    return may and MunicipalAccess.objects.held_by(by).filter(commune=commune).exists()


def _is_own(person: Patron | Membership | None, by: User, action: str) -> bool:
    """Whether a patron acts in person and may."""
    return isinstance(person, Patron) and person.user_id == by.pk and allows(by, "enrolment", action, person)


def _check_held(own: MunicipalAccess, by: User) -> None:
    if not MunicipalAccess.objects.held_by(by).filter(pk=own.pk).exists():
        raise NotAllowed(_("Your role does not allow this. Please ask your agency's administrator."))


def _check_window_of_others(session: TrainingSession) -> None:
    """Let the organiser's staff enrol at any time, other agencies' staff while registration is open."""
    if session.agency_id != current_agency_id():
        places.check_open(session)
