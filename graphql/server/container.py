"""Dependency injection: ports by instance, use cases by what their fields ask for."""

from collections.abc import Iterable
from typing import TypeVar, get_type_hints

import punq

from api.use_cases import UseCases
from core.domain.access import hash_token
from core.use_cases.chain_audit import ChainAudit
from core.use_cases.confirm_caller import ConfirmCaller
from core.use_cases.continue_collection import ContinueCollection, StartDailyCollection
from core.use_cases.create_token import CreateToken
from core.use_cases.deliver import Deliver
from core.use_cases.erase_subject import EraseSubject
from core.use_cases.export_subject import ExportSubject
from core.use_cases.fetch_changes import FetchChanges
from core.use_cases.fetch_results import FetchResults
from core.use_cases.forget_idempotency_keys import ForgetIdempotencyKeys
from core.use_cases.identify_caller import IdentifyCaller
from core.use_cases.list_keys import ListKeys
from core.use_cases.list_tokens import ListTokens
from core.use_cases.missing_keys import MissingKeys
from core.use_cases.note_token_use import NoteTokenUse
from core.use_cases.open_report import OpenOriginal, OpenReport
from core.use_cases.purge_records import PurgeRecords
from core.use_cases.revoke_token import RevokeToken
from core.use_cases.rotate_keys import RotateKeys
from core.use_cases.stream_consultations import StreamConsultations
from core.use_cases.stream_negativations import StreamNegativations
from core.use_cases.verify_audit import VerifyAudit
from ports.business_calendar import BusinessCalendar
from ports.callers import Callers
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.outbox import Queue
from ports.password_hasher import PasswordHasher
from ports.report_lines import ReportLines
from ports.report_renderer import ReportRenderer
from ports.token_lookup import TokenLookup
from ports.token_source import TokenSource
from ports.token_verifier import TokenVerifier
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

OWN_USE_CASES = (
    ChainAudit,
    ConfirmCaller,
    ContinueCollection,
    CreateToken,
    Deliver,
    EraseSubject,
    ExportSubject,
    FetchChanges,
    FetchResults,
    ForgetIdempotencyKeys,
    ListKeys,
    ListTokens,
    MissingKeys,
    NoteTokenUse,
    OpenOriginal,
    OpenReport,
    PurgeRecords,
    RevokeToken,
    RotateKeys,
    StartDailyCollection,
    StreamConsultations,
    StreamNegativations,
    VerifyAudit,
)
"""What the server itself does, besides what the API offers."""

MADE_HERE = (IdentifyCaller, NoteTokenUse)
"""What is made with more than ports, or must be the same for all."""

_USE_CASES = "core.use_cases."

MadeT = TypeVar("MadeT")


def build_container(
    *,
    units_of_work: UnitsOfWork,
    queue: Queue,
    bureau: CreditBureau,
    vault: Vault,
    password_hasher: PasswordHasher,
    token_source: TokenSource,
    token_lookup: TokenLookup,
    renderer: ReportRenderer,
    report_lines: ReportLines,
    callers: Callers,
    clock: Clock,
    ids: Ids,
    calendar: BusinessCalendar,
    verifier: TokenVerifier | None = None,
    admin_token: str | None = None,
) -> punq.Container:
    """A container of ports and use cases. The parameters' types are what makes the type checker compare adapter and port.

    verifier: checks tokens of an identity provider, if there is one. admin_token: the token known in advance, if there is one.
    """
    container = punq.Container()
    ports: dict[type, object] = {
        UnitsOfWork: units_of_work,
        Queue: queue,
        CreditBureau: bureau,
        Vault: vault,
        PasswordHasher: password_hasher,
        TokenSource: token_source,
        ReportRenderer: renderer,
        ReportLines: report_lines,
        Callers: callers,
        Clock: clock,
        Ids: ids,
        BusinessCalendar: calendar,
    }
    for port, instance in ports.items():
        container.register(port, instance=instance)
    uses = NoteTokenUse(units_of_work=units_of_work, clock=clock)
    container.register(NoteTokenUse, instance=uses)
    identify = IdentifyCaller(
        tokens=token_lookup,
        units_of_work=units_of_work,
        clock=clock,
        verifier=verifier,
        uses=uses,
        admin_token_hash=hash_token(admin_token) if admin_token else None,
    )
    container.register(IdentifyCaller, instance=identify)
    _register(container, [*get_type_hints(UseCases).values(), *OWN_USE_CASES], known=set(MADE_HERE))
    return container


def use_cases(container: punq.Container) -> UseCases:
    """Every use case that the API offers."""
    return UseCases(**{name: container.resolve(hint) for name, hint in get_type_hints(UseCases).items()})


def make(container: punq.Container, needy: type[MadeT]) -> MadeT:
    """Something of the server's own that is made of ports and use cases."""
    _register(container, [needy], known=set(MADE_HERE))
    return container.resolve(needy)


def _register(container: punq.Container, use_cases: Iterable[type], *, known: set[type]) -> None:
    """Register the use cases, and those that they build on."""
    for use_case in use_cases:
        if use_case not in known:
            known.add(use_case)
            container.register(use_case)
            needed = [hint for hint in get_type_hints(use_case).values() if isinstance(hint, type)]
            deeper = [hint for hint in needed if hint.__module__.startswith(_USE_CASES)]
            _register(container, deeper, known=known)
