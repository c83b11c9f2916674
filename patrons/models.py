"""Climate patrons: people who volunteer, their appointments, activities and stories."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from agencies.models import LifeCycle, Programme, State
from communes.models import Commune, DateRange, searchable
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet
from patrons.exchange.models import Complaint, Face, Follow, Post, Profile

__all__ = [
    "Activity",
    "Appointment",
    "Complaint",
    "Face",
    "Follow",
    "Patron",
    "Post",
    "Profile",
    "PublicStory",
    "Story",
    "Verification",
    "verification_code",
]

# Without 0/O, 1/I/L: people type the code from paper.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# Languages that occur among patrons and twinned towns; ISO 639-1.
SPOKEN_LANGUAGES = [
    ("de", _("German")),
    ("en", _("English")),
    ("ar", _("Arabic")),
    ("fr", _("French")),
    ("lt", _("Lithuanian")),
    ("pl", _("Polish")),
    ("pt", _("Portuguese")),
    ("ru", _("Russian")),
    ("tr", _("Turkish")),
    ("uk", _("Ukrainian")),
]


def verification_code() -> str:
    """Return a code of twelve signs that cannot be guessed and is easy to type from paper."""
    return get_random_string(12, CODE_ALPHABET)


class PatronQuerySet(AgencyQuerySet):
    """Reads of patrons in the domain's words."""

    def waiting_for_us(self) -> "PatronQuerySet":
        """People who confirmed their interest and wait for the agency."""
        return self.filter(status__in=[Patron.Status.CONFIRMED, Patron.Status.TALK_HELD])

    def serving(self) -> "PatronQuerySet":
        """Patrons in office."""
        return self.filter(status__in=Patron.IN_OFFICE)


@tracked()
class Patron(LifeCycle, AgencyModel):
    """A volunteer climate patron, from first interest to farewell."""

    class Status(models.TextChoices):
        INTERESTED = "interested", _("waits for confirmation by e-mail")
        CONFIRMED = "confirmed", _("confirmed")
        TALK_HELD = "talk_held", _("talk held")
        MATCHED = "matched", _("matched to a municipality")
        APPOINTED = "appointed", _("officially appointed")
        ACTIVE = "active", _("active")
        PAUSING = "pausing", _("pausing")
        FAREWELL = "farewell", _("said goodbye to")
        WITHDRAWN = "withdrawn", _("withdrawn")
        MERGED = "merged", _("doubled, joined with another record")

    class Skill(models.TextChoices):
        CRAFT = "craft", _("craft and building")
        ENERGY = "energy", _("energy technology")
        PLANNING = "planning", _("planning and administration")
        MONEY = "money", _("finance and funding")
        WORDS = "words", _("writing and press")
        PEOPLE = "people", _("moderating and bringing people together")
        TEACHING = "teaching", _("teaching and youth work")
        DIGITAL = "digital", _("computers and data")

    IN_OFFICE: ClassVar = [Status.APPOINTED, Status.ACTIVE, Status.PAUSING]
    GONE: ClassVar = [Status.FAREWELL, Status.WITHDRAWN, Status.MERGED]
    # Two records of one person may be joined wherever each of them stands. Whose only appointment is revoked goes back.
    TRANSITIONS: ClassVar = {
        Status.INTERESTED: {Status.CONFIRMED, Status.WITHDRAWN, Status.MERGED},
        Status.CONFIRMED: {Status.TALK_HELD, Status.MATCHED, Status.WITHDRAWN, Status.MERGED},
        Status.TALK_HELD: {Status.MATCHED, Status.WITHDRAWN, Status.MERGED},
        Status.MATCHED: {Status.TALK_HELD, Status.APPOINTED, Status.WITHDRAWN, Status.MERGED},
        Status.APPOINTED: {Status.ACTIVE, Status.PAUSING, Status.FAREWELL, Status.TALK_HELD, Status.MERGED},
        Status.ACTIVE: {Status.PAUSING, Status.FAREWELL, Status.TALK_HELD, Status.MERGED},
        Status.PAUSING: {Status.ACTIVE, Status.FAREWELL, Status.TALK_HELD, Status.MERGED},
        Status.FAREWELL: {Status.MERGED},
        Status.WITHDRAWN: {Status.MERGED},
    }

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.INTERESTED, editable=False)
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    sort_name = models.CharField(max_length=200, editable=False)
    email = models.EmailField(_("e-mail"))
    phone = PhoneNumberField(_("phone"), blank=True)
    home = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="resident_patrons", verbose_name=_("place of residence")
    )
    matched_commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="matched_patrons",
        verbose_name=_("matched to"),
        editable=False,
    )
    reach_km = models.PositiveSmallIntegerField(
        _("would travel how far (km)"), default=20, validators=[MaxValueValidator(500)]
    )
    hours_a_month = models.PositiveSmallIntegerField(
        _("hours a month"), default=8, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    topics = ArrayField(models.SlugField(max_length=40), verbose_name=_("topics"), default=list, blank=True)
    skills = ArrayField(
        models.CharField(max_length=16, choices=Skill), verbose_name=_("skills"), default=list, blank=True
    )
    languages = ArrayField(
        models.CharField(max_length=2, choices=SPOKEN_LANGUAGES),
        verbose_name=_("speaks"),
        default=list,
        blank=True,
        help_text=_("Where nothing is chosen, the language of the mails counts."),
    )
    motivation = models.TextField(_("what moves you"), blank=True, max_length=4000)
    shows_email = models.BooleanField(_("the municipality sees the e-mail address"), default=False, editable=False)
    shows_phone = models.BooleanField(_("the municipality sees the phone number"), default=False, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    consented_at = models.DateTimeField(_("agreed to data processing at"), default=timezone.now, editable=False)
    may_be_introduced = models.BooleanField(_("may be introduced to municipalities"), default=False)
    wants_news = models.BooleanField(_("wants news and invitations"), default=False)
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    user = models.OneToOneField(
        "agencies.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="patron", editable=False
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("joined with"),
        editable=False,
    )

    objects = AgencyManager.from_queryset(PatronQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("climate patron")
        verbose_name_plural = _("climate patrons")
        ordering: ClassVar = ["sort_name", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                "agency",
                "programme",
                Lower("email"),
                condition=~Q(status__in=["interested", "farewell", "withdrawn", "merged"]),
                name="one_patron_an_address",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "status"], name="patron_status"),
            models.Index(fields=["agency", "sort_name", "id"], name="patron_order"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="patron_phone"),
            GinIndex(fields=["topics"], name="patron_topics"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def main_commune(self) -> Commune:
        """Where the patron serves; before that where a match was found, or the place of residence."""
        newest = self.appointments.filter(ended_on__isnull=True).select_related("commune").first()
        return newest.commune if newest else self.matched_commune or self.home

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the name as it is sorted and searched."""
        self.sort_name = searchable(f"{self.last_name} {self.first_name}")
        super().save(*args, **kwargs)


class AppointmentQuerySet(AgencyQuerySet):
    """Reads of appointments in the domain's words."""

    def open(self) -> "AppointmentQuerySet":
        """Appointments in force."""
        return self.filter(ended_on__isnull=True)

    def valid(self) -> "AppointmentQuerySet":
        """Appointments that were right, in force or ended: all but the revoked ones."""
        return self.filter(revoked_on__isnull=True)


@tracked()
class Appointment(AgencyModel):
    """The official act that makes a volunteer the patron of a municipality; proven by a certificate."""

    patron = models.ForeignKey(
        Patron, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("climate patron")
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("municipality")
    )
    appointed_on = models.DateField(_("appointed on"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=120)
    signed_function = models.CharField(_("function of the person who signed"), max_length=120, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(_("reason for the end"), max_length=200, blank=True)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)
    hours_a_month = models.PositiveSmallIntegerField(
        _("hours a month planned here"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
    )
    certificate_mailed_at = models.DateTimeField(_("certificate mailed at"), null=True, blank=True, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True, default=verification_code, editable=False)

    objects = AgencyManager.from_queryset(AppointmentQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering: ClassVar = ["-appointed_on", "-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("appointed_on")),
                name="appointment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True) | Q(ended_on__isnull=False), name="revoked_appointment_has_ended"
            ),
            ExclusionConstraint(
                name="appointments_do_not_overlap",
                expressions=[
                    ("patron", RangeOperators.EQUAL),
                    ("commune", RangeOperators.EQUAL),
                    (
                        DateRange("appointed_on", "ended_on", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(revoked_on__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["patron", "commune"], condition=Q(ended_on__isnull=True), name="one_open_appointment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patron} – {self.commune}"


@tracked()
class AppointmentDay(AgencyModel):
    """A day on which several patrons are appointed together: one place, one person who signs, one pile of paper."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    on = models.DateField(_("day of the appointment"))
    place = models.CharField(_("place"), max_length=120)
    signed_by = models.CharField(_("signed by"), max_length=120)
    signed_function = models.CharField(_("function of the person who signed"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("appointment day")
        verbose_name_plural = _("appointment days")
        ordering: ClassVar = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{date_format(self.on, 'SHORT_DATE_FORMAT')}, {self.place}"


@tracked()
class DayPlace(AgencyModel):
    """Somebody's place on an appointment day: for which municipality, and what became of it."""

    day = models.ForeignKey(
        AppointmentDay, on_delete=models.CASCADE, related_name="places", verbose_name=_("appointment day")
    )
    patron = models.ForeignKey(
        Patron, on_delete=models.PROTECT, related_name="day_places", verbose_name=_("climate patron")
    )
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality"))
    appointment = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="day_place", editable=False
    )
    problem = models.CharField(_("why not appointed"), max_length=500, blank=True, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("place on an appointment day")
        verbose_name_plural = _("places on an appointment day")
        ordering: ClassVar = ["patron__sort_name", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["day", "patron", "commune"], name="one_place_a_patron_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.patron} – {self.commune}"


@tracked()
class Activity(AgencyModel):
    """Voluntary hours a patron has logged."""

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="activities", verbose_name=_("climate patron")
    )
    on = models.DateField(_("on"), default=timezone.localdate)
    hours = models.DecimalField(
        _("hours"), max_digits=4, decimal_places=1, validators=[MinValueValidator(0), MaxValueValidator(24)]
    )
    what = models.CharField(_("what"), max_length=200)

    class Meta(AgencyModel.Meta):
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering: ClassVar = ["-on", "-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=Q(hours__gte=0) & Q(hours__lte=24), name="activity_fits_in_a_day"),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.on, 'SHORT_DATE_FORMAT')}: {self.what}"


@tracked()
class Story(LifeCycle, AgencyModel):
    """A patron's experience report: written as a draft, handed in, and public once staff have released it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        HANDED_IN = "handed_in", _("handed in")
        RELEASED = "released", _("released")

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.HANDED_IN},
        Status.HANDED_IN: {Status.RELEASED, Status.DRAFT},
        Status.RELEASED: {Status.HANDED_IN},
    }

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="stories", verbose_name=_("climate patron")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    photo = models.FileField(_("photo"), upload_to="stories/", blank=True, editable=False)
    photo_alt = models.CharField(_("what the photo shows"), max_length=200, blank=True)
    is_named = models.BooleanField(_("agrees to be named"), default=False, editable=False)
    note = models.TextField(_("note of the staff"), blank=True, editable=False)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("experience report")
        verbose_name_plural = _("experience reports")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="released") ^ Q(released_at__isnull=True), name="released_story_has_a_date"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PublicStory(models.Model):
    """A released experience report as everybody reads it: a view that names the author only where that was agreed."""

    id = models.BigIntegerField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    state = models.ForeignKey(State, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, null=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=2)
    released_at = models.DateTimeField(_("released at"))
    photo = models.CharField(_("photo"), max_length=100)
    photo_alt = models.CharField(_("what the photo shows"), max_length=200)
    name = models.CharField(_("name"), max_length=161)
    municipality = models.CharField(_("municipality"), max_length=400)

    class Meta:
        managed = False
        db_table = "patrons_publicstory"
        verbose_name = _("experience report")
        verbose_name_plural = _("experience reports")
        ordering: ClassVar = ["-released_at", "-id"]

    def __str__(self) -> str:
        return self.title


class Verification(models.Model):
    """What a certificate's code discloses to everybody, and nothing more: a view, read through `selectors.verify`.

    The view shows the one appointment whose code the connection names, so that nobody can list the names of others.
    """

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    is_valid = models.BooleanField(_("valid"))
    is_revoked = models.BooleanField(_("revoked"))
    name = models.CharField(_("name"), max_length=161)
    municipality = models.CharField(_("municipality"), max_length=120)
    since = models.DateField(_("appointed on"))

    class Meta:
        managed = False
        db_table = "patrons_verification"
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")

    def __str__(self) -> str:
        return self.code
