"""A branch (filial) of the provider: the creditor in whose name debts are registered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.documents import Document
from core.domain.states import StateCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch. `integration_id` is the link that makes an integration usable ("Integração de análise de crédito").

    `requires_rescission`: whether debts may be registered only after the contract was rescinded (Anatel Resolution
    765/2023); providers small enough to be exempt leave it off.
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
    created_at: datetime
    updated_at: datetime
