"""Bearer tokens: random, recognisable, stored only as hashes."""

import hashlib
import secrets

from core.domain.secret import Secret

PREFIX = "fia_"
"""Marks a token of ours, for scanners that look for leaked secrets and for our own redaction of logs."""

TOKEN_BYTES = 32


def new_token() -> tuple[Secret, str]:
    """A token of 256 random bits, to be shown once, and the hash to store."""
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    return Secret(token), hash_token(token)


def hash_token(token: str) -> str:
    """SHA-256 in hexadecimal. A fast hash suffices: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
