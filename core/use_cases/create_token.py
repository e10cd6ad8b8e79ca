"""Make a bearer token for somebody who is to use the API."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.domain.access import AccessToken, Caller, Scope, hash_token
from core.domain.audit import AuditAction, audited
from core.domain.contact import parse_text
from core.domain.errors import NotFound
from core.use_cases.record_input import RecordReader
from ports.clock import Clock
from ports.ids import Ids
from ports.token_source import TokenSource
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTokenCommand:
    """name: whose it is. branch_ids: None for every branch, also future ones. expires_at: None for never."""

    caller: Caller
    name: str
    scopes: frozenset[Scope]
    branch_ids: frozenset[UUID] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedToken:
    """The token itself, to be shown once, and what is kept of it."""

    token: str = field(repr=False)
    access: AccessToken


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateToken:
    """Policy: nobody hands out more than they have; whoever hands out tokens reaches every branch.

    Raises Forbidden, NotFound (a branch), InvalidInput (INVALID_TEXT, SCOPES_REQUIRED, BRANCHES_REQUIRED,
    EXPIRY_IN_PAST).
    """

    units_of_work: UnitsOfWork
    tokens: TokenSource
    clock: Clock
    ids: Ids

    async def __call__(self, command: CreateTokenCommand) -> CreatedToken:
        """Make it."""
        command.caller.require(Scope.TOKENS, *sorted(command.scopes))
        command.caller.require_every_branch()
        now = self.clock.now()
        name = _read(command, now)
        token = self.tokens.new()
        access = AccessToken(
            id=self.ids.new(),
            name=name,
            token_hash=hash_token(token),
            scopes=command.scopes,
            branch_ids=command.branch_ids,
            created_at=now,
            expires_at=command.expires_at,
        )
        async with self.units_of_work.begin() as work:
            wanted = command.branch_ids or frozenset()
            if len(await work.branches.get_many(wanted)) < len(wanted):
                raise NotFound(kind="Branch", path=("branchIds",))
            await work.tokens.add(access)
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.TOKEN_CREATED,
                    event_id=self.ids.new(),
                    at=now,
                    record=("AccessToken", access.id),
                    branch_id=None,
                    scopes=",".join(sorted(access.scopes)),
                )
            )
        return CreatedToken(token=token, access=access)


def _read(command: CreateTokenCommand, now: datetime) -> str:
    reader = RecordReader()
    name = reader.attempt(lambda: parse_text(command.name, path=("name",)))
    if not command.scopes:
        reader.add(("scopes",), "SCOPES_REQUIRED")
    if command.branch_ids is not None and not command.branch_ids:
        reader.add(("branchIds",), "BRANCHES_REQUIRED")
    if command.expires_at is not None and command.expires_at <= now:
        reader.add(("expiresAt",), "EXPIRY_IN_PAST")
    if reader or name is None:
        raise reader.error()
    return name
