"""What tests do with a registration, step by step."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.domain.bureau import (
    BureauCode,
    BureauEventKind,
    BureauFailure,
    FailureClass,
    Inclusion,
)
from core.domain.invoice import SettlementMethod
from core.domain.negativation import (
    Negativation,
    NegativationStatus,
)
from core.use_cases.clear_negativation import ClearNegativation, ClearNegativationCommand
from core.use_cases.resend_negativation import ResendNegativation, ResendNegativationCommand
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from support.world import World

LOST = BureauFailure(failure=FailureClass.UNDETERMINED)
DOWN = BureauFailure(failure=FailureClass.TRANSIENT)
LATER = timedelta(minutes=20)


async def clear(
    world: World, negativation: Negativation, code: str | None = None, **changes: Any
) -> Negativation:
    command = ClearNegativationCommand(
        caller=world.caller, negativation_id=negativation.id, clearing_code=code
    )
    return await world.use_case(ClearNegativation)(replace(command, **changes))


async def resend(world: World, negativation: Negativation, *, force: bool = False) -> Negativation:
    command = ResendNegativationCommand(caller=world.caller, negativation_id=negativation.id, force=force)
    return await world.use_case(ResendNegativation)(command)


async def results(world: World, negativation: Negativation, *kinds: BureauEventKind) -> Negativation:
    current = await world.negativation(negativation)
    for kind in kinds:
        world.bureau.happen(
            kind, current.inclusion_key, codes=(BureauCode(code="917", description="Sub judice"),)
        )
    world.clock.advance(LATER)
    await world.fetch_results()
    return await world.negativation(negativation)


async def status(world: World, negativation: Negativation) -> NegativationStatus:
    return (await world.negativation(negativation)).status


def inclusion_of(negativation: Negativation) -> Inclusion:
    return Inclusion(
        key=negativation.inclusion_key,
        debtor=negativation.debtor,
        contract=negativation.contract,
        amount=negativation.amount,
        due_on=negativation.due_on,
        restriction_code=negativation.restriction_code,
        send_sms=negativation.send_sms,
        responsible_cpf=negativation.responsible_cpf,
    )


async def close(world: World) -> None:
    await world.use_case(SettleInvoice)(
        SettleInvoiceCommand(
            caller=world.caller, invoice_id=world.invoice.id, settled_on=None, method=SettlementMethod.PIX
        )
    )
