"""PEFIN: inclusions, clearings, reconciliation and results."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.connect_sa.sandbox.answers import (
    Body,
    Refusal,
    invalid,
    order_key,
    read_body,
)
from adapters.connect_sa.sandbox.books import Books, protocol_for
from adapters.connect_sa.sandbox.credentials import authenticate, require_balance
from adapters.connect_sa.sandbox.fields import Amount, Contract, Uf, checked_document, keep_waiting
from adapters.connect_sa.sandbox.paging import page_of, refuse_haste
from adapters.connect_sa.sandbox.scenarios import Outcome, scenario_of
from adapters.connect_sa.sandbox.state import Clearing, ClearingState, Registration, RegistrationState
from core.domain.bureau import BureauCode
from core.domain.calendar_rules import (
    ADULT_AGE,
    MIN_DAYS_OVERDUE,
    age_on,
    days_overdue,
    too_old_to_register,
)
from core.domain.code_tables import CLEARING_CODES, RESTRICTION_CODES
from core.domain.documents import DocumentKind


class DebtorBody(Body):
    """Devedor."""

    documento: str
    nome: Annotated[str, Field(min_length=1, max_length=70)]
    sexo: Literal["F", "M", "O"] | None
    data_nascimento: date | None
    celular: Annotated[str, Field(pattern=r"^[0-9]{10,11}$")]
    cep: Annotated[str, Field(pattern=r"^[0-9]{8}$")]
    logradouro: Annotated[str, Field(min_length=1, max_length=45)]
    numero: Annotated[str, Field(min_length=1, max_length=10)]
    complemento: Annotated[str, Field(min_length=1, max_length=25)]
    bairro: Annotated[str, Field(min_length=1, max_length=20)]
    municipio: Annotated[str, Field(min_length=1, max_length=25)]
    uf: Uf


class InclusionBody(Body):
    """Inclusao."""

    devedor: DebtorBody
    contrato: Contract
    valor: Amount
    data_vencimento: date
    codigo_restricao: str
    envia_sms: bool
    cpf_responsavel: str


class ClearingBody(Body):
    """Baixa."""

    chave_inclusao: str
    documento: str
    contrato: Contract
    codigo_baixa: str


async def restriction_codes(request: Request) -> Response:
    """GET /v1/pefin/codigos-restricao."""
    authenticate(request.app.state.books, request, "pefin")
    return _table(RESTRICTION_CODES)


async def clearing_codes(request: Request) -> Response:
    """GET /v1/pefin/codigos-baixa."""
    authenticate(request.app.state.books, request, "pefin")
    return _table(CLEARING_CODES)


async def include(request: Request) -> Response:
    """POST /v1/pefin/inclusoes: recorded under its key once, however often it comes."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "pefin")
    key = order_key(request)
    body = await read_body(request, InclusionBody)
    fingerprint = hashlib.blake2b(body.model_dump_json().encode(), digest_size=16).hexdigest()
    registration = books.registration(login, key)
    first = registration is None
    if registration is None:
        _refuse_unless_acceptable(books, login, key, body)
        registration = Registration(
            login=login,
            key=key,
            protocol=protocol_for("I", login, key),
            fingerprint=fingerprint,
            document=body.devedor.documento,
            debtor=body.devedor.nome,
            contract=body.contrato,
            amount=body.valor,
            due_on=body.data_vencimento,
            restriction_code=body.codigo_restricao,
            send_sms=body.envia_sms,
            responsible_cpf=body.cpf_responsavel,
            received_at=books.now(),
        )
        books.add_registration(registration)
    elif registration.fingerprint != fingerprint:
        raise invalid("CHAVE_REUTILIZADA", "A chave já foi usada em outro pedido.")
    else:
        registration.received += 1
    await keep_waiting(request, registration.document, first=first)
    return _receipt(key, registration.protocol, "INCLUSAO", status=202)


async def clear(request: Request) -> Response:
    """POST /v1/pefin/baixas: recorded under its key once, however often it comes."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "pefin")
    key = order_key(request)
    body = await read_body(request, ClearingBody)
    registration = books.registration(login, body.chave_inclusao)
    if registration is None:
        raise Refusal(404, "INCLUSAO_NAO_ENCONTRADA", "Nenhuma inclusão com esta chave.")
    clearing = next((held for held in registration.clearings if held.key == key), None)
    first = clearing is None
    if clearing is None:
        _refuse_unless_clearable(books, registration, key, body)
        clearing = Clearing(
            key=key, protocol=protocol_for("B", login, key), code=body.codigo_baixa, received_at=books.now()
        )
        books.add_clearing(registration, clearing)
    elif clearing.code != body.codigo_baixa:
        raise invalid("CHAVE_REUTILIZADA", "A chave já foi usada em outro pedido.")
    else:
        clearing.received += 1
    await keep_waiting(request, registration.document, first=first)
    return _receipt(key, clearing.protocol, "BAIXA", status=202)


async def find_operation(request: Request) -> Response:
    """GET /v1/pefin/operacoes/{chave}."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "pefin")
    key: str = request.path_params["chave"]
    registration = books.registration(login, key)
    if registration is not None:
        return _receipt(key, registration.protocol, "INCLUSAO", status=200)
    clearing = books.clearing(login, key)
    if clearing is not None:
        return _receipt(key, clearing.protocol, "BAIXA", status=200)
    raise Refusal(404, "OPERACAO_NAO_ENCONTRADA", "Nenhuma operação com esta chave.")


async def results(request: Request) -> Response:
    """GET /v1/pefin/resultados."""
    books: Books = request.app.state.books
    login = authenticate(books, request, "pefin")
    feed = f"resultados/{login}"
    refuse_haste(books, feed)
    events, page = page_of(books, request, books.state.events.get(login, []), feed)
    rows = [
        {
            "id": f"{books.epoch}.{event.number}",
            "chave": event.key,
            "tipo": event.kind,
            "ocorridoEm": event.occurred_at.isoformat(),
            "codigos": [code.model_dump() for code in event.codes],
        }
        for event in events
    ]
    return JSONResponse({"eventos": rows, **page})


def _refuse_unless_acceptable(books: Books, login: str, key: str, body: InclusionBody) -> None:
    document = checked_document(body.devedor.documento)
    if document.is_alphanumeric:
        raise invalid("DOCUMENTO_NAO_SUPORTADO_PELO_BUREAU", "O bureau ainda não aceita CNPJ alfanumérico.")
    checked_document(body.cpf_responsavel, kind=DocumentKind.CPF)
    if document.kind is DocumentKind.CPF and (
        body.devedor.sexo is None or body.devedor.data_nascimento is None
    ):
        raise invalid("CAMPO_INVALIDO", "Sexo e data de nascimento são obrigatórios para CPF.")
    if body.codigo_restricao not in _codes(RESTRICTION_CODES):
        raise invalid("CODIGO_RESTRICAO_INVALIDO", "Código de restrição inexistente.")
    if int(body.valor.replace(".", "")) == 0:
        raise invalid("VALOR_INVALIDO", "O valor deve ser maior que zero.")
    today = books.today()
    due_on = body.data_vencimento
    if days_overdue(due_on, today) < MIN_DAYS_OVERDUE or too_old_to_register(due_on, today):
        raise invalid(
            "VENCIMENTO_FORA_DO_PRAZO", "Vencimento há menos de 4 dias ou há mais de 4 anos e 11 meses."
        )
    born_on = body.devedor.data_nascimento
    if document.kind is DocumentKind.CPF and born_on is not None and age_on(born_on, today) < ADULT_AGE:
        raise Outcome.MINOR.refusal()
    scenario = scenario_of(document.number)
    if scenario is not None and scenario.inclusion_refused is not None:
        raise scenario.inclusion_refused.refusal()
    if books.live_debt(login, document.number, body.contrato) is not None:
        raise Outcome.DUPLICATE.refusal()
    if books.clearing(login, key) is not None:
        raise invalid("CHAVE_REUTILIZADA", "A chave já foi usada em outro pedido.")
    require_balance(login)


def _refuse_unless_clearable(books: Books, registration: Registration, key: str, body: ClearingBody) -> None:
    if (registration.document, registration.contract) != (body.documento, body.contrato):
        raise invalid("INCLUSAO_DIVERGENTE", "Documento ou contrato não conferem com a inclusão.")
    if body.codigo_baixa not in _codes(CLEARING_CODES):
        raise invalid("CODIGO_BAIXA_INVALIDO", "Código para baixa inexistente.")
    if registration.state is RegistrationState.RECEIVED:
        raise invalid("INCLUSAO_NAO_PROCESSADA", "A inclusão ainda não foi processada.")
    if registration.state not in (RegistrationState.AWAITING_NOTICE, RegistrationState.ACTIVE):
        raise invalid("INCLUSAO_ENCERRADA", "A inclusão não está mais vigente.")
    if any(clearing.state is ClearingState.RECEIVED for clearing in registration.clearings):
        raise Refusal(409, "BAIXA_JA_SOLICITADA", "Já existe uma baixa em processamento.")
    login = registration.login
    if books.clearing(login, key) is not None or books.registration(login, key) is not None:
        raise invalid("CHAVE_REUTILIZADA", "A chave já foi usada em outro pedido.")


def _receipt(key: str, protocol: str, operation: str, *, status: int) -> Response:
    return JSONResponse({"chave": key, "protocolo": protocol, "operacao": operation}, status_code=status)


def _table(rows: Iterable[BureauCode]) -> Response:
    return JSONResponse({"codigos": [{"codigo": row.code, "descricao": row.description} for row in rows]})


def _codes(rows: Iterable[BureauCode]) -> set[str]:
    return {row.code for row in rows}
