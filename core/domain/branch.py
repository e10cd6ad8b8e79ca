"""A branch (filial) of the provider: the creditor in whose name debts are registered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.documents import Document
from core.domain.states import StateCode

MAX_DAILY_BUDGET = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch. `integration_id` is the link that makes an integration usable ("Integração de análise de crédito").

    `requires_rescission`: whether debts may be registered only after the contract was rescinded (Anatel Resolution
    765/2023); providers small enough to be exempt leave it off. `daily_consultation_budget`: how many consultations that are
    billed may be ordered in its name on one local day; None is no limit.
    """

    id: UUID
    number: int
    external_id: str | None
    name: str
    document: Document
    state_code: StateCode
    city: str
    integration_id: UUID | None
    requires_rescission: bool
    daily_consultation_budget: int | None
    created_at: datetime
    updated_at: datetime
