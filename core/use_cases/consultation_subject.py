"""Whom a consultation is for ("Consultar por"): a customer, a lead, a prospect, or a bare CPF or CNPJ."""

from dataclasses import dataclass
from uuid import UUID

from core.domain.access import Caller
from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.errors import InvalidInput, Problems
from core.domain.states import StateCode, parse_state_code
from core.domain.subjects import SubjectKind
from core.use_cases.visible import get_branch, get_visible
from ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CustomerSubject:
    """A customer (cliente): document, state and branch come from the record."""

    customer_id: UUID


@dataclass(frozen=True, slots=True)
class LeadSubject:
    """A lead: document, state and branch come from the record."""

    lead_id: UUID


@dataclass(frozen=True, slots=True)
class ProspectSubject:
    """A prospect (prospecção): document, state and branch come from the record."""

    prospect_id: UUID


@dataclass(frozen=True, slots=True)
class DocumentSubject:
    """A bare document; `state_code` (UF) is needed for a CPF, optional for a CNPJ."""

    branch_id: UUID
    number: str
    state_code: str | None = None


ConsultationSubject = CustomerSubject | LeadSubject | ProspectSubject | DocumentSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A subject with all that the bureau wants to know."""

    kind: SubjectKind
    record_id: UUID | None
    branch_id: UUID
    document: Document
    state_code: StateCode | None


async def resolve_subject(work: UnitOfWork, subject: ConsultationSubject, caller: Caller) -> Subject:
    """Find the record, read the document and the state.

    Raises NotFound, or InvalidInput with every problem: INVALID_DOCUMENT, INVALID_STATE_CODE, STATE_CODE_REQUIRED
    (a CPF's protests are kept per state), DOCUMENT_MISSING and STATE_CODE_MISSING when the record lacks them.
    """
    if isinstance(subject, DocumentSubject):
        return await _bare_document(work, subject, caller)
    if isinstance(subject, CustomerSubject):
        path = ("subject", "customerId")
        customer = await get_visible(work.customers, subject.customer_id, caller, "Customer", *path)
        found = (SubjectKind.CUSTOMER, customer.id, customer.branch_id)
        return _from_record(found, customer.document, customer.address.state_code, path)
    if isinstance(subject, LeadSubject):
        path = ("subject", "leadId")
        lead = await get_visible(work.leads, subject.lead_id, caller, "Lead", *path)
        return _from_record((SubjectKind.LEAD, lead.id, lead.branch_id), lead.document, lead.state_code, path)
    path = ("subject", "prospectId")
    prospect = await get_visible(work.prospects, subject.prospect_id, caller, "Prospect", *path)
    found = (SubjectKind.PROSPECT, prospect.id, prospect.branch_id)
    return _from_record(found, prospect.document, prospect.state_code, path)


async def _bare_document(work: UnitOfWork, subject: DocumentSubject, caller: Caller) -> Subject:
    path = ("subject", "document")
    problems = Problems()
    document: Document | None = None
    state_code: StateCode | None = None
    try:
        document = parse_document(subject.number, path=(*path, "number"))
    except InvalidInput as error:
        problems.extend(error)
    if subject.state_code is not None:
        try:
            state_code = parse_state_code(subject.state_code, path=(*path, "stateCode"))
        except InvalidInput as error:
            problems.extend(error)
    elif document is not None and document.kind is DocumentKind.CPF:
        problems.add((*path, "stateCode"), "STATE_CODE_REQUIRED")
    if document is None or problems:
        raise problems.error()
    branch = await get_branch(work, subject.branch_id, caller, *path, "branchId")
    return Subject(
        kind=SubjectKind(document.kind.value),
        record_id=None,
        branch_id=branch.id,
        document=document,
        state_code=state_code,
    )


def _from_record(
    found: tuple[SubjectKind, UUID, UUID],
    document: Document | None,
    state_code: StateCode | None,
    path: tuple[str, ...],
) -> Subject:
    problems = Problems()
    if document is None:
        problems.add(path, "DOCUMENT_MISSING")
    if state_code is None and (document is None or document.kind is DocumentKind.CPF):
        problems.add(path, "STATE_CODE_MISSING")
    if document is None or problems:
        raise problems.error()
    kind, record_id, branch_id = found
    return Subject(
        kind=kind, record_id=record_id, branch_id=branch_id, document=document, state_code=state_code
    )
