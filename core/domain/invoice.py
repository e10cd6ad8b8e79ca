"""An invoice (boleto) of a customer: the debt that is registered when it stays unpaid."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.domain.errors import Conflict, InvalidInput, Problem
from core.domain.money import Money

CONTRACT_NUMBER = re.compile(r"[0-9A-Z/\-. ]{1,16}")
"""What the bureau takes as the number of a contract (PEFIN layout)."""


class InvoiceStatus(StrEnum):
    """OPEN until it is paid (SETTLED), withdrawn (CANCELLED) or replaced by an agreement (RENEGOTIATED)."""

    OPEN = "OPEN"
    SETTLED = "SETTLED"
    CANCELLED = "CANCELLED"
    RENEGOTIATED = "RENEGOTIATED"


class SettlementMethod(StrEnum):
    """How an invoice was paid. A BOLETO clears on the next business day; the others count at once."""

    BOLETO = "BOLETO"
    PIX = "PIX"
    CARD = "CARD"
    CASH = "CASH"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice. `contract_number` names the debt at the bureau (at most 16 of `0-9 A-Z / - . space`, PEFIN layout).

    closed_on: the local day on which it stopped being open. contract_rescinded_on: when the service contract ended.
    """

    id: UUID
    number: int
    external_id: str | None
    customer_id: UUID
    branch_id: UUID
    contract_number: str | None
    amount: Money
    issued_on: date
    due_on: date
    status: InvoiceStatus
    closed_on: date | None
    settlement_method: SettlementMethod | None
    contract_rescinded_on: date | None
    created_at: datetime
    updated_at: datetime

    @property
    def debt_reference(self) -> str:
        """What the bureau sees as contract: the contract number, or one made of this invoice's number."""
        return self.contract_number or f"FAT-{self.number}"

    def closed(
        self, status: InvoiceStatus, *, on: date, method: SettlementMethod | None, at: datetime
    ) -> "Invoice":
        """The invoice after payment, cancellation or renegotiation. Raises Conflict INVOICE_NOT_OPEN."""
        if self.status is not InvoiceStatus.OPEN:
            raise Conflict(reason="INVOICE_NOT_OPEN", params={"status": self.status.value})
        return replace(self, status=status, closed_on=on, settlement_method=method, updated_at=at)


def parse_contract_number(text: str, *, path: tuple[str, ...]) -> str:
    """Read a contract number in either case. Raises InvalidInput `INVALID_CONTRACT_NUMBER` at `path`."""
    number = text.strip().upper()
    if not CONTRACT_NUMBER.fullmatch(number):
        raise InvalidInput(problems=(Problem(path, "INVALID_CONTRACT_NUMBER"),))
    return number
