"""Parameters, code tables, the audit trail, idempotency keys and access tokens."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, or_, select, text, tuple_, update
from sqlmodel import col

from adapters.sql import bulk
from adapters.sql.conditions import Conditions, equals, is_just, on_local_days, one_of
from adapters.sql.mapping.administration import (
    AUDIT_EVENT,
    CREDIT,
    audit_event_of,
    audit_event_row,
    cached_codes_of,
    code_table_row,
    idempotency_record_of,
    idempotency_row,
    parameters_of,
    parameters_row,
    token_of,
    token_row,
)
from adapters.sql.mapping.values import column_values
from adapters.sql.paging import Keyset
from adapters.sql.stores.records import Records
from adapters.sql.tables import (
    AccessTokenRow,
    AuditEventRow,
    CodeTableRow,
    CreditParametersRow,
    IdempotencyRow,
)
from adapters.sql.work import Work, table_of
from core.domain.access import AccessToken
from core.domain.audit import AuditEvent
from core.domain.code_tables import CachedCodes, CodeTable
from core.domain.errors import Conflict
from core.domain.idempotency import IdempotencyRecord
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.paging import Order, Page, Window
from core.domain.parameters import CreditParameters
from core.domain.secret import KEY_ID_DIGITS
from ports.administration import AccessTokens, AuditTrail, CodeTables, IdempotencyRecords, Parameters

_CREDIT = select(CreditParametersRow).where(col(CreditParametersRow.topic) == CREDIT)
_CODES = select(CodeTableRow).where(
    col(CodeTableRow.integration_id) == bindparam("integration_id"),
    col(CodeTableRow.code_table) == bindparam("code_table"),
)
_KEY = select(IdempotencyRow).where(
    col(IdempotencyRow.caller_id) == bindparam("caller_id"), col(IdempotencyRow.key) == bindparam("key")
)
_TOKEN = select(AccessTokenRow).where(col(AccessTokenRow.id) == bindparam("id"))
_TOKEN_OF_HASH = select(AccessTokenRow).where(col(AccessTokenRow.token_hash) == bindparam("token_hash"))


class SqlParameters(Parameters):
    """The general parameters."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def credit(self) -> CreditParameters:
        return await self._work.record(_CREDIT, parameters_of) or CreditParameters()

    async def save_credit(self, parameters: CreditParameters) -> None:
        await self._work.put(parameters_row(parameters))


class SqlCodeTables(CodeTables):
    """The cached code tables."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, integration_id: UUID, table: CodeTable) -> CachedCodes | None:
        return await self._work.record(
            _CODES, cached_codes_of, integration_id=integration_id, code_table=table
        )

    async def put(self, integration_id: UUID, table: CodeTable, cached: CachedCodes) -> None:
        await self._work.put(code_table_row(integration_id, table, cached))


class _Events(Records[AuditEvent, AuditEventRow, AuditFilter, Order[AuditOrder]]):
    def __init__(self, work: Work) -> None:
        super().__init__(work, AuditEventRow, audit_event_row, audit_event_of)

    def conditions(self, matching: AuditFilter) -> Conditions:
        return [
            *one_of(col(AuditEventRow.branch_id), matching.branch_ids),
            *equals(col(AuditEventRow.action), matching.action),
            *is_just(col(AuditEventRow.record_id), matching.record_id),
            *equals(col(AuditEventRow.actor_id), matching.actor_id),
            *on_local_days(col(AuditEventRow.at), matching.from_on, matching.to_on),
        ]

    def keyset(self, order: Order[AuditOrder]) -> Keyset:
        return Keyset(AuditEventRow, "number", order.direction)


class SqlAuditTrail(AuditTrail):
    """The audit trail: a store of records without the ways to change one."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._events = _Events(work)

    async def add(self, *events: AuditEvent) -> None:
        await bulk.insert(self._work, AuditEventRow, column_values(AUDIT_EVENT, events))

    async def page(self, matching: AuditFilter, order: Order[AuditOrder], window: Window) -> Page[AuditEvent]:
        return await self._events.page(matching, order, window)

    async def count(self, matching: AuditFilter) -> int:
        return await self._events.count(matching)


class SqlIdempotencyRecords(IdempotencyRecords):
    """The idempotency keys."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, caller_id: str, key: str) -> IdempotencyRecord | None:
        row = await self._work.row(_KEY, caller_id=caller_id, key=key)
        return None if row is None else idempotency_record_of(row)

    async def add(self, record: IdempotencyRecord) -> None:
        if not await self._work.insert_new(idempotency_row(record)):
            raise Conflict(reason="IDEMPOTENCY_KEY_TAKEN")

    async def forget(self, before: datetime, limit: int) -> int:
        keys = table_of(IdempotencyRow)
        old = select(keys.c.caller_id, keys.c.key).where(keys.c.created_at < before)
        oldest = old.order_by(keys.c.created_at).limit(limit)
        return await self._work.change(delete(keys).where(tuple_(keys.c.caller_id, keys.c.key).in_(oldest)))

    async def remove(self, caller_id: str, key: str) -> None:
        its_own = (col(IdempotencyRow.caller_id) == caller_id, col(IdempotencyRow.key) == key)
        await self._work.change(delete(IdempotencyRow).where(*its_own))

    async def fingerprints_by_key(self) -> dict[str, int]:
        key_id = func.substr(col(IdempotencyRow.fingerprint), 1, KEY_ID_DIGITS)
        # By the place of the column: PostgreSQL takes the same expression with parameters for another one.
        counted = select(key_id, func.count()).group_by(text("1"))
        found = await self._work.connection.execute(counted)
        return dict(found.all())


class SqlAccessTokens(AccessTokens):
    """The access tokens."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, token: AccessToken) -> None:
        await self._work.insert(token_row(token), {})

    async def save(self, token: AccessToken) -> None:
        await self._work.replace(token_row(token), {})

    async def get(self, token_id: UUID) -> AccessToken | None:
        row = await self._work.row(_TOKEN, id=token_id)
        return None if row is None else token_of(row)

    async def by_hash(self, token_hash: str) -> AccessToken | None:
        row = await self._work.row(_TOKEN_OF_HASH, token_hash=token_hash)
        return None if row is None else token_of(row)

    async def all(self) -> list[AccessToken]:
        rows = await self._work.all(select(AccessTokenRow).order_by(col(AccessTokenRow.number)))
        return [token_of(row) for row in rows]

    async def note_uses(self, uses: Mapping[UUID, datetime]) -> None:
        known = col(AccessTokenRow.last_used_at)
        # In one order everywhere: two processes that write the same rows must not wait for each other.
        for token_id, at in sorted(uses.items()):
            earlier = or_(known.is_(None), known < at)
            await self._work.change(
                update(AccessTokenRow)
                .where(col(AccessTokenRow.id) == token_id, earlier)
                .values(last_used_at=at)
            )
