"""Fetch what the bureau's daily batches decided, and the events it causes itself (condição especial)."""

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from core.domain.access import SYSTEM
from core.domain.bureau import (
    BureauEvent,
    BureauEventKind,
    BureauEvents,
    BureauFailure,
    BureauNotConfigured,
    CredentialKind,
    FailureClass,
)
from core.domain.credentials import CredentialsRefused
from core.domain.integration import Integration
from core.domain.listing import NegativationFilter
from core.domain.negativation import Negativation, NegativationStatus, Trigger
from core.use_cases.bureau_access import note_accepted, note_refused, open_account
from core.use_cases.clear_negativation import queue_clearing
from core.use_cases.transition import move
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.routines import Routine, TurnLost
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

PREFIX = "results:"
LEASE = timedelta(seconds=60)
IDLE = timedelta(seconds=5)
"""The shortest pause while nothing is awaited."""

UNREACHABLE = timedelta(seconds=30)
"""The pause while the bureau cannot be asked, unless it names another; the shortest while it is down."""

AWAITING = frozenset(
    {
        NegativationStatus.SENT,
        NegativationStatus.UNDETERMINED,
        NegativationStatus.AWAITING_NOTICE,
        NegativationStatus.CLEARING_SENT,
    }
)

_TRIGGERS = {
    BureauEventKind.INCLUSION_ACCEPTED: Trigger.INCLUSION_ACCEPTED,
    BureauEventKind.INCLUSION_REJECTED: Trigger.INCLUSION_REJECTED,
    BureauEventKind.PUBLISHED: Trigger.PUBLISHED,
    BureauEventKind.CLEARING_ACCEPTED: Trigger.CLEARING_ACCEPTED,
    BureauEventKind.CLEARING_REJECTED: Trigger.CLEARING_REJECTED,
    BureauEventKind.REMOVED: Trigger.REMOVED,
    BureauEventKind.EXPIRED: Trigger.EXPIRED,
}


def results_routine(integration_id: UUID) -> str:
    """The name of the routine that fetches an integration's results."""
    return f"{PREFIX}{integration_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResults:
    """Policy.

    - One routine per integration. The bureau says when it may be asked again and is never asked sooner.
    - A page of events and the cursor behind it are stored in one transaction: none is lost, none is applied twice.
    - A clearing that was held is sent as soon as its inclusion is confirmed.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self) -> bool:
        """Fetch one page for one integration that is due; False when none is."""
        now = self.clock.now()
        async with self.units_of_work.begin() as work:
            routine = await work.routines.take(PREFIX, now=now, leased_until=now + LEASE)
            integration_id = UUID(routine.name.removeprefix(PREFIX)) if routine else None
            integration = await work.integrations.get(integration_id) if integration_id else None
        if routine is None:
            return False
        if integration is None or integration.deleted_at is not None:
            async with self.units_of_work.begin() as work:
                await work.routines.forget(routine.name)
            return True
        try:
            account = open_account(self.vault, integration, CredentialKind.PEFIN)
            page = await self.bureau.events(account, _cursor(routine))
        except (BureauFailure, BureauNotConfigured, CredentialsRefused) as error:
            await self._not_fetched(routine, integration, error)
            return True
        await self._apply(routine, integration, page)
        return True

    async def _apply(self, routine: Routine, integration: Integration, page: BureauEvents) -> None:
        async with self.units_of_work.begin() as work:
            now = self.clock.now()
            found = await work.negativations.by_inclusion_keys({event.inclusion_key for event in page.events})
            for event in page.events:
                negativation = found.get(event.inclusion_key)
                if negativation is not None and negativation.integration_id == integration.id:
                    found[event.inclusion_key] = await self._apply_one(work, negativation, event)
            await note_accepted(work, integration.id, CredentialKind.PEFIN, integration.pefin.version, now)
            pause = timedelta(seconds=page.ask_again_after_seconds)
            if page.has_more:
                pause = timedelta(0)
            elif not await _awaits_results(work, integration.id):
                pause = max(pause, IDLE)
            finished = await work.routines.finish(
                routine, next_at=now + pause, state=json.dumps({"cursor": page.cursor})
            )
            if not finished:
                raise TurnLost

    async def _apply_one(
        self, work: UnitOfWork, negativation: Negativation, event: BureauEvent
    ) -> Negativation:
        """Apply an event; one that the life cycle does not allow now was applied before, or came too late."""
        trigger = _TRIGGERS[event.kind]
        if not negativation.can(trigger):
            return negativation
        now, actor = self.clock.now(), SYSTEM.name
        moved = await move(work, negativation, trigger, at=now, actor=actor, codes=event.codes)
        held = negativation.clearing is not None and moved.can(Trigger.CLEARING_REQUESTED)
        confirmed = trigger in (Trigger.INCLUSION_ACCEPTED, Trigger.PUBLISHED)
        return await queue_clearing(work, moved, at=now, actor=actor) if held and confirmed else moved

    async def _not_fetched(
        self,
        routine: Routine,
        integration: Integration,
        error: BureauFailure | BureauNotConfigured | CredentialsRefused,
    ) -> None:
        now = self.clock.now()
        pause = UNREACHABLE
        async with self.units_of_work.begin() as work:
            if isinstance(error, BureauFailure):
                if error.retry_after_seconds is not None:
                    pause = timedelta(seconds=error.retry_after_seconds)
                if error.failure is FailureClass.TRANSIENT:
                    pause = max(pause, UNREACHABLE)
                if error.failure is FailureClass.CREDENTIAL:
                    version = integration.pefin.version
                    await note_refused(work, self.ids, integration.id, CredentialKind.PEFIN, version, now)
            await work.routines.finish(routine, next_at=now + pause, state=routine.state)


def _cursor(routine: Routine) -> str | None:
    if routine.state is None:
        return None
    cursor = json.loads(routine.state)["cursor"]
    return str(cursor) if cursor is not None else None


async def _awaits_results(work: UnitOfWork, integration_id: UUID) -> bool:
    awaited = NegativationFilter(integration_id=integration_id, status=AWAITING)
    return await work.negativations.count(awaited) > 0
