"""General parameters."""

from datetime import date

import strawberry

from api.types.values import Money, money_or_none
from core.domain import parameters as domain


@strawberry.type(
    description="The company's general parameters of credit analysis (parâmetros gerais > integrações > análise de crédito)."
)
class CreditParameters:
    enabled: bool = strawberry.field(
        description="Whether credit analysis is used (utilizar integração com análise de crédito). Off refuses consultations "
        "and negativations, never clearings."
    )
    repeat_interval_days: int | None = strawberry.field(
        description="For how many days a repeated consultation of a document is warned of (intervalo de dias para consultar "
        "o mesmo CPF/CNPJ); null or 0: never."
    )
    deprecated_plans_end_on: date | None = strawberry.field(
        description="From this day on the plans announced as discontinued are refused (fim dos planos descontinuados); null "
        "while unknown."
    )
    minimum_negativation_amount: Money | None = strawberry.field(
        description="Debts below it are not negativated (valor mínimo para negativar); null: no floor."
    )

    @classmethod
    def of(cls, parameters: domain.CreditParameters) -> "CreditParameters":
        """The parameters as the schema shows them."""
        return cls(
            enabled=parameters.enabled,
            repeat_interval_days=parameters.repeat_interval_days,
            deprecated_plans_end_on=parameters.deprecated_plans_end_on,
            minimum_negativation_amount=money_or_none(parameters.minimum_negativation_amount),
        )
