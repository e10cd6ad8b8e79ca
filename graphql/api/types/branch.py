"""Branches."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.fields import resolved
from api.ids import encode_id
from api.types.node import Node
from api.types.values import Document
from core.domain import branch as domain
from core.domain.states import StateCode


@strawberry.type(description="A branch of the provider, the creditor of its customers' debts (filial).")
class Branch(Node):
    record: strawberry.Private[domain.Branch]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    external_id: str | None = strawberry.field(
        description="The integrator's own id, unique among branches (código externo)."
    )
    name: str = strawberry.field(description="The name (nome da filial).")
    document: Document = strawberry.field(description="The branch's CNPJ (CNPJ).")
    state_code: StateCode = strawberry.field(description="The state it lies in (UF).")
    city: str = strawberry.field(description="The city it lies in (cidade).")
    requires_rescission: bool = strawberry.field(
        description="Whether debts are negativated only after the contract was rescinded (exige rescisão; Anatel "
        "Resolution 765/2023)."
    )
    daily_consultation_budget: int | None = strawberry.field(
        description="How many billed consultations may be ordered in its name on one day (orçamento diário de consultas); null: no "
        "limit."
    )
    created_at: datetime = strawberry.field(description="When it was created here (criada em).")
    updated_at: datetime = strawberry.field(description="When it was last changed (alterada em).")

    @resolved(
        "The integration linked to the branch, which makes it usable (integração de análise de crédito); null when "
        "none is linked. Needs the scope READ or CONFIGURE."
    )
    async def integration(self, info: Info) -> "Integration | None":
        return await Integration.of_record(info.context, self.record.integration_id)

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Branch | None":
        """The branch with that id, when it exists within the caller's branches."""
        found = await context.loaders.branches.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    async def of_record(cls, context: Context, branch_id: UUID) -> "Branch":
        """The branch of a record that the caller sees; so it sees the branch as well."""
        found = await cls.find(context, branch_id)
        if found is None:
            raise LookupError("a visible record lies in a branch that is not visible")
        return found

    @classmethod
    def of(cls, record: domain.Branch) -> "Branch":
        """The branch as the schema shows it."""
        return cls(
            id=strawberry.ID(encode_id("Branch", record.id)),
            record=record,
            number=record.number,
            external_id=record.external_id,
            name=record.name,
            document=Document.of(record.document),
            state_code=record.state_code,
            city=record.city,
            requires_rescission=record.requires_rescission,
            daily_consultation_budget=record.daily_consultation_budget,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


# The types refer to one another, so these stand last.
from api.types.integration import Integration  # noqa: E402
