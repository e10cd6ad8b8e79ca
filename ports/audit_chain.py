"""The chain over the audit trail, as part of a unit of work."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.domain.audit import AuditEvent
from core.domain.audit_chain import ChainedEvent, ChainHead, ChainLink

CHAIN_LOCK = "audit-chain"
"""Whoever adds to the chain or shortens it holds this lock."""


class AuditChain(Protocol):
    """The places of audit entries in the chain. Storage MUST refuse to change an entry, and to remove one that no seal covers."""

    @abstractmethod
    async def unchained(self, limit: int) -> list[AuditEvent]:
        """Entries without a place yet, by number, at most `limit`. A late commit may bring a low number after higher ones."""

    @abstractmethod
    async def count_unchained(self) -> int:
        """How many entries have no place yet."""

    @abstractmethod
    async def head(self) -> ChainHead:
        """The last place that was given; the seal when nothing came after it."""

    @abstractmethod
    async def link(self, links: Sequence[ChainLink]) -> None:
        """Give entries their places, once and for all."""

    @abstractmethod
    async def after(self, position: int, limit: int) -> list[ChainedEvent]:
        """The entries after a position, in the order of the chain."""

    @abstractmethod
    async def sealed(self) -> ChainHead:
        """Up to where entries were sealed and may be gone; `START` when none were."""

    @abstractmethod
    async def seal(self, before: datetime, at: datetime, limit: int) -> int:
        """Remove the oldest entries that were made before then, at most `limit`, and seal the place where the chain goes on.

        Stops at the first younger one. Tells how many were removed.
        """
