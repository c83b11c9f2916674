"""Mails that come back: reports of failed delivery (RFC 3464) are read, noted at their mails, and mark dead addresses.

Only a report that quotes the Message-ID of a mail of ours, sent to the address it names, counts: nobody else knows
that number, so nobody can silence somebody else's mail.
"""

import email
import email.policy
import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage, Message
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, User
from agencies.permissions import require
from deadlines.models import OutboxMail, Suppression
from klikks.history import forget
from klikks.tenancy import agency_context

logger = logging.getLogger(__name__)

# Status codes (RFC 3463) of an address to which mail will never be delivered. A full mailbox or a mail that some filter
# did not like says nothing about the address.
DEAD = re.compile(r"5\.(1\.([0-46]|10)|2\.1|4\.4)\b")
MOST_AT_ONCE = 200
FIRST_BYTES = 262_144
TIMEOUT_SECONDS = 30
KEPT = timedelta(days=730)


@dataclass(frozen=True)
class Report:
    """That one mail could not be delivered to one address: status as "5.1.1", and what the other server said."""

    message_id: str
    recipient: str
    status: str
    said: str


def read(content: bytes) -> list[Report]:
    """Return what a report says about failed deliveries; nothing for any other mail, or one that is only delayed."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    if message.get_content_type() != "multipart/report":
        return []
    parts = list(message.walk())
    blocks = [block for part in parts for block in _status_blocks(part)]
    message_id = next((found for part in parts if (found := _original_id(part))), "")
    reports = []
    for block in blocks:
        address = _field(block, "Original-Recipient") or _field(block, "Final-Recipient")
        status = re.match(r"[245]\.\d{1,3}\.\d{1,3}", str(block.get("Status", "")).strip())
        if message_id and address and status and str(block.get("Action", "")).strip().lower() == "failed":
            said = " ".join(_field(block, "Diagnostic-Code").split())
            reports.append(Report(message_id, address.lower(), status[0], said[:300]))
    return reports


def note(reports: list[Report]) -> int:
    """Note at their mails, of whichever agency, that they were not delivered; return how many were mails of ours."""
    by_id = {report.message_id: report for report in reports}
    noted = 0
    for agency_id in Agency.objects.order_by("pk").values_list("pk", flat=True) if by_id else []:
        with agency_context(agency_id), transaction.atomic():
            mails = OutboxMail.objects.filter(message_id__in=by_id).select_for_update()
            for mail in mails:
                noted += _note(mail, by_id[mail.message_id])
    return noted


def is_dead_address(answer: int, words: str) -> bool:
    """Whether a mail server's answer means that there is no such address."""
    return answer // 100 == 5 and DEAD.match(words) is not None


def suppress(address: str, reason: str) -> None:
    """Send nothing to an address any more, until staff lift that; the first reason stays."""
    Suppression.objects.get_or_create(address=address.lower(), defaults={"reason": reason[:500]})


@transaction.atomic
def lift(suppression: Suppression, *, by: User) -> None:
    """Let an address get mails again; one that was lifted before stays so. Raises NotAllowed."""
    require(by, "suppression", "lift", suppression)
    Suppression.objects.filter(pk=suppression.pk).delete()


def forget_old() -> int:
    """Forget addresses of the context's agency that came back long ago, with every trace; return how many."""
    old = Suppression.objects.filter(noted_at__lt=timezone.now() - KEPT)
    keys = list(old.values_list("pk", flat=True))
    forget(Suppression, keys)
    return len(keys)


def fetch() -> tuple[int, int]:
    """Read the mailbox of what came back; return how many mails were reports about ours, and how many were not.

    The former are deleted, the latter stay there as read, for a human. Raises OSError or imaplib.IMAP4.error when the
    mailbox cannot be read; what is unread then is read the next time.
    """
    understood = others = 0
    with _mailbox() as box:
        _answer, (found, *_rest) = box.search(None, "UNSEEN")
        for number in (found or b"").decode().split()[:MOST_AT_ONCE]:
            content = _content(box, number)
            if note(read(content)):
                understood += 1
                box.store(number, "+FLAGS", r"(\Seen \Deleted)")
            else:
                others += 1
                box.store(number, "+FLAGS", r"(\Seen)")
        box.expunge()
    return understood, others


def _note(mail: OutboxMail, report: Report) -> bool:
    """Note one report at its mail; say whether it belongs to it."""
    if mail.recipient.lower() != report.recipient:
        return False
    words = f"550 {report.status} {report.said}".strip()
    OutboxMail.objects.filter(pk=mail.pk).update(status=OutboxMail.Status.FAILED, error=words, claim=None)
    if DEAD.match(report.status):
        suppress(mail.recipient, words)
    return True


def _status_blocks(part: Message) -> list[Message]:
    """Return the blocks about single recipients of the part that a machine can read."""
    if part.get_content_type() != "message/delivery-status":
        return []
    blocks = part.get_payload()
    return [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []


def _original_id(part: Message) -> str:
    """Return the Message-ID of the mail that came back, from the copy of it, or of its head."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0) if part.is_multipart() else None
        return str(inner.get("Message-ID", "")).strip() if isinstance(inner, Message) else ""
    if part.get_content_type() == "text/rfc822-headers" and isinstance(part, EmailMessage):
        head = email.message_from_string(part.get_content(), policy=email.policy.default)
        return str(head.get("Message-ID", "")).strip()
    return ""


def _field(block: Message, name: str) -> str:
    """Return the value of a field such as "rfc822; mayor@example.org", without its type."""
    return str(block.get(name, "")).partition(";")[2].strip().strip("<>")


def _content(box: imaplib.IMAP4, number: str) -> bytes:
    """Return the beginning of a mail, which is enough for a report."""
    _answer, parts = box.fetch(number, f"(BODY.PEEK[]<0.{FIRST_BYTES}>)")
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")


@contextmanager
def _mailbox() -> Iterator[imaplib.IMAP4]:
    """Open the folder that the setting BOUNCE_MAILBOX_URL names: imaps://, or imap:// on this machine only."""
    url = urlsplit(settings.BOUNCE_MAILBOX_URL)
    host = url.hostname or ""
    box: imaplib.IMAP4
    if url.scheme == "imaps":
        context = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(host, url.port or 993, ssl_context=context, timeout=TIMEOUT_SECONDS)
    else:
        box = imaplib.IMAP4(host, url.port or 143, timeout=TIMEOUT_SECONDS)
    with box:
        box.login(unquote(url.username or ""), unquote(url.password or ""))
        answer, words = box.select(unquote(url.path.strip("/")) or "INBOX")
        if answer != "OK":
            raise imaplib.IMAP4.error(str(words))
        yield box
