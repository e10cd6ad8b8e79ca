"""Delete an integration (excluir integração)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import (
    ActiveMonitorsError,
    ActiveNegativationsError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
)
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.integration import Integration
from core.domain.access import Scope
from core.use_cases.delete_integration import DeleteIntegrationCommand


@strawberry.input(description="What deleteIntegration wants to know (dados da exclusão).")
class DeleteIntegrationInput:
    integration_id: strawberry.ID = strawberry.field(description="The integration (integração).")


@strawberry.type(description="The integration was deleted (integração excluída).")
class DeleteIntegrationSuccess:
    integration: Integration = strawberry.field(description="What is left of it (integração).")


DeleteIntegrationResult = Annotated[
    DeleteIntegrationSuccess
    | ActiveNegativationsError
    | ActiveMonitorsError
    | InvalidInputError
    | NotFoundError
    | ConflictError,
    strawberry.union("DeleteIntegrationResult", description="What came of deleteIntegration (resultado)."),
]


@mutation(
    "Deletes an integration (excluir integração): its passwords are destroyed and its branch is free again; consultations, negativations and the audit trail stay. Impossible while any of its negativations is live or any company is watched with it. Nothing goes to the bureau.",
    permission=needs(Scope.CONFIGURE),
)
async def delete_integration(
    info: Info,
    data: Annotated[
        DeleteIntegrationInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> DeleteIntegrationResult:
    reader = InputReader()
    integration_id = reader.id("Integration", data.integration_id, "integrationId")
    reader.raise_if_any()
    done = await info.context.use_cases.delete_integration(
        DeleteIntegrationCommand(caller=info.context.caller, integration_id=integration_id)
    )
    return DeleteIntegrationSuccess(integration=Integration.of(done))
