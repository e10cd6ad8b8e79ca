"""Test an integration's passwords (testar integração)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.bureau import BureauRejectedError, BureauUnavailableError
from api.errors.general import InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.integration import Integration
from core.domain.access import Scope
from core.domain.bureau import CredentialKind
from core.use_cases.test_integration import TestIntegrationCommand, TestOutcome


@strawberry.type(description="What the test of one password showed (resultado do teste).")
class CredentialTest:
    kind: CredentialKind = strawberry.field(description="Which of the two passwords (tipo de senha).")
    outcome: TestOutcome = strawberry.field(description="What the provider said (resultado).")


@strawberry.input(description="What testIntegration wants to know (dados do teste).")
class TestIntegrationInput:
    integration_id: strawberry.ID = strawberry.field(description="The integration (integração).")


@strawberry.type(description="The passwords were tested (integração testada).")
class TestIntegrationSuccess:
    integration: Integration = strawberry.field(
        description="The integration with its passwords' health after the test (integração)."
    )
    results: list[CredentialTest] = strawberry.field(
        description="What the test of each password showed (resultados)."
    )


TestIntegrationResult = Annotated[
    TestIntegrationSuccess | BureauRejectedError | BureauUnavailableError | InvalidInputError | NotFoundError,
    strawberry.union("TestIntegrationResult", description="What came of testIntegration (resultado)."),
]


@mutation(
    "Tests both passwords of an integration at the provider without consulting anybody (testar integração). Login and passwords go to the provider; not billed.",
    permission=needs(Scope.CONFIGURE),
)
async def test_integration(
    info: Info,
    data: Annotated[
        TestIntegrationInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> TestIntegrationResult:
    reader = InputReader()
    integration_id = reader.id("Integration", data.integration_id, "integrationId")
    reader.raise_if_any()
    done = await info.context.use_cases.test_integration(
        TestIntegrationCommand(caller=info.context.caller, integration_id=integration_id)
    )
    return TestIntegrationSuccess(
        integration=Integration.of(done.integration),
        results=[CredentialTest(kind=kind, outcome=done.results[kind]) for kind in CredentialKind],
    )
