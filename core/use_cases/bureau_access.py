"""Access to the bureau with an integration's passwords, and what each answer says about their health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from core.domain.access import SYSTEM
from core.domain.audit import AuditAction, audited
from core.domain.bureau import BureauAccount, BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import CredentialsRefused, CredentialState
from core.domain.integration import Integration
from core.domain.secret import Secret
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault


def secret_context(integration_id: UUID, kind: CredentialKind) -> str:
    """What the sealed password of an integration is bound to."""
    return f"integration:{integration_id}:{kind.value}"


def account_with(integration: Integration, password: Secret) -> BureauAccount:
    """The integration's account, to be tried with this very password."""
    return BureauAccount(
        integration_id=integration.id,
        environment=integration.environment,
        login=integration.login,
        password=password,
    )


def open_account(vault: Vault, integration: Integration, kind: CredentialKind) -> BureauAccount:
    """The integration's account with its stored password. Raises CredentialsRefused when that is not usable."""
    credential = integration.credential(kind)
    if credential.sealed is None or not credential.usable:
        raise CredentialsRefused(credential=kind)
    return account_with(integration, vault.open(credential.sealed, secret_context(integration.id, kind)))


async def note_accepted(
    work: UnitOfWork, integration_id: UUID, kind: CredentialKind, version: int, at: datetime
) -> None:
    """The bureau took the password of that version."""
    integration = await work.integrations.get(integration_id, lock=True)
    if integration is None:
        return
    credential = integration.credential(kind)
    if credential.version == version and credential.usable:
        await work.integrations.save(integration.with_credential(credential.accepted(at)))


async def note_refused(
    work: UnitOfWork, ids: Ids, integration_id: UUID, kind: CredentialKind, version: int, at: datetime
) -> None:
    """The bureau refused the password of that version: nothing more is sent with it, and the trail tells of it.

    An answer to a password that was changed meanwhile says nothing about the new one.
    """
    integration = await work.integrations.get(integration_id, lock=True)
    if integration is None or integration.deleted_at is not None:
        return
    credential = integration.credential(kind)
    if credential.version != version or credential.state is CredentialState.ROTATING:
        return
    await work.integrations.save(integration.with_credential(credential.refused(at)))
    if kind is CredentialKind.PEFIN:
        await work.outbox.hold(integration_id, None)
    await work.audit.add(
        audited(
            SYSTEM,
            AuditAction.CREDENTIALS_REFUSED,
            event_id=ids.new(),
            at=at,
            record=("Integration", integration_id),
            branch_id=integration.branch_id,
            kind=kind.value,
        )
    )


@asynccontextmanager
async def refusal_noted(
    units_of_work: UnitsOfWork, ids: Ids, clock: Clock, integration: Integration, kind: CredentialKind
) -> AsyncIterator[None]:
    """While the bureau is asked, outside a unit of work: when it refuses the integration's password, that is noted.

    Raises CredentialsRefused then; every other failure goes on as it is.
    """
    try:
        yield
    except BureauFailure as failure:
        if failure.failure is not FailureClass.CREDENTIAL:
            raise
        version = integration.credential(kind).version
        async with units_of_work.begin() as work:
            await note_refused(work, ids, integration.id, kind, version, clock.now())
        raise CredentialsRefused(credential=kind) from failure
