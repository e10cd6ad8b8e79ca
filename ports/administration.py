"""What the company keeps besides its records: parameters, cached tables, the audit trail, idempotency keys and tokens.

A store belongs to one unit of work.
"""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.access import AccessToken
from core.domain.audit import AuditEvent
from core.domain.code_tables import CachedCodes, CodeTable
from core.domain.idempotency import IdempotencyRecord
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.paging import Order
from core.domain.parameters import CreditParameters
from ports.stores import Listing


class Parameters(Protocol):
    """The company's general parameters and what is cached of the provider's tables."""

    @abstractmethod
    async def credit(self) -> CreditParameters:
        """The credit parameters; the defaults when none were ever saved."""

    @abstractmethod
    async def save_credit(self, parameters: CreditParameters) -> None:
        """Replace the credit parameters."""


class CodeTables(Protocol):
    """The provider's code tables as last fetched, per integration."""

    @abstractmethod
    async def get(self, integration_id: UUID, table: CodeTable) -> CachedCodes | None:
        """The table as last fetched."""

    @abstractmethod
    async def put(self, integration_id: UUID, table: CodeTable, cached: CachedCodes) -> None:
        """Keep what was fetched."""


class AuditTrail(Listing[AuditEvent, AuditFilter, Order[AuditOrder]], Protocol):
    """The audit trail. Entries are only ever added."""

    @abstractmethod
    async def add(self, *events: AuditEvent) -> None:
        """Append entries; each is given the next number."""


class IdempotencyRecords(Protocol):
    """Idempotency keys in use."""

    @abstractmethod
    async def get(self, caller_id: str, key: str) -> IdempotencyRecord | None:
        """What the caller's key stands for."""

    @abstractmethod
    async def add(self, record: IdempotencyRecord) -> None:
        """Remember a key. Raises Conflict `IDEMPOTENCY_KEY_TAKEN` when it is there already."""

    @abstractmethod
    async def forget(self, before: datetime, limit: int) -> int:
        """Forget up to `limit` keys that were made before then, the oldest first; tells how many."""

    @abstractmethod
    async def remove(self, caller_id: str, key: str) -> None:
        """Forget a key, if it is there: what it stood for was certainly not done."""

    @abstractmethod
    async def fingerprints_by_key(self) -> dict[str, int]:
        """How many fingerprints were made with each of the vault's keys, by the key's id. Reads the whole store."""


class AccessTokens(Protocol):
    """The tokens that open the API."""

    @abstractmethod
    async def add(self, token: AccessToken) -> None:
        """Keep a new token's row."""

    @abstractmethod
    async def save(self, token: AccessToken) -> None:
        """Replace a token's row (to revoke it)."""

    @abstractmethod
    async def get(self, token_id: UUID) -> AccessToken | None:
        """The token with that id."""

    @abstractmethod
    async def by_hash(self, token_hash: str) -> AccessToken | None:
        """The token with that SHA-256, in hexadecimal."""

    @abstractmethod
    async def all(self) -> list[AccessToken]:
        """Every token, oldest first."""

    @abstractmethod
    async def note_uses(self, uses: Mapping[UUID, datetime]) -> None:
        """Write when these tokens were used, where that is later than what is known. Ids of no token are left out."""
