"""Savings are calculated by hand here, with the source of each factor beside the result."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import translation

from projects.measures.calculation import InputsWrong, NoFactor, NothingToCalculate, calculate, factor_for, read_number
from projects.measures.factors import FACTORS, FactorChanged, load_factors
from projects.measures.kinds import KINDS
from projects.models import EmissionFactor

pytestmark = pytest.mark.django_db

INVENTORY = "Nationaler Inventarbericht"


@pytest.fixture(autouse=True)
def factors() -> None:
    load_factors()


BY_HAND = [
    # Strommix 2019: 401 g/kWh, preliminary value of the Umweltbundesamt. (18,500 − 6,200) × 0.401 = 4,932.3
    ("led_street_lighting", {"kwh_before": "18.500", "kwh_after": "6.200"}, "4932.300", 2019, "Umweltbundesamt"),
    # The same factor. (61,000 − 47,000) × 0.401 = 5,614
    ("power_saving", {"kwh_before": "61000", "kwh_after": "47000"}, "5614.000", 2019, "Umweltbundesamt"),
    # The same factor. 21,000.5 × 0.401 = 8,421.2005
    ("pv_own_use", {"kwh_used": "21.000,5"}, "8421.200", 2019, "Umweltbundesamt"),
    # UBA 2023, National Inventory Report, table 481: natural gas 55.8 t/TJ × 3.6 = 0.20088. 42,000 × 0.20088 = 8,436.96
    ("heat_saving_gas", {"kwh_before": "160.000", "kwh_after": "118.000"}, "8436.960", 2021, INVENTORY),
    # The same table: light fuel oil 74.0 t/TJ × 3.6 = 0.2664. 35,000 × 0.2664 = 9,324
    ("heat_saving_oil", {"kwh_before": "74.000", "kwh_after": "39.000"}, "9324.000", 2021, INVENTORY),
]


@pytest.mark.parametrize(("kind", "inputs", "kg", "year", "source"), BY_HAND)
def test_each_kind_gives_what_the_hand_calculation_gives(
    kind: str, inputs: dict, kg: str, year: int, source: str
) -> None:
    result = calculate(kind, inputs)
    assert str(result.kg_per_year) == kg
    assert (result.factor.year, source in result.factor.source) == (year, True)
    assert result.formula == KINDS[kind].formula


def test_every_kind_that_claims_tonnes_is_calculated_by_hand_above() -> None:
    assert {row[0] for row in BY_HAND} == set(KINDS)


def test_factors_of_combustion_are_the_published_tonnes_per_terajoule() -> None:
    for key, per_terajoule in [("natural-gas", "55.8"), ("heating-oil", "74.0"), ("petrol", "73.3")]:
        assert factor_for(key, date(2025, 1, 1)).value == Decimal(per_terajoule) * Decimal("0.0036")


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("de", "1.234,56", "1234.56"),
        ("de", "12.300", "12300"),
        ("de", "12,5", "12.5"),
        ("de", "12.5", "12.5"),
        ("de", " 18 500 kWh ", "18500"),
        ("de", "1.234.567", "1234567"),
        ("de", "1,234.56", "1234.56"),
        ("en", "1,234.56", "1234.56"),
        ("en", "12,300", "12300"),
        ("en", "12.300", "12.3"),
    ],
)
def test_numbers_are_read_as_the_reader_writes_them(language: str, typed: str, meant: str) -> None:
    with translation.override(language):
        assert read_number(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["", "viel", "1,2,3", "1.2.3", "1.23.456,7", "12-", "1e5", "NaN", "٣"])
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"1\.234,56"):
        read_number(typed)


def test_each_wrong_number_is_named_with_unit_and_where_to_find_it() -> None:
    with pytest.raises(InputsWrong) as problem:
        calculate("led_street_lighting", {"kwh_before": "900.000.000", "kwh_after": ""})
    said = problem.value.message_dict
    assert said["kwh_before"] == [
        "Bitte geben Sie eine Zahl zwischen 1 und 50.000.000 kWh ein. "
        "Steht auf der letzten Jahresrechnung vor der Maßnahme."
    ]
    assert "kWh" in said["kwh_after"][0]
    assert "Jahresrechnung" in said["kwh_after"][0]


def test_more_consumption_than_before_is_no_saving() -> None:
    with pytest.raises(InputsWrong, match=r"12\.300 kWh im Jahr mehr als vorher"):
        calculate("power_saving", {"kwh_before": "6.200", "kwh_after": "18.500"})


def test_raising_awareness_claims_no_tonnes() -> None:
    with pytest.raises(NothingToCalculate):
        calculate("awareness", {})


def test_the_factor_is_the_one_of_the_day_or_the_newest_confirmed_before_it() -> None:
    assert factor_for("electricity-mix", date(2018, 7, 1)).value == Decimal("0.468")
    assert factor_for("electricity-mix", date(2019, 12, 31)).value == Decimal("0.401")
    # 2024 is published too, but not confirmed at the source yet
    assert factor_for("electricity-mix", date(2024, 7, 1)).value == Decimal("0.401")
    EmissionFactor.objects.filter(key="electricity-mix", year=2024).update(is_confirmed=True)
    assert factor_for("electricity-mix", date(2024, 7, 1)).value == Decimal("0.363")


def test_a_factor_that_is_not_confirmed_is_never_used() -> None:
    assert EmissionFactor.objects.filter(key="district-heat").exists()
    with pytest.raises(NoFactor, match="district-heat"):
        factor_for("district-heat", date(2025, 1, 1))


def test_a_stored_factor_ends_where_a_newer_one_begins() -> None:
    EmissionFactor.objects.filter(key="electricity-mix").exclude(year=2019).delete()
    EmissionFactor.objects.filter(key="electricity-mix").update(valid_to=None)
    assert load_factors() == 4
    assert EmissionFactor.objects.get(key="electricity-mix", year=2019).valid_to == date(2020, 1, 1)


def test_loading_the_factors_again_adds_nothing_and_a_changed_value_is_refused() -> None:
    assert EmissionFactor.objects.count() == len(FACTORS)
    call_command("load_factors", verbosity=0)
    assert EmissionFactor.objects.count() == len(FACTORS)
    EmissionFactor.objects.filter(key="natural-gas").update(value=Decimal("0.2"))
    with pytest.raises(FactorChanged, match="natural-gas 2021"):
        load_factors()
