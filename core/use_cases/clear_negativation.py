"""Clear a registration at the credit bureau (baixa de negativação), once the debt is settled or was wrong."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.code_tables import CodeTable
from core.domain.errors import InvalidInput, Problem
from core.domain.integration import Integration
from core.domain.intents import Intent, IntentKind
from core.domain.negativation import Clearing, Negativation, NotClearable, Trigger
from core.use_cases.bureau_codes import BureauCodes
from core.use_cases.repeatable import earlier_result, remember_result
from core.use_cases.transition import move
from core.use_cases.visible import get_visible
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

OPERATION = "clearNegativation"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearNegativationCommand:
    """clearing_code: why (código para baixa); None for the integration's default."""

    caller: Caller
    negativation_id: UUID
    clearing_code: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearNegativation:
    """Policy.

    - Clearing is possible whether or not credit analysis is switched on: the law does not wait for a parameter.
    - What was never sent is cancelled without a call. While the inclusion is in flight the clearing is held and sent as
      soon as the bureau has confirmed it. Otherwise it is queued at once.

    Raises NotFound, NotClearable, InvalidInput (CLEARING_CODE_REQUIRED, UNKNOWN_CLEARING_CODE), IdempotencyConflict.
    """

    units_of_work: UnitsOfWork
    codes: BureauCodes
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: ClearNegativationCommand) -> Negativation:
        """Clear, hold or cancel, or answer with what the same idempotency key produced before."""
        command.caller.require(Scope.CLEAR)
        if command.idempotency_key is not None:
            # Before the code is looked at: it may have been removed since the first answer.
            async with self.units_of_work.begin() as work:
                if await self._is_repeated(work, command):
                    return await _visible(work, command)
        code = await self._code(command)
        async with self.units_of_work.begin() as work:
            repeated = await self._is_repeated(work, command)
            negativation = await _visible(work, command, lock=True)
            if repeated:
                return negativation
            now = self.clock.now()
            cleared = await request_clearing(work, negativation, code, at=now, actor=command.caller.name)
            await audit_clearing(work, command.caller, cleared, code, event_id=self.ids.new(), at=now)
            await remember_result(
                work,
                self.vault,
                command.caller,
                command.idempotency_key,
                OPERATION,
                *_inputs(command),
                result_id=cleared.id,
                at=now,
            )
            return cleared

    async def _is_repeated(self, work: UnitOfWork, command: ClearNegativationCommand) -> bool:
        earlier_id = await earlier_result(
            work, self.vault, command.caller, command.idempotency_key, OPERATION, *_inputs(command)
        )
        return earlier_id is not None

    async def _code(self, command: ClearNegativationCommand) -> str:
        """The reason code to send, checked against the provider's table before the transaction opens."""
        async with self.units_of_work.read() as work:
            negativation = await _visible(work, command)
            integration = await work.integrations.get(negativation.integration_id)
        return await checked_clearing_code(self.codes, integration, command.clearing_code)


def _inputs(command: ClearNegativationCommand) -> tuple[object, ...]:
    return (command.negativation_id, command.clearing_code)


async def _visible(
    work: UnitOfWork, command: ClearNegativationCommand, *, lock: bool = False
) -> Negativation:
    path = ("Negativation", "negativationId")
    return await get_visible(work.negativations, command.negativation_id, command.caller, *path, lock=lock)


async def checked_clearing_code(
    codes: BureauCodes, integration: Integration | None, asked: str | None
) -> str:
    """The code asked for, or the integration's default. Raises InvalidInput when there is none or it is not known."""
    code = asked or (integration.automation.clearing_code if integration else None)
    if code is None:
        raise InvalidInput(problems=(Problem(("clearingCode",), "CLEARING_CODE_REQUIRED"),))
    known = {row.code for row in await codes.of(integration, CodeTable.CLEARING)} if integration else {code}
    if code not in known:
        raise InvalidInput(problems=(Problem(("clearingCode",), "UNKNOWN_CLEARING_CODE", {"code": code}),))
    return code


async def request_clearing(
    work: UnitOfWork, negativation: Negativation, code: str, *, at: datetime, actor: str
) -> Negativation:
    """Cancel, hold or queue the clearing, whichever the registration's state calls for. Raises NotClearable."""
    earlier = negativation.clearing
    clearing = Clearing(
        code=code, requested_at=at, requested_by=actor, generation=earlier.generation + 1 if earlier else 1
    )
    asked_for = replace(negativation, clearing=clearing)
    if negativation.can(Trigger.CANCELLED) and await work.outbox.withdraw(negativation.inclusion_key):
        return await move(work, asked_for, Trigger.CANCELLED, at=at, actor=actor)
    if negativation.can(Trigger.CLEARING_HELD) and earlier is None:
        return await move(work, asked_for, Trigger.CLEARING_HELD, at=at, actor=actor)
    if not negativation.can(Trigger.CLEARING_REQUESTED):
        raise NotClearable(negativation=negativation)
    return await queue_clearing(work, asked_for, at=at, actor=actor)


async def audit_clearing(
    work: UnitOfWork, caller: Caller, cleared: Negativation, code: str, *, event_id: UUID, at: datetime
) -> None:
    """Tell the audit trail that a clearing was asked for, and what it led to."""
    await work.audit.add(
        audited(
            caller,
            AuditAction.CLEARING_REQUESTED,
            event_id=event_id,
            at=at,
            record=("Negativation", cleared.id),
            branch_id=cleared.branch_id,
            number=cleared.number,
            clearingCode=code,
            status=cleared.status.value,
        )
    )


async def queue_clearing(
    work: UnitOfWork, negativation: Negativation, *, at: datetime, actor: str
) -> Negativation:
    """Promise to send the clearing that the registration carries."""
    queued = await move(work, negativation, Trigger.CLEARING_REQUESTED, at=at, actor=actor)
    await work.outbox.put(
        Intent(
            key=queued.clearing_key,
            account=queued.integration_id,
            kind=IntentKind.CLEAR,
            subject_id=queued.id,
        )
    )
    return queued
