"""The outbox: every mail is a row written in the transaction of its cause, and sent until the mail server has it.

A mail's words come from `templates/mail/<template>.txt` in the recipient's language: the first line is the subject
("Subject: …"), the text follows after a blank line, and its HTML is made from the same text. An agency may replace
the words by a text block with the key `mail/<template>`, in which `{name}` stands for a plain value of the context.
"""

import logging
import mimetypes
import re
import smtplib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.models import Agency, TextBlock, User
from agencies.permissions import require
from agencies.texts import fill
from deadlines.broker import send_after_commit
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context, current_agency_id

logger = logging.getLogger(__name__)

# Minutes to wait after each failed attempt: the first short enough for greylisting, together about 16 hours.
WAIT_MINUTES = (1, 5, 15, 30, 60, 120, 240, 480)
# Answers of the mail server (RFC 5321, 4.2.1); from PERMANENT on, trying again is useless.
TAKEN, BROKEN_OFF, PERMANENT, UNSENDABLE = 250, 421, 500, 554


class FileGone(Exception):
    """A mail's file is missing, so that the mail cannot leave as it is."""


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


def as_html(words: Words, *, language: str, agency: Agency) -> str:
    """Return the HTML of a mail, as its recipient's program shows it."""
    frame = {**_values({}, agency), "text": words.text, "subject_line": words.subject_line, "language": language}
    with translation.override(language):
        return render_to_string("mail/base.html", frame)


def post_all(template: str, letters: Iterable[Letter]) -> list[OutboxMail]:
    """Write many mails of one kind; the number of queries does not depend on how many."""
    agency = Agency.objects.get(pk=current_agency_id())
    own_words = dict(TextBlock.objects.filter(key=f"mail/{template}").values_list("language", "text"))
    mails = [_compose(template, letter, agency, own_words.get(letter.language)) for letter in letters]
    OutboxMail.objects.bulk_create(mails)
    send_after_commit("deadlines.tasks.drain_outbox", agency.pk)
    return mails


def drain(agency: Agency | int) -> int:
    """Send the agency's waiting mails, each in a transaction of its own; return how many the mail server took.

    A crash loses nothing: at worst the one mail that was taken but not yet noted leaves again, with the same
    Message-ID. The run ends early when the mail server cannot be reached; the next one goes on.
    """
    return _drain([agency.pk if isinstance(agency, Agency) else agency])


def drain_all() -> int:
    """Send the waiting mails of all agencies over one connection; see `drain`."""
    return _drain(Agency.objects.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def resend(mail: OutboxMail, *, by: User) -> None:
    """Let a mail that failed, or waits for its next attempt, leave now; one that was sent or emptied stays as it is.

    Raises NotAllowed.
    """
    require(by, "outboxmail", "resend", mail)
    OutboxMail.objects.filter(pk=mail.pk).exclude(status=OutboxMail.Status.SENT).exclude(text="").update(
        status=OutboxMail.Status.WAITING, attempts=0, error="", not_before=timezone.now()
    )
    send_after_commit("deadlines.tasks.drain_outbox", mail.agency_id)


def empty_old() -> int:
    """Delete the words of mails that have left long ago, or failed then; return of how many.

    Works on the agency of the context; the setting MAIL_TEXTS_KEPT_DAYS says how long they are kept. Recipient,
    subject, times and the server's answer stay: they prove what was sent.
    """
    before = timezone.now() - timedelta(days=settings.MAIL_TEXTS_KEPT_DAYS)
    ended = OutboxMail.objects.exclude(status=OutboxMail.Status.WAITING).filter(created_at__lt=before)
    return ended.exclude(text="").update(text="", html="", calendar="")


def _drain(agency_ids: Iterable[int]) -> int:
    """Send what waits in some outboxes until nothing waits or the mail server cannot be reached."""
    sent = 0
    server = get_connection()
    try:
        for agency_id in agency_ids:
            with agency_context(agency_id):
                while (answer := _send_next(server)) is not None:
                    sent += answer == TAKEN
                    if answer == BROKEN_OFF:
                        return sent
    finally:
        server.close()
    return sent


def _compose(template: str, letter: Letter, agency: Agency, own_words: str | None) -> OutboxMail:
    """Return the unsaved mail to one recipient, in the recipient's language."""
    with translation.override(letter.language):
        words = letter.words or _written(template, _values(letter.context, agency), own_words)
    return OutboxMail(
        agency=agency,
        subject=letter.subject,
        template=template,
        recipient=letter.to,
        language=letter.language,
        subject_line=words.subject_line[:250],
        text=words.text,
        html=as_html(words, language=letter.language, agency=agency),
        attachment=letter.attachment.path if letter.attachment else "",
        attachment_name=letter.attachment.name if letter.attachment else "",
        unsubscribe_link=letter.unsubscribe_link,
        calendar=letter.calendar,
        message_id=f"<{uuid.uuid4()}@{urlsplit(settings.BASE_URL).hostname}>",
    )


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
    heading, _separator, text = source.strip().partition("\n")
    return Words(heading.removeprefix("Subject:").strip(), re.sub(r"\n{3,}", "\n\n", text.strip()))


def _send_next(server: BaseEmailBackend) -> int | None:
    """Send the mail that has waited longest and return the server's answer; None when no mail waits."""
    with transaction.atomic():
        waiting = OutboxMail.objects.waiting().order_by("not_before", "pk").select_related("agency")
        mail = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if mail is None:
            return None
        problem = _reach(server)
        if not problem:
            answer, words = _hand_over(mail, server)
            _note(mail, answer, words)
            return answer
    _tell_why_all_wait(problem)
    return BROKEN_OFF


def _reach(server: BaseEmailBackend) -> str:
    """Connect to the mail server unless that is done; return what prevents it."""
    try:
        server.open()
    except OSError as problem:
        logger.warning("The mail server cannot be reached: %s", problem)
        return str(problem) or type(problem).__name__
    return ""


def _tell_why_all_wait(problem: str) -> None:
    """Let staff read why mails do not leave; none of them is blamed for it, none counts an attempt."""
    words = _("The mail server cannot be reached: %(problem)s") % {"problem": problem}
    OutboxMail.objects.waiting().filter(error="").update(error=f"{BROKEN_OFF} {words}")


def _hand_over(mail: OutboxMail, server: BaseEmailBackend) -> tuple[int, str]:
    """Give one mail to the server; return its answer as SMTP code and words."""
    message = EmailMultiAlternatives(
        mail.subject_line,
        mail.text,
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
    except OSError as broken:
        return BROKEN_OFF, _("The connection to the mail server broke off: %(problem)s") % {"problem": broken}
    except Exception as problem:  # whatever is wrong with one mail must not keep those behind it waiting
        logger.exception("Mail %s cannot be sent", mail.pk)
        return UNSENDABLE, _("This mail cannot be sent as it is: %(problem)s") % {"problem": problem}
    return TAKEN, ""


def _headers(mail: OutboxMail) -> dict[str, str]:
    """Return what stands above a mail for the recipient's program."""
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
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
    """Put the mail's stored file beside its words. Raises FileGone when the storage has it no more."""
    if not mail.attachment:
        return
    try:
        with default_storage.open(mail.attachment) as file:
            content = file.read()
    except FileNotFoundError:
        raise FileGone(_("the attached file is missing")) from None
    kind = mimetypes.guess_type(mail.attachment_name)[0] or "application/octet-stream"
    message.attach(mail.attachment_name, content, kind)


def _note(mail: OutboxMail, answer: int, words: str) -> None:
    """Write down what became of an attempt to send the mail."""
    mail.attempts += 1
    mail.error = f"{answer} {words}" if words else ""
    if answer == TAKEN:
        mail.status, mail.sent_at = OutboxMail.Status.SENT, timezone.now()
        if mail.is_secret:
            mail.text = mail.html = ""
    elif answer >= PERMANENT or mail.attempts > len(WAIT_MINUTES):
        mail.status = OutboxMail.Status.FAILED
    else:
        mail.not_before = timezone.now() + timedelta(minutes=WAIT_MINUTES[mail.attempts - 1])
    noted = ("status", "attempts", "error", "not_before", "sent_at", *(("text", "html") if mail.is_secret else ()))
    OutboxMail.objects.filter(pk=mail.pk).update(**{name: getattr(mail, name) for name in noted})


def _words(answer: bytes | str) -> str:
    """Return the words of a server's answer."""
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
