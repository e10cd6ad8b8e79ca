"""Tell from a bearer token who calls."""

from dataclasses import dataclass
from hmac import compare_digest

from core.domain.access import Caller, Scope, Unauthenticated, UnauthenticatedReason, hash_token
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyCallerCommand:
    """The token as it was presented, None when there was none; from where, for the audit trail."""

    token: str | None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyCaller:
    """Policy.

    - A token opens what it was made for until it ends or is revoked; only its hash is known here.
    - admin_token_hash: the hash of the token known in advance, which has every scope and branch; None when there is none.

    Raises Unauthenticated with the reason.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    admin_token_hash: str | None = None

    async def __call__(self, command: IdentifyCallerCommand) -> Caller:
        """Who calls."""
        if not command.token:
            raise Unauthenticated(reason=UnauthenticatedReason.MISSING)
        token_hash = hash_token(command.token)
        if self.admin_token_hash is not None and compare_digest(token_hash, self.admin_token_hash):
            return Caller(id="admin", name="admin", scopes=frozenset(Scope), origin=command.origin)
        async with self.units_of_work.read() as work:
            token = await work.tokens.by_hash(token_hash)
        if token is None or not compare_digest(token.token_hash, token_hash):
            raise Unauthenticated(reason=UnauthenticatedReason.UNKNOWN)
        if token.revoked_at is not None:
            raise Unauthenticated(reason=UnauthenticatedReason.REVOKED)
        if not token.is_valid(self.clock.now()):
            raise Unauthenticated(reason=UnauthenticatedReason.EXPIRED)
        return token.caller(command.origin)
