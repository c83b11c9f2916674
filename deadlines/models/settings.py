"""How an agency and each person want to be reminded, and the days on which nobody should be."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import State, User
from klikks.history import tracked
from klikks.tenancy import AgencyModel


class Holiday(models.Model):
    """A public holiday or the school holidays of a state, from the first day to the last."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("public holiday")
        SCHOOL = "school", _("school holidays")

    state = models.ForeignKey(State, on_delete=models.CASCADE, related_name="holidays", verbose_name=_("state"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering: ClassVar = ["starts_on", "state"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["state", "kind", "starts_on"], name="one_holiday_a_day"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="holiday_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class ReminderSettings(AgencyModel):
    """When reminders come: an agency's own (without `user`), and what a person wants otherwise.

    An empty field means: as the agency has it, and for the agency: as klikks begins (14, 3 and 0 days before, told to
    the administrators 7 and 21 days after).
    """

    class Avoid(models.TextChoices):
        NOTHING = "nothing", _("remind on any day")
        FREE_DAYS = "free_days", _("not at weekends and on public holidays")
        SCHOOL = "school", _("not at weekends, on public holidays and in school holidays")

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    lead_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(365)]),
        verbose_name=_("remind how many days before"),
        null=True,
        blank=True,
    )
    avoid = models.CharField(
        _("days to avoid"),
        max_length=10,
        choices=Avoid,
        blank=True,
        help_text=_("A reminder that falls on such a day comes on the last working day before."),
    )
    escalate_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(365)]),
        verbose_name=_("tell the administrators how many days after"),
        null=True,
        blank=True,
        help_text=_("Of deadlines that are overdue, once for each of these days."),
    )
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("reminder settings")
        verbose_name_plural = _("reminder settings")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["agency", "user"], nulls_distinct=False, name="one_reminder_settings"),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_until__isnull=True) | Q(away_until__gte=F("away_from")),
                name="away_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return str(getattr(self.user, "membership", None) or self.user or _("the agency"))

    def is_away(self, on: date | None = None) -> bool:
        """Whether the person is away on a day, today if None."""
        if self.away_from is None or self.away_until is None:
            return False
        return self.away_from <= (on or timezone.localdate()) <= self.away_until
