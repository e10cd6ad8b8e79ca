"""What the ready-made operations want to find: their example values with ids of records, and records of each kind for the lists."""

import json
import re
from dataclasses import replace
from typing import Any

from api.operations import ReadyMadeOperation
from core.domain.bureau import BureauCode, BureauEventKind
from core.domain.invoice import SettlementMethod
from core.domain.monitoring import ChangeKind, Monitor, MonitorChange
from core.domain.negativation import Negativation
from core.domain.plans import ConsultationPlan
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from core.use_cases.monitor_company import MonitorCompany, MonitorCompanyCommand
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.run_collection import RunCollection
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from core.use_cases.start_collection import StartCollectionCommand
from support.builders import make_invoice, make_lead, make_prospect
from support.desk import global_id
from support.world import World


async def variables_of(world: World, operation: ReadyMadeOperation) -> dict[str, Any]:
    """The example values, with the ids of records of the world in the place of `{Kind}`."""
    written = json.dumps(operation["variables"])
    for kind in set(re.findall(r"\{(\w+)\}", written)):
        written = written.replace(f"{{{kind}}}", await _id_of(world, kind))
    variables: dict[str, Any] = json.loads(written)
    return variables


async def _id_of(world: World, kind: str) -> str:
    if kind in ("Branch", "Customer", "Integration", "Invoice"):
        return global_id(getattr(world, kind.lower()))
    if kind == "BranchExternalId":
        named = f"filial-{world.branch.number}"
        async with world.units_of_work.begin() as work:
            await work.branches.save(replace(world.branch, external_id=named))
        return named
    if kind == "CustomerExternalId":
        named = f"cliente-0-{world.customer.number}"
        async with world.units_of_work.begin() as work:
            await work.customers.save(replace(world.customer, external_id=named))
        return named
    if kind == "Monitor":
        return global_id(await watch_company(world))
    if kind == "BareBranch":
        return global_id(await world.add_branch())
    if kind == "Negativation":
        return global_id(await _negativate(world))
    if kind == "Rejected":
        return global_id(await _rejected(world))
    async with world.units_of_work.begin() as work:
        if kind == "Lead":
            return global_id(await work.leads.add(make_lead(branch_id=world.branch.id)))
        assert kind == "Prospect", kind
        return global_id(await work.prospects.add(make_prospect(branch_id=world.branch.id)))


async def furnish(world: World) -> None:
    """One record of each kind that the lists show."""
    await _id_of(world, "Lead")
    await _id_of(world, "Prospect")
    consult = ConsultCreditCommand(
        caller=world.caller, subject=CustomerSubject(world.customer.id), plan=ConsultationPlan.CREDNET_TOP
    )
    await world.use_case(ConsultCredit)(consult)
    await watch_company(world)
    await world.use_case(RunCollection)(StartCollectionCommand(caller=world.caller))
    async with world.units_of_work.read() as work:
        live = await work.negativations.live_of_invoices([world.invoice.id])
    if not live:
        await _rejected(world)
        await _to_be_cleared(world)


async def watch_company(world: World) -> Monitor:
    """A watched company, at which something was found."""
    command = MonitorCompanyCommand(caller=world.caller, branch_id=world.branch.id)
    monitor = await world.use_case(MonitorCompany)(command)
    change = MonitorChange(
        id=world.ids.new(),
        number=0,
        monitor_id=monitor.id,
        branch_id=monitor.branch_id,
        event_id="e1",
        kind=ChangeKind.PROTEST,
        description="Novo protesto",
        occurred_at=world.clock.now(),
    )
    async with world.units_of_work.begin() as work:
        await work.monitor_changes.add([change])
    return monitor


async def _to_be_cleared(world: World) -> None:
    """A negativation whose invoice was paid."""
    invoice = make_invoice(branch_id=world.branch.id, customer_id=world.customer.id)
    async with world.units_of_work.begin() as work:
        await work.invoices.add(invoice)
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=invoice.id)
    await world.use_case(NegativateDebtor)(command)
    paid = SettleInvoiceCommand(
        caller=world.caller, invoice_id=invoice.id, settled_on=None, method=SettlementMethod.PIX
    )
    await world.use_case(SettleInvoice)(paid)


async def _negativate(world: World) -> Negativation:
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    return await world.use_case(NegativateDebtor)(command)


async def _rejected(world: World) -> Negativation:
    """A negativation that the bureau rejected, of a customer whose data were mended since."""
    negativation = await _negativate(world)
    await world.deliver()
    codes = (BureauCode(code="00046", description="Nome divergente"),)
    world.bureau.happen(BureauEventKind.INCLUSION_REJECTED, negativation.inclusion_key, codes=codes)
    await world.fetch_results()
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, name="Nome Corrigido"))
    return await world.negativation(negativation)
