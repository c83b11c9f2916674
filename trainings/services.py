"""What happens to enrolments: people get a place or wait for one, cancel, and have taken part or not."""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Membership, User
from agencies.permissions import ADD, CHANGE, allows, require
from deadlines import outbox
from patrons.models import Patron
from trainings.models import Enrolment, TakenPlaces, TrainingSession


class AlreadyEnrolled(ValidationError):
    """The person has a place in this session or waits for one."""


class BegunAlready(ValidationError):
    """A session that has begun takes nobody any more by itself."""


class NotHeldYet(ValidationError):
    """Nobody can have taken part in a session that is still to come."""


@transaction.atomic
def enrol(session: TrainingSession, person: Patron | Membership, *, by: User) -> Enrolment:
    """Give a person of the own agency a place in a session, or one on the waiting list when all are taken.

    Staff do so, and patrons for themselves as long as the session has not begun. Raises NotAllowed, AlreadyEnrolled or
    BegunAlready.
    """
    if not _is_own(person, by, "add_own"):
        require(by, "enrolment", ADD)
    elif session.starts_at <= timezone.now():
        raise BegunAlready(_("This session has begun already."))
    _one_at_a_time(session)
    who = {"patron": person} if isinstance(person, Patron) else {"member": person}
    if Enrolment.objects.filter(session=session, **who).exclude(status=Enrolment.Status.CANCELLED).exists():
        raise AlreadyEnrolled(_("%(person)s is on the list already.") % {"person": person})
    status = Enrolment.Status.ENROLLED if _has_room(session) else Enrolment.Status.WAITING
    return Enrolment.objects.create(session=session, status=status, **who)


@transaction.atomic
def cancel(enrolment: Enrolment, *, by: User, reason: str = "") -> Enrolment:
    """Cancel an enrolment; whoever of the agency has waited longest gets the place, and a mail that says so.

    Staff do so, and patrons for themselves. Raises NotAllowed or IllegalTransition.
    """
    if not _is_own(enrolment.patron, by, "cancel_own"):
        require(by, "enrolment", CHANGE, enrolment)
    _one_at_a_time(enrolment.session)
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    enrolment.move_to(Enrolment.Status.CANCELLED, by=by, reason=reason)
    waiting = Enrolment.objects.filter(session=enrolment.session, status=Enrolment.Status.WAITING)
    following = waiting.select_for_update().order_by("created_at", "pk").first()
    if following is not None and _has_room(enrolment.session):
        following.move_to(Enrolment.Status.ENROLLED, by=by, reason=_("A place became free."))
        _tell(following)
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


def _is_own(person: Patron | Membership | None, by: User, action: str) -> bool:
    """Whether a patron acts in person and may."""
    return isinstance(person, Patron) and person.user_id == by.pk and allows(by, "enrolment", action, person)


def _tell(enrolment: Enrolment) -> None:
    """Mail a patron who has waited that there is a place now."""
    patron = enrolment.patron
    if patron is None:
        return
    link = settings.BASE_URL + reverse("trainings:mine")
    context = {"name": str(patron), "session": str(enrolment.session), "link": link}
    outbox.post("training_place", to=patron.email, language=patron.language, context=context, subject=enrolment)


def _has_room(session: TrainingSession) -> bool:
    """Whether a place is free, counted over all agencies."""
    taken = TakenPlaces.objects.filter(session=session).first()
    return session.places is None or (taken.taken if taken else 0) < session.places


def _one_at_a_time(session: TrainingSession) -> None:
    """Let two agencies that enrol in the same session do so one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('trainings.session'), %s)", [session.pk])
