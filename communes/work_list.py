"""The work list of registrations: who has the next move, since when, what it is, and in which queues that is found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, DateTimeField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Transition
from communes.models import Registration
from deadlines.models import Deadline

Status = Registration.Status
# From this many days on, a registration has waited too long.
TOO_LONG = timedelta(days=14)
IN_WORK = [*Registration.WAITING_FOR_US, Status.ASKED_BACK]


@dataclass(frozen=True)
class Queue:
    """A part of the work list: its title, which rows are in it, and a sentence about them."""

    title: Any
    condition: Callable[[], Q]
    about: Any


def _overdue() -> Q:
    return Q(status__in=IN_WORK) & (Q(since__lt=timezone.now() - TOO_LONG) | Q(due_on__lt=timezone.localdate()))


QUEUES: dict[str, Queue] = {
    "new": Queue(
        _("New"),
        lambda: Q(status__in=[Status.CONFIRMED, Status.SECOND]),
        _("Confirmed by e-mail; nobody has begun. The one that has waited longest comes first."),
    ),
    "us": Queue(
        _("Waiting for us"),
        lambda: Q(status__in=Registration.WAITING_FOR_US),
        _("New ones and those in review: the next step is ours. The one that has waited longest comes first."),
    ),
    "them": Queue(
        _("Waiting for them"),
        lambda: Q(status__in=[Status.ASKED_BACK, Status.INTERESTED]),
        _("Asked back, or not confirmed by e-mail yet: the next step is the municipality's."),
    ),
    "overdue": Queue(
        _("Overdue"),
        _overdue,
        _("The next step has been waited for longer than 14 days, or a deadline has passed."),
    ),
    "waiting_list": Queue(
        _("Waiting list"),
        lambda: Q(status=Status.WAITING_LIST),
        _("These wait for a free place or the next participation window."),
    ),
    "": Queue(_("All open"), lambda: Q(status__in=Registration.OPEN), _("Everything that nobody has decided yet.")),
    "closed": Queue(
        _("Decided"),
        lambda: ~Q(status__in=Registration.OPEN),
        _("Accepted, declined or withdrawn; the newest comes first."),
    ),
    "all": Queue(_("All"), Q, _("Open and decided ones; the newest comes first.")),
}
OPEN_QUEUES = frozenset(QUEUES) - {"closed", "all"}
COUNTED = ("new", "us", "them", "overdue", "waiting_list", "")


def with_course(registrations: QuerySet[Any]) -> QuerySet[Any]:
    """Add to each registration `since`, when the next move passed to who has it now, and `due_on`, its next deadline.

    The move passes when an address is confirmed, when a question leaves or its answer comes, and on and off the
    waiting list. Costs no query of its own.
    """
    about = {"subject_type": ContentType.objects.get_for_model(Registration), "subject_id": OuterRef("pk")}
    passing = [Status.ASKED_BACK, Status.WAITING_LIST]
    passed = Transition.objects.filter(Q(target__in=passing) | Q(source__in=passing), **about)
    deadlines = Deadline.objects.open().filter(**about).order_by("due_on")
    last = passed.order_by().values("subject_id").annotate(last=Max("at")).values("last")
    return registrations.annotate(
        since=Greatest(Coalesce("confirmed_at", "received_at"), Subquery(last, output_field=DateTimeField())),
        due_on=Subquery(deadlines.values("due_on")[:1]),
    )


def count_queues(registrations: QuerySet[Any]) -> dict[str, int]:
    """Return how many registrations (as `with_course` returns them) are in each open queue; one query."""
    open_ones = registrations.order_by().filter(status__in=Registration.OPEN)
    names = {name or "open": QUEUES[name] for name in COUNTED}
    counts = open_ones.aggregate(
        **{f"in_{name}": Count("pk", filter=queue.condition()) for name, queue in names.items()}
    )
    return {"" if name == "open" else name: counts[f"in_{name}"] for name in names}


STEPS = {
    Status.INTERESTED: _("The municipality confirms its address."),
    Status.CONFIRMED: _("Take it on."),
    Status.SECOND: _("Clear it with the case that is running."),
    Status.IN_REVIEW: _("Decide."),
    Status.ASKED_BACK: _("The municipality answers."),
    Status.WAITING_LIST: _("Offer a place when one is free."),
    Status.ACCEPTED: _("Go on with the partnership."),
}


def next_step(registration: Any) -> str:
    """Say in a few words what happens next with a registration (as `with_course` returns it), and by when."""
    if registration.status == Status.IN_REVIEW and registration.answer:
        return gettext("Read the answer and decide.")
    if registration.status == Status.ASKED_BACK and registration.due_on:
        day = date_format(registration.due_on, "SHORT_DATE_FORMAT")
        return gettext("The municipality answers by %(day)s.") % {"day": day}
    return str(STEPS.get(registration.status, ""))


def waiting_days(registration: Any) -> int:
    """Return for how many days the next move has been where it is."""
    return (timezone.localdate() - timezone.localdate(registration.since)).days


def is_overdue(registration: Any) -> bool:
    """Whether the next move is overdue, as the queue of that name counts it."""
    late = timezone.now() - registration.since > TOO_LONG
    return registration.status in IN_WORK and (
        late or (registration.due_on is not None and registration.due_on < timezone.localdate())
    )
