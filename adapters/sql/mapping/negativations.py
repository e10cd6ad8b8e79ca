"""Registrations and their history."""

from operator import attrgetter

from adapters.sql.mapping.values import (
    Fields,
    codes_json,
    codes_of,
    debtor_json,
    debtor_of,
    document_of,
    row_values,
)
from adapters.sql.tables import HistoryRow, NegativationRow
from core.domain.bureau import Environment
from core.domain.money import Money
from core.domain.negativation import (
    Clearing,
    HistoryEntry,
    Negativation,
    NegativationForm,
    NegativationStatus,
    Trigger,
)

NEGATIVATION: Fields[Negativation] = {
    "id": attrgetter("id"),
    "invoice_id": attrgetter("invoice_id"),
    "customer_id": attrgetter("customer_id"),
    "branch_id": attrgetter("branch_id"),
    "integration_id": attrgetter("integration_id"),
    "environment": attrgetter("environment"),
    "form": attrgetter("form"),
    "status": attrgetter("status"),
    "live": attrgetter("status.live"),
    "awaits_clearing": attrgetter("awaits_clearing"),
    "generation": attrgetter("generation"),
    "inclusion_key": attrgetter("inclusion_key"),
    "debtor_document": attrgetter("debtor.document.number"),
    "debtor": lambda record: debtor_json(record.debtor),
    "contract": attrgetter("contract"),
    "amount_centavos": attrgetter("amount.centavos"),
    "due_on": attrgetter("due_on"),
    "expires_on": attrgetter("expires_on"),
    "restriction_code": attrgetter("restriction_code"),
    "send_sms": attrgetter("send_sms"),
    "responsible_cpf": attrgetter("responsible_cpf.number"),
    "created_at": attrgetter("created_at"),
    "created_by": attrgetter("created_by"),
    "updated_at": attrgetter("updated_at"),
    "clearing_code": lambda record: record.clearing and record.clearing.code,
    "clearing_requested_at": lambda record: record.clearing and record.clearing.requested_at,
    "clearing_requested_by": lambda record: record.clearing and record.clearing.requested_by,
    "clearing_generation": lambda record: record.clearing and record.clearing.generation,
    "clearing_due_on": attrgetter("clearing_due_on"),
    "protocol": attrgetter("protocol"),
    "replaces_id": attrgetter("replaces_id"),
    "codes": lambda record: codes_json(record.codes),
}
"""What is stored of a registration."""

HISTORY: Fields[HistoryEntry] = {
    "status": attrgetter("status"),
    "trigger": attrgetter("trigger"),
    "at": attrgetter("at"),
    "actor": attrgetter("actor"),
    "codes": lambda entry: codes_json(entry.codes),
}
"""What is stored of a transition, besides the registration that it belongs to."""


def negativation_row(record: Negativation) -> NegativationRow:
    """The row of a registration."""
    return NegativationRow.of(**row_values(NEGATIVATION, record))


def negativation_of(row: NegativationRow) -> Negativation:
    """The registration of a row."""
    return Negativation(
        id=row.id,
        number=row.number,
        invoice_id=row.invoice_id,
        customer_id=row.customer_id,
        branch_id=row.branch_id,
        integration_id=row.integration_id,
        environment=Environment(row.environment),
        form=NegativationForm(row.form),
        status=NegativationStatus(row.status),
        generation=row.generation,
        debtor=debtor_of(row.debtor),
        contract=row.contract,
        amount=Money(row.amount_centavos),
        due_on=row.due_on,
        expires_on=row.expires_on,
        restriction_code=row.restriction_code,
        send_sms=row.send_sms,
        responsible_cpf=document_of(row.responsible_cpf),
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
        clearing=_clearing_of(row),
        clearing_due_on=row.clearing_due_on,
        protocol=row.protocol,
        replaces_id=row.replaces_id,
        codes=codes_of(row.codes),
    )


def history_entry_of(row: HistoryRow) -> HistoryEntry:
    """The transition of a row."""
    return HistoryEntry(
        status=NegativationStatus(row.status),
        trigger=Trigger(row.trigger),
        at=row.at,
        actor=row.actor,
        codes=codes_of(row.codes),
    )


def _clearing_of(row: NegativationRow) -> Clearing | None:
    if row.clearing_code is None or row.clearing_requested_at is None:
        return None
    return Clearing(
        code=row.clearing_code,
        requested_at=row.clearing_requested_at,
        requested_by=row.clearing_requested_by or "",
        generation=row.clearing_generation or 1,
    )
