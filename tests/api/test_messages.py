"""Every code has its words in both languages, and no words are left without a code."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.errors.base import ErrorCode
from api.messages import (
    PROBLEM_TEXTS,
    error_message,
    format_date,
    format_money,
    kind_name,
    password_message,
    problem_message,
)
from api.protocol_error import ProtocolCode
from api.texts.conflicts import CONFLICTS
from api.texts.errors import ERRORS
from api.texts.languages import Language, negotiate_language
from api.texts.passwords import PASSWORDS
from api.texts.plans import PLAN_NOTICES
from api.texts.problems import PROBLEMS
from api.texts.protocol import PROTOCOL
from api.texts.records import KINDS
from core.domain.access import UnauthenticatedReason
from core.domain.credentials import ADVICE, CRITERIA
from core.domain.errors import Problem
from core.domain.subjects import NegativationHold
from support.builders import TODAY

ROOT = Path(__file__).parents[2]
TABLES = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "conflicts": CONFLICTS,
    "passwords": PASSWORDS,
    "protocol": PROTOCOL,
    "kinds": KINDS,
    "plans": PLAN_NOTICES,
}
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|MINOR")


def _sources(*folders: str) -> Iterator[ast.AST]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _texts_in(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def _problem_codes() -> set[str]:
    """Second arguments of `Problem(path, code)` and `problems.add(path, code)`, and codes in the tables of checks."""
    codes = set()
    for node in _sources("core", "graphql/api"):
        if isinstance(node, ast.Call) and _name_of(node) in ("Problem", "add") and len(node.args) > 1:
            codes |= {text for text in _texts_in(node.args[1]) if CODE.fullmatch(text)}
    return codes


def _conflict_reasons() -> set[str]:
    reasons = set()
    for node in _sources("core", "adapters", "ports"):
        if isinstance(node, ast.Call) and _name_of(node) == "Conflict":
            reasons |= {
                text
                for keyword in node.keywords
                if keyword.arg == "reason"
                for text in _texts_in(keyword.value)
            }
    return reasons


def test_each_problem_that_the_core_finds_has_its_words() -> None:
    holds = {f"HOLD_{hold.value}" for hold in NegativationHold}
    found = _problem_codes() | holds
    assert found - set(PROBLEM_TEXTS) == set()


def test_no_words_are_kept_for_problems_that_nobody_finds() -> None:
    sources = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("core", "graphql/api")
        for file in (ROOT / folder).rglob("*.py")
        if "texts" not in file.parts
    )
    unused = [code for code in PROBLEMS if f'"{code}"' not in sources and not code.startswith("HOLD_")]
    assert unused == []
    assert {code for code in PROBLEMS if code.startswith("HOLD_")} == {
        f"HOLD_{hold.value}" for hold in NegativationHold
    }


def test_each_reason_of_a_conflict_has_its_words_and_no_other() -> None:
    assert _conflict_reasons() == set(CONFLICTS)


def test_each_error_code_has_its_words() -> None:
    assert {code.value for code in ErrorCode} - set(ERRORS) == set()
    assert {f"UNAUTHENTICATED_{reason.value}" for reason in UnauthenticatedReason} - set(ERRORS) == set()


def test_each_text_of_the_api_is_used() -> None:
    sources = "\n".join(
        file.read_text(encoding="utf-8")
        for file in (ROOT / "graphql").rglob("*.py")
        if "texts" not in file.parts
    )
    by_code = {code.value for code in (*ErrorCode, *ProtocolCode)}
    unused = [
        code
        for code in (*ERRORS, *PROTOCOL)
        if f'"{code}"' not in sources and not code.startswith("UNAUTHENTICATED_") and code not in by_code
    ]
    assert unused == []


def test_each_criterion_of_a_password_has_its_words() -> None:
    warnings = {
        "CONFIRMATION_DIFFERS",
        "REPEATED_DIGITS",
        "PERSONAL_DATA",
        "USED_ELSEWHERE",
        "UNVERIFIED",
        "REPLACED",
    }
    criteria = {code for codes in CRITERIA.values() for code in codes}
    assert criteria | set(ADVICE) | warnings == set(PASSWORDS)


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_speak_of_the_same_figures(table: str) -> None:
    def figures(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    different = [code for code, (pt, en) in TABLES[table].items() if figures(pt) != figures(en)]
    assert different == []


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_said_in_the_wrong_language(table: str) -> None:
    same = {"prospect", "lead", "{reason}"}
    for code, (portuguese, english) in TABLES[table].items():
        assert portuguese.strip(), code
        assert english.strip(), code
        assert portuguese != english or english in same, code
        assert not re.search(r"[ãõçáéíóúâêô]", english), f"{code} is not English"


def test_the_source_text_of_a_second_integration_is_kept_to_the_letter() -> None:
    assert error_message("BRANCH_ALREADY_INTEGRATED", Language.PT_BR, branch=7) == (
        "Não foi possível prosseguir. A filial ID 7 já possui uma integração vinculada."
    )


def test_figures_are_written_in_the_reader_s_language() -> None:
    problem = Problem(("invoice", "amount"), "BELOW_MINIMUM_AMOUNT", {"centavos": 123_450})
    assert "R$ 1.234,50" in problem_message(problem, Language.PT_BR)
    assert "R$ 1,234.50" in problem_message(problem, Language.EN)
    assert format_money(5, Language.PT_BR) == "R$ 0,05"
    assert format_date(TODAY, Language.PT_BR) == "16/03/2026"
    assert format_date(TODAY, Language.EN) == "2026-03-16"


def test_a_code_without_words_speaks_for_itself() -> None:
    assert problem_message(Problem(("x",), "NEVER_SEEN"), Language.EN) == "NEVER_SEEN"


def test_kinds_and_criteria_are_named() -> None:
    assert kind_name("Customer", Language.PT_BR) == "O cliente"
    assert password_message("LENGTH_6", Language.EN) == "The password must have exactly 6 digits."


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.PT_BR),
        ("", Language.PT_BR),
        ("en", Language.EN),
        ("EN-us", Language.EN),
        ("pt", Language.PT_BR),
        ("pt-PT", Language.PT_BR),
        ("fr", Language.PT_BR),
        ("fr, en;q=0.1", Language.EN),
        ("en;q=0.5, pt;q=0.8", Language.PT_BR),
        ("en;q=0.9, pt;q=0.8", Language.EN),
        ("pt, en", Language.PT_BR),
        ("en, pt", Language.EN),
        ("en;q=0", Language.PT_BR),
        ("*", Language.PT_BR),
        ("en;q=nonsense", Language.PT_BR),
        (";;;,,,q=", Language.PT_BR),
    ],
)
def test_the_language_is_the_one_that_the_client_prefers(header: str | None, language: Language) -> None:
    assert negotiate_language(header) is language
