"""Bearer tokens: random, recognisable, stored only as hashes."""

import secrets

from core.domain.access import hash_token
from core.domain.secret import Secret

PREFIX = "fia_"
"""Marks a token of ours, for scanners that look for leaked secrets and for our own redaction of logs."""

TOKEN_BYTES = 32


def new_token() -> tuple[Secret, str]:
    """A token of 256 random bits, to be shown once, and the hash to store."""
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    return Secret(token), hash_token(token)
