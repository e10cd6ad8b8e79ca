"""The fields of Query that plans answer, with the defaults of their arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.execution import shapes
from api.execution.fields import Shape
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
    shape: Shape
    matching: Callable[[], Any]
    order: Callable[[], Any]


def _root(
    kind: ListKind[Any, Any, Any],
    shape: Shape,
    matching: Callable[[], Any],
    order: Callable[..., Any],
    by: StrEnum,
) -> ListRoot:
    return ListRoot(kind=kind, shape=shape, matching=matching, order=lambda: order(field=by))


LISTS: Mapping[str, ListRoot] = {
    root.kind.name: root
    for root in (
        _root(BRANCHES, shapes.BRANCH, BranchFilterInput, BranchOrderInput, BranchOrder.NUMBER),
        _root(
            INTEGRATIONS,
            shapes.INTEGRATION,
            IntegrationFilterInput,
            IntegrationOrderInput,
            IntegrationOrder.NUMBER,
        ),
        _root(CUSTOMERS, shapes.CUSTOMER, PersonFilterInput, PersonOrderInput, PersonOrder.NUMBER),
        _root(LEADS, shapes.LEAD, PersonFilterInput, PersonOrderInput, PersonOrder.NUMBER),
        _root(PROSPECTS, shapes.PROSPECT, PersonFilterInput, PersonOrderInput, PersonOrder.NUMBER),
        _root(INVOICES, shapes.INVOICE, InvoiceFilterInput, InvoiceOrderInput, InvoiceOrder.NUMBER),
        _root(
            CONSULTATIONS,
            shapes.CONSULTATION,
            ConsultationFilterInput,
            ConsultationOrderInput,
            ConsultationOrderField.NUMBER,
        ),
        _root(
            NEGATIVATIONS,
            shapes.NEGATIVATION,
            NegativationFilterInput,
            NegativationOrderInput,
            NegativationOrder.NUMBER,
        ),
    )
}
"""By the name of the field, which is the list's own."""

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
