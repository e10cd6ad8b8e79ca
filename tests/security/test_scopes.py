"""Every field of Query and Mutation is walked through: who lacks what it needs gets nothing and changes nothing."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from api.http.endpoint import GraphQLEndpoint
from api.operations import ready_made_operations
from api.permissions import ANYBODY, Permission, permission_of
from api.schema import MUTATIONS, QUERIES
from core.domain.access import Caller, Scope
from support.builders import make_caller
from support.desk import Desk, client_of, shared_schema
from support.mutation_inputs import graphql_name
from support.tour import furnish, variables_of
from support.world import World

STATED = {graphql_name(field.python_name): permission_of(field) for field in (*QUERIES, *MUTATIONS)}
OPERATIONS = {operation["name"]: operation for operation in ready_made_operations()}
WRITES = [name for name, operation in OPERATIONS.items() if re.search("^mutation", operation["query"], re.M)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation that would succeed, with what its fields state."""

    query: str
    variables: dict[str, Any]
    permissions: list[Permission]

    @property
    def every(self) -> set[Scope]:
        """The scopes that are all needed."""
        return {scope for permission in self.permissions for scope in permission.every}

    @property
    def one_of(self) -> set[Scope]:
        """The scopes of which one is needed."""
        return {scope for permission in self.permissions for scope in permission.one_of}


def _fields(name: str) -> list[str]:
    (operation, *_) = (
        part
        for part in parse(OPERATIONS[name]["query"]).definitions
        if isinstance(part, OperationDefinitionNode)
    )
    return [field.name.value for field in operation.selection_set.selections if isinstance(field, FieldNode)]


async def _asked(world: World, name: str) -> Asked:
    operation = OPERATIONS[name]
    variables = await variables_of(world, operation)
    if name not in WRITES:
        await furnish(world)
    permissions = [STATED[field] for field in _fields(name)]
    return Asked(
        query=operation["query"],
        variables=variables,
        permissions=[permission for permission in permissions if permission is not None],
    )


def _kept(world: World) -> tuple[dict[str, dict[Any, bytes]], int]:
    """Everything that is stored, and how often the bureau was called."""
    tables = world.storage.reading().tables
    return {name: dict(rows) for name, rows in tables.items()}, len(world.bureau.calls)


def _with(*scopes: Scope) -> Caller:
    return make_caller(scopes=frozenset(scopes))


def test_each_field_of_query_and_mutation_states_its_permission() -> None:
    core = shared_schema().core
    assert core.query_type is not None
    assert core.mutation_type is not None
    served = {*core.query_type.fields, *core.mutation_type.fields}
    assert [name for name, permission in STATED.items() if permission is None] == []
    assert served == set(STATED)


def test_no_field_is_left_out_of_the_walk() -> None:
    assert {field for name in OPERATIONS for field in _fields(name)} == set(STATED)


def test_only_what_shows_nothing_of_the_company_is_free() -> None:
    free = {name for name, permission in STATED.items() if permission == ANYBODY}
    assert free == {"viewer", "passwordCriteria", "passwordAdvice"}


@pytest.mark.parametrize("name", OPERATIONS)
async def test_without_a_token_nothing_is_answered_or_changed(desk: Desk, name: str) -> None:
    asked = await _asked(desk.world, name)
    before = _kept(desk.world)
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        async with client_of(GraphQLEndpoint(shared_schema(), desk.contexts)) as client:
            body = {"query": asked.query, "variables": asked.variables}
            response = await client.post("/graphql", json=body, headers=headers)
        assert response.status_code == 401
        (error,) = response.json()["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
        assert "data" not in response.json()
    assert _kept(desk.world) == before


@pytest.mark.parametrize("name", OPERATIONS)
async def test_without_a_scope_that_it_needs_nothing_is_answered_or_changed(desk: Desk, name: str) -> None:
    asked = await _asked(desk.world, name)
    before = _kept(desk.world)
    lacking = [{scope} for scope in asked.every] + ([asked.one_of] if asked.one_of else [])
    for missing in lacking:
        caller = _with(*(set(Scope) - missing))
        answer = await desk.ask(asked.query, asked.variables, caller=caller, language="en")
        told = answer.error()["extensions"]
        assert (told["code"], Scope(told["scope"]) in missing) == ("FORBIDDEN", True)
        assert answer.error()["message"] == f"The token lacks the scope {told['scope']}."
        assert answer.data is None or set(answer.data.values()) == {None}
        assert _kept(desk.world) == before


@pytest.mark.parametrize("name", OPERATIONS)
async def test_the_scopes_that_it_states_are_enough(desk: Desk, name: str) -> None:
    asked = await _asked(desk.world, name)
    for one in [{scope} for scope in sorted(asked.one_of)] or [set[Scope]()]:
        caller = _with(*asked.every, *one)
        answer = await desk.ask(asked.query, asked.variables, caller=caller)
        assert answer.data is not None
        for field, value in answer.data.items():
            assert value is not None, (field, answer.errors)
            if name in WRITES:
                assert value["__typename"].endswith("Success"), value


@pytest.mark.parametrize("name", WRITES)
async def test_the_inside_refuses_by_itself(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door is not the only check: use cases are called by the command line and by the routines as well."""
    monkeypatch.setattr(Permission, "check", lambda permission, caller: None)
    asked = await _asked(desk.world, name)
    before = _kept(desk.world)
    lacking = [{scope} for scope in asked.every] + ([asked.one_of] if asked.one_of else [])
    for missing in lacking:
        answer = await desk.ask(asked.query, asked.variables, caller=_with(*(set(Scope) - missing)))
        assert answer.code() == "FORBIDDEN"
        assert _kept(desk.world) == before
