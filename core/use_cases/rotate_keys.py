"""Seal every stored password anew with the vault's first key, so that older keys are needed no more."""

from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.bureau import CredentialKind
from core.domain.integration import Integration
from core.domain.secret import SealedSecret, SecretUnreadable
from core.use_cases.bureau_access import secret_context
from core.use_cases.sealed_passwords import integrations_in_chunks, sealed_passwords
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

CHUNK = 50
"""How many integrations are changed, and kept from others, at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKeysCommand:
    """chunk: how many integrations to change in one transaction, 1 to 100."""

    caller: Caller
    chunk: int = CHUNK


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysRotated:
    """resealed: passwords that were sealed with another key. unreadable: those that no configured key opens, left as they are."""

    resealed: int
    unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKeys:
    """Policy.

    - Stored passwords and those of a change under way are sealed anew; nothing else about them changes, their version neither.
    - The service goes on meanwhile: each integration is read again under its lock, so a password that was changed since is
      not put back.
    - It may be broken off and started again at any moment: what has the first key is passed over.
    - Idempotency keys are kept as digests, which cannot be made anew without what they stand for: without their key they
      match nothing, so their repetition is refused rather than done twice.

    Raises Forbidden.
    """

    units_of_work: UnitsOfWork
    vault: Vault

    async def __call__(self, command: RotateKeysCommand) -> KeysRotated:
        """Seal anew what is sealed with another key than the first."""
        command.caller.require(Scope.CONFIGURE)
        command.caller.require_every_branch()
        resealed = unreadable = 0
        async for integrations in integrations_in_chunks(self.units_of_work, command.chunk):
            stale = [integration.id for integration in integrations if self._is_stale(integration)]
            if stale:
                done, left = await self._reseal(stale)
                resealed, unreadable = resealed + done, unreadable + left
        return KeysRotated(resealed=resealed, unreadable=unreadable)

    def _is_stale(self, integration: Integration) -> bool:
        return any(map(self._has_other_key, (sealed for _, sealed in sealed_passwords(integration))))

    def _has_other_key(self, sealed: SealedSecret) -> bool:
        return self.vault.key_of(sealed) != self.vault.key_ids()[0]

    async def _reseal(self, integration_ids: list[UUID]) -> tuple[int, int]:
        """How many passwords were sealed anew, and how many could not be opened."""
        resealed = unreadable = 0
        async with self.units_of_work.begin() as work:
            for integration in (await work.integrations.get_many(integration_ids, lock=True)).values():
                renewed = integration
                for kind, sealed in sealed_passwords(integration):
                    if not self._has_other_key(sealed):
                        continue
                    try:
                        renewed = self._with(renewed, kind, sealed)
                        resealed += 1
                    except SecretUnreadable:
                        unreadable += 1
                if renewed is not integration:
                    await work.integrations.save(renewed)
        return resealed, unreadable

    def _with(self, integration: Integration, kind: CredentialKind, sealed: SealedSecret) -> Integration:
        context = secret_context(integration.id, kind)
        anew = self.vault.seal(self.vault.open(sealed, context), context)
        credential = integration.credential(kind)
        if credential.sealed is sealed:
            return integration.with_credential(replace(credential, sealed=anew))
        return integration.with_credential(replace(credential, pending=anew))
