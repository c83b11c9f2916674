"""What calendars need to remember: who has a private feed, under which secret address."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from klikks.history import tracked
from klikks.tenancy import AgencyModel

SECRET_LENGTH = 40


def feed_secret() -> str:
    """Return the part of a feed's address that nobody can guess."""
    return get_random_string(SECRET_LENGTH)


@tracked(exclude=("secret",))
class CalendarFeed(AgencyModel):
    """The private calendar of an account: whoever knows its secret reads it without signing in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    secret = models.CharField(max_length=SECRET_LENGTH, unique=True, default=feed_secret, editable=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("private calendar")
        verbose_name_plural = _("private calendars")

    def __str__(self) -> str:
        return str(self.user)

    def renew(self) -> None:
        """Take another address; who knows only the old one reads nothing any more."""
        self.secret, self.made_at = feed_secret(), timezone.now()
        self.save(update_fields=["secret", "made_at"])

    def get_absolute_url(self) -> str:
        """Return the path of the feed, which is as secret as a password."""
        return reverse("trainings:private_calendar", args=[self.agency.slug, self.secret])


class CalendarInvite(AgencyModel):
    """An entry in somebody's calendar about a place: its identifier, and how often it was sent (RFC 5546, SEQUENCE).

    A training has one for each of its dates, by their order. They go with whoever moves to another session, so that the
    calendar moves the entries instead of showing them twice.
    """

    enrolment = models.ForeignKey("trainings.Enrolment", on_delete=models.CASCADE, related_name="calendar_invites")
    position = models.PositiveSmallIntegerField(_("which of the dates"), default=0)
    uid = models.CharField(max_length=200, unique=True, editable=False)
    # What was told: when the date was to be, and a fingerprint of everything in the entry.
    starts_at = models.DateTimeField(_("starts at"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at"), default=timezone.now)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    sequence = models.PositiveIntegerField(_("number of changes"), default=0)
    told_revision = models.PositiveIntegerField(_("revision of the session that was told"), default=0)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("entry in a calendar")
        verbose_name_plural = _("entries in calendars")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["enrolment", "position"], name="one_entry_a_date"),
        ]

    def __str__(self) -> str:
        return f"{self.uid} ({self.sequence})"
