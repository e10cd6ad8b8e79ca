"""Logins and passwords: who may call, and changing a password."""

import base64
import binascii
import hashlib
import hmac
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.connect_sa.sandbox.answers import Body, Refusal, invalid, read_body
from adapters.connect_sa.sandbox.books import Books
from adapters.connect_sa.sandbox.state import (
    DEMO_LOGIN_PREFIX,
    DEMO_LOGINS,
    INITIAL_CONSULTATION_PASSWORD,
    INITIAL_PEFIN_PASSWORD,
    LOGIN_WITHOUT_BALANCE,
    Account,
    Password,
)
from core.domain.bureau import CredentialKind
from core.domain.credentials import password_problems
from core.domain.secret import Secret

WRONG_TRIES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=5)

_KINDS = {"consulta": CredentialKind.CONSULTATION, "pefin": CredentialKind.PEFIN}


class PasswordChange(Body):
    """The body of a change."""

    senha_nova: str


def authenticate(books: Books, request: Request, kind: str) -> str:
    """The login of the caller. Raises Refusal 401; five wrong passwords in a row lock the login for five minutes."""
    login, password = _basic(request)
    account = _account(books, login)
    if account is None:
        raise Refusal(401, "CREDENCIAL_RECUSADA", "Login ou senha inválidos.")
    current = _password(account, kind)
    now = books.now()
    if current.locked_until is not None and now < current.locked_until:
        raise Refusal(401, "CREDENCIAL_BLOQUEADA", "Acesso bloqueado por excesso de tentativas.")
    if not hmac.compare_digest(current.digest, _digest(login, kind, password)):
        current.wrong_tries += 1
        if current.wrong_tries >= WRONG_TRIES_ALLOWED:
            current.wrong_tries = 0
            current.locked_until = now + LOCKED_FOR
        raise Refusal(401, "CREDENCIAL_RECUSADA", "Login ou senha inválidos.")
    current.wrong_tries = 0
    current.locked_until = None
    return login


def require_balance(login: str) -> None:
    """Raises Refusal 402 for the login that never has balance."""
    if login == LOGIN_WITHOUT_BALANCE:
        raise Refusal(402, "SALDO_INSUFICIENTE", "Saldo pré-pago insuficiente.")


async def test_credential(request: Request) -> Response:
    """GET /v1/credenciais/{tipo}."""
    books: Books = request.app.state.books
    kind = _kind(request)
    login = authenticate(books, request, kind)
    return _credential(books, login, kind)


async def change_password(request: Request) -> Response:
    """PUT /v1/credenciais/{tipo}: effective at once, only from the current password, never back to an earlier one."""
    books: Books = request.app.state.books
    kind = _kind(request)
    login = authenticate(books, request, kind)
    new = (await read_body(request, PasswordChange)).senha_nova
    # Reading the body gave way to other requests: the password must still be the one that this request proved.
    authenticate(books, request, kind)
    current = _password(books.state.accounts[login], kind)
    if password_problems(_KINDS[kind], Secret(new), Secret(new)):
        raise invalid("SENHA_FORA_DO_CRITERIO", "A nova senha não atende aos critérios.")
    digest = _digest(login, kind, new)
    if digest in (current.digest, *current.earlier):
        raise invalid("SENHA_JA_UTILIZADA", "A nova senha já foi utilizada anteriormente.")
    current.earlier.append(current.digest)
    current.digest = digest
    current.changed_at = books.now()
    return _credential(books, login, kind)


def _credential(books: Books, login: str, kind: str) -> JSONResponse:
    changed_at = _password(books.state.accounts[login], kind).changed_at
    return JSONResponse(
        {"tipo": kind, "situacao": "ATIVA", "alteradaEm": changed_at.isoformat() if changed_at else None}
    )


def _kind(request: Request) -> str:
    kind: str = request.path_params["tipo"]
    if kind not in _KINDS:
        raise Refusal(404, "ROTA_NAO_ENCONTRADA", "Endereço inexistente.")
    return kind


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    login, _, password = text.partition(":")
    return login, password


def _account(books: Books, login: str) -> Account | None:
    known = login in DEMO_LOGINS or (
        login.startswith(DEMO_LOGIN_PREFIX) and len(login) <= 64 and "/" not in login
    )
    if known and login not in books.state.accounts:
        books.state.accounts[login] = Account(
            consulta=Password(digest=_digest(login, "consulta", INITIAL_CONSULTATION_PASSWORD)),
            pefin=Password(digest=_digest(login, "pefin", INITIAL_PEFIN_PASSWORD)),
        )
    return books.state.accounts.get(login)


def _password(account: Account, kind: str) -> Password:
    return account.consulta if kind == "consulta" else account.pefin


def _digest(login: str, kind: str, password: str) -> str:
    """Fast, because these are passwords of a sandbox; keyed, so that the file does not show who uses the same one."""
    return hashlib.blake2b(f"{login}/{kind}/{password}".encode(), digest_size=32).hexdigest()
