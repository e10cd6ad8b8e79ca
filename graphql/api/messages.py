"""Messages for people: a code and its figures become a sentence in the reader's language."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from api.texts.conflicts import CONFLICTS
from api.texts.errors import ERRORS
from api.texts.languages import Language
from api.texts.passwords import PASSWORDS
from api.texts.plans import PLAN_NOTICES
from api.texts.problems import PROBLEMS
from api.texts.protocol import PROTOCOL
from api.texts.records import KINDS
from core.domain.errors import Problem

Value = str | int | date
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Table = Mapping[str, tuple[str, str]]

ERROR_TEXTS: Table = {**ERRORS, **PROTOCOL}
PROBLEM_TEXTS: Table = {**PROBLEMS, **PASSWORDS}


def error_message(code: str, language: Language, **values: Value) -> str:
    """What an error says as a whole."""
    return _say(ERROR_TEXTS, code, language, values)


def conflict_message(reason: str, language: Language, values: Mapping[str, str | int]) -> str:
    """Why a change came too late or does not fit."""
    return _say(CONFLICTS, reason, language, values)


def problem_message(problem: Problem, language: Language) -> str:
    """Which rule is broken, and what would be accepted."""
    values: dict[str, Value] = dict(problem.params)
    if "centavos" in values:
        values["money"] = format_money(int(problem.params["centavos"]), language)
    return _say(PROBLEM_TEXTS, problem.code, language, values)


def password_message(code: str, language: Language) -> str:
    """A criterion of a password, or advice about it."""
    return _say(PASSWORDS, code, language, {})


def plan_notice(ends_on: date | None, language: Language) -> str:
    """What to tell whoever chooses a plan that is to be discontinued, or was."""
    if ends_on is None:
        return _say(PLAN_NOTICES, "ENDS_SOON", language, {})
    return _say(PLAN_NOTICES, "ENDS_ON", language, {"ends_on": ends_on})


def kind_name(kind: str, language: Language) -> str:
    """A kind of record, as it is called."""
    return _say(KINDS, kind, language, {})


def format_money(centavos: int, language: Language) -> str:
    """An amount as it is written in that language: R$ 1.234,56 or R$ 1,234.56."""
    written = f"{Decimal(centavos) / 100:,.2f}"
    if language is Language.PT_BR:
        written = written.translate(str.maketrans(",.", ".,"))
    return f"R$ {written}"


def format_date(day: date, language: Language) -> str:
    """A day as it is written in that language: 31/01/2026 or 2026-01-31."""
    return day.strftime("%d/%m/%Y") if language is Language.PT_BR else day.isoformat()


def _say(table: Table, code: str, language: Language, values: Mapping[str, Value]) -> str:
    portuguese, english = table.get(code, (code, code))
    written = {name: _written(value, language) for name, value in values.items()}
    sentence = (portuguese if language is Language.PT_BR else english).format_map(written)
    return sentence[:1].upper() + sentence[1:]


def _written(value: Value, language: Language) -> Value:
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = date.fromisoformat(value)
    return format_date(value, language) if isinstance(value, date) else value
