"""Orders of lists, as inputs."""

import strawberry

from core.domain.listing import (
    AuditOrder,
    BranchOrder,
    ClearingTaskOrder,
    CollectionOrder,
    ConsultationOrderField,
    IntegrationOrder,
    InvoiceOrder,
    MonitorOrder,
    NegativationOrder,
    PersonOrder,
)
from core.domain.paging import Direction, Order

_FIELD = "What to order by (campo). Records equal in it follow their number."
_DIRECTION = "Smallest first, or largest first (sentido)."


@strawberry.input(name="BranchOrder", description="The order of branches (ordenação de filiais).")
class BranchOrderInput:
    field: BranchOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.ASC, description=_DIRECTION)

    def order(self) -> Order[BranchOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(
    name="IntegrationOrder", description="The order of integrations (ordenação de integrações)."
)
class IntegrationOrderInput:
    field: IntegrationOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.ASC, description=_DIRECTION)

    def order(self) -> Order[IntegrationOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(
    name="PersonOrder", description="The order of customers, leads or prospects (ordenação de cadastros)."
)
class PersonOrderInput:
    field: PersonOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.ASC, description=_DIRECTION)

    def order(self) -> Order[PersonOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(name="InvoiceOrder", description="The order of invoices (ordenação de boletos).")
class InvoiceOrderInput:
    field: InvoiceOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.ASC, description=_DIRECTION)

    def order(self) -> Order[InvoiceOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(
    name="ConsultationOrder", description="The order of consultations (ordenação de consultas)."
)
class ConsultationOrderInput:
    field: ConsultationOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_DIRECTION)

    def order(self) -> Order[ConsultationOrderField]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(
    name="NegativationOrder", description="The order of negativations (ordenação de negativações)."
)
class NegativationOrderInput:
    field: NegativationOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_DIRECTION)

    def order(self) -> Order[NegativationOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(name="AuditEventOrder", description="The order of audit events (ordenação de eventos).")
class AuditEventOrderInput:
    field: AuditOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_DIRECTION)

    def order(self) -> Order[AuditOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(
    name="ClearingTaskOrder", description="The order of clearing tasks (ordenação de baixas pendentes)."
)
class ClearingTaskOrderInput:
    field: ClearingTaskOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.ASC, description=_DIRECTION)

    def order(self) -> Order[ClearingTaskOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(
    name="CollectionRunOrder",
    description="The order of runs of the collection routine (ordenação de execuções).",
)
class CollectionRunOrderInput:
    field: CollectionOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_DIRECTION)

    def order(self) -> Order[CollectionOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)


@strawberry.input(
    name="MonitorOrder",
    description="The order of watched companies, and of the changes found (ordenação de monitoramentos).",
)
class MonitorOrderInput:
    field: MonitorOrder = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_DIRECTION)

    def order(self) -> Order[MonitorOrder]:
        """The order that is meant."""
        return Order(self.field, self.direction)
