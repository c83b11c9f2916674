"""Projects with their measures, the savings behind each tonne, funding and ideas."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, LifeCycle, Programme, State, Topic
from communes.models import Commune, DateRange
from deadlines.models import Deadline
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet, PublicReadWall
from patrons.models import Patron
from projects.kinds import MeasureKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText


def euro_field(label: str | LazyText) -> models.DecimalField:
    """Return a field for an amount in euro, never negative."""
    return models.DecimalField(
        label, max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


def not_negative(*fields: str) -> Q:
    """Return the condition that none of the fields holds a negative amount."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})
    return condition


class EmissionFactor(models.Model):
    """One published value of an emission factor, with its source; never changed, only followed by a newer one."""

    key = models.SlugField(_("short name"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    value = models.DecimalField(_("value (kg CO2e per kWh)"), max_digits=10, decimal_places=6)
    year = models.PositiveSmallIntegerField(_("year of the value"))
    scope = models.CharField(_("scope"), max_length=120)
    source = models.CharField(_("source"), max_length=300)
    page = models.CharField(_("page"), max_length=60, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("confirmed at the source"), default=True)

    class Meta:
        verbose_name = _("emission factor")
        verbose_name_plural = _("emission factors")
        ordering: ClassVar = ["key", "-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "year"], name="one_factor_a_year"),
            models.CheckConstraint(condition=Q(value__gte=0), name="factor_not_negative"),
            ExclusionConstraint(
                name="factors_do_not_overlap",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class ProjectQuerySet(AgencyQuerySet):
    """Reads of projects in the domain's words."""

    def running(self) -> ProjectQuerySet:
        """Projects that are neither done nor dropped."""
        return self.exclude(status__in=[Project.Status.DONE, Project.Status.DROPPED])

    def led_by(self, patron: Patron) -> ProjectQuerySet:
        """Projects a patron leads."""
        return self.filter(leads__patron=patron)


@tracked()
class Project(LifeCycle, AgencyModel):
    """A climate project of a municipality, led by patrons or staff."""

    class Status(models.TextChoices):
        IDEA = "idea", _("idea")
        PLANNED = "planned", _("planned")
        FUNDING_APPLIED = "funding_applied", _("funding applied for")
        UNDER_WAY = "under_way", _("under way")
        DONE = "done", pgettext_lazy("project", "done")
        DROPPED = "dropped", pgettext_lazy("project", "dropped")

    TRANSITIONS: ClassVar = {
        Status.IDEA: {Status.PLANNED, Status.DROPPED},
        Status.PLANNED: {Status.FUNDING_APPLIED, Status.UNDER_WAY, Status.DROPPED},
        Status.FUNDING_APPLIED: {Status.UNDER_WAY, Status.PLANNED, Status.DROPPED},
        Status.UNDER_WAY: {Status.DONE, Status.DROPPED},
        Status.DROPPED: {Status.IDEA},
    }

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="projects", verbose_name=_("municipality")
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.IDEA, editable=False)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True, max_length=8000)
    public_summary = models.TextField(_("public summary"), blank=True, max_length=2000)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("planned end"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True, editable=False)
    investment = euro_field(_("investment (€)"))
    copied_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        verbose_name=_("copied from"),
        editable=False,
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    deadlines = GenericRelation(Deadline, content_type_field="subject_type", object_id_field="subject_id")

    objects = AgencyManager.from_queryset(ProjectQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=not_negative("investment"), name="investment_not_negative"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="project_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(status="done") | Q(done_on__isnull=False), name="done_has_a_date"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "status"], name="project_status"),
            models.Index(fields=["agency", "-created_at", "-id"], name="project_order"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the project's page for the patrons who lead it."""
        return reverse("projects:detail", args=[self.pk])


@tracked()
class ProjectLead(AgencyModel):
    """Who leads a project: a patron or a member of staff."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="leads", verbose_name=_("project"))
    patron = models.ForeignKey(
        Patron,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="project_leads",
        verbose_name=_("climate patron"),
    )
    member = models.ForeignKey(
        "agencies.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="project_leads",
        verbose_name=_("member of staff"),
    )

    class Meta(AgencyModel.Meta):
        verbose_name = _("project lead")
        verbose_name_plural = _("project leads")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(patron__isnull=False, member__isnull=True) | Q(patron__isnull=True, member__isnull=False),
                name="lead_is_one_person",
            ),
            models.UniqueConstraint(fields=["project", "patron"], name="one_lead_a_patron"),
            models.UniqueConstraint(fields=["project", "member"], name="one_lead_a_member"),
        ]

    def __str__(self) -> str:
        return str(self.patron or self.member)


@tracked()
class Measure(LifeCycle, AgencyModel):
    """A concrete step of a project that may save CO2e, with the numbers entered for it."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        DONE = "done", pgettext_lazy("measure", "done")
        DROPPED = "dropped", pgettext_lazy("project", "dropped")

    TRANSITIONS: ClassVar = {Status.PLANNED: {Status.DONE, Status.DROPPED}, Status.DROPPED: {Status.PLANNED}}

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="measures", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=40, choices=MeasureKind.choices)
    title = models.CharField(_("title"), max_length=160, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PLANNED, editable=False)
    inputs = models.JSONField(_("numbers entered"), default=dict)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(status="done") | Q(done_on__isnull=False), name="done_measure_has_a_date"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()


class Saving(AgencyModel):
    """A calculated saving in kg CO2e a year, frozen with its inputs, factor and formula. Never changed.

    A new calculation adds a row and marks the old one as replaced; both stay readable.
    """

    class Quality(models.TextChoices):
        MEASURED = "measured", _("measured")
        CALCULATED = "calculated", _("calculated")
        ESTIMATED = "estimated", _("estimated")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="savings", verbose_name=_("measure"))
    kg_per_year = models.DecimalField(_("kg CO2e a year"), max_digits=14, decimal_places=3)
    quality = models.CharField(_("quality"), max_length=12, choices=Quality, default=Quality.CALCULATED)
    factor = models.ForeignKey(EmissionFactor, on_delete=models.PROTECT, verbose_name=_("emission factor"))
    factor_value = models.DecimalField(_("value of the factor (kg CO2e per kWh)"), max_digits=10, decimal_places=6)
    formula = models.CharField(_("formula"), max_length=200)
    inputs = models.JSONField(_("inputs"))
    calculated_at = models.DateTimeField(_("calculated at"), default=timezone.now)
    calculated_by = models.ForeignKey("agencies.User", on_delete=models.SET_NULL, null=True, related_name="+")
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("saving")
        verbose_name_plural = _("savings")
        ordering: ClassVar = ["-calculated_at"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["measure"], condition=Q(replaced_at__isnull=True), name="one_current_saving"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.whole_kg} kg"

    @property
    def whole_kg(self) -> str:
        """The saving in whole kilograms, as the reader writes numbers."""
        return number_format(self.kg_per_year.quantize(Decimal(1), ROUND_HALF_UP), force_grouping=True)

    def get_absolute_url(self) -> str:
        """Return the address of the page that says how the saving was calculated."""
        return reverse("projects:saving", args=[self.pk])


class FundingProgramme(models.Model):
    """A funding programme as data: who funds what at which rate until when. Kept by an agency, readable by all."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    name = models.CharField(_("name"), max_length=200)
    funder = models.CharField(_("funder"), max_length=160)
    state = models.ForeignKey(
        State, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("state")
    )
    who_may_apply = models.CharField(_("who may apply"), max_length=200, blank=True)
    rate = models.DecimalField(_("funding rate (%)"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    link = models.URLField(_("link"), blank=True)
    closes_on = models.DateField(_("applications until"), null=True, blank=True)
    checked_on = models.DateField(_("last checked on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("funding programme")
        verbose_name_plural = _("funding programmes")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            PublicReadWall(name="projects_fundingprogramme_wall"),
            models.CheckConstraint(condition=Q(rate__gte=0) & Q(rate__lte=100), name="rate_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class FundingApplication(LifeCycle, AgencyModel):
    """An application for funding of a project, with the amounts applied for and granted."""

    class Status(models.TextChoices):
        DRAFTED = "drafted", _("drafted")
        SUBMITTED = "submitted", _("submitted")
        GRANTED = "granted", _("granted")
        REJECTED = "rejected", _("rejected")

    TRANSITIONS: ClassVar = {
        Status.DRAFTED: {Status.SUBMITTED},
        Status.SUBMITTED: {Status.GRANTED, Status.REJECTED},
    }

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="funding_applications", verbose_name=_("project")
    )
    funding_programme = models.ForeignKey(
        FundingProgramme, on_delete=models.PROTECT, related_name="+", verbose_name=_("funding programme")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFTED, editable=False)
    applied_for = euro_field(_("applied for (€)"))
    granted = euro_field(_("granted (€)"))
    file_number = models.CharField(_("file number"), max_length=60, blank=True)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("funding application")
        verbose_name_plural = _("funding applications")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=not_negative("applied_for", "granted"), name="amounts_not_negative"),
            models.CheckConstraint(
                condition=~Q(status="granted") | Q(granted__isnull=False), name="granted_has_an_amount"
            ),
            models.CheckConstraint(
                condition=Q(submitted_on__isnull=True)
                | Q(decided_on__isnull=True)
                | Q(decided_on__gte=F("submitted_on")),
                name="decided_after_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.funding_programme} – {self.project}"


@tracked()
class ProjectPartner(AgencyModel):
    """A further municipality that carries a project jointly with the one the project belongs to."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="partners", verbose_name=_("project"))
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="joint_projects", verbose_name=_("municipality")
    )

    class Meta(AgencyModel.Meta):
        verbose_name = _("joint municipality")
        verbose_name_plural = _("carried jointly with")
        ordering: ClassVar = ["commune__search_name"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["project", "commune"], name="one_partner_a_project"),
        ]

    def __str__(self) -> str:
        return str(self.commune)


@tracked()
class Idea(LifeCycle, AgencyModel):
    """An idea a citizen has sent; public only once staff have released it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        RELEASED = "released", _("released")
        ADOPTED = "adopted", _("became a project")
        DECLINED = "declined", _("declined")

    TRANSITIONS: ClassVar = {
        Status.RECEIVED: {Status.RELEASED, Status.ADOPTED, Status.DECLINED},
        Status.RELEASED: {Status.ADOPTED, Status.DECLINED},
    }

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ideas",
        verbose_name=_("municipality"),
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.RECEIVED, editable=False)
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), max_length=4000)
    author = models.CharField(_("author"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    shows_author = models.BooleanField(_("the author may be named in public"), default=False)
    project = models.ForeignKey(
        Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="ideas", verbose_name=_("project")
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        ordering: ClassVar = ["-received_at"]

    def __str__(self) -> str:
        return self.title


class PublicProject(models.Model):
    """What the public may read of a released project; a view that names no person, over all agencies."""

    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.DO_NOTHING, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.DO_NOTHING, related_name="+")
    status = models.CharField(max_length=16, choices=Project.Status)
    title = models.CharField(max_length=160)
    public_summary = models.TextField()
    partners = ArrayField(models.CharField(max_length=120))
    released_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "projects_publicproject"

    def __str__(self) -> str:
        return self.title


class PublicIdea(models.Model):
    """What the public may read of a released idea; a view that names its author only where that was agreed to."""

    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.DO_NOTHING, null=True, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.DO_NOTHING, null=True, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField()
    author = models.CharField(max_length=120)
    is_adopted = models.BooleanField()
    received_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "projects_publicidea"

    def __str__(self) -> str:
        return self.title
