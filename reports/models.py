"""Stored documents, the reports an agency owes, and the database views behind every figure."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership, Programme, User
from communes.models import Commune
from deadlines.models import Job, SubjectModel
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, PublicReadWall


class Document(SubjectModel):
    """A rendered file of an agency: stored once for its job, handed out only to those who may see its subject."""

    class Kind(models.TextChoices):
        APPOINTMENT_CERTIFICATE = "appointment_certificate", _("appointment certificate")
        APPOINTMENT_DAY = "appointment_day", _("certificates of an appointment day")
        THANKS_CERTIFICATE = "thanks_certificate", _("thank-you certificate")
        COMMUNE_REPORT = "commune_report", _("municipality report")
        LETTER = "letter", _("letter")
        INSIGHT = "insight", _("insight")
        ATTENDANCE_LIST = "attendance_list", _("list of participants")
        TRAINING_CERTIFICATE = "training_certificate", _("certificate of attendance")
        PHASE_PLAN = "phase_plan", _("timeline of a phase plan")

    kind = models.CharField(_("kind"), max_length=40, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to="documents/%Y/%m/")
    sha256 = models.CharField(_("checksum"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="document")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="document_subject")]

    def __str__(self) -> str:
        return self.title


@tracked()
class Report(AgencyModel):
    """A report about a period: of a municipality, or owed to the funder."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("municipality report")
        INTERIM = "interim", _("interim proof")
        FINAL = "final", _("final report")
        INSIGHT = "insight", _("insight")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COMMUNE)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("municipality"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    ordered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="report_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(kind="commune") | Q(commune__isnull=False), name="commune_report_has_a_commune"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.commune or self.programme}"


@tracked()
class OwedReport(AgencyModel):
    """A report that the agency owes a programme's funder: of which days, by when, and who writes it."""

    class Kind(models.TextChoices):
        INTERIM = "interim", _("interim proof")
        FINAL = "final", _("final report")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.INTERIM)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    due_on = models.DateField(_("due on"))
    owner = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    handed_in_on = models.DateField(_("handed in on"), null=True, blank=True, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("report to the funder")
        verbose_name_plural = _("reports to the funder")
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["agency", "programme", "kind", "ends_on"], name="one_report_a_period"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="owed_report_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ends_on.year}: {self.programme}"

    def clean(self) -> None:
        """Check the order of the days. Raises ValidationError."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": gettext("The last day lies before the first.")})


class Reach(models.IntegerChoices):
    """For how wide a scope a row of a figure counts; each one counts for the narrower ones too.

    A patron of two municipalities counts in both of them, and once for the agency.
    """

    COMMUNE = 1
    DISTRICT = 2
    EVERYWHERE = 3


class CountedModel(models.Model):
    """Base of the views that count: how much of a figure a programme's agency reached in a municipality."""

    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.DO_NOTHING, related_name="+", null=True)
    figure = models.CharField(max_length=32)
    reach = models.SmallIntegerField(choices=Reach)
    amount = models.DecimalField(max_digits=20, decimal_places=3)

    class Meta:
        abstract = True


class Fact(CountedModel):
    """What was reached on which day. The wall of the asker holds: only the own agency's facts are seen."""

    pk = models.CompositePrimaryKey("agency", "programme", "figure", "day", "reach")
    day = models.DateField()
    estimated = models.BooleanField()

    objects = AgencyManager()

    class Meta:
        managed = False
        db_table = "reports_fact"

    def __str__(self) -> str:
        return f"{self.day}: {self.figure} {self.amount}"


class FigureMonth(CountedModel):
    """What was reached in which month, of all agencies and without a column that leads to a person."""

    pk = models.CompositePrimaryKey("agency", "programme", "figure", "month", "reach")
    month = models.DateField()
    estimated = models.DecimalField(max_digits=20, decimal_places=3)

    class Meta:
        managed = False
        db_table = "reports_figuremonth"

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.figure} {self.amount}"


class MonthModel(models.Model):
    """Base of what was reached in a month, in all municipalities together."""

    figure = models.CharField(max_length=32)
    month = models.DateField()
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    estimated = models.DecimalField(max_digits=20, decimal_places=3)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.figure} {self.amount}"


class AgencyMonth(MonthModel):
    """What an agency reached in which month in all its municipalities: as stored, or counted anew since it changed."""

    pk = models.CompositePrimaryKey("agency", "programme", "figure", "month")
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "reports_agencymonth"


class ProgrammeMonth(MonthModel):
    """What all agencies of a programme reached in which month; a month may stand in several rows, to be added up."""

    pk = models.CompositePrimaryKey("programme", "figure", "month")
    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "reports_programmemonth"


class StoredMonth(MonthModel):
    """A month of an agency's figures as it was counted last, or (without an agency) of all of a programme's.

    Only the database's function writes it; it names no person.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [PublicReadWall(name="reports_storedmonth_wall")]
        indexes: ClassVar = [models.Index(fields=["programme", "agency"], name="storedmonth_programme")]


class CountedAgency(models.Model):
    """When an agency's months were stored last. Only the database's function writes it."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, primary_key=True, related_name="+")
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [PublicReadWall(name="reports_countedagency_wall")]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.counted_at}"


class ChangedAgency(models.Model):
    """That rows behind an agency's figures have changed since they were stored. Only the database's triggers write it.

    Rows are only added, so that no two transactions wait for each other.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [PublicReadWall(name="reports_changedagency_wall")]

    def __str__(self) -> str:
        return str(self.agency_id)


class ProgrammeTotal(models.Model):
    """A programme's figures over all agencies: all that public pages read."""

    pk = models.CompositePrimaryKey("programme", "figure")
    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")
    figure = models.CharField(max_length=32)
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    estimated = models.DecimalField(max_digits=20, decimal_places=3)

    class Meta:
        managed = False
        db_table = "reports_programmetotal"

    def __str__(self) -> str:
        return f"{self.figure}: {self.amount}"


class AgencyTarget(models.Model):
    """What each agency has promised to reach: the targets of all agencies, for those who see their figures."""

    pk = models.CompositePrimaryKey("agency", "programme", "figure")
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")
    figure = models.CharField(max_length=32)
    value = models.DecimalField(max_digits=15, decimal_places=2)

    class Meta:
        managed = False
        db_table = "reports_agencytarget"

    def __str__(self) -> str:
        return f"{self.figure}: {self.value}"
