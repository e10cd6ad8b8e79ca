"""Change a password here and at the provider (alterar senha)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.bureau import (
    BureauRejectedError,
    BureauUnavailableError,
    CredentialsRefusedError,
    PasswordRefusedError,
)
from api.errors.general import ConflictError, IdempotencyConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.idempotency import REPEATABLE
from api.inputs import InputReader, named_alone
from api.permissions import needs
from api.types.integration import Integration
from api.types.password_advice import PasswordAdvice
from core.domain.access import Scope
from core.domain.bureau import CredentialKind
from core.domain.secret import Secret
from core.use_cases.rotate_credentials import RotateCredentialsCommand


@strawberry.input(description="What rotateCredentials wants to know (dados da alteração de senha).")
class RotateCredentialsInput:
    __repr__ = named_alone

    integration_id: strawberry.ID = strawberry.field(description="The integration (integração).")
    kind: CredentialKind = strawberry.field(description="Which of the two passwords (tipo de senha).")
    new_password: str = strawberry.field(
        description="The new password (nova senha); see `passwordCriteria`. It is never shown again."
    )
    confirmation: str = strawberry.field(description="The same once more (confirmação da senha).")
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=REPEATABLE,
    )


@strawberry.type(
    description="The password was changed on both sides (senha alterada). A repetition that comes when another password has taken its place changes nothing and is told so in `warnings`, by the code REPLACED."
)
class RotateCredentialsSuccess:
    integration: Integration = strawberry.field(
        description="The integration with its passwords' health (integração)."
    )
    warnings: list[PasswordAdvice] = strawberry.field(
        description="Advice about the new password, which was taken all the same (avisos)."
    )


RotateCredentialsResult = Annotated[
    RotateCredentialsSuccess
    | PasswordRefusedError
    | CredentialsRefusedError
    | BureauRejectedError
    | BureauUnavailableError
    | InvalidInputError
    | NotFoundError
    | ConflictError
    | IdempotencyConflictError,
    strawberry.union("RotateCredentialsResult", description="What came of rotateCredentials (resultado)."),
]


@mutation(
    "Changes a password of an integration here and at the provider at once (alterar senha). The old and the new password go to the provider; not billed. When its answer is lost, the outcome is being found out: the password stays `ROTATING` for some two minutes, until the new and then the old one are tried once each and the one that works is kept.",
    permission=needs(Scope.ROTATE_CREDENTIALS),
)
async def rotate_credentials(
    info: Info,
    data: Annotated[
        RotateCredentialsInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> RotateCredentialsResult:
    reader = InputReader()
    integration_id = reader.id("Integration", data.integration_id, "integrationId")
    reader.raise_if_any()
    done = await info.context.use_cases.rotate_credentials(
        RotateCredentialsCommand(
            caller=info.context.caller,
            integration_id=integration_id,
            kind=data.kind,
            new_password=Secret(data.new_password),
            confirmation=Secret(data.confirmation),
            idempotency_key=data.idempotency_key,
        )
    )
    return RotateCredentialsSuccess(
        integration=Integration.of(done.integration),
        warnings=[PasswordAdvice.of(code, info.context.language) for code in done.warnings],
    )
