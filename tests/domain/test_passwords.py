"""The rules of the two passwords, by vectors."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.bureau import CredentialKind
from core.domain.credentials import CRITERIA, password_problems, password_weaknesses
from core.domain.secret import Secret

WEB, PEFIN = CredentialKind.CONSULTATION, CredentialKind.PEFIN


def broken(kind: CredentialKind, password: str, confirmation: str | None = None) -> set[str]:
    again = Secret(password if confirmation is None else confirmation)
    return {problem.code for problem in password_problems(kind, Secret(password), again)}


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("123456", {"NO_SEQUENCE"}),
        ("654321", {"NO_SEQUENCE"}),
        ("112345", {"NO_SEQUENCE"}),
        ("901234", {"NO_SEQUENCE"}),
        ("135321", {"NO_SEQUENCE"}),
        ("246789", {"NO_SEQUENCE"}),
        ("12345", {"LENGTH_6", "NO_SEQUENCE"}),
        ("1234567", {"LENGTH_6", "NO_SEQUENCE"}),
        ("13579", {"LENGTH_6"}),
        ("1357902", {"LENGTH_6"}),
        ("12a456", {"DIGITS_ONLY", "NO_SEQUENCE"}),
        ("13a579", {"DIGITS_ONLY"}),
        ("１３５７９０", {"DIGITS_ONLY"}),
        ("135 79", {"DIGITS_ONLY"}),
        ("", {"LENGTH_6"}),
    ],
)
def test_pefin_passwords_that_are_refused(password: str, codes: set[str]) -> None:
    assert broken(PEFIN, password) == codes


@pytest.mark.parametrize("password", ["135790", "102938", "581642", "890246", "111111", "121212", "246802"])
def test_pefin_passwords_that_are_taken(password: str) -> None:
    assert broken(PEFIN, password) == set()


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_no_three_digits_follow_each_other_up_or_down(password: str) -> None:
    steps = [int(after) - int(before) for before, after in pairwise(password)]
    runs = any(pair in ((1, 1), (-1, -1)) for pair in pairwise(steps))
    assert (broken(PEFIN, password) == {"NO_SEQUENCE"}) is runs


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Ab1@xyz", {"LENGTH_8"}),
        ("Ab1@xyzWW", {"LENGTH_8"}),
        ("ab1@xyzw", {"UPPERCASE_REQUIRED"}),
        ("AB1@XYZW", {"LOWERCASE_REQUIRED"}),
        ("Abc@xyzW", {"DIGIT_REQUIRED"}),
        ("Ab1xyzWq", {"SPECIAL_REQUIRED"}),
        ("Ab1$xyzW", {"SPECIAL_REQUIRED", "ALLOWED_CHARACTERS"}),
        ("Ab1@xy W", {"ALLOWED_CHARACTERS"}),
        ("Áb1@xyzW", {"ALLOWED_CHARACTERS"}),
        ("Ab1@xyz\n", {"ALLOWED_CHARACTERS"}),
        ("Ab１@xyzW", {"DIGIT_REQUIRED", "ALLOWED_CHARACTERS"}),
        (
            "",
            {
                "LENGTH_8",
                "LOWERCASE_REQUIRED",
                "UPPERCASE_REQUIRED",
                "DIGIT_REQUIRED",
                "SPECIAL_REQUIRED",
            },
        ),
    ],
)
def test_consultation_passwords_that_are_refused(password: str, codes: set[str]) -> None:
    assert broken(WEB, password) == codes


@pytest.mark.parametrize("password", ["Ab1@xyzW", "aB#23456", "!!!!aA00"])
def test_consultation_passwords_that_are_taken(password: str) -> None:
    assert broken(WEB, password) == set()


@pytest.mark.parametrize(("kind", "password"), [(WEB, "Ab1@xyzW"), (PEFIN, "135790")])
def test_the_confirmation_must_be_the_same(kind: CredentialKind, password: str) -> None:
    (problem,) = password_problems(kind, Secret(password), Secret(password + " "))
    assert (problem.path, problem.code) == (("confirmation",), "CONFIRMATION_DIFFERS")


def test_everything_is_said_at_once_and_where() -> None:
    problems = password_problems(PEFIN, Secret("12a"), Secret("12"))
    assert {(problem.path, problem.code) for problem in problems} == {
        (("newPassword",), "LENGTH_6"),
        (("newPassword",), "DIGITS_ONLY"),
        (("confirmation",), "CONFIRMATION_DIFFERS"),
    }


@pytest.mark.parametrize("kind", CredentialKind)
def test_the_criteria_of_the_form_are_those_that_are_checked(kind: CredentialKind) -> None:
    tried = ["", "Á", "12345", "ABCDEFGHI"]
    found = set().union(*(broken(kind, password) for password in tried))
    assert found | {"NEVER_USED"} == set(CRITERIA[kind])


@pytest.mark.parametrize(
    ("password", "known", "warnings"),
    [
        ("111111", [], ("REPEATED_DIGITS",)),
        ("121212", [], ("REPEATED_DIGITS",)),
        ("135790", [], ()),
        ("135790", ["99135790000112"], ("PERSONAL_DATA",)),
        ("135790", ["1357", "", "135-790"], ()),
        ("Ab1@xyzW", ["login-ab1@XYZw"], ("PERSONAL_DATA",)),
        ("111111", ["00111111000100"], ("REPEATED_DIGITS", "PERSONAL_DATA")),
    ],
)
def test_advice_refuses_nothing(password: str, known: list[str], warnings: tuple[str, ...]) -> None:
    assert password_weaknesses(Secret(password), known) == warnings
