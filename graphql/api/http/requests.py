"""Reading a GraphQL request out of an HTTP request."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from api.http.negotiation import JSON, media_type_of
from api.trusted_documents import TrustedDocuments

MAX_BODY = 1_000_000

_UNUSABLE = re.compile("[\x00\ud800-\udfff]")

MAX_HEARD_OUT = 20_000_000
"""Larger bodies than MAX_BODY are heard out to here and dropped: a client that is cut off while it sends never reads why."""


_PARAMETERS = (
    ("query", str, "String"),
    ("documentId", str, "String"),
    ("operationName", str, "String"),
    ("variables", dict, "Object"),
    ("extensions", dict, "Object"),
)


@dataclass(eq=False)
class BadRequest(Exception):
    """The HTTP request holds no GraphQL request. `text` and `values` say why, `status`, `code` and `headers` go out with it."""

    status: int
    text: str
    values: dict[str, str | int]
    headers: dict[str, str]
    code: str = "BAD_REQUEST"


@dataclass(slots=True, kw_only=True)
class GraphQLRequest:
    """What is to be executed."""

    query: str = field(repr=False)
    operation_name: str | None
    variables: dict[str, Any] = field(repr=False)


def refuse(
    status: int,
    text: str,
    headers: dict[str, str] | None = None,
    values: Mapping[str, str | int] | None = None,
    code: str = "BAD_REQUEST",
) -> NoReturn:
    """Give up reading the request."""
    raise BadRequest(status, text, dict(values or {}), headers or {}, code)


async def read_request(request: Request, documents: TrustedDocuments | None = None) -> GraphQLRequest:
    """The GraphQL request. documents: the only ones that may be asked for; None when any may. Raises BadRequest."""
    if request.method == "GET":
        return _read_parameters(_from_query(request), documents)
    if request.method != "POST":
        refuse(405, "METHOD_NOT_ALLOWED", {"Allow": "GET, POST"})
    _check_content_type(request)
    return _read_parameters(_parse(await _read_body(request)), documents)


def _from_query(request: Request) -> dict[str, Any]:
    parameters: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        text = parameters.get(name)
        if text is not None:
            parameters[name] = _load(text, "INVALID_JSON_PARAMETER", name=name) if text else None
    return parameters


def _check_content_type(request: Request) -> None:
    types = request.headers.getlist("content-type")
    if len(types) > 1:
        refuse(400, "REPEATED_HEADER", values={"name": "Content-Type"})
    if not _is_json(types[0] if types else ""):
        refuse(415, "UNSUPPORTED_CONTENT_TYPE", {"Accept-Post": JSON})
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        refuse(415, "UNSUPPORTED_CONTENT_ENCODING", {"Accept-Encoding": "identity"})


@lru_cache(maxsize=128)
def _is_json(content_type: str) -> bool:
    media_type, parameters = media_type_of(content_type)
    return media_type == JSON and parameters.get("charset", "utf-8") in ("utf-8", "utf8")


async def _read_body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and (len(announced) > 10 or int(announced) > MAX_HEARD_OUT):
        refuse(413, "BODY_TOO_LARGE", values={"limit": MAX_BODY})
    body, size, more = bytearray(), 0, True
    while more and size <= MAX_HEARD_OUT:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY:
            body += chunk
        more = message.get("more_body", False)
    if size > MAX_BODY:
        refuse(413, "BODY_TOO_LARGE", values={"limit": MAX_BODY})
    return bytes(body)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        refuse(400, "INVALID_JSON")
    parsed = _load(text, "INVALID_JSON")
    if not isinstance(parsed, dict):
        refuse(400, "NOT_AN_OBJECT")
    return parsed


def _load(text: str, error: str, **values: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):  # also for numbers of thousands of digits
        refuse(400, error, values=values)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        refuse(400, "UNUSABLE_NUMBER")
    return number


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def _read_parameters(parameters: dict[str, Any], documents: TrustedDocuments | None) -> GraphQLRequest:
    for name, kind, expected in _PARAMETERS:
        given = parameters.get(name)
        if given is not None and not isinstance(given, kind):
            refuse(400, "WRONG_PARAMETER", values={"name": name, "expected": expected})
    query = _query(parameters, documents)
    operation_name = parameters.get("operationName")
    variables = parameters.get("variables") or {}
    if _UNUSABLE.search(query) or (variables and not _all_usable(variables)):
        refuse(400, "UNUSABLE_TEXT")
    return GraphQLRequest(query=query, operation_name=operation_name, variables=variables)


def _query(parameters: dict[str, Any], documents: TrustedDocuments | None) -> str:
    """The document, as it came or by its hash."""
    query: str | None = parameters.get("query")
    if documents is None and query is not None:
        return query
    known_by = _hash(parameters)
    if documents is None:
        if known_by is not None:
            refuse(400, "DOCUMENTS_BY_TEXT", code="PERSISTED_QUERY_NOT_SUPPORTED")
        refuse(400, "QUERY_MISSING")
    text = query if known_by is None else documents.text(known_by)
    if text is None:
        if known_by is None:
            refuse(400, "DOCUMENT_ID_MISSING")
        refuse(400, "DOCUMENT_UNKNOWN", code="PERSISTED_QUERY_NOT_FOUND")
    if not documents.trusts(text) or query not in (None, text):
        refuse(400, "DOCUMENT_NOT_TRUSTED", code="DOCUMENT_NOT_TRUSTED")
    return text


def _hash(parameters: dict[str, Any]) -> str | None:
    """The document's hash: from `documentId` (persisted documents of GraphQL over HTTP), or as Apollo's clients send it."""
    document_id: str | None = parameters.get("documentId")
    if document_id is not None:
        return document_id.removeprefix("sha256:") if document_id.startswith("sha256:") else ""
    persisted = (parameters.get("extensions") or {}).get("persistedQuery")
    if not isinstance(persisted, dict):
        return None
    found = persisted.get("sha256Hash")
    return found if isinstance(found, str) else ""


def _all_usable(value: Any) -> bool:
    """Whether every text in the value can be stored: no null character, no lone surrogate."""
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, str):
            if _UNUSABLE.search(found):
                return False
        elif isinstance(found, dict):
            pending.extend(found)
            pending.extend(found.values())
        elif isinstance(found, list):
            pending.extend(found)
    return True
