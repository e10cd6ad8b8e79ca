"""The benchmarks do what they claim: both sides answer the same, and measuring gives figures. No time is judged."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import httpx
import pytest

from adapters.connect_sa.sandbox import create_sandbox
from benchmarks.collecting import insert_select
from benchmarks.company import SECRET_KEY, TOKEN
from benchmarks.dataset import Size, fill
from benchmarks.floor.app import build_app as build_floor
from benchmarks.floor.stores import Script, Store, store_of
from benchmarks.load import Ask
from benchmarks.measure import Compared, Side
from benchmarks.run import arguments, measure
from benchmarks.table import Line, Mark, markdown, plain
from benchmarks.work import CONSULTS, NEGATIVATIONS, READS
from server.net import address_of, listen, serving
from support.served import client_from, served
from support.storages import sqlite_address

SIZE = Size(registrations=150, overdue=40)
CHANCE = Random(7)  # noqa: S311 - picks requests
RUN = """
mutation { runCollection(input: { dryRun: false }) { ... on RunCollectionSuccess { run { status } } } }
"""
COLLECTED = {
    "negativations": "WHERE form = 'AUTOMATIC'",
    "negativation_history": "WHERE status = 'QUEUED'",
    "intents": "WHERE kind = 'REGISTER'",
    "audit_events": "WHERE action = 'NEGATIVATION_REQUESTED'",
    "collection_items": "WHERE decision = 'REGISTERED'",
}
BEARER = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both applications over one database."""

    floor: httpx.AsyncClient
    ours: httpx.AsyncClient
    store: Store


async def _asked(client: httpx.AsyncClient, ask: Ask) -> httpx.Response:
    return await client.post(ask.path, content=ask.body, headers=BEARER)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A small data set."""
    if request.param == "sqlite":
        found = sqlite_address(tmp_path / "small.sqlite3")
    else:
        found = request.getfixturevalue("bare_postgres_address")
    asyncio.run(fill(found, SIZE))
    return found


@pytest.fixture
async def sides(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Sides]:
    with listen("127.0.0.1", 0) as listener:
        bureau = address_of(listener)
        settings = {"database_url": address, "secret_keys": SECRET_KEY, "homologation_url": bureau}
        store = store_of(address)
        async with (
            serving(create_sandbox(), listener),
            served(monkeypatch, tmp_path, **settings) as (app, _),
            httpx.AsyncClient(base_url=bureau) as to_bureau,
            client_from(build_floor(store, to_bureau)) as floor,
            client_from(app) as ours,
        ):
            await store.open()
            yield Sides(floor=floor, ours=ours, store=store)
            await store.close()


async def test_the_bare_routes_answer_what_the_service_answers(sides: Sides) -> None:
    for work in READS.values():
        pair = next(work.pairs(SIZE, CHANCE))
        floor, ours = await _asked(sides.floor, pair.floor), await _asked(sides.ours, pair.ours)
        assert floor.json() == ours.json()
        assert work.wanted in floor.text
        assert work.wanted in ours.text


async def test_the_bare_routes_consult_as_the_service_does(sides: Sides) -> None:
    pair = next(CONSULTS.pairs(SIZE, CHANCE))
    floor, ours = await _asked(sides.floor, pair.floor), await _asked(sides.ours, pair.ours)
    one, other = (answer.json()["data"]["consultCredit"]["consultation"] for answer in (floor, ours))
    assert (one["number"] + 1, one["outcome"], one["report"]) == (
        other["number"],
        other["outcome"],
        other["report"],
    )
    assert CONSULTS.wanted in floor.text
    await _wrote_alike(sides, "consultations", "audit_events", "intents")


async def test_the_bare_routes_negativate_as_the_service_does(sides: Sides) -> None:
    # Each gets an invoice of its own: it is registered once.
    first, second = islice(NEGATIVATIONS.pairs(SIZE, CHANCE), 2)
    floor, ours = await _asked(sides.floor, first.floor), await _asked(sides.ours, second.ours)
    one, other = (answer.json()["data"]["negativateDebtor"]["negativation"] for answer in (floor, ours))
    assert (one["number"] + 1, one["status"]) == (other["number"], other["status"])
    assert NEGATIVATIONS.wanted in floor.text
    await _wrote_alike(sides, "negativations", "negativation_history", "audit_events", "intents")


async def _wrote_alike(sides: Sides, *tables: str) -> None:
    """The last two rows of each table have values in the same columns."""
    for table in tables:
        order = "created_at" if table == "intents" else "number"
        statement = f"SELECT * FROM {table} ORDER BY {order} DESC LIMIT 2"  # noqa: S608 - names of ours
        rows = await sides.store.fetch(statement)
        last, before = ([value is None for value in row] for row in rows)
        assert last == before, table


async def test_both_files_are_the_same(sides: Sides) -> None:
    floor = await sides.floor.get("/negativations.csv", headers=BEARER)
    ours = await sides.ours.get("/reports/negativations.csv", headers=BEARER)
    assert floor.content == ours.content
    assert floor.content.count(b"\r\n") == SIZE.registrations + 1


async def test_the_bare_routes_check_the_token(sides: Sides) -> None:
    for path in ("/typename", "/negativations", "/consult", "/negativate"):
        refused = await sides.floor.post(path, content=b"{}", headers={"Authorization": "Bearer wrong"})
        assert refused.status_code == 401


async def test_a_run_of_the_collection_routine_is_what_is_inserted_by_hand(
    sides: Sides, address: str
) -> None:
    status = ""
    while status != "DONE":
        run = (await sides.ours.post("/graphql", json={"query": RUN}, headers=BEARER)).json()
        status = run["data"]["runCollection"]["run"]["status"]
    by_the_service = await _collected(sides.store)
    await sides.store.run(_forget())
    await insert_select(address, SIZE)
    assert await _collected(sides.store) == by_the_service
    assert [number for number, _ in by_the_service.values()] == [SIZE.overdue] * len(COLLECTED)


def _forget() -> Script:
    for table, condition in reversed(COLLECTED.items()):
        if table != "audit_events":
            yield f"DELETE FROM {table} {condition}", ()  # noqa: S608 - names of ours
    yield "DELETE FROM collection_runs", ()


async def _collected(store: Store) -> dict[str, tuple[int, list[bool]]]:
    """For each table how many rows there are, and which columns of the last one are empty. The trail forgets nothing."""
    found = {}
    for table, condition in COLLECTED.items():
        rows = await store.fetch(f"SELECT * FROM {table} {condition}")  # noqa: S608 - names of ours
        found[table] = (min(len(rows), SIZE.overdue), [value is None for value in rows[-1]])
    return found


async def test_measuring_gives_figures(tmp_path: Path) -> None:
    given = ["--size", "150", "--seconds", "0.1", "--rounds", "1", "--folder", str(tmp_path)]
    chosen = arguments([*given, "--database", "sqlite", "--only", "idle", "list", "consult", "export"])
    lines = [line async for line in measure(chosen, "sqlite")]
    assert [line.work.partition(" ")[0] for line in lines] == [
        "started,",
        "list",
        "consult",
        "export",
        "export",
    ]
    measured = [line.compared for line in lines if line.compared is not None]
    assert all(min(both.ours.throughput + both.floor.throughput) > 0 for both in measured)
    assert all(mark.found > 0 for line in lines[:-2] for mark in line.marks)
    assert len(markdown(lines).splitlines()) == len(lines) + 2


def test_the_table_tells_both_figures_and_whether_the_mark_is_met() -> None:
    both = Compared(
        floor=Side(throughput=[100, 200, 400], p50=[0.001], p99=[0.002], cpu=[0.0005], memory=50),
        ours=Side(throughput=[90, 100, 400], p50=[0.002], p99=[0.004], cpu=[0.001], memory=100),
    )
    met = Mark(what="throughput", found=both.ratio("throughput"), bound=0.9, at_least=True)
    missed = Mark(what="time", found=2.5, bound=2)
    line = Line(work="list", compared=both, callers=10, marks=[met, missed])
    assert line.cells() == [
        "list",
        "10",
        "200 → 100",
        "0.90",
        "1 → 2",
        "2 → 4",
        "0.5 → 1",
        "50 → 100",
        "throughput ≥ 0.9; time ≤ 2",
        "0.90: met; 2.50: missed",
    ]
    assert plain([line]).splitlines()[1].startswith("list  10")
