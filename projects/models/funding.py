"""Funding programmes with their calls, and applications for their money with the documents these need."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, LifeCycle, User
from klikks.history import tracked
from klikks.tenancy import AgencyModel, PublicReadWall
from projects.models.project import Project, euro_field, not_negative

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText

# What nobody has compared with the funder's own page for so long is flagged wherever it is shown.
STALE_AFTER = timedelta(days=180)


def percent_field(label: str | LazyText, *, help_text: str | LazyText) -> models.DecimalField:
    """Return a field for a rate in percent, empty where it is not known."""
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=help_text,
    )


def in_order(low: str, high: str) -> Q:
    """Return the condition that of two values the first is not greater, where both are known."""
    return Q(**{f"{low}__isnull": True}) | Q(**{f"{high}__isnull": True}) | Q(**{f"{low}__lte": F(high)})


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Applicant(models.TextChoices):
    """Who may apply for funding."""

    MUNICIPALITY = "municipality", pgettext_lazy("applicant", "municipality")
    DISTRICT = "district", pgettext_lazy("applicant", "district")
    MUNICIPAL_COMPANY = "municipal_company", pgettext_lazy("applicant", "municipal company")
    SCHOOL = "school", pgettext_lazy("applicant", "school")
    CLUB = "club", pgettext_lazy("applicant", "club or non-profit organisation")
    CHURCH = "church", pgettext_lazy("applicant", "church")
    COMPANY = "company", pgettext_lazy("applicant", "company")
    CITIZEN = "citizen", pgettext_lazy("applicant", "citizen")


@tracked()
class FundingProgramme(models.Model):
    """A funding programme as data: who funds what at which rate. Kept by an agency, readable by all.

    An empty list of states, topics or applicants means that the programme does not limit them. Amounts are in euro.
    """

    class Level(models.TextChoices):
        FEDERAL = "federal", pgettext_lazy("funding", "federal government")
        STATE = "state", pgettext_lazy("funding", "state")
        EU = "eu", pgettext_lazy("funding", "European Union")
        FOUNDATION = "foundation", pgettext_lazy("funding", "foundation")
        OTHER = "other", pgettext_lazy("funding", "other")

    class Combinability(models.TextChoices):
        UNKNOWN = "unknown", pgettext_lazy("combination", "not known")
        FREE = "free", pgettext_lazy("combination", "with any other funding")
        NAMED = "named", pgettext_lazy("combination", "only with those named")
        NONE = "none", pgettext_lazy("combination", "with no other funding")

    class Aspect(models.TextChoices):
        """What of a programme may still have to be confirmed at its source."""

        CALL = "call", pgettext_lazy("aspect", "calls")
        RATE = "rate", pgettext_lazy("aspect", "rate")
        AMOUNTS = "amounts", pgettext_lazy("aspect", "amounts")
        APPLICANTS = "applicants", pgettext_lazy("aspect", "who may apply")
        TOPICS = "topics", pgettext_lazy("aspect", "topics")
        COMBINABILITY = "combinability", pgettext_lazy("aspect", "combination with other funding")
        DOCUMENTS = "documents", pgettext_lazy("aspect", "documents needed")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    name = models.CharField(_("name"), max_length=200)
    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.OTHER)
    funder = models.CharField(_("funder"), max_length=160)
    link = models.URLField(_("link"), blank=True)
    states = ArrayField(models.CharField(max_length=6), verbose_name=_("states"), default=list, blank=True)
    topics = ArrayField(models.SlugField(max_length=40), verbose_name=_("topics"), default=list, blank=True)
    applicants = ArrayField(
        models.CharField(max_length=20, choices=Applicant), verbose_name=_("applicants"), default=list, blank=True
    )
    who_may_apply = models.CharField(_("more about who may apply"), max_length=200, blank=True)
    only_before_start = models.BooleanField(
        _("only before work has begun"),
        default=True,
        help_text=_("Most programmes fund only what has not been ordered yet."),
    )
    rate = percent_field(_("funding rate (%)"), help_text=_("Of the eligible cost. Leave it empty if it is not fixed."))
    higher_rate = percent_field(_("higher rate (%)"), help_text=_("Where a condition is met, such as little money."))
    higher_rate_for = models.CharField(_("higher rate for"), max_length=160, blank=True)
    cost_min = euro_field(_("eligible cost at least (€)"))
    cost_max = euro_field(_("eligible cost counted up to (€)"))
    grant_min = euro_field(_("grant at least (€)"))
    grant_max = euro_field(_("grant at most (€)"))
    combinability = models.CharField(
        _("can be combined"), max_length=8, choices=Combinability, default=Combinability.UNKNOWN
    )
    combines_with = models.TextField(
        _("can be combined with"),
        blank=True,
        max_length=2000,
        help_text=_("One programme a line, with its name as it stands in this list."),
    )
    combinability_note = models.CharField(_("about combining"), max_length=250, blank=True)
    documents = models.TextField(
        _("documents needed"),
        blank=True,
        max_length=4000,
        help_text=_("One a line. Each new application gets this list to tick off."),
    )
    unconfirmed = ArrayField(
        models.CharField(max_length=16, choices=Aspect),
        verbose_name=_("still to be confirmed"),
        default=list,
        blank=True,
    )
    checked_on = models.DateField(_("last checked on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("funding programme")
        verbose_name_plural = _("funding programmes")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            PublicReadWall(name="projects_fundingprogramme_wall"),
            models.CheckConstraint(condition=Q(rate__gte=0) & Q(rate__lte=100), name="rate_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(higher_rate__gte=F("rate")) & Q(higher_rate__lte=100), name="higher_rate_is_higher"
            ),
            models.CheckConstraint(
                condition=not_negative("cost_min", "cost_max", "grant_min", "grant_max"), name="limits_not_negative"
            ),
            models.CheckConstraint(condition=in_order("cost_min", "cost_max"), name="cost_limits_in_order"),
            models.CheckConstraint(condition=in_order("grant_min", "grant_max"), name="grant_limits_in_order"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Say in words what the database would refuse, and what makes no sense. Raises ValidationError."""
        wrong: dict[str, str] = {}
        if self.higher_rate is not None and (self.rate is None or self.higher_rate < self.rate):
            wrong["higher_rate"] = gettext("The higher rate must be at least as high as the rate, which must be known.")
        for low, high in (("cost_min", "cost_max"), ("grant_min", "grant_max")):
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and least > most:
                wrong[high] = gettext("This is less than the minimum.")
        if self.combinability == self.Combinability.NAMED and not lines_of(self.combines_with):
            wrong["combines_with"] = gettext("Please name the programmes with which it can be combined.")
        if wrong:
            raise ValidationError(wrong)

    @property
    def is_stale(self) -> bool:
        """Whether nobody has checked the programme at its source for a long time."""
        return timezone.localdate() - self.checked_on > STALE_AFTER

    @property
    def unconfirmed_text(self) -> str:
        """What still has to be confirmed at the source, in the reader's language; empty if nothing."""
        return ", ".join(str(self.Aspect(aspect).label) for aspect in self.unconfirmed)


class CallWindow(models.Model):
    """A time in which a funding programme takes applications; without days it takes them at any time."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    funding_programme = models.ForeignKey(
        FundingProgramme, on_delete=models.CASCADE, related_name="calls", verbose_name=_("funding programme")
    )
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    closes_on = models.DateField(_("applications until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("call for applications")
        verbose_name_plural = _("calls for applications")
        ordering: ClassVar = ["opens_on", "closes_on", "pk"]
        constraints: ClassVar = [
            PublicReadWall(name="projects_callwindow_wall"),
            models.CheckConstraint(condition=in_order("opens_on", "closes_on"), name="call_closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return self.note or str(self._meta.verbose_name)

    def save(self, *args: object, **kwargs: object) -> None:
        """Save the call; it belongs to the agency that keeps the programme."""
        self.agency_id = self.funding_programme.agency_id
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        """Check the order of the two days. Raises ValidationError."""
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValidationError({"closes_on": gettext("The call closes before it opens.")})


@tracked()
class FundingApplication(LifeCycle, AgencyModel):
    """An application for funding of a project: amounts in euro, the steps so far, and what the grant asks for."""

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
    closes_on = models.DateField(_("apply until"), null=True, blank=True)
    applied_for = euro_field(_("applied for (€)"))
    granted = euro_field(_("granted (€)"))
    disbursed = euro_field(_("paid out so far (€)"))
    file_number = models.CharField(_("file number"), max_length=60, blank=True)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    begins_on = models.DateField(_("funding period begins on"), null=True, blank=True)
    ends_on = models.DateField(_("funding period ends on"), null=True, blank=True)
    conditions = models.TextField(_("conditions of the grant"), blank=True, max_length=8000)
    proof_due_on = models.DateField(_("proof of use due on"), null=True, blank=True)
    proof_handed_in_on = models.DateField(_("proof of use handed in on"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("funding application")
        verbose_name_plural = _("funding applications")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=not_negative("applied_for", "granted"), name="amounts_not_negative"),
            models.CheckConstraint(condition=not_negative("disbursed"), name="disbursed_not_negative"),
            models.CheckConstraint(
                condition=~Q(status="granted") | Q(granted__isnull=False), name="granted_has_an_amount"
            ),
            models.CheckConstraint(
                condition=Q(submitted_on__isnull=True)
                | Q(decided_on__isnull=True)
                | Q(decided_on__gte=F("submitted_on")),
                name="decided_after_submitted",
            ),
            models.CheckConstraint(condition=in_order("begins_on", "ends_on"), name="funding_period_in_order"),
            models.CheckConstraint(
                condition=Q(proof_handed_in_on__isnull=True) | Q(status="granted"), name="only_grants_are_proven"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.funding_programme} – {self.project}"

    def get_absolute_url(self) -> str:
        """Return the address of the application's page for the patrons who lead its project."""
        return reverse("projects:application", args=[self.pk])

    def clean(self) -> None:
        """Check the order of the funding period. Raises ValidationError."""
        if self.begins_on and self.ends_on and self.ends_on < self.begins_on:
            raise ValidationError({"ends_on": gettext("The funding period ends before it begins.")})

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do: until it is refused or its use is proven."""
        return self.status != self.Status.REJECTED and self.proof_handed_in_on is None


@tracked()
class FundingWatch(AgencyModel):
    """That somebody waits with a project for the calls of a funding programme: the last day of each is a deadline."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="watched_funding", verbose_name=_("project")
    )
    # Any agency may keep the programme and deletes it without seeing who watches it; a watch without one means nothing.
    funding_programme = models.ForeignKey(
        FundingProgramme,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("funding programme"),
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("who"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta(AgencyModel.Meta):
        verbose_name = _("watched funding programme")
        verbose_name_plural = _("watched funding programmes")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["project", "funding_programme"], name="one_watch_a_project_and_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.funding_programme} – {self.project}"

    def get_absolute_url(self) -> str:
        """Return the address of the page that finds funding for the project."""
        return reverse("projects:funding", args=[self.project_id])


@tracked()
class ApplicationDocument(AgencyModel):
    """A document an application needs: who has it ready since when, and the file where one was uploaded."""

    application = models.ForeignKey(
        FundingApplication, on_delete=models.CASCADE, related_name="documents", verbose_name=_("funding application")
    )
    what = models.CharField(_("document"), max_length=200)
    done_at = models.DateTimeField(_("ready since"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ticked by"),
        editable=False,
    )
    file = models.FileField(_("file"), upload_to="applications/%Y/", blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("document of an application")
        verbose_name_plural = _("documents of an application")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.what

    @property
    def ticked_by(self) -> str:
        """Who ticked it, by name: the account was loaded with its membership and patron."""
        person = getattr(self.done_by, "patron", None) or getattr(self.done_by, "membership", None)
        return str(person or self.done_by or "")
