"""Create and change invoices (boletos)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.errors import Conflict
from core.domain.invoice import Invoice, InvoiceStatus, parse_contract_number
from core.domain.money import Money, money_from_decimal
from core.use_cases.changes import UNSET, Change, given
from core.use_cases.keep_record import KeepRecord
from core.use_cases.record_input import RecordReader
from core.use_cases.visible import get_visible
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFields:
    """An invoice as typed. amount: in reais. contract_number: what names the debt at the bureau."""

    amount: Decimal
    issued_on: date
    due_on: date
    contract_number: str | None = None
    contract_rescinded_on: date | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceChanges:
    """Changes to an invoice."""

    amount: Change[Decimal] = UNSET
    issued_on: Change[date] = UNSET
    due_on: Change[date] = UNSET
    contract_number: Change[str | None] = UNSET
    contract_rescinded_on: Change[date | None] = UNSET
    external_id: Change[str | None] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInvoiceCommand:
    """A new invoice of a customer."""

    caller: Caller
    customer_id: UUID
    fields: InvoiceFields


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateInvoiceCommand:
    """What is to be changed at an invoice."""

    caller: Caller
    invoice_id: UUID
    changes: InvoiceChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInvoice:
    """Policy: an invoice belongs to the branch of its customer.

    Raises NotFound, InvalidInput (INVALID_AMOUNT, DATE_OUT_OF_RANGE, ISSUED_AFTER_DUE, INVALID_CONTRACT_NUMBER,
    INVALID_TEXT), Conflict EXTERNAL_ID_TAKEN.
    """

    units_of_work: UnitsOfWork
    keep: KeepRecord
    clock: Clock
    ids: Ids

    async def __call__(self, command: CreateInvoiceCommand) -> Invoice:
        """Create it, or answer with the invoice that the same sending created before."""
        command.caller.require(Scope.WRITE_RECORDS)
        values, now = _read(command.fields), self.clock.now()
        async with self.units_of_work.begin() as work:
            customer = await get_visible(
                work.customers, command.customer_id, command.caller, "Customer", "customerId"
            )
            invoice = Invoice(
                id=self.ids.new(),
                number=0,
                customer_id=customer.id,
                branch_id=customer.branch_id,
                status=InvoiceStatus.OPEN,
                closed_on=None,
                settlement_method=None,
                created_at=now,
                updated_at=now,
                **values,
            )
            return await self.keep.create(work, work.invoices, invoice, customer.branch_id, command.caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateInvoice:
    """Policy: amount, due date and contract of a debt that is registered stay as they were registered.

    Raises NotFound, InvalidInput like CreateInvoice, Conflict INVOICE_NEGATIVATED, EXTERNAL_ID_TAKEN.
    """

    units_of_work: UnitsOfWork
    keep: KeepRecord

    async def __call__(self, command: UpdateInvoiceCommand) -> Invoice:
        """Change it."""
        command.caller.require(Scope.WRITE_RECORDS)
        async with self.units_of_work.begin() as work:
            await work.lock(f"invoice:{command.invoice_id}")
            before = await get_visible(
                work.invoices, command.invoice_id, command.caller, "Invoice", "invoiceId", lock=True
            )
            after = replace(before, **_read(replace(_fields_of(before), **given(command.changes))))
            if _debt(after) != _debt(before) and await work.negativations.live_of_invoices([before.id]):
                raise Conflict(reason="INVOICE_NEGATIVATED")
            return await self.keep.change(
                work, work.invoices, before, after, before.branch_id, command.caller
            )


class _Values(TypedDict):
    amount: Money
    issued_on: date
    due_on: date
    contract_number: str | None
    contract_rescinded_on: date | None
    external_id: str | None


def _read(fields: InvoiceFields) -> _Values:
    reader = RecordReader()
    amount = reader.attempt(lambda: money_from_decimal(fields.amount))
    reader.day(fields.issued_on, "issuedOn")
    reader.day(fields.due_on, "dueOn")
    if fields.issued_on > fields.due_on:
        reader.add(("issuedOn",), "ISSUED_AFTER_DUE")
    reader.day(fields.contract_rescinded_on, "contractRescindedOn")
    contract_number = reader.optional(parse_contract_number, fields.contract_number, "contractNumber")
    external_id = reader.external_id(fields.external_id)
    if reader or amount is None:
        raise reader.error()
    return _Values(
        amount=amount,
        issued_on=fields.issued_on,
        due_on=fields.due_on,
        contract_number=contract_number,
        contract_rescinded_on=fields.contract_rescinded_on,
        external_id=external_id,
    )


def _fields_of(invoice: Invoice) -> InvoiceFields:
    return InvoiceFields(
        amount=invoice.amount.amount,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        contract_number=invoice.contract_number,
        contract_rescinded_on=invoice.contract_rescinded_on,
        external_id=invoice.external_id,
    )


def _debt(invoice: Invoice) -> tuple[Money, date, str | None]:
    return (invoice.amount, invoice.due_on, invoice.contract_number)
