"""Change the general parameters (parâmetros gerais)."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import InvalidInputError
from api.fields import mutation
from api.inputs import change
from api.permissions import needs
from api.types.parameters import CreditParameters
from core.domain.access import Scope
from core.use_cases.update_credit_parameters import UpdateCreditParametersCommand


@strawberry.input(description="What updateCreditParameters is to change (alterações dos parâmetros).")
class UpdateCreditParametersInput:
    enabled: strawberry.Maybe[bool] = strawberry.field(
        description="Whether credit analysis is used (utilizar integração com análise de crédito)."
    )
    repeat_interval_days: strawberry.Maybe[int | None] = strawberry.field(
        description="For how many days a repeated consultation is warned of, 0 to 3650 (intervalo de dias para consultar o mesmo CPF/CNPJ); null or 0: never."
    )
    deprecated_plans_end_on: strawberry.Maybe[date | None] = strawberry.field(
        description="From which day on the discontinued plans are refused (fim dos planos descontinuados); null while unknown."
    )
    minimum_negativation_amount: strawberry.Maybe[Decimal | None] = strawberry.field(
        description="Debts below it are not negativated, in reais (valor mínimo para negativar); null: no floor."
    )


@strawberry.type(description="The parameters hold from now on (parâmetros alterados).")
class UpdateCreditParametersSuccess:
    parameters: CreditParameters = strawberry.field(
        description="All parameters after the change (parâmetros)."
    )


UpdateCreditParametersResult = Annotated[
    UpdateCreditParametersSuccess | InvalidInputError,
    strawberry.union(
        "UpdateCreditParametersResult", description="What came of updateCreditParameters (resultado)."
    ),
]


@mutation(
    "Changes the general parameters of credit analysis (parâmetros gerais > integrações > análise de crédito); fields left out stay. Nothing goes to the bureau.",
    permission=needs(Scope.CONFIGURE, every_branch=True),
)
async def update_credit_parameters(
    info: Info,
    data: Annotated[
        UpdateCreditParametersInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UpdateCreditParametersResult:
    done = await info.context.use_cases.update_credit_parameters(
        UpdateCreditParametersCommand(
            caller=info.context.caller,
            enabled=change(data.enabled),
            repeat_interval_days=change(data.repeat_interval_days),
            deprecated_plans_end_on=change(data.deprecated_plans_end_on),
            minimum_negativation_amount=change(data.minimum_negativation_amount),
        )
    )
    return UpdateCreditParametersSuccess(parameters=CreditParameters.of(done))
