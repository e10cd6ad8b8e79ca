"""Plans of mutations answer what graphql-core answers, give resolvers what it gives them, and run each once, whatever comes of it.

The real resolver runs once for each mutation; afterwards it is replaced by one that gives the same again, so both ways are compared on the
very same result.
"""

import ast
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import DocumentNode, get_named_type
from starlette.requests import Request

import api
from api.context import Context
from api.documents import prepare
from api.execution.plans import Plans
from api.http.endpoint import GraphQLEndpoint
from api.http.requests import GraphQLRequest
from api.limits import Limits, is_measured
from api.operations import ReadyMadeOperation, ready_made_operations
from api.schema import build_schema
from api.types.invoice import Invoice
from api.types.people import Customer
from core.domain.access import Scope
from core.domain.errors import Conflict, Forbidden, IdempotencyConflict, InvalidInput, NotFound, Problem
from core.domain.integration import ActiveNegativations
from core.domain.negativation import AlreadyNegativated
from ports.storage import StorageState, StorageUnavailable
from support.builders import make_caller
from support.desk import Desk, client_of, shared_schema
from support.mutations_compared import HEADERS, Compared, Replaced, asked
from support.random_documents import Documents
from support.storages import sqlite_address
from support.tour import variables_of

SHORT, LONG = 12, 300

MUTATION_TYPE = shared_schema().core.mutation_type
assert MUTATION_TYPE is not None
ROOTS = MUTATION_TYPE.fields


def root_of(operation: ReadyMadeOperation) -> str | None:
    """The mutation that a ready-made operation asks for."""
    return next((name for name in ROOTS if f"\n  {name}(" in operation["query"]), None)


OPERATIONS = {root: operation for operation in ready_made_operations() if (root := root_of(operation))}


def measured(root: str) -> bool:
    """Whether its cost depends on its input: those are left to graphql-core."""
    return is_measured(get_named_type(next(iter(ROOTS[root].args.values())).type))


PLANNED = [root for root in OPERATIONS if not measured(root) and root != "runCollection"]
"""Those whose ready-made operations have plans. runCollection's asks for a page of what the run did."""


@pytest.fixture
def database_address(sqlite_template: Path, tmp_path: Path) -> str:
    """Plans need a database."""
    return sqlite_address(Path(shutil.copy(sqlite_template, tmp_path / "fiador.db")))


@pytest.fixture
def replace(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Replaced]:
    """Replaces the resolver of a mutation."""

    def make(root: str) -> Replaced:
        resolver = ROOTS[root].extensions["strawberry-definition"].base_resolver
        replaced = Replaced(resolver)
        monkeypatch.setattr(resolver, "wrapped_func", replaced.again)
        return replaced

    return make


@pytest.fixture
def perform(desk: Desk, replace: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Does a mutation once, as its ready-made operation asks; then its resolver is replaced by one that gives the result again."""

    async def make(root: str) -> tuple[Compared, dict[str, Any]]:
        replaced = replace(root)
        monkeypatch.setattr(replaced.resolver, "wrapped_func", replaced.remember)
        variables = await variables_of(desk.world, OPERATIONS[root])
        answer = await desk.ask(OPERATIONS[root]["query"], variables)
        assert answer.one()["__typename"].endswith("Success"), answer
        monkeypatch.setattr(replaced.resolver, "wrapped_func", replaced.again)
        return Compared(desk, replaced), variables

    return make


def some(request: pytest.FixtureRequest) -> tuple[int, Random]:
    """How many to try, and by what they are chosen."""
    long, seed = request.config.getoption("--long"), request.config.getoption("--seed") or 20_261_122
    return LONG if long else SHORT, Random(seed)  # noqa: S311 - which operations are compared


CALLERS = [make_caller(), make_caller(scopes=frozenset(Scope) - {Scope.WHOLE_DOCUMENTS, Scope.READ})]


ERRORS = [
    NotFound(kind="Invoice", path=("invoiceId",)),
    Conflict(reason="NEGATIVATION_LIVE"),
    IdempotencyConflict(key="k"),
    InvalidInput(problems=(Problem(("invoiceId",), "INVALID_ID", {"kind": "Invoice"}),)),
    Forbidden(scope="NEGATIVATE"),
    ActiveNegativations(count=1),  # which the result does not know
    StorageUnavailable(StorageState.BUSY),
    RuntimeError("an unforeseen error"),
]


@pytest.mark.parametrize("root", PLANNED)
async def test_whatever_is_selected_is_answered_alike(
    root: str, desk: Desk, perform: Any, request: pytest.FixtureRequest
) -> None:
    compared, variables = await perform(root)
    count, random = some(request)
    documents = Documents(schema=shared_schema().core, random=random, ids=[], deepest=6)
    status, _ = await compared.asked(OPERATIONS[root]["query"], variables, CALLERS[0])
    assert (status, compared.planned) == (200, 1)
    for _ in range(count):
        query, given = documents.mutation(root)
        # What is no part of the input may be wrong, too, and what is done may fail.
        others = {name: value for name, value in given.items() if name != "input"}
        if random.random() < 0.3:
            others = spoiled(others, random) if others else {}
        compared.replaced.error = random.choice([None, None, None, *ERRORS])
        await compared.asked(query, {**variables, **others}, random.choice(CALLERS))
    assert compared.planned > count / 6


@pytest.mark.parametrize("root", PLANNED)
async def test_whatever_is_given_reaches_the_resolver_alike(
    root: str, desk: Desk, perform: Any, request: pytest.FixtureRequest
) -> None:
    compared, variables = await perform(root)
    count, random = some(request)
    documents = Documents(schema=shared_schema().core, random=random, ids=["SW52b2ljZTox", "x"])
    query = OPERATIONS[root]["query"]
    for _ in range(count):
        value = documents.mutation(root)[1]["input"]
        await compared.asked(query, {"input": value}, CALLERS[0])
        # One thing is not as it was, which may be wrong.
        await compared.asked(query, {"input": spoiled(value, random, whole=True)}, CALLERS[0])
        await compared.asked(query, {"input": spoiled(variables["input"], random, whole=True)}, CALLERS[0])
    await compared.asked(query, {}, CALLERS[0])
    await compared.asked(query, {"input": None}, CALLERS[0])
    # Otherwise little was compared with anything.
    assert compared.planned > count / 4


def spoiled(value: Any, random: Random, *, whole: bool = False) -> Any:
    """The value with something else in one place, which may be the whole."""
    if isinstance(value, dict) and value and (not whole or random.random() < 0.8):
        name = random.choice(list(value))
        kept = {each: inside for each, inside in value.items() if each != name}
        if random.random() < 0.3:
            return kept if random.random() < 0.5 else {**value, "unknown": 1}
        return {**kept, name: spoiled(value[name], random, whole=True)}
    if isinstance(value, list) and value and random.random() < 0.8:
        return [*value[1:], spoiled(value[0], random, whole=True)]
    return random.choice([None, 7, 2**40, 1.5, True, "", "x", "OTHER", [], [value], {}, {"x": 1}])


@pytest.mark.parametrize("error", ERRORS, ids=[type(error).__name__ for error in ERRORS])
async def test_what_a_resolver_raises_is_answered_alike(error: Exception, perform: Any) -> None:
    compared, variables = await perform("negativateDebtor")
    compared.replaced.error = error
    await compared.asked(OPERATIONS["negativateDebtor"]["query"], variables, CALLERS[0])
    assert compared.planned == 1
    # Once by the plan: what graphql-core says of it is said without doing it again.
    assert len(compared.replaced.given) == 1


@pytest.mark.parametrize("result", [None, "a text", 7, (), []], ids=repr)
async def test_what_is_no_answer_is_answered_alike(result: Any, perform: Any) -> None:
    compared, variables = await perform("negativateDebtor")
    compared.replaced.result = result
    await compared.asked(OPERATIONS["negativateDebtor"]["query"], variables, CALLERS[0])
    assert (compared.planned, len(compared.replaced.given)) == (1, 1)


@pytest.mark.parametrize(("name", "value"), [("number", None), ("number", "a text"), ("expires_on", 7)])
async def test_a_field_without_its_value_is_answered_alike(name: str, value: Any, perform: Any) -> None:
    compared, variables = await perform("negativateDebtor")
    setattr(compared.replaced.result.negativation, name, value)
    _, content = await compared.asked(OPERATIONS["negativateDebtor"]["query"], variables, CALLERS[0])
    assert b'"errors":' in content
    assert (compared.planned, len(compared.replaced.given)) == (1, 1)


async def test_an_object_of_another_class_is_answered_alike(perform: Any) -> None:
    compared, variables = await perform("negativateDebtor")
    result = compared.replaced.result
    result.negativation = SimpleNamespace(**vars(result.negativation))
    _, content = await compared.asked(OPERATIONS["negativateDebtor"]["query"], variables, CALLERS[0])
    assert b'"errors":' in content
    assert (compared.planned, len(compared.replaced.given)) == (1, 1)


@pytest.mark.parametrize("failing", [Customer, Invoice])
async def test_a_field_that_fails_later_is_answered_alike(
    failing: Any, perform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, variables = await perform("negativateDebtor")

    async def find(context: Context, record_id: Any) -> None:
        raise Forbidden(scope="READ")

    monkeypatch.setattr(failing, "find", find)
    query = (
        "mutation Made($input: NegativateDebtorInput!) { negativateDebtor(input: $input) "
        "{ ... on NegativateDebtorSuccess { negativation { customer { number } invoice { number } } } } }"
    )
    _, content = await compared.asked(query, variables, CALLERS[0])
    assert b'"FORBIDDEN"' in content
    assert (compared.planned, len(compared.replaced.given)) == (1, 1)


async def test_who_may_not_is_refused_before_anything_is_done(perform: Any) -> None:
    compared, variables = await perform("negativateDebtor")
    compared.replaced.given.clear()
    caller = make_caller(scopes=frozenset({Scope.READ}))
    _, content = await compared.asked(OPERATIONS["negativateDebtor"]["query"], variables, caller)
    assert b'"FORBIDDEN"' in content
    assert (compared.planned, compared.replaced.given) == (1, [])


async def test_what_an_answer_refers_to_is_read_together(desk: Desk, perform: Any) -> None:
    compared, variables = await perform("negativateDebtor")
    record = "negativation { invoice { number customer { name } } customer { number branch { name } } branch { number } }"
    query = (
        "mutation Made($input: NegativateDebtorInput!) "
        f"{{ negativateDebtor(input: $input) {{ ... on NegativateDebtorSuccess {{ {record} }} }} }}"
    )
    reads = []
    for plans in (None, desk.plans):
        before = desk.units_of_work.reads
        await asked(desk, plans, query, variables, CALLERS[0])
        reads.append(desk.units_of_work.reads - before)
    await compared.asked(query, variables, CALLERS[0])
    assert compared.planned == 1
    assert 0 < reads[1] <= reads[0]


def test_every_mutation_has_a_plan_but_few(desk: Desk) -> None:
    assert desk.plans is not None
    planned = []
    for root, known in OPERATIONS.items():
        # The example values have no ids yet, which nobody looks at before the resolver.
        wanted = GraphQLRequest(query=known["query"], operation_name=None, variables=known["variables"])
        planned += [root] if desk.plans.mutation(wanted) else []
    assert planned == PLANNED


@pytest.mark.parametrize(
    "query",
    [
        "mutation A($input: SettleInvoiceInput!) { a: settleInvoice(input: $input) { __typename } b: settleInvoice(input: $input) { __typename } }",
        "mutation A($input: SettleInvoiceInput!) { __typename settleInvoice(input: $input) { __typename } }",
        "mutation A($id: ID!) { cancelInvoice(input: {invoiceId: $id}) { __typename } }",
        "mutation A($no: Boolean!) { cancelInvoice(input: {invoiceId: \"x\"}) @skip(if: $no) { __typename } }",
        "mutation A($input: SettleInvoiceInput!, $no: Boolean!) { settleInvoice(input: $input) @skip(if: $no) { __typename } }",
    ],
)  # fmt: skip
def test_what_is_asked_for_in_other_ways_is_left_to_graphql_core(query: str, desk: Desk) -> None:
    assert desk.plans is not None
    assert isinstance(prepare(shared_schema().core, query, Limits()), DocumentNode)
    variables: dict[str, Any] = {"input": {"invoiceId": "x"}, "id": "x", "no": False}
    assert desk.plans.mutation(GraphQLRequest(query=query, operation_name=None, variables=variables)) is None


OTHERS = [
    "... on NegativateDebtorSuccess { negativation { id customer @skip(if: true) { invoices(first: $n) { totalCount } } } }",
    "... on AlreadyNegativatedError { negativation { customer { invoices(first: $n) { totalCount } } } }",
    "... on AlreadyNegativatedError { negativation { customer { invoices(first: $n) { nodes { customer "
    "{ invoices(first: $n) { nodes { id } } } } } } } }",
]


@pytest.mark.parametrize("inside", OTHERS)
@pytest.mark.parametrize("given", [{}, {"n": None}, {"n": "a secret"}, {"n": 100}])
async def test_other_variables_are_checked_before_anything_is_done(
    inside: str, given: dict[str, Any], perform: Any
) -> None:
    compared, variables = await perform("negativateDebtor")
    negativation = compared.replaced.result.negativation.record
    compared.replaced.error = AlreadyNegativated(negativation=negativation)
    for type_ in ("Int", "Int!"):
        query = (
            f"mutation M($input: NegativateDebtorInput!, $n: {type_}) "
            f"{{ negativateDebtor(input: $input) {{ __typename {inside} }} }}"
        )
        _, content = await compared.asked(query, {**variables, **given}, CALLERS[0])
        assert b"secret" not in content


def test_what_costs_too_much_is_left_to_graphql_core(desk: Desk) -> None:
    assert desk.plans is not None
    known = OPERATIONS["negativateDebtor"]
    wanted = GraphQLRequest(query=known["query"], operation_name=None, variables=known["variables"])
    held = build_schema(limits=Limits(cost=2))
    assert Plans(held, desk.plans.rows).mutation(wanted) is None


async def test_nothing_is_done_by_a_link(desk: Desk, perform: Any) -> None:
    compared, variables = await perform("negativateDebtor")
    compared.replaced.given.clear()

    async def make_context(request: Request) -> Context:
        return desk.context(CALLERS[0], request)

    endpoint = GraphQLEndpoint(shared_schema(), make_context, plans=desk.plans)
    asked_for = {"query": OPERATIONS["negativateDebtor"]["query"], "variables": json.dumps(variables)}
    async with client_of(endpoint) as client:
        response = await client.get("/graphql", params=asked_for, headers=HEADERS)
    assert (response.status_code, compared.replaced.given) == (405, [])


def test_resolvers_use_nothing_of_info_but_the_context() -> None:
    """A plan gives them no more of it."""
    for file in sorted(Path(api.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "info"
            ):
                assert node.attr == "context", f"{file.name}:{node.lineno}"
