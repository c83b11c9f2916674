"""The outbox: every mail is a row written in the transaction of its cause, and sent until the mail server has it.

A mail's words come from `templates/mail/<template>.txt` in the recipient's language: the first line is the subject
("Subject: …"), the text follows after a blank line, and its HTML is made from the same text. An agency may replace
the words by a text block with the key `mail/<template>`, in which `{name}` stands for a plain value of the context.
"""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, connection, models, transaction
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.models import Agency, TextBlock, User
from agencies.permissions import require
from agencies.texts import default_text, fill, preview
from deadlines import bounces, claims, smtp
from deadlines.broker import send_after_commit
from deadlines.mail_kinds import PROMPT, Kind, Rhythm, kind_of
from deadlines.models import MailSettings, OutboxMail, Suppression
from deadlines.models.mail_rules import next_digest
from klikks import links
from klikks.tenancy import agency_context, current_agency_id

logger = logging.getLogger(__name__)

# Minutes to wait after each failed attempt: the first short enough for greylisting, together about 16 hours.
WAIT_MINUTES = (1, 5, 15, 30, 60, 120, 240, 480)
# What somebody waits for in front of the screen goes before everything else that is due.
AHEAD = timedelta(days=365)
# How long one run goes on before other work gets its turn; what is left is handed to the next run.
RUN_SECONDS = 10
DRAIN_TASK = "deadlines.tasks.drain_outbox"
# The key of the advisory locks that keep the number of runs at once to MAIL_CONNECTIONS.
SEATS = 0x6D61696C
UNSUBSCRIBE = "mail-off"
# Once for each mail, hence written out: composing the statement anew took longer than running it.
NOTE_SENT = """
UPDATE deadlines_outboxmail
SET status = 'sent', attempts = attempts + 1, error = '', claim = NULL, sent_at = %s,
    text = CASE WHEN %s THEN '' ELSE text END, html = CASE WHEN %s THEN '' ELSE html END
WHERE agency_id = %s AND id = %s AND claim = %s AND status = 'waiting'
"""


@dataclass(frozen=True)
class Attachment:
    """A stored file that goes with a mail: its path in the storage, and the name under which the recipient gets it."""

    path: str
    name: str


@dataclass(frozen=True)
class Words:
    """What a mail says: its subject line and its text."""

    subject_line: str
    text: str


@dataclass(frozen=True)
class Letter:
    """What one recipient of a mail gets: address, language, the template's values, what it is about, and a file.

    `words` stand in place of the template's, where somebody has changed them for this one mail. `unsubscribe_link` is
    an address that ends mails of this kind when something is sent to it; mail programs make a button of it (RFC 8058).
    `calendar` is the text of an iCalendar file with a METHOD, of which mail programs make an entry in the calendar.
    """

    to: str
    language: str
    context: Mapping[str, Any] = field(default_factory=dict)
    subject: models.Model | None = None
    words: Words | None = None
    attachment: Attachment | None = None
    unsubscribe_link: str = ""
    calendar: str = ""


def post(
    template: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any],
    subject: models.Model | None = None,
    words: Words | None = None,
    attachment: Attachment | None = None,
    calendar: str = "",
) -> OutboxMail:
    """Write one mail into the outbox of the context's agency; it leaves after the transaction is committed.

    `template` names `templates/mail/<template>.txt`, `to` is an address, `subject` the object the mail is about,
    `attachment` a stored file that goes with it, `words` replace those of the template, `calendar` is an iCalendar
    file. The template also gets `agency` and `base_url` (without a slash at the end).
    """
    letter = Letter(to, language, context, subject, words, attachment, calendar=calendar)
    return post_all(template, [letter])[0]


def draft(template: str, *, language: str, context: Mapping[str, Any]) -> Words:
    """Return what a mail would say, in the wording of the context's agency; nothing is written."""
    agency = Agency.objects.get(pk=current_agency_id())
    own_words = TextBlock.objects.filter(key=f"mail/{template}", language=language).values_list("text", flat=True)
    with translation.override(language):
        return _written(template, _values(context, agency), own_words.first())


def example(template: str, *, language: str) -> Words:
    """Return what a mail says with example values, in the wording of the context's agency; nothing is written."""
    key = f"mail/{template}"
    own_words = TextBlock.objects.filter(key=key, language=language).values_list("text", flat=True).first()
    return _parted(preview(default_text(key, language) if own_words is None else own_words, language))


@cache
def templates() -> list[str]:
    """Return the names of all mails."""
    folder = Path(settings.BASE_DIR, "templates", "mail")
    files = [file for file in folder.glob("**/*.txt") if "Subject:" in file.read_text()]
    return sorted(file.relative_to(folder).as_posix().removesuffix(".txt") for file in files)


def as_html(words: Words, *, language: str, agency: Agency) -> str:
    """Return the HTML of a mail, as its recipient's program shows it."""
    frame = {**_values({}, agency), "text": words.text, "subject_line": words.subject_line, "language": language}
    with translation.override(language):
        return render_to_string("mail/base.html", frame)


def post_all(template: str, letters: Iterable[Letter]) -> list[OutboxMail]:
    """Write many mails of one kind; the number of queries does not depend on how many.

    Whoever has an account gets them as chosen in the own settings: at once, collected for a digest, or not at all.
    """
    agency = Agency.objects.get(pk=current_agency_id())
    own_words = dict(TextBlock.objects.filter(key=f"mail/{template}").values_list("language", "text"))
    letters = list(letters)
    accounts = _accounts(letter.to for letter in letters)
    mails = []
    for letter in letters:
        account = accounts.get(letter.to.lower())
        mails.append(_compose(template, letter, agency, own_words.get(letter.language), account))
    OutboxMail.objects.bulk_create(mails)
    send_after_commit(DRAIN_TASK, agency.pk)
    return mails


def drain(agency: Agency | int) -> int:
    """Send the agency's waiting mails, each in a transaction of its own; return how many the mail server took.

    A crash loses nothing: at worst the one mail that was taken but not yet noted leaves again, with the same
    Message-ID. The run ends early when the mail server cannot be reached; the next one goes on.
    """
    agency_id = agency.pk if isinstance(agency, Agency) else agency
    return _drain(lambda: [agency_id])


def drain_all() -> int:
    """Send the waiting mails of all agencies over one connection, a few of each in turn; see `drain`.

    A few runs at most work at once (setting MAIL_CONNECTIONS); one that finds no seat leaves its work to them. A run
    ends after some seconds and orders the next one, so that other work of the worker is not kept waiting.
    """
    sent, until = 0, time.monotonic() + RUN_SECONDS
    while True:
        with _seat() as seated:
            if not seated:
                return sent
            sent += (count := _drain(_due_agencies, until))
        # What was written while we left our seat has found it taken.
        if not count or not _due_agencies():
            return sent
        if time.monotonic() > until:
            send_after_commit(DRAIN_TASK)
            return sent


@transaction.atomic
def resend(mail: OutboxMail, *, by: User) -> None:
    """Let a mail that failed, or waits for its next attempt, leave now; one that was sent or emptied stays as it is.

    An address to which nothing was sent any more gets mails again. Raises NotAllowed.
    """
    require(by, "outboxmail", "resend", mail)
    Suppression.objects.filter(address=mail.recipient.lower()).delete()
    OutboxMail.objects.filter(pk=mail.pk).exclude(status=OutboxMail.Status.SENT).exclude(text="").update(
        status=OutboxMail.Status.WAITING, attempts=0, error="", claim=None, not_before=timezone.now()
    )
    send_after_commit(DRAIN_TASK, mail.agency_id)


def empty_old() -> int:
    """Delete the words of mails that have left long ago, or failed then; return of how many.

    Works on the agency of the context; the setting MAIL_TEXTS_KEPT_DAYS says how long they are kept. Recipient,
    subject, times and the server's answer stay: they prove what was sent.
    """
    before = timezone.now() - timedelta(days=settings.MAIL_TEXTS_KEPT_DAYS)
    unsent = (OutboxMail.Status.WAITING, OutboxMail.Status.HELD)
    ended = OutboxMail.objects.exclude(status__in=unsent).filter(created_at__lt=before)
    return ended.exclude(text="").update(text="", html="", calendar="")


def _drain(agencies: Callable[[], list[int]], until: float | None = None) -> int:
    """Send what waits in some outboxes until nothing waits, time is up, or the mail server cannot be reached.

    `agencies` is asked before each round, in which each gets a few of its mails sent; `until` is a monotonic time.
    """
    sent = 0
    server = get_connection()
    try:
        while until is None or time.monotonic() < until:
            found = 0
            for agency_id in agencies():
                with agency_context(agency_id):
                    batch = _send_batch(server)
                sent, found = sent + batch.sent, found + batch.found
                if batch.broken_off:
                    return sent
            if not found:
                break
    finally:
        server.close()
    return sent


@contextmanager
def _seat() -> Iterator[bool]:
    """Take one of the few seats for runs while the block lasts; say whether there was one.

    A lock of the session: a run that dies leaves its seat with its connection to the database.
    """
    with connection.cursor() as cursor:
        for number in range(settings.MAIL_CONNECTIONS):
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SEATS, number])
            if cursor.fetchone()[0]:
                break
        else:
            yield False
            return
    try:
        yield True
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SEATS, number])


def _due_agencies() -> list[int]:
    """Return the agencies that have something to send now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_id FROM deadlines_dueoutbox ORDER BY agency_id")
        return [agency_id for (agency_id,) in cursor.fetchall()]


def _accounts(addresses: Iterable[str]) -> dict[str, User]:
    """Return the accounts behind addresses, by address, each with its settings for mails."""
    wanted = {address.lower() for address in addresses}
    found = User.objects.filter(email__in=wanted, is_active=True).select_related("mail_settings")
    return {account.email: account for account in found}


def _rhythm(account: User | None, kind: Kind, letter: Letter) -> Rhythm:
    """Return how often such mails come, by the recipient's choice; what brings a file or a date is never collected."""
    chosen: MailSettings | None = getattr(account, "mail_settings", None)
    rhythm = chosen.rhythm(kind) if chosen else Rhythm.NOW
    brings_something = letter.attachment or letter.calendar
    return Rhythm.NOW if brings_something and rhythm != Rhythm.OFF else rhythm


def _schedule(mail: OutboxMail, rhythm: Rhythm) -> None:
    """Decide when an unsaved mail leaves."""
    if mail.kind is PROMPT:
        mail.not_before = mail.created_at - AHEAD
    elif rhythm == Rhythm.OFF:
        mail.status, mail.text, mail.html = OutboxMail.Status.OFF, "", ""
    elif rhythm != Rhythm.NOW:
        mail.status, mail.not_before = OutboxMail.Status.HELD, next_digest(rhythm, mail.created_at)


def unsubscribe_link(account: User, kind: Kind) -> str:
    """Return the address at which one click turns mails of a kind off."""
    token = links.sign(f"{UNSUBSCRIBE}-{kind.name}", account.agency_id or 0, account.pk)
    return f"{settings.BASE_URL}{reverse('deadlines:mails_off', args=[kind.name, token])}"


def settings_link() -> str:
    """Return the address of the page on which people decide how often mails come."""
    return f"{settings.BASE_URL}{reverse('deadlines:mail_settings')}"


def _with_choice(words: Words) -> Words:
    """Return the words with a last line that leads to the recipient's settings."""
    line = f"{_('How often such mails come, you decide here:')} {settings_link()}"
    return replace(words, text=f"{words.text}\n\n{line}")


def _compose(template: str, letter: Letter, agency: Agency, own_words: str | None, account: User | None) -> OutboxMail:
    """Return the unsaved mail to one recipient, in the recipient's language."""
    kind = kind_of(template)
    rhythm = _rhythm(account, kind, letter)
    with translation.override(letter.language):
        words = letter.words or _written(template, _values(letter.context, agency), own_words)
        if account is not None and kind.is_chosen and rhythm == Rhythm.NOW:
            words = _with_choice(words)
    link = letter.unsubscribe_link
    if not link and account is not None and kind.may_be_off:
        link = unsubscribe_link(account, kind)
    mail = OutboxMail(
        agency=agency,
        account=account,
        subject=letter.subject,
        template=template,
        recipient=letter.to,
        language=letter.language,
        subject_line=words.subject_line[:250],
        text=words.text,
        html=as_html(words, language=letter.language, agency=agency),
        attachment=letter.attachment.path if letter.attachment else "",
        attachment_name=letter.attachment.name if letter.attachment else "",
        unsubscribe_link=link,
        calendar=letter.calendar,
        message_id=f"<{uuid.uuid4()}@{urlsplit(settings.BASE_URL).hostname}>",
    )
    _schedule(mail, rhythm)
    return mail


def _values(context: Mapping[str, Any], agency: Agency) -> dict[str, Any]:
    """Return all values that a mail's text may use."""
    return {**context, "agency": agency, "agency_email": agency.email, "base_url": settings.BASE_URL}


def _written(template: str, values: dict[str, Any], own_words: str | None) -> Words:
    """Return subject and text of a mail in the active language: the agency's own wording, or the template's."""
    if own_words is None:
        plain = get_template(f"mail/{template}.txt").template  # type: ignore[attr-defined]
        source = plain.render(Context(values, autoescape=False))
    else:
        source = fill(own_words, values)
    return _parted(source)


def _parted(source: str) -> Words:
    """Part the source of a mail into its subject line and its text."""
    heading, _separator, text = source.strip().partition("\n")
    return Words(heading.removeprefix("Subject:").strip(), re.sub(r"\n{3,}", "\n\n", text.strip()))


@dataclass(frozen=True)
class _Batch:
    """What became of a batch: how many mails were found and sent, and whether the mail server is out of reach."""

    found: int = 0
    sent: int = 0
    broken_off: bool = False


def _send_batch(server: BaseEmailBackend) -> _Batch:
    """Send some of the mails that have waited longest."""
    claim = claims.take()
    if not claim.mails:
        return _Batch(claim.found)
    sent = 0
    try:
        problem = smtp.reach(server)
        if problem:
            claims.give_back(claim)
            _tell_why_all_wait(problem)
            return _Batch(claim.found, broken_off=True)
        for mail in claim.mails:
            answer = _send(mail, claim, server)
            sent += answer == smtp.TAKEN
            if answer == smtp.BROKEN_OFF:
                return _Batch(claim.found, sent, broken_off=True)
    finally:
        with suppress(DatabaseError):
            claims.give_back(claim)
    return _Batch(claim.found, sent)


def _send(mail: OutboxMail, claim: claims.Claim, server: BaseEmailBackend) -> int | None:
    """Send one mail and return the server's answer; None when it is not ours any more.

    It is noted as sent first, which locks the row, and committed once the server has taken it. Whoever dies in
    between leaves it waiting.
    """
    with transaction.atomic():
        if not _note_sent(mail, claim):
            return None
        answer, words = smtp.hand_over(mail, server)
        if answer == smtp.TAKEN:
            return answer
        transaction.set_rollback(True)
    _note_refusal(mail, claim, answer, words)
    return answer


def _note_sent(mail: OutboxMail, claim: claims.Claim) -> bool:
    """Note a mail as sent, which locks its row; say whether it still was ours. A secret's words are forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_SENT, [timezone.now(), mail.is_secret, mail.is_secret, mail.agency_id, mail.pk, claim.key])
        return cursor.rowcount == 1


def _ours(mail: OutboxMail, claim: claims.Claim) -> models.QuerySet[OutboxMail]:
    """Return the mail's row as long as it waits under our claim."""
    return OutboxMail.objects.filter(pk=mail.pk, claim=claim.key, status=OutboxMail.Status.WAITING)


def _note_refusal(mail: OutboxMail, claim: claims.Claim, answer: int, words: str) -> None:
    """Write down why the server did not take a mail, and when it is tried again if that may help."""
    attempts = mail.attempts + 1
    noted: dict[str, Any] = {"attempts": attempts, "error": f"{answer} {words}", "claim": None}
    if answer >= smtp.PERMANENT or attempts > len(WAIT_MINUTES):
        noted["status"] = OutboxMail.Status.FAILED
    else:
        noted["not_before"] = timezone.now() + timedelta(minutes=WAIT_MINUTES[attempts - 1])
    _ours(mail, claim).update(**noted)
    if bounces.is_dead_address(answer, words):
        bounces.suppress(mail.recipient, f"{answer} {words}")


def _tell_why_all_wait(problem: str) -> None:
    """Let staff read why mails do not leave; none of them is blamed for it, none counts an attempt."""
    words = _("The mail server cannot be reached: %(problem)s") % {"problem": problem}
    OutboxMail.objects.waiting().filter(error="").update(error=f"{smtp.BROKEN_OFF} {words}")
