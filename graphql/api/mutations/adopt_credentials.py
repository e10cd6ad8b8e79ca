"""Store a password that was changed at the provider's own site (atualizar senha)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.bureau import CredentialsRefusedError, PasswordRefusedError
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader, named_alone
from api.permissions import needs
from api.types.integration import Integration
from api.types.password_advice import PasswordAdvice
from core.domain.access import Scope
from core.domain.bureau import CredentialKind
from core.domain.secret import Secret
from core.use_cases.adopt_credentials import AdoptCredentialsCommand


@strawberry.input(description="What adoptCredentials wants to know (dados da atualização de senha).")
class AdoptCredentialsInput:
    __repr__ = named_alone

    integration_id: strawberry.ID = strawberry.field(description="The integration (integração).")
    kind: CredentialKind = strawberry.field(description="Which of the two passwords (tipo de senha).")
    new_password: str = strawberry.field(
        description="The new password (nova senha); see `passwordCriteria`. It is never shown again."
    )
    confirmation: str = strawberry.field(description="The same once more (confirmação da senha).")


@strawberry.type(description="The password was stored (senha atualizada).")
class AdoptCredentialsSuccess:
    integration: Integration = strawberry.field(
        description="The integration with its passwords' health (integração)."
    )
    warnings: list[PasswordAdvice] = strawberry.field(
        description="Advice about the new password, which was taken all the same (avisos)."
    )


AdoptCredentialsResult = Annotated[
    AdoptCredentialsSuccess
    | PasswordRefusedError
    | CredentialsRefusedError
    | InvalidInputError
    | NotFoundError
    | ConflictError,
    strawberry.union("AdoptCredentialsResult", description="What came of adoptCredentials (resultado)."),
]


@mutation(
    "Stores a password that was already changed at the provider's own site (atualizar senha): nothing is changed there, the password is only tried. The password goes to the provider for the test; not billed.",
    permission=needs(Scope.ROTATE_CREDENTIALS),
)
async def adopt_credentials(
    info: Info,
    data: Annotated[
        AdoptCredentialsInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> AdoptCredentialsResult:
    reader = InputReader()
    integration_id = reader.id("Integration", data.integration_id, "integrationId")
    reader.raise_if_any()
    done = await info.context.use_cases.adopt_credentials(
        AdoptCredentialsCommand(
            caller=info.context.caller,
            integration_id=integration_id,
            kind=data.kind,
            new_password=Secret(data.new_password),
            confirmation=Secret(data.confirmation),
        )
    )
    return AdoptCredentialsSuccess(
        integration=Integration.of(done.integration),
        warnings=[PasswordAdvice.of(code, info.context.language) for code in done.warnings],
    )
