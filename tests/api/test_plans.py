"""Plans answer what graphql-core answers: compared on random operations, on what plans are known to leave alone, and on what goes wrong."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from graphql import DocumentNode
from starlette.requests import Request

from api.context import Context
from api.documents import prepare
from api.execution.fields import Field, Inside, Many, One, Parsed, Shape, Value
from api.execution.plans import PlannedQuery, Plans
from api.execution.roots import LISTS
from api.http.endpoint import GraphQLEndpoint
from api.http.requests import GraphQLRequest
from api.ids import encode_id
from api.limits import Limits
from core.domain.access import Caller, Scope
from core.domain.errors import DomainError
from support.builders import make_caller, make_consultation, make_customer, make_invoice
from support.desk import Desk, client_of, global_id, shared_schema
from support.quoted_people import quoting
from support.random_documents import Documents
from support.storages import sqlite_address
from support.tour import furnish
from support.world import World

SHORT, LONG = 120, 10_000

PLANNED = [
    "branches",
    "integrations",
    "customers",
    "leads",
    "prospects",
    "invoices",
    "consultations",
    "negativations",
    "node",
]
HEADERS = {"Accept": "application/graphql-response+json", "Accept-Language": "pt-BR"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Plans need a database, of either kind."""
    if request.param == "postgresql":
        fresh: str = request.getfixturevalue("postgres_address")
        return fresh
    template: Path = request.getfixturevalue("sqlite_template")
    return sqlite_address(Path(shutil.copy(template, tmp_path / "fiador.db")))


class Counted(Plans):
    """Plans that note which requests they answered."""

    answered = 0

    async def answer(self, wanted: Any, context: Context) -> dict[str, Any] | None:
        """Answer, and count."""
        data = await super().answer(wanted, context)
        self.answered += data is not None
        return data


async def both(
    desk: Desk, plans: Plans, caller: Caller, query: str, variables: dict[str, Any]
) -> list[tuple[int, bytes]]:
    """What graphql-core answers, and what is answered with plans."""
    answers = []

    async def make_context(request: Request) -> Context:
        return desk.context(caller, request)

    for used in (None, plans):
        endpoint = GraphQLEndpoint(shared_schema(), make_context, plans=used)
        async with client_of(endpoint) as client:
            response = await client.post(
                "/graphql", json={"query": query, "variables": variables}, headers=HEADERS
            )
        answers.append((response.status_code, response.content))
    return answers


async def test_random_operations_are_answered_alike(desk: Desk, request: pytest.FixtureRequest) -> None:
    long, seed = request.config.getoption("--long"), request.config.getoption("--seed") or 20_261_122
    world, random = await furnished(desk.world), Random(seed)  # noqa: S311 - which operations are compared
    assert desk.plans is not None
    plans = Counted(shared_schema(), desk.plans.rows)
    callers = callers_of(world)
    documents = Documents(schema=shared_schema().core, random=random, ids=await ids_of(world), roots=PLANNED)
    statuses: Counter[str] = Counter()
    for _ in range(LONG if long else SHORT):
        query, variables = documents.make()
        caller, before = random.choice(callers), plans.answered
        core, planned = await both(desk, plans, caller, query, variables)
        # What graphql-core answers both times may differ: which of several errors comes first, and how a cursor is sealed.
        if plans.answered > before:
            assert planned == core, (query, variables, caller)
        statuses["errors" if b'"errors":' in core[1] else "data"] += 1
    total = sum(statuses.values())
    # Otherwise nothing was compared with anything.
    assert plans.answered > total / 5, (plans.answered, statuses)
    assert statuses["errors"] > total / 50, statuses


@pytest.mark.parametrize("root", LISTS)
async def test_each_field_that_is_planned_is_answered_alike(root: str, desk: Desk) -> None:
    world = await furnished(desk.world)
    assert desk.plans is not None
    plans = Counted(shared_schema(), desk.plans.rows)
    query = f"{{ {root} {{ totalCount edges {{ cursor node {everything(LISTS[root].shape)} }} }} }}"
    for caller in callers_of(world):
        core, planned = await both(desk, plans, caller, query, {})
        assert planned == core, caller
    assert plans.answered >= 2


@pytest.mark.parametrize(
    ("given", "planned"), [({}, True), ({"b": False}, True), ({"b": True}, True), ({"b": None}, False)]
)
async def test_a_switch_is_read_alike(given: dict[str, Any], planned: bool, desk: Desk) -> None:
    assert desk.plans is not None
    plans = Counted(shared_schema(), desk.plans.rows)
    query = "query ($b: Boolean = true) { customers { totalCount @include(if: $b) nodes { id } } }"
    core, answered = await both(desk, plans, make_caller(), query, given)
    assert (answered, plans.answered == 1) == (core, planned)


async def test_the_switches_of_other_operations_keep_none_from_its_plan(desk: Desk) -> None:
    assert desk.plans is not None
    query = (
        "query A { customers { totalCount } } query B($b: Boolean!) { leads { totalCount @skip(if: $b) } }"
    )
    wanted = GraphQLRequest(query=query, operation_name="A", variables={})
    caller = make_caller()
    context = desk.context(caller, Request({"type": "http", "headers": []}))
    assert await desk.plans.answer(wanted, context) is not None


@pytest.mark.parametrize(
    ("root", "subject"), [("consultations", False), ("consultations", True), ("negativations", True)]
)
async def test_what_quotes_people_is_masked_alike(root: str, subject: bool, desk: Desk) -> None:
    """Whom a consultation was made for no plan reads: where words might quote them, graphql-core is asked."""
    await quoting(desk.world, subject=subject)
    assert desk.plans is not None
    plans = Counted(shared_schema(), desk.plans.rows)
    query = f"{{ {root} {{ nodes {everything(LISTS[root].shape)} }} }}"
    masked = make_caller(scopes=frozenset(Scope) - {Scope.WHOLE_DOCUMENTS})
    for caller, planned_too in ((make_caller(), True), (masked, not (subject and root == "consultations"))):
        before = plans.answered
        core, planned = await both(desk, plans, caller, query, {})
        assert planned == core, caller
        assert plans.answered == before + planned_too, caller
        assert (b"MARIA  DA  SILVA" in core[1]) == (caller is not masked)


@pytest.mark.parametrize(("spreads", "planned"), [(1, True), (100, False)])
def test_what_takes_long_to_plan_is_left_to_graphql_core(spreads: int, planned: bool, desk: Desk) -> None:
    assert desk.plans is not None
    chain = [
        f"fragment F{level} on Negativation {{ a: replaces {{ {f'...F{level + 1} ' * spreads} }} b: replaces {{ ...F{level + 1} }} }}"
        for level in range(6)
    ]
    query = f"{{ negativations(first: 1) {{ nodes {{ ...F0 }} }} }} {' '.join(chain)} fragment F6 on Negativation {{ id }}"
    wanted = GraphQLRequest(query=query, operation_name=None, variables={})
    assert isinstance(prepare(shared_schema().core, query, Limits()), DocumentNode)
    assert desk.plans.know(wanted) is planned


async def test_variables_are_remembered_once_for_what_is_declared_and_up_to_a_bound_for_all_documents(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.execution.plans.VARIABLES_REMEMBERED", 3)
    assert desk.plans is not None
    known = Plans(shared_schema(), desk.plans.rows)

    async def remembered(document: str, variables: dict[str, Any]) -> int:
        query = f"query {document}($n: Int) {{ customers(first: $n) {{ totalCount }} }}"
        core, planned = await both(desk, known, desk.world.caller, query, variables)
        assert planned == core
        return known._remembered.cache_info().currsize

    assert [await remembered("A", {"n": 1, "undeclared": number}) for number in range(5)] == [1] * 5
    assert [await remembered(name, {"n": size}) for name in "AB" for size in (1, 2)] == [1, 2, 3, 3]


@pytest.mark.parametrize("fails", [DomainError, RuntimeError])
async def test_what_a_failed_plan_has_not_read_yet_is_not_read_any_more(
    fails: type[Exception], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All fields of a query are answered side by side; graphql-core starts anew when one of them fails."""
    began, ended = list[str](), list[str]()
    assert desk.plans is not None
    known = Plans(shared_schema(), desk.plans.rows)

    async def slow(*_: object) -> None:
        began.append("slow")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # a connection is given back in steps
            ended.append("slow")

    async def failing(*_: object) -> None:
        await asyncio.sleep(0)
        raise fails

    wanted = GraphQLRequest(
        query="{ a: __typename b: __typename c: __typename }", operation_name=None, variables={}
    )
    document = known._known(wanted.query, None)
    assert isinstance(document, PlannedQuery)
    monkeypatch.setattr(document, "_plan", lambda _switches: {"a": slow, "b": failing, "c": slow})
    assert await known.answer(wanted, cast("Context", None)) is None
    assert (began, ended) == (["slow"] * 2, ["slow"] * 2)


def everything(shape: Shape, depth: int = 0) -> str:
    """All that a plan may select of a type, and of what it refers to."""
    return _all(shape.fields, depth)


def _all(fields: Mapping[str, Field], depth: int) -> str:
    parts = ["__typename"]
    for name, known in fields.items():
        match known:
            case Value():
                parts.append(name)
            case Inside() | Parsed():
                parts.append(f"{name} {_all(known.fields, depth)}")
            case One() if depth < 1:
                parts.append(f"{name} {everything(known.shape(), depth + 1)}")
            case Many() if depth == 0:
                inside = everything(known.shape(), 2)
                parts.append(f"{name}(first: 2) {{ nodes {inside} pageInfo {{ endCursor hasNextPage }} }}")
    return "{ " + " ".join(parts) + " }"


def callers_of(world: World) -> list[Caller]:
    """Callers who may see all, some fields, some branches, or nothing."""
    return [
        make_caller(),
        make_caller(scopes=frozenset(Scope) - {Scope.WHOLE_DOCUMENTS}),
        make_caller(scopes=frozenset({Scope.READ})),
        make_caller(branch_ids=frozenset({world.branch.id})),
        make_caller(branch_ids=frozenset()),
    ]


async def furnished(world: World) -> World:
    """Records of each kind, some of which lie in another branch than those that refer to them."""
    await furnish(world)
    other = await world.add_branch(name="Outra")
    async with world.units_of_work.begin() as work:
        stranger = await work.customers.add(make_customer(branch_id=other.id, name="Cliente 1"))
        await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=stranger.id))
        await work.consultations.add(
            make_consultation(branch_id=other.id, integration_id=world.integration.id, subject_id=stranger.id)
        )
    return world


async def ids_of(world: World) -> list[str]:
    """A global id of each kind, and one of nothing."""
    async with world.units_of_work.read() as work:
        negativations = await work.negativations.latest_of_invoices([world.invoice.id])
        consultation = await work.consultations.by_number(1)
        stranger = await work.consultations.by_number(2)
    known = (world.branch, world.integration, world.customer, world.invoice, consultation, stranger)
    records = [record for record in (*known, *negativations.values()) if record is not None]
    return [*map(global_id, records), encode_id("Customer", world.branch.id)]
