"""Registrations and their history."""

from typing import Any
from uuid import UUID

from adapters.sql.mapping.values import codes_json, codes_of, debtor_json, debtor_of, document_of
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


def negativation_values(record: Negativation) -> dict[str, Any]:
    """What is stored of a registration, by column."""
    clearing = record.clearing
    return {
        "id": record.id,
        "invoice_id": record.invoice_id,
        "customer_id": record.customer_id,
        "branch_id": record.branch_id,
        "integration_id": record.integration_id,
        "environment": record.environment,
        "form": record.form,
        "status": record.status,
        "live": record.status.live,
        "awaits_clearing": record.awaits_clearing,
        "generation": record.generation,
        "inclusion_key": record.inclusion_key,
        "debtor_document": record.debtor.document.number,
        "debtor": debtor_json(record.debtor),
        "contract": record.contract,
        "amount_centavos": record.amount.centavos,
        "due_on": record.due_on,
        "expires_on": record.expires_on,
        "restriction_code": record.restriction_code,
        "send_sms": record.send_sms,
        "responsible_cpf": record.responsible_cpf.number,
        "created_at": record.created_at,
        "created_by": record.created_by,
        "updated_at": record.updated_at,
        "clearing_code": None if clearing is None else clearing.code,
        "clearing_requested_at": None if clearing is None else clearing.requested_at,
        "clearing_requested_by": None if clearing is None else clearing.requested_by,
        "clearing_generation": None if clearing is None else clearing.generation,
        "clearing_due_on": record.clearing_due_on,
        "protocol": record.protocol,
        "replaces_id": record.replaces_id,
        "codes": codes_json(record.codes),
    }


def negativation_row(record: Negativation) -> NegativationRow:
    """The row of a registration."""
    return NegativationRow(**negativation_values(record))


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


def history_values(negativation_id: UUID, entry: HistoryEntry) -> dict[str, Any]:
    """What is stored of a transition, by column."""
    return {
        "negativation_id": negativation_id,
        "status": entry.status,
        "trigger": entry.trigger,
        "at": entry.at,
        "actor": entry.actor,
        "codes": codes_json(entry.codes),
    }


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
