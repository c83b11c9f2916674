"""What participants choose of a conference's programme: workshops at the same time, and excursions with few places.

Whoever comes after the last place of a slot waits for one, by the same rules as for a session (`queues`).
"""

from collections.abc import Collection
from itertools import combinations

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.exceptions import IllegalTransition
from klikks.locks import one_at_a_time
from klikks.tenancy import agency_context
from trainings.answers import expect_answer, expect_no_answer
from trainings.calendars.invitations import moment
from trainings.exceptions import NothingOffered, SlotFull, SlotsOverlap
from trainings.models import Enrolment, Slot, SlotChoice, SlotPlace, TakenSlot
from trainings.notices import tell_of_slot
from trainings.queues import Queue, apart, is_late, lapse, locked

Status = SlotChoice.Status


@transaction.atomic
def choose(enrolment: Enrolment, slots: Collection[int]) -> list[Slot]:
    """Let a participant be at exactly these slots of the session (primary keys); others are free again.

    Returns the slots that are full, for which the participant waits from now on. The caller has checked the right.
    Raises SlotsOverlap, IllegalTransition for somebody without a place, or SlotFull when it is too late to wait.
    """
    enrolment = locked(enrolment)
    if enrolment.status != Enrolment.Status.ENROLLED:
        raise IllegalTransition(_("Only people with a place can choose from the programme."))
    wanted = list(Slot.objects.filter(session=enrolment.session_id, is_chosen=True, pk__in=slots))
    mine = dict(SlotChoice.objects.filter(enrolment=enrolment).values_list("slot", "status"))
    new = [slot for slot in wanted if slot.pk not in mine]
    full = [slot for slot in new if not _queue(slot, enrolment).has_room()]
    if full and enrolment.session.has_begun:
        raise SlotFull(_("All places of “%(slot)s” are taken. Please choose something else.") % {"slot": full[0]})
    _check_apart([slot for slot in wanted if mine.get(slot.pk, Status.CHOSEN) == Status.CHOSEN and slot not in full])
    _leave(SlotChoice.objects.filter(enrolment=enrolment).exclude(slot__in=wanted), enrolment)
    SlotChoice.objects.bulk_create(
        SlotChoice(
            agency_id=enrolment.agency_id,
            enrolment=enrolment,
            slot=slot,
            status=Status.WAITING if slot in full else Status.CHOSEN,
        )
        for slot in new
    )
    return full


@transaction.atomic
def accept(enrolment: Enrolment, choice: int) -> None:
    """Take the place in a slot that was offered (primary key of the choice); what is at the same time is given back.

    The caller has checked the right. Raises NothingOffered when it is too late.
    """
    enrolment = locked(enrolment)
    offered = _offered(enrolment, choice)
    offered.status, offered.answer_by = Status.CHOSEN, None
    offered.save(update_fields=["status", "answer_by"])
    expect_no_answer(enrolment, str(offered.slot))
    others = SlotChoice.objects.filter(enrolment=enrolment).exclude(pk=offered.pk)
    _leave(others.filter(slot__starts_at__lt=offered.slot.ends_at, slot__ends_at__gt=offered.slot.starts_at), enrolment)


@transaction.atomic
def decline(enrolment: Enrolment, choice: int) -> None:
    """Leave the place in a slot that was offered to the next one. Raises NothingOffered when it is too late."""
    enrolment = locked(enrolment)
    offered = _offered(enrolment, choice)
    _leave(SlotChoice.objects.filter(pk=offered.pk), enrolment)


def give_back(enrolment: Enrolment) -> None:
    """Free all slots of somebody who has lost the place in the session, for those who wait."""
    _leave(SlotChoice.objects.filter(enrolment=enrolment), enrolment)


def fill_all() -> None:
    """Offer whatever is free in slots of sessions to come; also after a slot was given more places."""
    with_queue = Slot.objects.filter(
        Q(places__isnull=True) | Q(taken_slot__isnull=True) | Q(places__gt=F("taken_slot__taken")),
        session__cancelled_at__isnull=True,
        session__starts_at__gt=timezone.now(),
        all_places__status=Status.WAITING,
    )
    for slot in with_queue.select_related("session").distinct():
        apart(_fill, slot)


def lapse_offers() -> None:
    """Take back each slot that was offered and not answered in time, and offer it to the next. Safe to run twice."""
    lapse(SlotPlace.objects.select_related("slot__session"), _lapse)


def _queue(slot: Slot, enrolment: Enrolment | None = None) -> Queue:
    """Return a slot's queue. The session is that of `enrolment`, which is loaded already, where there is one."""
    session = enrolment.session if enrolment else slot.session
    rows, taken = SlotPlace.objects.filter(slot=slot), TakenSlot.objects.filter(slot=slot)
    return Queue(session, slot.places, rows, taken, _offer)


def _fill(slot: Slot) -> None:
    _queue(slot).fill()


def _leave(choices: QuerySet[SlotChoice], enrolment: Enrolment) -> None:
    """Delete choices of somebody, and offer what is free then."""
    left = list(choices.select_related("slot"))
    choices.delete()
    for choice in left:
        if choice.status == Status.OFFERED:
            expect_no_answer(enrolment, str(choice.slot))
        _queue(choice.slot, enrolment).fill()


def _offer(key: int) -> None:
    """Offer a slot to somebody who waits for it."""
    choice = SlotChoice.objects.select_related("slot").select_for_update(of=("self",)).get(pk=key)
    enrolment = Enrolment.objects.with_people().get(pk=choice.enrolment_id)
    choice.status, choice.answer_by = Status.OFFERED, enrolment.session.answer_by(timezone.now())
    choice.save(update_fields=["status", "answer_by"])
    expect_answer(enrolment, str(choice.slot), choice.answer_by)
    _tell("slot_offered", enrolment, choice)


def _lapse(place: SlotPlace) -> None:
    with agency_context(place.agency_id):
        one_at_a_time(place.slot.session)
        choice = SlotChoice.objects.select_related("slot").filter(pk=place.pk, status=Status.OFFERED).first()
        if choice is not None and is_late(choice.answer_by):
            enrolment = Enrolment.objects.with_people().get(pk=choice.enrolment_id)
            expect_no_answer(enrolment, str(choice.slot))
            _tell("slot_lapsed", enrolment, choice)
            choice.delete()
    _fill(place.slot)


def _offered(enrolment: Enrolment, key: int) -> SlotChoice:
    """Return the choice that was offered. Raises NothingOffered."""
    choice = SlotChoice.objects.select_related("slot").filter(enrolment=enrolment, pk=key).first()
    if choice is None or choice.status != Status.OFFERED or is_late(choice.answer_by):
        raise NothingOffered(_("The time to answer is over, or the offer was answered before."))
    return choice


def _check_apart(slots: list[Slot]) -> None:
    """Raise SlotsOverlap where nobody can be at all of the slots."""
    for one, other in combinations(slots, 2):
        if one.overlaps(other):
            raise SlotsOverlap(
                _("“%(one)s” and “%(other)s” are at the same time. Please choose one of them.")
                % {"one": one, "other": other}
            )


def _tell(event: str, enrolment: Enrolment, choice: SlotChoice) -> None:
    with translation.override(enrolment.language):
        until = moment(choice.answer_by) if choice.answer_by else ""
        tell_of_slot(
            event, enrolment, slot=str(choice.slot), slot_starts=moment(choice.slot.starts_at), answer_by=until
        )
