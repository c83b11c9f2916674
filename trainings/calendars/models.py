"""What calendars need to remember: who has a private feed, under which secret address."""

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
    """The entry in somebody's calendar about a place: its identifier, and how often it was sent (RFC 5546, SEQUENCE).

    It goes with whoever moves to another date, so that the calendar moves the entry instead of showing two.
    """

    enrolment = models.OneToOneField("trainings.Enrolment", on_delete=models.CASCADE, related_name="calendar_invite")
    uid = models.CharField(max_length=200, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("number of changes"), default=0)
    told_revision = models.PositiveIntegerField(_("revision of the session that was told"), default=0)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("entry in a calendar")
        verbose_name_plural = _("entries in calendars")

    def __str__(self) -> str:
        return f"{self.uid} ({self.sequence})"
