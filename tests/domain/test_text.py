"""Folded text: accents and case make no difference, everything else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.text import folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("São José", "sao jose"),
        ("SÃO JOSÉ", "sao jose"),
        ("Sa\u0303o Jose\u0301", "sao jose"),
        ("Straße", "strasse"),
        ("Nº 1", "no 1"),
        ("a\x00b", "ab"),
        ("100%_x", "100%_x"),
    ],
)
def test_names_are_compared_without_accents_and_case(text: str, expected: str) -> None:
    assert folded(text) == expected


@given(st.text(), st.text())
def test_a_part_of_a_name_is_found_in_either_case(before: str, part: str) -> None:
    assert folded("José") in folded(f"{before} jose {part}")
    assert folded("ção") in folded(f"{before}CAO{part}")
