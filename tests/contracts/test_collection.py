"""The collection routine's records and the watched CNPJs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.bureau import Environment
from core.domain.collection import (
    AutomaticNegativation,
    CollectionDecision,
    CollectionItem,
    CollectionParameters,
    CollectionPhase,
    CollectionProgress,
    CollectionRun,
    CollectionRunStatus,
)
from core.domain.errors import Conflict, Problem
from core.domain.invoice import Invoice
from core.domain.listing import (
    CollectionItemFilter,
    CollectionOrder,
    CollectionRunFilter,
    MonitorChangeFilter,
    MonitorFilter,
    MonitorOrder,
)
from core.domain.monitoring import ChangeKind, Monitor, MonitorChange
from core.domain.paging import Direction, Order, Window
from ports.unit_of_work import UnitsOfWork
from support.builders import NOW, TODAY, new_id
from support.documents import synthetic_cnpj
from support.records import Company, store_company, store_negativation

DAY = timedelta(days=1)


def _run(**changes: Any) -> CollectionRun:
    branches = (new_id(), new_id())
    run = CollectionRun(
        id=new_id(),
        number=0,
        run_date=TODAY,
        dry_run=False,
        status=CollectionRunStatus.RUNNING,
        branch_ids=branches,
        progress=CollectionProgress(phase=CollectionPhase.REGISTER, branch_ids=branches[1:], after_number=7),
        examined=12,
        started_at=NOW,
        started_by="fiador",
        counts={"REGISTERED": 3},
    )
    return replace(run, **changes)


def _monitor(company: Company, serial: int, **changes: Any) -> Monitor:
    monitor = Monitor(
        id=new_id(),
        number=0,
        branch_id=company.branch.id,
        integration_id=company.integration.id,
        environment=Environment.HOMOLOGATION,
        document=synthetic_cnpj(serial),
        created_at=NOW,
        created_by="ana",
    )
    return replace(monitor, **changes)


def _change(monitor: Monitor, event_id: str) -> MonitorChange:
    return MonitorChange(
        id=new_id(),
        number=0,
        monitor_id=monitor.id,
        branch_id=monitor.branch_id,
        event_id=event_id,
        kind=ChangeKind.PROTEST,
        description="Protesto em São Paulo",
        occurred_at=NOW,
    )


async def _found(store: Any, matching: Any, field: Any) -> list[Any]:
    page = await store.page(matching, Order(field, Direction.ASC), Window(size=100))
    assert await store.count(matching) == len(page.edges)
    return [edge.record for edge in page.edges]


async def test_settings_are_the_company_s_or_a_branch_s(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        here, there = (await store_company(work)).branch, (await store_company(work)).branch
        store = work.collection_settings
        assert await store.of([here.id]) == {}
        company = CollectionParameters(branch_id=None, automatic=AutomaticNegativation.YES, days_after_due=20)
        branch = CollectionParameters(
            branch_id=here.id, automatic=AutomaticNegativation.DEFAULT, days_after_due=None
        )
        for parameters in (replace(company, days_after_due=5), company, branch):
            await store.save(parameters)
        assert await store.of([here.id, there.id]) == {None: company, here.id: branch}
        assert await store.of([]) == {None: company}


async def test_a_date_has_one_real_run(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        store = work.collection_runs
        assert await store.of_date(TODAY) is None
        tries = [await store.add(_run(dry_run=True)) for _ in range(2)]
        assert await store.of_date(TODAY) is None
        run = await store.add(_run())
        with pytest.raises(Conflict) as refused:
            await store.add(_run())
        assert refused.value.reason == "COLLECTION_RUN_EXISTS"
        tomorrow = await store.add(_run(run_date=TODAY + DAY))
        done = run.advanced(None, (), 5, NOW + DAY)
        await store.save(done)
        assert await store.of_date(TODAY) == done
        assert await store.get(run.id, lock=True) == done
        for matching, expected in {
            CollectionRunFilter(): [*tries, done, tomorrow],
            CollectionRunFilter(dry_run=True): tries,
            CollectionRunFilter(dry_run=False): [done, tomorrow],
            CollectionRunFilter(run_from=TODAY + DAY): [tomorrow],
            CollectionRunFilter(run_to=TODAY, dry_run=False): [done],
        }.items():
            assert await _found(store, matching, CollectionOrder.NUMBER) == expected, matching


async def test_the_decisions_of_a_run_come_back_whole(units_of_work: UnitsOfWork) -> None:
    reasons = (Problem(("customer", "mobile"), "FIELD_REQUIRED"), Problem((), "MINOR", {"age": 18, "x": "y"}))
    async with units_of_work.begin() as work:
        company = await store_company(work)
        run, other = [await work.collection_runs.add(_run(dry_run=True)) for _ in range(2)]
        registered = await store_negativation(work, company)
        ours: dict[str, Any] = {
            "branch_id": company.branch.id,
            "invoice_id": registered.invoice_id,
            "number": 0,
        }
        items = [
            CollectionItem(
                id=new_id(),
                run_id=run.id,
                negativation_id=registered.id,
                decision=CollectionDecision.REGISTERED,
                **ours,
            ),
            CollectionItem(
                id=new_id(),
                run_id=run.id,
                negativation_id=None,
                decision=CollectionDecision.NOT_ELIGIBLE,
                reasons=reasons,
                **ours,
            ),
        ]
        store = work.collection_items
        await store.add(items)
        await store.add([replace(items[0], id=new_id(), run_id=other.id)])
        await store.add([])
        found = await _found(store, CollectionItemFilter(run_id=run.id), CollectionOrder.NUMBER)
        assert [replace(item, number=0) for item in found] == items
        assert 0 < found[0].number < found[1].number
        not_eligible = CollectionItemFilter(run_id=run.id, decision=CollectionDecision.NOT_ELIGIBLE)
        elsewhere = CollectionItemFilter(run_id=run.id, branch_ids=frozenset({new_id()}))
        assert await _found(store, not_eligible, CollectionOrder.NUMBER) == found[1:]
        assert await _found(store, elsewhere, CollectionOrder.NUMBER) == []


async def test_the_contracts_that_a_run_decided_to_register_are_those_of_its_debtors(
    units_of_work: UnitsOfWork,
) -> None:
    async with units_of_work.begin() as work:
        store = work.collection_items
        run, other = [await work.collection_runs.add(_run(dry_run=True)) for _ in range(2)]
        here, there = await store_company(work), await store_company(work)
        for company in (here, there):
            await work.branches.save(replace(company.branch, integration_id=company.integration.id))

        async def decide(company: Company, contract: str | None, **changes: Any) -> Invoice:
            invoice = await work.invoices.add(company.invoice(contract_number=contract))
            item = CollectionItem(
                id=new_id(),
                number=0,
                run_id=run.id,
                branch_id=company.branch.id,
                invoice_id=invoice.id,
                negativation_id=None,
                decision=CollectionDecision.REGISTERED,
            )
            await store.add([replace(item, **changes)])
            return invoice

        await decide(here, "C-1")
        await decide(here, "C-2")
        without = await decide(here, None)
        await decide(here, "OTHER-RUN", run_id=other.id)
        await decide(here, "REFUSED", decision=CollectionDecision.NOT_ELIGIBLE)
        await decide(there, "C-3")
        (document, another) = (company.customer.document.number for company in (here, there))
        every = {
            (each, contract)
            for each in (document, another)
            for contract in ("C-1", "C-2", "C-3", "OTHER-RUN", "REFUSED", without.debt_reference)
        }
        environment = here.integration.environment
        (elsewhere,) = set(Environment) - {environment}
        for run_id, of, debts, expected in (
            (run.id, environment, every, {(document, "C-1"), (document, "C-2"), (another, "C-3")}),
            (run.id, environment, {(document, "C-1"), (another, "C-2")}, {(document, "C-1")}),
            (other.id, environment, every, {(document, "OTHER-RUN")}),
            (run.id, elsewhere, every, set()),
            (run.id, environment, set(), set()),
        ):
            assert await store.registered_contracts(run_id, of, debts) == expected


async def test_an_integration_watches_a_company_once_in_an_environment(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        here, there = await store_company(work), await store_company(work)
        store = work.monitors
        first = await store.add(_monitor(here, 1))
        with pytest.raises(Conflict) as refused:
            await store.add(_monitor(here, 1))
        assert refused.value.reason == "ALREADY_MONITORED"
        other = await store.add(_monitor(there, 1))
        stopped = replace(first, stopped_at=NOW)
        await store.save(stopped)
        again = await store.add(_monitor(here, 1))
        live = await store.add(_monitor(here, 1, environment=Environment.PRODUCTION))
        documents = [first.document.number, synthetic_cnpj(2).number]
        for integration_id, environment, active in (
            (here.integration.id, Environment.HOMOLOGATION, {documents[0]: again}),
            (here.integration.id, Environment.PRODUCTION, {documents[0]: live}),
            (there.integration.id, Environment.PRODUCTION, {}),
            (new_id(), Environment.HOMOLOGATION, {}),
        ):
            assert await store.active(integration_id, environment, documents) == active
        counts = [
            await store.count_active(each) for each in (here.integration.id, there.integration.id, new_id())
        ]
        assert counts == [2, 1, 0]
        for matching, expected in {
            MonitorFilter(): [other, again, live],
            MonitorFilter(stopped=True): [stopped, other, again, live],
            MonitorFilter(branch_ids=frozenset({there.branch.id})): [other],
            MonitorFilter(document=documents[1]): [],
        }.items():
            assert await _found(store, matching, MonitorOrder.NUMBER) == expected, matching


async def test_a_change_is_noted_once(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        one, other = [await work.monitors.add(_monitor(company, serial)) for serial in (1, 2)]
        first, second, third = _change(one, "e1"), _change(one, "e2"), _change(other, "e1")
        store = work.monitor_changes
        await store.add([first])
        await store.add([replace(first, id=new_id()), second, replace(second, id=new_id()), third])
        await store.add([])
        found = await _found(store, MonitorChangeFilter(), MonitorOrder.NUMBER)
        assert [replace(change, number=0) for change in found] == [first, second, third]
        of_one = await _found(store, MonitorChangeFilter(monitor_id=one.id), MonitorOrder.NUMBER)
        assert of_one == found[:2]
        elsewhere = MonitorChangeFilter(branch_ids=frozenset({new_id()}))
        assert await _found(store, elsewhere, MonitorOrder.NUMBER) == []
