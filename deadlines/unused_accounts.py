"""Accounts that nobody uses: they end after the agency's time; their owners are told before, signing in keeps them."""

import logging
from datetime import date, datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest
from django.utils import timezone

from agencies.exceptions import LastAdministrator
from agencies.models import Agency, Membership, User
from agencies.services import close_unused
from deadlines.models import Deadline
from deadlines.models.deadlines import DeadlineQuerySet
from deadlines.services import Due, keep_deadlines
from klikks.months import months_later
from klikks.tenancy import agency_context, current_agency_id

logger = logging.getLogger(__name__)

NOTICE = timedelta(days=30)
# Not as people have set it for themselves: of this everybody is told.
LEAD_DAYS = [30, 7, 0]


@transaction.atomic
def keep_dates() -> None:
    """Let the owners of long unused accounts of the context's agency be told when these end."""
    months = Agency.objects.get(pk=current_agency_id()).account_months
    today = timezone.localdate()
    kept = dict(
        _deadlines().filter(done_at__isnull=False).values_list("subject_id").annotate(at=Max("done_at")).order_by()
    )
    unused = (
        Membership.objects.filter(is_active=True, user__is_active=True)
        .annotate(used_at=Greatest("user__last_login", "user__created_at"))
        .filter(used_at__lt=_midnight(months_later(today + NOTICE, -months)))
        .select_related("user")
    )
    ends = {
        each: months_later(timezone.localdate(max(each.used_at, kept.get(each.pk, each.used_at))), months)
        for each in unused
    }
    dues = [Due(each.pk, each.name, on, each.user) for each, on in ends.items() if on <= today + NOTICE]
    keep_deadlines(Membership, Deadline.Kind.ACCOUNT, dues, notice=NOTICE, lead_days=LEAD_DAYS)


def close_ended() -> int:
    """Close the accounts of the context's agency whose last day has passed; return how many.

    The only administrator's account stays; that it is overdue is told like any other deadline.
    """
    keep_dates()
    past = _deadlines().open().filter(due_on__lt=timezone.localdate()).values("subject_id")
    closed = 0
    for membership in Membership.objects.filter(pk__in=past).order_by("pk"):
        try:
            with transaction.atomic():
                close_unused(membership)
                _clear(membership)
        except LastAdministrator:
            logger.warning("The account %s stays: nobody else may invite", membership.pk)
        else:
            closed += 1
    return closed


def note_sign_in(user: User) -> None:
    """Let an account that is used again have no end any more."""
    if user.agency_id is not None:
        with agency_context(user.agency_id):
            membership = Membership.objects.filter(user=user).first()
            if membership is not None:
                _clear(membership)


def _deadlines() -> DeadlineQuerySet:
    """Return the deadlines of accounts that end."""
    about = ContentType.objects.get_for_model(Membership)
    return Deadline.objects.filter(subject_type=about, kind=Deadline.Kind.ACCOUNT)


def _clear(membership: Membership) -> None:
    _deadlines().open().filter(subject_id=membership.pk).update(done_at=timezone.now())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
