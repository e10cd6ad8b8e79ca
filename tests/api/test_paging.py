"""Lists as Relay connections: pages by keyset, cursors that are good for one list and order only."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from api.cursors import decode_cursor, encode_cursor
from api.lists import CUSTOMERS, INVOICES
from core.domain.errors import InvalidInput
from core.domain.listing import InvoiceOrder, PersonOrder
from core.domain.paging import Cursor, Direction, Order
from support.builders import NOW, TODAY, make_customer
from support.desk import Desk
from support.world import World

PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String, $by: PersonOrder) {
  customers(first: $first, after: $after, last: $last, before: $before, orderBy: $by) {
    totalCount
    edges { cursor node { name } }
    nodes { name }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
BY_NAME = {"field": "NAME"}
NUMBERED = Order(PersonOrder.NUMBER, Direction.ASC)


@pytest.fixture
async def world() -> World:
    """A company with seven customers, two of the same name."""
    world = await World().populate()
    names = ["Ana", "Bia", "Bia", "Caio", "Davi", "Eva"]
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, name="Zoe"))
        for name in names:
            await work.customers.add(make_customer(branch_id=world.branch.id, name=name))
    return world


async def _names(desk: Desk, **variables: Any) -> list[str]:
    page = (await desk.ask(PAGE, variables)).one()
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    return [node["name"] for node in page["nodes"]]


async def test_pages_follow_one_another_forward(desk: Desk) -> None:
    seen, after, more = [], None, True
    while more:
        page = (await desk.ask(PAGE, {"first": 3, "after": after, "by": BY_NAME})).one()
        seen.append([node["name"] for node in page["nodes"]])
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 7
    assert seen == [["Ana", "Bia", "Bia"], ["Caio", "Davi", "Eva"], ["Zoe"]]


async def test_pages_follow_one_another_backward(desk: Desk) -> None:
    seen, before, more = [], None, True
    while more:
        page = (await desk.ask(PAGE, {"last": 3, "before": before, "by": BY_NAME})).one()
        seen.append([node["name"] for node in page["nodes"]])
        more, before = page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["startCursor"]
    assert seen == [["Davi", "Eva", "Zoe"], ["Bia", "Bia", "Caio"], ["Ana"]]


async def test_the_other_direction(desk: Desk) -> None:
    order = {"field": "NAME", "direction": "DESC"}
    page = (await desk.ask(PAGE, {"first": 2, "by": order})).one()
    assert [node["name"] for node in page["nodes"]] == ["Zoe", "Eva"]
    assert await _names(desk, first=2, after=page["pageInfo"]["endCursor"], by=order) == ["Davi", "Caio"]


async def test_an_edge_s_cursor_is_where_the_next_page_begins(desk: Desk) -> None:
    page = (await desk.ask(PAGE, {"first": 3, "by": BY_NAME})).one()
    first, second, third = (edge["cursor"] for edge in page["edges"])
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (first, third)
    assert (await _names(desk, first=2, after=second, by=BY_NAME)) == ["Bia", "Caio"]
    assert (await _names(desk, first=9, after=first, before=third, by=BY_NAME)) == ["Bia"]


async def test_a_page_holds_twenty_records_unless_told_otherwise(desk: Desk) -> None:
    async with desk.world.units_of_work.begin() as work:
        for _ in range(30):
            await work.customers.add(make_customer(branch_id=desk.world.branch.id))
    assert len(await _names(desk)) == 20
    assert len(await _names(desk, first=100)) == 37
    assert await _names(desk, first=0) == []


async def test_an_empty_page_has_no_cursors(desk: Desk) -> None:
    page = (await desk.ask(PAGE, {"first": 0})).one()
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }
    assert page["totalCount"] == 7


async def test_the_total_is_counted_only_when_it_is_asked_for(desk: Desk) -> None:
    await desk.ask("{ customers { nodes { id } } }")
    assert desk.units_of_work.reads == 1
    await desk.ask("{ customers { totalCount } }")
    assert desk.units_of_work.reads == 3


async def _problems(desk: Desk, **variables: Any) -> list[tuple[list[str], str]]:
    answer = await desk.ask(PAGE, variables)
    assert (answer.data, answer.code()) == (None, "INVALID_INPUT")
    return [(problem["path"], problem["code"]) for problem in answer.error()["extensions"]["problems"]]


@pytest.mark.parametrize("size", [-1, 101, 2**31 - 1])
async def test_a_page_size_out_of_range_is_refused(desk: Desk, size: int) -> None:
    assert await _problems(desk, first=size) == [(["first"], "PAGE_SIZE_OUT_OF_RANGE")]
    assert await _problems(desk, last=size) == [(["last"], "PAGE_SIZE_OUT_OF_RANGE")]


async def test_all_problems_of_a_page_are_told_at_once(desk: Desk) -> None:
    assert await _problems(desk, first=-1, last=200, after="x", before="") == [
        (["first"], "PAGE_SIZE_OUT_OF_RANGE"),
        (["last"], "PAGE_SIZE_OUT_OF_RANGE"),
        (["last"], "FIRST_AND_LAST"),
        (["after"], "INVALID_CURSOR"),
        (["before"], "INVALID_CURSOR"),
    ]


async def test_a_cursor_of_another_order_is_refused(desk: Desk) -> None:
    page = (await desk.ask(PAGE, {"first": 1, "by": BY_NAME})).one()
    cursor = page["pageInfo"]["endCursor"]
    assert await _problems(desk, after=cursor) == [(["after"], "INVALID_CURSOR")]
    other = {"field": "NAME", "direction": "DESC"}
    assert await _problems(desk, after=cursor, by=other) == [(["after"], "INVALID_CURSOR")]


async def test_a_cursor_of_another_list_is_refused(desk: Desk) -> None:
    branches = (await desk.ask("{ branches { pageInfo { endCursor } } }")).one()
    assert await _problems(desk, after=branches["pageInfo"]["endCursor"]) == [(["after"], "INVALID_CURSOR")]


def _forged(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "====",
        "MTIz",
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        _forged(),
        _forged("customers"),
        _forged("customers", "NUMBER", "ASC", "int", 1),
        _forged("customers", "NUMBER", "ASC", "int", "1", 1),
        _forged("customers", "NUMBER", "ASC", "int", 1, "1"),
        _forged("customers", "NUMBER", "ASC", "int", 1, -1),
        _forged("customers", "NUMBER", "ASC", "int", 1, 2**31),
        _forged("customers", "NUMBER", "ASC", "int", 2**63, 1),
        _forged("customers", "NUMBER", "ASC", "int", True, 1),
        _forged("customers", "NUMBER", "ASC", "int", 1.5, 1),
        _forged("customers", "NUMBER", "ASC", "int", 1, 1, "more"),
        _forged("customers", "NUMBER", "ASC", "str", "1", 1),
        _forged("customers", "NUMBER", "DESC", "int", 1, 1),
        _forged("customers", "NAME", "ASC", "str", "a", 1),
        _forged("invoices", "NUMBER", "ASC", "int", 1, 1),
        "W" * 10_000,
        base64.urlsafe_b64encode(b"[" * 1_000).decode(),
        " " + _forged("customers", "NUMBER", "ASC", "int", 1, 1),
        _forged("customers", "NUMBER", "ASC", "int", 1, 1).rstrip("="),
    ],
)
def test_what_was_not_made_here_is_no_cursor(cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_cursor(CUSTOMERS.name, NUMBERED, int, cursor, "after")
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == (("after",), "INVALID_CURSOR")


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_a_cursor_holds_no_text_that_no_storage_takes(text: str) -> None:
    cursor = _forged("customers", "NAME", "ASC", "str", text, 1)
    with pytest.raises(InvalidInput):
        decode_cursor(CUSTOMERS.name, Order(PersonOrder.NAME, Direction.ASC), str, cursor, "after")


@pytest.mark.parametrize("value", [TODAY, NOW, "Maria Ção", 7])
def test_a_cursor_comes_back_as_it_went(value: Any) -> None:
    order = Order(InvoiceOrder.DUE_ON, Direction.DESC)
    cursor = Cursor(value, 12)
    text = encode_cursor(INVOICES.name, order, cursor)
    assert decode_cursor(INVOICES.name, order, type(value), text, "after") == cursor


def test_an_instant_without_its_zone_is_no_place() -> None:
    order = Order(InvoiceOrder.DUE_ON, Direction.ASC)
    text = encode_cursor(INVOICES.name, order, Cursor(NOW.replace(tzinfo=None), 1))
    with pytest.raises(InvalidInput):
        decode_cursor(INVOICES.name, order, type(NOW), text, "after")
