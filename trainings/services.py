"""What happens to enrolments: people get a place or wait for one, cancel, and have taken part or not."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Membership, User
from agencies.permissions import ADD, CHANGE, require
from patrons.models import Patron
from trainings.models import Enrolment, TakenPlaces, TrainingSession


class AlreadyEnrolled(ValidationError):
    """The person has a place in this session or waits for one."""


class NotHeldYet(ValidationError):
    """Nobody can have taken part in a session that is still to come."""


@transaction.atomic
def enrol(session: TrainingSession, person: Patron | Membership, *, by: User) -> Enrolment:
    """Give a person of the own agency a place in a session, or one on the waiting list when all are taken.

    Raises NotAllowed or AlreadyEnrolled.
    """
    require(by, "enrolment", ADD)
    _one_at_a_time(session)
    who = {"patron": person} if isinstance(person, Patron) else {"member": person}
    if Enrolment.objects.filter(session=session, **who).exclude(status=Enrolment.Status.CANCELLED).exists():
        raise AlreadyEnrolled(_("%(person)s is on the list already.") % {"person": person})
    status = Enrolment.Status.ENROLLED if _has_room(session) else Enrolment.Status.WAITING
    return Enrolment.objects.create(session=session, status=status, **who)


@transaction.atomic
def cancel(enrolment: Enrolment, *, by: User, reason: str = "") -> Enrolment:
    """Cancel an enrolment; whoever of the agency has waited longest gets the place.

    Raises NotAllowed or IllegalTransition.
    """
    require(by, "enrolment", CHANGE, enrolment)
    _one_at_a_time(enrolment.session)
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    enrolment.move_to(Enrolment.Status.CANCELLED, by=by, reason=reason)
    waiting = Enrolment.objects.filter(session=enrolment.session, status=Enrolment.Status.WAITING)
    following = waiting.select_for_update().order_by("created_at", "pk").first()
    if following is not None and _has_room(enrolment.session):
        following.move_to(Enrolment.Status.ENROLLED, by=by, reason=_("A place became free."))
    return enrolment


@transaction.atomic
def note_attendance(session: TrainingSession, *, by: User, present: Collection[int]) -> int:
    """Note who of the own agency took part (`present`: primary keys of enrolments); the others were absent.

    Returns how many took part. Raises NotAllowed or NotHeldYet.
    """
    require(by, "enrolment", CHANGE)
    if session.starts_at > timezone.now():
        raise NotHeldYet(_("This session is still to come."))
    enrolled = Enrolment.objects.filter(session=session, status=Enrolment.Status.ENROLLED).select_for_update()
    attended = 0
    for enrolment in enrolled:
        was_there = enrolment.pk in present
        enrolment.move_to(Enrolment.Status.ATTENDED if was_there else Enrolment.Status.ABSENT, by=by)
        attended += was_there
    return attended


def _has_room(session: TrainingSession) -> bool:
    """Whether a place is free, counted over all agencies."""
    taken = TakenPlaces.objects.filter(session=session).first()
    return session.places is None or (taken.taken if taken else 0) < session.places


def _one_at_a_time(session: TrainingSession) -> None:
    """Let two agencies that enrol in the same session do so one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('trainings.session'), %s)", [session.pk])
