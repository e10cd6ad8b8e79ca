"""Consultations: plans, reports, and finding a report again."""

import base64

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.connect_sa.sandbox.answers import Body, Refusal, invalid, order_key, read_body
from adapters.connect_sa.sandbox.books import Books, protocol_for
from adapters.connect_sa.sandbox.catalogue import PLANS
from adapters.connect_sa.sandbox.credentials import authenticate, require_balance
from adapters.connect_sa.sandbox.fields import Uf, checked_document, keep_waiting
from adapters.connect_sa.sandbox.page import MEDIA_TYPE, draw_page
from adapters.connect_sa.sandbox.reports import draw_report
from adapters.connect_sa.sandbox.scenarios import scenario_of
from adapters.connect_sa.sandbox.state import Consultation
from core.domain.calendar_rules import local_date
from core.domain.documents import Document, DocumentKind


class Order(Body):
    """PedidoDeConsulta."""

    documento: str
    uf: Uf | None
    plano: str


async def plans(request: Request) -> Response:
    """GET /v1/planos."""
    authenticate(request.app.state.books, request, "consulta")
    rows = [{"codigo": plan.code, "nome": plan.name, "preco": plan.price} for plan in PLANS.values()]
    return JSONResponse({"planos": rows})


async def consult(request: Request) -> Response:
    """POST /v1/consultas: recorded and billed under its key once, however often it comes."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "consulta")
    key = order_key(request)
    order = await read_body(request, Order)
    consultation = books.consultation(login, key)
    first = consultation is None
    if consultation is None:
        consultation = _new_consultation(books, login, key, order)
        books.add_consultation(consultation)
    elif (consultation.document, consultation.state_code, consultation.plan) != (
        order.documento,
        order.uf,
        order.plano,
    ):
        raise invalid("CHAVE_REUTILIZADA", "A chave já foi usada em outro pedido.")
    else:
        consultation.received += 1
    await keep_waiting(request, order.documento, first=first)
    return _delivered(consultation)


async def find_consultation(request: Request) -> Response:
    """GET /v1/consultas/{chave}."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "consulta")
    consultation = books.consultation(login, request.path_params["chave"])
    if consultation is None:
        raise Refusal(404, "CONSULTA_NAO_ENCONTRADA", "Nenhuma consulta com esta chave.")
    return _delivered(consultation)


def _new_consultation(books: Books, login: str, key: str, order: Order) -> Consultation:
    document = checked_document(order.documento)
    if order.plano not in PLANS:
        raise invalid("PLANO_INVALIDO", "Plano não contratado.")
    if document.kind is DocumentKind.CPF and order.uf is None:
        raise invalid("UF_OBRIGATORIA", "A UF é obrigatória na consulta de CPF.")
    scenario = scenario_of(document.number)
    if scenario is not None and scenario.consultation_refused is not None:
        raise scenario.consultation_refused.refusal()
    require_balance(login)
    return Consultation(
        login=login,
        key=key,
        protocol=protocol_for("C", login, key),
        document=document.number,
        state_code=order.uf,
        plan=order.plano,
        performed_at=books.now(),
    )


def _delivered(consultation: Consultation) -> Response:
    plan = PLANS[consultation.plan]
    on = local_date(consultation.performed_at)
    report = draw_report(consultation.document, consultation.state_code, plan, on)
    kind = DocumentKind.CPF if len(consultation.document) == 11 else DocumentKind.CNPJ
    page = draw_page(
        report,
        document=Document(kind, consultation.document).formatted,
        plan=plan,
        protocol=consultation.protocol,
        performed_at=consultation.performed_at,
    )
    return JSONResponse(
        {
            "chave": consultation.key,
            "protocolo": consultation.protocol,
            "faturada": True,
            "preco": plan.price,
            "relatorio": report,
            "original": {"tipoMidia": MEDIA_TYPE, "conteudo": base64.b64encode(page).decode()},
        }
    )
