"""Amounts as they are read, with their unit; nothing for an amount that is not known."""

from decimal import Decimal

from django import template

from agencies.models.programmes import Figure
from reports.figures import values

register = template.Library()


@register.filter
def euro(amount: Decimal | None) -> str:
    """Return whole euro: "24.000 €"."""
    return "" if amount is None else values.euro(amount)


@register.filter
def tonnes(kg: Decimal | None) -> str:
    """Return kg as tonnes: "4,93 t"."""
    return "" if kg is None else values.tonnes(kg)


@register.filter
def hours(amount: Decimal | None) -> str:
    """Return hours: "12,5 h"."""
    return "" if amount is None else values.in_words(Figure.VOLUNTEER_HOURS, amount)
