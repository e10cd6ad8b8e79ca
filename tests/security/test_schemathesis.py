"""Whatever the schema allows to be said is said to the running service, at random: it never breaks."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from server import sandbox
from server.app import build_app
from server.demo.command import fill_demo
from server.services import open_services
from server.settings import load_settings
from server.working import make_worker
from support.desk import shared_schema
from support.served import ADMIN, ADMIN_TOKEN
from support.sockets import listening

SEED = 20_261_122
SHORT, LONG = 2, 300
REFUSALS = {"INVALID_INPUT", "VALIDATION_ERROR", "INVALID_VARIABLES", "BAD_REQUEST", "LIMIT_EXCEEDED"}
"""What is wrong with a request that makes no sense; no other error may come."""

RECORDS = [
    "branches",
    "integrations",
    "customers",
    "leads",
    "prospects",
    "invoices",
    "consultations",
    "negativations",
    "monitors",
    "collectionRuns",
]

_ids: list[str] = []
"""Ids of records that are there."""

_DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31)).map(str)
_AMOUNTS = st.decimals(-1, 10**6, places=2).map(str)
_SCALARS = {
    "ID": st.one_of(st.integers(0, 10_000).map(lambda number: _ids[number % len(_ids)]), st.text()),
    "Date": st.one_of(_DAYS, _DAYS, _DAYS, st.dates().map(str), st.text()),
    "Decimal": st.one_of(_AMOUNTS, _AMOUNTS, st.sampled_from(["NaN", "Infinity", "1e999999", "-0", "1e-9"])),
}
for scalar, texts in _SCALARS.items():
    schemathesis.graphql.scalar(scalar, texts.map(nodes.String))

_SCHEMA = schemathesis.graphql.from_file(shared_schema().as_str())
FIELDS = [
    (root.name, field)
    for root in (shared_schema().core.query_type, shared_schema().core.mutation_type)
    if root is not None
    for field in root.fields
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.Client]:
    """A client of the service, which has the demo's company in it and the sandbox beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("service"))
        patch.delenv("FIADOR_DATABASE_URL", raising=False)
        patch.setenv("FIADOR_ADMIN_TOKEN", ADMIN_TOKEN)
        patch.setattr(sandbox, "SANDBOX_PORT", 0)
        await fill_demo(load_settings(), only_if_empty=False)
        async with (
            open_services(load_settings(), with_sandbox=True) as services,
            listening(build_app(services, make_worker(services), None)) as socket,
        ):
            for name in RECORDS:
                answer = await socket.ask(f"{{ {name}(first: 3) {{ nodes {{ id }} }} }}")
                _ids.extend(node["id"] for node in json.loads(answer.body)["data"][name]["nodes"])
            with httpx.Client(base_url=f"http://127.0.0.1:{socket.port}", headers=ADMIN, timeout=60) as found:
                yield found


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("root", "field"), FIELDS)
async def test_nothing_breaks(
    client: httpx.Client, root: str, field: str, pytestconfig: pytest.Config
) -> None:
    answered: list[int] = []

    @seed(SEED)
    @settings(
        max_examples=LONG if pytestconfig.getoption("--long") else SHORT,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_SCHEMA[root][field].as_strategy())
    def ask(case: schemathesis.Case[Any]) -> None:
        answer = client.post("/graphql", json={"query": case.body})
        assert answer.status_code in (200, 400), case.body
        codes = [error["extensions"]["code"] for error in answer.json().get("errors", ())]
        assert set(codes) <= REFUSALS, (codes, case.body)
        answered.append(answer.status_code)

    await asyncio.to_thread(ask)
    assert answered
