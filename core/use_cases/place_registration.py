"""Put a registration and the promise to send it into one unit of work, for a person or for the collection routine."""

from datetime import datetime

from core.domain.access import Caller
from core.domain.audit import AuditAction, audited
from core.domain.calendar_rules import expires_on
from core.domain.eligibility import Case, debtor_of
from core.domain.integration import Integration, IntegrationNotLinked
from core.domain.intents import Intent, IntentKind
from core.domain.negativation import HistoryEntry, Negativation, NegativationForm, NegativationStatus, Trigger
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork


async def place_registration(
    work: UnitOfWork,
    case: Case,
    integration: Integration,
    *,
    form: NegativationForm,
    caller: Caller,
    ids: Ids,
    at: datetime,
) -> Negativation:
    """Store the registration, its first history entry, the promise and the audit entry. Only for a case without reasons
    against it. Raises Conflict NEGATIVATION_LIVE when another one got there first, and IntegrationNotLinked when the
    integration was deleted or given to another branch meanwhile.
    """
    # Deleting an integration or moving it counts live registrations under this lock, so one of the two sees the other.
    current = await work.integrations.get(integration.id, lock=True)
    if current is None or current.deleted_at is not None or current.branch_id != case.branch.id:
        raise IntegrationNotLinked(branch_number=case.branch.number)
    earlier = await work.negativations.latest_of_invoice(case.invoice.id)
    negativation = await work.negativations.add(
        Negativation(
            id=ids.new(),
            number=0,
            invoice_id=case.invoice.id,
            customer_id=case.customer.id,
            branch_id=case.branch.id,
            integration_id=integration.id,
            environment=current.environment,
            form=form,
            status=NegativationStatus.QUEUED,
            generation=earlier.generation + 1 if earlier else 1,
            debtor=debtor_of(case.customer),
            contract=case.invoice.debt_reference,
            amount=case.invoice.amount,
            due_on=case.invoice.due_on,
            expires_on=expires_on(case.invoice.due_on),
            restriction_code=case.restriction_code or "",
            send_sms=integration.send_sms_on_inclusion,
            responsible_cpf=integration.responsible_cpf,
            created_at=at,
            created_by=caller.name,
            updated_at=at,
            replaces_id=earlier.id if earlier else None,
        )
    )
    created = HistoryEntry(status=negativation.status, trigger=Trigger.CREATED, at=at, actor=caller.name)
    await work.negativations.add_history(negativation.id, [created])
    await work.outbox.put(
        Intent(
            key=negativation.inclusion_key,
            account=integration.id,
            kind=IntentKind.REGISTER,
            subject_id=negativation.id,
        )
    )
    await work.audit.add(
        audited(
            caller,
            AuditAction.NEGATIVATION_REQUESTED,
            event_id=ids.new(),
            at=at,
            record=("Negativation", negativation.id),
            branch_id=case.branch.id,
            number=negativation.number,
            invoice=case.invoice.number,
            form=form.value,
            restrictionCode=negativation.restriction_code,
        )
    )
    return negativation
