"""The application: routes, and what surrounds every call (due batches, faults, saving before the answer leaves)."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from adapters.connect_sa.sandbox import consultations, control, credentials, monitoring, pefin
from adapters.connect_sa.sandbox.answers import Refusal, refusal_response
from adapters.connect_sa.sandbox.batch import run_due_batches
from adapters.connect_sa.sandbox.books import Books, real_now
from adapters.connect_sa.sandbox.faults import operation_of, strike, take_fault

_ROUTES = [
    Route("/v1/credenciais/{tipo}", credentials.test_credential, methods=["GET"]),
    Route("/v1/credenciais/{tipo}", credentials.change_password, methods=["PUT"]),
    Route("/v1/planos", consultations.plans, methods=["GET"]),
    Route("/v1/consultas", consultations.consult, methods=["POST"]),
    Route("/v1/consultas/{chave}", consultations.find_consultation, methods=["GET"]),
    Route("/v1/pefin/codigos-restricao", pefin.restriction_codes, methods=["GET"]),
    Route("/v1/pefin/codigos-baixa", pefin.clearing_codes, methods=["GET"]),
    Route("/v1/pefin/inclusoes", pefin.include, methods=["POST"]),
    Route("/v1/pefin/baixas", pefin.clear, methods=["POST"]),
    Route("/v1/pefin/operacoes/{chave}", pefin.find_operation, methods=["GET"]),
    Route("/v1/pefin/resultados", pefin.results, methods=["GET"]),
    Route("/v1/monitoramentos", monitoring.watched, methods=["GET"]),
    Route("/v1/monitoramentos/eventos", monitoring.changes, methods=["GET"]),
    Route("/v1/monitoramentos/{cnpj}", monitoring.watch, methods=["PUT"]),
    Route("/v1/monitoramentos/{cnpj}", monitoring.unwatch, methods=["DELETE"]),
    Route("/_sandbox/ledger", control.ledger, methods=["GET"]),
    Route("/_sandbox/advance", control.advance, methods=["POST"]),
    Route("/_sandbox/faults", control.queue_faults, methods=["POST"]),
    Route("/_sandbox/faults", control.list_faults, methods=["GET"]),
    Route("/_sandbox/faults", control.forget_faults, methods=["DELETE"]),
    Route("/_sandbox/documents", control.documents, methods=["GET"]),
    Route("/_sandbox/reset", control.reset, methods=["POST"]),
    Route("/", control.welcome, methods=["GET"]),
]


class _Sandbox(Starlette):
    """Faults act on the connection, so they stand before everything that Starlette puts around an application."""

    books: Books

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = operation_of(scope["path"]) if scope["type"] == "http" else None
        if operation is None:
            await self._serve(scope, receive, send)
            return
        self.books.calls[operation.value] += 1
        fault = take_fault(self.books.state.faults, operation)
        if fault is None:
            await self._serve(scope, receive, send)
        else:
            await strike(fault, self._serve, scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def saved_first(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.books.save()
            await send(message)

        run_due_batches(self.books)
        await super().__call__(scope, receive, saved_first)


def create_sandbox(state_file: Path | None = None, *, clock: Callable[[], datetime] = real_now) -> Starlette:
    """The sandbox. With `state_file` it goes on where it ended. Raises StateFileUnreadable when that file is not its own."""
    app = _Sandbox(
        routes=_ROUTES,
        exception_handlers={
            Refusal: _refused,
            HTTPException: _not_in_the_contract,
            Exception: _broken,
        },
    )
    app.books = Books(state_file, clock)
    app.state.books = app.books
    return app


async def _refused(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, Refusal):
        raise refusal
    return refusal_response(refusal)


async def _not_in_the_contract(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = {404: "ROTA_NAO_ENCONTRADA", 405: "METODO_NAO_PERMITIDO"}.get(
        error.status_code, "REQUISICAO_INVALIDA"
    )
    response = refusal_response(Refusal(error.status_code, code, "Requisição fora do contrato."))
    response.headers.update(error.headers or {})
    return response


async def _broken(request: Request, error: Exception) -> Response:
    return refusal_response(Refusal(500, "ERRO_INTERNO", "Erro interno."))
