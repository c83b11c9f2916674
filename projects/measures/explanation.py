"""How a saving was calculated, in plain words: from its own frozen row, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects.measures.calculation import number_shown
from projects.measures.library import INPUTS, KINDS
from projects.measures.units import shown
from projects.models import PublicSaving, Saving
from projects.models.measure import UsedFactor

_SIGNS = {"*": "×", "-": "−", "/": "÷"}
# What a reader may conclude from a figure of this quality; a convention of the portal, not a statistic of the kind.
SPREAD = {
    Saving.Quality.MEASURED: Decimal(5),
    Saving.Quality.CALCULATED: Decimal(20),
    Saving.Quality.ESTIMATED: Decimal(50),
}


@dataclass(frozen=True)
class Term:
    """A number in the explanation of a saving: what it is, the number with its unit, and where it comes from."""

    label: str
    number: str
    where: str


@dataclass(frozen=True)
class CitedFactor:
    """An emission factor in the explanation, with its value as the reader writes it."""

    factor: UsedFactor
    value: str


@dataclass(frozen=True)
class Explanation:
    """A saving in words: its terms, its factors, the formula with words and with numbers, and how sure it is."""

    terms: list[Term]
    factors: list[CitedFactor]
    words: str
    numbers: str
    result: str
    spread: str
    uncertainty: str


def explain(saving: Saving | PublicSaving) -> Explanation:
    """Put a frozen saving into words, in the reader's language and from its own row alone."""
    kind = KINDS.get(saving.kind)
    asked = INPUTS | ({each.name: each for each in kind.inputs} if kind else {})
    numbers = {name: text.split(" ", 1) for name, text in saving.inputs.items() if " " in text}
    put_in = {
        name: f"{number_shown(Decimal(number))} {shown(unit)}".strip() for name, (number, unit) in numbers.items()
    }
    known = [asked[name] for name in sorted(numbers, key=saving.formula.find) if name in asked]
    terms = [Term(capfirst(str(it.label)), put_in[it.name], str(it.where)) for it in known]
    factors = [CitedFactor(it, number_shown(Decimal(it.value))) for it in saving.used_factors]
    words = {it.name: str(it.label) for it in known}
    words |= {it.factor.name: _("emission factor of %(what)s") % {"what": it.factor} for it in factors}
    put_in |= {it.factor.name: f"{it.value} {it.factor.unit}" for it in factors}
    return Explanation(
        terms,
        factors,
        capfirst(_put_in(saving.formula, words)),
        _put_in(saving.formula, put_in),
        number_shown(saving.kg_per_year),
        number_shown(SPREAD[Saving.Quality(saving.quality)]),
        str(kind.uncertainty) if kind else "",
    )


def _put_in(formula: str, values: Mapping[str, str]) -> str:
    """Return the formula with its names replaced and with the signs of arithmetic as people read them."""
    signed = re.sub(r" ([*/-]) ", lambda sign: f" {_SIGNS[sign[1]]} ", formula)
    return re.sub(r"[a-z_][a-z_0-9]*", lambda name: values.get(name[0], name[0]), signed)
