"""A token of one branch: what lies in another does not exist for it, by whatever way it asks."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
)

from api.ids import split_id
from api.operations import ready_made_operations
from core.domain.access import Caller
from support.builders import make_caller
from support.desk import Desk, global_id, shared_schema
from support.tour import furnish, variables_of
from support.world import World

OPERATIONS = {operation["name"]: operation for operation in ready_made_operations()}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")

SHARED = {"CollectionRun"}
"""What belongs to the company and not to a branch: every token sees that a run was made."""


async def _stranger(world: World) -> Caller:
    """Someone who may do everything, in another branch of the same company."""
    other = await world.add_branch(name="Outra filial", external_id="outra")
    return make_caller(id="stranger", name="Estranha", branch_ids=frozenset({other.id}))


def _rows(world: World) -> dict[tuple[str, Any], bytes]:
    tables = world.storage.reading().tables
    return {(table, key): row for table, rows in tables.items() for key, row in rows.items()}


def _strings(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for inside in value.values():
                yield from _strings(inside)
        case list():
            for inside in value:
                yield from _strings(inside)
        case str():
            yield value


def _marks(world: World) -> set[str]:
    """What is only said of the branch's own records."""
    customer, branch, integration = world.customer, world.branch, world.integration
    documents = [customer.document, branch.document]
    return {
        branch.name,
        customer.name,
        integration.login,
        *(form for document in documents for form in (document.number, document.formatted, document.masked)),
    }


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_on_another_branch_shows_and_changes_nothing(desk: Desk, name: str) -> None:
    world = desk.world
    variables = await variables_of(world, OPERATIONS[name])
    if re.search("^query", OPERATIONS[name]["query"], re.MULTILINE):
        await furnish(world)
    stranger = await _stranger(world)
    before, calls = _rows(world), len(world.bureau.calls)
    known = set(_strings(variables))

    answer = await desk.ask(OPERATIONS[name]["query"], variables, caller=stranger)

    after = _rows(world)
    assert {key: after.get(key) for key in before} == before
    assert len(world.bureau.calls) == calls
    hidden = {found for row in before.values() for found in _UUID.findall(row.decode("utf-8", "replace"))}
    hidden -= {str(branch) for branch in stranger.branch_ids or ()}
    told = [text for text in _strings([answer.data, answer.errors]) if text not in known]
    leaks = [
        text
        for text in told
        if (found := split_id(text)) and found[0] not in SHARED and str(found[1]) in hidden
    ]
    assert leaks == []
    written = json.dumps([answer.data, answer.errors], ensure_ascii=False)
    given = json.dumps(variables, ensure_ascii=False)
    assert [mark for mark in _marks(world) if mark in written and mark not in given] == []


def test_ids_are_recognised_in_what_is_stored() -> None:
    assert _UUID.findall('{"id": "00000000-0000-4000-8000-000000000001"}') == [
        "00000000-0000-4000-8000-000000000001"
    ]


def _lists() -> dict[str, GraphQLField]:
    query = shared_schema().core.query_type
    assert query is not None
    return {name: field for name, field in query.fields.items() if "filter" in field.args}


def _conditions() -> Iterator[tuple[str, str]]:
    for name, field in _lists().items():
        matching = get_named_type(field.args["filter"].type)
        assert isinstance(matching, GraphQLInputObjectType)
        yield from ((name, condition) for condition in matching.fields)


async def _value(desk: Desk, name: str, condition: str) -> Any:
    """A value of the condition that speaks of the other branch's records."""
    world = desk.world
    matching = get_named_type(_lists()[name].args["filter"].type)
    assert isinstance(matching, GraphQLInputObjectType)
    kind = get_named_type(matching.fields[condition].type)
    many = "[" in str(matching.fields[condition].type)
    if isinstance(kind, GraphQLEnumType):
        return list(kind.values) if many else next(iter(kind.values))
    assert isinstance(kind, GraphQLScalarType)
    match kind.name, condition:
        case "Boolean", _:
            return True
        case "Date", _:
            return world.clock.now().date().isoformat()
        case "ID", "recordId":
            return global_id(world.customer)
        case "ID", "monitorId":
            return await _id_of(desk, "Monitor")
        case "ID", _:
            return global_id(getattr(world, condition.removesuffix("Id")))
        case "String", "document":
            return world.customer.document.number
        case "String", "search":
            return world.customer.name
        case "String", "externalId":
            return "matriz"
        case "String", "actorId":
            return world.caller.id
    raise LookupError(f"what is a value of {name}({condition})? Say so here")


@pytest.mark.parametrize(("name", "condition"), list(_conditions()))
async def test_no_condition_of_a_filter_widens_what_is_seen(desk: Desk, name: str, condition: str) -> None:
    await furnish(desk.world)
    stranger = await _stranger(desk.world)
    kind = get_named_type(_lists()[name].args["filter"].type).name
    query = f"query ($filter: {kind}) {{ {name}(filter: $filter) {{ totalCount nodes {{ __typename }} }} }}"
    variables = {"filter": {condition: await _value(desk, name, condition)}}
    answer = await desk.ask(query, variables, caller=stranger)
    if name == "collectionRuns":
        assert answer.errors == []
        return
    own = 1 if name == "branches" and condition not in ("search", "externalId") else 0
    assert answer.one() == {"totalCount": own, "nodes": [{"__typename": "Branch"}] * own}


@pytest.mark.parametrize("name", [name for name in _lists() if name not in ("branches", "collectionRuns")])
async def test_a_list_is_empty_for_another_branch_and_has_entries_for_this_one(desk: Desk, name: str) -> None:
    await furnish(desk.world)
    stranger = await _stranger(desk.world)
    query = f"{{ {name} {{ totalCount nodes {{ __typename }} }} }}"
    assert (await desk.ask(query)).one()["totalCount"] > 0
    assert (await desk.ask(query, caller=stranger)).one() == {"totalCount": 0, "nodes": []}


async def test_totals_are_of_the_token_s_branches(desk: Desk) -> None:
    await furnish(desk.world)
    stranger = await _stranger(desk.world)
    query = """{ consultations { totals { count billed cost { amount } } }
                 negativations { totals { count live amount { amount } } } }"""
    seen = (await desk.ask(query)).data
    assert seen is not None
    assert seen["consultations"]["totals"]["count"] > 0
    assert seen["negativations"]["totals"]["count"] > 0
    assert (await desk.ask(query, caller=stranger)).data == {
        "consultations": {"totals": {"count": 0, "billed": 0, "cost": {"amount": "0.00"}}},
        "negativations": {"totals": {"count": 0, "live": 0, "amount": {"amount": "0.00"}}},
    }


async def test_no_kind_of_record_is_found_by_its_id(desk: Desk) -> None:
    await furnish(desk.world)
    nodes = shared_schema().core.type_map["Node"]
    kinds = {
        name
        for name, kind in shared_schema().core.type_map.items()
        if isinstance(kind, GraphQLObjectType) and nodes in kind.interfaces
    }
    ids = {kind: await _id_of(desk, kind) for kind in kinds}
    assert len(ids) == 10
    stranger = await _stranger(desk.world)
    query = "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
    for kind, found in ids.items():
        seen = {"node": {"id": found}, "nodes": [{"id": found}]}
        assert (await desk.ask(query, {"id": found})).data == seen
        hidden = seen if kind in SHARED else {"node": None, "nodes": [None]}
        assert (await desk.ask(query, {"id": found}, caller=stranger)).data == hidden


async def _id_of(desk: Desk, kind: str) -> str:
    """The id of a record of that kind in the world's branch."""
    listed = f"{kind[0].lower()}{kind[1:]}{'es' if kind.endswith('ch') else 's'}"
    found = (await desk.ask(f"{{ {listed} {{ nodes {{ id }} }} }}")).one()
    first: str = found["nodes"][0]["id"]
    return first
