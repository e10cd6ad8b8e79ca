"""Random walks through the life cycle on SQLite, legal and illegal steps alike, against a model of its own.

The model below says in plain dictionaries what each step does to each state. It does not read the table of the domain.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.sql.migrate import migrate
from core.domain.bureau import BureauEventKind, BureauFailure, FailureClass
from core.domain.errors import DomainError
from core.domain.invoice import Invoice
from core.domain.negativation import (
    TRANSITIONS,
    AlreadyNegativated,
    Negativation,
    NotClearable,
    NotResendable,
)
from core.domain.negativation import NegativationStatus as S
from core.domain.parameters import CreditAnalysisDisabled
from core.use_cases.clear_negativation import ClearNegativation, ClearNegativationCommand
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.resend_negativation import ResendNegativation, ResendNegativationCommand
from support.builders import make_customer, make_invoice
from support.storages import sql_storage, sqlite_address
from support.world import World

INVOICES = 3
ENDED = {S.CANCELLED, S.REJECTED, S.CLEARED, S.REMOVED_BY_BUREAU, S.EXPIRED}
IN_FLIGHT = {S.SENT, S.UNDETERMINED}

AFTER_DELIVERY = {
    "taken in": {S.QUEUED: S.SENT, S.UNDETERMINED: S.SENT, S.CLEARING_QUEUED: S.CLEARING_SENT},
    "answer lost": {S.QUEUED: S.UNDETERMINED, S.CLEARING_QUEUED: S.CLEARING_QUEUED},
    "never arrived": {S.QUEUED: S.UNDETERMINED, S.CLEARING_QUEUED: S.CLEARING_QUEUED},
    "down": {S.QUEUED: S.QUEUED, S.CLEARING_QUEUED: S.CLEARING_QUEUED},
    "refused": {S.QUEUED: S.REJECTED, S.CLEARING_QUEUED: S.CLEARING_REJECTED},
}
AFTER_EVENT = {
    BureauEventKind.INCLUSION_ACCEPTED: {S.SENT: S.AWAITING_NOTICE, S.UNDETERMINED: S.AWAITING_NOTICE},
    BureauEventKind.INCLUSION_REJECTED: {S.SENT: S.REJECTED, S.UNDETERMINED: S.REJECTED},
    BureauEventKind.PUBLISHED: {S.SENT: S.ACTIVE, S.UNDETERMINED: S.ACTIVE, S.AWAITING_NOTICE: S.ACTIVE},
    BureauEventKind.CLEARING_ACCEPTED: {S.CLEARING_SENT: S.CLEARED, S.CLEARING_QUEUED: S.CLEARED},
    BureauEventKind.CLEARING_REJECTED: {
        S.CLEARING_SENT: S.CLEARING_REJECTED,
        S.CLEARING_QUEUED: S.CLEARING_REJECTED,
    },
    BureauEventKind.REMOVED: dict.fromkeys(set(S) - ENDED - {S.CANCELLED}, S.REMOVED_BY_BUREAU),
}
CLEARABLE = {S.AWAITING_NOTICE, S.ACTIVE, S.CLEARING_REJECTED}

ResultT = TypeVar("ResultT")
template = Path(tempfile.mkdtemp(prefix="fiador-walk-")) / "template.sqlite3"


class LifeCycle(RuleBasedStateMachine):
    """One branch, three invoices, and a bureau that misbehaves when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.open = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="fiador-walk-"))
        if not template.exists():
            asyncio.run(migrate(sqlite_address(template)))
        file = Path(shutil.copy(template, self.folder / "walk.sqlite3"))
        self.world = self.run(self._opened(file))
        self.invoices = self.run(self._invoices())
        self.statuses: dict[Invoice, S] = {}
        self.negativations: dict[Invoice, Negativation] = {}
        self.held: set[Invoice] = set()
        self.attempted: set[Invoice] = set()
        self.enabled = True

    def run(self, work: Awaitable[ResultT]) -> ResultT:
        async def awaited() -> ResultT:
            return await work

        return self.runner.run(awaited())

    async def _opened(self, file: Path) -> World:
        storage = await self.open.enter_async_context(sql_storage(sqlite_address(file)))
        return await World(kept_in=storage).populate()

    async def _invoices(self) -> list[Invoice]:
        invoices = []
        async with self.world.units_of_work.begin() as work:
            for _ in range(INVOICES):
                customer = await work.customers.add(make_customer(branch_id=self.world.branch.id))
                invoices.append(
                    await work.invoices.add(
                        make_invoice(branch_id=self.world.branch.id, customer_id=customer.id)
                    )
                )
        return invoices

    def teardown(self) -> None:
        self.run(self.open.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    def attempt(self, work: Awaitable[Negativation]) -> Negativation | DomainError:
        try:
            return self.run(work)
        except DomainError as error:
            return error

    @rule(which=st.integers(0, INVOICES - 1))
    def negativate(self, which: int) -> None:
        invoice = self.invoices[which]
        outcome = self.attempt(
            self.world.use_case(NegativateDebtor)(
                NegativateDebtorCommand(caller=self.world.caller, invoice_id=invoice.id)
            )
        )
        if not self.enabled:
            assert isinstance(outcome, CreditAnalysisDisabled)
        elif self.statuses.get(invoice, S.CANCELLED) not in ENDED:
            assert isinstance(outcome, AlreadyNegativated)
        else:
            assert isinstance(outcome, Negativation)
            self._begun(invoice, outcome)

    @precondition(lambda self: self.negativations)
    @rule(which=st.integers(0, INVOICES - 1))
    def clear(self, which: int) -> None:
        invoice = self.invoices[which]
        if invoice not in self.negativations:
            return
        status = self.statuses[invoice]
        outcome = self.attempt(
            self.world.use_case(ClearNegativation)(
                ClearNegativationCommand(
                    caller=self.world.caller, negativation_id=self.negativations[invoice].id
                )
            )
        )
        if status is S.QUEUED and invoice not in self.attempted:
            self._is(invoice, outcome, S.CANCELLED)
        elif status in IN_FLIGHT | {S.QUEUED} and invoice not in self.held:
            self._is(invoice, outcome, status)
            self.held.add(invoice)
        elif status in CLEARABLE:
            self._is(invoice, outcome, S.CLEARING_QUEUED)
            self.attempted.discard(invoice)
        else:
            assert isinstance(outcome, NotClearable)

    @precondition(lambda self: self.negativations)
    @rule(which=st.integers(0, INVOICES - 1), force=st.booleans())
    def resend(self, which: int, force: bool) -> None:
        invoice = self.invoices[which]
        if invoice not in self.negativations:
            return
        status = self.statuses[invoice]
        outcome = self.attempt(
            self.world.use_case(ResendNegativation)(
                ResendNegativationCommand(
                    caller=self.world.caller,
                    negativation_id=self.negativations[invoice].id,
                    force=force,
                )
            )
        )
        if status is S.CLEARING_REJECTED:
            self._is(invoice, outcome, S.CLEARING_QUEUED)
            self.attempted.discard(invoice)
        elif status is S.REJECTED and not self.enabled:
            assert isinstance(outcome, CreditAnalysisDisabled)
        elif status is S.REJECTED and force:
            assert isinstance(outcome, Negativation)
            self._begun(invoice, outcome)
        else:
            assert isinstance(outcome, NotResendable)

    @rule(fate=st.sampled_from(sorted(AFTER_DELIVERY)))
    def deliver(self, fate: str) -> None:
        """The bureau meets everything that is due with the same fate."""
        bureau = self.world.bureau
        sent_before = set(bureau.inclusions) | set(bureau.exclusions)
        failures = {
            "answer lost": (FailureClass.UNDETERMINED, True),
            "never arrived": (FailureClass.UNDETERMINED, False),
            "down": (FailureClass.TRANSIENT, False),
            "refused": (FailureClass.VALIDATION, False),
        }
        if fate in failures:
            failure, recorded = failures[fate]
            for operation in ("register", "clear"):
                bureau.fail(operation, *[BureauFailure(failure=failure)] * INVOICES, recorded=recorded)
        self.world.clock.advance(timedelta(hours=1))
        self.run(self.world.deliver())
        bureau.forgive()
        for invoice, status in self.statuses.items():
            if status not in (S.QUEUED, S.UNDETERMINED, S.CLEARING_QUEUED):
                continue
            clearing = status is S.CLEARING_QUEUED
            current = self.run(self.world.negativation(self.negativations[invoice]))
            key = current.clearing_key if clearing else current.inclusion_key
            asked_first = invoice in self.attempted
            if asked_first and key in sent_before:
                self.statuses[invoice] = AFTER_DELIVERY["taken in"][status]
            elif asked_first and not clearing and invoice in self.held:
                # Only what was in doubt for long has certainly not arrived.
                self.statuses[invoice] = S.CANCELLED if status is S.UNDETERMINED else S.UNDETERMINED
            else:
                self.statuses[invoice] = AFTER_DELIVERY[fate].get(status, status)
                if status is S.UNDETERMINED and fate == "refused":
                    self.statuses[invoice] = S.REJECTED
            self.attempted.add(invoice)

    @precondition(lambda self: self.world.bureau.inclusions)
    @rule(which=st.integers(0, INVOICES - 1), kind=st.sampled_from(sorted(AFTER_EVENT)))
    def event(self, which: int, kind: BureauEventKind) -> None:
        """The bureau's batch says something, fitting or not, about an inclusion that it holds."""
        invoice = self.invoices[which]
        if invoice not in self.negativations:
            return
        key = self.run(self.world.negativation(self.negativations[invoice])).inclusion_key
        if key not in self.world.bureau.inclusions:
            return
        self.world.bureau.happen(kind, key)
        self.world.clock.advance(timedelta(hours=1))
        self.run(self.world.fetch_results())
        before = self.statuses[invoice]
        after = AFTER_EVENT[kind].get(before, before)
        confirmed = after in (S.AWAITING_NOTICE, S.ACTIVE) and after is not before
        if confirmed and invoice in self.held:
            after = S.CLEARING_QUEUED
            self.held.discard(invoice)
            self.attempted.discard(invoice)
        self.statuses[invoice] = after

    @rule(enabled=st.booleans())
    def switch(self, enabled: bool) -> None:
        self.enabled = enabled
        self.run(self.world.set_parameters(enabled=enabled))

    @invariant()
    def states_are_those_of_the_model_and_of_the_table(self) -> None:
        for invoice, negativation in self.negativations.items():
            stored = self.run(self.world.negativation(negativation))
            assert stored.status is self.statuses[invoice]
            history = self.run(self.world.history(negativation))
            assert history[-1].status is stored.status
            for earlier, later in pairwise(history):
                assert TRANSITIONS[earlier.status].get(later.trigger) is later.status

    @invariant()
    def no_key_reached_the_bureau_twice_without_asking(self) -> None:
        operations: dict[str | None, list[str]] = {}
        for call in self.world.bureau.calls:
            if call.operation in ("register", "clear", "find"):
                operations.setdefault(call.key, []).append(call.operation)
        for calls in operations.values():
            assert all(call == "find" for call in calls[1::2])

    def _begun(self, invoice: Invoice, negativation: Negativation) -> None:
        self.negativations[invoice] = negativation
        self._is(invoice, negativation, S.QUEUED)
        self.held.discard(invoice)
        self.attempted.discard(invoice)

    def _is(self, invoice: Invoice, outcome: Negativation | DomainError, status: S) -> None:
        assert isinstance(outcome, Negativation)
        assert outcome.status is status
        self.statuses[invoice] = status


TestLifeCycle = LifeCycle.TestCase
TestLifeCycle.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
