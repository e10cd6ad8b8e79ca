"""What is decided by looking first is decided under a lock, so that two who look at once do not both decide."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest

from adapters.memory.unit_of_work import MemoryUnitOfWork
from core.domain.bureau import Environment
from core.domain.invoice import SettlementMethod
from core.use_cases.create_integration import CreateIntegration, CreateIntegrationCommand
from core.use_cases.delete_integration import DeleteIntegration, DeleteIntegrationCommand
from core.use_cases.link_integration import LinkIntegration, LinkIntegrationCommand
from core.use_cases.save_invoice import (
    CreateInvoice,
    CreateInvoiceCommand,
    InvoiceChanges,
    InvoiceFields,
    UpdateInvoice,
    UpdateInvoiceCommand,
)
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from core.use_cases.unlink_integration import UnlinkIntegration, UnlinkIntegrationCommand
from core.use_cases.update_credit_parameters import UpdateCreditParameters, UpdateCreditParametersCommand
from core.use_cases.update_integration import UpdateIntegration, UpdateIntegrationCommand
from support.documents import synthetic_cpf
from support.world import World


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that are locked, in order."""
    names: list[str] = []
    lock = MemoryUnitOfWork.lock

    async def noted(work: MemoryUnitOfWork, name: str) -> None:
        names.append(name)
        await lock(work, name)

    monkeypatch.setattr(MemoryUnitOfWork, "lock", noted)
    return names


async def create_integration(world: World) -> None:
    branch = await world.add_branch()
    command = CreateIntegrationCommand(
        caller=world.caller,
        branch_id=branch.id,
        environment=Environment.HOMOLOGATION,
        login="fiador",
        responsible_cpf=synthetic_cpf(1).number,
    )
    world.branch = branch
    await world.use_case(CreateIntegration)(command)


async def update_integration(world: World) -> None:
    command = UpdateIntegrationCommand(
        caller=world.caller, integration_id=world.integration.id, login="another"
    )
    await world.use_case(UpdateIntegration)(command)


async def delete_integration(world: World) -> None:
    command = DeleteIntegrationCommand(caller=world.caller, integration_id=world.integration.id)
    await world.use_case(DeleteIntegration)(command)


async def link(world: World) -> None:
    command = LinkIntegrationCommand(
        caller=world.caller, branch_id=world.branch.id, integration_id=world.integration.id
    )
    await world.use_case(LinkIntegration)(command)


async def unlink(world: World) -> None:
    command = UnlinkIntegrationCommand(
        caller=world.caller, branch_id=world.branch.id, integration_id=world.integration.id
    )
    await world.use_case(UnlinkIntegration)(command)


async def create_invoice(world: World) -> None:
    fields = InvoiceFields(
        amount=Decimal("10"), issued_on=date(2026, 1, 1), due_on=date(2026, 1, 1), external_id="b-1"
    )
    command = CreateInvoiceCommand(caller=world.caller, customer_id=world.customer.id, fields=fields)
    await world.use_case(CreateInvoice)(command)


async def update_invoice(world: World) -> None:
    changes = InvoiceChanges(amount=Decimal("10"))
    command = UpdateInvoiceCommand(caller=world.caller, invoice_id=world.invoice.id, changes=changes)
    await world.use_case(UpdateInvoice)(command)


async def settle_invoice(world: World) -> None:
    command = SettleInvoiceCommand(
        caller=world.caller, invoice_id=world.invoice.id, method=SettlementMethod.PIX
    )
    await world.use_case(SettleInvoice)(command)


async def update_parameters(world: World) -> None:
    command = UpdateCreditParametersCommand(caller=world.caller, enabled=False)
    await world.use_case(UpdateCreditParameters)(command)


@pytest.mark.parametrize(
    ("act", "name"),
    [
        (create_integration, "branch:{world.branch.id}"),
        (update_integration, "branch:{world.branch.id}"),
        (delete_integration, "branch:{world.branch.id}"),
        (link, "branch:{world.branch.id}"),
        (unlink, "branch:{world.branch.id}"),
        (create_invoice, "external-id:Invoice:b-1"),
        (update_invoice, "invoice:{world.invoice.id}"),
        (settle_invoice, "invoice:{world.invoice.id}"),
        (update_parameters, "credit-parameters"),
    ],
)
async def test_what_is_locked(
    world: World, locked: list[str], act: Callable[[World], Awaitable[None]], name: str
) -> None:
    await act(world)
    assert locked == [name.format(world=world)]


async def test_a_move_locks_both_branches_in_the_same_order_whoever_moves(
    world: World, locked: list[str]
) -> None:
    await unlink(world)
    other = await world.add_branch()
    locked.clear()
    command = UpdateIntegrationCommand(
        caller=world.caller, integration_id=world.integration.id, branch_id=other.id
    )
    await world.use_case(UpdateIntegration)(command)
    assert locked == [f"branch:{branch_id}" for branch_id in sorted([world.branch.id, other.id])]
