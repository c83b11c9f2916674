"""What decides whether and when a mail leaves: people's settings, addresses that came back, and providers' limits."""

from datetime import datetime, time, timedelta
from typing import ClassVar, cast

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from deadlines.mail_kinds import Kind, Rhythm
from klikks.history import tracked
from klikks.tenancy import AgencyModel

MORNING = time(7)


def _rhythms(label: str | Promise, *rhythms: Rhythm) -> models.CharField:
    """Return the field in which somebody chooses how often mails of a kind come."""
    choices = [(rhythm.value, rhythm.label) for rhythm in rhythms]
    return models.CharField(cast(str, label), max_length=8, choices=choices, default=Rhythm.NOW)


@tracked()
class MailSettings(AgencyModel):
    """How often and at which hours somebody gets mails; without a user, the hours of the agency as a whole."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="mail_settings", editable=False
    )
    cases = _rhythms(_("what concerns you or your municipality"), Rhythm.NOW, Rhythm.DAILY)
    reminders = _rhythms(_("reminders of deadlines"), *Rhythm)
    trainings = _rhythms(_("trainings"), Rhythm.NOW, Rhythm.DAILY)
    news = _rhythms(_("ideas and experience reports"), *Rhythm)
    quiet_from = models.TimeField(_("no mails from"), null=True, blank=True)
    quiet_until = models.TimeField(_("no mails until"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("mail settings")
        verbose_name_plural = _("mail settings")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["agency"], condition=Q(user__isnull=True), name="one_mail_rule_an_agency"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_begin_and_end",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.agency)

    def rhythm(self, kind: Kind) -> Rhythm:
        """Return how often mails of a kind come."""
        return Rhythm(getattr(self, kind.name)) if kind.is_chosen else Rhythm.NOW

    @property
    def has_quiet_hours(self) -> bool:
        """Whether hours are set, even if they are none at all (from a time until the same time)."""
        return self.quiet_from is not None and self.quiet_until is not None

    def quiet_until_when(self, at: datetime) -> datetime | None:
        """Return when the quiet hours end in which a moment lies; None outside of them. Hours are those of Berlin."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        local = timezone.localtime(at)
        over_night = self.quiet_from > self.quiet_until
        late = local.time() >= self.quiet_from
        early = local.time() < self.quiet_until
        if not (late or early if over_night else late and early):
            return None
        day = local.date() + timedelta(days=1 if over_night and late else 0)
        return timezone.make_aware(datetime.combine(day, self.quiet_until))


def next_digest(rhythm: Rhythm, after: datetime) -> datetime:
    """Return when the mails collected now are sent: the next morning at seven, or that of the next Monday."""
    local = timezone.localtime(after)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    if rhythm == Rhythm.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    return timezone.make_aware(datetime.combine(day, MORNING))


@tracked()
class Suppression(AgencyModel):
    """An address to which nothing is sent any more, because mails to it came back for good."""

    address = models.EmailField(_("address"))
    reason = models.TextField(_("reason"))
    noted_at = models.DateTimeField(_("noted at"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering: ClassVar = ["-noted_at", "-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["agency", "address"], name="one_suppression_an_address"),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="address_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.address


class ProviderMinute(models.Model):
    """How many mails went to a provider (the recipients' domain) in the minute that has begun."""

    provider = models.CharField(max_length=255, primary_key=True)
    begun_at = models.DateTimeField(db_index=True)
    sent = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.provider


class Pulse(models.Model):
    """When something that must happen again and again has last happened; for operators."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
