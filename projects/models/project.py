"""Projects, who leads them, and who carries them jointly."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import LifeCycle, Programme, Topic
from communes.models import Commune
from deadlines.models import Deadline
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet
from patrons.models import Patron

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
    # The released project of another agency whose idea this one took up. No foreign key: the row lies behind a wall.
    copied_public = models.BigIntegerField(
        _("copied from another agency's project"), null=True, blank=True, editable=False
    )
    proposed_at = models.DateTimeField(_("proposed for release at"), null=True, blank=True, editable=False)
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
            models.Index(
                fields=["-released_at", "-id"], condition=Q(released_at__isnull=False), name="project_released"
            ),
            models.Index(fields=["copied_public"], condition=Q(copied_public__isnull=False), name="project_copied"),
            models.Index(fields=["agency"], condition=Q(proposed_at__isnull=False), name="project_proposed"),
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
