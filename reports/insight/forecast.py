"""Where a figure will stand at the end of the programme if it goes on as in the last year.

The expectation is what is reached plus the mean of the last months times the months to come. The range is what
nine of ten such futures stay within if months differ as much as they did and do not depend on each other: 1.645
standard deviations of a sum of as many months (normal distribution). It is a reckoning from the past, not a promise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

LOOKED_BACK = 12
LEAST = 3
NINE_OF_TEN = Decimal("1.645")


@dataclass(frozen=True)
class Forecast:
    """What is expected at the end of a programme; amounts in the figure's own unit."""

    ends_on: date
    months: int
    looked_back: int
    a_month: Decimal
    reached: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal


def forecast(by_month: Mapping[date, Decimal], begins_on: date, ends_on: date, today: date) -> Forecast | None:
    """Return the expectation from amounts by month (first day of month → amount).

    None when the programme has ended, or when it has run for less than three full months.
    """
    this_month = today.replace(day=1)
    to_come = _months_between(this_month, ends_on)
    looked_back = min(LOOKED_BACK, _months_between(begins_on.replace(day=1), this_month))
    if to_come < 1 or looked_back < LEAST:
        return None
    amounts = [by_month.get(_months_later(this_month, -back), Decimal(0)) for back in range(1, looked_back + 1)]
    mean = sum(amounts, Decimal(0)) / looked_back
    spread = (sum(((amount - mean) ** 2 for amount in amounts), Decimal(0)) / (looked_back - 1)).sqrt()
    reached = sum((amount for month, amount in by_month.items() if month <= this_month), Decimal(0))
    expected, range_ = reached + mean * to_come, NINE_OF_TEN * spread * Decimal(to_come).sqrt()
    return Forecast(
        ends_on, to_come, looked_back, mean, reached, expected, max(reached, expected - range_), expected + range_
    )


def months_of(begins_on: date, ends_on: date) -> list[date]:
    """Return the first days of all months from one day's to another's."""
    first = begins_on.replace(day=1)
    return [_months_later(first, number) for number in range(_months_between(first, ends_on) + 1)]


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _months_later(month: date, number: int) -> date:
    years, index = divmod(month.month - 1 + number, 12)
    return date(month.year + years, index + 1, 1)
