"""SQL and templates in every text and id that the API takes: kept as they are or refused, and never carried out."""

import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from adapters.memory.ids import SequentialIds
from api.cursors import encode_cursor
from api.operations import ReadyMadeOperation
from core.domain.listing import PersonOrder
from core.domain.paging import Cursor, Direction, Order
from support.desk import Answer, Desk
from support.hostile_texts import CARRIED_OUT, HOSTILE, ODD, SHORT
from support.storages import Storage, sql_storage, sqlite_address
from support.text_inputs import Place, document_of, examples_of, holds, is_mutation, places, with_text
from support.tour import furnish, variables_of
from support.world import World

REFUSALS = {"BAD_REQUEST", "INVALID_INPUT", "INVALID_VARIABLES", "NOT_FOUND"}
PLACES = places()
MUTATIONS = list(dict.fromkeys(place.field for place in PLACES if is_mutation(place.field)))
NOT_SHOWN = {"idempotencyKey", "newPassword", "confirmation", "consultationPassword", "pefinPassword"}
LINES = {
    "Branch": {"name", "city", "externalId"},
    "Customer": {
        "name",
        "externalId",
        *(f"address.{part}" for part in ("street", "number", "complement", "district", "city")),
    },
    "Lead": {"name", "externalId"},
    "Prospect": {"name", "externalId"},
    "Invoice": {"externalId"},
    "Integration": {"login", "automation.restrictionCode", "automation.clearingCode"},
}
"""What takes any line of text for what it is, of the records that are created, updated or saved by rows. Everything else has a form."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return sqlite_address(Path(shutil.copy(template, tmp_path / "fiador.sqlite3")))
    fresh: str = request.getfixturevalue("postgres_address")
    return fresh


@pytest.fixture
async def storage(address: str) -> AsyncIterator[Storage]:
    """An empty database of each kind."""
    async with sql_storage(address) as opened:
        yield opened


class Attempts:
    """Asks fields again and again, each time in a company in which their example values would do."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._ids = SequentialIds()
        self._serials = count(1)
        self._worlds: dict[object, tuple[World, dict[str, Any]]] = {}

    async def make(self, place: Place, text: str) -> Answer:
        """Ask with the text at that place."""
        world, arguments = await self._ready(place)
        filled = with_text(_first_time(arguments, next(self._serials)), place, text)
        answer = await Desk(world).ask(document_of(place.field), filled)
        assert answer.status in (200, 400), (str(place), text, answer)
        codes = {error["extensions"]["code"] for error in answer.errors}
        assert codes <= REFUSALS, (str(place), text, answer.errors)
        told = json.dumps([answer.data, answer.errors], ensure_ascii=False).replace(text, "")
        assert not CARRIED_OUT.search(told), (str(place), text)
        if did_something(answer) and not place.field.startswith(("update", "save")):
            self._worlds.clear()
        return answer

    async def _ready(self, place: Place) -> tuple[World, dict[str, Any]]:
        examples = examples_of(place.field)
        chosen = next((index for index, each in enumerate(examples) if holds(each, place.path)), 0)
        if (place.field, chosen) not in self._worlds:
            world = await self._company(is_mutation(place.field))
            operation = ReadyMadeOperation(name="", query="", variables=examples[chosen])
            self._worlds[place.field, chosen] = world, await variables_of(world, operation)
        return self._worlds[place.field, chosen]

    async def _company(self, of_its_own: bool) -> World:
        """A company; one with a record of each kind serves all queries."""
        if of_its_own:
            return await World(kept_in=self._storage, ids=self._ids).populate()
        if "queries" not in self._worlds:
            world = await World(kept_in=self._storage, ids=self._ids).populate()
            await furnish(world)
            self._worlds["queries"] = world, {}
        return self._worlds["queries"][0]


def _first_time(arguments: Any, serial: int) -> Any:
    """The arguments with keys and ids of integrators that were never used."""
    if isinstance(arguments, list):
        return [_first_time(inside, serial) for inside in arguments]
    if not isinstance(arguments, dict):
        return arguments
    return {
        name: f"{value}-{serial}" if name in ("idempotencyKey", "externalId") else _first_time(value, serial)
        for name, value in arguments.items()
    }


def did_something(answer: Answer) -> bool:
    """Whether a mutation did what it was asked, also with each row."""
    (done,) = (answer.data or {"": None}).values()
    if not isinstance(done, dict) or not done["__typename"].endswith("Success"):
        return False
    return not any(text.endswith("Error") for text in _texts(done))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for inside in value.values():
                yield from _texts(inside)
        case list():
            for inside in value:
                yield from _texts(inside)
        case str():
            yield value


def _to_try(config: pytest.Config, number: int) -> list[str]:
    if config.getoption("--long"):
        return [SHORT, *HOSTILE, *ODD]
    others = (*HOSTILE, *ODD)
    return [SHORT, others[number % len(others)]]


def _lines_of(mutation: str) -> set[str]:
    """The places of the mutation that take any line of text."""
    action = re.split("(?=[A-Z])", mutation)[0]
    kind = mutation.removeprefix(action)
    record = kind.removesuffix("s") if action == "save" else kind
    within = "input.rows" if action == "save" else "input"
    return {
        f"{mutation}.{within}.{name}"
        for name in LINES.get(record, ())
        if action in ("create", "update", "save")
    }


@asynccontextmanager
async def _untouched_bystander(storage: Storage) -> AsyncIterator[None]:
    """A company that nobody speaks of is afterwards as it was."""
    world = await World(kept_in=storage, ids=SequentialIds(10**9)).populate()
    yield
    async with storage.units_of_work.read() as work:
        assert await work.branches.get(world.branch.id) == world.branch
        assert await work.customers.get(world.customer.id) == world.customer
        assert await work.invoices.get(world.invoice.id) == world.invoice
        assert await work.integrations.get(world.integration.id) == world.integration


async def test_no_query_carries_a_text_out(storage: Storage, pytestconfig: pytest.Config) -> None:
    attempts, number = Attempts(storage), count()
    async with _untouched_bystander(storage):
        for place in (place for place in PLACES if not is_mutation(place.field)):
            for text in _to_try(pytestconfig, next(number)):
                await attempts.make(place, text)


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_mutations_keep_a_text_as_it_is_or_refuse_it(
    storage: Storage, mutation: str, pytestconfig: pytest.Config
) -> None:
    attempts, number, kept = Attempts(storage), count(MUTATIONS.index(mutation)), set()
    async with _untouched_bystander(storage):
        for place in (place for place in PLACES if place.field == mutation):
            for text in _to_try(pytestconfig, next(number)):
                answer = await attempts.make(place, text)
                if did_something(answer) and text not in ODD and place.path[-1] not in NOT_SHOWN:
                    assert text in _texts(answer.data), (str(place), text, answer.data)
                    kept.add(str(place))
    assert kept == _lines_of(mutation)


async def test_a_cursor_s_value_is_a_value(storage: Storage) -> None:
    """Cursors are not signed: whoever makes one up, says where in the list to go on, and nothing else."""
    desk = Desk(await World(kept_in=storage).populate())
    query = """query ($after: String, $before: String) { customers(after: $after, before: $before, orderBy: { field: NAME })
               { nodes { name } } }"""
    order = Order(PersonOrder.NAME, Direction.ASC)
    for text in ("", SHORT, *HOSTILE):
        cursor = encode_cursor("customers", order, Cursor(text, 0))
        after = (await desk.ask(query, {"after": cursor})).one()["nodes"]
        before = (await desk.ask(query, {"before": cursor})).one()["nodes"]
        assert [*after, *before] == [{"name": desk.world.customer.name}], text
