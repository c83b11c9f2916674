"""Training series, their sessions with further dates, and the materials of a session."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Programme, Topic
from agencies.models.programmes import in_readers_language
from communes.models import Twinning
from klikks.tenancy import PublicReadWall

# Whoever changes one of these, be it plain SQL, changes the entry in people's calendars.
IN_CALENDARS = ("starts_at", "ends_at", "title", "title_en", "mode", "venue", "online_link")


class TrainingSeries(models.Model):
    """A series of trainings for one audience. Names no person, so all agencies may read it."""

    class Audience(models.TextChoices):
        REGIONAL_MANAGERS = "regional_managers", _("regional managers (coaching)")
        PATRONS = "patrons", _("climate patrons")
        COMMUNES = "communes", _("municipalities")
        NETWORK = "network", _("networking meeting")
        CONFERENCE = "conference", _("conference with excursion")
        OPEN = "open", _("open to everybody")

    class Content(models.TextChoices):
        BASIC = "basic", _("basic training")
        TOPIC = "topic", _("training on a topic")
        PRACTICE = "practice", _("exchange and practice")

    # Who finds the series on which pages, and may enrol there. Staff enrol anybody on the desk.
    FOR_PATRONS: ClassVar = [Audience.PATRONS, Audience.NETWORK, Audience.CONFERENCE, Audience.OPEN]
    FOR_MUNICIPALITIES: ClassVar = [Audience.COMMUNES, Audience.NETWORK, Audience.CONFERENCE, Audience.OPEN]
    FOR_GUESTS: ClassVar = [Audience.COMMUNES, Audience.CONFERENCE, Audience.OPEN]
    PUBLIC: ClassVar = [Audience.PATRONS, Audience.COMMUNES, Audience.NETWORK, Audience.CONFERENCE, Audience.OPEN]

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="training_series", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=160)
    title_en = models.CharField(_("title, in English"), max_length=160, blank=True)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience)
    goals = models.TextField(_("learning goals"), blank=True)
    goals_en = models.TextField(_("learning goals, in English"), blank=True)
    content = models.CharField(
        _("counts towards a qualification as"), max_length=8, choices=Content, blank=True, default=""
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    across_agencies = models.BooleanField(_("open to all agencies of the programme"), default=False)

    class Meta:
        verbose_name = pgettext_lazy("one", "training series")
        verbose_name_plural = _("training series")
        ordering: ClassVar = ["title"]
        constraints: ClassVar = [PublicReadWall(name="trainings_trainingseries_wall")]

    def __str__(self) -> str:
        return in_readers_language(self.title, self.title_en)

    @property
    def goals_text(self) -> str:
        """What people learn, in the reader's language."""
        return in_readers_language(self.goals, self.goals_en)

    @property
    def for_whom(self) -> str:
        """Who may come, in words: a conference names its kind as its audience, not its people."""
        people = {
            self.Audience.NETWORK: _("climate patrons and municipalities"),
            self.Audience.CONFERENCE: _("everybody who is interested, also guests from abroad"),
        }
        return str(people.get(self.Audience(self.audience), self.get_audience_display()))

    @property
    def takes_guests(self) -> bool:
        """Whether people without an account may register on the public page."""
        return self.audience in self.FOR_GUESTS


class TrainingSession(models.Model):
    """One training of a series, on one or several dates. Names no person but its trainers, so all may read it."""

    class Mode(models.TextChoices):
        ON_SITE = "on_site", _("on site")
        ONLINE = "online", _("online")
        HYBRID = "hybrid", _("on site and online")

    class HeldIn(models.TextChoices):
        GERMAN = "de", _("German")
        ENGLISH = "en", _("English")
        BOTH = "de_en", _("German and English")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    series = models.ForeignKey(
        TrainingSeries, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("series")
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    title_en = models.CharField(_("title, in English"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    mode = models.CharField(_("where"), max_length=8, choices=Mode, default=Mode.ON_SITE)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    online_link = models.URLField(
        _("online link"), blank=True, help_text=_("Shown to those who have a place, and to nobody else.")
    )
    access_note = models.CharField(
        _("barrier-free access"),
        max_length=300,
        blank=True,
        help_text=_("For example: step-free, lift, hearing loop, whom to tell what one needs."),
    )
    access_note_en = models.CharField(_("barrier-free access, in English"), max_length=300, blank=True)
    travel_note = models.CharField(
        _("travel costs"), max_length=300, blank=True, help_text=_("Who pays them, and how one gets them back.")
    )
    travel_note_en = models.CharField(_("travel costs, in English"), max_length=300, blank=True)
    trainers = models.CharField(
        _("trainers"),
        max_length=300,
        blank=True,
        help_text=_("Name and organisation, separated by commas. Shown on public pages and certificates."),
    )
    held_in = models.CharField(_("language"), max_length=5, choices=HeldIn, default=HeldIn.GERMAN)
    fee = models.DecimalField(
        _("fee (€)"), max_digits=7, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(0)]
    )
    register_from = models.DateField(_("registration from"), null=True, blank=True)
    register_until = models.DateField(
        _("registration until"), null=True, blank=True, help_text=_("Without a day: until it begins.")
    )
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True, validators=[MinValueValidator(1)])
    minimum = models.PositiveSmallIntegerField(
        _("least number of participants"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    answer_hours = models.PositiveSmallIntegerField(
        _("hours to answer"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 14)],
        help_text=_(
            "Whoever moves up from the waiting list must say yes within this time; then the next one is asked."
        ),
    )
    host = models.ForeignKey(
        Twinning,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="conferences",
        verbose_name=_("host town"),
        help_text=_("For a conference of a network of twinned towns."),
    )
    excursion = models.CharField(_("excursion"), max_length=400, blank=True)
    excursion_en = models.CharField(_("excursion, in English"), max_length=400, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True, editable=False)
    least_share = models.PositiveSmallIntegerField(
        _("took part, if there at (% of the dates)"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("For trainings with several dates. 100: at all of them; 50: at half of them, rounded up."),
    )
    # The end of the last date, kept by the database: what is over is asked for in many places.
    over_at = models.DateTimeField(default=timezone.now, editable=False)
    # Counted by the database with each change of what stands in people's calendars.
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            PublicReadWall(name="trainings_trainingsession_wall"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(register_from__isnull=True)
                | Q(register_until__isnull=True)
                | Q(register_until__gte=F("register_from")),
                name="registration_closes_after_it_opens",
                violation_error_message=_("Registration must end after it has begun."),
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(places__isnull=True) | Q(places__gte=F("minimum")),
                name="session_minimum_fits_its_places",
                violation_error_message=_("There are fewer places than people are needed."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["starts_at"], name="session_by_day"),
            models.Index(fields=["over_at"], name="session_by_end"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="count_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*IN_CALENDARS),
                func="NEW.revision := OLD.revision + 1; NEW.changed_at := now(); RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="know_the_end",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    NEW.over_at := greatest(
                        NEW.ends_at, (SELECT max(ends_at) FROM trainings_furtherdate WHERE session_id = NEW.id)
                    );
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {date_format(timezone.localtime(self.starts_at), 'SHORT_DATE_FORMAT')}"

    def get_absolute_url(self) -> str:
        """Return the path of the session's public page."""
        return reverse("trainings:session", args=[self.pk])

    @property
    def name(self) -> str:
        """The session's own title, or its series', in the reader's language."""
        return in_readers_language(self.title, self.title_en) or str(self.series)

    @property
    def access_text(self) -> str:
        """How one gets in without barriers, in the reader's language."""
        return in_readers_language(self.access_note, self.access_note_en)

    @property
    def travel_text(self) -> str:
        """Who pays for the way, in the reader's language."""
        return in_readers_language(self.travel_note, self.travel_note_en)

    @property
    def excursion_text(self) -> str:
        """Where the conference's excursion leads, in the reader's language."""
        return in_readers_language(self.excursion, self.excursion_en)

    @property
    def dates(self) -> "Sequence[TrainingSession | FurtherDate]":
        """All dates in order, each with `starts_at` and `ends_at`: the session's own is the first one.

        Asks the database unless `further_dates` were prefetched.
        """
        return [self, *self.further_dates.all()]

    @property
    def dates_needed(self) -> int:
        """At how many dates somebody must be to have taken part: at one, at least."""
        return max(-(-len(self.dates) * self.least_share // 100), 1)

    @property
    def has_begun(self) -> bool:
        """Whether the first date has begun."""
        return self.starts_at <= timezone.now()

    @property
    def is_before_registration(self) -> bool:
        """Whether registration has not opened yet."""
        return self.register_from is not None and timezone.localdate() < self.register_from

    @property
    def is_registration_over(self) -> bool:
        """Whether the last day of registration has passed, or the session has begun."""
        return self.has_begun or (self.register_until is not None and timezone.localdate() > self.register_until)

    @property
    def takes_registrations(self) -> bool:
        """Whether people may enrol by themselves now, be it onto the waiting list."""
        return not (self.cancelled_at or self.is_before_registration or self.is_registration_over)

    def answer_by(self, asked_at: datetime) -> datetime:
        """Return until when somebody who is offered a place at this moment must answer: before the session begins."""
        return min(asked_at + timedelta(hours=self.answer_hours), self.starts_at)


class SessionPart(models.Model):
    """Base of what belongs to a session and names no person: all may read it, the session's agency keeps it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar = [PublicReadWall(name="%(app_label)s_%(class)s_wall")]

    session: Any

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; a new one belongs to the session's agency."""
        if self.agency_id is None:
            self.agency_id = self.session.agency_id
        super().save(*args, **kwargs)


class FurtherDate(SessionPart):
    """A further date of a session that takes several days or evenings."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.CASCADE, related_name="further_dates", verbose_name=_("session")
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    what = models.CharField(_("what"), max_length=160, blank=True)

    class Meta(SessionPart.Meta):
        verbose_name = _("further date")
        verbose_name_plural = _("further dates")
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            *SessionPart.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="date_ends_after_it_starts"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="count_changes_of_session",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    UPDATE trainings_trainingsession SET revision = revision + 1, changed_at = now()
                    WHERE id = coalesce(NEW.session_id, OLD.session_id);
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.starts_at), "SHORT_DATETIME_FORMAT")


class TrainingMaterial(SessionPart):
    """Something to read before or after a session: an uploaded file or a link. Files go to those who take part."""

    class When(models.TextChoices):
        BEFORE = "before", _("before the session")
        AFTER = "after", _("after the session")

    session = models.ForeignKey(
        TrainingSession, on_delete=models.CASCADE, related_name="materials", verbose_name=_("session")
    )
    when = models.CharField(_("when"), max_length=6, choices=When, default=When.BEFORE)
    title = models.CharField(_("title"), max_length=160)
    file = models.FileField(
        _("file"), upload_to="trainings/%Y/", blank=True, help_text=_("PDF, PNG or JPEG, up to 10 MB.")
    )
    link = models.URLField(_("link"), blank=True)

    class Meta(SessionPart.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering: ClassVar = ["-when", "pk"]
        constraints: ClassVar = [
            *SessionPart.Meta.constraints,
            models.CheckConstraint(
                condition=Q(file="", link__gt="") | Q(file__gt="", link=""),
                name="material_is_a_file_or_a_link",
                violation_error_message=_("Please give either a file or a link."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
