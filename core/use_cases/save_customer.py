"""Create and change customers (clientes)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.calendar_rules import local_date
from core.domain.contact import parse_email, parse_mobile, parse_text
from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.errors import Conflict
from core.domain.listing import NegativationFilter
from core.domain.negativation import LIVE
from core.domain.subjects import Address, Customer, Gender, NegativationHold
from core.use_cases.changes import UNSET, Change, given
from core.use_cases.keep_record import KeepRecord
from core.use_cases.record_input import (
    AddressChanges,
    AddressFields,
    RecordReader,
    merged_address,
    read_address,
)
from core.use_cases.visible import get_branch, get_visible
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork

NO_ADDRESS, SAME_ADDRESS = AddressFields(), AddressChanges()
EARLIEST_BIRTH = date(1900, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFields:
    """A customer as typed. Gaps are allowed here; what is needed to register a debt is told by its eligibility.

    document: a CPF or CNPJ in any spelling. gender, born_on: of natural persons only. mobile: with area code.
    """

    name: str
    document: str
    gender: Gender | None = None
    born_on: date | None = None
    mobile: str | None = None
    email: str | None = None
    address: AddressFields = NO_ADDRESS
    hold: NegativationHold | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChanges:
    """Changes to a customer."""

    name: Change[str] = UNSET
    document: Change[str] = UNSET
    gender: Change[Gender | None] = UNSET
    born_on: Change[date | None] = UNSET
    mobile: Change[str | None] = UNSET
    email: Change[str | None] = UNSET
    address: AddressChanges = SAME_ADDRESS
    hold: Change[NegativationHold | None] = UNSET
    external_id: Change[str | None] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCustomerCommand:
    """A new customer of a branch."""

    caller: Caller
    branch_id: UUID
    fields: CustomerFields


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCustomerCommand:
    """What is to be changed at a customer."""

    caller: Caller
    customer_id: UUID
    changes: CustomerChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCustomer:
    """Raises NotFound, InvalidInput (INVALID_TEXT, INVALID_DOCUMENT, INVALID_MOBILE, INVALID_EMAIL, INVALID_POSTAL_CODE,
    INVALID_STATE_CODE, INVALID_BIRTH_DATE, NOT_FOR_CNPJ), Conflict EXTERNAL_ID_TAKEN.
    """

    units_of_work: UnitsOfWork
    keep: KeepRecord
    clock: Clock
    ids: Ids

    async def __call__(self, command: CreateCustomerCommand) -> Customer:
        """Create it, or answer with the customer that the same sending created before."""
        command.caller.require(Scope.WRITE_RECORDS)
        now = self.clock.now()
        customer = Customer(
            id=self.ids.new(),
            number=0,
            branch_id=command.branch_id,
            created_at=now,
            updated_at=now,
            **_read(command.fields, local_date(now)),
        )
        async with self.units_of_work.begin() as work:
            branch = await get_branch(work, command.branch_id, command.caller, "branchId")
            return await self.keep.create(work, work.customers, customer, branch.id, command.caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCustomer:
    """Policy: the document stays while debts are registered under it.

    Raises NotFound, InvalidInput like CreateCustomer, Conflict CUSTOMER_NEGATIVATED, EXTERNAL_ID_TAKEN.
    """

    units_of_work: UnitsOfWork
    keep: KeepRecord
    clock: Clock

    async def __call__(self, command: UpdateCustomerCommand) -> Customer:
        """Change it."""
        command.caller.require(Scope.WRITE_RECORDS)
        async with self.units_of_work.begin() as work:
            before = await get_visible(
                work.customers, command.customer_id, command.caller, "Customer", "customerId", lock=True
            )
            merged = _merged(before, command.changes)
            after = replace(before, **_read(merged, local_date(self.clock.now())))
            if after.document != before.document:
                live = NegativationFilter(customer_id=before.id, status=LIVE)
                if await work.negativations.count(live):
                    raise Conflict(reason="CUSTOMER_NEGATIVATED")
            return await self.keep.change(
                work, work.customers, before, after, before.branch_id, command.caller
            )


class _Values(TypedDict):
    name: str
    document: Document
    gender: Gender | None
    born_on: date | None
    mobile: str | None
    email: str | None
    address: Address
    hold: NegativationHold | None
    external_id: str | None


def _read(fields: CustomerFields, today: date) -> _Values:
    reader = RecordReader()
    name = reader.attempt(lambda: parse_text(fields.name, path=("name",)))
    document = reader.attempt(lambda: parse_document(fields.document))
    if fields.born_on is not None and not EARLIEST_BIRTH <= fields.born_on <= today:
        reader.add(("bornOn",), "INVALID_BIRTH_DATE")
    if document is not None and document.kind is DocumentKind.CNPJ:
        for value, path in ((fields.gender, "gender"), (fields.born_on, "bornOn")):
            if value is not None:
                reader.add((path,), "NOT_FOR_CNPJ")
    mobile = reader.optional(parse_mobile, fields.mobile, "mobile")
    email = reader.optional(parse_email, fields.email, "email")
    address = read_address(reader, fields.address)
    external_id = reader.external_id(fields.external_id)
    if reader or name is None or document is None:
        raise reader.error()
    return _Values(
        name=name,
        document=document,
        gender=fields.gender,
        born_on=fields.born_on,
        mobile=mobile,
        email=email,
        address=address,
        hold=fields.hold,
        external_id=external_id,
    )


def _merged(customer: Customer, changes: CustomerChanges) -> CustomerFields:
    """The customer as it would be typed after the changes."""
    current = CustomerFields(
        name=customer.name,
        document=customer.document.number,
        gender=customer.gender,
        born_on=customer.born_on,
        mobile=customer.mobile,
        email=customer.email,
        hold=customer.hold,
        external_id=customer.external_id,
    )
    address = merged_address(customer.address, changes.address)
    return replace(current, **{**given(changes), "address": address})
