"""The lists of records."""

from typing import Annotated

import strawberry

from api.context import Info
from api.fields import query
from api.lists import BRANCHES, CUSTOMERS, INTEGRATIONS, INVOICES, LEADS, PROSPECTS
from api.paging import After, Before, Connection, First, Last, PageArguments, read_connection
from api.permissions import needs
from api.types.branch import Branch
from api.types.filters import (
    BranchFilterInput,
    IntegrationFilterInput,
    InvoiceFilterInput,
    PersonFilterInput,
)
from api.types.integration import Integration
from api.types.invoice import Invoice
from api.types.orders import BranchOrderInput, IntegrationOrderInput, InvoiceOrderInput, PersonOrderInput
from api.types.people import Customer, Lead, Prospect
from core.domain.access import Scope
from core.domain.listing import BranchOrder, IntegrationOrder, InvoiceOrder, PersonOrder

PersonFilterArgument = Annotated[
    PersonFilterInput | None, strawberry.argument(name="filter", description="Which of them (filtro).")
]
PersonOrderArgument = Annotated[
    PersonOrderInput | None,
    strawberry.argument(description="The order; by number, smallest first, unless given (ordenação)."),
]


@query(
    "The branches that the token reaches (filiais).",
    permission=needs(Scope.READ),
)
async def branches(
    info: Info,
    matching: Annotated[
        BranchFilterInput | None, strawberry.argument(name="filter", description="Which of them (filtro).")
    ] = None,
    order_by: Annotated[
        BranchOrderInput | None,
        strawberry.argument(description="The order; by number, smallest first, unless given (ordenação)."),
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[Branch]:
    return await read_connection(
        info.context,
        BRANCHES,
        (matching or BranchFilterInput()).read(info.context.caller),
        (order_by or BranchOrderInput(field=BranchOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        Branch.of,
    )


@query(
    "The integrations with the provider (grade de integrações de análise de crédito).",
    permission=needs(Scope.READ),
)
async def integrations(
    info: Info,
    matching: Annotated[
        IntegrationFilterInput | None,
        strawberry.argument(name="filter", description="Which of them (filtro)."),
    ] = None,
    order_by: Annotated[
        IntegrationOrderInput | None,
        strawberry.argument(description="The order; by number, smallest first, unless given (ordenação)."),
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[Integration]:
    return await read_connection(
        info.context,
        INTEGRATIONS,
        (matching or IntegrationFilterInput()).read(info.context.caller),
        (order_by or IntegrationOrderInput(field=IntegrationOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        Integration.of,
    )


@query(
    "The customers (clientes).",
    permission=needs(Scope.READ),
)
async def customers(
    info: Info,
    matching: PersonFilterArgument = None,
    order_by: PersonOrderArgument = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[Customer]:
    return await read_connection(
        info.context,
        CUSTOMERS,
        (matching or PersonFilterInput()).read(info.context.caller),
        (order_by or PersonOrderInput(field=PersonOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        Customer.of,
    )


@query(
    "The leads (leads).",
    permission=needs(Scope.READ),
)
async def leads(
    info: Info,
    matching: PersonFilterArgument = None,
    order_by: PersonOrderArgument = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[Lead]:
    return await read_connection(
        info.context,
        LEADS,
        (matching or PersonFilterInput()).read(info.context.caller),
        (order_by or PersonOrderInput(field=PersonOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        Lead.of,
    )


@query(
    "The prospects (prospecções).",
    permission=needs(Scope.READ),
)
async def prospects(
    info: Info,
    matching: PersonFilterArgument = None,
    order_by: PersonOrderArgument = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[Prospect]:
    return await read_connection(
        info.context,
        PROSPECTS,
        (matching or PersonFilterInput()).read(info.context.caller),
        (order_by or PersonOrderInput(field=PersonOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        Prospect.of,
    )


@query(
    "The invoices (boletos).",
    permission=needs(Scope.READ),
)
async def invoices(
    info: Info,
    matching: Annotated[
        InvoiceFilterInput | None,
        strawberry.argument(name="filter", description="Which of them (filtro)."),
    ] = None,
    order_by: Annotated[
        InvoiceOrderInput | None,
        strawberry.argument(description="The order; by number, smallest first, unless given (ordenação)."),
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[Invoice]:
    return await read_connection(
        info.context,
        INVOICES,
        (matching or InvoiceFilterInput()).read(info.context.caller),
        (order_by or InvoiceOrderInput(field=InvoiceOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        Invoice.of,
    )
