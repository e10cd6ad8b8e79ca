"""Change an integration (editar integração)."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.context import Info
from api.errors.bureau import BureauRejectedError, BureauUnavailableError, CredentialsRefusedError
from api.errors.general import (
    ActiveMonitorsError,
    ActiveNegativationsError,
    BranchAlreadyIntegratedError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PlanNotAllowedError,
)
from api.fields import mutation
from api.inputs import InputReader, change, named_alone
from api.permissions import needs
from api.types.integration import Integration
from core.domain.access import Scope
from core.domain.bureau import Environment
from core.domain.plans import IntegrationPlan
from core.domain.secret import Secret
from core.use_cases.changes import UNSET, Change
from core.use_cases.integration_input import AutomationChanges
from core.use_cases.update_integration import UpdateIntegrationCommand


@strawberry.input(
    description="Changes to the automation; fields left out stay (inclusão/exclusão automática)."
)
class AutomationChangesInput:
    enabled: strawberry.Maybe[bool] = strawberry.field(
        description="Whether the routine negativates and clears by itself (incluir/remover automaticamente)."
    )
    restriction_code: strawberry.Maybe[str | None] = strawberry.field(
        description="The default reason of a negativation, required when enabled (código de restrição)."
    )
    clearing_code: strawberry.Maybe[str | None] = strawberry.field(
        description="The default reason of a clearing, required when enabled (código para baixa)."
    )

    def changes(self) -> AutomationChanges:
        """The changes as the use case takes them."""
        return AutomationChanges(
            enabled=change(self.enabled),
            restriction_code=change(self.restriction_code),
            clearing_code=change(self.clearing_code),
        )


@strawberry.input(description="What updateIntegration is to change (alterações da integração).")
class UpdateIntegrationInput:
    __repr__ = named_alone

    integration_id: strawberry.ID = strawberry.field(description="The integration (integração).")
    branch_id: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="The branch it belongs to (filial)."
    )
    environment: strawberry.Maybe[Environment] = strawberry.field(description="Where it operates (ambiente).")
    login: strawberry.Maybe[str] = strawberry.field(description="The login that the provider issued (login).")
    responsible_cpf: strawberry.Maybe[str] = strawberry.field(
        description="The CPF of who answers for negativations, punctuated or not (CPF responsável pela negativação)."
    )
    consultation_password: strawberry.Maybe[str] = strawberry.field(
        description="The password for consultations (senha consulta). It is stored encrypted and never shown again."
    )
    pefin_password: strawberry.Maybe[str] = strawberry.field(
        description="The password for negativations (senha PEFIN). It is stored encrypted and never shown again."
    )
    plan: strawberry.Maybe[IntegrationPlan] = strawberry.field(
        description="Fixed plan, or ALL (plano para consultas)."
    )
    send_sms_on_inclusion: strawberry.Maybe[bool] = strawberry.field(
        description="Whether the provider sends the debtor an SMS on inclusion (envia SMS na inclusão)."
    )
    automation: strawberry.Maybe[AutomationChangesInput] = strawberry.field(
        description="Automatic inclusion and removal, and the default codes (inclusão/exclusão automática)."
    )


@strawberry.type(description="The integration was changed (integração alterada).")
class UpdateIntegrationSuccess:
    integration: Integration = strawberry.field(description="The integration after the change (integração).")
    automatic_live: int = strawberry.field(
        description="When automation was just switched off: how many live automatic negativations now wait for a person to clear them (negativações automáticas ativas)."
    )


UpdateIntegrationResult = Annotated[
    UpdateIntegrationSuccess
    | ActiveNegativationsError
    | ActiveMonitorsError
    | BranchAlreadyIntegratedError
    | PlanNotAllowedError
    | CredentialsRefusedError
    | BureauRejectedError
    | BureauUnavailableError
    | InvalidInputError
    | NotFoundError
    | ConflictError,
    strawberry.union("UpdateIntegrationResult", description="What came of updateIntegration (resultado)."),
]


def _secret(password: strawberry.Maybe[str]) -> Change[Secret]:
    return UNSET if password is None else Secret(password.value)


@mutation(
    "Changes an integration (editar integração de análise de crédito); fields left out stay. The branch may not change while it is linked, and neither branch nor environment while it has live negativations or watches companies. The login is another account at the provider, so it may not change then either, unless the provider refuses the password that ends them (PEFIN for negativations, consultation for what is watched). Moving to PRODUCTION sends both passwords to the provider to be checked; not billed. Passwords given here are those that already stand at the provider; to change them there use `rotateCredentials`.",
    permission=needs(Scope.CONFIGURE),
)
async def update_integration(
    info: Info,
    data: Annotated[
        UpdateIntegrationInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UpdateIntegrationResult:
    reader = InputReader()
    integration_id = reader.id("Integration", data.integration_id, "integrationId")
    branch_id: Change[UUID] = UNSET
    if data.branch_id is not None:
        branch_id = reader.id("Branch", data.branch_id.value, "branchId")
    reader.raise_if_any()
    automation = AutomationChanges() if data.automation is None else data.automation.value.changes()
    done = await info.context.use_cases.update_integration(
        UpdateIntegrationCommand(
            caller=info.context.caller,
            integration_id=integration_id,
            branch_id=branch_id,
            environment=change(data.environment),
            login=change(data.login),
            responsible_cpf=change(data.responsible_cpf),
            consultation_password=_secret(data.consultation_password),
            pefin_password=_secret(data.pefin_password),
            plan=change(data.plan),
            send_sms_on_inclusion=change(data.send_sms_on_inclusion),
            automation=automation,
        )
    )
    return UpdateIntegrationSuccess(
        integration=Integration.of(done.integration), automatic_live=done.automatic_live
    )
