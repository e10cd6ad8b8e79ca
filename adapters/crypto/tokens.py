"""Bearer tokens: random and recognisable."""

import secrets

from ports.token_source import TokenSource

PREFIX = "fia_"
"""Marks a token of ours, for scanners that look for leaked secrets and for our own redaction of logs."""

TOKEN_BYTES = 32


class RandomTokens(TokenSource):
    """Tokens of 256 bits from the operating system's random source."""

    def new(self) -> str:
        """A token of `fia_` and 43 letters, digits, `-` and `_`."""
        return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
