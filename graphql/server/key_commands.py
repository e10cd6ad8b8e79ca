"""`fiador keys …`: the keys of stored passwords, changed while the service runs. No key is ever shown but a new one."""

import sys
from datetime import timedelta

import typer
from rich.console import Console
from rich.table import Table

from adapters.crypto.keys import generate_key, read_keys
from core.domain.access import Caller, Scope
from core.use_cases.list_keys import KeyUse, ListKeys, ListKeysCommand
from core.use_cases.rotate_keys import RotateKeys, RotateKeysCommand
from server.key_file import SETTLED_AFTER, age_of_keys, changing_keys, write_keys
from server.private_files import secret_keys
from server.services import Services, open_services
from server.settings import PREFIX, Settings, WrongSettings

OPERATOR = Caller(id="cli", name="fiador keys", scopes=frozenset(Scope))


def generate() -> None:
    """Print a new key, for the settings."""
    sys.stdout.write(f"{generate_key()}\n")


async def show(settings: Settings) -> None:
    """Print which keys are in use. Raises WrongSettings."""
    async with open_services(settings, with_sandbox=False) as services:
        _print(await _keys(services))


async def rotate(settings: Settings) -> None:
    """Seal everything with the first key; with the key file, a new one that is put in front for it.

    What was broken off is finished first, with the key that was new then. Raises WrongSettings, typer.Exit with code 1
    when some passwords cannot be opened.
    """
    async with open_services(settings, with_sandbox=False) as services:
        if settings.secret_keys:
            await _seal_anew(services)
            return
        with changing_keys():
            if not any(_outdated(key) for key in await _keys(services)):
                write_keys((generate_key(), *secret_keys(())))
            await _seal_anew(services)


async def drop(settings: Settings) -> None:
    """Take the keys out of the key file that no password needs any more. Raises WrongSettings."""
    if settings.secret_keys:
        raise WrongSettings(f"the keys are those of {PREFIX}SECRET_KEYS: take out there what is not needed")
    async with open_services(settings, with_sandbox=False) as services:
        with changing_keys():
            await _drop(services)


async def _seal_anew(services: Services) -> None:
    rotated = await services.container.resolve(RotateKeys)(RotateKeysCommand(caller=OPERATOR))
    keys = await _keys(services)
    sys.stdout.write(f"{_passwords(rotated.resealed)} sealed anew with the key {keys[0].id}\n")
    _print(keys)
    if rotated.unreadable:
        sys.stderr.write(
            f"fiador: {_passwords(rotated.unreadable)} cannot be opened with any key given here\n"
        )
        raise typer.Exit(1)
    if len(keys) > 1 and not any(key.passwords for key in keys[1:]):
        sys.stderr.write(f"{_advice(services.settings)}\n")


def _advice(settings: Settings) -> str:
    if settings.secret_keys:
        return f"No password needs another key: when every process has the first one, take the others out of {PREFIX}SECRET_KEYS."
    minutes = SETTLED_AFTER // timedelta(minutes=1)
    return f"No password needs another key: in {minutes} minutes `fiador keys drop` may take them out."


async def _drop(services: Services) -> None:
    keys = await _keys(services)
    needed = [key for key in keys[1:] if key.configured and key.passwords]
    if needed:
        raise WrongSettings(
            f"passwords are still sealed with {', '.join(key.id for key in needed)}: `fiador keys rotate` first"
        )
    writing, *older = secret_keys(())
    if older and age_of_keys() < SETTLED_AFTER:
        minutes = SETTLED_AFTER // timedelta(minutes=1)
        raise WrongSettings(
            f"the keys were changed less than {minutes} minutes ago: what was sealed before may be on its way"
        )
    if older:
        write_keys((writing,))
    for key in read_keys(older) if older else ():
        sys.stdout.write(f"{key.id.hex()} is dropped\n")
    if not older:
        sys.stdout.write("there is no other key than the one that writes\n")


async def _keys(services: Services) -> list[KeyUse]:
    return await services.container.resolve(ListKeys)(ListKeysCommand(caller=OPERATOR))


def _outdated(key: KeyUse) -> bool:
    """Whether a rotation was broken off before it came to everything that this key sealed."""
    return key.configured and not key.writes and key.passwords > 0


def _passwords(count: int) -> str:
    return f"{count} password{'' if count == 1 else 's'}"


def _part(key: KeyUse) -> str:
    if key.configured:
        return "writes" if key.writes else "reads"
    return "MISSING" if key.passwords else "dropped"


def _print(keys: list[KeyUse]) -> None:
    table = Table(box=None, header_style="bold")
    for title in ("key", "", "passwords", "idempotency keys"):
        table.add_column(title, no_wrap=True)
    for key in keys:
        table.add_row(key.id, _part(key), str(key.passwords), str(key.fingerprints))
    Console(width=None if sys.stdout.isatty() else 400).print(table)
