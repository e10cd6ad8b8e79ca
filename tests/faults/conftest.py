"""How long the fault tests go on, the seed that repeats a run, and their figures at the end of it.

`pytest tests/faults --long` (or `make faults`) is the long form, `--seed N` repeats the random choices of a run.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import pytest_asyncio

from support.postgresql import PostgresServer

_FIGURES = "figures"

Figures = Callable[..., None]
"""Notes figures of a test by their names: `figures(kills=25, lost=0)`. Each call makes one line."""


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether this is the long form."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """What every random choice of this run follows from."""
    given: int | None = request.config.getoption("--seed")
    return secrets.randbelow(1_000_000) if given is None else given


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> PostgresServer | None:
    """Where the test's database is made: on a server, or in a SQLite file (None)."""
    if request.param == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server


@pytest.fixture
def database_url(database: PostgresServer | None, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of either kind."""
    if database is None:
        yield f"sqlite+aiosqlite:///{tmp_path}/fiador.db"
        return
    name = asyncio.run(database.create())
    yield database.address(name)
    asyncio.run(database.drop(name))


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks this machine directly."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def chance(request: pytest.FixtureRequest, seed: int) -> Random:
    """Random choices of a test: the same for the same seed, others in each test."""
    return Random(f"{seed}/{request.node.name}")  # noqa: S311 - moments to fail at, no secret


@pytest.fixture
def figures(request: pytest.FixtureRequest, seed: int) -> Figures:
    """Shows the test's figures in one line after the run, with its seed."""

    def note(**numbers: object) -> None:
        words = (f"{name.replace('_', ' ')} {_shown(value)}" for name, value in numbers.items())
        request.node.user_properties.append((_FIGURES, " · ".join((*words, f"seed {seed}"))))

    return note


def _shown(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The figures of every test, whatever became of it."""
    lines = list(_lines(terminalreporter))
    if lines:
        terminalreporter.section("figures of the fault tests")
    for line in lines:
        terminalreporter.write_line(line)


def _lines(reporter: Any) -> Iterator[str]:
    for reports in reporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "teardown":
                test = report.nodeid.rpartition("/")[2]
                yield from (f"{test}: {text}" for name, text in report.user_properties if name == _FIGURES)
