"""Forgetting what has been kept for long enough."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, delete, exists, select, text, update

from adapters.sql.tables import (
    CollectionItemRow,
    CollectionRunRow,
    ConsultationRow,
    CustomerRow,
    HistoryRow,
    LeadRow,
    NegativationRow,
    ProspectRow,
    ReportRow,
)
from adapters.sql.work import Work, table_of
from core.domain.consultation import ConsultationOutcome
from core.domain.retention import RecordKind
from core.domain.subjects import DISPUTED
from ports.retention import Retention

_CONSULTATIONS = table_of(ConsultationRow)
_CUSTOMERS = table_of(CustomerRow)
_HISTORY = table_of(HistoryRow)
_ITEMS = table_of(CollectionItemRow)
_LEADS = table_of(LeadRow)
_NEGATIVATIONS = table_of(NegativationRow)
_PROSPECTS = table_of(ProspectRow)
_REPORTS = table_of(ReportRow)
_RUNS = table_of(CollectionRunRow)

_OPEN = [outcome.value for outcome in ConsultationOutcome if outcome.open]
_HELD = [hold.value for hold in DISPUTED]

Overdue = Select[UUID]


class SqlRetention(Retention):
    """Each kind is found by a query that says what is over; forgetting asks it again of the ids that were found."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def overdue(self, kind: RecordKind, before: datetime, limit: int) -> list[UUID]:
        return list((await self._work.connection.scalars(_OVERDUE[kind](before).limit(limit))).all())

    async def forget(self, kind: RecordKind, before: datetime, ids: Collection[UUID]) -> int:
        found = _OVERDUE[kind](before)
        key = found.selected_columns[0]
        going = list((await self._work.connection.scalars(found.where(key.in_(ids)))).all())
        if kind is RecordKind.ORIGINAL_PAGE:
            chosen = _REPORTS.c.consultation_id.in_(going)
            return await self._work.change(update(_REPORTS).where(chosen).values(original=b""))
        if kind is RecordKind.CONSULTATION:
            await self.erase_reports(going)
        if kind is RecordKind.NEGATIVATION:
            await self._work.change(delete(_HISTORY).where(_HISTORY.c.negativation_id.in_(going)))
        return await self._work.change(delete(_TABLES[kind]).where(key.in_(going)))

    async def erase_reports(self, consultation_ids: Collection[UUID]) -> int:
        return await self._work.change(
            delete(_REPORTS).where(_REPORTS.c.consultation_id.in_(list(consultation_ids)))
        )

    async def erase_person(self, person_id: UUID) -> None:
        for people in (_CUSTOMERS, _LEADS, _PROSPECTS):
            await self._work.change(delete(people).where(people.c.id == person_id))


def _disputed(document: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(_CUSTOMERS.c.document == document, _CUSTOMERS.c.hold.in_(_HELD))


def _originals(before: datetime) -> Overdue:
    # Written as in the index over what still has its page: with a parameter it would not be known to be that.
    return _reports(before).where(text("length(consultation_reports.original) > 0"))


def _reports(before: datetime) -> Overdue:
    joined = _REPORTS.join(_CONSULTATIONS, _CONSULTATIONS.c.id == _REPORTS.c.consultation_id)
    return (
        select(_REPORTS.c.consultation_id)
        .select_from(joined)
        .where(_CONSULTATIONS.c.performed_at < before, ~_disputed(_CONSULTATIONS.c.document))
        # What has just become overdue comes first, so that those without a report any more are passed by once.
        .order_by(_CONSULTATIONS.c.performed_at.desc())
    )


def _consultations(before: datetime) -> Overdue:
    return select(_CONSULTATIONS.c.id).where(
        _CONSULTATIONS.c.performed_at < before,
        _CONSULTATIONS.c.outcome.not_in(_OPEN),
        ~_disputed(_CONSULTATIONS.c.document),
    )


def _collection_items(before: datetime) -> Overdue:
    ended = select(_RUNS.c.id).where(_RUNS.c.finished_at < before)
    return select(_ITEMS.c.id).where(_ITEMS.c.run_id.in_(ended))


def _negativations(before: datetime) -> Overdue:
    return select(_NEGATIVATIONS.c.id).where(
        _NEGATIVATIONS.c.updated_at < before,
        _NEGATIVATIONS.c.live.is_(False),
        ~_disputed(_NEGATIVATIONS.c.debtor_document),
        ~exists().where(_CUSTOMERS.c.id == _NEGATIVATIONS.c.customer_id, _CUSTOMERS.c.hold.in_(_HELD)),
        ~exists().where(_ITEMS.c.negativation_id == _NEGATIVATIONS.c.id),
    )


def _contacts(contacts: Table, before: datetime) -> Overdue:
    consulted = exists().where(
        _CONSULTATIONS.c.subject_id == contacts.c.id, _CONSULTATIONS.c.performed_at >= before
    )
    return select(contacts.c.id).where(contacts.c.updated_at < before, ~consulted)


_OVERDUE: dict[RecordKind, Callable[[datetime], Overdue]] = {
    RecordKind.ORIGINAL_PAGE: _originals,
    RecordKind.REPORT: _reports,
    RecordKind.CONSULTATION: _consultations,
    RecordKind.COLLECTION_ITEM: _collection_items,
    RecordKind.NEGATIVATION: _negativations,
    RecordKind.LEAD: partial(_contacts, _LEADS),
    RecordKind.PROSPECT: partial(_contacts, _PROSPECTS),
}
_TABLES = {
    RecordKind.REPORT: _REPORTS,
    RecordKind.CONSULTATION: _CONSULTATIONS,
    RecordKind.COLLECTION_ITEM: _ITEMS,
    RecordKind.NEGATIVATION: _NEGATIVATIONS,
    RecordKind.LEAD: _LEADS,
    RecordKind.PROSPECT: _PROSPECTS,
}
