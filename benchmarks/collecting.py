"""The collection routine against one INSERT … SELECT of the same rows for each table."""

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import asyncpg
import httpx

from benchmarks import processes
from benchmarks.company import TOKEN
from benchmarks.databases import Databases
from benchmarks.dataset import Size
from benchmarks.load import Ask, Job, Load
from benchmarks.measure import Compared, NotTheSame, Side
from benchmarks.processes import Server
from benchmarks.work import LISTS

RUN = """
mutation { runCollection(input: { dryRun: false }) { __typename ... on UserError { code message } } }
"""
FOLLOW = "{ collectionRuns(first: 1) { nodes { status registered notEligible } } }"
POLLED_EVERY = 0.1
CALLERS = 2
LONGEST = 3_600.0
"""How long a run may take, in seconds."""

_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
_OBJECT = {"sqlite": "json_object", "postgresql": "json_build_object"}
_TEXT_OF_ID = {
    "sqlite": "substr(i.id, 1, 8) || '-' || substr(i.id, 9, 4) || '-' || substr(i.id, 13, 4) || '-' || substr(i.id, 17, 4)"
    " || '-' || substr(i.id, 21)",
    "postgresql": "i.id::text",
}
_LATER = {"sqlite": "date(i.due_on, '+5 years')", "postgresql": "(i.due_on + interval '5 years')::date"}
_YES = {"sqlite": "1", "postgresql": "true"}
_NO = {"sqlite": "0", "postgresql": "false"}
_JSON = {"sqlite": "'[]'", "postgresql": "'[]'::json"}
_AT = {"sqlite": "?1", "postgresql": "$1::timestamptz"}


def statements(kind: str) -> list[str]:
    """The same rows as a run writes: registrations, their history, promises, audit entries and the run's items."""
    id_, text, yes, no, empty = _ID[kind], _TEXT_OF_ID[kind], _YES[kind], _NO[kind], _JSON[kind]
    at, json_object = _AT[kind], _OBJECT[kind]
    debtor = f"""{json_object}('document', {json_object}('kind', 'CPF', 'number', c.document), 'name', c.name,
        'gender', c.gender, 'born_on', c.born_on, 'mobile', c.mobile, 'postal_code', c.postal_code, 'street', c.street,
        'street_number', c.street_number, 'complement', c.complement, 'district', c.district, 'city', c.city,
        'state_code', c.state_code)"""
    placed = "FROM negativations n WHERE n.form = 'AUTOMATIC'"
    return [
        f"""INSERT INTO negativations (id, invoice_id, customer_id, branch_id, integration_id, environment, form, status,
            live, awaits_clearing, generation, inclusion_key, debtor_document, debtor, contract, amount_centavos, due_on,
            expires_on, restriction_code, send_sms, responsible_cpf, created_at, created_by, updated_at, codes)
        SELECT {id_}, i.id, c.id, b.id, g.id, g.environment, 'AUTOMATIC', 'QUEUED', {yes}, {no}, 1,
            {text} || ':inclusion:1', c.document, {debtor}, i.contract_number, i.amount_centavos, i.due_on, {_LATER[kind]},
            g.automation_restriction_code, g.send_sms_on_inclusion, g.responsible_cpf, {at}, 'benchmark', {at}, {empty}
        FROM invoices i
        JOIN customers c ON c.id = i.customer_id
        JOIN branches b ON b.id = i.branch_id
        JOIN integrations g ON g.id = b.integration_id
        WHERE i.status = 'OPEN' AND c.hold IS NULL
            AND NOT EXISTS (SELECT 1 FROM negativations o WHERE o.invoice_id = i.id AND o.live = {yes})
        ORDER BY i.number""",
        f"""INSERT INTO negativation_history (negativation_id, status, trigger, at, actor, codes)
        SELECT n.id, 'QUEUED', 'CREATED', {at}, 'benchmark', {empty} {placed} ORDER BY n.number""",
        f"""INSERT INTO intents (key, account, kind, subject_id, due_at, attempts, created_at)
        SELECT n.inclusion_key, n.integration_id, 'REGISTER', n.id, {at}, 0, {at} {placed} ORDER BY n.number""",
        f"""INSERT INTO audit_events (id, at, actor_id, actor, action, record_kind, record_id, branch_id, details)
        SELECT {id_}, {at}, 'benchmark', 'benchmark', 'NEGATIVATION_REQUESTED', 'Negativation', n.id, n.branch_id,
            {json_object}('number', n.number, 'invoice', i.number, 'form', n.form, 'restrictionCode', n.restriction_code)
        FROM negativations n JOIN invoices i ON i.id = n.invoice_id WHERE n.form = 'AUTOMATIC' ORDER BY n.number""",
        f"""INSERT INTO collection_runs (id, run_date, dry_run, status, branch_ids, phase, branches_to_do, after_number,
            examined, counts, started_at, started_by)
        SELECT {id_}, '2026-01-01', {no}, 'RUNNING', {empty}, 'REGISTER', {empty}, 0, 0, {empty}, {at}, 'benchmark'""",
        f"""INSERT INTO collection_items (id, run_id, branch_id, invoice_id, negativation_id, decision, reasons)
        SELECT {id_}, (SELECT id FROM collection_runs), n.branch_id, n.invoice_id, n.id, 'REGISTERED', {empty}
        {placed} ORDER BY n.number""",
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What was measured: rows a second, and how long callers waited before and during a run."""

    runs: Compared
    idle: Load
    busy: Load
    rows: int


async def collect(
    databases: Databases, size: Size, bureau: Server, folder: Path, rounds: int, seconds: float
) -> Collected:
    """Each on a copy of its own, in turn; then a run with callers beside it. Raises NotTheSame."""
    floor, own = Side(), Side()
    for _ in range(rounds):
        address = await databases.copy(size, "collected")
        floor.note_seconds(await insert_select(address, size))
        address = await databases.copy(size, "collected")
        async with processes.ours(address, bureau, folder) as server:
            before = server.cpu_seconds()
            own.note_seconds(await _run(server, size))
            own.cpu.append((server.cpu_seconds() - before) / size.overdue)
            own.memory = server.memory()
    for side in (floor, own):
        side.throughput = [size.overdue / each for each in side.p50]
    idle, busy = await _beside(databases, size, bureau, folder, seconds)
    return Collected(runs=Compared(floor=floor, ours=own), idle=idle, busy=busy, rows=size.overdue)


async def _beside(
    databases: Databases, size: Size, bureau: Server, folder: Path, seconds: float
) -> tuple[Load, Load]:
    """What callers wait for a list, before a run and while there is one."""
    asks = [pair.ours for pair in LISTS.pairs(size, Random(CALLERS))]  # noqa: S311 - the same each time
    address = await databases.copy(size, "collected")
    async with processes.ours(address, bureau, folder) as server:
        idle = await _load(server, asks, seconds)
        busy = asyncio.create_task(_load(server, asks, seconds))
        await _run(server, size)
        return idle, await busy


async def _load(server: Server, asks: list[Ask], seconds: float) -> Load:
    found = await processes.load(
        Job(
            port=server.port,
            token=TOKEN,
            connections=CALLERS,
            seconds=seconds,
            asks=asks,
            wanted=LISTS.wanted,
        )
    )
    if found.wrong:
        raise NotTheSame(f"{found.wrong} of {found.asked} answers are wrong: {found.said}")
    return found


async def _run(server: Server, size: Size) -> float:
    """How long a run takes, from the request to its end."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=60) as client:
        began = perf_counter()
        started = (await client.post("/graphql", json={"query": RUN})).json()
        if started["data"]["runCollection"]["__typename"] != "RunCollectionSuccess":
            raise NotTheSame(f"the run did not begin: {started}")
        run: dict[str, Any] = {}
        while run.get("status") != "DONE" and perf_counter() - began < LONGEST:
            await asyncio.sleep(POLLED_EVERY)
            answer = (await client.post("/graphql", json={"query": FOLLOW})).json()
            (run,) = answer["data"]["collectionRuns"]["nodes"]
        seconds = perf_counter() - began
    if run["status"] != "DONE" or run["registered"] != size.overdue:
        raise NotTheSame(f"of {size.overdue} registrations the run made these: {run}")
    return seconds


async def insert_select(address: str, size: Size) -> float:
    """How long the statements take, in one transaction. Raises NotTheSame when they insert another number of rows."""
    if address.startswith("sqlite:///"):
        return await asyncio.to_thread(_in_sqlite, address.removeprefix("sqlite:///"), size)
    connection = await asyncpg.connect(address)
    try:
        began, now = perf_counter(), datetime.now(UTC)
        async with connection.transaction():
            for statement in statements("postgresql"):
                written = await connection.execute(statement, *([now] if "$1" in statement else []))
                _require(statement, int(written.split()[-1]), size)
        return perf_counter() - began
    finally:
        await connection.close()


def _in_sqlite(file: str, size: Size) -> float:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        began, now = perf_counter(), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements("sqlite"):
            written = connection.execute(statement, (now,) if "?1" in statement else ()).rowcount
            _require(statement, written, size)
        connection.execute("COMMIT")
        return perf_counter() - began
    finally:
        connection.close()


def _require(statement: str, written: int, size: Size) -> None:
    if "collection_runs (" not in statement and written != size.overdue:
        raise NotTheSame(f"{written} rows instead of {size.overdue}: {statement[:60]}")
