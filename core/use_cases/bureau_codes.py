"""The provider's code tables (códigos de restrição, códigos para baixa), fetched once a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.bureau import BureauCode, BureauFailure, BureauNotConfigured, CredentialKind
from core.domain.code_tables import CLEARING_CODES, RESTRICTION_CODES, CachedCodes, CodeTable
from core.domain.credentials import CredentialsRefused
from core.domain.integration import Integration
from core.use_cases.bureau_access import open_account, refusal_noted
from core.use_cases.visible import get_branch, linked_integration
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

FRESH_FOR = timedelta(days=1)
_PUBLISHED = {CodeTable.RESTRICTION: RESTRICTION_CODES, CodeTable.CLEARING: CLEARING_CODES}


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauCodesCommand:
    """Which table, as it holds for the integration that the branch uses."""

    caller: Caller
    branch_id: UUID
    table: CodeTable


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauCodes:
    """Policy: the provider's own table, asked for at most once a day; the last known one while it cannot be asked; the
    publicly documented PEFIN table while it never could. Free of charge. A password that it refuses is not shown again until
    it is mended.

    Raises NotFound, IntegrationNotLinked.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: BureauCodesCommand) -> Sequence[BureauCode]:
        """The table's rows."""
        command.caller.require(Scope.READ)
        async with self.units_of_work.read() as work:
            branch = await get_branch(work, command.branch_id, command.caller, "branchId")
            integration = await linked_integration(work, branch)
        return await self.of(integration, command.table)

    async def of(self, integration: Integration, table: CodeTable) -> Sequence[BureauCode]:
        """The table as it holds for an integration. Call it outside a unit of work: it may ask the bureau."""
        async with self.units_of_work.read() as work:
            cached = await work.code_tables.get(integration.id, table)
        if cached is not None and self._is_fresh(cached):
            return cached.rows
        kind = CredentialKind.PEFIN
        try:
            account = open_account(self.vault, integration, kind)
            fetch = (
                self.bureau.restriction_codes
                if table is CodeTable.RESTRICTION
                else self.bureau.clearing_codes
            )
            async with refusal_noted(self.units_of_work, self.ids, self.clock, integration, kind):
                rows = tuple(await fetch(account))
        except (BureauFailure, BureauNotConfigured, CredentialsRefused):
            return cached.rows if cached is not None else _PUBLISHED[table]
        async with self.units_of_work.begin() as work:
            await work.code_tables.put(
                integration.id, table, CachedCodes(rows=rows, fetched_at=self.clock.now())
            )
        return rows

    async def fetched(
        self, work: UnitOfWork, integration: Integration, table: CodeTable
    ) -> Sequence[BureauCode] | None:
        """The table as it was fetched within the last day; None when it has to be asked for."""
        cached = await work.code_tables.get(integration.id, table)
        return cached.rows if cached is not None and self._is_fresh(cached) else None

    def _is_fresh(self, cached: CachedCodes) -> bool:
        return self.clock.now() - cached.fetched_at < FRESH_FOR
