"""Places that are few, and who waits for them: what sessions and the slots of a programme have in common.

Two people who act on one session do so one after the other. Whoever has waited longest is next, whichever agency the
person belongs to: views hold the queues without a name, and each step is done in the context of that person's own
agency. A free place is offered until some time; who does not answer loses it to the next.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from klikks.locks import one_at_a_time
from klikks.tenancy import agency_context
from trainings.models import Enrolment, TrainingSession

logger = logging.getLogger(__name__)

# Both life cycles, of enrolments and of choices, know these two.
WAITING, OFFERED = Enrolment.Status.WAITING.value, Enrolment.Status.OFFERED.value
# More than anybody needs, where places are not limited.
UNLIMITED = 10_000


@dataclass(frozen=True)
class Queue:
    """The places of a session, or of a slot of its programme, and those who wait for one.

    `rows` are the keys of everybody's places, of all agencies, whoever came first in front; `taken` is the row that
    counts those which are gone; `offer` offers a place to the one whose key it gets, in the person's agency's context.
    """

    session: TrainingSession
    limit: int | None
    rows: models.QuerySet[Any]
    taken: models.QuerySet[Any]
    offer: Callable[[int], None]

    def has_room(self) -> bool:
        """Whether a place is free, counted over all agencies, and nobody waits for it."""
        return not self.rows.filter(status=WAITING).exists() and self.free() > 0

    def free(self) -> int:
        """Return how many places are free."""
        if self.limit is None:
            return UNLIMITED
        return self.limit - (self.taken.values_list("taken", flat=True).first() or 0)

    def fill(self) -> None:
        """Offer what is free to those who have waited longest. Safe to run twice."""
        one_at_a_time(self.session)
        if self.session.has_begun or self.session.cancelled_at:
            return
        for place in self.rows.filter(status=WAITING)[: max(self.free(), 0)]:
            with agency_context(place.agency_id):
                self.offer(place.pk)


def locked(enrolment: Enrolment) -> Enrolment:
    """Return an enrolment with its people, locked together with its session's queues, until the transaction ends."""
    one_at_a_time(enrolment.session)
    return Enrolment.objects.with_people().select_for_update(of=("self",)).get(pk=enrolment.pk)


def is_late(answer_by: datetime | None) -> bool:
    """Whether the time to answer an offer is over."""
    return answer_by is not None and answer_by <= timezone.now()


def lapse(rows: models.QuerySet[Any], take_back: Callable[[Any], None]) -> None:
    """Take back each offer that nobody has answered in time. `rows` are keys as in a queue. Safe to run twice."""
    for place in rows.filter(status=OFFERED, answer_by__lte=timezone.now()):
        apart(take_back, place)


def apart(do: Callable[[Any], None], row: models.Model) -> None:
    """Do one of many things in a transaction of its own; one that fails is logged and keeps no other waiting."""
    try:
        with transaction.atomic():
            do(row)
    except Exception:
        logger.exception("%s failed for %s", do.__qualname__, row.pk)
