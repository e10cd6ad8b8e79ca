"""Tell from a bearer token who calls."""

from dataclasses import dataclass, field
from hmac import compare_digest

from core.domain.access import Caller, Scope, Unauthenticated, UnauthenticatedReason, hash_token, still_usable
from core.use_cases.note_token_use import NoteTokenUse
from ports.clock import Clock
from ports.token_lookup import TokenLookup
from ports.token_verifier import TokenVerifier
from ports.unit_of_work import UnitsOfWork

MAX_TOKEN_CHARACTERS = 16_384
"""No token of ours and none of an identity provider comes near; longer ones are not worth hashing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyCallerCommand:
    """The token as it was presented, None when there was none; from where, for the audit trail."""

    token: str | None = field(repr=False)
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyCaller:
    """Policy.

    - A token opens what it was made for until it ends or is revoked; only its hash is known here. Nothing is remembered between
      two calls, so a revoked token opens nothing from that moment on.
    - verifier: an identity provider whose signed tokens are taken as well, told from ours by their two dots; None when there is
      none. Its claims are all there is: we keep nothing about its people, and cannot revoke what it signed.
    - uses: where it is noted when one of our tokens was used; None where nobody wants to know.
    - admin_token_hash: the hash of the token known in advance, which has every scope and branch; None when there is none.

    Raises Unauthenticated with the reason, IdentityProviderUnavailable.
    """

    tokens: TokenLookup
    units_of_work: UnitsOfWork
    clock: Clock
    verifier: TokenVerifier | None = None
    uses: NoteTokenUse | None = None
    admin_token_hash: str | None = field(default=None, repr=False)

    async def __call__(self, command: IdentifyCallerCommand) -> Caller:
        """Who calls."""
        if not command.token:
            raise Unauthenticated(reason=UnauthenticatedReason.MISSING)
        if len(command.token) > MAX_TOKEN_CHARACTERS:
            raise Unauthenticated(reason=UnauthenticatedReason.UNKNOWN)
        token_hash = hash_token(command.token)
        if self.admin_token_hash is not None and compare_digest(token_hash, self.admin_token_hash):
            return Caller(id="admin", name="admin", scopes=frozenset(Scope), origin=command.origin)
        if self.verifier is not None and command.token.count(".") == 2:
            return await self._vouched_for(self.verifier, command.token, command.origin)
        return await self._holder(token_hash, command.origin)

    async def _vouched_for(self, verifier: TokenVerifier, token: str, origin: str | None) -> Caller:
        identity = await verifier.verify(token)
        if not identity.branch_external_ids:
            return identity.caller((), origin)
        async with self.units_of_work.read() as work:
            named = await work.branches.by_external_ids(identity.branch_external_ids)
        return identity.caller((branch.id for branch in named.values()), origin)

    async def _holder(self, token_hash: str, origin: str | None) -> Caller:
        usable = still_usable(await self.tokens.by_hash(token_hash), self.clock.now())
        if self.uses is not None:
            self.uses.note(usable.id)
        return usable.caller(origin)
