"""The records of the company, as use cases need them. A store belongs to one unit of work."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID

from core.domain.branch import Branch
from core.domain.bureau import BureauReport, CredentialKind, Environment
from core.domain.collection import CollectionItem, CollectionParameters, CollectionRun
from core.domain.consultation import Consultation, ConsultationTotals
from core.domain.credentials import UsedPassword
from core.domain.documents import Document
from core.domain.integration import Integration
from core.domain.invoice import Invoice
from core.domain.listing import (
    BranchFilter,
    BranchOrder,
    ClearingTaskFilter,
    ClearingTaskOrder,
    CollectionItemFilter,
    CollectionOrder,
    CollectionRunFilter,
    ConsultationFilter,
    ConsultationOrderField,
    IntegrationFilter,
    IntegrationOrder,
    InvoiceFilter,
    InvoiceOrder,
    MonitorChangeFilter,
    MonitorFilter,
    MonitorOrder,
    NegativationFilter,
    NegativationOrder,
    PersonFilter,
    PersonOrder,
)
from core.domain.monitoring import Monitor, MonitorChange
from core.domain.negativation import HistoryEntry, Negativation, NegativationTotals
from core.domain.paging import Order, Page, Window
from core.domain.report import CreditReport
from core.domain.subjects import Customer, Lead, Prospect

RecordT = TypeVar("RecordT")
FilterT = TypeVar("FilterT", contravariant=True)
OrderT = TypeVar("OrderT", contravariant=True)


class RecordStore(Protocol[RecordT]):
    """Records of one kind, by id."""

    @abstractmethod
    async def add(self, record: RecordT) -> RecordT:
        """Store a new record; the answer carries the sequential `number` it was given (the given number is ignored).

        MUST raise Conflict `EXTERNAL_ID_TAKEN` when another record of the kind has the same external id.
        """

    @abstractmethod
    async def save(self, record: RecordT) -> None:
        """Replace a stored record by its new form. Raises Conflict `EXTERNAL_ID_TAKEN` like `add`."""

    @abstractmethod
    async def get(self, record_id: UUID, *, lock: bool = False) -> RecordT | None:
        """The record, or None. With `lock`, nobody else may change it until this unit of work ends."""

    @abstractmethod
    async def get_many(self, ids: Collection[UUID], *, lock: bool = False) -> dict[UUID, RecordT]:
        """The records that exist among `ids`, by one query however many they are. `lock` as in `get`."""


class Listing(Protocol[RecordT, FilterT, OrderT]):
    """Records of one kind, as a list."""

    @abstractmethod
    async def page(self, matching: FilterT, order: OrderT, window: Window) -> Page[RecordT]:
        """The part of the list that `window` asks for. MUST NOT cost more for later parts."""

    @abstractmethod
    async def count(self, matching: FilterT) -> int:
        """How many records the filter lets through."""


class NestedListing(Listing[RecordT, FilterT, OrderT], Protocol[RecordT, FilterT, OrderT]):
    """A list that also stands inside the records of other lists, so that several of it are wanted at once."""

    @abstractmethod
    async def pages(self, matching: Sequence[FilterT], order: OrderT, window: Window) -> list[Page[RecordT]]:
        """`page` for each of the filters (at most 100), by one query."""

    @abstractmethod
    async def counts(self, matching: Sequence[FilterT]) -> list[int]:
        """`count` for each of the filters (at most 100), by one query."""


class ExternalIds(Protocol[RecordT]):
    """Records that an integrator knows by ids of its own."""

    @abstractmethod
    async def by_external_ids(self, external_ids: Collection[str]) -> dict[str, RecordT]:
        """The records that exist among `external_ids`, by one query."""


class Branches(
    RecordStore[Branch], Listing[Branch, BranchFilter, Order[BranchOrder]], ExternalIds[Branch], Protocol
):
    """The branches."""


class Integrations(
    RecordStore[Integration], Listing[Integration, IntegrationFilter, Order[IntegrationOrder]], Protocol
):
    """The integrations. `add` and `save` MUST raise BranchAlreadyIntegrated when the branch has another undeleted one."""

    @abstractmethod
    async def of_branch(self, branch_id: UUID) -> Integration | None:
        """The undeleted integration whose owner is this branch, linked or not."""

    @abstractmethod
    async def all_linked(self) -> list[Integration]:
        """The undeleted integrations that a branch links."""

    @abstractmethod
    async def password_history(self, integration_id: UUID, kind: CredentialKind) -> list[UsedPassword]:
        """Every password ever used by the integration for this kind, as slow hashes."""

    @abstractmethod
    async def remember_password(self, used: UsedPassword) -> None:
        """Add to the history; nothing is ever taken from it."""


class Customers(
    RecordStore[Customer],
    Listing[Customer, PersonFilter, Order[PersonOrder]],
    ExternalIds[Customer],
    Protocol,
):
    """The customers."""


class Leads(RecordStore[Lead], Listing[Lead, PersonFilter, Order[PersonOrder]], ExternalIds[Lead], Protocol):
    """The leads."""


class Prospects(
    RecordStore[Prospect],
    Listing[Prospect, PersonFilter, Order[PersonOrder]],
    ExternalIds[Prospect],
    Protocol,
):
    """The prospects."""


class Invoices(
    RecordStore[Invoice],
    NestedListing[Invoice, InvoiceFilter, Order[InvoiceOrder]],
    ExternalIds[Invoice],
    Protocol,
):
    """The invoices."""

    @abstractmethod
    async def numbered(self, matching: InvoiceFilter, after: int, limit: int) -> list[tuple[int, UUID]]:
        """Number and id of those that the filter lets through, by number, beyond the number `after`; `limit` at most."""


class Consultations(
    RecordStore[Consultation],
    NestedListing[Consultation, ConsultationFilter, Order[ConsultationOrderField]],
    Protocol,
):
    """The consultations, and apart from them the reports, which are large."""

    @abstractmethod
    async def by_number(self, number: int) -> Consultation | None:
        """The consultation with that sequential number."""

    @abstractmethod
    async def last_successful(self, document: Document, environment: Environment) -> Consultation | None:
        """The latest SUCCEEDED consultation of the document, in any branch and from any entry point."""

    @abstractmethod
    async def billed_on(self, branch_id: UUID, day: date) -> int:
        """How many consultations of the branch on that local day were billed, or may still be (PENDING, UNDETERMINED)."""

    @abstractmethod
    async def open_ones(self, document: Document, environment: Environment) -> list[Consultation]:
        """The consultations of the document whose answer is still awaited (PENDING or UNDETERMINED), oldest first."""

    @abstractmethod
    async def totals(self, matching: Sequence[ConsultationFilter]) -> list[ConsultationTotals]:
        """The totals of what each of the filters (at most 100) lets through, by one query."""

    @abstractmethod
    async def add_report(self, consultation_id: UUID, delivered: BureauReport) -> None:
        """Keep what the bureau delivered: the structured report, and the provider's own page byte for byte."""

    @abstractmethod
    async def reports(self, consultation_ids: Collection[UUID]) -> dict[UUID, CreditReport]:
        """The structured reports of those consultations that have one, by one query."""

    @abstractmethod
    async def original(self, consultation_id: UUID) -> tuple[bytes, str] | None:
        """The provider's own page and its media type; None when it was forgotten, or never came."""


class Negativations(
    RecordStore[Negativation],
    NestedListing[Negativation, NegativationFilter, Order[NegativationOrder]],
    Protocol,
):
    """The registrations and their history.

    `add`, `add_many` and `save` MUST raise Conflict `NEGATIVATION_LIVE` when the invoice, or in the same environment the
    debtor's document with the contract, has another live registration.
    """

    @abstractmethod
    async def add_many(self, records: Sequence[Negativation]) -> list[int]:
        """Store new registrations like `add`, in their order, in few statements however many they are; all of them or none.

        The answer is their numbers. A unit of work in which it raised Conflict can do nothing more.
        """

    @abstractmethod
    async def totals(self, matching: Sequence[NegativationFilter]) -> list[NegativationTotals]:
        """The totals of what each of the filters (at most 100) lets through, by one query."""

    @abstractmethod
    async def live_of_invoices(self, invoice_ids: Collection[UUID]) -> dict[UUID, Negativation]:
        """The live registrations of the invoices, by invoice, by one query."""

    @abstractmethod
    async def live_among(self, invoice_ids: Collection[UUID]) -> set[UUID]:
        """Which of the invoices have a live registration, by one query."""

    @abstractmethod
    async def live_contracts(
        self, debts: Collection[tuple[str, str]], environment: Environment
    ) -> set[tuple[str, str]]:
        """Which of the (document number, contract) pairs have a live registration."""

    @abstractmethod
    async def latest_of_invoices(self, invoice_ids: Collection[UUID]) -> dict[UUID, Negativation]:
        """Of each invoice that has any, the registration with the highest generation, live or not; by one query."""

    @abstractmethod
    async def by_inclusion_keys(self, keys: Collection[str]) -> dict[str, Negativation]:
        """Registrations by what the bureau knows them by, locked for change."""

    @abstractmethod
    async def add_history(self, entries: Mapping[UUID, Sequence[HistoryEntry]]) -> None:
        """Append to the histories of registrations, by their ids, in few statements however many they are."""

    @abstractmethod
    async def histories(self, negativation_ids: Collection[UUID]) -> dict[UUID, list[HistoryEntry]]:
        """The histories, oldest entry first, by one query."""

    @abstractmethod
    async def count_live(self, integration_id: UUID) -> int:
        """How many live registrations an integration has."""


class ClearingTasks(Listing[Negativation, ClearingTaskFilter, Order[ClearingTaskOrder]], Protocol):
    """The registrations that somebody must clear (see `Negativation.awaits_clearing`), by the day it must have been done."""


class CollectionSettings(Protocol):
    """The parameters of the collection routine."""

    @abstractmethod
    async def of(self, branch_ids: Collection[UUID]) -> dict[UUID | None, CollectionParameters]:
        """The company's (under None) and those of the branches, by one query; what was never saved is left out."""

    @abstractmethod
    async def save(self, parameters: CollectionParameters) -> None:
        """Replace the parameters of the company (branch_id None) or of a branch."""


class CollectionRuns(
    RecordStore[CollectionRun], Listing[CollectionRun, CollectionRunFilter, Order[CollectionOrder]], Protocol
):
    """The runs of the collection routine. `add` MUST raise Conflict `COLLECTION_RUN_EXISTS` for a second real run of
    a date.
    """

    @abstractmethod
    async def of_date(self, run_date: date) -> CollectionRun | None:
        """The real run (not dry) of that date."""


class CollectionItems(NestedListing[CollectionItem, CollectionItemFilter, Order[CollectionOrder]], Protocol):
    """What the runs decided. Items are only ever added."""

    @abstractmethod
    async def add(self, items: Sequence[CollectionItem]) -> None:
        """Append items, in few statements however many they are; each is given the next number."""

    @abstractmethod
    async def registered_contracts(
        self, run_id: UUID, environment: Environment, debts: Collection[tuple[str, str]]
    ) -> set[tuple[str, str]]:
        """Which of the debts (document, contract number) the run decided to register in an environment, by one query."""


class Monitors(RecordStore[Monitor], Listing[Monitor, MonitorFilter, Order[MonitorOrder]], Protocol):
    """The watched CNPJs. `add` MUST raise Conflict `ALREADY_MONITORED` when the integration watches it already in the same
    environment.
    """

    @abstractmethod
    async def active(
        self, integration_id: UUID, environment: Environment, documents: Collection[str]
    ) -> dict[str, Monitor]:
        """The monitors of an environment that are not stopped, by document number, by one query."""

    @abstractmethod
    async def count_active(self, integration_id: UUID) -> int:
        """How many monitors of an integration are not stopped, in whatever environment."""


class MonitorChanges(NestedListing[MonitorChange, MonitorChangeFilter, Order[MonitorOrder]], Protocol):
    """The changes found. A change that is there already (same monitor and event) is passed over."""

    @abstractmethod
    async def add(self, changes: Sequence[MonitorChange]) -> None:
        """Append changes; each is given the next number."""
