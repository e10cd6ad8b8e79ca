"""One exchange with the provider: sends a call, reads a bounded answer and says exactly what went wrong if it did.

The one place where failures of the network and of the wire become failure classes. What matters is whether the provider
may have acted: nothing that was possibly received is ever called TRANSIENT.
"""

import asyncio
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Generic, Literal, TypeVar

import httpx
import stamina
from pydantic import ValidationError

from adapters.connect_sa.circuit import Circuit
from adapters.connect_sa.wire import Answer, ErrorAnswer, KeyedAnswer
from core.domain.bureau import FINAL_FAILURES, BureauAccount, BureauFailure, FailureClass

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
CONSULTATION_READ_SECONDS = 30.0
TOTAL_SECONDS = 60.0
"""The most that one exchange may take, however slowly the answer trickles in."""

ORDER_SECONDS = 18.0
"""The most that sending an inclusion or a clearing may take: the claim that it is sent under must not end meanwhile."""

KEEPALIVE_SECONDS = 4.0
"""Idle connections are dropped before uvicorn drops them (5 s): a stale one would turn a write into UNDETERMINED."""

MAX_ANSWER_BYTES = 5 * 1024 * 1024

READ_ATTEMPTS = 3
READ_RETRY_SECONDS = 10.0
"""Reads are repeated at most READ_ATTEMPTS times and only within this time. Writes never are."""

_MAX_RETRY_AFTER_SECONDS = 86_400

_LOCKED = "CREDENCIAL_BLOQUEADA"
"""The login rests after too many wrong passwords: the one shown now was not looked at, so nothing is known of it."""

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_PERHAPS_SENT = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)

_log = logging.getLogger(__name__)

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[A]):
    """A call of the contract. `name` is what logs say, so it holds neither keys nor documents.

    key: the order's key; sent with a POST, and every answer that carries a key must carry this one.
    total_seconds: for what must end sooner than TOTAL_SECONDS would have it.
    repeatable: a read that may be repeated by itself after a transient failure, because the provider keeps no count of it.
    """

    name: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    answer: type[A]
    key: str | None = None
    body: Mapping[str, object] | None = None
    params: Mapping[str, str] | None = None
    read_seconds: float = READ_SECONDS
    total_seconds: float = math.inf
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class _Raw:
    """An answer as it came; `body` is None when it was too large or encoded in a way that was not asked for."""

    status: int
    retry_after: str | None
    body: bytes | None


def new_http_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """The HTTP client that the adapter expects: short-lived idle connections, no cookies, loopback never proxied."""
    return httpx.AsyncClient(
        transport=transport,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        limits=httpx.Limits(keepalive_expiry=KEEPALIVE_SECONDS),
        mounts=None if transport else {"all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None},
    )


def silence_http_logs() -> None:
    """Keep httpx and httpcore from logging addresses and headers: they hold documents, keys and passwords."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Provider:
    """One address of the provider, how it is reached, and whether it is held to be up."""

    base_url: str
    client: httpx.AsyncClient
    circuit: Circuit


async def exchange(provider: Provider, account: BureauAccount, call: Call[A]) -> A:
    """Make the call and return its answer. Raises BureauFailure and nothing else for what the provider or network does."""
    if call.method != "GET" or not call.repeatable:
        return await _once(provider, account, call)

    def may_be_repeated(error: Exception) -> bool:
        return _is_transient(error) and not provider.circuit.is_open

    async for attempt in stamina.retry_context(
        on=may_be_repeated,
        attempts=READ_ATTEMPTS,
        timeout=READ_RETRY_SECONDS,
        wait_initial=0.1,
        wait_max=1.0,
        wait_jitter=0.2,
    ):
        with attempt:
            return await _once(provider, account, call)
    raise AssertionError("the last attempt returns or raises")


def _is_transient(error: Exception) -> bool:
    return isinstance(error, BureauFailure) and error.failure is FailureClass.TRANSIENT


async def _once(provider: Provider, account: BureauAccount, call: Call[A]) -> A:
    # Failures are raised outside the except blocks: an httpx error carries the request, and with it the password.
    failure: BureauFailure | None = None
    raw = _Raw(0, None, None)
    cause = ""
    with provider.circuit.calling() as exchanged:
        try:
            raw = await _round_trip(provider, account, call)
        except _NEVER_SENT as error:
            failure, cause = BureauFailure(failure=FailureClass.TRANSIENT), type(error).__name__
        except _PERHAPS_SENT as error:
            failure, cause = _unclear(call), type(error).__name__
        answer = _accepted(call, raw)
        refusal = _refusal(raw)
        exchanged.answered = answer is not None or (refusal is not None and raw.status < 500)
    if answer is not None:
        return answer
    if failure is None:
        failure, cause = _failure(call, raw, refusal), f"status {raw.status}"
    level = logging.INFO if failure.failure in FINAL_FAILURES else logging.WARNING
    _log.log(level, "bureau call %s failed: %s (%s)", call.name, failure.failure, cause)
    raise failure


async def _round_trip(provider: Provider, account: BureauAccount, call: Call[A]) -> _Raw:
    # Only identity encoding is asked for and taken: MAX_ANSWER_BYTES would not bound what a compressed answer unfolds to.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if call.method == "POST" and call.key is not None:
        headers["Idempotency-Key"] = call.key
    async with (
        asyncio.timeout(min(call.total_seconds, TOTAL_SECONDS)),
        provider.client.stream(
            call.method,
            provider.base_url + call.path,
            headers=headers,
            params=call.params,
            json=call.body,
            follow_redirects=False,
            auth=httpx.BasicAuth(account.login, account.password.value),
            timeout=httpx.Timeout(CONNECT_SECONDS, read=call.read_seconds, write=READ_SECONDS),
        ) as response,
    ):
        return _Raw(response.status_code, response.headers.get("Retry-After"), await _bounded_body(response))


async def _bounded_body(response: httpx.Response) -> bytes | None:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return None
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            return None
    return bytes(body)


def _accepted(call: Call[A], raw: _Raw) -> A | None:
    """The answer of a success that is what the contract says, and speaks of the order that was sent."""
    if raw.body is None or not 200 <= raw.status < 300:
        return None
    answer = _parse(call.answer, raw.body or _NOTHING)
    if isinstance(answer, KeyedAnswer) and answer.chave != call.key:
        return None
    return answer


def _refusal(raw: _Raw) -> ErrorAnswer | None:
    """What the provider says against the call, if it says it in the contract's shape."""
    return _parse(ErrorAnswer, raw.body) if raw.body is not None and raw.status >= 400 else None


def _failure(call: Call[A], raw: _Raw, error: ErrorAnswer | None) -> BureauFailure:
    if error is None:
        return _unclear(call)
    return BureauFailure(
        failure=_class_of(call, raw.status, error),
        code=error.codigo,
        message=error.mensagem,
        billable=error.faturada,
        retry_after_seconds=_seconds(raw.retry_after),
    )


def _class_of(call: Call[A], status: int, error: ErrorAnswer) -> FailureClass:
    """The class of a refusal in the contract's shape. 503 alone assures that nothing was done."""
    match status:
        case 401 if error.codigo == _LOCKED:
            return FailureClass.QUOTA
        case 401:
            return FailureClass.CREDENTIAL
        case 402:
            return FailureClass.BALANCE
        case 409:
            return FailureClass.DUPLICATE
        case 422 if error.classe == "BLOQUEIO_LEGAL":
            return FailureClass.LEGAL_BLOCK
        case 429:
            return FailureClass.QUOTA
        case 503:
            return FailureClass.TRANSIENT
        case _ if status >= 500:
            return _unclear(call).failure
        case _:
            return FailureClass.VALIDATION


def _unclear(call: Call[A]) -> BureauFailure:
    """Nothing can be concluded: harmless for what may be repeated, to be reconciled after what may have left a trace."""
    harmless = call.method == "GET" and call.repeatable
    return BureauFailure(failure=FailureClass.TRANSIENT if harmless else FailureClass.UNDETERMINED)


_NOTHING = b"{}"
"""What the empty body of a 204 stands for."""

P = TypeVar("P", bound=Answer)


def _parse(shape: type[P], body: bytes) -> P | None:
    try:
        return shape.model_validate_json(body)
    except ValidationError:
        return None


def _seconds(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return min(int(text), _MAX_RETRY_AFTER_SECONDS)
