"""Reminders: what has come is found and noted by one statement, and told through the outbox."""

import logging
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format

from agencies.models import Agency, Membership
from agencies.models.accounts import Role
from deadlines import outbox
from deadlines.models import Deadline
from deadlines.selectors import desk_path, portal_path
from klikks.tenancy import current_agency_id

logger = logging.getLogger(__name__)

BATCH = 500

# Of several lead times that were missed, only the nearest one is noted and told. Two runs at once share the work: rows
# that one has locked are skipped by the other, rows that one has finished are not due any more, and whatever slips
# through meets the unique constraint.
NOTE_DUE = """
WITH come AS (
    SELECT id, agency_id, due_on, lead_days,
           (SELECT min(days) FROM unnest(lead_days) AS days WHERE due_on - days <= %(today)s) AS lead
    FROM deadlines_deadline
    WHERE agency_id = %(agency)s AND done_at IS NULL AND remind_on <= %(today)s
    ORDER BY remind_on, id
    LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
), following AS (
    UPDATE deadlines_deadline AS deadline
    SET remind_on = come.due_on - (SELECT max(days) FROM unnest(come.lead_days) AS days WHERE days < come.lead)
    FROM come
    WHERE deadline.id = come.id
)
INSERT INTO deadlines_reminder (agency_id, deadline_id, due_on, lead_days, written_at)
SELECT agency_id, id, due_on, lead, now()
FROM come
WHERE lead IS NOT NULL AND NOT EXISTS (
    SELECT FROM deadlines_reminder AS earlier
    WHERE earlier.deadline_id = come.id AND earlier.due_on = come.due_on AND earlier.lead_days <= come.lead
)
ON CONFLICT DO NOTHING
RETURNING deadline_id
"""


def write_due_reminders() -> int:
    """Write the reminders of the context's agency whose day has come; return how many.

    Each is noted in the transaction that puts its mail into the outbox, so that it is told once, however often and by
    however many this is called.
    """
    written = 0
    while (count := _write_batch(timezone.localdate())) > 0:
        written += count
    return written


@transaction.atomic
def _write_batch(today: date) -> int:
    """Note and tell some of the reminders that are due; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_DUE, {"today": today, "agency": current_agency_id(), "batch": BATCH})
        noted = [pk for (pk,) in cursor.fetchall()]
    if noted:
        deadlines = Deadline.objects.filter(pk__in=noted).select_related("owner__membership")
        agency_address = _agency_address()
        letters = [_letter(deadline, agency_address) for deadline in deadlines.prefetch_related("subject")]
        outbox.post_all("reminder", letters)
    return len(noted)


def _letter(deadline: Deadline, agency_address: str) -> outbox.Letter:
    """Return the reminder to the deadline's owner; to the agency when nobody owns it or the owner has left."""
    owner = deadline.owner
    membership = getattr(owner, "membership", None)
    if owner is None or membership is None or not (owner.is_active and membership.is_active):
        to, language, path = agency_address, settings.LANGUAGE_CODE, desk_path(deadline, Role.REGIONAL_MANAGER)
    elif membership.role in {Role.PATRON, Role.MUNICIPALITY}:
        to, language, path = owner.email, owner.language, portal_path(deadline)
    else:
        to, language, path = owner.email, owner.language, desk_path(deadline, Role(membership.role))
    with translation.override(language):
        values = {
            "title": deadline.heading,
            "kind": deadline.get_kind_display(),
            "when": deadline.when,
            "due_on": date_format(deadline.due_on),
            "link": f"{settings.BASE_URL}{path}",
        }
    return outbox.Letter(to=to, language=language, context=values, subject=deadline)


def _agency_address() -> str:
    """Return where the agency itself reads mail: its own address, otherwise that of its administrator."""
    agency = Agency.objects.get(pk=current_agency_id())
    if agency.email:
        return agency.email
    admins = Membership.objects.filter(role=Role.AGENCY_ADMIN, is_active=True, user__is_active=True)
    address = admins.order_by("pk").values_list("user__email", flat=True).first()
    if address is None:
        logger.error("%s has neither an address nor an administrator; its reminders go to the sender", agency)
    return address or settings.DEFAULT_FROM_EMAIL
