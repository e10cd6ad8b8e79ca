"""Who calls, and what that caller may do."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from core.domain.errors import DomainError, Forbidden


class Scope(StrEnum):
    """A permission of a token. Each operation names the one it wants."""

    READ = "READ"
    READ_CONSULTATIONS = "READ_CONSULTATIONS"
    WHOLE_DOCUMENTS = "WHOLE_DOCUMENTS"
    CONSULT = "CONSULT"
    NEGATIVATE = "NEGATIVATE"
    CLEAR = "CLEAR"
    RESEND = "RESEND"
    WRITE_RECORDS = "WRITE_RECORDS"
    IMPORT = "IMPORT"
    CONFIGURE = "CONFIGURE"
    ROTATE_CREDENTIALS = "ROTATE_CREDENTIALS"
    RUN_COLLECTION = "RUN_COLLECTION"
    AUDIT = "AUDIT"
    TOKENS = "TOKENS"
    MONITOR = "MONITOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever makes a call: a token's name, its scopes, and its branches (None: every branch, also future ones).

    `origin` says from where (an address), for the audit trail. `ends_at`: when what it showed ends, None for never.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    branch_ids: frozenset[UUID] | None = None
    origin: str | None = None
    ends_at: datetime | None = None

    def require(self, *scopes: Scope) -> None:
        """Raise Forbidden naming the first scope that this caller lacks."""
        for scope in scopes:
            if scope not in self.scopes:
                raise Forbidden(scope=scope.value)

    def require_one_of(self, *scopes: Scope) -> None:
        """Raise Forbidden naming the first of these scopes when this caller has none of them."""
        if self.scopes.isdisjoint(scopes):
            raise Forbidden(scope=scopes[0].value)

    def require_every_branch(self) -> None:
        """Raise Forbidden `EVERY_BRANCH` when this caller is limited to some branches: the whole company is concerned."""
        if self.branch_ids is not None:
            raise Forbidden(scope="EVERY_BRANCH")

    def importing(self) -> "Caller":
        """This caller while it imports rows: IMPORT writes records that way, and no other. Raises Forbidden."""
        self.require_one_of(Scope.IMPORT, Scope.WRITE_RECORDS)
        return replace(self, scopes=self.scopes | {Scope.WRITE_RECORDS})

    def reaches(self, branch_id: UUID) -> bool:
        """Whether records of this branch exist for the caller."""
        return self.branch_ids is None or branch_id in self.branch_ids

    def narrowed(self, branch_ids: Iterable[UUID] | None) -> frozenset[UUID] | None:
        """The branches to look in when the caller asks for `branch_ids` (None: all that it reaches)."""
        if branch_ids is None:
            return self.branch_ids
        asked = frozenset(branch_ids)
        return asked if self.branch_ids is None else asked & self.branch_ids


SYSTEM = Caller(id="system", name="fiador", scopes=frozenset(Scope))
"""The service itself: the dispatcher, the routines, recovery after a crash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A bearer token as it is kept: only the SHA-256 of a random value of 256 bits, so the row opens nothing.

    last_used_at: to the minute or so; None when it was never used.
    """

    id: UUID
    name: str
    token_hash: str = field(repr=False)
    scopes: frozenset[Scope]
    branch_ids: frozenset[UUID] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Neither revoked nor past its end."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def caller(self, origin: str | None) -> Caller:
        """Whoever presents this token."""
        return Caller(
            id=str(self.id),
            name=self.name,
            scopes=self.scopes,
            branch_ids=self.branch_ids,
            origin=origin,
            ends_at=self.expires_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person whom an identity provider vouches for, and what it lets that person do here.

    subject: unique at the issuer and never given again. Branches are named by our ids or by the integrator's own; none means no
    branch, `every_branch` all of them.
    """

    issuer: str
    subject: str
    name: str
    scopes: frozenset[Scope]
    every_branch: bool
    branch_ids: frozenset[UUID]
    branch_external_ids: frozenset[str]
    ends_at: datetime

    def caller(self, branch_ids: Iterable[UUID], origin: str | None) -> Caller:
        """This person as a caller; branch_ids: those of the branches named by external ids.

        The id ends with the issuer's address, so that no subject can pass for a token, for `admin` or for the service itself.
        """
        reached = self.branch_ids.union(branch_ids)
        return Caller(
            id=f"{self.subject}@{self.issuer}",
            name=self.name,
            scopes=self.scopes,
            branch_ids=None if self.every_branch else reached,
            origin=origin,
            ends_at=self.ends_at,
        )


class UnauthenticatedReason(StrEnum):
    """Why a token opens nothing."""

    MISSING = "MISSING"
    UNKNOWN = "UNKNOWN"
    INVALID = "INVALID"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


@dataclass(eq=False, kw_only=True)
class Unauthenticated(DomainError):
    """Nobody we know is calling."""

    reason: UnauthenticatedReason


def still_usable(token: AccessToken | None, now: datetime) -> AccessToken:
    """The token, when there is one and it opens something now. Raises Unauthenticated with the reason."""
    if token is None:
        raise Unauthenticated(reason=UnauthenticatedReason.UNKNOWN)
    if token.revoked_at is not None:
        raise Unauthenticated(reason=UnauthenticatedReason.REVOKED)
    if not token.is_valid(now):
        raise Unauthenticated(reason=UnauthenticatedReason.EXPIRED)
    return token


def hash_token(token: str) -> str:
    """What is kept of a token: its SHA-256 in hexadecimal. A fast hash suffices, 256 random bits cannot be guessed."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
