"""Branches and integrations."""

from adapters.sql.mapping.values import document_of
from adapters.sql.tables import BranchRow, IntegrationRow, UsedPasswordRow
from core.domain.branch import Branch
from core.domain.bureau import CredentialKind, Environment
from core.domain.credentials import Credential, CredentialState, UsedPassword
from core.domain.integration import Automation, Integration, Intermediary
from core.domain.plans import IntegrationPlan
from core.domain.secret import SealedSecret
from core.domain.states import StateCode
from core.domain.text import folded


def branch_row(record: Branch) -> BranchRow:
    """The row of a branch."""
    return BranchRow.of(
        id=record.id,
        external_id=record.external_id,
        name=record.name,
        name_folded=folded(record.name),
        document=record.document.number,
        state_code=record.state_code,
        city=record.city,
        integration_id=record.integration_id,
        requires_rescission=record.requires_rescission,
        daily_consultation_budget=record.daily_consultation_budget,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def branch_of(row: BranchRow) -> Branch:
    """The branch of a row."""
    return Branch(
        id=row.id,
        number=row.number,
        external_id=row.external_id,
        name=row.name,
        document=document_of(row.document),
        state_code=StateCode(row.state_code),
        city=row.city,
        integration_id=row.integration_id,
        requires_rescission=row.requires_rescission,
        daily_consultation_budget=row.daily_consultation_budget,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def integration_row(record: Integration) -> IntegrationRow:
    """The row of an integration."""
    consultation, pefin = record.consultation, record.pefin
    return IntegrationRow.of(
        id=record.id,
        intermediary=record.intermediary,
        branch_id=record.branch_id,
        environment=record.environment,
        login=record.login,
        consultation_sealed=_ciphertext(consultation.sealed),
        consultation_state=consultation.state,
        consultation_version=consultation.version,
        consultation_changed_at=consultation.changed_at,
        consultation_last_success_at=consultation.last_success_at,
        consultation_last_refusal_at=consultation.last_refusal_at,
        consultation_pending=_ciphertext(consultation.pending),
        consultation_pending_since=consultation.pending_since,
        pefin_sealed=_ciphertext(pefin.sealed),
        pefin_state=pefin.state,
        pefin_version=pefin.version,
        pefin_changed_at=pefin.changed_at,
        pefin_last_success_at=pefin.last_success_at,
        pefin_last_refusal_at=pefin.last_refusal_at,
        pefin_pending=_ciphertext(pefin.pending),
        pefin_pending_since=pefin.pending_since,
        plan=record.plan,
        send_sms_on_inclusion=record.send_sms_on_inclusion,
        responsible_cpf=record.responsible_cpf.number,
        automation_enabled=record.automation.enabled,
        automation_restriction_code=record.automation.restriction_code,
        automation_clearing_code=record.automation.clearing_code,
        created_at=record.created_at,
        updated_at=record.updated_at,
        deleted_at=record.deleted_at,
    )


def integration_of(row: IntegrationRow) -> Integration:
    """The integration of a row."""
    return Integration(
        id=row.id,
        number=row.number,
        intermediary=Intermediary(row.intermediary),
        branch_id=row.branch_id,
        environment=Environment(row.environment),
        login=row.login,
        consultation=Credential(
            kind=CredentialKind.CONSULTATION,
            sealed=_sealed(row.consultation_sealed),
            state=CredentialState(row.consultation_state),
            version=row.consultation_version,
            changed_at=row.consultation_changed_at,
            last_success_at=row.consultation_last_success_at,
            last_refusal_at=row.consultation_last_refusal_at,
            pending=_sealed(row.consultation_pending),
            pending_since=row.consultation_pending_since,
        ),
        pefin=Credential(
            kind=CredentialKind.PEFIN,
            sealed=_sealed(row.pefin_sealed),
            state=CredentialState(row.pefin_state),
            version=row.pefin_version,
            changed_at=row.pefin_changed_at,
            last_success_at=row.pefin_last_success_at,
            last_refusal_at=row.pefin_last_refusal_at,
            pending=_sealed(row.pefin_pending),
            pending_since=row.pefin_pending_since,
        ),
        plan=IntegrationPlan(row.plan),
        send_sms_on_inclusion=row.send_sms_on_inclusion,
        responsible_cpf=document_of(row.responsible_cpf),
        automation=Automation(
            enabled=row.automation_enabled,
            restriction_code=row.automation_restriction_code,
            clearing_code=row.automation_clearing_code,
        ),
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
    )


def used_password_row(record: UsedPassword) -> UsedPasswordRow:
    """The row of an entry in the history of passwords."""
    return UsedPasswordRow.of(
        integration_id=record.integration_id,
        kind=record.kind,
        password_hash=record.password_hash,
        used_from=record.used_from,
    )


def used_password_of(row: UsedPasswordRow) -> UsedPassword:
    """The entry in the history of passwords."""
    return UsedPassword(
        integration_id=row.integration_id,
        kind=CredentialKind(row.kind),
        password_hash=row.password_hash,
        used_from=row.used_from,
    )


def _ciphertext(sealed: SealedSecret | None) -> bytes | None:
    return None if sealed is None else sealed.ciphertext


def _sealed(ciphertext: bytes | None) -> SealedSecret | None:
    return None if ciphertext is None else SealedSecret(ciphertext)
