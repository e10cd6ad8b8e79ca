"""Tickets: short-lived links to one report, for browser tabs, which cannot send an Authorization header."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.access import Caller, Scope
from core.domain.secret import SealedSecret, Secret, SecretUnreadable
from ports.clock import Clock
from ports.vault import Vault

VALID_FOR = timedelta(minutes=5)

MAX_LENGTH = 2000

_CARRIED = frozenset({Scope.READ_CONSULTATIONS, Scope.WHOLE_DOCUMENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """Issues tickets to callers who may read a report, and reads them again.

    A ticket is sealed by the vault for one path, so it opens that page alone; it carries who asked and whether documents
    are shown whole, never a token. It ends after `VALID_FOR`, also when the token behind it is revoked meanwhile. It stays
    out of logs (query strings are not logged) and away from other sites (no referrer is sent).
    """

    vault: Vault
    clock: Clock

    def issue(self, path: str, caller: Caller) -> str:
        """A ticket that opens `path` in the name of the caller, who was found to be allowed to read it."""
        holder = {
            "until": (self.clock.now() + VALID_FOR).isoformat(),
            "id": caller.id,
            "name": caller.name,
            "scopes": sorted(caller.scopes & _CARRIED),
        }
        sealed = self.vault.seal(Secret(json.dumps(holder)), _context(path))
        return base64.urlsafe_b64encode(sealed.ciphertext).decode("ascii").rstrip("=")

    def holder(self, ticket: str, path: str, origin: str | None) -> Caller | None:
        """In whose name the ticket opens `path`; None when it was issued for another page, has ended or is made up."""
        if len(ticket) > MAX_LENGTH:
            return None
        try:
            ciphertext = base64.b64decode(ticket + "=" * (-len(ticket) % 4), altchars=b"-_", validate=True)
            holder = json.loads(self.vault.open(SealedSecret(ciphertext), _context(path)).value)
        except (binascii.Error, ValueError, SecretUnreadable):
            return None
        if self.clock.now() >= datetime.fromisoformat(holder["until"]):
            return None
        scopes = frozenset(Scope(name) for name in holder["scopes"])
        return Caller(id=holder["id"], name=holder["name"], scopes=scopes, origin=origin)


def _context(path: str) -> str:
    return f"ticket:{path}"
