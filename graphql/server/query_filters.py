"""A list's filter as query parameters: the fields of its GraphQL input, by the same names.

`?branchId=…&performedFrom=2026-01-01`; a field that takes several values is repeated, or lists them with commas.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import EnumMeta
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from starlette.datastructures import QueryParams
from strawberry.utils.str_converters import to_camel_case

from api.texts.languages import Language
from core.domain.errors import InvalidInput, Problem, Problems

MOST_CHARACTERS = 2000
"""Of one value; identifiers, documents and lists of states are far shorter."""

FilterT = TypeVar("FilterT")
Read = Callable[[str], object]

TEXTS = {
    "UNKNOWN_PARAMETER": (
        "Este parâmetro não existe. São aceitos: {known}.",
        "There is no such parameter. Known are: {known}.",
    ),
    "REPEATED_PARAMETER": ("Informe o parâmetro uma só vez.", "Give the parameter only once."),
    "NOT_ONE_OF": ("Informe um destes valores: {known}.", "Give one of these values: {known}."),
    "NOT_A_DATE": ("Informe uma data como 2026-01-31.", "Give a date such as 2026-01-31."),
    "NOT_A_TRUTH_VALUE": ("Informe true ou false.", "Give true or false."),
    "TOO_LONG": (
        "O valor é longo demais: são aceitos até {max} caracteres.",
        "The value is too long: at most {max} characters are accepted.",
    ),
}
"""What each problem says: Portuguese, English."""


def problem_text(problem: Problem, language: Language) -> str | None:
    """What a problem of this module says; None for problems that the API itself finds."""
    if problem.code not in TEXTS:
        return None
    portuguese, english = TEXTS[problem.code]
    return (portuguese if language is Language.PT_BR else english).format_map(problem.params)


def read_filter(kind: type[FilterT], parameters: QueryParams) -> FilterT:
    """The filter input that the parameters spell. Raises InvalidInput with every problem, each at its parameter."""
    known = {to_camel_case(name): (name, parameter) for name, parameter in _parameters(kind).items()}
    problems, values = Problems(), {}
    for given in sorted(set(parameters)):
        if given not in known:
            problems.add((given,), "UNKNOWN_PARAMETER", known=", ".join(known))
            continue
        name, parameter = known[given]
        try:
            values[name] = parameter.read(given, parameters.getlist(given))
        except InvalidInput as error:
            problems.extend(error)
    if problems:
        raise problems.error()
    return kind(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parameter:
    """How one parameter is read."""

    read_one: Read
    many: bool
    known: tuple[str, ...] = ()
    problem: str = ""

    def read(self, name: str, texts: list[str]) -> object:
        if self.many:
            texts = [part for text in texts for part in text.split(",")]
        elif len(texts) > 1:
            raise _invalid(name, "REPEATED_PARAMETER")
        if any(len(text) > MOST_CHARACTERS for text in texts):
            raise _invalid(name, "TOO_LONG", max=MOST_CHARACTERS)
        try:
            values = [self.read_one(text.strip()) for text in texts]
        except (KeyError, ValueError):
            raise _invalid(name, self.problem, known=", ".join(self.known)) from None
        return values if self.many else values[0]


def _parameters(kind: type[Any]) -> Mapping[str, _Parameter]:
    hints = get_type_hints(kind)
    return {field.name: _parameter(hints[field.name]) for field in fields(kind)}


def _parameter(hint: Any) -> _Parameter:
    if get_origin(hint) in (Union, UnionType):
        (hint,) = [part for part in get_args(hint) if part is not NoneType]
    many = get_origin(hint) is list
    element = get_args(hint)[0] if many else hint
    if isinstance(element, EnumMeta):
        members: dict[str, object] = dict(element.__members__)
        return _Parameter(read_one=members.__getitem__, many=many, known=tuple(members), problem="NOT_ONE_OF")
    if element is date:
        return _Parameter(read_one=_day, many=many, problem="NOT_A_DATE")
    if element is bool:
        return _Parameter(read_one=_truth, many=many, problem="NOT_A_TRUTH_VALUE")
    return _Parameter(read_one=str, many=many)


def _day(text: str) -> date:
    if len(text) != len("2026-01-31"):
        raise ValueError
    return date.fromisoformat(text)


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _invalid(name: str, code: str, **params: str | int) -> InvalidInput:
    return InvalidInput(problems=(Problem((name,), code, params),))
