"""The daily batch: once a calendar day, in the morning, the bureau processes what it received."""

from datetime import UTC, date, datetime, time, timedelta
from zlib import crc32

from adapters.connect_sa.sandbox.books import Books
from adapters.connect_sa.sandbox.scenarios import BatchRule, scenario_of
from adapters.connect_sa.sandbox.state import (
    Change,
    Clearing,
    ClearingState,
    Code,
    Registration,
    RegistrationState,
)
from core.domain.calendar_rules import LOCAL_ZONE, expires_on

NOTICE_DAYS = 10
"""Days between the acceptance and the publication, in which the debtor is notified (CDC art. 43 §2)."""

MORNING = time(6, 0)

_NAME_MISMATCH = Code(codigo="00046", descricao="NOME INFORMADO NAO CONFERE COM O NOME DA SINTESE")
_COMMUNICATION = Code(codigo="00099", descricao="Erro na comunicacao com o Fornecedor")
_CONTESTED = Code(codigo="91", descricao="Contestada pelo consumidor")
_FIVE_YEARS = Code(codigo="97", descricao="Decurso de prazo de cinco anos")

_CHANGES = (
    ("SITUACAO_CADASTRAL", "Alteração da situação cadastral"),
    ("PENDENCIA", "Nova pendência financeira"),
    ("PROTESTO", "Novo protesto"),
    ("ACAO_JUDICIAL", "Nova ação judicial"),
)


def run_due_batches(books: Books) -> None:
    """Run the batch of every day that has begun since the last one, whether days passed or were advanced."""
    today = books.today()
    while books.state.last_batch_on < today:
        books.state.last_batch_on += timedelta(days=1)
        _run(books, books.state.last_batch_on)


def advance(books: Books, days: int) -> None:
    """Let so many days pass on the sandbox's clock, with their batches."""
    books.state.days_ahead += days
    run_due_batches(books)


def _run(books: Books, day: date) -> None:
    # A batch that is made up for before the morning of its own day happens now: nothing is dated in the future.
    at = min(datetime.combine(day, MORNING, LOCAL_ZONE).astimezone(UTC), books.now())
    for registration in books.all_registrations():
        for clearing in registration.clearings:
            if clearing.state is ClearingState.RECEIVED:
                _process_clearing(books, registration, clearing, at)
        match registration.state:
            case RegistrationState.RECEIVED:
                _process_inclusion(books, registration, day, at)
            case RegistrationState.AWAITING_NOTICE | RegistrationState.ACTIVE:
                _age(books, registration, day, at)
    for login, watches in books.state.watches.items():
        for watch in watches:
            _look_for_change(books, login, watch.cnpj, day, at)


def _process_inclusion(books: Books, registration: Registration, day: date, at: datetime) -> None:
    if _rule(registration) is BatchRule.NAME_MISMATCH:
        registration.state = RegistrationState.REJECTED
        registration.codes = [_NAME_MISMATCH]
        books.add_event(registration, "INCLUSAO_REJEITADA", at, [_NAME_MISMATCH])
        return
    registration.state = RegistrationState.AWAITING_NOTICE
    registration.accepted_on = day
    registration.billed += 1
    books.add_event(registration, "INCLUSAO_ACEITA", at)


def _process_clearing(books: Books, registration: Registration, clearing: Clearing, at: datetime) -> None:
    rejected_before = any(held.state is ClearingState.REJECTED for held in registration.clearings)
    if _rule(registration) is BatchRule.CLEARING_REJECTED_ONCE and not rejected_before:
        clearing.state = ClearingState.REJECTED
        clearing.codes = [_COMMUNICATION]
        books.add_event(registration, "BAIXA_REJEITADA", at, [_COMMUNICATION])
        return
    clearing.state = ClearingState.ACCEPTED
    registration.state = RegistrationState.CLEARED
    books.add_event(registration, "BAIXA_ACEITA", at)


def _age(books: Books, registration: Registration, day: date, at: datetime) -> None:
    """What time does to a live registration: expiry, publication, removal."""
    if day >= expires_on(registration.due_on):
        _end(books, registration, RegistrationState.EXPIRED, "EXPIRADA", _FIVE_YEARS, at)
    elif registration.published_on is None:
        if registration.accepted_on is not None and (day - registration.accepted_on).days >= NOTICE_DAYS:
            registration.state = RegistrationState.ACTIVE
            registration.published_on = day
            books.add_event(registration, "PUBLICADA", at)
    elif _rule(registration) is BatchRule.REMOVED:
        _end(books, registration, RegistrationState.REMOVED, "REMOVIDA", _CONTESTED, at)


def _end(
    books: Books, registration: Registration, state: RegistrationState, kind: str, code: Code, at: datetime
) -> None:
    registration.state = state
    registration.codes = [code]
    books.add_event(registration, kind, at, [code])


def _rule(registration: Registration) -> BatchRule:
    scenario = scenario_of(registration.document)
    return scenario.batch if scenario is not None else BatchRule.NONE


def _look_for_change(books: Books, login: str, cnpj: str, day: date, at: datetime) -> None:
    """Clean companies never change, the one with bankruptcies gets worse every day, others change now and then."""
    scenario = scenario_of(cnpj)
    if scenario is not None and scenario.profile is not None:
        if scenario.profile.bankruptcies == 0:
            return
        kind, description = "FALENCIA", "Novo pedido de falência"
    else:
        draw = crc32(f"{cnpj}/{day.isoformat()}".encode())
        if draw % 15:
            return
        kind, description = _CHANGES[draw // 15 % len(_CHANGES)]
    changes = books.state.changes.setdefault(login, [])
    changes.append(
        Change(
            number=books.next_number(), cnpj=cnpj, kind=kind, description=f"{description}.", occurred_at=at
        )
    )
