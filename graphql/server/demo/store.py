"""Puts the demo's people and invoices into the database, many in one transaction, leaving alone what is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from core.domain.invoice import Invoice
from core.domain.subjects import Customer, Lead, Prospect
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from server.demo.records import DemoContact, DemoCustomer, DemoInvoice

CHUNK = 150

Advance = Callable[[int], None]
"""Told how many records are done."""


class _Seed(Protocol):
    @property
    def external_id(self) -> str: ...


class _Record(Protocol):
    @property
    def id(self) -> UUID: ...


SeedT = TypeVar("SeedT", bound=_Seed)
RecordT = TypeVar("RecordT", bound=_Record)


class _Store(Protocol[RecordT]):
    async def add(self, record: RecordT) -> RecordT: ...

    async def by_external_ids(self, external_ids: list[str]) -> dict[str, RecordT]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStore:
    """Writes records as they are. `branches` are the ids of the demo's branches, in their order."""

    units_of_work: UnitsOfWork
    ids: Ids
    now: datetime
    branches: Sequence[UUID]

    async def customers(self, seeds: Sequence[DemoCustomer], advance: Advance) -> dict[str, Customer]:
        """Store the customers that are missing; all of them, by external id."""
        return await self._missing(seeds, lambda work: work.customers, self._customer, advance)

    async def leads(self, seeds: Sequence[DemoContact], advance: Advance) -> dict[str, Lead]:
        """Store the leads that are missing."""
        return await self._missing(seeds, lambda work: work.leads, self._lead, advance)

    async def prospects(self, seeds: Sequence[DemoContact], advance: Advance) -> dict[str, Prospect]:
        """Store the prospects that are missing."""
        return await self._missing(seeds, lambda work: work.prospects, self._prospect, advance)

    async def invoices(
        self, seeds: Sequence[DemoInvoice], customers: Mapping[str, Customer], advance: Advance
    ) -> dict[str, Invoice]:
        """Store the invoices that are missing."""
        return await self._missing(
            seeds,
            lambda work: work.invoices,
            lambda seed: self._invoice(seed, customers[seed.customer]),
            advance,
        )

    async def _missing(
        self,
        seeds: Sequence[SeedT],
        store_of: Callable[[UnitOfWork], _Store[RecordT]],
        make: Callable[[SeedT], RecordT],
        advance: Advance,
    ) -> dict[str, RecordT]:
        found: dict[str, RecordT] = {}
        for start in range(0, len(seeds), CHUNK):
            chunk = seeds[start : start + CHUNK]
            async with self.units_of_work.begin() as work:
                store = store_of(work)
                known = await store.by_external_ids([seed.external_id for seed in chunk])
                for seed in chunk:
                    if seed.external_id not in known:
                        known[seed.external_id] = await store.add(make(seed))
            found |= known
            advance(len(chunk))
        return found

    def _customer(self, seed: DemoCustomer) -> Customer:
        person = seed.person
        return Customer(
            id=self.ids.new(),
            number=0,
            external_id=seed.external_id,
            branch_id=self.branches[seed.branch],
            name=person.name,
            document=person.document,
            gender=person.gender,
            born_on=person.born_on,
            mobile=seed.mobile,
            email=person.email,
            address=person.address,
            hold=seed.hold,
            created_at=self.now,
            updated_at=self.now,
        )

    def _lead(self, seed: DemoContact) -> Lead:
        person = seed.person
        return Lead(
            id=self.ids.new(),
            number=0,
            external_id=seed.external_id,
            branch_id=self.branches[seed.branch],
            name=person.name,
            document=person.document if seed.has_document else None,
            state_code=person.address.state_code,
            phone=person.mobile,
            email=person.email,
            created_at=self.now,
            updated_at=self.now,
        )

    def _prospect(self, seed: DemoContact) -> Prospect:
        person = seed.person
        return Prospect(
            id=self.ids.new(),
            number=0,
            external_id=seed.external_id,
            branch_id=self.branches[seed.branch],
            name=person.name,
            document=person.document if seed.has_document else None,
            state_code=person.address.state_code,
            phone=person.mobile,
            email=person.email,
            created_at=self.now,
            updated_at=self.now,
        )

    def _invoice(self, seed: DemoInvoice, customer: Customer) -> Invoice:
        return Invoice(
            id=self.ids.new(),
            number=0,
            external_id=seed.external_id,
            customer_id=customer.id,
            branch_id=customer.branch_id,
            contract_number=seed.contract_number,
            amount=seed.amount,
            issued_on=seed.issued_on,
            due_on=seed.due_on,
            status=seed.status,
            closed_on=seed.closed_on,
            settlement_method=seed.method,
            contract_rescinded_on=None,
            created_at=self.now,
            updated_at=self.now,
        )
