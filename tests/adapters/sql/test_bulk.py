"""Rows that are stored together are stored as each would be alone, whatever they hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from adapters.sql import bulk
from adapters.sql.migrate import migrate
from adapters.sql.tables import AccountRow, RoutineRow, Row
from adapters.sql.work import Work, table_of, values_of
from core.domain.audit import AuditEvent
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.negativation import HistoryEntry, NegativationStatus, Trigger
from core.domain.paging import Direction, Order, Window
from support.builders import NOW, make_audit_event, new_id
from support.records import store_company, store_negativation
from support.storages import sql_storage

ODD = [
    "",
    "a",
    "null",
    "1",
    "[1]",
    '{"a": 1}',
    '"',
    "\\",
    "\\u0041",
    "\x00",
    "\ud800",
    "São Paulo",
    "😀",
    "x" * 5000,
    "",
]


def _events() -> list[AuditEvent]:
    """No two alike in anything that may differ, and each with something missing."""
    return [
        make_audit_event(
            at=NOW + timedelta(microseconds=place),
            actor=odd,
            origin=odd if place % 2 else None,
            record_id=None if place % 2 else new_id(),
            details={"note": odd, "count": 2**53 + place, "yes": bool(place % 2)},
        )
        for place, odd in enumerate(ODD)
    ]


async def _stored(address: str, *together: list[AuditEvent]) -> list[AuditEvent]:
    """What is found of events after each of the lists was stored by a statement."""
    order = Order(AuditOrder.NUMBER, Direction.ASC)
    async with sql_storage(address) as storage:
        async with storage.units_of_work.begin() as work:
            for events in together:
                await work.audit.add(*events)
        async with storage.units_of_work.read() as work:
            page = await work.audit.page(AuditFilter(), order, Window(size=100))
    return [replace(edge.record, number=0) for edge in page.edges]


async def test_many_are_stored_like_one(bare_address: str) -> None:
    await migrate(bare_address)
    events = _events()
    found = await _stored(bare_address, events, *([replace(each, id=new_id())] for each in events))
    together, alone = found[: len(ODD)], found[len(ODD) :]
    assert [each.id for each in together] == [each.id for each in events]
    assert [replace(each, id=events[0].id) for each in together] == [
        replace(each, id=events[0].id) for each in alone
    ]
    kept = [odd if odd not in ("\x00", "\ud800") else "\ufffd" for odd in ODD]
    assert [each.actor for each in together] == kept
    assert [each.at for each in together] == [each.at for each in events]
    assert [each.record_id for each in together] == [each.record_id for each in events]
    assert [(each.details["count"], each.details["yes"]) for each in together] == [
        (each.details["count"], each.details["yes"]) for each in events
    ]


def _routine(place: int, odd: str) -> Row:
    return RoutineRow.of(
        name=f"{place} {odd}",
        next_at=NOW + timedelta(microseconds=place),
        state=odd if place % 2 else None,
        fence=2**40 + place,
        taken=bool(place % 2),
    )


def _account(place: int, _: str) -> Row:
    return AccountRow.of(
        account=new_id(),
        next_at=NOW + timedelta(microseconds=place),
        held=bool(place % 2),
        held_until=NOW if place % 2 else None,
    )


@pytest.mark.parametrize("made", [_routine, _account])
async def test_what_is_stored_is_what_sqlalchemy_stores(
    bare_address: str, made: Callable[[int, str], Row]
) -> None:
    await migrate(bare_address)
    stored = [made(place, odd) for place, odd in enumerate(ODD)]
    async with sql_storage(bare_address) as storage:
        assert storage.database is not None
        found: list[list[Any]] = []
        for own in (True, False):
            async with storage.database.writing(storage.clock) as work:
                rows = [values_of(each) for each in stored]
                if own:
                    await bulk.insert(work, type(stored[0]), _columns(rows))
                else:
                    await work.connection.execute(table_of(type(stored[0])).insert(), rows)
                found.append(await _raw(work, type(stored[0])))
                await work.change(table_of(type(stored[0])).delete())
    assert len(found[0]) == len(ODD)
    assert found[0] == found[1]


def _columns(rows: list[dict[str, Any]]) -> bulk.Columns:
    return {name: [row[name] for row in rows] for name in rows[0]}


async def _raw(work: Work, row_type: type[Row]) -> list[Any]:
    """What the driver finds in the table, as it finds it."""
    found = await work.connection.execute(text(f"SELECT * FROM {table_of(row_type).name} ORDER BY 1"))  # noqa: S608
    return [tuple(row) for row in found]


async def test_rows_that_are_all_the_same_are_all_stored(bare_address: str) -> None:
    await migrate(bare_address)
    entry = HistoryEntry(status=NegativationStatus.QUEUED, trigger=Trigger.CREATED, at=NOW, actor="ana")
    async with sql_storage(bare_address) as storage:
        async with storage.units_of_work.begin() as work:
            registration = await store_negativation(work, await store_company(work))
            await work.negativations.add_history({registration.id: [entry] * 3})
        async with storage.units_of_work.read() as work:
            histories = await work.negativations.histories([registration.id])
    assert histories == {registration.id: [entry] * 3}


async def test_rows_are_changed_each_for_itself(bare_address: str) -> None:
    await migrate(bare_address)
    rows = [{"name": f"r{each}", "next_at": NOW, "fence": each, "taken": False} for each in range(3)]
    async with sql_storage(bare_address) as storage:
        assert storage.database is not None
        async with storage.database.writing(storage.clock) as work:
            await bulk.insert(work, RoutineRow, _columns(rows))
            changes: bulk.Columns = {"fence": [7, 2**40], "name": ["r2", "r0"], "state": [None, '"odd"']}
            await bulk.update(work, RoutineRow, changes, "name")
            await bulk.update(work, RoutineRow, {"name": [], "fence": []}, "name")
            names = table_of(RoutineRow).c.name, table_of(RoutineRow).c.fence, table_of(RoutineRow).c.state
            found = (await work.connection.execute(select(*names).order_by(names[0]))).all()
    assert [tuple(row) for row in found] == [("r0", 2**40, '"odd"'), ("r1", 1, None), ("r2", 7, None)]


@pytest.mark.parametrize("count", [1, 30])
async def test_what_is_stored_together_counts_from_one_instant(bare_address: str, count: int) -> None:
    await migrate(bare_address)
    soon = timedelta(seconds=20)
    rows = [{"account": new_id(), "held": False} for _ in range(count)]
    async with sql_storage(bare_address) as storage:
        assert storage.database is not None
        async with storage.database.writing(storage.clock) as work:
            before = await work.now()
            times = {"held_until": timedelta(0), "next_at": soon}
            assert await bulk.insert_new(work, AccountRow, _columns(rows), "account", from_now=times) == count
            after = await work.now()
            names = table_of(AccountRow).c.held_until, table_of(AccountRow).c.next_at
            stored = (await work.connection.execute(select(*names))).all()
    assert len(stored) == count
    [(now, later)] = {tuple(row) for row in stored}
    assert before <= now <= after
    assert later - now == soon


@pytest.mark.parametrize("count", [1, 3])
async def test_only_new_rows_are_stored_and_counted(bare_address: str, count: int) -> None:
    await migrate(bare_address)
    rows = [{"name": f"r{each}", "next_at": NOW, "fence": 1, "taken": False} for each in range(count)]
    async with sql_storage(bare_address) as storage:
        assert storage.database is not None
        async with storage.database.writing(storage.clock) as work:
            assert await bulk.insert_new(work, RoutineRow, _columns(rows), "name") == count
            again = [*rows, {**rows[0], "name": "new"}]
            assert await bulk.insert_new(work, RoutineRow, _columns(again), "name") == 1
            assert await bulk.insert_new(work, RoutineRow, {"name": [], "fence": []}, "name") == 0
            assert len(await _raw(work, RoutineRow)) == count + 1
