"""Cursors: opaque places in a list, good for that list and order alone, and checked when they come back."""

import base64
import binascii
import json
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from core.domain.errors import InvalidInput, Problem
from core.domain.paging import Cursor, KeyValue, Order
from core.domain.secret import SealedSecret, Secret, SecretUnreadable
from ports.vault import Vault

OrderFieldT = TypeVar("OrderFieldT", bound=StrEnum)

_MAX_LENGTH = 2048
_MAX_SEALED = 2 * _MAX_LENGTH
_MAX_NUMBER = 2**31 - 1

_written = json.JSONEncoder(separators=(",", ":")).encode


def encode_cursor(list_name: str, order: Order[OrderFieldT], cursor: Cursor) -> str:
    """The cursor as clients see it."""
    value = cursor.value
    written = value if isinstance(value, int | str) else value.isoformat()
    place = [list_name, order.field.value, order.direction.value, _type_name(value), written, cursor.number]
    return base64.urlsafe_b64encode(_written(place).encode()).decode()


def decode_cursor(
    list_name: str, order: Order[OrderFieldT], value_type: type[KeyValue], text: str, *path: str
) -> Cursor:
    """The place that a client's cursor names.

    `value_type` is what the order's field holds. Raises InvalidInput `INVALID_CURSOR` at `path` for whatever was not
    made by `encode_cursor` for the same list and order.
    """
    try:
        if len(text) > _MAX_LENGTH:
            raise ValueError("too long")
        place = json.loads(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
        head, written, number = place[:4], place[4], place[5]
        if head != [list_name, order.field.value, order.direction.value, value_type.__name__]:
            raise ValueError("another list or order")
        cursor = Cursor(_read(value_type, written), _in_range(number))
        if encode_cursor(list_name, order, cursor) != text:
            raise ValueError("not in its only spelling")
    except (binascii.Error, ValueError, TypeError, IndexError, KeyError, RecursionError):
        raise InvalidInput(problems=(Problem(path, "INVALID_CURSOR"),)) from None
    return cursor


def seal_cursor(vault: Vault, list_name: str, text: str) -> str:
    """A cursor whose place nobody can read: it holds a name."""
    sealed = vault.seal(Secret(text), _context(list_name))
    return base64.urlsafe_b64encode(sealed.ciphertext).decode()


def open_cursor(vault: Vault, list_name: str, text: str, *path: str) -> str:
    """The cursor that was sealed. Raises InvalidInput `INVALID_CURSOR` at `path` for whatever was not sealed here."""
    try:
        if len(text) > _MAX_SEALED:
            raise ValueError("too long")
        sealed = SealedSecret(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
        return vault.open(sealed, _context(list_name)).value
    except (binascii.Error, ValueError, SecretUnreadable):
        raise InvalidInput(problems=(Problem(path, "INVALID_CURSOR"),)) from None


def _context(list_name: str) -> str:
    return f"cursor:{list_name}"


def _type_name(value: KeyValue) -> str:
    return type(value).__name__


def _read(value_type: type[KeyValue], written: object) -> KeyValue:
    if value_type is int:
        return _in_range(written)
    if not isinstance(written, str) or "\x00" in written:
        raise ValueError("not a text")
    written.encode()
    if value_type is datetime:
        instant = datetime.fromisoformat(written)
        if instant.utcoffset() is None:
            raise ValueError("an instant without its zone")
        return instant
    return date.fromisoformat(written) if value_type is date else written


def _in_range(number: object) -> int:
    if type(number) is not int or not 0 <= number <= _MAX_NUMBER:
        raise ValueError("not a number of a record")
    return number
