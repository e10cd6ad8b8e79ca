"""The audit trail."""

from datetime import datetime

import strawberry

from api.context import Info
from api.fields import resolved
from api.ids import encode_id
from core.domain import audit as domain
from core.domain.audit import AuditAction


@strawberry.type(
    description="A code or figure that tells more about an event (detalhe). Never a document, a name or a secret."
)
class AuditDetail:
    name: str = strawberry.field(description="What it is (nome).")
    value: str = strawberry.field(description="The code or figure (valor).")


@strawberry.type(description="Who did what, when, from where and to what (evento do log de operações).")
class AuditEvent:
    record: strawberry.Private[domain.AuditEvent]
    number: int = strawberry.field(description="The sequential number, in the order of time (ID).")
    at: datetime = strawberry.field(description="When (data).")
    actor_id: str = strawberry.field(description="Which token did it (identificador do responsável).")
    actor: str = strawberry.field(
        description="The token's name, or `fiador` for the service itself (responsável)."
    )
    origin: str | None = strawberry.field(description="The network address it came from (origem).")
    action: AuditAction = strawberry.field(description="What was done (operação).")
    record_kind: str = strawberry.field(
        description="The type of the record it was done to (tipo do registro)."
    )
    record_id: strawberry.ID | None = strawberry.field(
        description="That record's id (identificador do registro): for the filter of `auditEvents`, and for `node` when "
        "`recordKind` is a type that implements `Node`."
    )
    details: list[AuditDetail] = strawberry.field(description="Codes and figures that tell more (detalhes).")

    @resolved("The branch it concerns (filial); null for what concerns the whole company.")
    async def branch(self, info: Info) -> "Branch | None":
        concerned = self.record.branch_id
        return None if concerned is None else await Branch.find(info.context, concerned)

    @classmethod
    def of(cls, record: domain.AuditEvent) -> "AuditEvent":
        """The event as the schema shows it."""
        return cls(
            record=record,
            number=record.number,
            at=record.at,
            actor_id=record.actor_id,
            actor=record.actor,
            origin=record.origin,
            action=record.action,
            record_kind=record.record_kind,
            record_id=None
            if record.record_id is None
            else strawberry.ID(encode_id(record.record_kind, record.record_id)),
            details=[
                AuditDetail(name=name, value=_written(value))
                for name, value in sorted(record.details.items())
            ],
        )


def _written(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# The types refer to one another, so these stand last.
from api.types.branch import Branch  # noqa: E402
