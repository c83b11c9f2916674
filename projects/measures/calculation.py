"""From the numbers somebody enters to a saving in kg CO2e a year, with the factors and the formula behind it."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pint.facets.plain import PlainQuantity
from simpleeval import SimpleEval

from projects.measures.kinds import Input, Kind, Quality
from projects.measures.library import KINDS
from projects.measures.units import KG_A_YEAR, NotThatUnit, convert, quantity, shown
from projects.models import EmissionFactor

GRAM = Decimal("0.001")
Number = Decimal | int | str
FactorOf = Callable[[str, date], EmissionFactor]
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class InputsWrong(ValidationError):
    """The numbers do not give a saving; says by name of the input what is wrong and where the number is found."""


class NotANumber(ValidationError):
    """What was typed cannot be read as a number."""


class NothingToCalculate(ValidationError):
    """The kind of measure claims no tonnes."""


class NoFactor(ValidationError):
    """No confirmed emission factor is stored for the kind of measure."""


@dataclass(frozen=True)
class Result:
    """A calculated saving in kg CO2e a year: its kind, the factors by their names in the formula and the day they hold
    for, the numbers as understood, and what was chosen from a list.
    """

    kg_per_year: Decimal
    kind: str
    way: Kind
    factors: dict[str, EmissionFactor]
    inputs: dict[str, Decimal]
    chosen: dict[str, str]
    on: date

    def stored_inputs(self) -> dict[str, str]:
        """Return the numbers as a measure keeps them, without a reader's separators."""
        return {name: format(number, "f") for name, number in self.inputs.items()} | self.chosen

    def frozen_inputs(self) -> dict[str, str]:
        """Return the numbers as a saving freezes them, each with its unit."""
        units = {each.name: each.unit for each in self.way.inputs}
        return {name: f"{number:f} {units[name]}" for name, number in self.inputs.items()} | self.chosen

    def frozen_factors(self) -> list[dict[str, str | int | bool]]:
        """Return the factors as a saving freezes them."""
        return [
            {
                "name": name,
                "key": factor.key,
                "label": factor.name,
                "label_en": factor.name_en,
                "value": format(factor.value, "f"),
                "unit": factor.unit,
                "year": factor.year,
                "edition": factor.edition,
                "with_upstream": factor.with_upstream,
                "scope": factor.scope,
                "source": factor.source,
                "page": factor.page,
                "licence": factor.licence,
                "is_confirmed": factor.is_confirmed,
            }
            for name, factor in self.factors.items()
        ]


def calculate(
    kind: str, inputs: Mapping[str, Number], on: date | None = None, *, factor_of: FactorOf | None = None
) -> Result:
    """Calculate what a measure of `kind` saves a year.

    `inputs` are the numbers as typed (`"1.234,56"`, `"12,5 MWh"`) or as Decimal in the unit of the kind; `on` is the
    day whose emission factors are wanted (today if None). Whoever calculates many savings passes a `factor_of` that
    remembers what `factor_for` has found. Raises InputsWrong naming each wrong input, NothingToCalculate for a kind
    without a formula, and NoFactor.
    """
    if kind not in KINDS:
        raise NothingToCalculate(_("For this kind of measure no saving is calculated."))
    way = KINDS[kind]
    numbers, chosen = _checked(way, inputs)
    day, find = on or timezone.localdate(), factor_of or factor_for
    factors = {name: find(key, day) for name, key in {**way.factors, **chosen}.items()}
    kg = evaluate(
        way.formula,
        {each.name: quantity(numbers[each.name], each.unit) for each in way.inputs}
        | {name: quantity(factor.value, factor.unit) for name, factor in factors.items()},
    )
    if kg < 0:
        raise InputsWrong({way.inputs[-1].name: _no_saving(kg)})
    return Result(kg.quantize(GRAM), kind, way, factors, numbers, chosen, day)


def evaluate(formula: str, values: Mapping[str, PlainQuantity[Decimal]]) -> Decimal:
    """Return what a formula gives, in kg a year. Only sums and products are understood, and only of these values.

    Raises pint.DimensionalityError where the units do not give kg a year.
    """
    result = SimpleEval(names=dict(values), operators=_OPERATORS, functions={}).eval(formula)
    return Decimal(result.to(KG_A_YEAR).magnitude)


def factor_for(key: str, on: date) -> EmissionFactor:
    """Return the confirmed factor that holds on a day, else the newest confirmed one before it, else the oldest.

    Where several editions give a value, the latest counts. Raises NoFactor if none is confirmed.
    """
    confirmed = EmissionFactor.objects.filter(key=key, is_confirmed=True)
    holds = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    factor = (
        confirmed.filter(holds).order_by("-published_on").first()
        or confirmed.filter(valid_from__lte=on).order_by("-valid_from", "-published_on").first()
        or confirmed.order_by("valid_from", "-published_on").first()
    )
    if factor is None:
        raise NoFactor(_("There is no confirmed emission factor “%(key)s”. Please ask your agency.") % {"key": key})
    return factor


def best_quality(kind: str, claimed: str) -> Quality:
    """Return how sure a figure may be called: as claimed, but never surer than its kind allows."""
    order = list(Quality)
    return max(KINDS[kind].best, Quality(claimed), key=order.index)


def read_number(number: Number, unit: str = "") -> Decimal:
    """Return a number as people type it: `1.234,56`, `12.300`, `12,5 MWh`; in English `1,234.56`.

    A lone separator counts as the reader's language has it: "12.300" is twelve thousand in German. A unit behind the
    number is turned into `unit`. Raises NotANumber.
    """
    if not isinstance(number, str):
        return Decimal(number)
    text = re.sub(r"[\s'’]", "", number)
    digits, behind = re.fullmatch(r"([^A-Za-z%]*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    try:
        return _in_unit(_decimal(digits), behind, unit)
    except (InvalidOperation, NotThatUnit):
        example = number_format(Decimal("1234.56"), force_grouping=True)
        raise NotANumber(
            _("“%(text)s” is not a number. Please write it like this: %(example)s")
            % {"text": number, "example": f"{example} {shown(unit)}".strip()}
        ) from None


def stored_numbers(inputs: Mapping[str, str]) -> dict[str, Decimal]:
    """Return the numbers of a stored measure, without what was chosen from a list."""
    return {name: Decimal(number) for name, number in inputs.items() if re.fullmatch(r"-?[0-9.]+", number)}


def ask_for(wanted: Input) -> str:
    """Ask for a missing number, with its unit and where to find it."""
    if not shown(wanted.unit):
        return _("Please enter the %(what)s. %(where)s") % {"what": wanted.label, "where": wanted.where}
    return _("Please enter the %(what)s in %(unit)s. %(where)s") % {
        "what": wanted.label,
        "unit": shown(wanted.unit),
        "where": wanted.where,
    }


def number_shown(number: Decimal) -> str:
    """Return a number as the reader writes it, without trailing zeros."""
    return number_format(number.normalize() if number % 1 else number.quantize(Decimal(1)), force_grouping=True)


def _decimal(text: str) -> Decimal:
    """Return the number a reader has typed. Raises InvalidOperation."""
    point, group = (".", ",") if get_language() == "en" else (",", ".")
    if text.rfind(group) > text.rfind(point) and not re.fullmatch(rf"-?[0-9]{{1,3}}(\{group}[0-9]{{3}})+", text):
        point, group = group, point
    if not re.fullmatch(rf"-?([0-9]+|[0-9]{{1,3}}(\{group}[0-9]{{3}})+)(\{point}[0-9]+)?", text):
        raise InvalidOperation
    return Decimal(text.replace(group, "").replace(point, "."))


def _in_unit(number: Decimal, given: str, wanted: str) -> Decimal:
    """Return a number typed with a unit in the unit wanted; "a year" goes without saying. Raises NotThatUnit."""
    if not given or given.lower() == shown(wanted).replace(" ", "").lower():
        return number
    spelled = {"kwh": "kWh", "mwh": "MWh", "gwh": "GWh", "wh": "Wh"}.get(given.lower(), given)
    try:
        return convert(number, f"{spelled}/a", wanted)
    except NotThatUnit:
        return convert(number, spelled, wanted)


def _checked(way: Kind, inputs: Mapping[str, Number]) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Return the numbers wanted, and what was chosen.

    Raises InputsWrong with a message for each one missing, unreadable or implausible.
    """
    numbers, chosen, wrong = {}, {}, {}
    for each in way.inputs:
        given = inputs.get(each.name, "")
        try:
            numbers[each.name] = read_number(given, each.unit)
        except NotANumber as problem:
            wrong[each.name] = ask_for(each) if given == "" else problem.messages
        else:
            if not each.low <= numbers[each.name] <= each.high:
                wrong[each.name] = _out_of_range(each)
    if way.choice:
        chosen[way.choice.name] = str(inputs.get(way.choice.name, ""))
        if chosen[way.choice.name] not in way.choice.factors:
            wrong[way.choice.name] = _("Please choose one of these.")
    if wrong:
        raise InputsWrong(wrong)
    return numbers, chosen


def _out_of_range(wanted: Input) -> str:
    return _("Please enter a number between %(low)s and %(high)s. %(where)s") % {
        "low": number_shown(wanted.low),
        "high": f"{number_shown(wanted.high)} {shown(wanted.unit)}".strip(),
        "where": wanted.where,
    }


def _no_saving(kg: Decimal) -> str:
    return _(
        "That would be %(kg)s kg CO2e a year more than before, not a saving. Are two numbers swapped? They must cover "
        "the same building, lamps or vehicles and a whole year each."
    ) % {"kg": number_shown(-kg.quantize(Decimal(1)))}
