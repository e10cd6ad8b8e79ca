"""Money: centavos, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InvalidInput
from core.domain.money import MAX_CENTAVOS, ZERO, Money, money_from_decimal


@pytest.mark.parametrize(
    ("reais", "centavos"),
    [
        ("0.01", 1),
        ("129.9", 12_990),
        ("129.90", 12_990),
        ("129.900000", 12_990),
        ("1E+3", 100_000),
        ("999999999.99", MAX_CENTAVOS),
    ],
)
def test_reais_become_centavos(reais: str, centavos: int) -> None:
    assert money_from_decimal(Decimal(reais)) == Money(centavos)


@pytest.mark.parametrize(
    "reais",
    [
        "0",
        "-0",
        "-1",
        "0.001",
        "10.009",
        "1000000000",
        "999999999.991",
        "0.010000000000000000000000000000000000001",
        "1E+1000000",
        "1E-1000000",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
    ],
)
def test_no_other_amount_is_taken(reais: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        money_from_decimal(Decimal(reais), path=("invoice", "amount"))
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == (("invoice", "amount"), "INVALID_AMOUNT")


@given(st.integers(1, MAX_CENTAVOS))
def test_an_amount_survives_the_way_there_and_back(centavos: int) -> None:
    money = Money(centavos)
    assert money_from_decimal(money.amount) == money
    assert money.amount * 100 == centavos


@given(st.decimals(min_value="0.001", max_value="999999999.99", places=3))
def test_nothing_is_ever_rounded(reais: Decimal) -> None:
    try:
        assert money_from_decimal(reais).amount == reais
    except InvalidInput:
        assert reais * 100 != int(reais * 100)


def test_sums_and_comparisons() -> None:
    assert sum([Money(10), Money(20)], ZERO) == Money(30)
    assert Money(10) < Money(11)
    assert max(Money(5), Money(7)) == Money(7)
