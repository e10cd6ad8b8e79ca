"""Monitoring: CNPJs that are watched for changes."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.connect_sa.sandbox.books import Books
from adapters.connect_sa.sandbox.credentials import authenticate
from adapters.connect_sa.sandbox.fields import checked_document
from adapters.connect_sa.sandbox.paging import page_of, refuse_haste
from adapters.connect_sa.sandbox.state import Watch
from core.domain.documents import DocumentKind


async def watched(request: Request) -> Response:
    """GET /v1/monitoramentos."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "consulta")
    return JSONResponse({"monitoramentos": [_row(watch) for watch in books.state.watches.get(login, [])]})


async def watch(request: Request) -> Response:
    """PUT /v1/monitoramentos/{cnpj}: an existing watch is returned as it is."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "consulta")
    cnpj = checked_document(request.path_params["cnpj"], kind=DocumentKind.CNPJ).number
    watches = books.state.watches.setdefault(login, [])
    found = next((existing for existing in watches if existing.cnpj == cnpj), None)
    if found is None:
        found = Watch(cnpj=cnpj, since=books.now())
        watches.append(found)
    return JSONResponse(_row(found))


async def unwatch(request: Request) -> Response:
    """DELETE /v1/monitoramentos/{cnpj}."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "consulta")
    cnpj = checked_document(request.path_params["cnpj"], kind=DocumentKind.CNPJ).number
    watches = books.state.watches.get(login, [])
    books.state.watches[login] = [existing for existing in watches if existing.cnpj != cnpj]
    return Response(status_code=204)


async def changes(request: Request) -> Response:
    """GET /v1/monitoramentos/eventos."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "consulta")
    feed = f"monitoramentos/{login}"
    refuse_haste(books, feed)
    rows, page = page_of(books, request, books.state.changes.get(login, []), feed)
    return JSONResponse(
        {
            "eventos": [
                {
                    "id": f"{books.epoch}.{change.number}",
                    "cnpj": change.cnpj,
                    "tipo": change.kind,
                    "descricao": change.description,
                    "ocorridaEm": change.occurred_at.isoformat(),
                }
                for change in rows
            ],
            **page,
        }
    )


def _row(watch: Watch) -> dict[str, str]:
    return {"cnpj": watch.cnpj, "desde": watch.since.isoformat()}
