"""Link an integration at its branch (vincular integração)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import BranchAlreadyIntegratedError, ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.branch import Branch
from core.domain.access import Scope
from core.use_cases.link_integration import LinkIntegrationCommand


@strawberry.input(description="What linkIntegration wants to know (dados do vínculo).")
class LinkIntegrationInput:
    branch_id: strawberry.ID = strawberry.field(description="The branch (filial).")
    integration_id: strawberry.ID = strawberry.field(description="The integration (integração).")


@strawberry.type(description="The integration is linked (integração vinculada).")
class LinkIntegrationSuccess:
    branch: Branch = strawberry.field(description="The branch after the change (filial).")


LinkIntegrationResult = Annotated[
    LinkIntegrationSuccess | BranchAlreadyIntegratedError | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("LinkIntegrationResult", description="What came of linkIntegration (resultado)."),
]


@mutation(
    "Links an integration at its branch, which makes it usable (vincular integração: filial > aba Integrações > Integração de análise de crédito). A branch links its own integration, and only one. Nothing goes to the bureau.",
    permission=needs(Scope.CONFIGURE),
)
async def link_integration(
    info: Info,
    data: Annotated[
        LinkIntegrationInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> LinkIntegrationResult:
    reader = InputReader()
    branch_id = reader.id("Branch", data.branch_id, "branchId")
    integration_id = reader.id("Integration", data.integration_id, "integrationId")
    reader.raise_if_any()
    done = await info.context.use_cases.link_integration(
        LinkIntegrationCommand(caller=info.context.caller, branch_id=branch_id, integration_id=integration_id)
    )
    return LinkIntegrationSuccess(branch=Branch.of(done))
