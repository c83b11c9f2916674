"""Newer editions of emission factors: what they would change, and the deliberate step to take them over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from django.db import transaction

from agencies.models import User
from agencies.permissions import require
from projects.measures.calculation import FactorOf, InputsWrong, NoFactor, Result, calculate, factor_for
from projects.measures.library import KINDS
from projects.measures.services import freeze, replace
from projects.models import Saving


@dataclass(frozen=True)
class Change:
    """What a saving would become with the factors published now; `difference` in kg CO2e a year."""

    saving: Saving
    result: Result

    @property
    def difference(self) -> Decimal:
        """How much more (or, below zero, less) the saving would be, in kg CO2e a year."""
        return self.result.kg_per_year - self.saving.kg_per_year


def what_would_change(savings: Iterable[Saving] | None = None) -> list[Change]:
    """Return the current savings that would differ with the factors and formulas of now, the largest change first.

    Each is looked at for the day for which it was calculated. Two queries, and a few for each emission factor and day.
    """
    if savings is None:
        savings = Saving.objects.filter(replaced_at__isnull=True).select_related("measure__project__commune")
    find = cache(factor_for)
    changes = (_change(saving, find) for saving in savings)
    found = [change for change in changes if change is not None]
    return sorted(found, key=lambda change: -abs(change.difference))


@transaction.atomic
def take_over(savings: Iterable[int], *, by: User) -> list[Change]:
    """Calculate savings (primary keys) anew with the factors of now; the old calculations stay. Raises NotAllowed."""
    require(by, "saving", "recalculate")
    rows = Saving.objects.select_for_update(of=["self"]).select_related("measure__project__commune")
    changes = what_would_change(rows.filter(pk__in=list(savings), replaced_at__isnull=True))
    for change in changes:
        replace(change.saving)
        freeze(change.saving.measure, change.result, change.saving.quality, by)
    return changes


def _change(saving: Saving, find: FactorOf) -> Change | None:
    """Return what would become of a saving, or None where nothing would."""
    kind, day = KINDS.get(saving.kind), saving.calculated_for
    if kind is None or not _is_outdated(saving, kind.version, day, find):
        return None
    numbers = {name: Decimal(text.split(" ", 1)[0]) if " " in text else text for name, text in saving.inputs.items()}
    try:
        result = calculate(saving.kind, numbers, day, factor_of=find)
    except (InputsWrong, NoFactor):
        return None
    return Change(saving, result)


def _is_outdated(saving: Saving, version: int, day: date, find: FactorOf) -> bool:
    if saving.formula_version != version:
        return True
    for used in saving.used_factors:
        try:
            now = find(used.key, day)
        except NoFactor:
            continue
        if Decimal(used.value) != now.value or used.unit != now.unit:
            return True
    return False
