"""The composition root: opens what the service stands on, in order, and closes it again in the opposite one."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import punq

from adapters.connect_sa.client import ConnectSaBureau, new_http_client
from adapters.crypto.keys import InvalidSecretKeys
from adapters.crypto.password_hasher import Argon2Hasher
from adapters.crypto.tokens import RandomTokens
from adapters.crypto.vault import AesGcmVault
from adapters.reports.renderer import PrintedReports
from adapters.sql.database import Database
from adapters.sql.engine import UnsupportedDatabase
from adapters.sql.heartbeat import SqlStorageCheck
from adapters.sql.migrate import DatabaseUnavailable, migrate
from adapters.sql.queue import SqlQueue
from adapters.sql.report_lines import SqlReportLines
from adapters.sql.rows import SqlRows
from adapters.sql.token_lookup import SqlTokenLookup
from adapters.sql.unit_of_work import SqlUnitsOfWork
from adapters.system.business_calendar import BrazilianCalendar
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Ids
from core.domain.bureau import Environment
from server.callers import HttpCallers
from server.container import build_container
from server.identity_provider import identity_provider
from server.key_file import open_vault
from server.missing_keys import require_keys
from server.private_files import make_data_folder
from server.sandbox import sandbox_inside
from server.settings import DEFAULT_DATABASE_URL, PREFIX, Settings, WrongSettings
from server.vitals import Vitals


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What is open. sandbox_address: of the sandbox inside, None when the provider is somewhere else or is not needed."""

    settings: Settings
    container: punq.Container
    database: Database
    queue: SqlQueue
    callers: HttpCallers
    vitals: Vitals
    rows: SqlRows
    sandbox_address: str | None


@contextlib.asynccontextmanager
async def open_services(
    settings: Settings, *, with_sandbox: bool, with_all_keys: bool = False, migrated: bool = False
) -> AsyncIterator[Services]:
    """Open the database at its newest schema, the way to the bureau, and all that is built on them.

    with_sandbox: whether to run the sandbox when no homologation address is configured. migrated: the database was
    brought to its newest schema just now, and need not even be there yet. with_all_keys: whether each stored password
    must open. Raises WrongSettings with one line that says what is missing.
    """
    vault = _vault(settings)
    if not migrated:
        await migrate_database(settings)
    clock, callers = SystemClock(), HttpCallers()
    async with contextlib.AsyncExitStack() as stack:
        database = Database(settings.database_url, pool_size=settings.pool_size)
        stack.push_async_callback(database.close)
        units_of_work = SqlUnitsOfWork(database, clock)
        if with_all_keys:
            await require_keys(units_of_work, vault, settings)
        sandbox_address = None
        if with_sandbox and settings.homologation_url is None:
            sandbox_address = await stack.enter_async_context(sandbox_inside())
        queue = SqlQueue(database, clock)
        client = await stack.enter_async_context(new_http_client())
        container = build_container(
            units_of_work=units_of_work,
            queue=queue,
            bureau=ConnectSaBureau(_addresses(settings, sandbox_address), client),
            vault=vault,
            password_hasher=Argon2Hasher(),
            token_source=RandomTokens(),
            token_lookup=SqlTokenLookup(database.driver, units_of_work),
            renderer=PrintedReports(),
            report_lines=SqlReportLines(database),
            callers=callers,
            clock=clock,
            ids=Uuid7Ids(),
            calendar=BrazilianCalendar(),
            verifier=await stack.enter_async_context(identity_provider(settings)),
            admin_token=settings.admin_token,
        )
        yield Services(
            settings=settings,
            container=container,
            database=database,
            queue=queue,
            callers=callers,
            rows=SqlRows(database.driver),
            vitals=Vitals(storage=SqlStorageCheck(database, clock), clock=clock),
            sandbox_address=sandbox_address,
        )


async def migrate_database(settings: Settings) -> None:
    """Bring the database to the newest schema. Raises WrongSettings when it cannot be opened."""
    if settings.database_url == DEFAULT_DATABASE_URL:
        make_data_folder()
    try:
        await migrate(settings.database_url)
    except DatabaseUnavailable as error:
        raise WrongSettings(f"the database cannot be opened: {error}") from None
    except UnsupportedDatabase as error:
        raise WrongSettings(str(error)) from None
    except OSError as error:
        raise WrongSettings(
            f"the database cannot be opened: {(error.strerror or 'refused').lower()}"
        ) from None


def _vault(settings: Settings) -> AesGcmVault:
    try:
        return open_vault(settings.secret_keys)
    except InvalidSecretKeys as error:
        raise WrongSettings(f"{PREFIX}SECRET_KEYS is of no use: {error}") from None


def _addresses(settings: Settings, sandbox_address: str | None) -> dict[Environment, str]:
    addresses = {
        Environment.HOMOLOGATION: settings.homologation_url or sandbox_address,
        Environment.PRODUCTION: settings.production_url,
    }
    return {environment: address for environment, address in addresses.items() if address is not None}
