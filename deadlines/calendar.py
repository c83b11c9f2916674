"""The dates of a month, as a page shows them."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from agencies.models import Agency, User
from deadlines.models import Deadline, Holiday
from deadlines.selectors import with_urls
from klikks.tenancy import current_agency_id


@dataclass(frozen=True)
class Day:
    """A day of a month's page: what is due, and why nobody works."""

    on: date
    is_of_month: bool
    is_today: bool
    deadlines: list[Deadline]
    holidays: list[str]
    school_holidays: list[str]

    @property
    def is_free(self) -> bool:
        """Whether it is a weekend or a public holiday."""
        return self.on.weekday() >= calendar.SATURDAY or bool(self.holidays)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say about the day."""
        return not (self.deadlines or self.holidays)


@dataclass(frozen=True)
class Month:
    """A month in whole weeks from Monday. `knows_school` is false where no school holidays of the year are known."""

    first: date
    days: list[Day]
    knows_school: bool

    @property
    def before(self) -> date:
        """The first day of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """The first day of the month after."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def own_days(self) -> list[Day]:
        """The days of the month itself."""
        return [day for day in self.days if day.is_of_month]


def month_of(user: User, asked: str, *, whole_agency: bool) -> Month:
    """Return a month ("2026-11"; the current one where that cannot be read) with a reader's or the agency's dates.

    Costs four queries, and for people of the portal one more for each kind of subject.
    """
    first = _first_day(asked)
    dates = list(calendar.Calendar().itermonthdates(first.year, first.month))
    rows = Deadline.objects.filter(due_on__range=(dates[0], dates[-1]))
    due: dict[date, list[Deadline]] = {}
    for deadline in with_urls(rows if whole_agency else rows.of(user), user.role):
        due.setdefault(deadline.due_on, []).append(deadline)
    state = Agency.objects.values_list("state_id", flat=True).get(pk=current_agency_id())
    free = list(Holiday.objects.filter(state=state, starts_on__lte=dates[-1], ends_on__gte=dates[0]))
    today = timezone.localdate()
    return Month(
        first,
        [
            Day(
                day,
                day.month == first.month,
                day == today,
                due.get(day, []),
                _names(free, day, Holiday.Kind.PUBLIC),
                _names(free, day, Holiday.Kind.SCHOOL),
            )
            for day in dates
        ],
        state is None or _knows_school(state, first.year),
    )


def _first_day(asked: str) -> date:
    """Return the first day of a month that was asked for; of the current one where it cannot be read."""
    try:
        first = date.fromisoformat(f"{asked[:7]}-01")
        return first if date(1901, 1, 1) <= first <= date(9000, 1, 1) else timezone.localdate().replace(day=1)
    except ValueError:
        return timezone.localdate().replace(day=1)


def _names(free: list[Holiday], day: date, kind: str) -> list[str]:
    return [each.name for each in free if each.kind == kind and each.starts_on <= day <= each.ends_on]


def _knows_school(state: str, year: int) -> bool:
    """Whether any school holidays of a year are known."""
    of_state = Holiday.objects.filter(state=state, kind=Holiday.Kind.SCHOOL)
    return of_state.filter(starts_on__year=year).exists()
