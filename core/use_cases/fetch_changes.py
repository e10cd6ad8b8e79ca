"""Fetch what the provider found at watched CNPJs."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from core.domain.bureau import BureauFailure, BureauNotConfigured, CredentialKind
from core.domain.credentials import CredentialsRefused
from core.domain.integration import Integration
from core.domain.monitoring import ChangeEvents, MonitorChange
from core.use_cases.bureau_access import open_account, refusal_noted
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.routines import Routine, TurnLost
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

PREFIX = "changes:"
LEASE = timedelta(seconds=60)
SHORTEST_PAUSE = timedelta(seconds=30)
UNWATCHED = timedelta(minutes=5)
"""How soon it is noticed that something is watched again."""


def changes_routine(integration_id: UUID) -> str:
    """The name of the routine that fetches the changes found for an integration."""
    return f"{PREFIX}{integration_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchChanges:
    """Policy.

    - The provider says when it may be asked again; a page and the cursor behind it are one transaction.
    - While nothing is watched it is not asked. How far was read is remembered, so that watching again tells nothing twice.
    - A password that it refuses is not shown again until it is mended.
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
                await work.routines.forget(routine.name)
                return True
            if not await work.monitors.count_active(integration.id):
                await work.routines.finish(routine, next_at=now + UNWATCHED, state=routine.state)
                return True
        kind = CredentialKind.CONSULTATION
        try:
            account = open_account(self.vault, integration, kind)
            async with refusal_noted(self.units_of_work, self.ids, self.clock, integration, kind):
                page = await self.bureau.changes(account, routine.state)
        except (BureauFailure, BureauNotConfigured, CredentialsRefused) as error:
            seconds = error.retry_after_seconds if isinstance(error, BureauFailure) else None
            pause = max(timedelta(seconds=seconds or 0), SHORTEST_PAUSE)
            async with self.units_of_work.begin() as work:
                next_at = self.clock.now() + pause
                await work.routines.finish(routine, next_at=next_at, state=routine.state)
            return True
        await self._keep(routine, integration, page)
        return True

    async def _keep(self, routine: Routine, integration: Integration, page: ChangeEvents) -> None:
        async with self.units_of_work.begin() as work:
            found = {event.document for event in page.events}
            watched = await work.monitors.active(integration.id, integration.environment, found)
            await work.monitor_changes.add(
                [
                    MonitorChange(
                        id=self.ids.new(),
                        number=0,
                        monitor_id=watched[event.document].id,
                        branch_id=watched[event.document].branch_id,
                        event_id=event.event_id,
                        kind=event.kind,
                        description=event.description,
                        occurred_at=event.occurred_at,
                    )
                    for event in page.events
                    if event.document in watched
                ]
            )
            pause = max(timedelta(seconds=page.ask_again_after_seconds), SHORTEST_PAUSE)
            next_at = self.clock.now() + (timedelta(0) if page.has_more else pause)
            if not await work.routines.finish(routine, next_at=next_at, state=page.cursor):
                raise TurnLost
