"""Register an integration (cadastrar integração)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.bureau import BureauRejectedError, BureauUnavailableError, CredentialsRefusedError
from api.errors.general import (
    BranchAlreadyIntegratedError,
    CreditAnalysisDisabledError,
    InvalidInputError,
    NotFoundError,
    PlanNotAllowedError,
)
from api.fields import mutation
from api.inputs import InputReader, named_alone
from api.permissions import needs
from api.types.integration import Integration
from core.domain.access import Scope
from core.domain.bureau import Environment
from core.domain.integration import Intermediary
from core.domain.plans import IntegrationPlan
from core.domain.secret import Secret
from core.use_cases.create_integration import CreateIntegrationCommand
from core.use_cases.integration_input import AutomationFields


@strawberry.input(
    name="AutomationInput",
    description="Automatic inclusion and removal by the collection routine (inclusão/exclusão automática).",
)
class AutomationInput:
    enabled: bool = strawberry.field(
        default=False,
        description="Whether the routine negativates and clears by itself (incluir/remover automaticamente).",
    )
    restriction_code: str | None = strawberry.field(
        default=None,
        description="The default reason of a negativation, required when enabled (código de restrição).",
    )
    clearing_code: str | None = strawberry.field(
        default=None,
        description="The default reason of a clearing, required when enabled (código para baixa).",
    )

    def fields(self) -> AutomationFields:
        """The automation as the use case takes it."""
        return AutomationFields(
            enabled=self.enabled, restriction_code=self.restriction_code, clearing_code=self.clearing_code
        )


@strawberry.input(description="What createIntegration wants to know (dados da integração).")
class CreateIntegrationInput:
    __repr__ = named_alone

    branch_id: strawberry.ID = strawberry.field(description="The branch it belongs to (filial).")
    environment: Environment = strawberry.field(description="Where it operates (ambiente).")
    login: str = strawberry.field(description="The login that the provider issued (login).")
    responsible_cpf: str = strawberry.field(
        description="The CPF of who answers for negativations, punctuated or not (CPF responsável pela negativação)."
    )
    consultation_password: str | None = strawberry.field(
        default=None,
        description="The password for consultations (senha consulta); required for PRODUCTION. It is stored encrypted and never shown again.",
    )
    pefin_password: str | None = strawberry.field(
        default=None,
        description="The password for negativations (senha PEFIN); required for PRODUCTION. It is stored encrypted and never shown again.",
    )
    intermediary: Intermediary = strawberry.field(
        default=Intermediary.CONNECT, description="The provider of bureau services (intermediador)."
    )
    plan: IntegrationPlan = strawberry.field(
        default=IntegrationPlan.REPORT_AND_SCORE, description="Fixed plan, or ALL (plano para consultas)."
    )
    send_sms_on_inclusion: bool = strawberry.field(
        default=False,
        description="Whether the provider sends the debtor an SMS on inclusion (envia SMS na inclusão).",
    )
    automation: AutomationInput | None = strawberry.field(
        default=None,
        description="Automatic inclusion and removal, and the default codes (inclusão/exclusão automática).",
    )


@strawberry.type(description="The integration was registered (integração cadastrada).")
class CreateIntegrationSuccess:
    integration: Integration = strawberry.field(description="The integration, not yet linked (integração).")


CreateIntegrationResult = Annotated[
    CreateIntegrationSuccess
    | BranchAlreadyIntegratedError
    | CreditAnalysisDisabledError
    | PlanNotAllowedError
    | CredentialsRefusedError
    | BureauRejectedError
    | BureauUnavailableError
    | InvalidInputError
    | NotFoundError,
    strawberry.union("CreateIntegrationResult", description="What came of createIntegration (resultado)."),
]


def _secret(password: str | None) -> Secret | None:
    return None if password is None else Secret(password)


@mutation(
    "Registers an integration of a branch with the provider (cadastrar integração de análise de crédito). It is of use only once it is linked with `linkIntegration`. For PRODUCTION both passwords go to the provider to be checked; not billed.",
    permission=needs(Scope.CONFIGURE),
)
async def create_integration(
    info: Info,
    data: Annotated[
        CreateIntegrationInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> CreateIntegrationResult:
    reader = InputReader()
    branch_id = reader.id("Branch", data.branch_id, "branchId")
    reader.raise_if_any()
    done = await info.context.use_cases.create_integration(
        CreateIntegrationCommand(
            caller=info.context.caller,
            branch_id=branch_id,
            environment=data.environment,
            login=data.login,
            responsible_cpf=data.responsible_cpf,
            consultation_password=_secret(data.consultation_password),
            pefin_password=_secret(data.pefin_password),
            intermediary=data.intermediary,
            plan=data.plan,
            send_sms_on_inclusion=data.send_sms_on_inclusion,
            automation=(data.automation or AutomationInput()).fields(),
        )
    )
    return CreateIntegrationSuccess(integration=Integration.of(done))
