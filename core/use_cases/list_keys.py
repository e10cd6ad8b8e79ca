"""Which of the vault's keys are in use, and which are missing."""

from collections import Counter
from dataclasses import dataclass

from core.domain.access import Caller, Scope
from core.use_cases.sealed_passwords import passwords_by_key
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKeysCommand:
    """Whoever asks."""

    caller: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """A key by its id. Never the key.

    configured: whether what was sealed with it can be opened. writes: whether new secrets are sealed with it. passwords,
    fingerprints: how many stored passwords and idempotency keys need it.
    """

    id: str
    configured: bool
    writes: bool
    passwords: int
    fingerprints: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKeys:
    """Raises Forbidden."""

    units_of_work: UnitsOfWork
    vault: Vault

    async def __call__(self, command: ListKeysCommand) -> list[KeyUse]:
        """The configured keys in their order, then those that something needs and nobody configured."""
        command.caller.require(Scope.CONFIGURE)
        command.caller.require_every_branch()
        passwords = await passwords_by_key(self.units_of_work, self.vault)
        async with self.units_of_work.read() as work:
            fingerprints = Counter(await work.idempotency.fingerprints_by_key())
        configured = self.vault.key_ids()
        missing = sorted({*passwords, *fingerprints} - set(configured))
        return [
            KeyUse(
                id=key_id,
                configured=key_id in configured,
                writes=key_id == configured[0],
                passwords=passwords[key_id],
                fingerprints=fingerprints[key_id],
            )
            for key_id in (*configured, *missing)
        ]
