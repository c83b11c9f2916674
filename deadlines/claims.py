"""Which mails may leave now: a worker claims a few of those that are due, and puts off what must not leave yet.

A claim is a loan for some minutes: the mails of a worker that was killed become due again by themselves. It shares
out the work; that no mail leaves twice is seen to by the one who sends it, who locks each row once more.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency
from deadlines.mail_kinds import PROMPT
from deadlines.models import MailSettings, OutboxMail, ProviderMinute, Suppression
from deadlines.models.mails import SUPPRESSED
from klikks.tenancy import current_agency_id

BATCH = 50
LOAN = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)

# Counts mails to providers, each in the minute that began with the first of them. Providers in the order of their
# names, so that two workers never wait for each other crosswise.
COUNT = """
INSERT INTO deadlines_providerminute AS minute (provider, begun_at, sent)
SELECT provider, clock_timestamp(), sent FROM unnest(%(providers)s::text[], %(counts)s::int[]) AS more (provider, sent)
ORDER BY provider
ON CONFLICT (provider) DO UPDATE SET
    begun_at = CASE WHEN excluded.begun_at < minute.begun_at + interval '1 minute'
               THEN minute.begun_at ELSE excluded.begun_at END,
    sent = CASE WHEN excluded.begun_at < minute.begun_at + interval '1 minute' THEN minute.sent ELSE 0 END
           + excluded.sent
RETURNING provider, begun_at, sent
"""


@dataclass(frozen=True)
class Claim:
    """Mails that one worker may send, under the key of its loan; `found` counts also those that were put off."""

    key: uuid.UUID
    found: int
    mails: list[OutboxMail] = field(default_factory=list)


@transaction.atomic
def take() -> Claim:
    """Claim the mails of the context's agency that have waited longest, a batch at most.

    Two workers share the work: what one has locked is skipped by the other. Put off are mails to people in their quiet
    hours and those above a provider's limit; a suppressed address makes a mail fail with that reason.
    """
    waiting = OutboxMail.objects.waiting().order_by("not_before", "pk")
    found = list(waiting.select_for_update(skip_locked=True)[:BATCH])
    claim = Claim(uuid.uuid4(), len(found))
    if found:
        agency = Agency.objects.get(pk=current_agency_id())
        for mail in found:
            mail.agency = agency
        ready = _within_limits(_awake(_deliverable(found)))
        OutboxMail.objects.filter(pk__in=[mail.pk for mail in ready]).update(
            claim=claim.key, not_before=timezone.now() + LOAN
        )
        claim.mails.extend(ready)
    return claim


def give_back(claim: Claim) -> None:
    """Let others send what was claimed and neither sent nor refused."""
    OutboxMail.objects.filter(claim=claim.key, status=OutboxMail.Status.WAITING).update(
        claim=None, not_before=timezone.now()
    )


def forget_providers() -> int:
    """Delete the counts of minutes long gone; return how many."""
    return ProviderMinute.objects.filter(begun_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def _deliverable(mails: list[OutboxMail]) -> list[OutboxMail]:
    """Let mails to suppressed addresses fail and return the others; codes and confirmations are tried in any case."""
    addresses = {mail.recipient.lower() for mail in mails if mail.kind is not PROMPT}
    reasons = dict(Suppression.objects.filter(address__in=addresses).values_list("address", "reason"))
    if not reasons:
        return mails
    stopped = [mail for mail in mails if mail.kind is not PROMPT and mail.recipient.lower() in reasons]
    for mail in stopped:
        mail.status, mail.error = OutboxMail.Status.FAILED, f"{SUPPRESSED} {reasons[mail.recipient.lower()]}"
    OutboxMail.objects.bulk_update(stopped, ["status", "error"])
    return [mail for mail in mails if mail.status == OutboxMail.Status.WAITING]


def _awake(mails: list[OutboxMail]) -> list[OutboxMail]:
    """Put off mails to people in their quiet hours and return the others."""
    now = timezone.now()
    ends = quiet_ends(mails, now)
    for mail in mails:
        mail.not_before = ends.get(mail.pk, mail.not_before)
    _put_off([mail for mail in mails if mail.pk in ends])
    return [mail for mail in mails if mail.pk not in ends]


def quiet_ends(mails: list[OutboxMail], at: datetime) -> dict[int, datetime]:
    """Return when the quiet hours end, by the key of each mail that falls into some. Costs one query."""
    bound = [mail for mail in mails if mail.kind is not PROMPT]
    people = {mail.account_id for mail in bound if mail.account_id}
    rules = {
        rule.user_id: rule
        for rule in MailSettings.objects.filter(Q(user__isnull=True) | Q(user__in=people), quiet_from__isnull=False)
    }
    ends = {}
    for mail in bound if rules else []:
        rule = rules.get(mail.account_id) or rules.get(None)
        if rule is not None and (end := rule.quiet_until_when(at)):
            ends[mail.pk] = end
    return ends


def _within_limits(mails: list[OutboxMail]) -> list[OutboxMail]:
    """Count the mails to each provider, put off those above its limit until its next minute, return the others."""
    limit = settings.MAILS_PER_MINUTE_AND_PROVIDER
    if not (limit and mails):
        return mails
    counts = Counter(mail.provider for mail in mails)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"providers": list(counts), "counts": list(counts.values())})
        minutes = {provider: (begun_at, sent) for provider, begun_at, sent in cursor.fetchall()}
    over = {provider: max(sent - limit, 0) for provider, (_begun_at, sent) in minutes.items()}
    late, soon = [], timezone.now() + timedelta(seconds=1)
    for mail in reversed(mails):
        if over[mail.provider] > 0:
            over[mail.provider] -= 1
            mail.not_before = max(minutes[mail.provider][0] + MINUTE, soon)
            late.append(mail)
    _put_off(late)
    put_off = {mail.pk for mail in late}
    return [mail for mail in mails if mail.pk not in put_off]


def _put_off(mails: list[OutboxMail]) -> None:
    """Write down until when some mails wait."""
    for mail in mails:
        mail.claim = None
    if mails:
        OutboxMail.objects.bulk_update(mails, ["not_before", "claim"])
