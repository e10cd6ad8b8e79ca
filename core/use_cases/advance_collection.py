"""Carry a run of the collection routine on by one chunk: so small, while somebody calls, that nobody waits for it for long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import SYSTEM, Caller
from core.domain.branch import Branch
from core.domain.bureau import BureauCode
from core.domain.calendar_rules import local_date
from core.domain.code_tables import CodeTable
from core.domain.collection import (
    COMPANY_DEFAULT,
    CollectionDecision,
    CollectionItem,
    CollectionPhase,
    CollectionProgress,
    CollectionRun,
    CollectionRunStatus,
    effective,
)
from core.domain.eligibility import Case, reasons_against
from core.domain.errors import Problem
from core.domain.integration import Integration
from core.domain.invoice import InvoiceStatus
from core.domain.listing import InvoiceFilter, NegativationFilter, NegativationOrder
from core.domain.negativation import Negativation, NegativationForm, NotClearable
from core.domain.paging import Cursor, Direction, Order, Page, Window
from core.use_cases.assess_eligibility import case_of, read_portfolio
from core.use_cases.bureau_codes import BureauCodes
from core.use_cases.clear_negativation import audit_clearing, request_clearing
from core.use_cases.place_registration import place_registrations
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork

CHUNK = 75
"""Invoices or registrations at once while others wait for answers: no step of it keeps them waiting for long."""

CHUNK_ALONE = 500
"""Invoices at once while nobody does, which costs half as much for each on SQLite. Each is a lock, of which PostgreSQL has some
thousand for everybody.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """What one chunk decided, and the number of the last record looked at; None when the branch has no more."""

    items: tuple[CollectionItem, ...] = ()
    examined: int = 0
    last_number: int | None = None


class _CodesWanted(Exception):
    """The restriction codes of an integration have to be asked for first."""

    def __init__(self, integration: Integration) -> None:
        super().__init__(integration.id)
        self.integration = integration


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceCollection:
    """Policy.

    - Registers, with form AUTOMATIC, what is open, overdue long enough, and has no reason against it; what has reasons is
      noted with all of them.
    - Does not register again what the bureau refused or removed, or somebody took back: people resend it, or register it by
      hand. What the service itself cancelled before the bureau had it is registered again.
    - Clears live registrations of form AUTOMATIC whose invoice is no longer open. MANUAL ones are left to people.
    - Only in branches whose integration says "incluir/remover automaticamente"; the rest is passed over. Once the integration
      is unlinked nothing is registered any more; what was is still cleared.
    - The chunk and the progress behind it are one transaction, so a crash repeats nothing.
    """

    units_of_work: UnitsOfWork
    codes: BureauCodes
    clock: Clock
    ids: Ids

    async def __call__(self, run_id: UUID, invoices: int = CHUNK) -> CollectionRun:
        """The run after one more chunk, or as it is when it was done already. invoices: how many to decide on at most."""
        asked: dict[UUID, Sequence[BureauCode]] = {}
        while True:
            try:
                async with self.units_of_work.begin() as work:
                    return await self._advance(work, run_id, invoices, asked)
            except _CodesWanted as wanted:
                # Asking may take a while: no unit of work is open meanwhile.
                of = wanted.integration
                asked[of.id] = await self.codes.of(of, CodeTable.RESTRICTION)

    async def _advance(
        self, work: UnitOfWork, run_id: UUID, invoices: int, asked: Mapping[UUID, Sequence[BureauCode]]
    ) -> CollectionRun:
        run = await work.collection_runs.get(run_id, lock=True)
        if run is None:
            raise LookupError("a run of the collection routine is gone")
        if run.status is CollectionRunStatus.DONE:
            return run
        chunk = await self._chunk(work, run, invoices, asked) if run.progress.branch_ids else _Chunk()
        advanced = run.advanced(_after(run, chunk), chunk.items, chunk.examined, self.clock.now())
        await work.collection_items.add(chunk.items)
        await work.collection_runs.save(advanced)
        return advanced

    async def _chunk(
        self,
        work: UnitOfWork,
        run: CollectionRun,
        invoices: int,
        asked: Mapping[UUID, Sequence[BureauCode]],
    ) -> _Chunk:
        found = await _automated(work, run.progress.branch_ids[0], run.progress.phase)
        if found is None:
            return _Chunk()
        branch, integration = found
        if run.progress.phase is CollectionPhase.REGISTER:
            return await self._register(work, run, invoices, branch, integration, asked)
        return await self._clear(work, run, branch, integration)

    async def _register(
        self,
        work: UnitOfWork,
        run: CollectionRun,
        invoices: int,
        branch: Branch,
        integration: Integration,
        asked: Mapping[UUID, Sequence[BureauCode]],
    ) -> _Chunk:
        settings = await work.collection_settings.of([branch.id])
        parameters = effective(settings.get(None, COMPANY_DEFAULT), settings.get(branch.id))
        if not parameters.automatic:
            return _Chunk()
        codes = asked.get(integration.id)
        if codes is None:
            codes = await self.codes.fetched(work, integration, CodeTable.RESTRICTION)
        if codes is None:
            raise _CodesWanted(integration)
        matching = InvoiceFilter(
            branch_ids=frozenset({branch.id}),
            status=frozenset({InvoiceStatus.OPEN}),
            due_to=parameters.overdue_until(run.run_date),
        )
        found = await work.invoices.numbered(matching, run.progress.after_number, invoices + 1)
        page = found[:invoices]
        ids = [invoice_id for _, invoice_id in page]
        await work.lock_all(f"invoice:{invoice_id}" for invoice_id in ids)
        items = await self._decide(work, run, ids, integration, codes)
        last_number = page[-1][0] if len(found) > invoices else None
        return _Chunk(items=tuple(items), examined=len(page), last_number=last_number)

    async def _decide(
        self,
        work: UnitOfWork,
        run: CollectionRun,
        invoice_ids: list[UUID],
        integration: Integration,
        known: Sequence[BureauCode],
    ) -> list[CollectionItem]:
        portfolio = await read_portfolio(
            work, invoice_ids, to_be_acted_on=not run.dry_run, but_live_ones=True
        )
        latest = await work.negativations.latest_of_invoices(list(portfolio.invoices))
        now = self.clock.now()
        today = run.run_date if run.dry_run else local_date(now)
        decided: list[tuple[Case, tuple[Problem, ...]]] = []
        contracts: set[tuple[str, str]] = set()
        if run.dry_run:  # it stores no registration, by which those of the chunks before would be known
            debts = {
                (portfolio.customers[invoice.customer_id].document.number, invoice.contract_number)
                for invoice in portfolio.invoices.values()
                if invoice.contract_number is not None
            }
            contracts = await work.collection_items.registered_contracts(
                run.id, integration.environment, debts
            )
        for invoice_id in invoice_ids:
            if invoice_id not in portfolio.invoices:
                continue
            case = case_of(portfolio, invoice_id, None, today)
            debt = (case.customer.document.number, case.invoice.debt_reference)
            if debt in contracts:
                case = replace(case, contract_is_live=True)
            reasons = (*reasons_against(case, known), *_left_to_people(latest.get(invoice_id)))
            if not reasons:
                contracts.add(debt)
            decided.append((case, reasons))
        placed = await place_registrations(
            work,
            [] if run.dry_run else [case for case, reasons in decided if not reasons],
            integration,
            form=NegativationForm.AUTOMATIC,
            caller=_actor(run),
            ids=self.ids,
            at=now,
        )
        by_invoice = {negativation.invoice_id: negativation for _, negativation in placed}
        return [
            self._item(
                run,
                case.invoice.branch_id,
                case.invoice.id,
                CollectionDecision.NOT_ELIGIBLE if reasons else CollectionDecision.REGISTERED,
                by_invoice.get(case.invoice.id),
                reasons,
            )
            for case, reasons in decided
        ]

    async def _clear(
        self, work: UnitOfWork, run: CollectionRun, branch: Branch, integration: Integration
    ) -> _Chunk:
        matching = NegativationFilter(
            branch_ids=frozenset({branch.id}), form=NegativationForm.AUTOMATIC, clearing_due=True
        )
        order = Order(NegativationOrder.NUMBER, Direction.ASC)
        page = await work.negativations.page(matching, order, _window(run))
        items = [await self._clear_one(work, run, edge.record, integration) for edge in page.edges]
        return _Chunk(items=tuple(items), examined=len(items), last_number=_last_number(page))

    async def _clear_one(
        self, work: UnitOfWork, run: CollectionRun, listed: Negativation, integration: Integration
    ) -> CollectionItem:
        code = integration.automation.clearing_code
        negativation = await work.negativations.get(listed.id, lock=True) or listed
        reasons: tuple[Problem, ...] = ()
        if code is None:
            reasons = (Problem(("integration", "automation", "clearingCode"), "CLEARING_CODE_REQUIRED"),)
        elif not run.dry_run:
            now = self.clock.now()
            try:
                cleared = await request_clearing(work, negativation, code, at=now, actor=_actor(run).name)
            except NotClearable:
                params = {"status": negativation.status.value}
                reasons = (Problem(("negativation", "status"), "NOT_CLEARABLE", params),)
            else:
                await audit_clearing(work, _actor(run), cleared, code, event_id=self.ids.new(), at=now)
        decision = CollectionDecision.NOT_CLEARABLE if reasons else CollectionDecision.CLEARED
        return self._item(run, listed.branch_id, listed.invoice_id, decision, listed, reasons)

    def _item(
        self,
        run: CollectionRun,
        branch_id: UUID,
        invoice_id: UUID,
        decision: CollectionDecision,
        negativation: Negativation | None,
        reasons: tuple[Problem, ...],
    ) -> CollectionItem:
        return CollectionItem(
            id=self.ids.new(),
            number=0,
            run_id=run.id,
            branch_id=branch_id,
            invoice_id=invoice_id,
            negativation_id=negativation.id if negativation else None,
            decision=decision,
            reasons=reasons,
        )


async def _automated(
    work: UnitOfWork, branch_id: UUID, phase: CollectionPhase
) -> tuple[Branch, Integration] | None:
    """The branch and its integration, if that includes and removes automatically; to register, it must be linked."""
    branch = await work.branches.get(branch_id)
    integration = await work.integrations.of_branch(branch_id)
    if branch is None or integration is None or not integration.automation.enabled:
        return None
    if phase is CollectionPhase.REGISTER and branch.integration_id != integration.id:
        return None
    return branch, integration


def _left_to_people(latest: Negativation | None) -> tuple[Problem, ...]:
    """The reason against registering an invoice again by itself, if its latest registration is one."""
    if latest is None or not latest.left_to_people:
        return ()
    status = {"status": latest.status.value}
    return (Problem(("invoice", "negativation"), "NEGATIVATED_BEFORE", status),)


def _window(run: CollectionRun) -> Window:
    number = run.progress.after_number
    return Window(size=CHUNK, after=Cursor(number, number) if number else None)


def _last_number(page: Page[Negativation]) -> int | None:
    return page.edges[-1].cursor.number if page.has_next else None


def _after(run: CollectionRun, chunk: _Chunk) -> CollectionProgress | None:
    """Where the run goes on: in the same branch, in the next one, in the next phase; None when it is done."""
    progress = run.progress
    if chunk.last_number is not None:
        return replace(progress, after_number=chunk.last_number)
    if progress.branch_ids[1:]:
        return replace(progress, branch_ids=progress.branch_ids[1:], after_number=0)
    if progress.phase is CollectionPhase.REGISTER and run.branch_ids:
        return CollectionProgress(phase=CollectionPhase.CLEAR, branch_ids=run.branch_ids)
    return None


def _actor(run: CollectionRun) -> Caller:
    """In whose name the routine acts: its own, with whoever started the run."""
    return replace(SYSTEM, name=run.started_by)
