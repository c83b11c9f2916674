"""Municipalities and what an agency has to do with them, from first interest to official partnership."""

import re
import unicodedata
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from agencies.models import Agency, LifeCycle, Programme, State, Topic
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet, PublicReadWall

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def searchable(text: str) -> str:
    """Return a place name as it is compared in searches: lower case, umlauts spelled out, "St." as "Sankt"."""
    text = text.lower().translate(UMLAUTS)
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    text = re.sub(r"\bst\b\.?", "sankt", text)
    return " ".join(re.findall(r"[a-z0-9]+", text))


def short_name(official_name: str) -> str:
    """Return an official name without its suffix: "Kiel, Landeshauptstadt" → "Kiel"."""
    return official_name.split(",", maxsplit=1)[0].strip()


class District(models.Model):
    """A district (Landkreis) or a district-free city, keyed by its five-digit municipality key."""

    ags = models.CharField(_("municipality key"), max_length=5, primary_key=True)
    kind = models.CharField(_("kind"), max_length=2)
    name = models.CharField(_("official name"), max_length=120)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="districts", verbose_name=_("state"))

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return short_name(self.name)


class CommuneQuerySet(models.QuerySet["Commune"]):
    """Reads of municipalities in the domain's words."""

    def current(self) -> "CommuneQuerySet":
        """Municipalities that still exist."""
        return self.filter(dissolved_on__isnull=True)

    def that_can_register(self) -> "CommuneQuerySet":
        """Existing municipalities with inhabitants."""
        return self.current().filter(population__gt=0)


class Commune(models.Model):
    """A municipality, village or urban quarter. German ones carry the official eight-digit key (AGS)."""

    class Kind(models.TextChoices):
        MARKET_TOWN = "60", _("market town")
        DISTRICT_FREE_CITY = "61", _("district-free city")
        URBAN_DISTRICT = "62", _("urban district")
        TOWN = "63", _("town")
        MUNICIPALITY = "64", _("municipality")
        UNINCORPORATED_INHABITED = "65", _("unincorporated area, inhabited")
        UNINCORPORATED = "66", _("unincorporated area, uninhabited")
        LARGE_TOWN = "67", _("large district town")
        QUARTER = "q", _("village or urban quarter")
        ABROAD = "x", _("municipality abroad")

    ags = models.CharField(
        _("municipality key"),
        max_length=8,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^\d{8}$", _("The municipality key has eight digits."))],
    )
    kind = models.CharField(_("kind"), max_length=2, choices=Kind, default=Kind.MUNICIPALITY)
    official_name = models.CharField(_("official name"), max_length=120)
    name = models.CharField(_("name"), max_length=120, editable=False)
    search_name = models.CharField(max_length=160, editable=False)
    former_names = ArrayField(
        models.CharField(max_length=120), verbose_name=_("former names"), default=list, blank=True, editable=False
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="quarters", verbose_name=_("part of")
    )
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="communes", verbose_name=_("district")
    )
    state = models.ForeignKey(
        State, on_delete=models.PROTECT, null=True, blank=True, related_name="communes", verbose_name=_("state")
    )
    country = models.CharField(_("country"), max_length=2, default="DE")
    population = models.PositiveIntegerField(_("inhabitants"), default=0)
    area_km2 = models.DecimalField(_("area in km²"), max_digits=9, decimal_places=2, null=True, blank=True)
    postcodes = ArrayField(models.CharField(max_length=10), verbose_name=_("postcodes"), default=list, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("now")
    )

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering: ClassVar = ["search_name", "ags"]
        indexes: ClassVar = [
            GinIndex(fields=["search_name"], opclasses=["gin_trgm_ops"], name="commune_name_trigram"),
            models.Index(fields=["search_name"], opclasses=["text_pattern_ops"], name="commune_name_prefix"),
            GinIndex(fields=["postcodes"], name="commune_postcodes"),
            models.Index(fields=["search_name", "ags"], name="commune_order"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ags__isnull=True) | Q(ags__regex=r"^\d{8}$"), name="commune_key_has_eight_digits"
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="commune_lies_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the name as shown and as searched derived from the official one."""
        self.name = short_name(self.official_name)
        self.search_name = searchable(self.name)
        super().save(*args, **kwargs)


class DateRange(Func):
    """PostgreSQL's `daterange`."""

    function = "DATERANGE"
    output_field = DateRangeField()


class ParticipationWindow(models.Model):
    """The time in which municipalities of an agency may register for a programme. Public."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="windows", verbose_name=_("agency"))
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="windows", verbose_name=_("programme")
    )
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("last day"))
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)

    class Meta:
        verbose_name = _("participation window")
        verbose_name_plural = _("participation windows")
        ordering: ClassVar = ["-opens_on"]
        constraints: ClassVar = [
            PublicReadWall(name="communes_participationwindow_wall"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="window_closes_after_it_opens"),
            ExclusionConstraint(
                name="windows_do_not_overlap",
                expressions=[
                    ("agency", RangeOperators.EQUAL),
                    ("programme", RangeOperators.EQUAL),
                    (
                        DateRange("opens_on", "closes_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}, {self.agency.short_name}"

    def is_open(self) -> bool:
        """Whether municipalities may register today."""
        return self.opens_on <= timezone.localdate() <= self.closes_on


class RegistrationQuerySet(AgencyQuerySet):
    """Reads of registrations in the domain's words."""

    def open(self) -> "RegistrationQuerySet":
        """Registrations nobody has decided yet."""
        return self.filter(status__in=Registration.OPEN)

    def waiting_for_us(self) -> "RegistrationQuerySet":
        """Registrations on which the agency has the next move."""
        return self.filter(status__in=Registration.WAITING_FOR_US)

    def in_the_way(self, registration: "Registration") -> "RegistrationQuerySet":
        """Other registrations of the same municipality and programme that are being dealt with."""
        return self.filter(
            commune_id=registration.commune_id,
            programme_id=registration.programme_id,
            status__in=Registration.RUNNING,
        ).exclude(pk=registration.pk)

    def unconfirmed_since(self, moment: datetime) -> "RegistrationQuerySet":
        """Registrations received before this moment whose address nobody has confirmed."""
        return self.filter(status=Registration.Status.INTERESTED, confirmed_at__isnull=True, received_at__lt=moment)


@tracked()
class Registration(LifeCycle, AgencyModel):
    """A municipality's wish to take part, with the person who wrote it.

    A municipality has at most one registration that is being dealt with (`RUNNING`). Whoever writes after that is
    kept as `SECOND`: staff see it, the writer learns nothing about the municipality's other registration.
    """

    class Status(models.TextChoices):
        INTERESTED = "interested", _("waits for confirmation by e-mail")
        CONFIRMED = "confirmed", _("confirmed")
        IN_REVIEW = "in_review", _("in review")
        ASKED_BACK = "asked_back", _("waits for the municipality's answer")
        WAITING_LIST = "waiting_list", _("on the waiting list")
        SECOND = "second", _("further interest")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN: ClassVar = [
        Status.INTERESTED,
        Status.CONFIRMED,
        Status.IN_REVIEW,
        Status.ASKED_BACK,
        Status.WAITING_LIST,
        Status.SECOND,
    ]
    RUNNING: ClassVar = [Status.CONFIRMED, Status.IN_REVIEW, Status.ASKED_BACK, Status.WAITING_LIST]
    WAITING_FOR_US: ClassVar = [Status.CONFIRMED, Status.IN_REVIEW, Status.SECOND]
    TAKES_A_PLACE: ClassVar = [Status.CONFIRMED, Status.IN_REVIEW, Status.ASKED_BACK, Status.ACCEPTED]
    TRANSITIONS: ClassVar = {
        Status.INTERESTED: {Status.CONFIRMED, Status.SECOND, Status.WITHDRAWN},
        Status.SECOND: {Status.CONFIRMED, Status.DECLINED, Status.WITHDRAWN},
        Status.CONFIRMED: {
            Status.IN_REVIEW,
            Status.ASKED_BACK,
            Status.WAITING_LIST,
            Status.ACCEPTED,
            Status.DECLINED,
            Status.WITHDRAWN,
        },
        Status.IN_REVIEW: {
            Status.ASKED_BACK,
            Status.WAITING_LIST,
            Status.ACCEPTED,
            Status.DECLINED,
            Status.WITHDRAWN,
        },
        Status.ASKED_BACK: {
            Status.IN_REVIEW,
            Status.WAITING_LIST,
            Status.ACCEPTED,
            Status.DECLINED,
            Status.WITHDRAWN,
        },
        Status.WAITING_LIST: {Status.IN_REVIEW, Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
    }

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("municipality")
    )
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.INTERESTED, editable=False)
    contact_name = models.CharField(_("name"), max_length=120)
    contact_function = models.CharField(_("function"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"))
    phone = PhoneNumberField(_("phone"), blank=True)
    message = models.TextField(_("message"), blank=True, max_length=4000)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    consented_at = models.DateTimeField(_("agreed to data processing at"), default=timezone.now, editable=False)
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    question = models.TextField(_("our question"), blank=True, editable=False)
    answer = models.TextField(_("the municipality's answer"), blank=True, editable=False)
    assigned_to = models.ForeignKey(
        "agencies.Membership", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("looked after by")
    )

    objects = AgencyManager.from_queryset(RegistrationQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering: ClassVar = ["-received_at"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["commune", "programme"],
                condition=Q(status__in=["confirmed", "in_review", "asked_back", "waiting_list"]),
                name="one_open_registration",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["interested", "withdrawn"]) | Q(confirmed_at__isnull=False),
                name="registration_confirmed_before_review",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agency", "status", "-received_at"], name="registration_work_list")]

    def __str__(self) -> str:
        return f"{self.commune} ({self.contact_name})"


class PartnershipQuerySet(AgencyQuerySet):
    """Reads of partnerships in the domain's words."""

    def open(self) -> "PartnershipQuerySet":
        """Partnerships that have not ended."""
        return self.exclude(status__in=[Partnership.Status.ENDED, Partnership.Status.WITHDRAWN])

    def official(self) -> "PartnershipQuerySet":
        """Official partner municipalities of today."""
        return self.filter(status=Partnership.Status.OFFICIAL)


@tracked()
class Partnership(LifeCycle, AgencyModel):
    """A municipality's membership in a programme, from acceptance to its end."""

    class Status(models.TextChoices):
        AWAITING_BACKING = "awaiting_backing", _("waits for political backing")
        OFFICIAL = "official", _("official partner")
        ENDED = "ended", _("ended")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TRANSITIONS: ClassVar = {
        Status.AWAITING_BACKING: {Status.OFFICIAL, Status.WITHDRAWN},
        Status.OFFICIAL: {Status.ENDED},
    }

    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="partnerships", verbose_name=_("municipality")
    )
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    registration = models.OneToOneField(
        Registration, on_delete=models.PROTECT, null=True, blank=True, related_name="partnership", editable=False
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.AWAITING_BACKING, editable=False
    )
    manager = models.ForeignKey(
        "agencies.Membership",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="partnerships",
        verbose_name=_("looked after by"),
    )
    since = models.DateField(_("official since"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = AgencyManager.from_queryset(PartnershipQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering: ClassVar = ["commune__search_name", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["commune", "programme"],
                condition=Q(status__in=["awaiting_backing", "official"]),
                name="one_open_partnership",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["official", "ended"]) | Q(since__isnull=False), name="official_has_a_date"
            ),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(ended_on__isnull=False), name="ended_partnership_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")), name="partnership_ends_after_start"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agency", "status"], name="partnership_status")]

    def __str__(self) -> str:
        return f"{self.commune} – {self.programme}"


@tracked()
class Backing(AgencyModel):
    """Political backing of a partnership: a dated council resolution or letter of support."""

    class Kind(models.TextChoices):
        RESOLUTION = "resolution", _("council resolution")
        LETTER = "letter", _("letter of support")

    partnership = models.ForeignKey(
        Partnership, on_delete=models.CASCADE, related_name="backings", verbose_name=_("partnership")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    decided_on = models.DateField(_("dated"))
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    file = models.FileField(_("file"), upload_to="backings/%Y/", blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("political backing")
        verbose_name_plural = _("political backings")
        ordering: ClassVar = ["-decided_on"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {date_format(self.decided_on, 'SHORT_DATE_FORMAT')}"


class ContactQuerySet(AgencyQuerySet):
    """Reads of contacts in the domain's words."""

    def current(self) -> "ContactQuerySet":
        """Contacts who have not left."""
        return self.exclude(until__lt=timezone.localdate())


@tracked()
class OfferedDocument(LifeCycle, AgencyModel):
    """A council resolution or letter of support that a municipality has sent by its status link.

    It backs nothing yet: staff accept it, which makes it a `Backing`, or refuse it with a reason.
    """

    class Status(models.TextChoices):
        OFFERED = "offered", _("waits to be checked")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    TRANSITIONS: ClassVar = {Status.OFFERED: {Status.ACCEPTED, Status.REFUSED}}

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="documents", verbose_name=_("registration")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Backing.Kind)
    decided_on = models.DateField(_("dated"))
    file = models.FileField(_("file"), upload_to="offered/%Y/")
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.OFFERED, editable=False)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    backing = models.OneToOneField(
        Backing, on_delete=models.SET_NULL, null=True, blank=True, related_name="offered", editable=False
    )

    objects = AgencyManager()

    class Meta(AgencyModel.Meta):
        verbose_name = _("offered document")
        verbose_name_plural = _("offered documents")
        ordering: ClassVar = ["-sent_at"]
        indexes: ClassVar = [models.Index(fields=["agency", "status", "-sent_at"], name="offered_document_work_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {date_format(self.decided_on, 'SHORT_DATE_FORMAT')}"


@tracked()
class Contact(AgencyModel):
    """A person or organisation around a municipality or district; kept with its history when it has left."""

    class Function(models.TextChoices):
        MAYOR = "mayor", _("mayor")
        CLIMATE_MANAGER = "climate_manager", _("climate manager of the municipality")
        COUNCIL = "council", _("council or party")
        ADMINISTRATION = "administration", _("administration")
        DISTRICT_COUNCIL = "district_council", _("district council")
        CLUB = "club", _("club or initiative")
        UTILITY = "utility", _("utility")
        SCHOOL = "school", _("school")
        BUSINESS = "business", _("business")
        CHURCH = "church", _("church or faith community")
        OTHER = "other", _("other")

    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("municipality"),
    )
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("district")
    )
    function = models.CharField(_("function"), max_length=20, choices=Function, default=Function.ADMINISTRATION)
    name = models.CharField(_("name"), max_length=120, blank=True)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    note = models.TextField(_("note"), blank=True)
    until = models.DateField(_("last day there"), null=True, blank=True)
    user = models.OneToOneField(
        "agencies.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="contact", editable=False
    )

    objects = AgencyManager.from_queryset(ContactQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(commune__isnull=False) | Q(district__isnull=False), name="contact_belongs_somewhere"
            ),
            models.CheckConstraint(condition=~Q(name="") | ~Q(organisation=""), name="contact_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.organisation


@tracked()
class Outreach(AgencyModel):
    """One approach to a municipality or district: when, how, by whom, with what result and next step.

    `subject` is what it was about, if that is more than the place: a patron who was called, for example.
    """

    class Channel(models.TextChoices):
        CALL = "call", _("phone call")
        VISIT = "visit", _("visit")
        MAIL = "mail", _("e-mail")
        LETTER = "letter", _("letter")
        EVENT = "event", _("event")

    class Outcome(models.TextChoices):
        TALKED = "talked", _("talked")
        NOT_REACHED = "not_reached", _("nobody reached")
        INTERESTED = "interested", _("interested")
        LATER = "later", _("perhaps later")
        NOT_INTERESTED = "not_interested", _("not interested")

    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outreach",
        verbose_name=_("municipality"),
    )
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="outreach", verbose_name=_("district")
    )
    subject_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    subject_id = models.BigIntegerField(null=True, blank=True, editable=False)
    subject = GenericForeignKey("subject_type", "subject_id")
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="outreach", verbose_name=_("contact")
    )
    by = models.ForeignKey(
        "agencies.Membership", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    on = models.DateField(_("on"), default=timezone.localdate)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.CALL)
    outcome = models.CharField(_("result"), max_length=16, choices=Outcome, blank=True)
    result = models.TextField(_("note"), blank=True, max_length=4000)
    mail = models.TextField(_("pasted mail"), blank=True, max_length=50_000)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("outreach")
        verbose_name_plural = _("outreach")
        ordering: ClassVar = ["-on", "-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(commune__isnull=False) | Q(district__isnull=False), name="outreach_belongs_somewhere"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="") | ~Q(result="") | ~Q(mail=""), name="outreach_has_a_result"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="outreach_subject")]

    def __str__(self) -> str:
        return f"{self.place}, {date_format(self.on, 'SHORT_DATE_FORMAT')}"

    @property
    def place(self) -> "Commune | District | None":
        """The municipality, or else the district."""
        return self.commune or self.district


class Twinning(models.Model):
    """A town's place in a network of twinned towns, and the field of action it is host of. Public."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="twinnings", verbose_name=_("programme")
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="twinnings", verbose_name=_("municipality")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hosts the topic")
    )

    class Meta:
        verbose_name = _("twinned town")
        verbose_name_plural = _("twinned towns")
        ordering: ClassVar = ["commune__search_name"]
        constraints: ClassVar = [
            PublicReadWall(name="communes_twinning_wall"),
            models.UniqueConstraint(fields=["programme", "commune"], name="one_twinning_a_town"),
        ]

    def __str__(self) -> str:
        return f"{self.commune} ({self.programme})"


# Models in files of their own; Django finds them through this one.
from communes.municipal import (  # noqa: E402, F401
    CommuneProfile,
    DataProposal,
    MunicipalAccess,
    ProposedChange,
)
