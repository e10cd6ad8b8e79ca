"""Parameters, code tables, the audit trail, idempotency keys and access tokens in memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from adapters.memory.records import Records
from adapters.memory.storage import MemoryStorage, Table, Transaction
from core.domain.access import AccessToken
from core.domain.audit import AuditEvent
from core.domain.calendar_rules import local_date
from core.domain.code_tables import CachedCodes, CodeTable
from core.domain.errors import Conflict
from core.domain.idempotency import IdempotencyRecord
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.paging import KeyValue, Order, Page, Window
from core.domain.parameters import CreditParameters
from core.domain.secret import KEY_ID_DIGITS
from ports.administration import AccessTokens, AuditTrail, CodeTables, IdempotencyRecords, Parameters


class MemoryParameters(Parameters):
    """The general parameters: one row, or none yet."""

    def __init__(self, transaction: Transaction) -> None:
        self._table = Table(transaction, CreditParameters.__name__, CreditParameters)

    async def credit(self) -> CreditParameters:
        return self._table.get("credit") or CreditParameters()

    async def save_credit(self, parameters: CreditParameters) -> None:
        self._table.put("credit", parameters)


class MemoryCodeTables(CodeTables):
    """The cached code tables."""

    def __init__(self, transaction: Transaction) -> None:
        self._table = Table(transaction, CachedCodes.__name__, CachedCodes)

    async def get(self, integration_id: UUID, table: CodeTable) -> CachedCodes | None:
        return self._table.get((integration_id, table))

    async def put(self, integration_id: UUID, table: CodeTable, cached: CachedCodes) -> None:
        self._table.put((integration_id, table), cached)


class _Events(Records[AuditEvent, AuditFilter, Order[AuditOrder]]):
    def lets_through(self, record: AuditEvent, matching: AuditFilter) -> bool:
        day = local_date(record.at)
        return (
            (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and matching.action in (None, record.action)
            and matching.record_id in (None, record.record_id)
            and matching.actor_id in (None, record.actor_id)
            and (matching.from_on is None or matching.from_on <= day)
            and (matching.to_on is None or day <= matching.to_on)
        )

    def order_value(self, record: AuditEvent, order: Order[AuditOrder]) -> KeyValue:
        return record.number


class MemoryAuditTrail(AuditTrail):
    """The audit trail: a store of records without the ways to change one."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        self._events = _Events(storage, transaction, AuditEvent)

    async def add(self, *events: AuditEvent) -> None:
        for event in events:
            await self._events.add(event)

    async def page(self, matching: AuditFilter, order: Order[AuditOrder], window: Window) -> Page[AuditEvent]:
        return await self._events.page(matching, order, window)

    async def count(self, matching: AuditFilter) -> int:
        return await self._events.count(matching)


class MemoryIdempotencyRecords(IdempotencyRecords):
    """The idempotency keys."""

    def __init__(self, transaction: Transaction) -> None:
        self._table = Table(transaction, IdempotencyRecord.__name__, IdempotencyRecord)

    async def get(self, caller_id: str, key: str) -> IdempotencyRecord | None:
        return self._table.get((caller_id, key))

    async def add(self, record: IdempotencyRecord) -> None:
        self._table.require_writable()
        if (record.caller_id, record.key) in self._table:
            raise Conflict(reason="IDEMPOTENCY_KEY_TAKEN")
        self._table.put((record.caller_id, record.key), record)

    async def forget(self, before: datetime, limit: int) -> int:
        self._table.require_writable()
        old = sorted(
            (record for record in self._table.all() if record.created_at < before),
            key=lambda record: record.created_at,
        )[:limit]
        for record in old:
            self._table.remove((record.caller_id, record.key))
        return len(old)

    async def remove(self, caller_id: str, key: str) -> None:
        self._table.remove((caller_id, key))

    async def fingerprints_by_key(self) -> dict[str, int]:
        return dict(Counter(record.fingerprint[:KEY_ID_DIGITS] for record in self._table.all()))


class MemoryAccessTokens(AccessTokens):
    """The access tokens."""

    def __init__(self, transaction: Transaction) -> None:
        self._table = Table(transaction, AccessToken.__name__, AccessToken)

    async def add(self, token: AccessToken) -> None:
        self._table.put(token.id, token)

    async def save(self, token: AccessToken) -> None:
        if token.id not in self._table:
            raise LookupError(f"no AccessToken with the id {token.id}")
        self._table.put(token.id, token)

    async def get(self, token_id: UUID) -> AccessToken | None:
        return self._table.get(token_id)

    async def by_hash(self, token_hash: str) -> AccessToken | None:
        return next((token for token in self._table.all() if token.token_hash == token_hash), None)

    async def all(self) -> list[AccessToken]:
        return self._table.all()

    async def note_uses(self, uses: Mapping[UUID, datetime]) -> None:
        for token_id, at in uses.items():
            token = self._table.get(token_id)
            if token is not None and (token.last_used_at is None or token.last_used_at < at):
                self._table.put(token_id, replace(token, last_used_at=at))
