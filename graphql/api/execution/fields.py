"""What a field of a plan may be: of which columns it is made and how.

A template is a piece of Python in which `{0}` stands for the value of the first column, and so on; the functions in it are
those of `execution.functions`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias
from uuid import UUID

from api.context import Context
from api.paging import ListKind
from core.domain.access import Scope
from core.domain.paging import Order
from ports.rows import ListName


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A field without fields. enum: whose names the column's values become."""

    columns: tuple[str, ...] = ()
    template: str = "{0}"
    enum: type[Enum] | None = None
    nullable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """An object made of columns of the same record; null where `absent` is."""

    type: str
    fields: "Mapping[str, Field]"
    absent: str | None = None


HOLDER = "^document"
"""The record's own column, from inside a JSON value of it."""

IDENTITY = "/identity"
"""The report's own identity, from wherever inside of the report: a key of the outermost object that the JSON value holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An object (`each`: a list of objects) inside a JSON value; its columns are the object's keys. json: the column
    holds text that must be parsed first.
    """

    column: str
    type: str
    fields: "Mapping[str, Field]"
    each: bool = False
    json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A record that this one refers to, by the word under which the reader of rows knows the reference.

    branch: the column of that record which says where it lies; outside the caller's branches it is null, or where it never
    is (`required`) the plan gives up.
    """

    reference: str
    shape: "Callable[[], Shape]"
    branch: str = "branch_id"
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A list inside the record. scopes: what it needs besides; a caller without them gets an error, which no plan can tell."""

    kind: ListKind[Any, Any, Any]
    of: ListName
    type: str
    shape: "Callable[[], Shape]"
    matching: Callable[[Context, UUID], Any]
    order: Order[Any]
    scopes: tuple[Scope, ...] = ()


Field: TypeAlias = Value | Inside | Parsed | One | Many


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A type whose records are rows of a list. branch: the column that tells in which branch a record lies."""

    type: str
    of: ListName
    fields: Mapping[str, Field]
    branch: str = "branch_id"


def text(column: str) -> Value:
    """A text, or what needs nothing done to it."""
    return Value(columns=(column,))


def day(column: str) -> Value:
    """A day."""
    return Value(columns=(column,))


def instant(column: str, *, nullable: bool = False) -> Value:
    """An instant."""
    return Value(columns=(column,), template="instant({0})", nullable=nullable)


def truth(column: str) -> Value:
    """Yes or no."""
    return Value(columns=(column,), template="truth({0})")


def personal(mask: str, column: str, holder: str = "document") -> Value:
    """What may tell of a person, hidden by that mask. holder: whose document tells whether it does."""
    return Value(
        columns=(column, holder),
        template=f"({{0}} if whole or {{0}} is None else personal_{mask}({{0}}, {{1}}))",
    )


def told(column: str) -> Value:
    """Words of the bureau about whom a consultation was made for. The names are those of the bureau; what our own record calls its
    subject no row tells.
    """
    return _mentioning(column, "document", "subject_id")


def told_in_report(column: str) -> Value:
    """The same, from inside the report."""
    return _mentioning(column, HOLDER, "^subject_id", IDENTITY)


def _mentioning(column: str, holder: str, subject: str, *identity: str) -> Value:
    names = ", *names_in({3})" if identity else ""
    masked = f"(mentioning({{0}}, {{1}}{names}) if {{2}} is None else lost())"
    return Value(
        columns=(column, holder, subject, *identity),
        template=f"({{0}} if whole or {{0}} is None else {masked})",
    )


def told_of_debtor(column: str) -> Value:
    """Words of the bureau about the debtor of a registration, from inside a JSON value of it."""
    return Value(
        columns=(column, "^debtor"),
        template="({0} if whole else (lambda debtor: mentioning({0}, debtor['document'], debtor['name']))(parsed({1})))",
    )


def one_of(enum: type[Enum], column: str, *, nullable: bool = False) -> Value:
    """A member of an enum, told by its name."""
    return Value(columns=(column,), enum=enum, nullable=nullable)


def global_id(type_name: str, *, repeated: bool = False) -> Value:
    """The record's global id. repeated: the same few records stand in most rows."""
    function = "repeated_id" if repeated else "global_id"
    return Value(columns=("id",), template=f"{function}({type_name!r}, {{0}})")


def money(column: str, *, nullable: bool = False) -> Inside:
    """An amount in reais."""
    return Inside(
        type="Money",
        fields={
            "amount": Value(columns=(column,), template="money({0})"),
            "currency": Value(template="'BRL'"),
        },
        absent=column if nullable else None,
    )


def document(column: str, *, nullable: bool = False) -> Inside:
    """A CPF or CNPJ, masked for those who may not see it whole."""
    return Inside(
        type="Document",
        fields={
            "kind": Value(columns=(column,), template="kind_of({0})"),
            "number": Value(columns=(column,), template="({0} if whole else masked({0}))"),
            "formatted": Value(columns=(column,), template="(formatted({0}) if whole else masked({0}))"),
            "masked": Value(template="(not whole)"),
        },
        absent=column if nullable else None,
    )
