"""The general parameters of credit analysis (parâmetros gerais > integrações > análise de crédito)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.domain.calendar_rules import local_date
from core.domain.errors import DomainError
from core.domain.money import Money

MAX_INTERVAL_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditParameters:
    """Company-wide parameters.

    enabled: "Utilizar integração com análise de crédito". Off refuses consultations and registrations, never clearings.
    repeat_interval_days: "Intervalo de dias para consultar o mesmo CPF/CNPJ"; None or 0 means no warning.
    deprecated_plans_end_on: the day from which the plans announced as discontinued are refused; None while unknown.
    minimum_negativation_amount: debts below it are not registered; None for no floor.
    """

    enabled: bool = False
    repeat_interval_days: int | None = None
    deprecated_plans_end_on: date | None = None
    minimum_negativation_amount: Money | None = None

    def available_on(self, last_performed_at: datetime) -> date:
        """The first local day on which a document consulted at `last_performed_at` is consulted without a warning.

        With an interval of N days, a consultation on day D warns on D to D+N-1.
        """
        return local_date(last_performed_at) + timedelta(days=self.repeat_interval_days or 0)

    def warns(self, last_performed_at: datetime, now: datetime) -> bool:
        """Whether a consultation now would repeat that one inside the interval."""
        return local_date(now) < self.available_on(last_performed_at)


@dataclass(eq=False)
class CreditAnalysisDisabled(DomainError):
    """Credit analysis is switched off in the general parameters."""
