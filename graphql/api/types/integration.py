"""Integrations and the health of their passwords."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.fields import resolved
from api.ids import encode_id
from api.types.node import Node
from api.types.values import Document
from core.domain import credentials
from core.domain import integration as domain
from core.domain.access import Scope
from core.domain.bureau import CredentialKind, Environment
from core.domain.credentials import CredentialState
from core.domain.integration import Intermediary
from core.domain.plans import IntegrationPlan


@strawberry.type(
    description="A stored password's health (situação da senha). The password itself is never shown."
)
class Credential:
    kind: CredentialKind = strawberry.field(description="Which of the two passwords (tipo de senha).")
    is_set: bool = strawberry.field(description="Whether one is stored (definida).")
    state: CredentialState = strawberry.field(description="What is known of it (situação).")
    changed_at: datetime | None = strawberry.field(description="When it was last changed (alterada em).")
    last_success_at: datetime | None = strawberry.field(
        description="When the provider last took it, to the minute or so (último sucesso)."
    )
    last_refusal_at: datetime | None = strawberry.field(
        description="When the provider last refused it (última recusa)."
    )

    @classmethod
    def of(cls, credential: credentials.Credential) -> "Credential":
        """The password's health as the schema shows it."""
        return cls(
            kind=credential.kind,
            is_set=credential.sealed is not None,
            state=credential.state,
            changed_at=credential.changed_at,
            last_success_at=credential.last_success_at,
            last_refusal_at=credential.last_refusal_at,
        )


@strawberry.type(
    description="Automatic inclusion and removal by the collection routine (inclusão/exclusão automática)."
)
class Automation:
    enabled: bool = strawberry.field(
        description="Whether the routine negativates and clears by itself (incluir/remover automaticamente)."
    )
    restriction_code: str | None = strawberry.field(
        description="The default reason of a negativation (código de restrição)."
    )
    clearing_code: str | None = strawberry.field(
        description="The default reason of a clearing (código para baixa)."
    )

    @classmethod
    def of(cls, automation: domain.Automation) -> "Automation":
        """The automation as the schema shows it."""
        return cls(
            enabled=automation.enabled,
            restriction_code=automation.restriction_code,
            clearing_code=automation.clearing_code,
        )


@strawberry.type(
    description="One branch's access to the provider's bureau services (integração de análise de crédito). Usable once it "
    "is linked to its branch."
)
class Integration(Node):
    record: strawberry.Private[domain.Integration]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    intermediary: Intermediary = strawberry.field(
        description="The provider of bureau services (intermediador)."
    )
    environment: Environment = strawberry.field(description="Where it operates (ambiente).")
    login: str = strawberry.field(description="The login that the provider issued (login).")
    consultation_credential: Credential = strawberry.field(
        description="Health of the password for consultations (senha consulta)."
    )
    pefin_credential: Credential = strawberry.field(
        description="Health of the password for negativations (senha PEFIN)."
    )
    plan: IntegrationPlan = strawberry.field(description="Fixed plan, or ALL (plano para consultas).")
    send_sms_on_inclusion: bool = strawberry.field(
        description="Whether the provider sends the debtor an SMS on inclusion (envia SMS na inclusão)."
    )
    responsible_cpf: Document = strawberry.field(
        description="The CPF of who answers for negativations (CPF responsável pela negativação)."
    )
    automation: Automation = strawberry.field(
        description="Automatic inclusion and removal, and the default codes (inclusão/exclusão automática)."
    )
    created_at: datetime = strawberry.field(description="When it was created (criada em).")
    updated_at: datetime = strawberry.field(description="When it was last changed (alterada em).")
    deleted_at: datetime | None = strawberry.field(
        description="When it was deleted and its passwords destroyed (excluída em); null while it exists."
    )

    @resolved("The branch it belongs to (filial).")
    async def branch(self, info: Info) -> "Branch":
        return await Branch.of_record(info.context, self.record.branch_id)

    @resolved("Whether its branch has it linked, which makes it usable (vinculada).")
    async def is_linked(self, info: Info) -> bool:
        owner = await info.context.loaders.branches.load(self.record.branch_id)
        return owner is not None and owner.integration_id == self.record.id

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Integration | None":
        """The integration with that id, when it exists within the caller's branches."""
        found = await context.loaders.integrations.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    async def of_record(cls, context: Context, record_id: UUID | None) -> "Integration | None":
        """The integration that another record names, if any. Raises Forbidden: who is shown that record may not yet see this one."""
        context.caller.require_one_of(Scope.READ, Scope.CONFIGURE)
        return None if record_id is None else await cls.find(context, record_id)

    @classmethod
    def of(cls, record: domain.Integration) -> "Integration":
        """The integration as the schema shows it."""
        return cls(
            id=strawberry.ID(encode_id("Integration", record.id)),
            record=record,
            number=record.number,
            intermediary=record.intermediary,
            environment=record.environment,
            login=record.login,
            consultation_credential=Credential.of(record.consultation),
            pefin_credential=Credential.of(record.pefin),
            plan=record.plan,
            send_sms_on_inclusion=record.send_sms_on_inclusion,
            responsible_cpf=Document.of(record.responsible_cpf),
            automation=Automation.of(record.automation),
            created_at=record.created_at,
            updated_at=record.updated_at,
            deleted_at=record.deleted_at,
        )


# The types refer to one another, so these stand last.
from api.types.branch import Branch  # noqa: E402
