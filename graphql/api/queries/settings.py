"""General parameters, and the criteria and advice of the password form."""

from typing import Annotated

import strawberry

from api.context import Info
from api.fields import query
from api.messages import password_message
from api.permissions import ANYBODY, needs
from api.types.parameters import CreditParameters
from api.types.password_advice import PasswordAdvice
from core.domain.access import Scope
from core.domain.bureau import CredentialKind
from core.domain.credentials import ADVICE, CRITERIA


@query(
    "The general parameters of credit analysis (parâmetros gerais).",
    permission=needs(Scope.READ),
)
async def credit_parameters(info: Info) -> CreditParameters:
    async with info.context.units_of_work.read() as work:
        return CreditParameters.of(await work.parameters.credit())


@strawberry.type(description="A criterion of a password (critério de senha).")
class PasswordCriterion:
    code: str = strawberry.field(description="Its name for programs, such as LENGTH_6 (código).")
    description: str = strawberry.field(description="What it wants, for people (descrição).")


@query(
    "The criteria that the form shows for a new password, in its order (critérios da nova senha).",
    permission=ANYBODY,
)
def password_criteria(
    info: Info,
    kind: Annotated[
        CredentialKind, strawberry.argument(description="Which of the two passwords (tipo de senha).")
    ],
) -> list[PasswordCriterion]:
    language = info.context.language
    return [
        PasswordCriterion(code=code, description=password_message(code, language)) for code in CRITERIA[kind]
    ]


@query(
    "What the form for a new password advises besides its criteria (orientações de senha): it refuses nothing.",
    permission=ANYBODY,
)
def password_advice(info: Info) -> list[PasswordAdvice]:
    return [PasswordAdvice.of(code, info.context.language) for code in ADVICE]
