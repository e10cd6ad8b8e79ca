"""The chain of the audit trail: every entry gets its place once, whoever writes and chains at the same time."""

import asyncio
from datetime import timedelta

import pytest

from core.domain.access import Scope
from core.domain.audit_chain import START
from core.domain.errors import Forbidden
from core.domain.listing import AuditFilter
from core.use_cases.chain_audit import ChainAudit
from core.use_cases.verify_audit import VerifyAudit, VerifyAuditCommand
from support import chains
from support.builders import NOW, make_audit_event, make_caller
from support.storages import Storage


async def test_entries_are_chained_once_in_the_order_of_their_numbers(storage: Storage) -> None:
    await chains.add(storage, 3)
    assert (await chains.verify(storage)).waiting == 3
    assert await chains.chain(storage) == 3
    await chains.add(storage, 2)
    assert await chains.chain(storage) == 2
    assert await chains.chain(storage) == 0
    async with storage.units_of_work.read() as work:
        entries = await work.audit_chain.after(0, 100)
        assert await work.audit_chain.after(3, 1) == entries[3:4]
    assert [entry.link.position for entry in entries] == [1, 2, 3, 4, 5]
    numbers = [entry.link.number for entry in entries]
    assert numbers == sorted(numbers)
    assert len({entry.link.digest for entry in entries}) == 5
    verified = await chains.verify(storage)
    assert verified.holds
    assert verified.head.position == 5
    assert verified.head.digest == entries[-1].link.digest
    assert (verified.sealed, verified.waiting, verified.known_found) == (START, 0, None)


async def test_an_empty_chain_holds(storage: Storage) -> None:
    verified = await chains.verify(storage)
    assert verified.holds
    assert verified.head == START


async def test_a_head_noted_earlier_is_found_for_as_long_as_the_chain_goes_there(storage: Storage) -> None:
    await chains.add(storage, 2)
    await chains.chain(storage)
    noted = (await chains.verify(storage)).head.digest
    await chains.add(storage, 2)
    await chains.chain(storage)
    assert (await chains.verify(storage, noted)).known_found is True
    strange = await chains.verify(storage, "f" * 64)
    assert strange.known_found is False
    assert not strange.holds


async def test_only_who_reaches_every_branch_and_may_audit_verifies(storage: Storage) -> None:
    verify = VerifyAudit(units_of_work=storage.units_of_work)
    for caller in (make_caller(scopes=frozenset(Scope) - {Scope.AUDIT}), make_caller(branch_ids=frozenset())):
        with pytest.raises(Forbidden):
            await verify(VerifyAuditCommand(caller=caller))


async def test_old_entries_are_sealed_and_go_while_the_chain_still_holds(storage: Storage) -> None:
    await chains.add(storage, 6)
    await chains.chain(storage)
    noted = (await chains.verify(storage)).head.digest
    numbers = await chains.numbers(storage)
    async with storage.units_of_work.begin() as work:
        assert await work.audit_chain.seal(NOW, NOW, 100) == 0
        assert await work.audit_chain.sealed() == START
        assert await work.audit_chain.seal(NOW + timedelta(days=4), NOW, 3) == 3
        assert await work.audit_chain.seal(NOW + timedelta(days=4), NOW, 3) == 1
        assert await work.audit_chain.seal(NOW + timedelta(days=4), NOW, 3) == 0
        assert (await work.audit_chain.sealed()).position == 4
        assert await work.audit.count(AuditFilter()) == 2
    assert await chains.numbers(storage) == numbers[4:]
    verified = await chains.verify(storage, noted)
    assert verified.holds
    assert (verified.sealed.position, verified.head.position) == (4, 6)


async def test_a_chain_that_was_sealed_whole_goes_on(storage: Storage) -> None:
    await chains.add(storage, 2)
    await chains.chain(storage)
    async with storage.units_of_work.begin() as work:
        assert await work.audit_chain.seal(NOW + timedelta(days=9), NOW, 100) == 2
        sealed = await work.audit_chain.sealed()
        assert await work.audit_chain.head() == sealed
    await chains.add(storage, 1)
    assert await chains.chain(storage) == 1
    verified = await chains.verify(storage, sealed.digest)
    assert verified.holds
    assert verified.head.position == 3


async def test_an_entry_without_a_place_is_never_sealed_away(storage: Storage) -> None:
    await chains.add(storage, 2)
    async with storage.units_of_work.begin() as work:
        assert await work.audit_chain.seal(NOW + timedelta(days=9), NOW, 100) == 0
        assert await work.audit.count(AuditFilter()) == 2


async def test_many_writers_and_several_chainers_at_once_make_one_chain(storage: Storage) -> None:
    """As with several processes on one PostgreSQL: nobody's entry is left out or chained twice."""

    async def write() -> None:
        for _ in range(10):
            async with storage.units_of_work.begin() as work:
                await work.audit.add(make_audit_event())

    async def chain() -> int:
        chained = 0
        while not written.is_set():
            chained += await ChainAudit(units_of_work=storage.units_of_work)()
            await asyncio.sleep(0)
        return chained

    written = asyncio.Event()
    async with asyncio.timeout(120), asyncio.TaskGroup() as tasks:
        chainers = [tasks.create_task(chain()) for _ in range(3)]
        await asyncio.gather(*(write() for _ in range(6)))
        written.set()
    total = sum(task.result() for task in chainers) + await chains.chain(storage)
    assert total == 60
    verified = await chains.verify(storage)
    assert verified.holds
    assert (verified.head.position, verified.waiting) == (60, 0)
