"""Formats, and texts made fit to be shown."""

from datetime import UTC, date, datetime

import pytest

from adapters.reports import formats
from adapters.reports.text import pieces, visible
from core.domain.money import Money


@pytest.mark.parametrize(
    ("centavos", "shown"),
    [
        (0, "R$ 0,00"),
        (5, "R$ 0,05"),
        (123_456, "R$ 1.234,56"),
        (99_999_999_999, "R$ 999.999.999,99"),
    ],
)
def test_amounts(centavos: int, shown: str) -> None:
    assert formats.money(Money(centavos)) == shown


def test_numbers_and_days() -> None:
    assert formats.number(1_234_567) == "1.234.567"
    assert formats.day(date(2026, 3, 4)) == "04/03/2026"


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2026, 11, 21, 17, 3, 59, tzinfo=UTC), "21/11/2026 às 14:03"),
        (datetime(2026, 11, 22, 2, 59, tzinfo=UTC), "21/11/2026 às 23:59"),
        # summer time, which Brazil had until 2019
        (datetime(2018, 12, 1, 12, 0, tzinfo=UTC), "01/12/2018 às 10:00"),
    ],
)
def test_instants_go_by_the_clocks_of_sao_paulo(instant: datetime, shown: str) -> None:
    assert formats.instant(instant) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  João \t da\nSilva\x00 ", "João da Silva"),
        ("abc\u202edef\u2066", "abcdef"),
        ("a\ud800b", "a b"),
        ("a\u2028b\x85c\xa0d", "a b c d"),
        ("Zoë–Łukasz 漢字 😀", "Zoë–Łukasz 漢字 😀"),
    ],
)
def test_what_shows_nothing_or_turns_the_writing_is_left_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_only_long_words_are_cut() -> None:
    assert pieces("") == [""]
    assert pieces("Financiamento e telecomunicações") == ["Financiamento e telecomunicações"]
    long = "x" * 30
    assert pieces(f"a {long} b") == ["a " + "x" * 12, "x" * 12, "x" * 6 + " b"]
    assert "".join(pieces(f"{long}  {long}")) == f"{long}  {long}"
