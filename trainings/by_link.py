"""What people do by the link in their mails, without signing in: confirm, answer, choose, move or give back a place.

The link was mailed to the person's address, so whoever opens it may act on this one place, and on nothing else.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from klikks import links
from klikks.tenancy import agency_context
from trainings import conference, places
from trainings.guests import CONFIRM_WITHIN
from trainings.models import Enrolment, Slot, TrainingSession
from trainings.models.enrolment import PLACE_PURPOSE
from trainings.notices import tell_organiser

# Materials and certificates are looked for long after the session.
LINK_LASTS = timedelta(days=3 * 365)


def find_place(token: str) -> Enrolment:
    """Return the enrolment a mailed link names, with its people and session.

    Raises LinkExpired when it is gone or was not confirmed in time, LinkInvalid when the link was never ours.
    """
    link = links.read(PLACE_PURPOSE, token, max_age=LINK_LASTS)
    with agency_context(link.agency_id):
        found = Enrolment.objects.with_people().filter(pk=link.pk).first()
    if found is None or (
        found.status == Enrolment.Status.UNCONFIRMED and found.created_at + CONFIRM_WITHIN < timezone.now()
    ):
        raise links.LinkExpired(_("This link has expired. Please fill in the form once more; we then send a new one."))
    return found


def confirm(token: str) -> Enrolment:
    """Prove an address and take a place, or one on the waiting list. Raises what `places.confirm` raises."""
    return _act(token, places.confirm)


def accept(token: str) -> Enrolment:
    """Take the place that was offered. Raises NothingOffered when it is too late."""
    return _act(token, places.accept, by=None)


def cancel(token: str) -> Enrolment:
    """Give the place back; the organiser is told. Raises BegunAlready, or IllegalTransition if it was cancelled."""

    def give_back(found: Enrolment) -> Enrolment:
        places.check_before(found.session)
        released = places.release(found, by=None, reason=_("by the participant"))
        tell_organiser(released)
        return released

    return _act(token, give_back)


def move(token: str, to: TrainingSession) -> Enrolment:
    """Change to another date; return the new enrolment, which has a link of its own.

    Raises what `places.move` and `places.check_open` raise.
    """
    places.check_open(to)

    def change(found: Enrolment) -> Enrolment:
        places.check_before(found.session)
        return places.move(found, to, by=None)

    return _act(token, change)


def choose_slots(token: str, slots: Collection[int]) -> list[Slot]:
    """Choose parts of the programme; return those for which one waits. Raises what `conference.choose` raises."""
    waits: list[Slot] = _act(token, conference.choose, slots)
    return waits


def accept_slot(token: str, choice: int) -> None:
    """Take the place in a slot that was offered. Raises NothingOffered when it is too late."""
    _act(token, conference.accept, choice)


def decline_slot(token: str, choice: int) -> None:
    """Leave the place in a slot that was offered to the next one. Raises NothingOffered when it is too late."""
    _act(token, conference.decline, choice)


def _act(token: str, do: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Do something to the place that a link names, in the context of its agency and one transaction."""
    found = find_place(token)
    with agency_context(found.agency_id), transaction.atomic():
        return do(found, *arguments, **named)
