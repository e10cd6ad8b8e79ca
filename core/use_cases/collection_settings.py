"""The parameters of the collection routine (parâmetros de cobrança): reading them with inheritance, changing them."""

from dataclasses import dataclass
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.calendar_rules import MIN_DAYS_OVERDUE
from core.domain.collection import (
    COMPANY_DEFAULT,
    MAX_DAYS_AFTER_DUE,
    AutomaticNegativation,
    CollectionParameters,
    EffectiveCollection,
    effective,
)
from core.domain.errors import Problems
from core.use_cases.changes import UNSET, Change, changed
from core.use_cases.visible import get_branch
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionView:
    """The parameters as saved for the company or a branch, and what holds there after inheritance."""

    parameters: CollectionParameters
    effective: EffectiveCollection


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCollectionParameters:
    """Raises NotFound."""

    units_of_work: UnitsOfWork

    async def __call__(self, caller: Caller, branch_id: UUID | None) -> CollectionView:
        """The company's parameters (None) or a branch's."""
        caller.require(Scope.READ)
        async with self.units_of_work.read() as work:
            if branch_id is not None:
                await get_branch(work, branch_id, caller, "branchId")
            return await _view(work, branch_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCollectionParametersCommand:
    """branch_id: None for the company. automatic and days_after_due: DEFAULT and None mean "as the company"."""

    caller: Caller
    branch_id: UUID | None
    automatic: Change[AutomaticNegativation] = UNSET
    days_after_due: Change[int | None] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCollectionParameters:
    """Policy: the company itself has nobody to inherit from, so it says yes or no and a number of days.

    Raises NotFound, Forbidden (the company's want a caller that reaches every branch), InvalidInput
    (COMPANY_CANNOT_INHERIT, INVALID_DAYS_AFTER_DUE).
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: UpdateCollectionParametersCommand) -> CollectionView:
        """Change them; what the command leaves out stays."""
        caller = command.caller
        caller.require(Scope.CONFIGURE)
        if command.branch_id is None:
            caller.require_every_branch()
        async with self.units_of_work.begin() as work:
            await work.lock("collection-parameters")
            if command.branch_id is not None:
                await get_branch(work, command.branch_id, caller, "branchId")
            before = (await _view(work, command.branch_id)).parameters
            parameters = CollectionParameters(
                branch_id=command.branch_id,
                automatic=changed(command.automatic, before.automatic),
                days_after_due=changed(command.days_after_due, before.days_after_due),
            )
            _check(parameters)
            await work.collection_settings.save(parameters)
            await work.audit.add(
                audited(
                    caller,
                    AuditAction.COLLECTION_PARAMETERS_UPDATED,
                    event_id=self.ids.new(),
                    at=self.clock.now(),
                    record=("CollectionParameters", command.branch_id),
                    branch_id=command.branch_id,
                    automatic=parameters.automatic.value,
                    daysAfterDue=parameters.days_after_due
                    if parameters.days_after_due is not None
                    else "inherited",
                )
            )
            return await _view(work, command.branch_id)


def _check(parameters: CollectionParameters) -> None:
    problems = Problems()
    days = parameters.days_after_due
    if days is not None and not MIN_DAYS_OVERDUE <= days <= MAX_DAYS_AFTER_DUE:
        problems.add(
            ("daysAfterDue",), "INVALID_DAYS_AFTER_DUE", min=MIN_DAYS_OVERDUE, max=MAX_DAYS_AFTER_DUE
        )
    if parameters.branch_id is None and days is None:
        problems.add(("daysAfterDue",), "COMPANY_CANNOT_INHERIT")
    if parameters.branch_id is None and parameters.automatic is AutomaticNegativation.DEFAULT:
        problems.add(("automatic",), "COMPANY_CANNOT_INHERIT")
    problems.raise_if_any()


async def _view(work: UnitOfWork, branch_id: UUID | None) -> CollectionView:
    saved = await work.collection_settings.of([branch_id] if branch_id else [])
    company = saved.get(None, COMPANY_DEFAULT)
    if branch_id is None:
        return CollectionView(parameters=company, effective=effective(company, None))
    inherits = CollectionParameters(
        branch_id=branch_id, automatic=AutomaticNegativation.DEFAULT, days_after_due=None
    )
    own = saved.get(branch_id, inherits)
    return CollectionView(parameters=own, effective=effective(company, own))
