"""Put registrations and the promises to send them into one unit of work, for a person or for the collection routine."""

from collections.abc import Sequence
from datetime import datetime

from core.domain.access import Caller
from core.domain.audit import AuditAction, AuditEvent, audited
from core.domain.calendar_rules import expires_on
from core.domain.eligibility import Case, debtor_of
from core.domain.integration import Integration, IntegrationNotLinked
from core.domain.intents import Intent, IntentKind
from core.domain.negativation import HistoryEntry, Negativation, NegativationForm, NegativationStatus, Trigger
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork


async def place_registrations(
    work: UnitOfWork,
    cases: Sequence[Case],
    integration: Integration,
    *,
    form: NegativationForm,
    caller: Caller,
    ids: Ids,
    at: datetime,
) -> list[tuple[int, Negativation]]:
    """Store one registration per case, each with its first history entry, its promise and its audit entry, in few
    statements however many they are. Only for cases of one branch without reasons against them. The answer is the number
    that each was given, with what was stored under it.

    Raises Conflict NEGATIVATION_LIVE when another one got there first, and IntegrationNotLinked when the integration was
    deleted or given to another branch meanwhile; nothing is stored then.
    """
    if not cases:
        return []
    # Deleting an integration or moving it counts live registrations under this lock, so one of the two sees the other.
    current = await work.integrations.get(integration.id, lock=True)
    if current is None or current.deleted_at is not None or current.branch_id != cases[0].branch.id:
        raise IntegrationNotLinked(branch_number=cases[0].branch.number)
    earlier = await work.negativations.latest_of_invoices([case.invoice.id for case in cases])
    placed = [
        _registration(case, current, earlier.get(case.invoice.id), form=form, caller=caller, ids=ids, at=at)
        for case in cases
    ]
    numbers = await work.negativations.add_many(placed)
    created = HistoryEntry(
        status=NegativationStatus.QUEUED, trigger=Trigger.CREATED, at=at, actor=caller.name
    )
    await work.negativations.add_history({negativation.id: [created] for negativation in placed})
    await work.outbox.put(*(_promise(negativation) for negativation in placed))
    await work.audit.add(
        *(
            _audit(case, negativation, number, caller=caller, ids=ids, at=at)
            for case, negativation, number in zip(cases, placed, numbers, strict=True)
        )
    )
    return list(zip(numbers, placed, strict=True))


def _registration(
    case: Case,
    integration: Integration,
    earlier: Negativation | None,
    *,
    form: NegativationForm,
    caller: Caller,
    ids: Ids,
    at: datetime,
) -> Negativation:
    return Negativation(
        id=ids.new(),
        number=0,
        invoice_id=case.invoice.id,
        customer_id=case.customer.id,
        branch_id=case.branch.id,
        integration_id=integration.id,
        environment=integration.environment,
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


def _promise(negativation: Negativation) -> Intent:
    return Intent(
        key=negativation.inclusion_key,
        account=negativation.integration_id,
        kind=IntentKind.REGISTER,
        subject_id=negativation.id,
    )


def _audit(
    case: Case, negativation: Negativation, number: int, *, caller: Caller, ids: Ids, at: datetime
) -> AuditEvent:
    return audited(
        caller,
        AuditAction.NEGATIVATION_REQUESTED,
        event_id=ids.new(),
        at=at,
        record=("Negativation", negativation.id),
        branch_id=case.branch.id,
        number=number,
        invoice=case.invoice.number,
        form=negativation.form.value,
        restrictionCode=negativation.restriction_code,
    )
