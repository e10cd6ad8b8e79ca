"""Erase what may be erased of a person who asks for it, and say what must be kept (eliminação, LGPD arts. 16 and 18 VI)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction
from core.domain.documents import parse_document
from core.domain.invoice import InvoiceStatus
from core.domain.subjects import DISPUTED, Address, Customer
from core.use_cases.subject_records import SubjectRecords, subject_event, subject_records
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault


class ErasableKind(StrEnum):
    """What is erased, or kept. CONTACT_DATA: all of a customer but the name and the document."""

    CUSTOMER = "CUSTOMER"
    CONTACT_DATA = "CONTACT_DATA"
    LEAD = "LEAD"
    PROSPECT = "PROSPECT"
    REPORT = "REPORT"
    CONSULTATION = "CONSULTATION"
    INVOICE = "INVOICE"
    NEGATIVATION = "NEGATIVATION"
    MONITOR = "MONITOR"


class KeptReason(StrEnum):
    """Why something must be kept.

    DEBT: a debt is open or registered (contract and protection of credit, LGPD arts. 7 V, 7 X, 16 I). DISPUTE: a customer
    disputes it, or a court decides (LGPD art. 7 VI). DEFENCE: evidence for five years (CDC art. 27, LGPD art. 16 I). ACCOUNTS:
    books and their vouchers (CTN art. 195). PROCESSING: the record of who asked about whom, when and why (LGPD art. 37). COMPANY:
    data of a company is not personal data (LGPD art. 5 I).
    """

    DEBT = "DEBT"
    DISPUTE = "DISPUTE"
    DEFENCE = "DEFENCE"
    ACCOUNTS = "ACCOUNTS"
    PROCESSING = "PROCESSING"
    COMPANY = "COMPANY"


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseSubjectCommand:
    """document: CPF or CNPJ, punctuated or not. dry_run: tell what would be done, and do nothing."""

    caller: Caller
    document: str = field(repr=False)
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """So many records of a kind that must be kept, and why."""

    kind: ErasableKind
    reason: KeptReason
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectErasure:
    """What was erased (or would be), and what is kept."""

    erased: Mapping[ErasableKind, int]
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """What becomes of the records: people to remove, customers to take the contact data of, reports to remove."""

    removed: list[UUID]
    bared: list[Customer]
    reports: list[UUID]
    erasure: SubjectErasure


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseSubject:
    """Policy: WRITE_RECORDS and WHOLE_DOCUMENTS, by those who reach every branch.

    Leads and prospects go; so does a customer without invoices and registrations, and the contact data of any other one
    who owes nothing and disputes nothing; then also the reports. Doing it again changes nothing more. It is in the audit trail,
    with a keyed digest instead of the document. Raises Forbidden, InvalidInput.
    """

    units_of_work: UnitsOfWork
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: EraseSubjectCommand) -> SubjectErasure:
        """Erase, or tell what would be erased; nothing when nothing is held."""
        command.caller.require(Scope.WRITE_RECORDS, Scope.WHOLE_DOCUMENTS)
        command.caller.require_every_branch()
        document = parse_document(command.document, path=("document",))
        if command.dry_run:
            async with self.units_of_work.read() as work:
                records = await subject_records(work, document)
                return _decide(records, await _reports(work, records)).erasure
        async with self.units_of_work.begin() as work:
            # A consultation of the document holds this lock while it decides, so none begins meanwhile.
            await work.lock(f"document:{document.number}")
            found = await subject_records(work, document)
            await work.customers.get_many([each.id for each in found.customers], lock=True)
            records = await subject_records(work, document)
            decision = _decide(records, await _reports(work, records))
            for person_id in decision.removed:
                await work.retention.erase_person(person_id)
            for customer in decision.bared:
                await work.customers.save(_bare(customer, self.clock.now()))
            await work.retention.erase_reports(decision.reports)
            counts = {kind.value: count for kind, count in decision.erasure.erased.items()}
            await work.audit.add(
                subject_event(
                    command.caller,
                    AuditAction.SUBJECT_ERASED,
                    event_id=self.ids.new(),
                    at=self.clock.now(),
                    subject=self.vault.fingerprint(document.number),
                    **counts,
                )
            )
        return decision.erasure


async def _reports(work: UnitOfWork, records: SubjectRecords) -> list[UUID]:
    """The consultations of which there is a report."""
    return list(await work.consultations.reports([each.id for each in records.consultations]))


def _decide(records: SubjectRecords, reports: list[UUID]) -> _Decision:
    kept: Counter[tuple[ErasableKind, KeptReason]] = Counter()
    removed: list[UUID] = []
    bared: list[Customer] = []
    for customer in records.customers:
        reason = _bound_by(customer, records)
        if reason is not None:
            kept[ErasableKind.CUSTOMER, reason] += 1
        elif _is_in_the_books(customer, records):
            kept[ErasableKind.CUSTOMER, KeptReason.ACCOUNTS] += 1
            if customer != _bare(customer, customer.updated_at):
                bared.append(customer)
        else:
            removed.append(customer.id)
    for invoice in records.invoices:
        owed = invoice.status is InvoiceStatus.OPEN
        kept[ErasableKind.INVOICE, KeptReason.DEBT if owed else KeptReason.ACCOUNTS] += 1
    for negativation in records.negativations:
        live = negativation.status.live
        kept[ErasableKind.NEGATIVATION, KeptReason.DEBT if live else KeptReason.DEFENCE] += 1
    kept[ErasableKind.CONSULTATION, KeptReason.PROCESSING] += len(records.consultations)
    kept[ErasableKind.MONITOR, KeptReason.COMPANY] += len(records.monitors)
    binding = {reason for _, reason in kept} & {KeptReason.DISPUTE, KeptReason.DEBT}
    if binding:
        kept[ErasableKind.REPORT, max(binding)] += len(reports)
        reports = []
    erased = {
        ErasableKind.CUSTOMER: len(removed),
        ErasableKind.CONTACT_DATA: len(bared),
        ErasableKind.LEAD: len(records.leads),
        ErasableKind.PROSPECT: len(records.prospects),
        ErasableKind.REPORT: len(reports),
    }
    return _Decision(
        removed=[*removed, *(each.id for each in records.leads), *(each.id for each in records.prospects)],
        bared=bared,
        reports=reports,
        erasure=SubjectErasure(
            erased={kind: count for kind, count in erased.items() if count},
            kept=tuple(
                Kept(kind=kind, reason=why, count=count) for (kind, why), count in kept.items() if count
            ),
        ),
    )


def _is_in_the_books(customer: Customer, records: SubjectRecords) -> bool:
    """Whether invoices or registrations refer to the customer."""
    return any(each.customer_id == customer.id for each in records.invoices) or any(
        each.customer_id == customer.id for each in records.negativations
    )


def _bound_by(customer: Customer, records: SubjectRecords) -> KeptReason | None:
    """Why nothing of this customer may be erased; None when something may."""
    if customer.hold in DISPUTED:
        return KeptReason.DISPUTE
    owes = any(
        each.customer_id == customer.id and each.status is InvoiceStatus.OPEN for each in records.invoices
    )
    live = any(each.customer_id == customer.id and each.status.live for each in records.negativations)
    return KeptReason.DEBT if owes or live else None


def _bare(customer: Customer, at: datetime) -> Customer:
    """The customer without any way to reach it."""
    return replace(
        customer,
        gender=None,
        born_on=None,
        mobile=None,
        email=None,
        address=Address(),
        updated_at=at,
    )
