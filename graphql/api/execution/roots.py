"""The fields of Query that plans answer, with the defaults of their arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.execution import shapes
from api.execution.shapes import Shape
from api.lists import (
    BRANCHES,
    CONSULTATIONS,
    CUSTOMERS,
    INTEGRATIONS,
    INVOICES,
    LEADS,
    NEGATIVATIONS,
    PROSPECTS,
)
from api.paging import ListKind
from api.types.filters import (
    BranchFilterInput,
    ConsultationFilterInput,
    IntegrationFilterInput,
    InvoiceFilterInput,
    NegativationFilterInput,
    PersonFilterInput,
)
from api.types.orders import (
    BranchOrderInput,
    ConsultationOrderInput,
    IntegrationOrderInput,
    InvoiceOrderInput,
    NegativationOrderInput,
    PersonOrderInput,
)
from core.domain.access import Scope
from core.domain.listing import (
    BranchOrder,
    ConsultationOrderField,
    IntegrationOrder,
    InvoiceOrder,
    NegativationOrder,
    PersonOrder,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRoot:
    """A list: what its filter and its order are unless given."""

    kind: ListKind[Any, Any, Any]
    type: str
    shape: Shape
    matching: Callable[[], Any]
    order: Callable[[], Any]


LISTS: Mapping[str, ListRoot] = {
    "branches": ListRoot(
        kind=BRANCHES,
        type="BranchConnection",
        shape=shapes.BRANCH,
        matching=BranchFilterInput,
        order=lambda: BranchOrderInput(field=BranchOrder.NUMBER),
    ),
    "integrations": ListRoot(
        kind=INTEGRATIONS,
        type="IntegrationConnection",
        shape=shapes.INTEGRATION,
        matching=IntegrationFilterInput,
        order=lambda: IntegrationOrderInput(field=IntegrationOrder.NUMBER),
    ),
    "customers": ListRoot(
        kind=CUSTOMERS,
        type="CustomerConnection",
        shape=shapes.CUSTOMER,
        matching=PersonFilterInput,
        order=lambda: PersonOrderInput(field=PersonOrder.NUMBER),
    ),
    "leads": ListRoot(
        kind=LEADS,
        type="LeadConnection",
        shape=shapes.LEAD,
        matching=PersonFilterInput,
        order=lambda: PersonOrderInput(field=PersonOrder.NUMBER),
    ),
    "prospects": ListRoot(
        kind=PROSPECTS,
        type="ProspectConnection",
        shape=shapes.PROSPECT,
        matching=PersonFilterInput,
        order=lambda: PersonOrderInput(field=PersonOrder.NUMBER),
    ),
    "invoices": ListRoot(
        kind=INVOICES,
        type="InvoiceConnection",
        shape=shapes.INVOICE,
        matching=InvoiceFilterInput,
        order=lambda: InvoiceOrderInput(field=InvoiceOrder.NUMBER),
    ),
    "consultations": ListRoot(
        kind=CONSULTATIONS,
        type="ConsultationConnection",
        shape=shapes.CONSULTATION,
        matching=ConsultationFilterInput,
        order=lambda: ConsultationOrderInput(field=ConsultationOrderField.NUMBER),
    ),
    "negativations": ListRoot(
        kind=NEGATIVATIONS,
        type="NegativationConnection",
        shape=shapes.NEGATIVATION,
        matching=NegativationFilterInput,
        order=lambda: NegativationOrderInput(field=NegativationOrder.NUMBER),
    ),
}

NODES: Mapping[str, tuple[Shape, tuple[Scope, ...]]] = {
    shape.type: (shape, scopes)
    for shape, scopes in (
        (shapes.BRANCH, ()),
        (shapes.INTEGRATION, ()),
        (shapes.CUSTOMER, ()),
        (shapes.LEAD, ()),
        (shapes.PROSPECT, ()),
        (shapes.INVOICE, ()),
        (shapes.CONSULTATION, (Scope.READ_CONSULTATIONS,)),
        (shapes.NEGATIVATION, ()),
    )
}
"""The records that `node` finds, each with the scopes that it needs besides READ."""
