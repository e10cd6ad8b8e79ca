"""GraphQL over HTTP: the behaviours that the audits of the `graphql-http` reference ask for, and answers to malformed requests."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from api.context import Context
from api.http.endpoint import GraphQLEndpoint
from api.http.requests import MAX_BODY
from support.desk import GRAPHQL_RESPONSE, Desk, client_of, shared_schema

JSON = "application/json"
VIEWER = "{ viewer { name } }"
SETTLE = 'mutation { settleInvoice(input: {invoiceId: "x", method: PIX}) { __typename } }'


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the endpoint, whose caller may do everything."""

    async def make_context(request: Request) -> Context:
        return desk.context(desk.world.caller, request)

    async with client_of(GraphQLEndpoint(shared_schema(), make_context)) as client:
        yield client


async def _post(
    client: httpx.AsyncClient, body: Any, accept: str = GRAPHQL_RESPONSE, **headers: str
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post(
        "/graphql", content=content, headers={"Content-Type": JSON, "Accept": accept, **headers}
    )


def _code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    assert error["extensions"]["requestId"]
    return str(error["extensions"]["code"])


# what an answer is


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("APPLICATION/JSON", JSON),
        (f"{GRAPHQL_RESPONSE}, {JSON}", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL_RESPONSE};q=0, */*", JSON),
        (f"text/html, {JSON};q=0.9", JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (f"{GRAPHQL_RESPONSE};q=nonsense, {JSON}", JSON),
    ],
)
async def test_the_answer_is_of_the_type_that_the_client_prefers(
    client: httpx.AsyncClient, accept: str, answered: str
) -> None:
    response = await _post(client, {"query": VIEWER}, accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    assert response.json() == {"data": {"viewer": {"name": "Tests"}}}


async def test_without_an_accept_header_it_is_json(client: httpx.AsyncClient) -> None:
    request = client.build_request("POST", "/graphql", json={"query": VIEWER})
    del request.headers["accept"]
    assert (await client.send(request)).headers["content-type"] == f"{JSON}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=1", f"{JSON};q=0", "nonsense"])
async def test_a_client_that_takes_neither_type_is_refused(client: httpx.AsyncClient, accept: str) -> None:
    response = await _post(client, {"query": VIEWER}, accept)
    assert (response.status_code, _code(response)) == (406, "BAD_REQUEST")


async def test_answers_are_not_to_be_kept(client: httpx.AsyncClient) -> None:
    response = await _post(client, {"query": VIEWER})
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-language"] == "pt-BR"


# what a request is


@pytest.mark.parametrize(
    "content_type",
    [JSON, "APPLICATION/JSON", f"{JSON}; charset=utf-8", f'{JSON};charset="UTF-8"', f"{JSON};charset=utf8"],
)
async def test_json_in_utf_8_is_taken(client: httpx.AsyncClient, content_type: str) -> None:
    response = await _post(client, {"query": VIEWER}, **{"Content-Type": content_type})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/jsonx",
        "text/plain",
        "application/graphql",
        f"{JSON}; charset=utf-16",
        "multipart/form-data",
        "json",
    ],
)
async def test_any_other_content_type_is_refused(client: httpx.AsyncClient, content_type: str) -> None:
    response = await _post(client, {"query": VIEWER}, **{"Content-Type": content_type})
    assert (response.status_code, _code(response)) == (415, "BAD_REQUEST")


async def test_a_request_without_a_content_type_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", content=json.dumps({"query": VIEWER}))
    assert response.status_code == 415


async def test_two_content_types_are_refused(client: httpx.AsyncClient) -> None:
    headers = [("Content-Type", JSON), ("Content-Type", "text/plain"), ("Accept", JSON)]
    response = await client.post("/graphql", content=json.dumps({"query": VIEWER}), headers=headers)
    assert (response.status_code, _code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("encoding", ["gzip", "br", "nonsense"])
async def test_compressed_bodies_are_refused(client: httpx.AsyncClient, encoding: str) -> None:
    body = gzip.compress(json.dumps({"query": VIEWER}).encode())
    response = await _post(client, body, **{"Content-Encoding": encoding})
    assert (response.status_code, _code(response)) == (415, "BAD_REQUEST")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"123",
        b"true",
        b"[]",
        b'"query"',
        b"{",
        b'{"query":',
        b"\xff\xfe",
        b'{"query": "\xff"}',
        b"[" * 100_000,
        b'{"query": "{a}", "variables": {"n": ' + b"9" * 5_000 + b"}}",
        b'{"query": "{a}", "variables": {"n": NaN}}',
        b'{"query": "{a}", "variables": {"n": -Infinity}}',
        b'{"query": "{a}", "variables": {"n": [-1e400]}}',
        b'{"query": "{a}", "extensions": {"n": 1e400}}',
        b"{}",
        b'{"query": null}',
        b'{"query": 0}',
        b'{"query": {}}',
        b'{"query": "{a}", "variables": []}',
        b'{"query": "{a}", "variables": "{}"}',
        b'{"query": "{a}", "variables": 0}',
        b'{"query": "{a}", "variables": ""}',
        b'{"query": "{a}", "variables": false}',
        b'{"query": "{a}", "extensions": 7}',
        b'{"query": "{a}", "extensions": []}',
        b'{"query": "{a}", "operationName": 5}',
        b'{"query": "{a}", "operationName": {}}',
        b'{"query": "{a}", "variables": {"x": "a\\u0000b"}}',
        b'{"query": "{a}", "variables": {"x": ["\\ud800"]}}',
        b'{"query": "{a}", "variables": {"\\udc00": 1}}',
    ],
)
@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, JSON])
async def test_a_malformed_body_is_a_bad_request(client: httpx.AsyncClient, body: bytes, accept: str) -> None:
    response = await _post(client, body, accept)
    assert (response.status_code, _code(response)) == (400, "BAD_REQUEST")
    assert "data" not in response.json()


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1e309"])
async def test_a_number_too_large_for_any_is_named_as_such(client: httpx.AsyncClient, number: str) -> None:
    query = "query ($text: String) { customers(filter: {search: $text}) { totalCount } }"
    response = await _post(client, f'{{"query": "{query}", "variables": {{"text": {number}}}}}'.encode())
    assert response.status_code == 400
    assert "número grande demais" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"variables": None},
        {"variables": {}},
        {"variables": {"unused": 1}},
        {"operationName": None},
        {"extensions": None},
        {"extensions": {"some": "value"}},
        {"unknown": "parameter"},
    ],
)
async def test_parameters_that_say_nothing_are_taken(
    client: httpx.AsyncClient, parameters: dict[str, object]
) -> None:
    assert (await _post(client, {"query": VIEWER, **parameters})).status_code == 200


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient, announced: bool) -> None:
    body = json.dumps({"query": VIEWER, "extensions": {"padding": "x" * MAX_BODY}}).encode()

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100_000):
            yield body[start : start + 100_000]

    response = await client.post(
        "/graphql",
        content=body if announced else chunks(),
        headers={"Content-Type": JSON, "Accept": GRAPHQL_RESPONSE},
    )
    assert (response.status_code, _code(response)) == (413, "BAD_REQUEST")


async def test_an_absurd_content_length_is_refused(client: httpx.AsyncClient) -> None:
    response = await _post(client, {"query": VIEWER}, **{"Content-Length": "9" * 5_000})
    assert response.status_code == 413


# statuses

INVALID_DOCUMENTS = [
    ("{", "SYNTAX_ERROR"),
    ("", "SYNTAX_ERROR"),
    ("{ nothing }", "VALIDATION_ERROR"),
    ("query ($x: Int!) { customers(first: $x) { totalCount } }", "INVALID_VARIABLES"),
    ("query A { viewer { name } } query B { viewer { name } }", "BAD_REQUEST"),
    ("fragment F on Viewer { name }", None),
]


@pytest.mark.parametrize(("query", "code"), INVALID_DOCUMENTS)
async def test_what_cannot_be_executed_is_400_and_holds_no_data(
    client: httpx.AsyncClient, query: str, code: str | None
) -> None:
    response = await _post(client, {"query": query})
    assert response.status_code == 400
    assert "data" not in response.json()
    assert response.headers["content-type"] == f"{GRAPHQL_RESPONSE}; charset=utf-8"
    if code is not None:
        assert response.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize(("query", "code"), INVALID_DOCUMENTS)
async def test_what_cannot_be_executed_is_200_for_clients_of_plain_json(
    client: httpx.AsyncClient, query: str, code: str | None
) -> None:
    response = await _post(client, {"query": query}, JSON)
    assert response.status_code == 200
    assert "data" not in response.json()


async def test_an_error_of_a_field_is_200(client: httpx.AsyncClient) -> None:
    response = await _post(client, {"query": '{ node(id: "x") { id } }'})
    assert response.status_code == 200
    assert response.json()["data"] == {"node": None}
    assert response.json()["errors"][0]["path"] == ["node"]


@pytest.mark.parametrize("name", ["", "C"])
async def test_an_operation_that_is_not_there_is_a_bad_request(client: httpx.AsyncClient, name: str) -> None:
    query = "query A { viewer { name } } query B { viewer { scopes } }"
    response = await _post(client, {"query": query, "operationName": name})
    assert (response.status_code, _code(response)) == (400, "BAD_REQUEST")


async def test_the_operation_that_is_named_is_executed(client: httpx.AsyncClient) -> None:
    query = "query A { viewer { name } } query B { viewer { reachesEveryBranch } }"
    response = await _post(client, {"query": query, "operationName": "B"})
    assert response.json() == {"data": {"viewer": {"reachesEveryBranch": True}}}


# GET


async def _get(client: httpx.AsyncClient, **parameters: str) -> httpx.Response:
    return await client.get("/graphql", params=parameters, headers={"Accept": GRAPHQL_RESPONSE})


async def test_get_executes_queries(client: httpx.AsyncClient) -> None:
    query = "query Q($n: Int) { customers(first: $n) { totalCount } }"
    response = await _get(client, query=query, variables='{"n": 1}', operationName="Q", extensions="{}")
    assert (response.status_code, response.json()) == (200, {"data": {"customers": {"totalCount": 1}}})


async def test_get_takes_empty_parameters_as_absent(client: httpx.AsyncClient) -> None:
    assert (await _get(client, query=VIEWER, variables="", extensions="")).status_code == 200


@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, JSON])
async def test_get_never_executes_mutations(desk: Desk, client: httpx.AsyncClient, accept: str) -> None:
    response = await client.get("/graphql", params={"query": SETTLE}, headers={"Accept": accept})
    assert (response.status_code, _code(response)) == (405, "BAD_REQUEST")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"query": VIEWER, "variables": "{"},
        {"query": VIEWER, "variables": "[]"},
        {"query": VIEWER, "variables": "7"},
        {"query": VIEWER, "extensions": "nonsense"},
        {"query": VIEWER, "variables": "[" * 5_000},
    ],
)
async def test_malformed_parameters_are_a_bad_request(
    client: httpx.AsyncClient, parameters: dict[str, str]
) -> None:
    response = await _get(client, **parameters)
    assert (response.status_code, _code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_not_allowed(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql", headers={"Accept": JSON})
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
