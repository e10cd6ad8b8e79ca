"""Tickets: short-lived links to one report, for browser tabs, which cannot send an Authorization header."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ports.clock import Clock
from ports.vault import Vault

VALID_FOR = timedelta(minutes=5)

_TICKET = re.compile(r"(?P<expires>[0-9]{10})\.(?P<seal>[0-9a-f:]{1,200})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """Issues tickets to callers who may read a report, and checks them.

    A ticket opens one page of one consultation until it expires and is nothing else: it holds no token and no identity.
    It is kept out of logs (query strings are not logged) and out of other sites (no referrer is sent).
    """

    vault: Vault
    clock: Clock

    def issue(self, path: str) -> str:
        """A ticket that opens `path`."""
        expires = int((self.clock.now() + VALID_FOR).timestamp())
        return f"{expires}.{self.vault.fingerprint(_sealed(path, expires))}"

    def opens(self, ticket: str, path: str) -> bool:
        """Whether the ticket was issued for `path` and is still valid."""
        read = _TICKET.fullmatch(ticket)
        if read is None:
            return False
        expires = int(read["expires"])
        genuine = self.vault.matches(read["seal"], _sealed(path, expires))
        return genuine and self.clock.now() < datetime.fromtimestamp(expires, UTC)


def _sealed(path: str, expires: int) -> str:
    return f"ticket:{path}:{expires}"
