"""Take a bearer token out of use."""

from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import AccessToken, Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.errors import NotFound
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeTokenCommand:
    """The token's id, not the token."""

    caller: Caller
    token_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeToken:
    """Raises Forbidden, NotFound. Revoking what is revoked changes nothing."""

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: RevokeTokenCommand) -> AccessToken:
        """Revoke it, from this moment on."""
        command.caller.require(Scope.TOKENS)
        command.caller.require_every_branch()
        async with self.units_of_work.begin() as work:
            token = await work.tokens.get(command.token_id)
            if token is None:
                raise NotFound(kind="AccessToken", path=("tokenId",))
            if token.revoked_at is not None:
                return token
            now = self.clock.now()
            revoked = replace(token, revoked_at=now)
            await work.tokens.save(revoked)
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.TOKEN_REVOKED,
                    event_id=self.ids.new(),
                    at=now,
                    record=("AccessToken", revoked.id),
                    branch_id=None,
                )
            )
            return revoked
