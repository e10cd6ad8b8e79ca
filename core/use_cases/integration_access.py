"""Integrations for those who set them up: found, locked, and their passwords tried at the bureau."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.domain.access import Caller
from core.domain.bureau import BureauFailure, BureauNotConfigured, CredentialKind, FailureClass
from core.domain.credentials import CredentialsRefused, UsedPassword
from core.domain.errors import Conflict, InvalidInput, NotFound, Problem
from core.domain.integration import ActiveMonitors, ActiveNegativations, Integration
from core.domain.secret import Secret
from core.use_cases.bureau_access import account_with
from core.use_cases.visible import get_visible
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.password_hasher import PasswordHasher
from ports.unit_of_work import UnitOfWork, UnitsOfWork


def branch_lock(branch_id: UUID) -> str:
    """The lock of everything that decides about the integration of a branch."""
    return f"branch:{branch_id}"


async def get_undeleted(
    work: UnitOfWork, integration_id: UUID, caller: Caller, *, lock: bool = False
) -> Integration:
    """The integration. Raises NotFound when it is absent, deleted or out of reach."""
    path = ("Integration", "integrationId")
    integration = await get_visible(work.integrations, integration_id, caller, *path, lock=lock)
    if integration.deleted_at is not None:
        raise NotFound(kind="Integration", path=("integrationId",))
    return integration


async def get_locked(
    work: UnitOfWork, integration_id: UUID, caller: Caller, *other_branches: UUID
) -> Integration:
    """The integration, with its branch (and others) locked for decisions about integrations until the unit ends.

    Raises NotFound, and Conflict CHANGED_MEANWHILE when it went to another branch while the lock was awaited.
    """
    owner = (await get_undeleted(work, integration_id, caller)).branch_id
    for branch_id in sorted({owner, *other_branches}):
        await work.lock(branch_lock(branch_id))
    integration = await get_undeleted(work, integration_id, caller, lock=True)
    if integration.branch_id != owner:
        raise Conflict(reason="CHANGED_MEANWHILE")
    return integration


async def require_unused(work: UnitOfWork, integration_id: UUID) -> None:
    """What stands at the provider in an integration's name is ended with the integration as it is, or not at all.

    Raises ActiveNegativations, ActiveMonitors.
    """
    await _require_nothing_live(work, integration_id)
    await _require_nobody_watched(work, integration_id)


async def require_login_free(work: UnitOfWork, integration: Integration) -> None:
    """Another login is another account at the provider: what stands there under this one could not be ended with it.

    With a password that the provider refuses nothing can be ended either, so then the login may be mended.

    Raises ActiveNegativations, ActiveMonitors.
    """
    if integration.pefin.usable:
        await _require_nothing_live(work, integration.id)
    if integration.consultation.usable:
        await _require_nobody_watched(work, integration.id)


async def _require_nothing_live(work: UnitOfWork, integration_id: UUID) -> None:
    live = await work.negativations.count_live(integration_id)
    if live:
        raise ActiveNegativations(count=live)


async def _require_nobody_watched(work: UnitOfWork, integration_id: UUID) -> None:
    watched = await work.monitors.count_active(integration_id)
    if watched:
        raise ActiveMonitors(count=watched)


async def try_passwords(
    bureau: CreditBureau, integration: Integration, passwords: Mapping[CredentialKind, Secret]
) -> None:
    """Let the bureau check login and passwords, free of charge. Call it outside a unit of work.

    Raises CredentialsRefused, InvalidInput ENVIRONMENT_NOT_CONFIGURED at `environment`, and BureauFailure when the bureau
    cannot say.
    """
    for kind, password in passwords.items():
        try:
            await bureau.test_credentials(account_with(integration, password), kind)
        except BureauNotConfigured as error:
            problem = Problem(
                ("environment",), "ENVIRONMENT_NOT_CONFIGURED", {"environment": error.environment.value}
            )
            raise InvalidInput(problems=(problem,)) from error
        except BureauFailure as failure:
            if failure.failure is FailureClass.CREDENTIAL:
                raise CredentialsRefused(credential=kind) from failure
            if failure.failure is FailureClass.UNDETERMINED:
                # In doubt is only the try, nothing that was asked for.
                raise BureauFailure(failure=FailureClass.TRANSIENT) from failure
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordHistory:
    """The history of an integration's passwords, as slow hashes. Hashing takes long: outside a unit of work."""

    units_of_work: UnitsOfWork
    hasher: PasswordHasher
    clock: Clock

    async def unknown(
        self, integration_id: UUID, passwords: Mapping[CredentialKind, Secret]
    ) -> list[UsedPassword]:
        """What the history is to remember: the entries for those passwords that it does not know yet."""
        unknown = []
        for kind, password in passwords.items():
            async with self.units_of_work.read() as work:
                known = await work.integrations.password_history(integration_id, kind)
            if await self.hasher.matches_any(password, [used.password_hash for used in known]):
                continue
            used = UsedPassword(
                integration_id=integration_id,
                kind=kind,
                password_hash=await self.hasher.hash(password),
                used_from=self.clock.now(),
            )
            unknown.append(used)
        return unknown
