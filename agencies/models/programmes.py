"""A programme is data: who takes part, who pays, what it wants to reach, in which phases and fields."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klikks.history import tracked
from klikks.tenancy import AgencyModel, PublicReadWall


def in_readers_language(german: str, english: str) -> str:
    """Return the German words to readers of German, the English ones to all others, and what there is to both."""
    return german or english if get_language() == "de" else english or german


class Translated:
    """Gives a model with `name` and `name_en` the name in the reader's language."""

    name: str
    name_en: str

    def __str__(self) -> str:
        return in_readers_language(self.name, self.name_en)


class State(models.Model):
    """A German state, keyed by ISO 3166-2 (`DE-RP`) and by the first two digits of the municipality key."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    key = models.CharField(_("key"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A state energy agency or another coordinating body: the owner of everything personal."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=40)
    state = models.ForeignKey(
        State, on_delete=models.PROTECT, null=True, blank=True, related_name="agencies", verbose_name=_("state")
    )
    street = models.CharField(_("street"), max_length=120, blank=True)
    place = models.CharField(_("postcode and town"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    colour = models.CharField(
        _("colour of documents"), max_length=7, default="#0b6e4f", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    logo = models.FileField(_("logo"), upload_to="agencies/", blank=True)
    quiet_weeks_patrons = models.PositiveSmallIntegerField(
        _("climate patrons are quiet after (weeks)"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(104)],
    )
    quiet_weeks_communes = models.PositiveSmallIntegerField(
        _("partner municipalities are quiet after (weeks)"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(104)],
    )
    account_months = models.PositiveSmallIntegerField(
        _("accounts end when nobody has signed in for (months)"),
        default=24,
        validators=[MinValueValidator(6), MaxValueValidator(120)],
    )
    consent_months = models.PositiveSmallIntegerField(
        _("consent of people who wait to become patron holds for (months)"),
        default=24,
        validators=[MinValueValidator(6), MaxValueValidator(120)],
    )
    signature = models.FileField(_("signature on certificates"), upload_to="agencies/", blank=True)
    signature_name = models.CharField(
        _("whose signature"),
        max_length=120,
        blank=True,
        help_text=_("The signature is printed where this person is named as the one who signs."),
    )

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Topic(Translated, models.Model):
    """A field of action, such as energy or mobility."""

    slug = models.SlugField(_("short name"), primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering: ClassVar = ["name"]


class Programme(Translated, models.Model):
    """A funded programme with its runtime, agencies, targets, phases and fields of action."""

    class Kind(models.TextChoices):
        VOLUNTEERS = "volunteers", _("volunteer programme of agencies")
        TWINNING = "twinning", _("network of twinned towns")

    slug = models.SlugField(_("short name in addresses"), unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.VOLUNTEERS)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    summary_en = models.TextField(_("English summary"), blank=True)
    funder = models.CharField(_("funder"), max_length=200, blank=True)
    goal = models.CharField(_("shared goal"), max_length=200, blank=True)
    goal_en = models.CharField(_("shared goal, in English"), max_length=200, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    agencies = models.ManyToManyField(Agency, through="Participation", related_name="programmes")
    topics = models.ManyToManyField(Topic, blank=True, related_name="programmes", verbose_name=_("topics"))

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="programme_ends_after_it_starts")
        ]

    @property
    def summary_text(self) -> str:
        """What the programme is about, in the reader's language."""
        return in_readers_language(self.summary, self.summary_en)

    @property
    def goal_text(self) -> str:
        """What all want to reach together, in the reader's language."""
        return in_readers_language(self.goal, self.goal_en)


class Participation(models.Model):
    """An agency's part in a programme, with the reference of its grant. One agency coordinates."""

    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="participations", verbose_name=_("agency")
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="participations", verbose_name=_("programme")
    )
    coordinates = models.BooleanField(_("coordinates the programme"), default=False)
    grant_reference = models.CharField(_("grant reference"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints: ClassVar = [
            PublicReadWall(name="agencies_participation_wall"),
            models.UniqueConstraint(fields=["programme", "agency"], name="one_participation"),
            models.UniqueConstraint(fields=["programme"], condition=Q(coordinates=True), name="one_coordinator"),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.agency}"


class Phase(Translated, models.Model):
    """A phase of a programme, such as winning municipalities."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="phases", verbose_name=_("programme")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering: ClassVar = ["programme", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["programme", "position"], name="one_phase_a_position")]


class Figure(models.TextChoices):
    """The figures everyone asks for, for which an agency may have a target."""

    COMMUNES_INTERESTED = "communes_interested", _("interested municipalities")
    COMMUNES_OFFICIAL = "communes_official", _("official partner municipalities")
    PATRONS_INTERESTED = "patrons_interested", _("people interested in becoming patron")
    PATRONS_APPOINTED = "patrons_appointed", _("appointed climate patrons")
    VOLUNTEER_HOURS = "volunteer_hours", _("volunteer hours")
    TRAININGS = "trainings", _("trainings held")
    TRAINING_PARTICIPANTS = "training_participants", _("participants of trainings")
    PROJECTS = "projects", _("projects")
    MEASURES_DONE = "measures_done", _("measures done")
    KG_DONE = "kg_done", _("kg CO2e avoided a year, done")
    KG_PLANNED = "kg_planned", _("kg CO2e avoided a year, planned")
    FUNDING_APPLIED = "funding_applied", _("funding applied for (€)")
    FUNDING_GRANTED = "funding_granted", _("funding granted (€)")
    INVESTED = "invested", _("investment set off (€)")


@tracked()
class Target(AgencyModel):
    """What an agency has promised its funder to reach by the end of the programme."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="targets", verbose_name=_("programme")
    )
    figure = models.CharField(_("figure"), max_length=32, choices=Figure)
    value = models.DecimalField(_("value"), max_digits=15, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta(AgencyModel.Meta):
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["agency", "programme", "figure"], name="one_target_a_figure"),
            models.CheckConstraint(condition=Q(value__gte=0), name="target_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_figure_display()}: {self.amount}"

    @property
    def amount(self) -> str:
        """The value as it is read: without decimals where it is whole."""
        whole = self.value == int(self.value)
        return number_format(self.value, 0 if whole else 2, force_grouping=True)


class DataSource(models.Model):
    """Where reference data come from, under which licence; shown on the public page of data sources."""

    slug = models.SlugField(_("short name"), primary_key=True)
    title = models.CharField(_("title"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=200)
    edition = models.CharField(_("edition"), max_length=80, blank=True)
    licence = models.CharField(_("licence"), max_length=120)
    licence_url = models.URLField(_("address of the licence"), blank=True)
    url = models.URLField(_("address"), blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    loaded_at = models.DateTimeField(_("loaded at"), auto_now=True)

    class Meta:
        verbose_name = _("data source")
        verbose_name_plural = _("data sources")
        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        return self.title
