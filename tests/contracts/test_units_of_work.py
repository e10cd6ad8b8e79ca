"""What a unit of work promises: all or nothing, nothing seen before its time, nothing lost between two."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.branch import Branch
from core.domain.errors import Conflict
from core.domain.listing import AuditFilter, AuditOrder, BranchFilter
from core.domain.paging import Direction, Order, Window
from core.domain.parameters import CreditParameters
from ports.unit_of_work import UnitOfWork, UnitsOfWork, WriteInReadOnlyUnit
from support.builders import NOW, make_audit_event, make_branch, make_intent, make_lead, new_id
from support.storages import Storage


async def test_a_failure_takes_everything_back(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        kept = await work.branches.add(make_branch(name="Before"))
    with pytest.raises(RuntimeError, match="midway"):
        await _change_everything_and_fail(units_of_work, kept)
    async with units_of_work.read() as work:
        assert await work.branches.get(kept.id) == kept
        assert await work.branches.count(BranchFilter()) == 1
        assert await work.outbox.pending() == 0


async def _change_everything_and_fail(units_of_work: UnitsOfWork, branch: Branch) -> None:
    async with units_of_work.begin() as work:
        await work.branches.save(replace(branch, name="After"))
        await work.branches.add(make_branch())
        await work.outbox.put(make_intent())
        await work.routines.ensure("routine", NOW)
        raise RuntimeError("midway")


async def test_a_refused_record_leaves_the_rest_of_the_work_standing(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        first = await work.branches.add(make_branch(external_id="X"))
        with pytest.raises(Conflict):
            await work.branches.add(make_branch(external_id="X"))
        second = await work.branches.add(make_branch(external_id="Y"))
    async with units_of_work.read() as work:
        assert set(await work.branches.get_many([first.id, second.id])) == {first.id, second.id}


async def test_what_is_not_committed_is_seen_inside_and_not_outside(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        assert await work.branches.get(branch.id) == branch
        # Reading neither waits for the writer nor sees its work.
        async with asyncio.timeout(5), units_of_work.read() as reader:
            assert await reader.branches.get(branch.id) is None
    async with units_of_work.read() as reader:
        assert await reader.branches.get(branch.id) == branch


async def test_a_reader_sees_one_moment(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch(name="Before"))
    async with units_of_work.read() as reader:
        assert await reader.branches.get(branch.id) == branch
        async with asyncio.timeout(5), units_of_work.begin() as work:
            await work.branches.save(replace(branch, name="After"))
            await work.branches.add(make_branch())
        assert await reader.branches.get(branch.id) == branch
        assert await reader.branches.count(BranchFilter()) == 1


async def test_a_record_that_was_read_is_not_changed_by_those_who_hold_it(units_of_work: UnitsOfWork) -> None:
    given = make_branch()
    async with units_of_work.begin() as work:
        added = await work.branches.add(given)
        again = await work.branches.get(added.id)
    assert added is not given
    assert again == added
    details: dict[str, str | int | bool] = {"count": 1}
    event = make_audit_event(details=details)
    async with units_of_work.begin() as work:
        await work.audit.add(event)
        details["count"] = 2
    async with units_of_work.read() as work:
        assert await _details(work) == [{"count": 1}]


WRITES: dict[str, Callable[[UnitOfWork], Awaitable[object]]] = {
    "add": lambda work: work.branches.add(make_branch()),
    "save": lambda work: work.branches.save(make_branch()),
    "lock a record": lambda work: work.branches.get(new_id(), lock=True),
    "lock a name": lambda work: work.lock("name"),
    "lock names": lambda work: work.lock_all(["name"]),
    "find inclusions, locked": lambda work: work.negativations.by_inclusion_keys(["key"]),
    "history": lambda work: work.negativations.add_history({new_id(): []}),
    "audit": lambda work: work.audit.add(make_audit_event()),
    "parameters": lambda work: work.parameters.save_credit(CreditParameters()),
    "put": lambda work: work.outbox.put(make_intent()),
    "put leased": lambda work: work.outbox.put_leased(make_intent(), timedelta(seconds=1)),
    "withdraw": lambda work: work.outbox.withdraw("key"),
    "hold": lambda work: work.outbox.hold(new_id(), None),
    "ensure": lambda work: work.routines.ensure("routine", NOW),
    "take": lambda work: work.routines.take("routine", now=NOW, leased_until=NOW),
    "forget": lambda work: work.routines.forget("routine"),
}


@pytest.mark.parametrize("write", WRITES)
async def test_a_unit_for_reading_refuses_to_write(units_of_work: UnitsOfWork, write: str) -> None:
    async with units_of_work.read() as work:
        with pytest.raises(WriteInReadOnlyUnit):
            await WRITES[write](work)


async def test_concurrent_increments_lose_nothing(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        lead = await work.leads.add(make_lead(branch_id=branch.id, name="0"))

    async def increment() -> None:
        async with units_of_work.begin() as work:
            found = await work.leads.get(lead.id, lock=True)
            assert found is not None
            await work.leads.save(replace(found, name=str(int(found.name) + 1)))

    async with asyncio.timeout(30):
        await asyncio.gather(*(increment() for _ in range(160)))
    async with units_of_work.read() as work:
        counted = await work.leads.get(lead.id)
    assert counted is not None
    assert counted.name == "160"


async def test_a_lock_lets_one_in_at_a_time(units_of_work: UnitsOfWork) -> None:
    inside, most = 0, 0

    async def enter() -> None:
        nonlocal inside, most
        async with units_of_work.begin() as work:
            await work.lock("consultation:12345678909")
            inside += 1
            most = max(most, inside)
            await work.branches.count(BranchFilter())
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.timeout(30):
        await asyncio.gather(*(enter() for _ in range(8)))
    assert most == 1


async def test_who_locks_many_names_locks_each_of_them(units_of_work: UnitsOfWork) -> None:
    order: list[str] = []

    async def enter(name: str) -> None:
        async with units_of_work.begin() as work:
            await work.lock(name)
            order.append(name)

    async with asyncio.timeout(30):
        async with units_of_work.begin() as work:
            await work.lock_all([])
            await work.lock_all(["first", "second"])
            waiting = [asyncio.create_task(enter(name)) for name in ("first", "second")]
            await asyncio.sleep(0.1)
            order.append("many")
        await asyncio.gather(*waiting)
    assert order[0] == "many"
    assert sorted(order[1:]) == ["first", "second"]


async def test_a_lock_ends_with_its_unit_of_work(units_of_work: UnitsOfWork) -> None:
    with pytest.raises(RuntimeError, match="failed"):
        await _lock_and_fail(units_of_work)
    async with asyncio.timeout(5), units_of_work.begin() as work:
        await work.lock("name")


async def _lock_and_fail(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        await work.lock("name")
        raise RuntimeError("failed")


async def test_a_cancelled_unit_of_work_leaves_nothing_behind(units_of_work: UnitsOfWork) -> None:
    branch = make_branch()
    entered = asyncio.Event()

    async def write_and_wait() -> None:
        async with units_of_work.begin() as work:
            await work.lock("name")
            await work.branches.add(branch)
            entered.set()
            await asyncio.Event().wait()

    async with asyncio.timeout(10):
        task = asyncio.create_task(write_and_wait())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with units_of_work.begin() as work:
            await work.lock("name")
            assert await work.branches.get(branch.id) is None
            await work.branches.add(branch)


async def test_cancelling_in_the_middle_of_a_statement_does_no_harm(units_of_work: UnitsOfWork) -> None:
    async def add_some() -> None:
        async with units_of_work.begin() as work:
            for _ in range(50):
                await work.branches.add(make_branch())

    async with asyncio.timeout(30):
        for turns in range(1, 40, 3):
            task = asyncio.create_task(add_some())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        async with units_of_work.begin() as work:
            count = await work.branches.count(BranchFilter())
            await work.branches.add(make_branch())
    assert count % 50 == 0


async def test_a_second_unit_inside_the_first_is_refused_where_it_would_wait_forever(
    storage: Storage,
) -> None:
    async with asyncio.timeout(5), storage.units_of_work.begin():
        if storage.kind == "postgresql":
            async with storage.units_of_work.begin() as work:
                await work.branches.add(make_branch())
        else:
            with pytest.raises(RuntimeError, match="open already"):
                await storage.units_of_work.begin().__aenter__()


async def _details(work: UnitOfWork) -> list[object]:
    newest_last = Order(AuditOrder.NUMBER, Direction.ASC)
    page = await work.audit.page(AuditFilter(), newest_last, Window(size=10))
    return [edge.record.details for edge in page.edges]
