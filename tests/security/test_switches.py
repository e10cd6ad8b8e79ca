"""What production switches off: questions about the schema, GraphiQL, and every document that is not known."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from api.operations import ready_made_operations
from api.trusted_documents import hash_of
from server.documents import manifest
from support.served import ADMIN, client_from, served

VIEWER = next(operation["query"] for operation in ready_made_operations() if operation["name"] == "WhoAmI")
UPDATE = "mutation { updateCreditParameters(input: {enabled: true}) { __typename } }"
NEW = "application/graphql-response+json"
BROWSER = {"Accept": "text/html"}


async def _post(client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    return await client.post("/graphql", json=body, headers={**ADMIN, "Accept": NEW, "Accept-Language": "en"})


def _code(answer: httpx.Response) -> tuple[int, str]:
    assert "data" not in answer.json()
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def test_without_introspection_nothing_is_told_about_the_schema(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with served(monkeypatch, tmp_path, introspection="false") as (app, _), client_from(app) as client:
        for query in (
            "{ __schema { types { name fields { name } } } }",
            '{ __type(name: "Integration") { fields { name } } }',
            '{ viewer { name } a: __type(name: "Integration") { nonsense(x: 1) } }',
            "query { ...F } fragment F on Query { __schema { queryType { name } } }",
            "{ ... on Query { __schema { queryType { name } } } }",
            "mutation { __schema { queryType { name } } }",
        ):
            answer = await _post(client, {"query": query})
            assert _code(answer) == (400, "VALIDATION_ERROR"), query
            (error,) = answer.json()["errors"]
            assert error["message"] == "Introspection is off."
            assert "Integration" not in answer.text
        named = await _post(client, {"query": "{ __typename viewer { __typename } }"})
        assert named.json() == {"data": {"__typename": "Query", "viewer": {"__typename": "Viewer"}}}


@pytest.mark.parametrize("introspection", ["true", "false"])
async def test_no_error_suggests_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, introspection: str
) -> None:
    async with (
        served(monkeypatch, tmp_path, introspection=introspection) as (app, _),
        client_from(app) as client,
    ):
        for query in (
            "{ viewr { name } }",
            "{ viewer { nam } }",
            "{ customers(frist: 1) { totalCount } }",
            "{ customers(orderBy: {feild: NAME}) { totalCount } }",
            "{ consultations(filter: {outcome: SUCCEDED}) { totalCount } }",
            "mutation { updateCreditParameter(input: {}) { __typename } }",
            "query ($x: Strin) { viewer { name } }",
            "{ ... on Qeury { viewer { name } } }",
        ):
            answer = await _post(client, {"query": query})
            assert _code(answer) == (400, "VALIDATION_ERROR"), query
            assert "did you mean" not in answer.text.lower()


async def test_graphiql_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with served(monkeypatch, tmp_path, graphiql="false") as (app, _), client_from(app) as client:
        assert (await client.get("/graphql", headers=BROWSER)).status_code == 406
        for path in ("/", "/graphql/assets/explorer.js", "/graphql/assets/graphiql.js"):
            assert (await client.get(path, headers=BROWSER)).status_code == 404
        assert (await _post(client, {"query": VIEWER})).json()["data"]["viewer"]["name"] == "admin"


@pytest.fixture
def documents(tmp_path: Path) -> str:
    """A manifest of the ready-made operations."""
    file = tmp_path / "manifest.json"
    file.write_text(manifest(None), encoding="utf-8")
    return str(file)


def _by_apollo(known_by: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": known_by}}}


async def test_known_documents_are_executed_by_hash_or_as_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, documents: str
) -> None:
    known_by = hash_of(VIEWER)
    async with (
        served(monkeypatch, tmp_path, trusted_documents=documents) as (app, _),
        client_from(app) as client,
    ):
        for body in (
            {"documentId": f"sha256:{known_by}"},
            {"documentId": f"sha256:{known_by}", "operationName": "WhoAmI", "query": VIEWER},
            _by_apollo(known_by),
            {**_by_apollo(known_by), "query": VIEWER},
            {"query": VIEWER},
        ):
            answer = await _post(client, body)
            assert answer.json()["data"]["viewer"]["name"] == "admin", body
        by_link = await client.get("/graphql", params={"documentId": f"sha256:{known_by}"}, headers=ADMIN)
        assert by_link.json()["data"]["viewer"]["name"] == "admin"


async def test_nothing_else_is_executed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, documents: str
) -> None:
    known, other = hash_of(VIEWER), hash_of(UPDATE)
    async with (
        served(monkeypatch, tmp_path, trusted_documents=documents) as (app, _),
        client_from(app) as client,
    ):
        for body, code in (
            ({"query": UPDATE}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": VIEWER + " "}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": "{ __schema { queryType { name } } }"}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": UPDATE, "documentId": f"sha256:{known}"}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": UPDATE, **_by_apollo(known)}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": UPDATE, **_by_apollo(other)}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"documentId": f"sha256:{other}"}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"documentId": known}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"documentId": f"md5:{known}"}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"documentId": f"sha256:{known.upper()}"}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"documentId": ""}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"documentId": 7}, "BAD_REQUEST"),
            ({"extensions": {"persistedQuery": {"sha256Hash": 7}}}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"extensions": {"persistedQuery": known}}, "BAD_REQUEST"),
            ({}, "BAD_REQUEST"),
        ):
            assert _code(await _post(client, body)) == (400, code), body
        parameters = (await _post(client, {"query": VIEWER})).json()
        assert "errors" not in parameters


async def test_elsewhere_documents_go_by_their_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known_by = hash_of(VIEWER)
    async with served(monkeypatch, tmp_path) as (app, _), client_from(app) as client:
        answer = await _post(client, {**_by_apollo(known_by), "query": VIEWER})
        assert answer.json()["data"]["viewer"]["name"] == "admin"
        for body in ({"documentId": f"sha256:{known_by}"}, _by_apollo(known_by)):
            assert _code(await _post(client, body)) == (400, "PERSISTED_QUERY_NOT_SUPPORTED")
