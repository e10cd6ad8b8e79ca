"""Bearer tokens: random and recognisable. What is kept of them is a rule of the domain (`hash_token`)."""

import secrets

from ports.token_source import TokenSource

PREFIX = "fia_"
"""Marks a token of ours, for scanners that look for leaked secrets and for our own redaction of logs."""

TOKEN_BYTES = 32


class RandomTokens(TokenSource):
    """Tokens of 256 bits from the operating system's source of randomness."""

    def new(self) -> str:
        """A token never given before."""
        return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
