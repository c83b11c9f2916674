"""Reminders: what has come is found and noted by one statement, and told through the outbox.

A deadline is told in steps: its lead times, and once it is overdue those days after it on which the agency's
administrators are told. The database's function `deadlines_steps` knows on which day each step comes.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency, Membership, User
from agencies.models.accounts import Role
from deadlines import outbox
from deadlines.models import Deadline, ReminderSettings
from deadlines.selectors import desk_path, portal_path
from klikks.tenancy import current_agency_id

logger = logging.getLogger(__name__)

# Deadlines whose reminders have words of their own, and come however somebody wants other reminders.
OWN_WORDS = {Deadline.Kind.ACCOUNT: "expiry/account"}

BATCH = 500

# Of several steps that were missed, only the last one is noted and told. Somebody who asked for silence is told on the
# day it ends, and of no step within. Two runs at once share the work: rows that one has locked are skipped by the
# other, rows that one has finished are not due any more, and whatever slips through meets the unique constraint.
NOTE_DUE = """
WITH due AS (
    SELECT id, agency_id, owner_id, due_on, lead_days, snoozed_until
    FROM deadlines_deadline
    WHERE agency_id = %(agency)s AND done_at IS NULL AND remind_on <= %(today)s
    ORDER BY remind_on, id
    LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
), come AS (
    SELECT due.*, least(
        due.due_on - due.snoozed_until,
        (
            SELECT min(step) FROM deadlines_steps(due.agency_id, due.owner_id, due.lead_days, due.due_on)
            WHERE day <= %(today)s
        )
    ) AS step
    FROM due
), following AS (
    UPDATE deadlines_deadline AS deadline
    SET snoozed_until = NULL, remind_on = (
        SELECT min(day) FROM deadlines_steps(come.agency_id, come.owner_id, come.lead_days, come.due_on) AS later
        WHERE later.step < come.step
    )
    FROM come
    WHERE deadline.id = come.id
)
INSERT INTO deadlines_reminder (agency_id, deadline_id, due_on, lead_days, written_at)
SELECT agency_id, id, due_on, step, now()
FROM come
WHERE step IS NOT NULL AND NOT EXISTS (
    SELECT FROM deadlines_reminder AS earlier
    WHERE earlier.deadline_id = come.id AND earlier.due_on = come.due_on AND earlier.lead_days <= come.step
)
ON CONFLICT DO NOTHING
RETURNING deadline_id, lead_days
"""
# What the first reminder of each open deadline is now; what was told already is passed over when it comes.
REMIND_ANEW = """
UPDATE deadlines_deadline
SET remind_on = (SELECT min(day) FROM deadlines_steps(agency_id, owner_id, lead_days, due_on))
WHERE agency_id = %(agency)s AND done_at IS NULL AND snoozed_until IS NULL
    AND (%(owner)s::bigint IS NULL OR owner_id = %(owner)s)
"""


@dataclass(frozen=True)
class Reader:
    """Who gets a reminder, in which language, and in which role; without a role it is the agency itself."""

    address: str
    language: str
    role: Role | None = None


def write_due_reminders() -> int:
    """Write the reminders of the context's agency whose day has come; return how many.

    Each is noted in the transaction that puts its mail into the outbox, so that it is told once, however often and by
    however many this is called.
    """
    written = 0
    while (count := _write_batch(timezone.localdate())) > 0:
        written += count
    return written


def remind_anew(owner: User | None = None) -> None:
    """Let the open deadlines of the context's agency, or of one person, follow changed settings or holidays."""
    with connection.cursor() as cursor:
        cursor.execute(REMIND_ANEW, {"agency": current_agency_id(), "owner": owner.pk if owner else None})


@transaction.atomic
def _write_batch(today: date) -> int:
    """Note and tell some of the reminders that are due; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_DUE, {"today": today, "agency": current_agency_id(), "batch": BATCH})
        noted = dict(cursor.fetchall())
    if noted:
        rows = Deadline.objects.filter(pk__in=noted).prefetch_related("subject")
        deadlines = list(rows.select_related("owner__membership__stand_in__user", "stand_in__membership"))
        people = _People()
        letters = defaultdict(list)
        for deadline in deadlines:
            template = OWN_WORDS.get(Deadline.Kind(deadline.kind), "reminder")
            letters[template].append(_reminder(deadline, people.reader_of(deadline)))
        for template, those in letters.items():
            outbox.post_all(template, those)
        overdue = [deadline for deadline in deadlines if noted[deadline.pk] < 0]
        if overdue:
            outbox.post_all("escalation", [mail for deadline in overdue for mail in _escalations(deadline, people)])
    return len(noted)


class _People:
    """Who of the context's agency reads reminders; loaded once for a batch."""

    def __init__(self) -> None:
        self._away = {each.user_id for each in ReminderSettings.objects.filter(user__isnull=False) if each.is_away()}
        admins = Membership.objects.filter(role=Role.AGENCY_ADMIN, is_active=True, user__is_active=True)
        self.admins = [membership.user for membership in admins.select_related("user").order_by("pk")]
        self.agency = Agency.objects.get(pk=current_agency_id())

    def reader_of(self, deadline: Deadline) -> Reader:
        """Return the owner, whoever stands in while the owner is away or gone, otherwise the agency."""
        for user in _candidates(deadline):
            reader = self.as_reader(user)
            if reader and user.pk not in self._away:
                return reader
        return self.agency_itself()

    def as_reader(self, user: User) -> Reader | None:
        """Return an account as a reader; None when it has lost its place in the agency."""
        membership = getattr(user, "membership", None)
        if membership is None or not (user.is_active and membership.is_active):
            return None
        return Reader(user.email, user.language, Role(membership.role))

    def agency_itself(self) -> Reader:
        """Return where the agency itself reads mail: its own address, otherwise that of its administrator."""
        address = self.agency.email or next((user.email for user in self.admins), "")
        if not address:
            logger.error("%s has neither an address nor an administrator; its reminders go to the sender", self.agency)
        return Reader(address or settings.DEFAULT_FROM_EMAIL, settings.LANGUAGE_CODE)


def _candidates(deadline: Deadline) -> Iterator[User]:
    """Yield who is to be reminded, the first choice first."""
    owner = deadline.owner
    if owner is not None:
        yield owner
    if deadline.stand_in is not None:
        yield deadline.stand_in
    stand_in = getattr(getattr(owner, "membership", None), "stand_in", None)
    if stand_in is not None:
        yield stand_in.user


def _reminder(deadline: Deadline, reader: Reader) -> outbox.Letter:
    """Return the reminder of a deadline in its reader's words."""
    return _letter(deadline, reader, {})


def _escalations(deadline: Deadline, people: _People) -> Iterator[outbox.Letter]:
    """Yield what the administrators are told of a deadline that is overdue; what is their own they know already."""
    readers = [people.as_reader(user) for user in people.admins if user.pk != deadline.owner_id]
    told = [reader for reader in readers if reader] or ([] if people.admins else [people.agency_itself()])
    owner = getattr(deadline.owner, "membership", None)
    for reader in told:
        with translation.override(reader.language):
            name = owner.name if owner else _("nobody")
        yield _letter(deadline, reader, {"owner": name})


def _letter(deadline: Deadline, reader: Reader, more: dict[str, str]) -> outbox.Letter:
    in_portal = reader.role in {Role.PATRON, Role.MUNICIPALITY}
    path = portal_path(deadline) if in_portal else desk_path(deadline, reader.role or Role.REGIONAL_MANAGER)
    with translation.override(reader.language):
        values = {
            "title": deadline.heading,
            "kind": deadline.get_kind_display(),
            "when": deadline.when,
            "due_on": date_format(deadline.due_on),
            "link": f"{settings.BASE_URL}{path}",
            **more,
        }
    return outbox.Letter(to=reader.address, language=reader.language, context=values, subject=deadline)
