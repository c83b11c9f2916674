"""From the numbers somebody enters to a saving in kg CO2e a year, with the factor and the formula behind it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.measures.kinds import INPUTS, KINDS, Input
from projects.models import EmissionFactor, Saving

GRAM = Decimal("0.001")
Number = Decimal | int | str


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
    """A calculated saving: kg CO2e and kWh a year, the factor and formula used, and the numbers as understood."""

    kg_per_year: Decimal
    kwh: Decimal
    factor: EmissionFactor
    formula: str
    inputs: dict[str, Decimal]

    def stored_inputs(self) -> dict[str, str]:
        """Return the numbers as they are stored, without a reader's separators."""
        return {name: format(number, "f") for name, number in self.inputs.items()}


@dataclass(frozen=True)
class Term:
    """A number in the explanation of a saving: what it is, the number, its unit, and where it comes from."""

    label: str
    number: str
    unit: str
    where: str


@dataclass(frozen=True)
class Explanation:
    """A saving in words: its terms, its factor (name and value), and the formula with words and with numbers."""

    terms: list[Term]
    factor: str
    factor_value: str
    words: str
    numbers: str
    result: str


def calculate(
    kind: str,
    inputs: Mapping[str, Number],
    on: date | None = None,
    *,
    factor_of: Callable[[str, date], EmissionFactor] | None = None,
) -> Result:
    """Calculate what a measure of `kind` saves a year.

    `inputs` are the numbers as typed (`"1.234,56"`) or as Decimal; `on` is the day whose emission factor is wanted
    (today if None). Whoever calculates many savings passes a `factor_of` that remembers what `factor_for` has found.
    Raises InputsWrong naming each wrong input, NothingToCalculate for a kind without a formula, and
    NoFactor.
    """
    if kind not in KINDS:
        raise NothingToCalculate(_("For this kind of measure no saving is calculated."))
    way = KINDS[kind]
    numbers = _checked(way.inputs, inputs)
    kwh = way.kwh(numbers)
    if kwh < 0:
        raise InputsWrong({way.inputs[-1].name: _more_than_before(kwh)})
    factor = (factor_of or factor_for)(way.factor_key, on or timezone.localdate())
    return Result((kwh * factor.value).quantize(GRAM), kwh, factor, way.formula, numbers)


def factor_for(key: str, on: date) -> EmissionFactor:
    """Return the confirmed factor that holds on a day, else the newest confirmed one before it, else the oldest.

    Raises NoFactor if none is confirmed.
    """
    confirmed = EmissionFactor.objects.filter(key=key, is_confirmed=True)
    holds = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    factor = (
        confirmed.filter(holds).first()
        or confirmed.filter(valid_from__lte=on).order_by("-valid_from").first()
        or confirmed.order_by("valid_from").first()
    )
    if factor is None:
        raise NoFactor(_("There is no confirmed emission factor “%(key)s”. Please ask your agency.") % {"key": key})
    return factor


def read_number(number: Number) -> Decimal:
    """Return a number as people type it: `1.234,56`, `1234,5 kWh`, `12.300`; in English `1,234.56`.

    A lone separator counts as the reader's language has it: "12.300" is twelve thousand in German. Raises NotANumber.
    """
    if not isinstance(number, str):
        return Decimal(number)
    text = re.sub(r"[\s'’]", "", number).lower().removesuffix("kwh")
    point, group = (".", ",") if get_language() == "en" else (",", ".")
    if text.rfind(group) > text.rfind(point) and not re.fullmatch(rf"-?[0-9]{{1,3}}(\{group}[0-9]{{3}})+", text):
        point, group = group, point
    try:
        if not re.fullmatch(rf"-?([0-9]+|[0-9]{{1,3}}(\{group}[0-9]{{3}})+)(\{point}[0-9]+)?", text):
            raise InvalidOperation
        return Decimal(text.replace(group, "").replace(point, "."))
    except InvalidOperation:
        example = number_format(Decimal("1234.56"), force_grouping=True)
        raise NotANumber(
            _("“%(text)s” is not a number. Please write it like this: %(example)s")
            % {"text": number, "example": example}
        ) from None


def stored_numbers(inputs: Mapping[str, str]) -> dict[str, Decimal]:
    """Return the numbers of a stored measure or saving."""
    return {name: Decimal(number) for name, number in inputs.items()}


def explain(saving: Saving) -> Explanation:
    """Put a frozen saving into words, in the reader's language and from its own row alone."""
    numbers = {name: _shown(number) for name, number in stored_numbers(saving.inputs).items()}
    kind = KINDS.get(saving.measure.kind)
    asked = INPUTS | ({it.name: it for it in kind.inputs} if kind else {})
    known = {name: asked[name] for name in sorted(numbers, key=saving.formula.find) if name in asked}
    terms = [Term(capfirst(str(it.label)), numbers[name], it.unit, str(it.where)) for name, it in known.items()]
    words = {name: str(it.label) for name, it in known.items()} | {"factor": _("emission factor")}
    put_in = numbers | {name: f"{numbers[name]} {it.unit}" for name, it in known.items()}
    value = _shown(saving.factor_value)
    put_in["factor"] = f"{value} kg/kWh"
    factor = saving.factor.name_en if get_language() == "en" else saving.factor.name
    sentence, sum_ = capfirst(_put_in(saving.formula, words)), _put_in(saving.formula, put_in)
    return Explanation(terms, factor, value, sentence, sum_, _shown(saving.kg_per_year))


def ask_for(wanted: Input) -> str:
    """Ask for a missing number, with its unit and where to find it."""
    return _("Please enter the %(what)s in %(unit)s. %(where)s") % {
        "what": wanted.label,
        "unit": wanted.unit,
        "where": wanted.where,
    }


def _checked(wanted: tuple[Input, ...], inputs: Mapping[str, Number]) -> dict[str, Decimal]:
    """Return the numbers wanted. Raises InputsWrong with a message for each one missing, unreadable or implausible."""
    numbers, wrong = {}, {}
    for each in wanted:
        given = inputs.get(each.name, "")
        try:
            numbers[each.name] = read_number(given)
        except NotANumber as problem:
            wrong[each.name] = ask_for(each) if given == "" else problem.messages
        else:
            if not each.low <= numbers[each.name] <= each.high:
                wrong[each.name] = _out_of_range(each)
    if wrong:
        raise InputsWrong(wrong)
    return numbers


def _out_of_range(wanted: Input) -> str:
    return _("Please enter a number between %(low)s and %(high)s %(unit)s. %(where)s") % {
        "low": _shown(wanted.low),
        "high": _shown(wanted.high),
        "unit": wanted.unit,
        "where": wanted.where,
    }


def _more_than_before(kwh: Decimal) -> str:
    return _(
        "That would be %(kwh)s kWh a year more than before, not a saving. Are the two numbers swapped? They must cover "
        "the same building or the same lamps and a whole year each."
    ) % {"kwh": _shown(-kwh)}


def _shown(number: Decimal) -> str:
    """Return a number as the reader writes it, without trailing zeros."""
    return number_format(number.normalize() if number % 1 else number.quantize(Decimal(1)), force_grouping=True)


def _put_in(formula: str, values: Mapping[str, str]) -> str:
    """Return the formula with its names replaced."""
    return re.sub(r"[a-z_]+", lambda name: values.get(name[0], name[0]), formula)
