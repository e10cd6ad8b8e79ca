"""A credit bureau in memory, which remembers what it was asked and fails when told to."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from core.domain.bureau import (
    BureauAccount,
    BureauCode,
    BureauEvent,
    BureauEventKind,
    BureauEvents,
    BureauFailure,
    BureauReport,
    ConsultationOrder,
    CredentialKind,
    Exclusion,
    FailureClass,
    Inclusion,
    Receipt,
)
from core.domain.code_tables import CLEARING_CODES, RESTRICTION_CODES
from core.domain.documents import Document
from core.domain.errors import DomainError
from core.domain.money import Money
from core.domain.monitoring import ChangeEvent, ChangeEvents
from core.domain.plans import ConsultationPlan, PlanOffer
from core.domain.report import EMPTY_BLOCK, CreditReport, Score
from core.domain.secret import Secret
from ports.credit_bureau import CreditBureau

PRICE = Money(250)
"""What a consultation costs here."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that arrived: the method's name, the account, and the key it was about (or the kind of password)."""

    operation: str
    account: BureauAccount
    key: str | None = None


@dataclass(slots=True)
class Pause:
    """Calls of one operation that are made to wait: `reached` is set when the first one arrived."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    resumed: asyncio.Event = field(default_factory=asyncio.Event)


class FakeBureau(CreditBureau):
    """Takes every password until `passwords` names the right one, and every order until `fail` says otherwise.

    calls: everything that arrived, in order. billed: how often each consultation key was billed. inclusions, exclusions,
    reports: what is held, by key. watched: the CNPJs under watch, by integration. changes_found: what is told of them. report_of: what is known of a document number (others get an ordinary report).
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.billed: Counter[str] = Counter()
        self.inclusions: dict[str, Inclusion] = {}
        self.exclusions: dict[str, Exclusion] = {}
        self.reports: dict[str, BureauReport] = {}
        self.report_of: dict[str, CreditReport] = {}
        self.passwords: dict[tuple[str, CredentialKind], Secret] = {}
        self.watched: dict[UUID, set[str]] = defaultdict(set)
        self.changes_found: list[ChangeEvent] = []
        self.ask_again_after_seconds = 60
        self.page_size = 100
        self._events: dict[UUID, list[BureauEvent]] = defaultdict(list)
        self._owners: dict[str, UUID] = {}
        self._failures: dict[str, deque[tuple[DomainError, bool]]] = defaultdict(deque)
        self._pauses: dict[str, Pause] = {}

    def fail(self, operation: str, *failures: DomainError, recorded: bool = False) -> None:
        """Let the next calls of a method raise these, in order; with `recorded`, after having done what was asked."""
        self._failures[operation].extend((failure, recorded) for failure in failures)

    def forgive(self) -> None:
        """Drop the failures that were not met."""
        self._failures.clear()

    def pause(self, operation: str) -> Pause:
        """Let the calls of a method wait, before anything is done, until `resumed` is set."""
        return self._pauses.setdefault(operation, Pause())

    def happen(
        self,
        kind: BureauEventKind,
        inclusion_key: str,
        *,
        at: datetime = datetime(2026, 3, 17, 12, 0, tzinfo=UTC),
        codes: tuple[BureauCode, ...] = (),
    ) -> BureauEvent:
        """Add an event for the integration that sent this inclusion."""
        events = self._events[self._owners[inclusion_key]]
        event = BureauEvent(
            event_id=f"event-{sum(map(len, self._events.values())) + 1}",
            inclusion_key=inclusion_key,
            kind=kind,
            occurred_at=at,
            codes=codes,
        )
        events.append(event)
        return event

    def called(self, operation: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.operation == operation]

    async def test_credentials(self, account: BureauAccount, kind: CredentialKind) -> None:
        async with self._asked("test_credentials", account, kind, kind.value):
            pass

    async def plans(self, account: BureauAccount) -> list[PlanOffer]:
        async with self._asked("plans", account, CredentialKind.CONSULTATION):
            return [
                PlanOffer(plan=plan, name=plan.value.title(), price_centavos=PRICE.centavos)
                for plan in ConsultationPlan
            ]

    async def restriction_codes(self, account: BureauAccount) -> list[BureauCode]:
        async with self._asked("restriction_codes", account, CredentialKind.PEFIN):
            return list(RESTRICTION_CODES)

    async def clearing_codes(self, account: BureauAccount) -> list[BureauCode]:
        async with self._asked("clearing_codes", account, CredentialKind.PEFIN):
            return list(CLEARING_CODES)

    async def consult(self, account: BureauAccount, order: ConsultationOrder) -> BureauReport:
        async with self._asked("consult", account, CredentialKind.CONSULTATION, order.key):
            if order.key not in self.reports:
                self.reports[order.key] = self._report(order)
                self.billed[order.key] += 1
            return self.reports[order.key]

    async def find_consultation(self, account: BureauAccount, key: str) -> BureauReport | None:
        async with self._asked("find_consultation", account, CredentialKind.CONSULTATION, key):
            return self.reports.get(key)

    async def register(self, account: BureauAccount, inclusion: Inclusion) -> Receipt:
        async with self._asked("register", account, CredentialKind.PEFIN, inclusion.key):
            self.inclusions.setdefault(inclusion.key, inclusion)
            self._owners[inclusion.key] = account.integration_id
            return _receipt(inclusion.key)

    async def clear(self, account: BureauAccount, exclusion: Exclusion) -> Receipt:
        async with self._asked("clear", account, CredentialKind.PEFIN, exclusion.key):
            self.exclusions.setdefault(exclusion.key, exclusion)
            return _receipt(exclusion.key)

    async def find(self, account: BureauAccount, key: str) -> Receipt | None:
        async with self._asked("find", account, CredentialKind.PEFIN, key):
            return _receipt(key) if key in self.inclusions or key in self.exclusions else None

    async def events(self, account: BureauAccount, after: str | None) -> BureauEvents:
        async with self._asked("events", account, CredentialKind.PEFIN, after):
            all_events = self._events[account.integration_id]
            first = int(after or 0)
            last = min(first + self.page_size, len(all_events))
            return BureauEvents(
                events=tuple(all_events[first:last]),
                cursor=str(last),
                has_more=last < len(all_events),
                ask_again_after_seconds=self.ask_again_after_seconds,
            )

    async def change_password(self, account: BureauAccount, kind: CredentialKind, new: Secret) -> None:
        async with self._asked("change_password", account, kind, kind.value):
            self.passwords[account.login, kind] = new

    async def watch(self, account: BureauAccount, company: Document) -> None:
        async with self._asked("watch", account, CredentialKind.CONSULTATION):
            self.watched[account.integration_id].add(company.number)

    async def unwatch(self, account: BureauAccount, company: Document) -> None:
        async with self._asked("unwatch", account, CredentialKind.CONSULTATION):
            self.watched[account.integration_id].discard(company.number)

    async def changes(self, account: BureauAccount, after: str | None) -> ChangeEvents:
        async with self._asked("changes", account, CredentialKind.CONSULTATION, after):
            first = int(after or 0)
            last = min(first + self.page_size, len(self.changes_found))
            return ChangeEvents(
                events=tuple(self.changes_found[first:last]),
                cursor=str(last),
                has_more=last < len(self.changes_found),
                ask_again_after_seconds=self.ask_again_after_seconds,
            )

    @asynccontextmanager
    async def _asked(
        self, operation: str, account: BureauAccount, kind: CredentialKind, key: str | None = None
    ) -> AsyncIterator[None]:
        """Note the call, check the password, and fail before or after the work when that was asked for."""
        self.calls.append(Call(operation, account, key))
        if operation in self._pauses:
            self._pauses[operation].reached.set()
            await self._pauses[operation].resumed.wait()
        await asyncio.sleep(0)
        failure, recorded = (
            self._failures[operation].popleft() if self._failures[operation] else (None, False)
        )
        if failure is not None and not recorded:
            raise failure
        if self.passwords.get((account.login, kind), account.password) != account.password:
            raise BureauFailure(failure=FailureClass.CREDENTIAL, code="401", message="Senha inválida")
        yield
        if failure is not None:
            raise failure

    def _report(self, order: ConsultationOrder) -> BureauReport:
        usual = CreditReport(score=Score(700), pending_debts=EMPTY_BLOCK, protests=EMPTY_BLOCK)
        return BureauReport(
            protocol=f"protocol of {order.key}",
            report=self.report_of.get(order.document.number, usual),
            original=f"<!doctype html><title>{order.plan}</title>".encode(),
            original_media_type="text/html; charset=utf-8",
            billable=True,
            cost=PRICE,
        )


def _receipt(key: str) -> Receipt:
    return Receipt(protocol=f"protocol of {key}")
