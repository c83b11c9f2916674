"""Handing one mail to the mail server, and what its answer means."""

import logging
import mimetypes
import re
import smtplib
import uuid
from email.policy import Compat32
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from deadlines.models import OutboxMail

logger = logging.getLogger(__name__)

# Answers of the mail server (RFC 5321, 4.2.1); from PERMANENT on, trying again is useless.
TAKEN, BROKEN_OFF, LATER, PERMANENT, UNSENDABLE = 250, 421, 451, 500, 554
# How long a header's line may get (RFC 5322, 2.1.1), without the colon and the space after its name.
LINE = 76


class FileGone(Exception):
    """A mail's file is missing, so that the mail cannot leave as it is."""


class FileOutOfReach(Exception):
    """The storage with a mail's file does not answer; the mail waits for it."""


class _ShortHeaders(Compat32):
    """Writes a header that fits on its line as it is: looking for where to fold it took a tenth of sending a mail."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the line of a header."""
        if isinstance(value, str) and value.isascii() and value.isprintable() and len(name) + len(value) < LINE:
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


class _Mail(EmailMultiAlternatives):
    """A mail with such headers, and with boundaries that need not be looked for in its text."""

    def message(self, **options: Any) -> Any:
        """Return the mail as it is written to the server."""
        message = super().message(**options)
        for part in message.walk():
            part.policy = _SHORT_HEADERS
            if part.is_multipart():
                part.replace_header("Content-Type", f'{part["Content-Type"]}; boundary="={uuid.uuid4().hex}"')
        return message


_SHORT_HEADERS = _ShortHeaders()


def reach(server: BaseEmailBackend) -> str:
    """Connect to the mail server unless that is done; return what prevents it."""
    try:
        server.open()
    except OSError as problem:
        logger.warning("The mail server cannot be reached: %s", problem)
        return str(problem) or type(problem).__name__
    return ""


def hand_over(mail: OutboxMail, server: BaseEmailBackend) -> tuple[int, str]:
    """Give one mail to the server; return its answer as SMTP code and words."""
    message = _Mail(
        mail.subject_line,
        mail.text,
        from_email=settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL,
        to=[mail.recipient],
        reply_to=[mail.agency.email] if mail.agency.email else None,
        connection=server,
        headers=_headers(mail),
    )
    message.attach_alternative(mail.html, "text/html")
    try:
        _attach_calendar(mail, message)
        _attach_file(mail, message)
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return code, _words(words)
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code, _words(refused.smtp_error)
    except FileOutOfReach as problem:
        return LATER, _("The attached file cannot be read at present: %(problem)s") % {"problem": problem}
    except OSError as broken:
        return BROKEN_OFF, _("The connection to the mail server broke off: %(problem)s") % {"problem": broken}
    except Exception as problem:  # whatever is wrong with one mail must not keep those behind it waiting
        logger.exception("Mail %s cannot be sent", mail.pk)
        return UNSENDABLE, _("This mail cannot be sent as it is: %(problem)s") % {"problem": problem}
    return TAKEN, ""


def _headers(mail: OutboxMail) -> dict[str, str]:
    """Return what stands above a mail for the recipient's program; the envelope may name another sender."""
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",
    }
    if mail.unsubscribe_link:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _attach_calendar(mail: OutboxMail, message: EmailMultiAlternatives) -> None:
    """Put the mail's entry for the calendar beside its words, for programs that show it, and as a file for others."""
    if not mail.calendar:
        return
    found = re.search(r"^METHOD:(\w+)", mail.calendar, re.MULTILINE)
    message.attach_alternative(mail.calendar, f"text/calendar; method={found[1] if found else 'PUBLISH'}")
    message.attach("invite.ics", mail.calendar.encode(), "application/ics")


def _attach_file(mail: OutboxMail, message: EmailMultiAlternatives) -> None:
    """Put the mail's stored file beside its words. Raises FileGone, or FileOutOfReach when its storage fails."""
    if not mail.attachment:
        return
    try:
        with default_storage.open(mail.attachment) as file:
            content = file.read()
    except FileNotFoundError:
        raise FileGone(_("the attached file is missing")) from None
    except Exception as problem:  # each storage has exceptions of its own
        raise FileOutOfReach(problem) from problem
    kind = mimetypes.guess_type(mail.attachment_name)[0] or "application/octet-stream"
    message.attach(mail.attachment_name, content, kind)


def _words(answer: bytes | str) -> str:
    """Return the words of a server's answer."""
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
