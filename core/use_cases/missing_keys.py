"""Which keys the stored passwords need that nobody configured."""

from dataclasses import dataclass

from core.use_cases.sealed_passwords import passwords_by_key
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingKeys:
    """What the service asks at its start, rather than failing at the first password that it needs."""

    units_of_work: UnitsOfWork
    vault: Vault

    async def __call__(self) -> dict[str, int]:
        """How many stored passwords no configured key opens, by the id of the key that would."""
        passwords = await passwords_by_key(self.units_of_work, self.vault)
        configured = self.vault.key_ids()
        return {key_id: count for key_id, count in sorted(passwords.items()) if key_id not in configured}
