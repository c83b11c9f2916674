"""The leverage of funding: how many euro are invested for each euro granted, of a scope or of a single project."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, NullIf

from agencies.models.programmes import Figure
from projects.models import FundingApplication, Project
from reports.figures.values import FigureValue, number

RATIO = DecimalField(max_digits=20, decimal_places=4)
# As in the figure "investment set off": what is only planned has set off nothing yet.
COUNTS = Q(status__in=[Project.Status.UNDER_WAY, Project.Status.DONE])


def leverage(values: Iterable[FigureValue]) -> Decimal | None:
    """Return the euro invested for each euro granted out of a scope's figures; None if nothing was granted."""
    totals = {value.figure: value.total for value in values}
    granted = totals.get(Figure.FUNDING_GRANTED)
    return totals.get(Figure.INVESTED, Decimal(0)) / granted if granted else None


def leverage_text(values: Iterable[FigureValue]) -> str:
    """Return a scope's leverage as it is read: "4,0"; empty if nothing was granted."""
    ratio = leverage(values)
    return "" if ratio is None else number(ratio, 1)


def with_leverage(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Return the projects under way or done with their `leverage`, None without a grant; no query of its own."""
    granted = FundingApplication.objects.filter(project=OuterRef("pk"), status=FundingApplication.Status.GRANTED)
    total = Subquery(granted.order_by().values("project").annotate(total=Sum("granted")).values("total"))
    return projects.filter(COUNTS).annotate(leverage=Cast(F("investment") / NullIf(total, Decimal(0)), RATIO))
