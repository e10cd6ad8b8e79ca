"""Engines: how SQLite and PostgreSQL are opened, from one address."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from adapters.sql.sqlite_connection import connecting_to

BUSY_TIMEOUT = timedelta(seconds=30)
"""How long a writer waits for others to have written: SQLite for another process, and in this process for its turn."""

POOL_SIZE = 10
"""How many connections to PostgreSQL one process holds at most, unless told otherwise."""

STANDSTILL = timedelta(seconds=15)
"""How long a transaction on PostgreSQL may wait for this process. None does anything but speak to the database, so one that
waits longer belongs to a process that stands still or is cut off: the server ends it, and with it the locks that keep
everybody else from the same promises."""

CONNECT_SECONDS = 10.0
"""How long PostgreSQL may take to let us in, until the first statement can be sent."""

_BOUND = """
    SELECT set_config(name, setting, false)
    FROM
        (SELECT current_setting('server_version_num')::int AS version) AS server,
        LATERAL (VALUES
            ('transaction_timeout', $1::text, version >= 170000),
            ('client_connection_check_interval', $2::text, version >= 140000 AND version() LIKE '%linux%'),
            ('default_transaction_read_only', 'on', $3::boolean),
            ('random_page_cost', '1.1', $3::boolean AND (
                SELECT source = 'default' FROM pg_settings WHERE name = 'random_page_cost'
            ))
        ) AS bound (name, setting, wanted)
    WHERE wanted
"""

_LOOK_FOR_CLIENT = timedelta(seconds=1)
"""How often PostgreSQL looks whether whoever asked for a statement is still there."""

ANSWER_SECONDS = 60.0
"""How long PostgreSQL may take to answer a statement: nobody waits longer, and a machine that is gone never answers."""


_SEVERAL_HOSTS = "postgresql://user:password@/database?host=db1:5432,db2:5432"


class UnsupportedDatabase(ValueError):
    """The database's address cannot be used; the text says why and shows no password."""


def parse_url(address: str) -> URL:
    """The address with the driver we use: `sqlite:///file` or `postgresql://user:password@host/database`, whose parameters have
    the names and values that libpq gives them, as far as asyncpg knows them: others are settings for the server.

    Raises UnsupportedDatabase.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        raise UnsupportedDatabase("the database's address is no URL, like sqlite:///fiador.sqlite3") from None
    except ValueError:
        raise UnsupportedDatabase(
            f"its port is no number; several hosts are a parameter: {_SEVERAL_HOSTS}"
        ) from None
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise UnsupportedDatabase("SQLite needs a file, like sqlite:///fiador.sqlite3")
        return url.set(drivername="sqlite+aiosqlite")
    if kind in ("postgresql", "postgres"):
        if "," in (url.host or ""):
            raise UnsupportedDatabase(f"several hosts are a parameter: {_SEVERAL_HOSTS}")
        if find_spec("asyncpg") is None:
            raise UnsupportedDatabase("PostgreSQL needs the extra 'postgres': pip install fiador[postgres]")
        if (url.host or url.port) and not {"host", "port"}.isdisjoint(url.query):
            raise UnsupportedDatabase(
                f"host and port stand in one place, before the path or as in {_SEVERAL_HOSTS}"
            )
        return url.set(drivername="postgresql+asyncpg", query=_as_libpq_has_it(url.query))
    raise UnsupportedDatabase(f"{kind} is not supported: use sqlite or postgresql")


def _as_libpq_has_it(query: Mapping[str, str | tuple[str, ...]]) -> dict[str, str]:
    """The parameters of an address with SQLAlchemy's words for TLS (`ssl`) and several hosts (`host` again) in those of libpq."""
    if "ssl" in query and "sslmode" in query:
        raise UnsupportedDatabase("the database's address says both ssl and sslmode: say sslmode alone")
    named = {
        "sslmode" if name == "ssl" else name: value if isinstance(value, str) else ",".join(value)
        for name, value in query.items()
    }
    if any(host.count(":") > 1 and "[" not in host for host in named.get("host", "").split(",")):
        raise UnsupportedDatabase("an IPv6 host stands in brackets: host=[::1]:5432")
    if named.get("port", "").count(",") not in (0, named.get("host", "").count(",")):
        raise UnsupportedDatabase("the database's address has neither one port nor one for each host")
    if named.get("target_session_attrs") == "prefer-standby":
        raise UnsupportedDatabase("target_session_attrs=prefer-standby is not supported: say read-write")
    return named


def make_private_file(url: URL) -> None:
    """Make the SQLite file, and the folder that it goes into, where they are missing: for nobody's eyes but the owner's.

    What SQLite puts beside it (`-wal`, `-shm`) gets the file's permissions.
    """
    if is_sqlite(url) and url.database is not None:
        file = Path(url.database)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)


def is_sqlite(url: URL) -> bool:
    """Whether it is the address of a SQLite file."""
    return url.get_backend_name() == "sqlite"


def sqlite_writer(url: URL) -> AsyncEngine:
    """Connections whose transactions somebody else begins and ends, and who waits for other processes to have written."""
    engine = _engine(url)
    _let_go_at_once(engine.sync_engine)
    _configure(engine.sync_engine, "foreign_keys = ON", "busy_timeout = 0")
    return engine


def sqlite_readers(url: URL, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> AsyncEngine:
    """Connections that see what is committed, cannot write, and neither wait for the writer nor hold it up."""
    engine = _engine(url)
    _let_go_at_once(engine.sync_engine)
    _configure(engine.sync_engine, "query_only = ON", busy_timeout=busy_timeout)
    return engine


def migrator(url: URL) -> AsyncEngine:
    """A connection that may rebuild tables, for as long as it takes: SQLite checks foreign keys at the end instead of at each
    statement.
    """
    if not is_sqlite(url):
        return _engine(url, async_creator=_connecting(url))
    engine = _engine(url)
    _begin_with(engine.sync_engine, "BEGIN IMMEDIATE")
    _configure(engine.sync_engine, "foreign_keys = OFF")
    return engine


def postgresql_engine(url: URL) -> AsyncEngine:
    """Connections whose transactions somebody else begins and ends."""
    milliseconds = STANDSTILL // timedelta(milliseconds=1)
    settings = {"idle_in_transaction_session_timeout": str(milliseconds)}
    return _engine(
        url, isolation_level="AUTOCOMMIT", async_creator=connecting_bounded(url, server_settings=settings)
    )


def connecting_bounded(url: URL, *, read_only: bool = False, **options: Any) -> Callable[[], Awaitable[Any]]:
    """Opens connections of asyncpg on which nothing lasts longer than ANSWER_SECONDS. options: those of `asyncpg.connect`.

    They raise what asyncpg raises, ConnectionError, and TimeoutError after CONNECT_SECONDS.
    """
    connect_seconds, answer_seconds = CONNECT_SECONDS, ANSWER_SECONDS
    connect = _connecting(url, command_timeout=answer_seconds, **options)

    async def connect_bounded() -> Any:
        async with asyncio.timeout(connect_seconds):
            connection = await connect()
            try:
                await bound(connection, answer_seconds, read_only=read_only)
            except BaseException:
                connection.terminate()
                raise
        return connection

    return connect_bounded


def _connecting(url: URL, **options: Any) -> Callable[[], Awaitable[Any]]:
    """Opens connections of asyncpg. Nobody else does, so that an address means the same to all: SQLAlchemy would hand asyncpg the
    parameters as arguments, of which `sslmode` is none.

    The first host of several that lets us in is the one, and the first to be tried the next time. asyncpg would try them too, but one
    that is silent leaves it no time for others.
    """
    # An extra of the package: whoever keeps to SQLite does not have it.
    asyncpg = import_module("asyncpg")
    hosts = [
        each.set(drivername="postgresql").render_as_string(hide_password=False) for each in _each_host(url)
    ]
    seconds = CONNECT_SECONDS / len(hosts)
    passed_over = (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError)

    async def connect_to(host: str) -> Any:
        try:
            connection = await asyncpg.connect(host, timeout=seconds, **options)
        except asyncpg.TargetServerAttributeNotMatched:
            raise ConnectionError("the last host tried is not what target_session_attrs asks for") from None
        except (ValueError, OverflowError) as error:
            # What Python says of an address that it cannot read may quote it.
            known = (
                str(error)
                if isinstance(error, asyncpg.ClientConfigurationError)
                else "a host or port is none"
            )
            raise ConnectionError(f"the database's address cannot be used: {known}") from None
        hosts.remove(host)
        hosts.insert(0, host)
        return connection

    async def connect() -> Any:
        *others, last = hosts
        for host in others:
            with contextlib.suppress(*passed_over):
                return await connect_to(host)
        return await connect_to(last)

    return connect


def _each_host(url: URL) -> list[URL]:
    """The address with one of its hosts at a time."""
    hosts = str(url.query.get("host", "")).split(",")
    if len(hosts) == 1:
        return [url]
    ports = str(url.query.get("port", "")).split(",")  # an empty one counts as none
    if len(ports) == 1:
        ports *= len(hosts)
    return [
        url.update_query_dict({"host": host, "port": port}) for host, port in zip(hosts, ports, strict=True)
    ]


def _engine(url: URL, **options: Any) -> AsyncEngine:
    if is_sqlite(url):
        options["async_creator"] = connecting_to(url.database or "")
    else:
        # What is left to know is the dialect: SQLAlchemy would read the rest in words of its own, and refuse some of it.
        url = URL.create(url.drivername)
    # Parameters are personal data: no error may quote them. Who keeps connections open does so by itself.
    return create_async_engine(
        url, hide_parameters=True, poolclass=NullPool, pool_reset_on_return=None, **options
    )


async def bound(driver: Any, answer_seconds: float, *, read_only: bool) -> None:
    """Let the server of an asyncpg connection end what lasts too long, and what nobody waits for, and let nothing be written
    where it is `read_only`. (Said any earlier, asyncpg would take the server for a standby.)

    From PostgreSQL 17 on, transactions: a process that stands still between preparing a statement and executing it does not count
    as idle. From 14 on (on Linux), statements whose client is gone: a request to cancel is lost when it comes before the statement.

    What only reads takes pages to be at hand wherever the administrator left `random_page_cost` as it comes, meant for disks that
    turn: where a branch has a tenth of all registrations, they would all be read for its own.

    Raises ConnectionResetError when the server ends the connection meanwhile.
    """
    # An extra of the package: whoever keeps to SQLite does not have it.
    asyncpg = import_module("asyncpg")
    bounds = (int(answer_seconds * 1000), _LOOK_FOR_CLIENT // timedelta(milliseconds=1))
    try:
        await driver.execute(_BOUND, *map(str, bounds), read_only)
    except (asyncpg.InternalClientError, asyncpg.InterfaceError) as error:
        raise ConnectionResetError from error


def _begin_with(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


def _let_go_at_once(engine: Engine) -> None:
    """When work is cancelled in the middle of a statement, end the statement and give back the lock.

    The driver itself would wait for the statement, and keep the lock for as long as anything remembers its cursor, such as the
    traceback of the cancelled task.
    """

    async def interrupt_and_roll_back(driver: aiosqlite.Connection) -> None:
        rolling_back = asyncio.ensure_future(driver.rollback())
        while not rolling_back.done():  # a statement that has not begun cannot be interrupted yet
            await driver.interrupt()
            await asyncio.wait((rolling_back,), timeout=0.01)
        await rolling_back

    @event.listens_for(engine, "invalidate")
    def let_go(connection: Any, _record: object, _error: object) -> None:
        with contextlib.suppress(Exception):  # the connection is being thrown away, for whatever reason
            connection.run_async(interrupt_and_roll_back)


def _configure(engine: Engine, *own: str, busy_timeout: timedelta = BUSY_TIMEOUT) -> None:
    milliseconds = busy_timeout // timedelta(milliseconds=1)
    pragmas = (f"busy_timeout = {milliseconds}", "journal_mode = WAL", "synchronous = FULL", *own)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and takes too little
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
