"""Saving many records that an integrator knows by external ids: each row is created or updated, and has its own result."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from core.domain.access import Caller
from core.domain.branch import Branch
from core.domain.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, Problem
from core.domain.invoice import Invoice
from core.domain.subjects import Customer, Lead, Prospect
from ports.stores import ExternalIds
from ports.unit_of_work import UnitOfWork

MAX_ROWS = 500


class SavedHow(StrEnum):
    """What became of a row."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


SavedT = TypeVar("SavedT", Customer, Lead, Prospect, Invoice)
OwnerT = TypeVar("OwnerT", Branch, Customer)
RowT = TypeVar("RowT", bound="OwnedRow")


class OwnedRow(Protocol):
    """A row that names whom it belongs to by external id, and is itself known by one."""

    @property
    def owner_external_id(self) -> str: ...

    @property
    def external_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class SavedRow(Generic[SavedT]):
    """The result of one row: the record as it is now, or why it was refused."""

    how: SavedHow
    record: SavedT | None = None
    error: DomainError | None = None


def check_rows(rows: Sequence[OwnedRow]) -> None:
    """Raises InvalidInput TOO_MANY."""
    if len(rows) > MAX_ROWS:
        raise InvalidInput(problems=(Problem(("rows",), "TOO_MANY", {"max": MAX_ROWS}),))


async def known_rows(
    store: ExternalIds[SavedT], rows: Sequence[OwnedRow], caller: Caller
) -> dict[str, SavedT]:
    """The records that the rows speak of, as far as they exist within the caller's branches."""
    found = await store.by_external_ids({row.external_id for row in rows if row.external_id})
    return {external_id: record for external_id, record in found.items() if caller.reaches(record.branch_id)}


async def owning_branches(work: UnitOfWork, rows: Sequence[OwnedRow], caller: Caller) -> Mapping[str, Branch]:
    """The branches that the rows belong to, as far as the caller reaches them."""
    found = await work.branches.by_external_ids({row.owner_external_id for row in rows})
    return {external_id: branch for external_id, branch in found.items() if caller.reaches(branch.id)}


def branch_of(owners: Mapping[str, Branch], row: OwnedRow, before: UUID | None = None) -> UUID:
    """The id of the branch that a row belongs to. Raises NotFound, and Conflict when the record is in the branch `before`."""
    return owner_of(owners, row, "Branch", "branchExternalId", before)


def owner_of(
    owners: Mapping[str, OwnerT], row: OwnedRow, kind: str, field: str, before: UUID | None = None
) -> UUID:
    """The id of whom a row belongs to; `field` names it. Raises NotFound, and Conflict when the record is that of `before`."""
    owner = owners.get(row.owner_external_id)
    if owner is None:
        raise NotFound(kind=kind, path=(field,))
    if before is not None and before != owner.id:
        raise Conflict(reason="BELONGS_ELSEWHERE")
    return owner.id


def given_values(fields: Any, kept: frozenset[str]) -> dict[str, Any]:
    """What a row says about a record (`fields`, a dataclass), by field, without what is to stay as it is."""
    return {name: value for name, value in asdict(fields).items() if name not in kept}


async def save_rows(
    rows: Sequence[RowT],
    known: dict[str, SavedT],
    create: Callable[[RowT], Awaitable[SavedT]],
    update: Callable[[RowT, SavedT], Awaitable[SavedT]],
) -> list[SavedRow[SavedT]]:
    """Save row after row, in transactions of their own; a row that is refused does not touch the others.

    Of two rows with the same external id the second updates what the first created.
    """
    results: list[SavedRow[SavedT]] = []
    for row in rows:
        before = known.get(row.external_id) if row.external_id else None
        try:
            saved = await create(row) if before is None else await update(row, before)
        except Forbidden:
            raise
        except DomainError as error:
            results.append(SavedRow(SavedHow.REFUSED, error=error))
            continue
        if before is None:
            how = SavedHow.CREATED
        else:
            how = SavedHow.UNCHANGED if saved == before else SavedHow.UPDATED
        results.append(SavedRow(how, saved))
        if row.external_id:
            known[row.external_id] = saved
    return results
