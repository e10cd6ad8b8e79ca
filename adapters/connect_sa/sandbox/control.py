"""What the sandbox answers besides the contract, to callers on this machine only.

GET    /_sandbox/ledger      everything it holds: registrations and consultations, how often received and billed
POST   /_sandbox/advance     {"days": n}: lets n days pass, with their batches
POST   /_sandbox/faults      one fault or a list of them (see `faults.Fault`): what to do to the next calls, as in
                             {"kind": "drop_after", "operation": "*", "chance": 0.03, "times": 1000000, "seed": 7}
GET    /_sandbox/faults      the faults still queued
DELETE /_sandbox/faults      forgets them
GET    /_sandbox/documents   the documents that are answered in fixed ways
POST   /_sandbox/reset       forgets everything
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from ipaddress import ip_address
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.connect_sa.sandbox.answers import Refusal, read_body
from adapters.connect_sa.sandbox.batch import advance as advance_days
from adapters.connect_sa.sandbox.books import Books
from adapters.connect_sa.sandbox.faults import Fault
from adapters.connect_sa.sandbox.scenarios import SCENARIOS, markdown_table
from adapters.connect_sa.sandbox.state import (
    DEMO_LOGIN_PREFIX,
    DEMO_LOGINS,
    INITIAL_CONSULTATION_PASSWORD,
    INITIAL_PEFIN_PASSWORD,
    Consultation,
    Registration,
)

Handler = Callable[[Request], Awaitable[Response]]


class Days(BaseModel):
    """The body of an advance: at most ten years at a time."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=3660)]


class Faults(RootModel[list[Fault] | Fault]):
    """One fault or several."""


def on_loopback(handler: Handler) -> Handler:
    """Answer only callers on this machine."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        if not _is_loopback(request):
            raise Refusal(403, "SOMENTE_LOCAL", "Disponível somente nesta máquina.")
        return await handler(request)

    return guarded


@on_loopback
async def ledger(request: Request) -> Response:
    """GET /_sandbox/ledger."""
    books: Books = request.app.state.books
    return JSONResponse(
        {
            "now": books.now().isoformat(),
            "today": books.today().isoformat(),
            "daysAhead": books.state.days_ahead,
            "calls": dict(books.calls),
            "registrations": [_registration(row) for row in books.state.registrations.values()],
            "consultations": [_consultation(row) for row in books.state.consultations.values()],
        }
    )


@on_loopback
async def advance(request: Request) -> Response:
    """POST /_sandbox/advance."""
    books: Books = request.app.state.books
    before = books.state.last_number
    advance_days(books, (await read_body(request, Days)).days)
    return JSONResponse(
        {
            "now": books.now().isoformat(),
            "today": books.today().isoformat(),
            "daysAhead": books.state.days_ahead,
            "events": books.state.last_number - before,
        }
    )


@on_loopback
async def queue_faults(request: Request) -> Response:
    """POST /_sandbox/faults."""
    books: Books = request.app.state.books
    body = (await read_body(request, Faults)).root
    books.state.faults.extend(body if isinstance(body, list) else [body])
    return _faults(books)


@on_loopback
async def list_faults(request: Request) -> Response:
    """GET /_sandbox/faults."""
    return _faults(request.app.state.books)


@on_loopback
async def forget_faults(request: Request) -> Response:
    """DELETE /_sandbox/faults."""
    books: Books = request.app.state.books
    books.state.faults.clear()
    return _faults(books)


@on_loopback
async def documents(request: Request) -> Response:
    """GET /_sandbox/documents."""
    rows = [
        {
            "name": scenario.name,
            "document": scenario.document,
            "consultation": scenario.consultation,
            "negativation": scenario.negativation,
        }
        for scenario in SCENARIOS
    ]
    return JSONResponse({"documents": rows})


@on_loopback
async def reset(request: Request) -> Response:
    """POST /_sandbox/reset."""
    books: Books = request.app.state.books
    books.reset()
    return Response(status_code=204)


@on_loopback
async def welcome(request: Request) -> Response:
    """GET /: what this server is, for a person who opens it in a browser."""
    return PlainTextResponse(
        "The sandbox of Connect SA. No call reaches a real bureau, nobody here exists.\n\n"
        f"Logins: {', '.join(DEMO_LOGINS)} and all that start with {DEMO_LOGIN_PREFIX}\n"
        f"Passwords at first: {INITIAL_CONSULTATION_PASSWORD} (consultation), {INITIAL_PEFIN_PASSWORD} (PEFIN)\n"
        f"{(__doc__ or '').partition(chr(10))[2]}\n{markdown_table()}\n"
    )


def _is_loopback(request: Request) -> bool:
    if request.client is None:
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _faults(books: Books) -> Response:
    return JSONResponse({"faults": [fault.model_dump(mode="json") for fault in books.state.faults]})


def _registration(row: Registration) -> dict[str, object]:
    return {
        "login": row.login,
        "key": row.key,
        "protocol": row.protocol,
        "document": row.document,
        "debtor": row.debtor,
        "contract": row.contract,
        "amount": row.amount,
        "dueOn": row.due_on.isoformat(),
        "restrictionCode": row.restriction_code,
        "sendSms": row.send_sms,
        "responsibleCpf": row.responsible_cpf,
        "state": row.state.value,
        "codes": [code.model_dump() for code in row.codes],
        "received": row.received,
        "billed": row.billed,
        "receivedAt": row.received_at.isoformat(),
        "acceptedOn": row.accepted_on.isoformat() if row.accepted_on else None,
        "publishedOn": row.published_on.isoformat() if row.published_on else None,
        "clearings": [
            {
                "key": clearing.key,
                "protocol": clearing.protocol,
                "clearingCode": clearing.code,
                "state": clearing.state.value,
                "codes": [code.model_dump() for code in clearing.codes],
                "received": clearing.received,
                "receivedAt": clearing.received_at.isoformat(),
            }
            for clearing in row.clearings
        ],
    }


def _consultation(row: Consultation) -> dict[str, object]:
    return {
        "login": row.login,
        "key": row.key,
        "protocol": row.protocol,
        "document": row.document,
        "stateCode": row.state_code,
        "plan": row.plan,
        "received": row.received,
        "billed": row.billed,
        "performedAt": row.performed_at.isoformat(),
    }
