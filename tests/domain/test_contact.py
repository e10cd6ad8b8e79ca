"""Names, phones, e-mail and postal codes, as people type them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.contact import MOBILE, parse_email, parse_mobile, parse_phone, parse_postal_code, parse_text
from core.domain.errors import InvalidInput


def problem(parse: Callable[..., str], text: str) -> tuple[tuple[str, ...], str]:
    with pytest.raises(InvalidInput) as caught:
        parse(text, path=("contact", "field"))
    (found,) = caught.value.problems
    return found.path, found.code


@pytest.mark.parametrize(
    "text",
    [
        "47988887777",
        "(47) 98888-7777",
        "+55 47 98888-7777",
        "+5547988887777",
        "5547988887777",
        "047 98888.7777",
        "+55 (047) 98888-7777",
        " 47 9 8888 7777 ",
    ],
)
def test_a_mobile_is_kept_as_eleven_digits(text: str) -> None:
    assert parse_mobile(text, path=()) == parse_phone(text, path=()) == "47988887777"


@pytest.mark.parametrize("text", ["55988887777", "+5555988887777", "5555988887777", "(55) 98888-7777"])
def test_area_code_55_is_not_taken_for_the_country(text: str) -> None:
    assert parse_mobile(text, path=()) == "55988887777"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "988887777",
        "4788887777",
        "479888877777",
        "40988887777",
        "07988887777",
        "47888877779",
        "+1 47988887777",
        "+4747988887777",
        "47988887777\x00",
        "４７９８８８８７７７７",
        "47a98888777",
        "47/98888-7777",
    ],
)
def test_anything_else_is_no_mobile(text: str) -> None:
    assert problem(parse_mobile, text) == (("contact", "field"), "INVALID_MOBILE")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("(47) 3333-4444", "4733334444"),
        ("+55 47 3333 4444", "4733334444"),
        ("554733334444", "4733334444"),
        ("(55) 3333-4444", "5533334444"),
    ],
)
def test_a_phone_may_be_a_landline(text: str, digits: str) -> None:
    assert parse_phone(text, path=()) == digits


@pytest.mark.parametrize("text", ["33334444", "4763334444", "4713334444", "0800 123 4567", "190"])
def test_anything_else_is_no_phone(text: str) -> None:
    assert problem(parse_phone, text) == (("contact", "field"), "INVALID_PHONE")


@given(st.text("0123456789+-() .", max_size=20))
def test_what_is_kept_reads_as_itself(text: str) -> None:
    try:
        digits = parse_mobile(text, path=())
    except InvalidInput:
        return
    assert MOBILE.fullmatch(digits)
    assert parse_mobile(digits, path=()) == digits


@pytest.mark.parametrize("text", ["89010025", "89010-025", "89.010-025", " 89010 025 "])
def test_a_postal_code_is_kept_as_eight_digits(text: str) -> None:
    assert parse_postal_code(text, path=()) == "89010025"


@pytest.mark.parametrize("text", ["", "8901002", "890100255", "8901002A", "８９０１００２５", "89010/025"])
def test_anything_else_is_no_postal_code(text: str) -> None:
    assert problem(parse_postal_code, text) == (("contact", "field"), "INVALID_POSTAL_CODE")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("maria@example.com", "maria@example.com"),
        (" maria.souza+fatura@correio.example.com.br ", "maria.souza+fatura@correio.example.com.br"),
        ("joão@exemplo.com.br", "joão@exemplo.com.br"),
    ],
)
def test_plausible_addresses(text: str, address: str) -> None:
    assert parse_email(text, path=()) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "maria",
        "maria@",
        "@example.com",
        "maria@example",
        "maria@example.",
        "maria@.com",
        "maria@example..com",
        "ma ria@example.com",
        "maria@@example.com",
        "maria@exam\x00ple.com",
        "x" * 65 + "@example.com",
        "maria@" + "x" * 250 + ".com",
    ],
)
def test_implausible_addresses(text: str) -> None:
    assert problem(parse_email, text) == (("contact", "field"), "INVALID_EMAIL")


def test_text_is_stripped_and_composed() -> None:
    assert parse_text("  Jose\u0301 da Silva ", path=()) == "José da Silva"
    assert parse_text("Ç" * 120, path=()) == "Ç" * 120
    assert parse_text("Padaria Pão & Cia. Ltda / 2ª filial – “Sul”", path=()).startswith("Padaria")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "x" * 121,
        "a\nb",
        "a\tb",
        "a\x00b",
        "a\x7fb",
        "a\u202eb",
        "a\u200bb",
        "a\u2028b",
        "a\ud800b",
    ],
)
def test_text_is_one_printable_line(text: str) -> None:
    assert problem(parse_text, text) == (("contact", "field"), "INVALID_TEXT")


def test_how_long_a_text_may_be_is_said() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_text("abcd", path=("x",), longest=3)
    assert caught.value.problems[0].params == {"max": 3}
