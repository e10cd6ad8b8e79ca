"""Register several invoices in one call, each with its own result."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.errors import DomainError, Forbidden, InvalidInput, Problem
from core.domain.negativation import Negativation
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.repeatable import claim_batch, key_of_part
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

OPERATION = "negativateDebtors"
MAX_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativateDebtorsCommand:
    """The invoices, at most 100. Each has an idempotency key of its own, made of `idempotency_key` and its id."""

    caller: Caller
    invoice_ids: Sequence[UUID]
    restriction_code: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativateDebtors:
    """Policy: what is wrong with one invoice does not keep the others from being registered.

    Raises Forbidden, InvalidInput (TOO_MANY, INVALID_IDEMPOTENCY_KEY), IdempotencyConflict.
    """

    units_of_work: UnitsOfWork
    negativate: NegativateDebtor
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: NegativateDebtorsCommand) -> list[Negativation | DomainError]:
        """For each invoice, in the order given, the registration or why there is none."""
        command.caller.require(Scope.NEGATIVATE)
        if len(command.invoice_ids) > MAX_BATCH:
            raise InvalidInput(problems=(Problem(("invoiceIds",), "TOO_MANY", {"max": MAX_BATCH}),))
        await claim_batch(
            self.units_of_work,
            self.vault,
            command.caller,
            command.idempotency_key,
            OPERATION,
            command.restriction_code,
            *command.invoice_ids,
            batch_id=self.ids.new(),
            at=self.clock.now(),
        )
        results: list[Negativation | DomainError] = []
        for invoice_id in command.invoice_ids:
            single = NegativateDebtorCommand(
                caller=command.caller,
                invoice_id=invoice_id,
                restriction_code=command.restriction_code,
                idempotency_key=key_of_part(command.idempotency_key, invoice_id),
            )
            try:
                results.append(await self.negativate(single))
            except Forbidden:
                raise
            except DomainError as error:
                results.append(error)
        return results
