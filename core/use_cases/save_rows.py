"""Saving many records that an integrator knows by external ids: each row is created or updated, and has its own result."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from core.domain.branch import Branch
from core.domain.errors import DomainError, Forbidden, InvalidInput, NotFound, Problem
from core.domain.invoice import Invoice
from core.domain.subjects import Customer, Lead, Prospect
from ports.stores import ExternalIds

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


async def known_rows(store: ExternalIds[SavedT], rows: Sequence[OwnedRow]) -> dict[str, SavedT]:
    """The records that the rows speak of, as far as they exist."""
    return await store.by_external_ids({row.external_id for row in rows if row.external_id})


def owner_of(owners: Mapping[str, OwnerT], row: OwnedRow, kind: str, *path: str) -> UUID:
    """The id of whom a row belongs to. Raises NotFound."""
    owner = owners.get(row.owner_external_id)
    if owner is None:
        raise NotFound(kind=kind, path=path)
    return owner.id


def owner_ids(rows: Sequence[OwnedRow]) -> Collection[str]:
    """The external ids of whom the rows belong to."""
    return {row.owner_external_id for row in rows}


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
