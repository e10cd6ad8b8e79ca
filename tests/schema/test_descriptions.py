"""Everything in the schema says what it means, in English with the Portuguese term, and what it costs to call."""

import re
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from core.domain.access import Scope
from support.desk import shared_schema

Part = GraphQLNamedType | GraphQLField | GraphQLInputField | GraphQLArgument | GraphQLEnumValue

PORTUGUESE = re.compile(r"\([^()]*\w[^()]*\)|\"[^\"]+\"")
DEPRECATION = re.compile(r"^.+\. Use `\w+(\.\w+)?`( instead)?\. Removal on \d{4}-\d{2}-\d{2}\.$")


def _parts() -> Iterator[tuple[str, Part]]:
    for name, named in shared_schema().core.type_map.items():
        if is_introspection_type(named) or is_specified_scalar_type(named):
            continue
        yield name, named
        if isinstance(named, GraphQLEnumType):
            yield from ((f"{name}.{value}", found) for value, found in named.values.items())
        if isinstance(named, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", found) for field, found in named.fields.items())
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in named.fields.items():
                yield f"{name}.{field_name}", field
                yield from ((f"{name}.{field_name}({arg}:)", found) for arg, found in field.args.items())


PARTS = dict(_parts())


def _roots(name: str) -> dict[str, GraphQLField]:
    root = shared_schema().core.type_map[name]
    assert isinstance(root, GraphQLObjectType)
    return dict(root.fields)


def test_the_schema_is_not_empty() -> None:
    assert len(PARTS) > 1000


def test_everything_is_described() -> None:
    assert [name for name, part in PARTS.items() if not (part.description or "").strip()] == []


def test_descriptions_are_sentences() -> None:
    assert [name for name, part in PARTS.items() if not (part.description or "").rstrip().endswith(".")] == []


def test_types_fields_and_arguments_name_the_portuguese_term() -> None:
    free = {"OrderDirection", "Query", "Mutation"}
    missing = [
        name
        for name, part in PARTS.items()
        if not isinstance(part, GraphQLEnumValue)
        and name not in free
        and not PORTUGUESE.search(part.description or "")
    ]
    assert missing == []


@pytest.mark.parametrize("name", _roots("Query"))
def test_a_query_says_which_scope_it_needs(name: str) -> None:
    description = _roots("Query")[name].description or ""
    scopes = "|".join(scope.value for scope in Scope)
    assert re.search(rf"Needs (no scope|({scopes}))", description), description


@pytest.mark.parametrize("name", _roots("Mutation"))
def test_a_mutation_says_which_scope_it_needs_what_is_billed_and_what_goes_to_the_provider(name: str) -> None:
    description = _roots("Mutation")[name].description or ""
    scopes = "|".join(scope.value for scope in Scope)
    assert re.search(rf"Needs ({scopes})", description), description
    assert re.search(
        r"billed|bill an inclusion|never calls the bureau|Nothing goes to the bureau", description, re.I
    )
    assert re.search(r"bureau|provider", description)


def test_a_mutation_takes_one_input_and_answers_with_a_union() -> None:
    for name, field in _roots("Mutation").items():
        title = name[0].upper() + name[1:]
        assert {arg: str(found.type) for arg, found in field.args.items()} == {"input": f"{title}Input!"}
        assert str(field.type) == f"{title}Result!"


def test_whatever_is_billed_or_binding_takes_an_idempotency_key() -> None:
    for name in (
        "ConsultCredit",
        "NegativateDebtor",
        "NegativateDebtors",
        "ClearNegativation",
        "ResendNegativation",
        "ResendNegativations",
        "RotateCredentials",
    ):
        assert f"{name}Input.idempotencyKey" in PARTS


def test_a_deprecation_says_why_what_instead_and_until_when() -> None:
    reasons = [
        getattr(part, "deprecation_reason", None)
        for part in PARTS.values()
        if getattr(part, "deprecation_reason", None)
    ]
    assert [reason for reason in reasons if not DEPRECATION.match(str(reason))] == []


@pytest.mark.parametrize(
    ("reason", "good"),
    [
        ("It speaks of one branch only. Use `branches` instead. Removal on 2027-01-31.", True),
        ("Misspelt. Use `Invoice.dueOn`. Removal on 2027-01-31.", True),
        ("No longer supported", False),
        ("Misspelt. Removal on 2027-01-31.", False),
        ("Misspelt. Use `Invoice.dueOn`.", False),
    ],
)
def test_what_counts_as_a_deprecation_sentence(reason: str, good: bool) -> None:
    assert bool(DEPRECATION.match(reason)) is good


def test_no_output_field_can_hold_a_password() -> None:
    outputs = [name for name in PARTS if re.search("password$", name, re.I) and not re.search("Input", name)]
    assert outputs == []
