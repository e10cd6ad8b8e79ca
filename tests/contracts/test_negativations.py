"""Registrations: one live per debt, found by invoice, contract and key, with a history that only grows."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.bureau import BureauCode, Environment
from core.domain.errors import Conflict
from core.domain.negativation import HistoryEntry, Negativation, NegativationStatus, Trigger
from ports.unit_of_work import UnitsOfWork
from support.builders import NOW, make_debtor, new_id
from support.records import Company, store_company, store_negativation

ENDED = [status for status in NegativationStatus if not status.live]
LIVE = [status for status in NegativationStatus if status.live]


@pytest.mark.parametrize("status", LIVE)
async def test_an_invoice_has_one_live_registration(
    units_of_work: UnitsOfWork, status: NegativationStatus
) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        live = await store_negativation(work, company, status=status)
        invoice = await work.invoices.get(live.invoice_id)
        assert invoice is not None
        second = company.negativation(invoice, generation=2)
        with pytest.raises(Conflict) as refused:
            await work.negativations.add(second)
        assert refused.value.reason == "NEGATIVATION_LIVE"

        await work.negativations.save(replace(live, status=NegativationStatus.CLEARED))
        second = await work.negativations.add(second)
        with pytest.raises(Conflict) as revived:
            await work.negativations.save(live)
        assert revived.value.reason == "NEGATIVATION_LIVE"
        assert await work.negativations.live_of_invoices([invoice.id]) == {invoice.id: second}


async def test_a_contract_of_a_debtor_has_one_live_registration(units_of_work: UnitsOfWork) -> None:
    debt: dict[str, Any] = {"debtor": make_debtor(), "contract": "CT-1"}
    async with units_of_work.begin() as work:
        company = await store_company(work)
        first = await store_negativation(work, company, **debt)
        invoice = await work.invoices.add(company.invoice())
        with pytest.raises(Conflict) as refused:
            await work.negativations.add(company.negativation(invoice, **debt))
        assert refused.value.reason == "NEGATIVATION_LIVE"
        # Another environment, another contract, another debtor: another debt.
        await work.negativations.add(
            company.negativation(invoice, **debt, environment=Environment.PRODUCTION)
        )
        await store_negativation(work, company, **{**debt, "contract": "CT-2"})
        await store_negativation(work, company, **{**debt, "debtor": make_debtor()})
        await work.negativations.save(replace(first, status=NegativationStatus.REJECTED))
        await store_negativation(work, company, **debt)


async def test_one_generation_of_an_invoice_is_sent_once(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        ended = await store_negativation(work, company, status=NegativationStatus.CANCELLED)
        invoice = await work.invoices.get(ended.invoice_id)
        assert invoice is not None
        with pytest.raises(Conflict) as refused:
            await work.negativations.add(company.negativation(invoice, generation=1))
        assert refused.value.reason == "GENERATION_TAKEN"


async def test_live_ones_are_found_by_invoice_and_by_contract(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        live = [await store_negativation(work, company, status=status) for status in LIVE]
        ended = [await store_negativation(work, company, status=status) for status in ENDED]
        store = work.negativations
        everything = [record.invoice_id for record in (*live, *ended)]
        by_invoice = {record.invoice_id: record for record in live}
        assert await store.live_of_invoices([*everything, new_id()]) == by_invoice
        assert await store.live_among([*everything, new_id()]) == set(by_invoice)
        assert await store.live_among(everything[-1:]) == await store.live_among([]) == set()
        debts = {(record.debtor.document.number, record.contract) for record in live}
        asked = [*debts, *((r.debtor.document.number, r.contract) for r in ended), ("1", "2")]
        assert await store.live_contracts(asked, Environment.HOMOLOGATION) == debts
        assert await store.live_contracts(asked, Environment.PRODUCTION) == set()
        crossed = [(live[0].debtor.document.number, live[1].contract)]
        assert await store.live_contracts(crossed, Environment.HOMOLOGATION) == set()
        assert await store.count_live(company.integration.id) == len(live)
        assert await store.count_live(new_id()) == 0


async def test_the_latest_of_an_invoice_has_the_highest_generation(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        invoice = await work.invoices.add(company.invoice())
        ended = {"status": NegativationStatus.CLEARED}
        assert await work.negativations.latest_of_invoices([invoice.id]) == {}
        third = await work.negativations.add(company.negativation(invoice, generation=3, **ended))
        await work.negativations.add(company.negativation(invoice, generation=2, **ended))
        other = await store_negativation(work, company)
        found = await work.negativations.latest_of_invoices([invoice.id, other.invoice_id, new_id()])
        assert found == {invoice.id: third, other.invoice_id: other}


async def test_many_registrations_are_stored_at_once_or_none(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        invoices = [await work.invoices.add(company.invoice()) for _ in range(3)]
        before = await store_negativation(work, company)
        records = [company.negativation(each) for each in invoices]
        numbers = await work.negativations.add_many(records)
        assert numbers == sorted(numbers)
        assert numbers[0] > before.number
        assert await work.negativations.get_many([record.id for record in records]) == {
            record.id: replace(record, number=number) for record, number in zip(records, numbers, strict=True)
        }
        assert await work.negativations.add_many([]) == []
        fourth = await work.invoices.add(company.invoice())
    second = company.negativation(invoices[0], generation=2)
    with pytest.raises(Conflict) as caught:
        await _add_many(units_of_work, company.negativation(fourth), second)
    assert caught.value.reason == "NEGATIVATION_LIVE"
    async with units_of_work.read() as work:
        assert await work.negativations.count_live(company.integration.id) == 4


async def _add_many(units_of_work: UnitsOfWork, *records: Negativation) -> None:
    async with units_of_work.begin() as work:
        await work.negativations.add_many(records)


async def test_registrations_are_found_by_what_the_bureau_knows_them_by(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        records = [await store_negativation(work, company) for _ in range(3)]
        resent = replace(records[2], generation=2)
        await work.negativations.save(resent)
        keys = [record.inclusion_key for record in (*records, resent)]
        found = await work.negativations.by_inclusion_keys([*keys, "nobody's"])
        known = (records[0], records[1], resent)
        assert found == {record.inclusion_key: record for record in known}


async def test_histories_come_in_the_order_in_which_they_were_written(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        one, other, third = [await store_negativation(work, company) for _ in range(3)]
        entries = [_entry(day) for day in (3, 1, 2, 0)]
        await work.negativations.add_history({one.id: entries[:2], other.id: entries[3:]})
        await work.negativations.add_history({one.id: entries[2:3], other.id: []})
        await work.negativations.add_history({})
    async with units_of_work.read() as work:
        found = await work.negativations.histories([third.id, other.id, one.id])
    assert found == {one.id: entries[:3], other.id: entries[3:], third.id: []}


def _entry(day: int) -> HistoryEntry:
    codes = (BureauCode(code=f"A{day}", description="Já incluída"),) if day else ()
    at = NOW + timedelta(days=day)
    return HistoryEntry(
        status=NegativationStatus.SENT, trigger=Trigger.TAKEN_IN, at=at, actor="fiador", codes=codes
    )


async def test_the_same_debt_is_registered_once_by_concurrent_callers(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        invoice = await work.invoices.add(company.invoice())

    async def register(company: Company) -> bool:
        try:
            async with units_of_work.begin() as work:
                await work.negativations.add(company.negativation(invoice))
        except Conflict:
            return False
        return True

    async with asyncio.timeout(30):
        done = await asyncio.gather(*(register(company) for _ in range(12)))
    assert sum(done) == 1
