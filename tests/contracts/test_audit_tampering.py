"""Whatever is done to audit entries behind the service's back is refused by the database, or found by the chain."""

import sqlite3
import tracemalloc
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.domain.audit import AuditEvent
from core.domain.audit_chain import ChainFault, ChainLink
from support import chains
from support.builders import NOW, make_audit_event
from support.storages import Storage

TRIGGERS = ("audit_events_update", "audit_events_delete", "audit_events_insert")

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)
on_sqlite = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("address", [POSTGRESQL], indirect=True)
on_databases = pytest.mark.parametrize("address", ["sqlite", POSTGRESQL], indirect=True)


async def _tamper(storage: Storage, *statements: str) -> None:
    """What somebody can do who owns the database and takes the triggers away."""
    assert storage.database is not None
    async with storage.database.writing(storage.clock) as work:
        if storage.kind == "sqlite":
            statements = (*(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS), *statements)
        else:
            statements = ("SET LOCAL session_replication_role = replica", *statements)
        for statement in statements:
            await work.connection.execute(text(statement))


EDITS = [
    "at = '2020-01-01 00:00:00'",
    "actor_id = 'somebody'",
    "actor = 'Somebody'",
    "origin = '203.0.113.9'",
    "action = 'RECORD_CREATED'",
    "action = 'NEVER_HEARD_OF'",
    "record_kind = 'Customer'",
    "record_id = NULL",
    "branch_id = id",
    "details = '{}'",
    "digest = 'x'",
]


@on_databases
@pytest.mark.parametrize("edit", EDITS)
async def test_an_edited_entry_is_found(storage: Storage, edit: str) -> None:
    await chains.add(storage, 5)
    await chains.chain(storage)
    third = (await chains.numbers(storage))[2]
    await _tamper(storage, f"UPDATE audit_events SET {edit} WHERE number = {third}")  # noqa: S608
    verified = await chains.verify(storage)
    assert verified.broken is not None
    assert (verified.broken.number, verified.broken.fault) == (third, ChainFault.CHANGED)
    assert verified.head.position == 2
    assert not verified.holds


@on_sqlite
async def test_an_instant_that_is_none_is_found_where_it_stands(storage: Storage) -> None:
    """PostgreSQL holds nothing but instants in such a column."""
    await chains.add(storage, 5)
    await chains.chain(storage)
    third = (await chains.numbers(storage))[2]
    await _tamper(storage, f"UPDATE audit_events SET at = 'yesterday' WHERE number = {third}")  # noqa: S608
    broken = (await chains.verify(storage)).broken
    assert broken is not None
    assert (broken.number, broken.fault) == (third, ChainFault.CHANGED)


@on_databases
async def test_a_removed_entry_is_missed(storage: Storage) -> None:
    await chains.add(storage, 5)
    await chains.chain(storage)
    numbers = await chains.numbers(storage)
    await _tamper(storage, f"DELETE FROM audit_events WHERE number = {numbers[2]}")  # noqa: S608
    broken = (await chains.verify(storage)).broken
    assert broken is not None
    assert (broken.number, broken.fault) == (numbers[3], ChainFault.MISSING_BEFORE)


@on_databases
async def test_removed_first_entries_are_missed(storage: Storage) -> None:
    await chains.add(storage, 3)
    await chains.chain(storage)
    numbers = await chains.numbers(storage)
    await _tamper(storage, f"DELETE FROM audit_events WHERE number = {numbers[0]}")  # noqa: S608
    broken = (await chains.verify(storage)).broken
    assert broken is not None
    assert (broken.number, broken.fault) == (numbers[1], ChainFault.MISSING_BEFORE)


@on_databases
async def test_an_entry_put_in_between_is_found(storage: Storage) -> None:
    await chains.add(storage, 4)
    await chains.chain(storage)
    numbers = await chains.numbers(storage)
    await chains.add(storage, 1)
    await _tamper(
        storage,
        "UPDATE audit_events SET position = -position WHERE position >= 3",
        "UPDATE audit_events SET position = 1 - position WHERE position < 0",
        "UPDATE audit_events SET position = 3, digest = 'a' WHERE position IS NULL",
    )
    broken = (await chains.verify(storage)).broken
    assert broken is not None
    assert (broken.number, broken.fault) == (numbers[3] + 1, ChainFault.CHANGED)


@on_databases
async def test_swapped_entries_are_found(storage: Storage) -> None:
    await chains.add(storage, 4)
    await chains.chain(storage)
    numbers = await chains.numbers(storage)
    await _tamper(
        storage,
        "UPDATE audit_events SET position = -1 WHERE position = 2",
        "UPDATE audit_events SET position = 2 WHERE position = 3",
        "UPDATE audit_events SET position = 3 WHERE position = -1",
    )
    broken = (await chains.verify(storage)).broken
    assert broken is not None
    assert (broken.number, broken.fault) == (numbers[2], ChainFault.CHANGED)


@on_databases
async def test_a_tail_that_was_cut_is_missed_by_whoever_noted_the_head(storage: Storage) -> None:
    await chains.add(storage, 5)
    await chains.chain(storage)
    noted = (await chains.verify(storage)).head.digest
    await _tamper(storage, "DELETE FROM audit_events WHERE position > 3")
    await chains.add(storage, 4)
    await chains.chain(storage)
    assert (await chains.verify(storage)).holds, "without the noted head nothing is wrong with what is left"
    assert (await chains.verify(storage, noted)).known_found is False


REFUSED = [
    *(
        f"UPDATE audit_events SET {edit} WHERE position = 2"  # noqa: S608
        for edit in [*EDITS, "number = 900", "position = 9", "position = NULL, digest = NULL"]
    ),
    "UPDATE audit_events SET actor = 'Somebody' WHERE position IS NULL",
    "UPDATE audit_events SET actor = 'Somebody', position = 9, digest = 'x' WHERE position IS NULL",
    "UPDATE audit_events SET position = 9 WHERE position IS NULL",
    "DELETE FROM audit_events",
    "DELETE FROM audit_events WHERE position = 2",
    "DELETE FROM audit_events WHERE position IS NULL",
    "UPDATE audit_seals SET position = 2",
    "DELETE FROM audit_seals",
    "INSERT INTO audit_events SELECT 900, id, at, actor_id, actor, origin, action, record_kind, record_id, branch_id, details, 9, 'x' FROM audit_events",
]
ONLY_ON_SQLITE = [
    "INSERT OR REPLACE INTO audit_events SELECT number, id, at, actor_id, 'x', origin, action, record_kind, record_id, branch_id, details, NULL, NULL FROM audit_events",
]
ONLY_ON_POSTGRESQL = ["TRUNCATE audit_events", "TRUNCATE audit_seals"]


@on_databases
async def test_the_database_refuses_to_change_or_remove_entries(storage: Storage) -> None:
    await chains.add(storage, 3)
    await chains.chain(storage)
    async with storage.units_of_work.begin() as work:
        assert await work.audit_chain.seal(NOW + timedelta(days=1), NOW, 100) == 1
    await chains.add(storage, 1)
    assert storage.database is not None
    special = ONLY_ON_SQLITE if storage.kind == "sqlite" else ONLY_ON_POSTGRESQL
    for statement in [*REFUSED, *special]:
        with pytest.raises(IntegrityError, match="audit trail"):
            async with storage.database.writing(storage.clock) as work:
                await work.connection.execute(text(statement))
    verified = await chains.verify(storage)
    assert verified.holds
    assert (verified.head.position, verified.waiting) == (3, 1)


@on_databases
async def test_a_seal_at_the_wrong_place_breaks_the_chain(storage: Storage) -> None:
    await chains.add(storage, 4)
    await chains.chain(storage)
    numbers = await chains.numbers(storage)
    await _tamper(
        storage,
        "INSERT INTO audit_seals (position, digest, sealed_at) VALUES (2, 'x', '2026-01-01 00:00:00')",
        "DELETE FROM audit_events WHERE position <= 2",
    )
    broken = (await chains.verify(storage)).broken
    assert broken is not None
    assert broken.number == numbers[2]


@on_postgresql
async def test_a_late_commit_takes_its_place_after_higher_numbers(storage: Storage) -> None:
    """On PostgreSQL a number is given when an entry is written, and others may commit before it does."""
    async with storage.units_of_work.begin() as late:
        await late.audit.add(make_audit_event())
        await chains.add(storage, 2)
        assert await chains.chain(storage) == 2
    assert await chains.chain(storage) == 1
    numbers = await chains.numbers(storage)
    assert numbers[-1] < numbers[0] < numbers[1]
    assert (await chains.verify(storage)).holds


_REFUSALS = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)


@on_databases
async def test_a_place_is_given_once_even_without_the_lock(storage: Storage) -> None:
    await chains.add(storage, 2)
    numbers = [event.number for event in await _waiting(storage)]
    async with storage.units_of_work.begin() as work:
        await work.audit_chain.link([ChainLink(number=numbers[0], position=1, digest="a")])
    for number in numbers:
        with pytest.raises(DBAPIError) as refused:
            async with storage.units_of_work.begin() as work:
                await work.audit_chain.link([ChainLink(number=number, position=1, digest="b")])
        assert isinstance(refused.value.orig, _REFUSALS)


@on_sqlite
async def test_a_long_chain_is_verified_in_as_little_memory_as_a_short_one(storage: Storage) -> None:
    peaks = []
    for length in (3_000, 9_000):
        async with storage.units_of_work.begin() as work:
            await work.audit.add(*(make_audit_event() for _ in range(length)))
        await chains.chain(storage)
        tracemalloc.start()
        try:
            verified = await chains.verify(storage)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert verified.holds
        peaks.append(peak)
    assert peaks[1] < 1.5 * peaks[0]


async def _waiting(storage: Storage) -> list[AuditEvent]:
    async with storage.units_of_work.read() as work:
        return await work.audit_chain.unchained(100)
