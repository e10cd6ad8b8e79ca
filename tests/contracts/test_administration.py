"""Parameters, code tables, the audit trail, idempotency keys and tokens."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.domain.access import Scope
from core.domain.bureau import BureauCode
from core.domain.code_tables import CLEARING_CODES, CachedCodes, CodeTable
from core.domain.errors import Conflict
from core.domain.idempotency import IdempotencyRecord
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.money import Money
from core.domain.paging import Direction, Order, Window
from core.domain.parameters import CreditParameters
from ports.unit_of_work import UnitsOfWork
from support.builders import NOW, make_audit_event, make_token, new_id
from support.records import store_company


async def test_parameters_are_the_defaults_until_they_are_saved(units_of_work: UnitsOfWork) -> None:
    saved = CreditParameters(
        enabled=True,
        repeat_interval_days=30,
        deprecated_plans_end_on=date(2026, 12, 31),
        minimum_negativation_amount=Money(5_000),
    )
    async with units_of_work.begin() as work:
        assert await work.parameters.credit() == CreditParameters()
        await work.parameters.save_credit(saved)
    async with units_of_work.begin() as work:
        assert await work.parameters.credit() == saved
        await work.parameters.save_credit(CreditParameters(enabled=True))
        assert await work.parameters.credit() == CreditParameters(enabled=True)


async def test_code_tables_are_kept_by_integration_and_table(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        integration = (await store_company(work)).integration
        first = CachedCodes(rows=(BureauCode(code="DP", description="Duplicata"),), fetched_at=NOW)
        second = CachedCodes(rows=CLEARING_CODES, fetched_at=NOW + timedelta(days=1))
        store = work.code_tables
        assert await store.get(integration.id, CodeTable.CLEARING) is None
        await store.put(integration.id, CodeTable.CLEARING, first)
        await store.put(integration.id, CodeTable.CLEARING, second)
        await store.put(integration.id, CodeTable.RESTRICTION, first)
        assert await store.get(integration.id, CodeTable.CLEARING) == second
        assert await store.get(integration.id, CodeTable.RESTRICTION) == first
        assert await store.get(new_id(), CodeTable.CLEARING) is None


async def test_audit_events_come_back_whole_and_numbered(units_of_work: UnitsOfWork) -> None:
    branch, record = new_id(), new_id()
    given = [
        make_audit_event(details={"n": 1, "s": "é", "b": False}),
        make_audit_event(origin="203.0.113.7", branch_id=branch, record_id=record, details={}),
    ]
    async with units_of_work.begin() as work:
        await work.audit.add(*given)
        await work.audit.add()
    async with units_of_work.read() as work:
        order = Order(AuditOrder.NUMBER, Direction.ASC)
        page = await work.audit.page(AuditFilter(), order, Window(size=10))
    stored = [edge.record for edge in page.edges]
    assert stored == [replace(event, number=kept.number) for event, kept in zip(given, stored, strict=True)]
    assert 0 < stored[0].number < stored[1].number
    assert [type(value) for value in stored[0].details.values()] == [int, str, bool]


async def test_an_idempotency_key_is_a_caller_s_own_and_used_once(units_of_work: UnitsOfWork) -> None:
    record = IdempotencyRecord(
        caller_id="ana",
        key="k",
        operation="consultCredit",
        fingerprint="f",
        result_id=new_id(),
        created_at=NOW,
    )
    async with units_of_work.begin() as work:
        assert await work.idempotency.get("ana", "k") is None
        await work.idempotency.add(record)
        await work.idempotency.add(replace(record, caller_id="rui"))
        with pytest.raises(Conflict) as refused:
            await work.idempotency.add(replace(record, operation="negativateDebtor"))
        assert refused.value.reason == "IDEMPOTENCY_KEY_TAKEN"
    async with units_of_work.read() as work:
        assert await work.idempotency.get("ana", "k") == record
        assert await work.idempotency.get("eva", "k") is None
    async with units_of_work.begin() as work:
        await work.idempotency.remove("ana", "k")
        await work.idempotency.remove("eva", "k")
        assert await work.idempotency.get("ana", "k") is None
        assert await work.idempotency.get("rui", "k") is not None


async def test_idempotency_keys_are_forgotten_oldest_first_and_then_new_again(
    units_of_work: UnitsOfWork,
) -> None:
    made = {f"k{age}": NOW - timedelta(days=age) for age in range(5)}
    records = [
        IdempotencyRecord(
            caller_id="ana",
            key=key,
            operation="consultCredit",
            fingerprint="f",
            result_id=new_id(),
            created_at=at,
        )
        for key, at in made.items()
    ]
    before = NOW - timedelta(days=1)
    async with units_of_work.begin() as work:
        for record in records:
            await work.idempotency.add(record)
    async with units_of_work.begin() as work:
        assert await work.idempotency.forget(before, limit=2) == 2
    async with units_of_work.read() as work:
        left = [key for key in made if await work.idempotency.get("ana", key)]
    assert left == ["k0", "k1", "k2"]
    async with units_of_work.begin() as work:
        assert await work.idempotency.forget(before, limit=2) == 1
        assert await work.idempotency.forget(before, limit=2) == 0
        await work.idempotency.add(records[-1])


async def test_tokens_are_found_by_hash_and_listed_oldest_first(units_of_work: UnitsOfWork) -> None:
    branches = frozenset({new_id(), new_id()})
    first = make_token()
    second = make_token(
        branch_ids=branches, scopes=frozenset({Scope.READ}), expires_at=NOW + timedelta(days=1)
    )
    none = make_token(branch_ids=frozenset(), scopes=frozenset())
    async with units_of_work.begin() as work:
        for token in (first, second, none):
            await work.tokens.add(token)
        revoked = replace(first, revoked_at=NOW)
        await work.tokens.save(revoked)
        with pytest.raises(LookupError):
            await work.tokens.save(make_token())
    async with units_of_work.read() as work:
        assert await work.tokens.all() == [revoked, second, none]
        assert await work.tokens.by_hash(second.token_hash) == second
        assert await work.tokens.by_hash("0" * 64) is None
        assert await work.tokens.get(first.id) == revoked
        assert await work.tokens.get(new_id()) is None


async def test_a_token_s_latest_use_is_kept(units_of_work: UnitsOfWork) -> None:
    used, unused = make_token(), make_token(revoked_at=NOW)
    async with units_of_work.begin() as work:
        for token in (used, unused):
            await work.tokens.add(token)
        await work.tokens.note_uses({used.id: NOW, new_id(): NOW})
        await work.tokens.note_uses({used.id: NOW - timedelta(seconds=1)})
    async with units_of_work.read() as work:
        assert await work.tokens.all() == [replace(used, last_used_at=NOW), unused]
    later = NOW + timedelta(minutes=1)
    async with units_of_work.begin() as work:
        await work.tokens.note_uses({used.id: later, unused.id: later})
    async with units_of_work.read() as work:
        assert [token.last_used_at for token in await work.tokens.all()] == [later, later]
