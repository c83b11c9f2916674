"""How a project is planned: milestones, costs, who pays them, and who helps."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from klikks.history import tracked
from klikks.tenancy import AgencyModel
from projects.models.project import Project

NBSP = "\xa0"


def in_euro(amount: Decimal) -> str:
    """Return an amount as the reader writes it: "24.000 €", and "99,50 €" where there are cents."""
    whole = amount == amount.to_integral_value()
    return f"{number_format(amount, 0 if whole else 2, use_l10n=True, force_grouping=True)}{NBSP}€"


def amount_field() -> models.DecimalField:
    """Return a field for an amount in euro that must be known."""
    return models.DecimalField(_("amount (€)"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])


@tracked()
class Milestone(AgencyModel):
    """A step on the way of a project, with the day by which it is to be done."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("project"))
    title = models.CharField(_("title"), max_length=100)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["project", "title"],
                name="one_milestone_a_title",
                violation_error_message=_("The project has a milestone of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Whether its day has passed and it is not done."""
        return self.done_on is None and self.due_on < timezone.localdate()


@tracked()
class CostItem(AgencyModel):
    """Something a project must pay for."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cost_items", verbose_name=_("project"))
    what = models.CharField(_("what"), max_length=160)
    amount = amount_field()

    class Meta(AgencyModel.Meta):
        verbose_name = _("cost item")
        verbose_name_plural = _("costs")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_not_negative"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def in_euro(self) -> str:
        """The amount as the reader writes it."""
        return in_euro(self.amount)


@tracked()
class FinancingPart(AgencyModel):
    """Who pays which part of a project's costs; what is given in kind counts at its value."""

    class Kind(models.TextChoices):
        OWN = "own", _("own funds")
        GRANT = "grant", _("grant")
        DONATION = "donation", _("donation")
        IN_KIND = "in_kind", _("in kind")

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="financing_parts", verbose_name=_("project")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OWN)
    source = models.CharField(_("from whom, or what"), max_length=160, blank=True)
    amount = amount_field()

    class Meta(AgencyModel.Meta):
        verbose_name = _("part of the financing")
        verbose_name_plural = _("financing plan")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gte=0), name="financing_not_negative"),
        ]

    def __str__(self) -> str:
        return self.source or str(self.get_kind_display())

    @property
    def in_euro(self) -> str:
        """The amount as the reader writes it."""
        return in_euro(self.amount)


@tracked()
class Supporter(AgencyModel):
    """A person or an organisation that helps with a project without leading it."""

    class Kind(models.TextChoices):
        VOLUNTEER = "volunteer", _("volunteer")
        CLUB = "club", _("club")
        UTILITY = "utility", _("municipal utility")
        SCHOOL = "school", _("school")
        COMPANY = "company", _("company")
        OTHER = "other", pgettext_lazy("partner", "other")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="supporters", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.VOLUNTEER)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("what they do"), max_length=160, blank=True)
    contact = models.CharField(_("how to reach them"), max_length=160, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("helper or partner")
        verbose_name_plural = _("helpers and partners")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
