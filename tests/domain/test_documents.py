"""CPF and CNPJ. python-stdnum is the oracle, but for CPFs of one repeated digit, which nobody has and it accepts."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.br import cnpj, cpf

from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.errors import InvalidInput

OFFICIAL_ALPHANUMERIC = "12.ABC.345/01DE-35"
"""The example of the Receita Federal."""

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_valid(number: str) -> bool:
    try:
        parse_document(number)
    except InvalidInput:
        return False
    return True


def refusal(text: str, kind: DocumentKind | None = None) -> tuple[tuple[str, ...], str]:
    with pytest.raises(InvalidInput) as caught:
        parse_document(text, path=("subject", "number"), kind=kind)
    (problem,) = caught.value.problems
    return problem.path, problem.code


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("123.456.789-09", DocumentKind.CPF, "12345678909"),
        ("12345678909", DocumentKind.CPF, "12345678909"),
        (" 123 456 789 09 ", DocumentKind.CPF, "12345678909"),
        ("00000000191", DocumentKind.CPF, "00000000191"),
        ("11.222.333/0001-81", DocumentKind.CNPJ, "11222333000181"),
        ("00.000.000/0001-91", DocumentKind.CNPJ, "00000000000191"),
        (OFFICIAL_ALPHANUMERIC, DocumentKind.CNPJ, "12ABC34501DE35"),
        ("12abc34501de35", DocumentKind.CNPJ, "12ABC34501DE35"),
    ],
)
def test_with_or_without_punctuation_in_either_case(text: str, kind: DocumentKind, number: str) -> None:
    assert parse_document(text) == Document(kind, number)
    assert parse_document(text, kind=kind).number == number


@pytest.mark.parametrize("digit", DIGITS)
def test_repeated_digits_are_no_cpf(digit: str) -> None:
    assert cpf.is_valid("11111111111"), "the oracle takes them, so this rule is our own"
    assert refusal(digit * 11)[1] == "INVALID_DOCUMENT"


def test_fourteen_zeros_are_no_cnpj() -> None:
    assert refusal("0" * 14)[1] == "INVALID_DOCUMENT"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123",
        "12345678908",
        "123456789090",
        "11222333000180",
        "12ABC34501DE36",
        "12ABC34501DEA5",
        "１２３４５６７８９０９",
        "123_456_789_09",
        "ÁBC12345000100",
    ],
)
def test_anything_else_is_refused_at_its_path(text: str) -> None:
    assert refusal(text) == (("subject", "number"), "INVALID_DOCUMENT")


def test_the_wrong_kind_is_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_document("12345678909", kind=DocumentKind.CNPJ)
    assert caught.value.problems[0].code == "WRONG_DOCUMENT_KIND"
    assert caught.value.problems[0].params == {"expected": "CNPJ"}
    assert refusal(OFFICIAL_ALPHANUMERIC, DocumentKind.CPF)[1] == "WRONG_DOCUMENT_KIND"


def test_as_printed_and_as_masked() -> None:
    person = parse_document("12345678909")
    assert (person.formatted, person.masked) == ("123.456.789-09", "***.456.789-**")
    company = parse_document("12ABC34501DE35")
    assert (company.formatted, company.masked) == (OFFICIAL_ALPHANUMERIC, "**.ABC.345/****-**")


def test_which_ones_numeric_layouts_cannot_take() -> None:
    assert parse_document(OFFICIAL_ALPHANUMERIC).is_alphanumeric
    assert not parse_document("11222333000181").is_alphanumeric
    assert not parse_document("12345678909").is_alphanumeric


@given(
    base=st.text(DIGITS, min_size=9, max_size=9).filter(lambda base: int(base) > 0),
    guess=st.text(DIGITS, min_size=2, max_size=2),
)
def test_cpfs_agree_with_the_oracle(base: str, guess: str) -> None:
    (right,) = [number for n in range(100) if cpf.is_valid(number := f"{base}{n:02}")]
    if len(set(right)) > 1:
        document = parse_document(right)
        assert document == Document(DocumentKind.CPF, right)
        assert document.formatted == cpf.format(right)
        assert parse_document(document.formatted) == document
    guessed = base + guess
    assert is_valid(guessed) == (cpf.is_valid(guessed) and len(set(guessed)) > 1)


@given(
    base=st.text(DIGITS + LETTERS, min_size=12, max_size=12),
    guess=st.text(DIGITS + LETTERS, min_size=2, max_size=2),
)
@example(base="12ABC34501DE", guess="35")
def test_cnpjs_agree_with_the_oracle(base: str, guess: str) -> None:
    right = base + cnpj.calc_check_digits(base)
    if right != "0" * 14:
        document = parse_document(right)
        assert document == Document(DocumentKind.CNPJ, right)
        assert document.formatted == cnpj.format(right)
        assert parse_document(document.formatted) == document
    assert is_valid(base + guess) == cnpj.is_valid(base + guess)


@given(st.text(max_size=20))
def test_any_text_is_a_document_or_is_refused(text: str) -> None:
    assert is_valid(text) or refusal(text)[1] == "INVALID_DOCUMENT"
