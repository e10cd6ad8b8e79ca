"""Take the link to an integration from a branch (desvincular integração)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.branch import Branch
from core.domain.access import Scope
from core.use_cases.unlink_integration import UnlinkIntegrationCommand


@strawberry.input(description="What unlinkIntegration wants to know (dados do vínculo).")
class UnlinkIntegrationInput:
    branch_id: strawberry.ID = strawberry.field(description="The branch (filial).")
    integration_id: strawberry.ID = strawberry.field(description="The integration (integração).")


@strawberry.type(description="The integration is not linked any more (integração desvinculada).")
class UnlinkIntegrationSuccess:
    branch: Branch = strawberry.field(description="The branch after the change (filial).")


UnlinkIntegrationResult = Annotated[
    UnlinkIntegrationSuccess | InvalidInputError | NotFoundError,
    strawberry.union("UnlinkIntegrationResult", description="What came of unlinkIntegration (resultado)."),
]


@mutation(
    "Takes the link to an integration from a branch (desvincular integração): nothing can be asked in its name any more, but what is live is still followed and can be cleared. Nothing goes to the bureau.",
    permission=needs(Scope.CONFIGURE),
)
async def unlink_integration(
    info: Info,
    data: Annotated[
        UnlinkIntegrationInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UnlinkIntegrationResult:
    reader = InputReader()
    branch_id = reader.id("Branch", data.branch_id, "branchId")
    integration_id = reader.id("Integration", data.integration_id, "integrationId")
    reader.raise_if_any()
    done = await info.context.use_cases.unlink_integration(
        UnlinkIntegrationCommand(
            caller=info.context.caller, branch_id=branch_id, integration_id=integration_id
        )
    )
    return UnlinkIntegrationSuccess(branch=Branch.of(done))
