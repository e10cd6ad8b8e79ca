"""Filters of lists, as inputs. Each reads itself into a filter of the domain, within the caller's branches."""

from datetime import date
from uuid import UUID

import strawberry

from api.ids import split_id
from api.inputs import InputReader
from core.domain.access import Caller
from core.domain.audit import AuditAction
from core.domain.bureau import Environment
from core.domain.consultation import ConsultationOutcome
from core.domain.documents import parse_document
from core.domain.invoice import InvoiceStatus
from core.domain.listing import (
    AuditFilter,
    BranchFilter,
    ConsultationFilter,
    IntegrationFilter,
    InvoiceFilter,
    NegativationFilter,
    PersonFilter,
)
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.plans import ConsultationPlan
from core.domain.subjects import SubjectKind

_BRANCH = "Only of this branch (filial)."
_SEARCH = "Only names that contain this, in any case of letters (busca por nome)."
_EXTERNAL_ID = "Only the record with this id of the integrator's own (código externo)."


class FilterReader(InputReader):
    """Reads the parts of a filter; problems carry paths that begin with `filter`."""

    def branches(self, caller: Caller, branch_id: str | None) -> frozenset[UUID] | None:
        """The branches to look in."""
        asked = self.optional_id("Branch", branch_id, "filter", "branchId")
        return caller.narrowed(None if asked is None else [asked])

    def record(self, text: str | None) -> UUID | None:
        """The record id in a global id of whatever kind."""
        found = None if text is None else split_id(text)
        if text is not None and found is None:
            self.add(("filter", "recordId"), "INVALID_ID", kind="Node")
        return None if found is None else found[1]

    def document(self, text: str | None) -> str | None:
        """The number of a document to look for."""
        if text is None:
            return None
        document = self.attempt(lambda: parse_document(text, path=("filter", "document")))
        return None if document is None else document.number

    def period(self, first: date | None, last: date | None, last_name: str) -> None:
        """A period must not end before it begins."""
        if first is not None and last is not None and last < first:
            self.add(("filter", last_name), "PERIOD_REVERSED")


@strawberry.input(
    name="BranchFilter", description="Which branches (filtro de filiais). All conditions must hold."
)
class BranchFilterInput:
    search: str | None = strawberry.field(default=None, description=_SEARCH)
    external_id: str | None = strawberry.field(default=None, description=_EXTERNAL_ID)

    def read(self, caller: Caller) -> BranchFilter:
        """The filter that is meant."""
        return BranchFilter(branch_ids=caller.branch_ids, search=self.search, external_id=self.external_id)


@strawberry.input(
    name="IntegrationFilter",
    description="Which integrations (filtro de integrações). All conditions must hold.",
)
class IntegrationFilterInput:
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    environment: Environment | None = strawberry.field(
        default=None, description="Only in this environment (ambiente)."
    )
    deleted: bool = strawberry.field(
        default=False, description="Also those that were deleted (incluir excluídas)."
    )

    def read(self, caller: Caller) -> IntegrationFilter:
        """The filter that is meant."""
        reader = FilterReader()
        branch_ids = reader.branches(caller, self.branch_id)
        reader.raise_if_any()
        return IntegrationFilter(branch_ids=branch_ids, environment=self.environment, deleted=self.deleted)


@strawberry.input(
    name="PersonFilter",
    description="Which customers, leads or prospects (filtro de cadastros). All conditions must hold.",
)
class PersonFilterInput:
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    search: str | None = strawberry.field(default=None, description=_SEARCH)
    document: str | None = strawberry.field(
        default=None, description="Only with this whole CPF or CNPJ, punctuated or not (CPF/CNPJ)."
    )
    external_id: str | None = strawberry.field(default=None, description=_EXTERNAL_ID)

    def read(self, caller: Caller) -> PersonFilter:
        """The filter that is meant."""
        reader = FilterReader()
        found = PersonFilter(
            branch_ids=reader.branches(caller, self.branch_id),
            search=self.search,
            document=reader.document(self.document),
            external_id=self.external_id,
        )
        reader.raise_if_any()
        return found


@strawberry.input(
    name="InvoiceFilter", description="Which invoices (filtro de boletos). All conditions must hold."
)
class InvoiceFilterInput:
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    customer_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only of this customer (cliente)."
    )
    status: list[InvoiceStatus] | None = strawberry.field(
        default=None, description="Only in one of these statuses (situação)."
    )
    due_from: date | None = strawberry.field(
        default=None, description="Due on this day or later (vencimento inicial)."
    )
    due_to: date | None = strawberry.field(
        default=None, description="Due on this day or earlier (vencimento final)."
    )
    external_id: str | None = strawberry.field(default=None, description=_EXTERNAL_ID)

    def read(self, caller: Caller) -> InvoiceFilter:
        """The filter that is meant."""
        reader = FilterReader()
        reader.period(self.due_from, self.due_to, "dueTo")
        found = InvoiceFilter(
            branch_ids=reader.branches(caller, self.branch_id),
            customer_id=reader.optional_id("Customer", self.customer_id, "filter", "customerId"),
            status=None if self.status is None else frozenset(self.status),
            due_from=self.due_from,
            due_to=self.due_to,
            external_id=self.external_id,
        )
        reader.raise_if_any()
        return found


@strawberry.input(
    name="ConsultationFilter",
    description="Which consultations (filtro de consultas). All conditions must hold.",
)
class ConsultationFilterInput:
    integration_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only made with this integration (integração)."
    )
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    document: str | None = strawberry.field(
        default=None, description="Only of this whole CPF or CNPJ, punctuated or not (CPF/CNPJ)."
    )
    subject_kind: SubjectKind | None = strawberry.field(
        default=None, description='Only made for this kind ("Consultar por").'
    )
    plan: ConsultationPlan | None = strawberry.field(
        default=None, description="Only with this plan (tipo de consulta)."
    )
    environment: Environment | None = strawberry.field(
        default=None, description="Only in this environment (ambiente)."
    )
    outcome: ConsultationOutcome | None = strawberry.field(
        default=None, description="Only with this outcome (resultado)."
    )
    performed_from: date | None = strawberry.field(
        default=None, description="Performed on this day or later (data consulta inicial)."
    )
    performed_to: date | None = strawberry.field(
        default=None, description="Performed on this day or earlier (data consulta final)."
    )

    def read(self, caller: Caller) -> ConsultationFilter:
        """The filter that is meant."""
        reader = FilterReader()
        reader.period(self.performed_from, self.performed_to, "performedTo")
        found = ConsultationFilter(
            branch_ids=reader.branches(caller, self.branch_id),
            integration_id=reader.optional_id("Integration", self.integration_id, "filter", "integrationId"),
            document=reader.document(self.document),
            subject_kind=self.subject_kind,
            plan=self.plan,
            environment=self.environment,
            outcome=self.outcome,
            performed_from=self.performed_from,
            performed_to=self.performed_to,
        )
        reader.raise_if_any()
        return found


@strawberry.input(
    name="NegativationFilter",
    description="Which negativations (filtro de negativações). All conditions must hold. `status: [REJECTED, "
    "CLEARING_REJECTED, UNDETERMINED]` is the error inbox.",
)
class NegativationFilterInput:
    status: list[NegativationStatus] | None = strawberry.field(
        default=None, description="Only in one of these statuses (situação)."
    )
    form: NegativationForm | None = strawberry.field(default=None, description="Only of this form (forma).")
    environment: Environment | None = strawberry.field(
        default=None, description="Only in this environment (ambiente)."
    )
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    customer_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only of this customer (cliente)."
    )
    invoice_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only of this invoice (boleto)."
    )
    integration_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only sent with this integration (integração)."
    )
    created_from: date | None = strawberry.field(
        default=None, description="Requested on this day or later (data inicial)."
    )
    created_to: date | None = strawberry.field(
        default=None, description="Requested on this day or earlier (data final)."
    )
    clearing_due: bool = strawberry.field(
        default=False,
        description="Only live ones whose invoice is no longer open, which somebody must clear (baixa pendente).",
    )

    def read(self, caller: Caller) -> NegativationFilter:
        """The filter that is meant."""
        reader = FilterReader()
        reader.period(self.created_from, self.created_to, "createdTo")
        found = NegativationFilter(
            branch_ids=reader.branches(caller, self.branch_id),
            status=None if self.status is None else frozenset(self.status),
            form=self.form,
            environment=self.environment,
            customer_id=reader.optional_id("Customer", self.customer_id, "filter", "customerId"),
            invoice_id=reader.optional_id("Invoice", self.invoice_id, "filter", "invoiceId"),
            integration_id=reader.optional_id("Integration", self.integration_id, "filter", "integrationId"),
            created_from=self.created_from,
            created_to=self.created_to,
            clearing_due=self.clearing_due,
        )
        reader.raise_if_any()
        return found


@strawberry.input(
    name="AuditEventFilter", description="Which audit events (filtro de eventos). All conditions must hold."
)
class AuditEventFilterInput:
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    action: AuditAction | None = strawberry.field(default=None, description="Only this operation (operação).")
    record_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only done to this record, of whatever type (registro)."
    )
    actor_id: str | None = strawberry.field(
        default=None, description="Only by this actor, by its `actorId` (responsável)."
    )
    from_on: date | None = strawberry.field(default=None, description="On this day or later (data inicial).")
    to_on: date | None = strawberry.field(default=None, description="On this day or earlier (data final).")

    def read(self, caller: Caller) -> AuditFilter:
        """The filter that is meant."""
        reader = FilterReader()
        reader.period(self.from_on, self.to_on, "toOn")
        found = AuditFilter(
            branch_ids=reader.branches(caller, self.branch_id),
            action=self.action,
            record_id=reader.record(self.record_id),
            actor_id=self.actor_id,
            from_on=self.from_on,
            to_on=self.to_on,
        )
        reader.raise_if_any()
        return found
