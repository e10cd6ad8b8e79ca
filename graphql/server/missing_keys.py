"""No start without the keys that stored passwords need."""

from core.use_cases.missing_keys import MissingKeys
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from server.private_files import KEY_FILE
from server.settings import PREFIX, Settings, WrongSettings


async def require_keys(units_of_work: UnitsOfWork, vault: Vault, settings: Settings) -> None:
    """Stop a start that would fail at the first password. Raises WrongSettings, which names the key that is missing."""
    missing = await MissingKeys(units_of_work=units_of_work, vault=vault)()
    if missing:
        needed = ", ".join(f"{key_id} (of {count})" for key_id, count in missing.items())
        place = f"{PREFIX}SECRET_KEYS" if settings.secret_keys else str(KEY_FILE)
        raise WrongSettings(f"{place} lacks a key that stored passwords are sealed with: {needed}")
