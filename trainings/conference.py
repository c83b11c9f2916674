"""What participants choose of a conference's programme: workshops at the same time, and excursions with few places."""

from collections.abc import Collection
from itertools import combinations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.exceptions import IllegalTransition
from trainings.exceptions import SlotFull, SlotsOverlap
from trainings.models import Enrolment, Slot, SlotChoice, TakenSlot
from trainings.places import locked


@transaction.atomic
def choose(enrolment: Enrolment, slots: Collection[int]) -> None:
    """Let a participant be at exactly these slots of the session (primary keys); others are free again.

    The caller has checked the right. Raises SlotsOverlap, SlotFull, or IllegalTransition for somebody without a place.
    """
    enrolment = locked(enrolment)
    if enrolment.status != Enrolment.Status.ENROLLED:
        raise IllegalTransition(_("Only people with a place can choose from the programme."))
    wanted = list(Slot.objects.filter(session=enrolment.session_id, is_chosen=True, pk__in=slots))
    for one, other in combinations(wanted, 2):
        if one.overlaps(other):
            raise SlotsOverlap(
                _("“%(one)s” and “%(other)s” are at the same time. Please choose one of them.")
                % {"one": one, "other": other}
            )
    mine = set(SlotChoice.objects.filter(enrolment=enrolment).values_list("slot", flat=True))
    taken = dict(TakenSlot.objects.filter(slot__in=wanted).values_list("slot", "taken"))
    for slot in wanted:
        if slot.pk not in mine and slot.places is not None and taken.get(slot.pk, 0) >= slot.places:
            raise SlotFull(_("All places of “%(slot)s” are taken. Please choose something else.") % {"slot": slot})
    SlotChoice.objects.filter(enrolment=enrolment).exclude(slot__in=wanted).delete()
    SlotChoice.objects.bulk_create(
        [
            SlotChoice(agency_id=enrolment.agency_id, enrolment=enrolment, slot=slot)
            for slot in wanted
            if slot.pk not in mine
        ]
    )
