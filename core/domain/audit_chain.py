"""The chain of the audit trail: each entry is bound by a hash to all that came before it.

Entries are written without a place in the chain, so that no writer waits for another, and chained soon after their commit.
The hash needs no key: anybody can check the chain. Whoever can rewrite the whole storage could make a new one, which is
what a head that was noted elsewhere is for.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from hashlib import sha256

from core.domain.audit import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """How far the chain goes: the position of its last entry, from 1 without gaps, and that entry's hash."""

    position: int
    digest: str


_encoded = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

START = ChainHead(position=0, digest="0" * 64)
"""The head of a chain without entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """The place that the entry with this number has in the chain."""

    number: int
    position: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedEvent:
    """An entry as it is stored, with its place. `event` is None when what is stored there is no entry any more."""

    link: ChainLink
    event: AuditEvent | None


class ChainFault(StrEnum):
    """What is wrong with an entry: it differs from what was chained, or entries before it are gone."""

    CHANGED = "CHANGED"
    MISSING_BEFORE = "MISSING_BEFORE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainBreak:
    """The first entry, by its number, at which the chain does not hold."""

    number: int
    fault: ChainFault


def link_after(head: ChainHead, event: AuditEvent) -> ChainLink:
    """The place of `event` when it is the next one."""
    return ChainLink(number=event.number, position=head.position + 1, digest=_digest(head.digest, event))


def links_after(head: ChainHead, events: Iterable[AuditEvent]) -> list[ChainLink]:
    """The places of the events, one after the other."""
    links = []
    for event in events:
        link = link_after(head, event)
        links.append(link)
        head = ChainHead(position=link.position, digest=link.digest)
    return links


def break_at(head: ChainHead, entry: ChainedEvent) -> ChainBreak | None:
    """What is wrong when `entry` stands next after `head`; None when it is what was chained there."""
    link = entry.link
    if link.position != head.position + 1:
        return ChainBreak(number=link.number, fault=ChainFault.MISSING_BEFORE)
    if entry.event is None or link_after(head, entry.event) != link:
        return ChainBreak(number=link.number, fault=ChainFault.CHANGED)
    return None


def _digest(previous: str, event: AuditEvent) -> str:
    return sha256(f"{previous}\n{_canonical(event)}".encode()).hexdigest()


def _canonical(event: AuditEvent) -> str:
    """All of the entry as one line of ASCII, the same wherever and whenever it is read."""
    parts = [
        event.number,
        str(event.id),
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.actor,
        event.origin,
        event.action.value,
        event.record_kind,
        None if event.record_id is None else str(event.record_id),
        None if event.branch_id is None else str(event.branch_id),
        dict(event.details),
    ]
    return _encoded(parts)
