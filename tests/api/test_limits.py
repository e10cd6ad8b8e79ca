"""How much one document may ask for, and that finding out costs no more than reading it."""

import gc
import json
import time
import weakref
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from graphql import DocumentNode, GraphQLError, get_introspection_query
from starlette.requests import Request

from api import documents
from api.context import Context
from api.documents import MAX_ERRORS, choose_operation, prepare
from api.http.endpoint import GraphQLEndpoint
from api.limits import Limits, check_cost
from api.protocol_error import ProtocolCode, ProtocolError
from support.desk import GRAPHQL_RESPONSE, Desk, client_of, shared_schema

LIMITS = Limits()


def _refusal(query: str, limits: Limits = LIMITS) -> ProtocolError:
    prepared = prepare(shared_schema().core, query, limits)
    assert isinstance(prepared, tuple)
    error = prepared[0]
    assert isinstance(error, ProtocolError)
    return error


def _cost(query: str, variables: dict[str, object] | None = None) -> int:
    """The cost of an operation: the smallest limit that lets it pass."""
    document = prepare(shared_schema().core, query, LIMITS)
    assert isinstance(document, DocumentNode), document
    operation = choose_operation(document, None)
    try:
        check_cost(shared_schema().core, document, operation, variables or {}, Limits(cost=-1))
    except ProtocolError as error:
        return int(error.values["found"])
    raise AssertionError("it costs nothing")


def _nested(levels: int) -> str:
    """A query whose records hold one another, that many levels deep."""
    query = "number"
    for level in range(levels):
        query = f"branch {{ {query} }}" if level % 2 == 0 else f"integration {{ {query} }}"
    return (
        f"{{ branches {{ nodes {{ {query} }} }} }}"
        if levels % 2 == 0
        else f"{{ integrations {{ nodes {{ {query} }} }} }}"
    )


def _spreads(count: int, *, twice: bool) -> str:
    """Fragments, each of which spreads the next one once or twice."""
    spread = "...F{0} ...F{0}" if twice else "...F{0}"
    fragments = "".join(
        f"fragment F{index} on Viewer {{ name {spread.format(index + 1)} }} " for index in range(count)
    )
    return f"{{ viewer {{ ...F0 }} }} {fragments} fragment F{count} on Viewer {{ scopes }}"


@pytest.mark.parametrize(
    ("query", "limits", "text"),
    [
        ("{ viewer { name } }" + "#\n" * 1_001, LIMITS, "LIMIT_PARSER"),
        ("{ viewer {" + " name" * 4_001 + "} }", LIMITS, "LIMIT_PARSER"),
        ("{ a " * 300 + "}" * 300, LIMITS, "LIMIT_PARSER"),
        ("{ node(id: " + "[" * 300 + "]" * 300 + ") { id } }", LIMITS, "LIMIT_PARSER"),
        ("{ viewer {" + " name" * 400 + "} }", LIMITS, "LIMIT_FIELDS"),
        ("{ viewer {" + "".join(f" a{i}: name" for i in range(51)) + "} }", LIMITS, "LIMIT_ALIASES"),
        (_spreads(101, twice=False), Limits(tokens=100_000), "LIMIT_FRAGMENTS"),
        (_nested(15), LIMITS, "LIMIT_DEPTH"),
    ],
)
def test_a_document_that_holds_too_much_is_refused(query: str, limits: Limits, text: str) -> None:
    error = _refusal(query, limits)
    assert (error.code, error.text) == (ProtocolCode.LIMIT_EXCEEDED, text)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("name", "length", "portuguese", "english"),
    [
        ("query", 50_001, "50000 caracteres", "50000 characters"),
        ("operationName", 256, "`operationName` passa de 255", "`operationName` exceeds 255"),
    ],
)
async def test_what_is_too_long_is_refused_and_remembered_nowhere(
    name: str, length: int, portuguese: str, english: str, method: str, desk: Desk
) -> None:
    async def make_context(request: Request) -> Context:
        return desk.context(desk.world.caller, request)

    prepare.cache_clear()
    async with client_of(GraphQLEndpoint(shared_schema(), make_context, plans=desk.plans)) as client:
        for number in range(20):
            asked = {"query": "{ viewer { name } }", name: f"{{a}}#{number:02}".ljust(length, "x")}
            given: Any = {"params": asked} if method == "GET" else {"json": asked}
            language, told = (("pt-BR", portuguese), ("en", english))[number % 2]
            headers = {"Accept": GRAPHQL_RESPONSE, "Accept-Language": language}
            answer = await client.request(method, "/graphql", headers=headers, **given)
            (error,) = answer.json()["errors"]
            assert (answer.status_code, error["extensions"]["code"]) == (400, "LIMIT_EXCEEDED")
            assert told in error["message"]
    assert prepare.cache_info().currsize == 0
    assert desk.plans is None or desk.plans._known.cache_info().currsize == 0


async def test_the_longest_texts_are_answered(desk: Desk) -> None:
    name = "N" * 255
    assert (await desk.ask(f"query {name} {{ viewer {{ name }} }}".ljust(50_000))).errors == []


def test_the_limit_itself_is_allowed() -> None:
    assert isinstance(prepare(shared_schema().core, _nested(13), LIMITS), DocumentNode)
    assert _refusal(_nested(14)).values == {"limit": 16, "found": 17}


class _Asker:
    """Somebody whose request is at hand while a document is looked at."""


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { name }",
        "{ viewer { name } } " + "# x\n" * 10_000,
        _nested(14),
        "{ nobody }",
        '{ negativations(first: "x") { nodes { number } } }',
    ],
    ids=["syntax", "tokens", "depth", "validation", "literal"],
)
def test_what_is_remembered_of_a_refused_document_keeps_nobody_who_asked(query: str) -> None:
    def asked() -> tuple[weakref.ref[_Asker], object]:
        asker = _Asker()
        return weakref.ref(asker), prepare(shared_schema().core, query, Limits(cost=987_654))

    asker, remembered = asked()
    gc.collect()
    assert isinstance(remembered, tuple)
    assert asker() is None


def test_depth_is_counted_through_fragments() -> None:
    inner = "fragment I on Branch { integration { branch { name } } } "
    query = f"{{ branches {{ nodes {{ ...I }} }} }} {inner}"
    assert isinstance(prepare(shared_schema().core, query, Limits(depth=5)), DocumentNode)
    assert _refusal(query, Limits(depth=4)).values["found"] == 5


def test_the_number_of_root_fields_is_limited_also_through_fragments() -> None:
    fields = " ".join(f"a{index}: viewer {{ name }}" for index in range(11))
    query = f"{{ ...F ...F }} fragment F on Query {{ {fields} }}"
    document = prepare(shared_schema().core, query, LIMITS)
    assert isinstance(document, DocumentNode)
    with pytest.raises(ProtocolError) as caught:
        check_cost(shared_schema().core, document, choose_operation(document, None), {}, LIMITS)
    assert caught.value.values == {"limit": 20, "found": 22}


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ viewer { name scopes } }", 1),
        ("{ customers { totalCount } }", 21),
        ("{ customers(first: 5) { nodes { name } } }", 6),
        ("{ customers(last: 7) { nodes { name } } }", 8),
        ("{ customers(first: 5) { nodes { branch { name } invoices(first: 3) { nodes { number } } } } }", 31),
        ("{ customers(first: 5) { nodes { ...C } } } fragment C on Customer { branch { name } }", 11),
        ('{ nodes(ids: ["a", "b", "c"]) { ... on Customer { branch { name } } } }', 6),
        ("{ customers(first: 1000000000) { nodes { name } } }", 101),
        ("{ customers(first: -5) { nodes { name } } }", 2),
        ("{ __schema { types { name fields { name } } } }", 0),
    ],
)
def test_cost_counts_the_records_that_may_be_read(query: str, cost: int) -> None:
    assert _cost(query) == cost


def test_cost_sees_the_values_of_variables() -> None:
    query = (
        "query ($n: Int, $ids: [ID!]!) { customers(first: $n) { nodes { name } } nodes(ids: $ids) { id } }"
    )
    assert _cost(query, {"n": 50, "ids": ["a", "b"]}) == 53
    assert _cost(query, {"n": "nonsense", "ids": "nonsense"}) == 22


BATCH = """mutation %s {
  negativateDebtors(input: %s) { ... on NegativateDebtorsSuccess { results { invoice { number } } } } }"""
RESEND = """mutation ($input: ResendNegativationsInput!) {
  resendNegativations(input: $input) { ... on ResendNegativationsSuccess { results { negativation { number } } } } }"""


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        (BATCH % ("($input: NegativateDebtorsInput!)", "$input"), {"input": {"invoiceIds": ["a"] * 40}}, 120),
        (BATCH % ("($ids: [ID!]!)", "{invoiceIds: $ids}"), {"ids": ["a"] * 40}, 120),
        (BATCH % ("", '{invoiceIds: ["a", "b"], idempotencyKey: "k"}'), {}, 6),
        (BATCH % ("($input: NegativateDebtorsInput!)", "$input"), {"input": "nonsense"}, 3),
        (
            BATCH % ("($input: NegativateDebtorsInput!)", "$input"),
            {"input": {"invoiceIds": ["a"] * 100_000}},
            1_500,
        ),
        (RESEND, {"input": {"negativationIds": ["a", "b"]}}, 6),
        (RESEND, {"input": {"negativationIds": ["a", "b"], "filter": None}}, 6),
        (RESEND, {"input": {"filter": {}}}, 300),
    ],
)
def test_a_batch_counts_as_often_as_it_may_answer(
    query: str, variables: dict[str, object], cost: int
) -> None:
    assert _cost(query, variables) == cost


async def test_an_operation_that_reads_too_much_is_refused_before_it_reads_anything(desk: Desk) -> None:
    query = "{ customers(first: 100) { nodes { invoices(first: 100) { nodes { number } } } } }"
    answer = await desk.ask(query)
    assert (answer.status, answer.code(), answer.data) == (400, "LIMIT_EXCEEDED", None)
    assert "first" in answer.error()["message"]
    assert desk.units_of_work.reads == 0


DEEP = "query ($n: Int%s) { customers(first: $n) { nodes { invoices(first: $n) { nodes { number } } } } }"
NODES = "query ($ids: [ID!]! = %s) { nodes(ids: $ids) { ... on Customer { invoices(first: 100) { nodes { id } } } } }"
DEFAULT_BATCH = """mutation ($input: NegativateDebtorsInput! = {invoiceIds: %s}) { negativateDebtors(input: $input) {
  ... on NegativateDebtorsSuccess { results { invoice { customer { invoices { totalCount } } } } } } }"""


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (DEEP % "", {"n": 100}),
        (DEEP % "", {"n": 100.0}),
        (DEEP % " = 100", {}),
        (NODES % json.dumps(["x"] * 100), {}),
        (DEFAULT_BATCH % json.dumps(["x"] * 500), {}),
    ],
    ids=["integer", "float", "default", "list by default", "batch by default"],
)
async def test_the_limit_holds_however_a_variable_gets_its_value(
    desk: Desk, query: str, variables: dict[str, object]
) -> None:
    answer = await desk.ask(query, variables)
    assert (answer.status, answer.code(), answer.data) == (400, "LIMIT_EXCEEDED", None)


async def test_a_fragment_that_doubles_forty_times_is_refused_at_once(desk: Desk) -> None:
    query = "{ customers { nodes { branch { ...F0 } } } } " + "".join(
        f"fragment F{index} on Branch {{ integration {{ branch {{ name }} }} ...F{index + 1} ...F{index + 1} }} "
        for index in range(40)
    )
    began = time.process_time()
    answer = await desk.ask(query + "fragment F40 on Branch { name }")
    assert time.process_time() - began < 1
    assert (answer.status, answer.code()) == (400, "LIMIT_EXCEEDED")


def test_measuring_costs_what_the_document_is_long() -> None:
    def seconds(query: str) -> float:
        def measure() -> None:
            prepare.__wrapped__(shared_schema().core, query, LIMITS)

        return min(_seconds(measure) for _ in range(3))

    assert seconds(_spreads(80, twice=True)) < 20 * seconds(_spreads(10, twice=True))


def test_many_equal_fields_do_not_block_the_server() -> None:
    worst = "{ viewer {" + " name" * 399 + "} }"
    assert _seconds(lambda: prepare.__wrapped__(shared_schema().core, worst, LIMITS)) < 2


def test_fragments_that_hold_themselves_are_refused() -> None:
    query = "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }"
    assert _refusal(query).code is ProtocolCode.VALIDATION_ERROR


def test_fragments_nested_beyond_what_can_be_followed_are_refused() -> None:
    inline = "... { " * 35 + "name" + " }" * 35
    query = "{ viewer { ...F0 } } " + "".join(
        f"fragment F{index} on Viewer {{ {inline.replace('name', f'...F{index + 1}')} }} "
        for index in range(24)
    )
    assert _refusal(query + "fragment F24 on Viewer { name }").code in (
        ProtocolCode.LIMIT_EXCEEDED,
        ProtocolCode.VALIDATION_ERROR,
    )


def test_the_introspection_of_tools_passes() -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )
    assert isinstance(prepare(shared_schema().core, query, LIMITS), DocumentNode)
    assert _cost(query) < LIMITS.cost


def test_introspection_that_grows_without_end_is_refused() -> None:
    query = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
    assert _refusal(query).code is ProtocolCode.VALIDATION_ERROR


def test_only_the_first_few_errors_are_told() -> None:
    prepared = prepare(
        shared_schema().core, "{ " + " ".join(f"no{index}" for index in range(50)) + " }", LIMITS
    )
    assert isinstance(prepared, tuple)
    assert len(prepared) == MAX_ERRORS


async def test_a_document_is_parsed_and_validated_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []

    def counting(name: str) -> Callable[..., object]:
        original = getattr(documents, name)

        def count(*args: object, **kwargs: object) -> object:
            counted.append(name)
            return original(*args, **kwargs)

        return count

    monkeypatch.setattr(documents, "parse", counting("parse"))
    monkeypatch.setattr(documents, "validate", counting("validate"))
    query = f"query Only{uuid4().hex} {{ viewer {{ name }} }}"
    for _ in range(3):
        assert (await desk.ask(query)).one() == {"name": "Tests"}
    assert counted == ["parse", "validate"]


async def test_texts_that_no_storage_takes_are_refused_in_documents_too(desk: Desk) -> None:
    answer = await desk.ask('{ customers(filter: { search: "a\\u0000" }) { totalCount } }')
    assert (answer.status, answer.code()) == (400, "BAD_REQUEST")


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def test_a_refusal_is_a_graphql_error() -> None:
    assert isinstance(_refusal("{"), GraphQLError)
