"""Faults on demand: what to do to the next calls, so that callers can prove what they do when the network fails.

They work outside the application, on the connection itself: an answer is lost although the work was done, comes late,
comes twice, or is not an answer at all.
"""

from collections.abc import MutableMapping
from enum import StrEnum
from random import Random
from typing import Annotated, Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.connect_sa.sandbox.answers import Refusal, hold, refusal_response

_NONSENSE = "<html><body><h1>Manutenção programada</h1></body></html>"


class FaultKind(StrEnum):
    """DROP_BEFORE: the connection closes, nothing was done. DROP_AFTER: done, then the connection closes unanswered.

    DELAY: done, answered `seconds` later. STATUS: nothing done, refused with `status`. REPEAT: the call arrives twice.
    GARBAGE: done, answered with a page that is not of the contract, under `status` (200 unless told).
    """

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    DELAY = "delay"
    STATUS = "status"
    REPEAT = "repeat"
    GARBAGE = "garbage"


class Operation(StrEnum):
    """The operations of the contract, by the word in their path; ANY is all of them."""

    CREDENTIALS = "credenciais"
    PLANS = "planos"
    CONSULTATIONS = "consultas"
    RESTRICTION_CODES = "codigos-restricao"
    CLEARING_CODES = "codigos-baixa"
    INCLUSIONS = "inclusoes"
    CLEARINGS = "baixas"
    LOOK_UPS = "operacoes"
    RESULTS = "resultados"
    MONITORING = "monitoramentos"
    ANY = "*"


class Fault(BaseModel):
    """One entry of the queue: it befalls `times` calls of `operation`, the next ones unless `chance` says otherwise.

    chance: the share of those calls that it befalls, drawn call by call; calls that are spared do not count as `times`.
    seed: the same seed draws the same again; it begins anew when the sandbox is started again.
    """

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    operation: Operation = Operation.ANY
    times: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    chance: Annotated[float, Field(gt=0, le=1)] = 1.0
    seed: int = 0
    _draws: Random = PrivateAttr(default_factory=Random)

    def model_post_init(self, _: object) -> None:
        """Draw as the seed says, and yet apart from other faults with the same seed."""
        self._draws.seed(f"{self.seed}/{self.kind}/{self.operation}/{self.status}")

    def befalls(self, operation: Operation) -> bool:
        """Whether it befalls this call."""
        meant = self.operation in (operation, Operation.ANY)
        return meant and (self.chance == 1 or self._draws.random() < self.chance)


def operation_of(path: str) -> Operation | None:
    """The operation that a path of the contract belongs to."""
    words = path.strip("/").split("/")
    if words[0] != "v1" or len(words) < 2:
        return None
    word = words[2] if words[1] == "pefin" and len(words) > 2 else words[1]
    return Operation(word) if word in set(Operation) else None


def take_fault(queue: list[Fault], operation: Operation) -> Fault | None:
    """The first fault that befalls a call of this operation; the last of its `times` removes it from the queue."""
    for fault in queue:
        if fault.befalls(operation):
            fault.times -= 1
            if fault.times == 0:
                queue.remove(fault)
            return fault
    return None


async def strike(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve the call as the fault wants it."""
    match fault.kind:
        case FaultKind.DROP_BEFORE:
            await _drop(receive, send)
        case FaultKind.STATUS:
            await _refusal(fault)(scope, receive, send)
        case _:
            try:
                request = await Request(scope, receive).body()
            except ClientDisconnect:
                return
            answer = await _run(app, scope, request, receive)
            if fault.kind is FaultKind.REPEAT:
                answer = await _run(app, scope, request, receive)
            if fault.kind is FaultKind.DROP_AFTER:
                await _drop(receive, send)
                return
            if fault.kind is FaultKind.GARBAGE:
                await HTMLResponse(_NONSENSE, status_code=fault.status or 200)(scope, receive, send)
                return
            if fault.kind is FaultKind.DELAY:
                await hold(Request(scope, receive), fault.seconds)
            for message in answer:
                await send(message)


def _refusal(fault: Fault) -> ASGIApp:
    status = fault.status or 503
    retry_after = 1 if status in (429, 503) else None
    legal = False if status == 422 else None
    return refusal_response(
        Refusal(status, "FALHA_SIMULADA", "Falha simulada.", legal=legal, retry_after=retry_after)
    )


async def _run(app: ASGIApp, scope: Scope, body: bytes, receive: Receive) -> list[Message]:
    """The application's answer to the call, kept instead of sent."""
    answer: list[Message] = []
    pending: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    async def keep(message: Message) -> None:
        answer.append(message)

    await app(dict(scope), replay, keep)
    return answer


async def _drop(receive: Receive, send: Send) -> None:
    """Close the connection without an answer.

    ASGI has no word for that, so the server's transport is taken from behind `send` (uvicorn); waiting until the server
    noticed keeps it from complaining about the missing answer. In-process transports have no connection: there the
    caller gets the very error that a closed connection gives.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
