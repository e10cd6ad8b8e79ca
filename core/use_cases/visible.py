"""Records as a caller sees them: what lies outside its branches does not exist."""

from typing import Protocol, TypeVar
from uuid import UUID

from core.domain.access import Caller
from core.domain.branch import Branch
from core.domain.errors import NotFound
from core.domain.integration import Integration, IntegrationNotLinked
from ports.stores import RecordStore
from ports.unit_of_work import UnitOfWork


class _OfBranch(Protocol):
    @property
    def branch_id(self) -> UUID: ...


OfBranch = TypeVar("OfBranch", bound=_OfBranch)


async def get_visible(
    store: RecordStore[OfBranch],
    record_id: UUID,
    caller: Caller,
    kind: str,
    *path: str,
    lock: bool = False,
) -> OfBranch:
    """The record with that id. Raises NotFound (`kind` at the input field `path`) when absent or out of reach."""
    record = await store.get(record_id, lock=lock)
    if record is None or not caller.reaches(record.branch_id):
        raise NotFound(kind=kind, path=path)
    return record


async def get_branch(
    work: UnitOfWork, branch_id: UUID, caller: Caller, *path: str, lock: bool = False
) -> Branch:
    """The branch with that id. Raises NotFound when absent or out of reach."""
    branch = await work.branches.get(branch_id, lock=lock)
    if branch is None or not caller.reaches(branch.id):
        raise NotFound(kind="Branch", path=path)
    return branch


async def linked_integration(work: UnitOfWork, branch: Branch) -> Integration:
    """The integration that the branch uses. Raises IntegrationNotLinked."""
    integration = await work.integrations.get(branch.integration_id) if branch.integration_id else None
    if integration is None or integration.deleted_at is not None:
        raise IntegrationNotLinked(branch_number=branch.number)
    return integration
