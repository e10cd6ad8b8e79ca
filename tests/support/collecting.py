"""A company whose debtors the collection routine registers."""

from datetime import date, timedelta

from core.domain.bureau import BureauEventKind
from core.domain.collection import AutomaticNegativation, CollectionItem, CollectionParameters, CollectionRun
from core.domain.integration import Automation
from core.domain.invoice import Invoice, SettlementMethod
from core.domain.listing import CollectionItemFilter, CollectionOrder
from core.domain.negativation import Negativation
from core.domain.paging import Direction, Order, Window
from core.use_cases.run_collection import RunCollection
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from core.use_cases.start_collection import StartCollectionCommand
from support.storages import Storage, memory_storage
from support.world import World

AUTOMATION = Automation(enabled=True, restriction_code="OO", clearing_code="01")
YES = CollectionParameters(branch_id=None, automatic=AutomaticNegativation.YES, days_after_due=30)


async def collecting_company(kept_in: Storage | None = None) -> World:
    """It registers automatically thirty days after the due date. kept_in: None for memory."""
    world = await World(kept_in=kept_in or memory_storage()).populate(automation=AUTOMATION)
    await save(world, YES)
    return world


async def save(world: World, parameters: CollectionParameters) -> None:
    """Let these parameters hold."""
    async with world.units_of_work.begin() as work:
        await work.collection_settings.save(parameters)


async def run(world: World, run_date: date | None = None, *, dry_run: bool = False) -> CollectionRun:
    """Run the routine to its end."""
    command = StartCollectionCommand(caller=world.caller, run_date=run_date, dry_run=dry_run)
    return await world.use_case(RunCollection)(command)


async def items(world: World, of: CollectionRun) -> list[CollectionItem]:
    """What a run decided, in order."""
    async with world.units_of_work.read() as work:
        order = Order(CollectionOrder.NUMBER, Direction.ASC)
        page = await work.collection_items.page(CollectionItemFilter(run_id=of.id), order, Window(size=100))
    return [edge.record for edge in page.edges]


async def registered(world: World, invoice: Invoice | None = None) -> Negativation | None:
    """The live registration of an invoice, of the company's own unless another is named."""
    invoice_id = (invoice or world.invoice).id
    async with world.units_of_work.read() as work:
        return (await work.negativations.live_of_invoices([invoice_id])).get(invoice_id)


async def settle(world: World) -> None:
    """Have the company's invoice paid."""
    await world.use_case(SettleInvoice)(
        SettleInvoiceCommand(
            caller=world.caller, invoice_id=world.invoice.id, settled_on=None, method=SettlementMethod.PIX
        )
    )


async def activate(world: World, negativation: Negativation) -> None:
    """Have the bureau take it in and publish it."""
    await world.deliver()
    world.bureau.happen(BureauEventKind.INCLUSION_ACCEPTED, negativation.inclusion_key)
    world.bureau.happen(BureauEventKind.PUBLISHED, negativation.inclusion_key)
    world.clock.advance(timedelta(minutes=10))
    await world.fetch_results()
