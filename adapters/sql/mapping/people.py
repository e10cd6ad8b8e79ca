"""Customers, leads, prospects and invoices."""

from adapters.sql.mapping.values import document_of, maybe_document_of, state_of
from adapters.sql.tables import CustomerRow, InvoiceRow, LeadRow, ProspectRow
from core.domain.invoice import Invoice, InvoiceStatus, SettlementMethod
from core.domain.money import Money
from core.domain.subjects import Address, Customer, Gender, Lead, NegativationHold, Prospect
from core.domain.text import folded


def customer_row(record: Customer) -> CustomerRow:
    """The row of a customer."""
    address = record.address
    return CustomerRow.of(
        id=record.id,
        external_id=record.external_id,
        branch_id=record.branch_id,
        name=record.name,
        name_folded=folded(record.name),
        document=record.document.number,
        gender=record.gender,
        born_on=record.born_on,
        mobile=record.mobile,
        email=record.email,
        postal_code=address.postal_code,
        street=address.street,
        street_number=address.number,
        complement=address.complement,
        district=address.district,
        city=address.city,
        state_code=address.state_code,
        hold=record.hold,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def customer_of(row: CustomerRow) -> Customer:
    """The customer of a row."""
    return Customer(
        id=row.id,
        number=row.number,
        external_id=row.external_id,
        branch_id=row.branch_id,
        name=row.name,
        document=document_of(row.document),
        gender=None if row.gender is None else Gender(row.gender),
        born_on=row.born_on,
        mobile=row.mobile,
        email=row.email,
        address=Address(
            postal_code=row.postal_code,
            street=row.street,
            number=row.street_number,
            complement=row.complement,
            district=row.district,
            city=row.city,
            state_code=state_of(row.state_code),
        ),
        hold=None if row.hold is None else NegativationHold(row.hold),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def lead_row(record: Lead) -> LeadRow:
    """The row of a lead."""
    return LeadRow.of(
        id=record.id,
        external_id=record.external_id,
        branch_id=record.branch_id,
        name=record.name,
        name_folded=folded(record.name),
        document=None if record.document is None else record.document.number,
        state_code=record.state_code,
        phone=record.phone,
        email=record.email,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def lead_of(row: LeadRow) -> Lead:
    """The lead of a row."""
    return Lead(
        id=row.id,
        number=row.number,
        external_id=row.external_id,
        branch_id=row.branch_id,
        name=row.name,
        document=maybe_document_of(row.document),
        state_code=state_of(row.state_code),
        phone=row.phone,
        email=row.email,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def prospect_row(record: Prospect) -> ProspectRow:
    """The row of a prospect."""
    return ProspectRow.of(
        id=record.id,
        external_id=record.external_id,
        branch_id=record.branch_id,
        name=record.name,
        name_folded=folded(record.name),
        document=None if record.document is None else record.document.number,
        state_code=record.state_code,
        phone=record.phone,
        email=record.email,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def prospect_of(row: ProspectRow) -> Prospect:
    """The prospect of a row."""
    return Prospect(
        id=row.id,
        number=row.number,
        external_id=row.external_id,
        branch_id=row.branch_id,
        name=row.name,
        document=maybe_document_of(row.document),
        state_code=state_of(row.state_code),
        phone=row.phone,
        email=row.email,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def invoice_row(record: Invoice) -> InvoiceRow:
    """The row of an invoice."""
    return InvoiceRow.of(
        id=record.id,
        external_id=record.external_id,
        customer_id=record.customer_id,
        branch_id=record.branch_id,
        contract_number=record.contract_number,
        amount_centavos=record.amount.centavos,
        issued_on=record.issued_on,
        due_on=record.due_on,
        status=record.status,
        closed_on=record.closed_on,
        settlement_method=record.settlement_method,
        contract_rescinded_on=record.contract_rescinded_on,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def invoice_of(row: InvoiceRow) -> Invoice:
    """The invoice of a row."""
    method = row.settlement_method
    return Invoice(
        id=row.id,
        number=row.number,
        external_id=row.external_id,
        customer_id=row.customer_id,
        branch_id=row.branch_id,
        contract_number=row.contract_number,
        amount=Money(row.amount_centavos),
        issued_on=row.issued_on,
        due_on=row.due_on,
        status=InvoiceStatus(row.status),
        closed_on=row.closed_on,
        settlement_method=None if method is None else SettlementMethod(method),
        contract_rescinded_on=row.contract_rescinded_on,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
