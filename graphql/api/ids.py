"""Opaque global ids (Relay): `base64("Kind:uuid")`. Clients never take them apart."""

import base64
import binascii
from uuid import UUID

from core.domain.errors import InvalidInput, Problem


def encode_id(kind: str, record_id: UUID) -> str:
    """The global id of a record."""
    return base64.b64encode(f"{kind}:{record_id}".encode()).decode()


def split_id(text: str) -> tuple[str, UUID] | None:
    """The kind and the record id in a global id, or None when it is not one in its only spelling."""
    try:
        kind, _, record_id = base64.b64decode(text, validate=True).decode("ascii").partition(":")
        found = kind, UUID(record_id)
    except (binascii.Error, ValueError):
        return None
    return found if encode_id(*found) == text else None


def decode_id(kind: str, text: str, *path: str) -> UUID:
    """The record id in a global id of `kind`. Raises InvalidInput `INVALID_ID` at the input field `path`."""
    found = split_id(text)
    if found is None or found[0] != kind:
        raise InvalidInput(problems=(Problem(path, "INVALID_ID", {"kind": kind}),))
    return found[1]
