"""Branches and integrations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import col

from adapters.sql.conditions import Conditions, equals, fixed, is_just, name_part, one_of
from adapters.sql.mapping.company import (
    branch_of,
    branch_row,
    integration_of,
    integration_row,
    used_password_of,
    used_password_row,
)
from adapters.sql.paging import Keyset
from adapters.sql.stores.records import KnownRecords, Records
from adapters.sql.tables import BranchRow, IntegrationRow, UsedPasswordRow
from adapters.sql.work import Errors, Work
from core.domain.branch import Branch
from core.domain.bureau import CredentialKind
from core.domain.credentials import UsedPassword
from core.domain.integration import BranchAlreadyIntegrated, Integration
from core.domain.listing import BranchFilter, BranchOrder, IntegrationFilter, IntegrationOrder
from core.domain.paging import Order
from ports.stores import Branches, Integrations

_UNDELETED_OF_BRANCH = select(IntegrationRow).where(
    col(IntegrationRow.branch_id) == bindparam("branch_id"), col(IntegrationRow.deleted_at).is_(None)
)


class SqlBranches(KnownRecords[Branch, BranchRow, BranchFilter, Order[BranchOrder]], Branches):
    """The branches."""

    kept = True

    def __init__(self, work: Work) -> None:
        super().__init__(work, BranchRow, branch_row, branch_of)

    def conditions(self, matching: BranchFilter) -> Conditions:
        return [
            *one_of(col(BranchRow.id), matching.branch_ids),
            *name_part(col(BranchRow.name_folded), matching.search),
            *is_just(col(BranchRow.external_id), matching.external_id),
        ]

    def keyset(self, order: Order[BranchOrder]) -> Keyset:
        column = "name_folded" if order.field is BranchOrder.NAME else "number"
        return Keyset(BranchRow, column, order.direction)


class SqlIntegrations(
    Records[Integration, IntegrationRow, IntegrationFilter, Order[IntegrationOrder]], Integrations
):
    """The integrations and the history of their passwords."""

    kept = True

    def __init__(self, work: Work) -> None:
        super().__init__(work, IntegrationRow, integration_row, integration_of)

    def conditions(self, matching: IntegrationFilter) -> Conditions:
        return [
            *one_of(col(IntegrationRow.branch_id), matching.branch_ids),
            *equals(col(IntegrationRow.environment), matching.environment),
            *fixed("undeleted", col(IntegrationRow.deleted_at).is_(None), wanted=not matching.deleted),
        ]

    def keyset(self, order: Order[IntegrationOrder]) -> Keyset:
        column = "created_at" if order.field is IntegrationOrder.CREATED_AT else "number"
        return Keyset(IntegrationRow, column, order.direction)

    def errors(self, row: IntegrationRow) -> Errors:
        return {"uq_integrations_undeleted_branch": lambda: BranchAlreadyIntegrated(branch_number=0)}

    async def add(self, record: Integration) -> Integration:
        async with self._naming_the_branch(record):
            return await super().add(record)

    async def save(self, record: Integration) -> None:
        async with self._naming_the_branch(record):
            await super().save(record)

    async def of_branch(self, branch_id: UUID) -> Integration | None:
        return self._maybe(await self._work.row(_UNDELETED_OF_BRANCH, branch_id=branch_id))

    async def all_linked(self) -> list[Integration]:
        links = select(col(BranchRow.integration_id)).where(col(BranchRow.integration_id).is_not(None))
        statement = (
            select(IntegrationRow)
            .where(col(IntegrationRow.deleted_at).is_(None), col(IntegrationRow.id).in_(links))
            .order_by(col(IntegrationRow.number))
        )
        return [integration_of(row) for row in await self._work.all(statement)]

    async def password_history(self, integration_id: UUID, kind: CredentialKind) -> list[UsedPassword]:
        statement = (
            select(UsedPasswordRow)
            .where(col(UsedPasswordRow.integration_id) == integration_id, col(UsedPasswordRow.kind) == kind)
            .order_by(col(UsedPasswordRow.number))
        )
        return [used_password_of(row) for row in await self._work.all(statement)]

    async def remember_password(self, used: UsedPassword) -> None:
        await self._work.insert(used_password_row(used), {})

    @asynccontextmanager
    async def _naming_the_branch(self, record: Integration) -> AsyncIterator[None]:
        try:
            yield
        except BranchAlreadyIntegrated:
            number = select(col(BranchRow.number)).where(col(BranchRow.id) == record.branch_id)
            raise BranchAlreadyIntegrated(branch_number=await self._work.scalar(number)) from None
