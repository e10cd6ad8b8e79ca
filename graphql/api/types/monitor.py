"""Watched companies, and what was found about them."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.fields import resolved
from api.ids import encode_id
from api.lists import MONITOR_CHANGES
from api.paging import After, Before, Connection, First, Last, PageArguments, read_nested_connection
from api.personal import mentioning
from api.types.branch import Branch
from api.types.integration import Integration
from api.types.node import Node
from api.types.values import Document
from core.domain import monitoring as domain
from core.domain.access import Scope
from core.domain.bureau import Environment
from core.domain.listing import MonitorChangeFilter, MonitorOrder
from core.domain.mentions import Mentioned
from core.domain.monitoring import ChangeKind
from core.domain.paging import Direction, Order


@strawberry.type(description="A change that the provider found at a watched company (alteração encontrada).")
class MonitorChange:
    record: strawberry.Private[domain.MonitorChange]
    mentioned: strawberry.Private[Mentioned]
    number: int = strawberry.field(description="The sequential number (ID).")
    kind: ChangeKind = strawberry.field(description="What changed (tipo de alteração).")
    description: str = mentioning("The provider's words (descrição).")
    occurred_at: datetime = strawberry.field(description="When, as the provider says (data).")

    @resolved("The watched company (monitoramento).")
    async def monitor(self, info: Info) -> "Monitor | None":
        return await Monitor.find(info.context, self.record.monitor_id)

    @classmethod
    def of(cls, record: domain.MonitorChange) -> "MonitorChange":
        """The change as the schema shows it."""
        return cls(
            record=record,
            mentioned=Mentioned(),
            number=record.number,
            kind=record.kind,
            description=record.description,
            occurred_at=record.occurred_at,
        )


@strawberry.type(
    description="A company that the provider watches: it tells when something about the CNPJ changes (monitoramento do CNPJ)."
)
class Monitor(Node):
    record: strawberry.Private[domain.Monitor]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    document: Document = strawberry.field(description="The CNPJ that is watched (CNPJ).")
    environment: Environment = strawberry.field(description="Where it is watched (ambiente).")
    created_at: datetime = strawberry.field(description="Since when (monitorado desde).")
    created_by: str = strawberry.field(description="Who asked for it: the token's name (solicitado por).")
    stopped_at: datetime | None = strawberry.field(
        description="Until when (encerrado em); null while it is watched."
    )

    @resolved("The branch for which it is watched (filial).")
    async def branch(self, info: Info) -> Branch:
        return await Branch.of_record(info.context, self.record.branch_id)

    @resolved(
        "The integration it is watched with (integração); null when it lies outside the token's branches. Needs "
        "the scope READ or CONFIGURE."
    )
    async def integration(self, info: Info) -> Integration | None:
        return await Integration.of_record(info.context, self.record.integration_id)

    @resolved("What was found, latest first (alterações encontradas). Needs the scope READ.")
    async def changes(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[MonitorChange]:
        info.context.caller.require(Scope.READ)
        return await read_nested_connection(
            info.context,
            MONITOR_CHANGES,
            MonitorChangeFilter(branch_ids=info.context.caller.branch_ids, monitor_id=self.record.id),
            Order(MonitorOrder.NUMBER, Direction.DESC),
            PageArguments(first=first, after=after, last=last, before=before),
            MonitorChange.of,
        )

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Monitor | None":
        """The monitor with that id, when it exists within the caller's branches."""
        found = await context.loaders.monitors.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    def of(cls, record: domain.Monitor) -> "Monitor":
        """The monitor as the schema shows it."""
        return cls(
            id=strawberry.ID(encode_id("Monitor", record.id)),
            record=record,
            number=record.number,
            document=Document.of(record.document),
            environment=record.environment,
            created_at=record.created_at,
            created_by=record.created_by,
            stopped_at=record.stopped_at,
        )
