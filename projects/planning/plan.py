"""The costs and financing plan of a project: what it costs, what is paid for, and whether the two agree."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from projects.models import CostItem, FinancingPart, FundingApplication, Project
from projects.models.planning import in_euro


@dataclass(frozen=True)
class Plan:
    """What a project costs and what is financed, in euro; None where nothing is known.

    `costs` are the cost items' sum, or else the estimate. `in_kind` is the share of `financed` that is given in kind,
    `promised` the share that is entered as grants, `granted` what funders have granted to the project's applications.
    """

    costs: Decimal | None
    is_itemised: bool
    financed: Decimal | None
    in_kind: Decimal = Decimal(0)
    promised: Decimal = Decimal(0)
    granted: Decimal | None = None

    @property
    def exists(self) -> bool:
        """Whether anybody has begun a plan; an estimate of the costs alone is none."""
        return self.is_itemised or self.financed is not None

    @property
    def gap(self) -> Decimal | None:
        """What is not financed yet; negative where there is too much; None while costs or plan are unknown."""
        if not self.exists or self.costs is None:
            return None
        return self.costs - (self.financed or Decimal(0))

    @property
    def adds_up(self) -> bool:
        """Whether the costs are known and financed to the cent."""
        return self.gap == 0

    @property
    def words(self) -> str:
        """Say whether costs and financing agree."""
        if not self.exists:
            return _("There is no financing plan yet.")
        if self.gap is None:
            return _("The costs are not known yet.")
        if self.gap > 0:
            return _("%(amount)s are not financed yet.") % {"amount": in_euro(self.gap)}
        if self.gap < 0:
            return _("The financing is %(amount)s too much.") % {"amount": in_euro(-self.gap)}
        return _("Costs and financing add up.")

    @property
    def costs_words(self) -> str:
        """The costs as the reader writes them."""
        return in_euro(self.costs or Decimal(0))

    @property
    def financed_words(self) -> str:
        """What is financed, as the reader writes it."""
        return in_euro(self.financed or Decimal(0))

    @property
    def in_kind_words(self) -> str:
        """What is given in kind, as the reader writes it."""
        return in_euro(self.in_kind)

    @property
    def tone(self) -> str:
        """The look of the words."""
        return "success" if self.adds_up else "warning" if self.gap is not None else "info"

    @property
    def words_on_grants(self) -> str:
        """Say how what was granted differs from the grants in the plan; empty where nothing was granted."""
        if self.granted is None:
            return ""
        if self.granted == self.promised:
            return _("That is as much as the plan says.")
        if self.granted > self.promised:
            return _("That is %(amount)s more than the plan says.") % {"amount": in_euro(self.granted - self.promised)}
        return _("That is %(amount)s less than the plan says.") % {"amount": in_euro(self.promised - self.granted)}


def plan_of(project: Any) -> Plan:
    """Return a project's plan; one query, or none where the project was read by `with_plan`."""
    if not hasattr(project, "cost_total"):
        project = with_plan(Project.objects.filter(pk=project.pk)).get()
    sums = {name: getattr(project, f"{name}_total") for name in ("cost", "financed", "in_kind", "promised", "granted")}
    return Plan(
        costs=project.investment if sums["cost"] is None else sums["cost"],
        is_itemised=sums["cost"] is not None,
        financed=sums["financed"],
        in_kind=sums["in_kind"] or Decimal(0),
        promised=sums["promised"] or Decimal(0),
        granted=sums["granted"],
    )


def with_plan(projects: QuerySet[Any]) -> QuerySet[Any]:
    """Add the sums of their plans to projects."""
    parts = FinancingPart.objects.all()
    granted = FundingApplication.objects.filter(status=FundingApplication.Status.GRANTED)
    return projects.annotate(
        cost_total=_total(CostItem.objects.all()),
        financed_total=_total(parts),
        in_kind_total=_total(parts.filter(kind=FinancingPart.Kind.IN_KIND)),
        promised_total=_total(parts.filter(kind=FinancingPart.Kind.GRANT)),
        granted_total=_total(granted, "granted"),
    )


def _total(rows: QuerySet[Any], field: str = "amount") -> Subquery:
    """Return the sum of a project's rows, as part of another query."""
    of_project = rows.filter(project=OuterRef("pk")).order_by().values("project").annotate(sum=Sum(field))
    return Subquery(of_project.values("sum"), output_field=DecimalField(max_digits=14, decimal_places=2))
