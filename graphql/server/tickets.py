"""Tickets: short-lived links to one page or file, for browser tabs, which cannot send an Authorization header."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.secret import SealedSecret, Secret, SecretUnreadable
from ports.clock import Clock
from ports.vault import Vault

VALID_FOR = timedelta(minutes=5)

MAX_LENGTH = 6000
"""Addresses of some 8,000 characters pass everywhere; this leaves room for the filter of a report."""

_CARRIED = frozenset({Scope.READ, Scope.READ_CONSULTATIONS, Scope.WHOLE_DOCUMENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """Issues tickets to callers who may read a report, and reads them again.

    A ticket is sealed by the vault for one address, its query string included, so it opens that alone; it carries who
    asked, what that caller reads and in which branches, never a token. It ends after `VALID_FOR`, or before with what the caller
    showed; whoever opens the door makes sure that the token behind it was not revoked meanwhile. It stays out of logs (query strings are not logged) and away from other sites (no referrer is
    sent).
    """

    vault: Vault
    clock: Clock

    def link(self, address: str, caller: Caller) -> str:
        """The address with a ticket for it; as it is when the caller's branches are too many for one."""
        ticket = self.issue(address, caller)
        if len(ticket) > MAX_LENGTH:
            return address
        return f"{address}{'&' if '?' in address else '?'}ticket={ticket}"

    def issue(self, address: str, caller: Caller) -> str:
        """A ticket that opens `address` in the name of the caller, who was found to be allowed to read it."""
        until = self.clock.now() + VALID_FOR
        holder = {
            "until": min(until, caller.ends_at or until).isoformat(),
            "id": caller.id,
            "name": caller.name,
            "scopes": sorted(caller.scopes & _CARRIED),
        }
        if caller.branch_ids is not None:
            holder["branches"] = sorted(branch_id.hex for branch_id in caller.branch_ids)
        sealed = self.vault.seal(Secret(json.dumps(holder)), _context(address))
        return base64.urlsafe_b64encode(sealed.ciphertext).decode("ascii").rstrip("=")

    def holder(self, ticket: str, address: str, origin: str | None) -> Caller | None:
        """In whose name the ticket opens `address`; None when it was issued for another one, has ended or is made up."""
        if len(ticket) > MAX_LENGTH:
            return None
        try:
            ciphertext = base64.b64decode(ticket + "=" * (-len(ticket) % 4), altchars=b"-_", validate=True)
            holder = json.loads(self.vault.open(SealedSecret(ciphertext), _context(address)).value)
        except (binascii.Error, ValueError, SecretUnreadable):
            return None
        if self.clock.now() >= datetime.fromisoformat(holder["until"]):
            return None
        scopes = frozenset(Scope(name) for name in holder["scopes"])
        branches = holder.get("branches")
        return Caller(
            id=holder["id"],
            name=holder["name"],
            scopes=scopes,
            branch_ids=None if branches is None else frozenset(UUID(branch) for branch in branches),
            origin=origin,
        )


def _context(address: str) -> str:
    return f"ticket:{address}"
