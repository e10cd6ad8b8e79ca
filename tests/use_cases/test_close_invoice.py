"""Settling, cancelling and renegotiating: the bureau is never called, but the deadline for a clearing starts to run."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.domain.invoice import Invoice, InvoiceStatus, SettlementMethod
from core.domain.negativation import Negativation, NegativationStatus
from core.use_cases.cancel_invoice import CancelInvoice, CancelInvoiceCommand
from core.use_cases.clear_negativation import ClearNegativation, ClearNegativationCommand
from core.use_cases.renegotiate_invoice import RenegotiateInvoice, RenegotiateInvoiceCommand
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from support.builders import NOW, TODAY, make_negativation, new_id
from support.refusals import problems_of, refused
from support.trail import events_of
from support.world import World

PIX = SettlementMethod.PIX


async def settle(world: World, **changes: Any) -> Invoice:
    command = SettleInvoiceCommand(caller=world.caller, invoice_id=world.invoice.id, method=PIX)
    return await world.use_case(SettleInvoice)(replace(command, **changes))


async def cancel(world: World, **changes: Any) -> Invoice:
    command = CancelInvoiceCommand(caller=world.caller, invoice_id=world.invoice.id)
    return await world.use_case(CancelInvoice)(replace(command, **changes))


async def renegotiate(world: World, **changes: Any) -> Invoice:
    command = RenegotiateInvoiceCommand(caller=world.caller, invoice_id=world.invoice.id)
    return await world.use_case(RenegotiateInvoice)(replace(command, **changes))


Close = Callable[..., Awaitable[Invoice]]


@dataclass(frozen=True)
class Way:
    """One of the three ways to close an invoice. field: the command's field with the day."""

    close: Close
    status: InvoiceStatus
    action: AuditAction
    field: str


WAYS = pytest.mark.parametrize(
    "way",
    [
        Way(settle, InvoiceStatus.SETTLED, AuditAction.INVOICE_SETTLED, "settled_on"),
        Way(cancel, InvoiceStatus.CANCELLED, AuditAction.INVOICE_CANCELLED, "cancelled_on"),
        Way(
            renegotiate,
            InvoiceStatus.RENEGOTIATED,
            AuditAction.INVOICE_RENEGOTIATED,
            "renegotiated_on",
        ),
    ],
    ids=["settle", "cancel", "renegotiate"],
)


async def add_registration(world: World, **changes: Any) -> Negativation:
    registration = make_negativation(
        **{"invoice_id": world.invoice.id, "status": NegativationStatus.ACTIVE, **changes}
    )
    async with world.units_of_work.begin() as work:
        return await work.negativations.add(registration)


@WAYS
async def test_it_is_closed_today(world: World, way: Way) -> None:
    world.clock.at = NOW.replace(day=17, hour=2)  # still the 16th in São Paulo
    closed = await way.close(world)
    async with world.units_of_work.read() as work:
        assert await work.invoices.get(world.invoice.id) == closed
    assert (closed.status, closed.closed_on) == (way.status, TODAY)
    assert closed.settlement_method is (PIX if way.status is InvoiceStatus.SETTLED else None)
    assert closed.updated_at == world.clock.now()
    (event,) = await events_of(world, way.action)
    assert (event.record_id, event.branch_id) == (closed.id, closed.branch_id)
    assert event.details["on"] == "2026-03-16"
    assert event.details.get("method") == ("PIX" if way.status is InvoiceStatus.SETTLED else None)


@WAYS
@pytest.mark.parametrize("day", [date(2026, 3, 2), TODAY])
async def test_on_the_day_that_is_given(world: World, way: Way, day: date) -> None:
    assert (await way.close(world, **{way.field: day})).closed_on == day


@WAYS
async def test_never_on_a_later_day(world: World, way: Way) -> None:
    path = f"{way.status.value.lower()}On"
    with refused(world, InvalidInput) as caught:
        await way.close(world, **{way.field: TODAY + timedelta(days=1)})
    assert problems_of(caught) == {(path, "DATE_IN_FUTURE")}
    with refused(world, InvalidInput) as caught:
        await way.close(world, **{way.field: date(1989, 12, 31)})
    assert problems_of(caught) == {(path, "DATE_OUT_OF_RANGE")}


@WAYS
async def test_closing_again_in_the_same_way_changes_nothing(world: World, way: Way) -> None:
    first, second = await asyncio.gather(way.close(world), way.close(world))
    world.clock.advance(timedelta(days=3))
    assert await way.close(world) == first == second
    assert await way.close(world, **{way.field: TODAY}) == first
    assert len(await events_of(world, way.action)) == 1


@WAYS
async def test_closing_again_on_another_day_is_a_conflict(world: World, way: Way) -> None:
    await way.close(world)
    with refused(world, Conflict) as caught:
        await way.close(world, **{way.field: TODAY - timedelta(days=1)})
    assert (caught.value.reason, caught.value.params) == ("INVOICE_NOT_OPEN", {"status": way.status.value})


@pytest.mark.parametrize(
    ("first", "second"), [(settle, cancel), (cancel, renegotiate), (renegotiate, settle)]
)
async def test_closing_in_another_way_is_a_conflict(world: World, first: Close, second: Close) -> None:
    closed = await first(world)
    with refused(world, Conflict) as caught:
        await second(world)
    assert caught.value.params == {"status": closed.status.value}


async def test_paid_by_another_method_is_a_conflict(world: World) -> None:
    await settle(world)
    with refused(world, Conflict):
        await settle(world, method=SettlementMethod.CASH)


# the deadline for a clearing


@pytest.mark.parametrize(
    ("settled_on", "method", "due_on"),
    [
        # Thursday: Friday, then Monday to Thursday
        (date(2026, 3, 5), SettlementMethod.PIX, date(2026, 3, 12)),
        (date(2026, 3, 5), SettlementMethod.CASH, date(2026, 3, 12)),
        (date(2026, 3, 5), SettlementMethod.CARD, date(2026, 3, 12)),
        (date(2026, 3, 5), SettlementMethod.OTHER, date(2026, 3, 12)),
        # the money of a boleto arrives on Friday
        (date(2026, 3, 5), SettlementMethod.BOLETO, date(2026, 3, 13)),
        # Saturday: counted from there
        (date(2026, 3, 7), SettlementMethod.PIX, date(2026, 3, 13)),
        (date(2026, 3, 7), SettlementMethod.BOLETO, date(2026, 3, 16)),
    ],
)
async def test_payment_gives_a_live_registration_five_business_days(
    world: World, settled_on: date, method: SettlementMethod, due_on: date
) -> None:
    registration = await add_registration(world)
    await settle(world, settled_on=settled_on, method=method)
    stored = await world.negativation(registration)
    assert stored == replace(registration, clearing_due_on=due_on, updated_at=world.clock.now())
    assert stored.awaits_clearing


@pytest.mark.parametrize("close", [cancel, renegotiate])
async def test_so_do_cancellation_and_renegotiation(world: World, close: Close) -> None:
    registration = await add_registration(world)
    await close(world)
    assert (await world.negativation(registration)).clearing_due_on == date(2026, 3, 23)


@pytest.mark.parametrize("status", NegativationStatus)
async def test_only_what_is_live_gets_a_deadline(world: World, status: NegativationStatus) -> None:
    registration = await add_registration(world, status=status)
    of_another = await add_registration(world, invoice_id=new_id())
    await settle(world)
    stored = await world.negativation(registration)
    assert stored.status is status
    assert (stored.clearing_due_on is not None) is status.live
    assert await world.negativation(of_another) == of_another


async def test_the_bureau_is_not_called_and_nothing_is_promised_to_it(world: World) -> None:
    registration = await add_registration(world)
    history = await world.history(registration)
    await settle(world)
    assert world.bureau.calls == []
    async with world.units_of_work.read() as work:
        assert await work.outbox.pending() == 0
    assert await world.history(registration) == history


async def test_settling_again_does_not_move_the_deadline(world: World) -> None:
    registration = await add_registration(world)
    await settle(world)
    before = await world.negativation(registration)
    world.clock.advance(timedelta(days=2))
    await settle(world)
    assert await world.negativation(registration) == before


async def test_a_clearing_that_is_asked_for_takes_it_off_the_list(world: World) -> None:
    registration = await add_registration(
        world, branch_id=world.branch.id, integration_id=world.integration.id
    )
    await settle(world)
    command = ClearNegativationCommand(caller=world.caller, negativation_id=registration.id)
    assert not (await world.use_case(ClearNegativation)(command)).awaits_clearing


@WAYS
async def test_who_may_close(world: World, way: Way) -> None:
    scopes = frozenset(Scope) - {Scope.WRITE_RECORDS}
    with refused(world, Forbidden):
        await way.close(world, caller=replace(world.caller, scopes=scopes))
    with refused(world, NotFound) as caught:
        await way.close(world, caller=replace(world.caller, branch_ids=frozenset()))
    assert (caught.value.kind, caught.value.path) == ("Invoice", ("invoiceId",))
    with refused(world, NotFound):
        await way.close(world, invoice_id=new_id())
