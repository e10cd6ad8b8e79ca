"""Branches and integrations in memory."""

from uuid import UUID

from adapters.memory.records import KnownRecords, Records, Unique
from adapters.memory.storage import MemoryStorage, Table, Transaction
from core.domain.branch import Branch
from core.domain.bureau import CredentialKind
from core.domain.credentials import UsedPassword
from core.domain.integration import BranchAlreadyIntegrated, Integration
from core.domain.listing import BranchFilter, BranchOrder, IntegrationFilter, IntegrationOrder
from core.domain.paging import KeyValue, Order
from core.domain.text import folded
from ports.stores import Branches, Integrations


class MemoryBranches(KnownRecords[Branch, BranchFilter, Order[BranchOrder]], Branches):
    """The branches."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        super().__init__(storage, transaction, Branch)

    def lets_through(self, record: Branch, matching: BranchFilter) -> bool:
        return (
            (matching.branch_ids is None or record.id in matching.branch_ids)
            and (matching.search is None or folded(matching.search) in folded(record.name))
            and matching.external_id in (None, record.external_id)
        )

    def order_value(self, record: Branch, order: Order[BranchOrder]) -> KeyValue:
        return folded(record.name) if order.field is BranchOrder.NAME else record.number


class MemoryIntegrations(Records[Integration, IntegrationFilter, Order[IntegrationOrder]], Integrations):
    """The integrations."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        one_per_branch = Unique(_branch_of_undeleted, self._already_integrated)
        super().__init__(storage, transaction, Integration, (one_per_branch,))
        self._branches = Table(transaction, Branch.__name__, Branch)
        self._passwords = Table(transaction, UsedPassword.__name__, UsedPassword)

    def lets_through(self, record: Integration, matching: IntegrationFilter) -> bool:
        return (
            (matching.deleted or record.deleted_at is None)
            and (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and matching.environment in (None, record.environment)
        )

    def order_value(self, record: Integration, order: Order[IntegrationOrder]) -> KeyValue:
        return record.created_at if order.field is IntegrationOrder.CREATED_AT else record.number

    async def of_branch(self, branch_id: UUID) -> Integration | None:
        undeleted = (record for record in self.table.all() if record.deleted_at is None)
        return next((record for record in undeleted if record.branch_id == branch_id), None)

    async def all_linked(self) -> list[Integration]:
        linked = {branch.integration_id for branch in self._branches.all()}
        return [record for record in self.table.all() if record.deleted_at is None and record.id in linked]

    async def password_history(self, integration_id: UUID, kind: CredentialKind) -> list[UsedPassword]:
        of_both = (used for used in self._passwords.all() if used.integration_id == integration_id)
        return [used for used in of_both if used.kind is kind]

    async def remember_password(self, used: UsedPassword) -> None:
        self.table.require_writable()
        self._passwords.put(self._storage.next_number(UsedPassword.__name__), used)

    def _already_integrated(self, record: Integration) -> BranchAlreadyIntegrated:
        branch = self._branches.get(record.branch_id)
        return BranchAlreadyIntegrated(branch_number=branch.number if branch else 0)


def _branch_of_undeleted(record: Integration) -> UUID | None:
    return record.branch_id if record.deleted_at is None else None
