"""Create and change branches (filiais)."""

from dataclasses import dataclass, replace
from typing import TypedDict
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.branch import MAX_DAILY_BUDGET, Branch
from core.domain.contact import parse_text
from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.errors import Conflict
from core.domain.listing import NegativationFilter
from core.domain.negativation import LIVE
from core.domain.states import StateCode, parse_state_code
from core.use_cases.changes import UNSET, Change, given
from core.use_cases.keep_record import KeepRecord
from core.use_cases.record_input import RecordReader
from core.use_cases.visible import get_branch
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchFields:
    """A branch as it is typed. document: the creditor's CNPJ, in any spelling. state_code: a UF.

    daily_consultation_budget: set by an update only.
    """

    name: str
    document: str
    state_code: str
    city: str
    requires_rescission: bool = False
    daily_consultation_budget: int | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchChanges:
    """Changes to a branch."""

    name: Change[str] = UNSET
    document: Change[str] = UNSET
    state_code: Change[str] = UNSET
    city: Change[str] = UNSET
    requires_rescission: Change[bool] = UNSET
    daily_consultation_budget: Change[int | None] = UNSET
    external_id: Change[str | None] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBranchCommand:
    """A new branch."""

    caller: Caller
    fields: BranchFields


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateBranchCommand:
    """What is to be changed at a branch."""

    caller: Caller
    branch_id: UUID
    changes: BranchChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBranch:
    """Policy: only a caller who reaches every branch may add one.

    Raises Forbidden, InvalidInput (INVALID_TEXT, INVALID_DOCUMENT, WRONG_DOCUMENT_KIND, INVALID_STATE_CODE),
    Conflict EXTERNAL_ID_TAKEN.
    """

    units_of_work: UnitsOfWork
    keep: KeepRecord
    clock: Clock
    ids: Ids

    async def __call__(self, command: CreateBranchCommand) -> Branch:
        """Create it, or answer with the branch that the same sending created before."""
        command.caller.require(Scope.WRITE_RECORDS)
        command.caller.require_every_branch()
        now, branch_id = self.clock.now(), self.ids.new()
        branch = Branch(
            id=branch_id,
            number=0,
            integration_id=None,
            created_at=now,
            updated_at=now,
            **_read(command.fields),
        )
        async with self.units_of_work.begin() as work:
            return await self.keep.create(work, work.branches, branch, branch_id, command.caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateBranch:
    """Policy.

    - The CNPJ stays while debts are registered in its name.
    - What may be spent is set by those who configure, not by those who keep records and consult.

    Raises Forbidden, NotFound, InvalidInput like CreateBranch and INVALID_BUDGET, Conflict BRANCH_NEGATIVATED,
    EXTERNAL_ID_TAKEN.
    """

    units_of_work: UnitsOfWork
    keep: KeepRecord

    async def __call__(self, command: UpdateBranchCommand) -> Branch:
        """Change it."""
        command.caller.require(Scope.WRITE_RECORDS)
        if command.changes.daily_consultation_budget is not UNSET:
            command.caller.require(Scope.CONFIGURE)
        async with self.units_of_work.begin() as work:
            before = await get_branch(work, command.branch_id, command.caller, "branchId", lock=True)
            after = replace(before, **_read(replace(_fields_of(before), **given(command.changes))))
            if after.document != before.document:
                live = NegativationFilter(branch_ids=frozenset({before.id}), status=LIVE)
                if await work.negativations.count(live):
                    raise Conflict(reason="BRANCH_NEGATIVATED")
            return await self.keep.change(work, work.branches, before, after, before.id, command.caller)


class _Values(TypedDict):
    name: str
    document: Document
    state_code: StateCode
    city: str
    requires_rescission: bool
    daily_consultation_budget: int | None
    external_id: str | None


def _read(fields: BranchFields) -> _Values:
    reader = RecordReader()
    name = reader.attempt(lambda: parse_text(fields.name, path=("name",)))
    document = reader.attempt(
        lambda: parse_document(fields.document, path=("document",), kind=DocumentKind.CNPJ)
    )
    state_code = reader.attempt(lambda: parse_state_code(fields.state_code, path=("stateCode",)))
    city = reader.attempt(lambda: parse_text(fields.city, path=("city",), longest=60))
    external_id = reader.external_id(fields.external_id)
    budget = fields.daily_consultation_budget
    if budget is not None and not 0 <= budget <= MAX_DAILY_BUDGET:
        reader.add(("dailyConsultationBudget",), "INVALID_BUDGET", max=MAX_DAILY_BUDGET)
    if reader or name is None or document is None or state_code is None or city is None:
        raise reader.error()
    return _Values(
        name=name,
        document=document,
        state_code=state_code,
        city=city,
        requires_rescission=fields.requires_rescission,
        daily_consultation_budget=budget,
        external_id=external_id,
    )


def _fields_of(branch: Branch) -> BranchFields:
    return BranchFields(
        name=branch.name,
        document=branch.document.number,
        state_code=branch.state_code,
        city=branch.city,
        requires_rescission=branch.requires_rescission,
        daily_consultation_budget=branch.daily_consultation_budget,
        external_id=branch.external_id,
    )
