"""What every store of records promises: what was stored comes back, and nothing is stored twice."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.bureau import BureauCode, CredentialKind, FailureClass
from core.domain.consultation import ConsultationOutcome
from core.domain.credentials import CredentialState
from core.domain.errors import Conflict
from core.domain.integration import Automation
from core.domain.invoice import InvoiceStatus, SettlementMethod
from core.domain.money import MAX_CENTAVOS, Money
from core.domain.negativation import Clearing, NegativationStatus
from core.domain.plans import ConsultationPlan
from core.domain.secret import SealedSecret
from core.domain.subjects import Address, NegativationHold, SubjectKind
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.builders import (
    NOW,
    TODAY,
    make_branch,
    make_credential,
    make_customer,
    make_integration,
    make_lead,
    make_prospect,
    new_id,
)
from support.documents import synthetic_cnpj
from support.records import store_company, store_negativation

Case = tuple[Any, dict[str, Any]]
"""A record that is stored first, and what changes about it later."""


async def _branch(work: UnitOfWork) -> Case:
    return make_branch(external_id=f"B-{new_id()}", document=synthetic_cnpj(7, letters=True)), {
        "name": "Filial São José",
        "integration_id": new_id(),
        "requires_rescission": True,
        "daily_consultation_budget": 20,
        "external_id": None,
    }


async def _integration(work: UnitOfWork) -> Case:
    branch = await work.branches.add(make_branch())
    rotating = make_credential(CredentialKind.PEFIN).rotating(SealedSecret(b"\x00\xfe"), NOW)
    missing = make_credential(CredentialKind.CONSULTATION).destroyed()
    return make_integration(branch_id=branch.id, pefin=rotating), {
        "consultation": replace(missing, last_refusal_at=NOW, state=CredentialState.MISSING),
        "automation": Automation(enabled=True, restriction_code="FI", clearing_code="02"),
        "send_sms_on_inclusion": False,
        "deleted_at": NOW + timedelta(days=1),
    }


async def _customer(work: UnitOfWork) -> Case:
    branch = await work.branches.add(make_branch())
    company = synthetic_cnpj(8, letters=True)
    bare = {"gender": None, "born_on": None, "mobile": None, "email": None, "document": company}
    return make_customer(branch_id=branch.id, external_id=f"C-{new_id()}"), {
        **bare,
        "address": Address(),
        "hold": NegativationHold.SUB_JUDICE,
        "updated_at": NOW + timedelta(microseconds=1),
    }


async def _lead(work: UnitOfWork) -> Case:
    branch = await work.branches.add(make_branch())
    return make_lead(branch_id=branch.id, document=None, state_code=None, phone=None), {
        "email": "a@b.example"
    }


async def _prospect(work: UnitOfWork) -> Case:
    branch = await work.branches.add(make_branch())
    return make_prospect(branch_id=branch.id), {"document": None, "state_code": None, "external_id": "P-1"}


async def _invoice(work: UnitOfWork) -> Case:
    company = await store_company(work)
    return company.invoice(contract_number=None, amount=Money(MAX_CENTAVOS)), {
        "status": InvoiceStatus.SETTLED,
        "closed_on": TODAY,
        "settlement_method": SettlementMethod.PIX,
        "contract_rescinded_on": TODAY,
    }


async def _consultation(work: UnitOfWork) -> Case:
    company = await store_company(work)
    pending = company.consultation(
        outcome=ConsultationOutcome.PENDING, cost=None, protocol=None, billable=False, state_code=None
    )
    return pending, {
        "subject_kind": SubjectKind.CUSTOMER,
        "subject_id": company.customer.id,
        "outcome": ConsultationOutcome.REFUSED,
        "failure": FailureClass.LEGAL_BLOCK,
        "bureau_code": "17",
        "bureau_message": "Menor de idade — não informado",
        "plan": ConsultationPlan.CREDNET_TOP,
        "cost": Money(0),
    }


async def _negativation(work: UnitOfWork) -> Case:
    company = await store_company(work)
    earlier = await store_negativation(work, company, status=NegativationStatus.CANCELLED)
    invoice = await work.invoices.add(company.invoice())
    return company.negativation(invoice, replaces_id=earlier.id), {
        "status": NegativationStatus.CLEARING_REJECTED,
        "clearing": Clearing(code="01", requested_at=NOW, requested_by="ana", generation=3),
        "clearing_due_on": TODAY,
        "protocol": "P-9",
        "codes": (BureauCode(code="A1", description="Inclusão aceita"), BureauCode(code="", description="")),
    }


CASES: dict[str, Callable[[UnitOfWork], Awaitable[Case]]] = {
    "branches": _branch,
    "integrations": _integration,
    "customers": _customer,
    "leads": _lead,
    "prospects": _prospect,
    "invoices": _invoice,
    "consultations": _consultation,
    "negativations": _negativation,
}


@pytest.mark.parametrize("kind", CASES)
async def test_what_was_stored_comes_back_whole(units_of_work: UnitsOfWork, kind: str) -> None:
    async with units_of_work.begin() as work:
        given, _ = await CASES[kind](work)
        added = await getattr(work, kind).add(replace(given, number=4711))
    assert added == replace(given, number=added.number)
    assert added.number != 4711
    async with units_of_work.read() as work:
        store = getattr(work, kind)
        assert await store.get(added.id) == added
        assert await store.get_many([new_id(), added.id]) == {added.id: added}
        assert await store.get(new_id()) is None
        assert await store.get_many([]) == {}


@pytest.mark.parametrize("kind", CASES)
async def test_a_saved_record_replaces_the_earlier_one(units_of_work: UnitsOfWork, kind: str) -> None:
    async with units_of_work.begin() as work:
        given, changes = await CASES[kind](work)
        added = await getattr(work, kind).add(given)
    changed = replace(added, **changes)
    async with units_of_work.begin() as work:
        store = getattr(work, kind)
        assert await store.get(added.id, lock=True) == added
        await store.save(changed)
        assert await store.get(added.id) == changed
    async with units_of_work.read() as work:
        assert await getattr(work, kind).get(added.id) == changed


@pytest.mark.parametrize("kind", CASES)
async def test_numbers_follow_each_other(units_of_work: UnitsOfWork, kind: str) -> None:
    async with units_of_work.begin() as work:
        store = getattr(work, kind)
        first = await store.add((await CASES[kind](work))[0])
        second = await store.add((await CASES[kind](work))[0])
    assert 0 < first.number < second.number


@pytest.mark.parametrize("kind", CASES)
async def test_only_what_is_stored_can_be_saved(units_of_work: UnitsOfWork, kind: str) -> None:
    async with units_of_work.begin() as work:
        record, _ = await CASES[kind](work)
        with pytest.raises(LookupError):
            await getattr(work, kind).save(record)


async def test_many_are_found_at_once(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        added = [await work.leads.add(make_lead(branch_id=branch.id)) for _ in range(20)]
        unknown = [new_id() for _ in range(40_000)]
        found = await work.leads.get_many([*unknown, *(lead.id for lead in added), added[0].id])
    assert found == {lead.id: lead for lead in added}


KNOWN = ("branches", "customers", "leads", "prospects", "invoices")


async def _two(kind: str, work: UnitOfWork) -> tuple[Any, Any]:
    (first, _), (second, _) = await CASES[kind](work), await CASES[kind](work)
    return replace(first, external_id="X-1"), replace(second, external_id=None)


@pytest.mark.parametrize("kind", KNOWN)
async def test_an_external_id_is_taken_once(units_of_work: UnitsOfWork, kind: str) -> None:
    async with units_of_work.begin() as work:
        store = getattr(work, kind)
        first, second = await _two(kind, work)
        first = await store.add(first)
        with pytest.raises(Conflict) as added:
            await store.add(replace(second, external_id="X-1"))
        second = await store.add(second)
        with pytest.raises(Conflict) as saved:
            await store.save(replace(second, external_id="X-1"))
        await store.save(first)
    assert {added.value.reason, saved.value.reason} == {"EXTERNAL_ID_TAKEN"}
    assert added.value.params == saved.value.params == {"externalId": "X-1"}
    async with units_of_work.read() as work:
        assert await getattr(work, kind).get(second.id) == second


@pytest.mark.parametrize("kind", KNOWN)
async def test_records_are_found_by_external_ids(units_of_work: UnitsOfWork, kind: str) -> None:
    async with units_of_work.begin() as work:
        store = getattr(work, kind)
        first, second = await _two(kind, work)
        first, second = await store.add(first), await store.add(second)
        third, _ = await CASES[kind](work)
        third = await store.add(replace(third, external_id="ção-3"))
        assert await store.by_external_ids(["X-1", "ção-3", "X-2"]) == {"X-1": first, "ção-3": third}
        assert await store.by_external_ids([]) == {}


async def test_an_external_id_belongs_to_one_kind_of_record(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch(external_id="X-1"))
        await work.customers.add(make_customer(branch_id=branch.id, external_id="X-1"))
        await work.leads.add(make_lead(branch_id=branch.id, external_id="X-1"))
