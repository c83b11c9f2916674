"""The outbox: mails written in the transaction of their cause."""

import re
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from deadlines.mail_kinds import Kind, kind_of
from deadlines.models.subject import SubjectModel
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet

# Mails with sign-in codes, with links that make an account, with those that prove whose address it is, and with the
# one that lets a person answer without a name.
SECRET_MAILS = (
    *("account/", "invitation", "registration/confirm", "patron/confirm", "idea/follow"),
    *("training/confirm", "training/feedback"),
)

# What stands in place of a mail server's code where nothing was sent because the address is on the suppression list.
SUPPRESSED = "559"


class OutboxMailQuerySet(AgencyQuerySet):
    """Reads of the outbox in the domain's words."""

    def waiting(self) -> "OutboxMailQuerySet":
        """Mails whose time to be sent has come."""
        return self.filter(status=OutboxMail.Status.WAITING, not_before__lte=timezone.now())


class OutboxMail(SubjectModel):
    """A mail, written in the transaction of its cause and sent by Celery until the mail server has taken it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        HELD = "held", _("collected")
        GATHERED = "gathered", _("sent together with others")
        OFF = "off", _("turned off by the recipient")

    template = models.CharField(_("kind of mail"), max_length=60)
    recipient = models.EmailField(_("recipient"))
    account = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    subject_line = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    attachment = models.CharField(_("attached file"), max_length=200, blank=True)
    attachment_name = models.CharField(_("name of the attached file"), max_length=120, blank=True)
    # An iCalendar invitation, change or cancellation that goes with the words (RFC 6047).
    calendar = models.TextField(_("entry for the calendar"), blank=True)
    unsubscribe_link = models.CharField(_("link that ends such mails"), max_length=300, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    digest = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="parts", verbose_name=_("sent with")
    )

    objects = AgencyManager.from_queryset(OutboxMailQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=~Q(status="sent") | Q(sent_at__isnull=False), name="sent_has_a_time"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "not_before", "id"], condition=Q(status="waiting"), name="outbox_due"),
            models.Index(fields=["agency", "not_before"], condition=Q(status="held"), name="outbox_held"),
            models.Index(fields=["claim"], condition=Q(claim__isnull=False), name="outbox_claimed"),
            models.Index(fields=["agency", "-created_at"], name="outbox_order"),
        ]

    def __str__(self) -> str:
        return self.subject_line

    @property
    def kind(self) -> Kind:
        """The kind of mail, on which its rhythm and its hours depend."""
        return kind_of(self.template)

    @property
    def provider(self) -> str:
        """The domain whose mail server takes the mail in."""
        return self.recipient.rpartition("@")[2].lower()

    @property
    def is_secret(self) -> bool:
        """Whether the mail's words open something: nobody but its recipient may read them."""
        return self.template.startswith(SECRET_MAILS)

    @property
    def problem(self) -> str:
        """What went wrong with the last attempt and what helps, in words; empty where nothing did."""
        if not self.error:
            return ""
        code, _blank, answer = self.error.partition(" ")
        if code == SUPPRESSED:
            words = gettext("Nothing is sent to this address, because mails to it came back. Staff can lift that.")
            return f"{words} ({answer})"
        if code == "421":
            return gettext("%(answer)s. It is tried again by itself.") % {"answer": answer.rstrip(".")}
        if self.status == self.Status.WAITING:
            words = gettext("The mail server asks to try later. It is tried again by itself.")
        elif re.match(r"5\.1\.|.*(unknown|no such|does not exist)", answer, re.IGNORECASE):
            words = gettext("This address does not exist. Please check how it is spelled.")
        elif re.match(r"[45]\.2\.2|.*(full|quota)", answer, re.IGNORECASE):
            words = gettext("The recipient's mailbox is full. Please try another way to reach the person.")
        else:
            words = gettext("The mail server refused the mail for good.")
        return f"{words} ({self.error})"
