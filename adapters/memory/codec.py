"""Records become bytes and come back, so that nothing that a real storage would lose survives in memory."""

from collections.abc import Hashable
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter

RecordT = TypeVar("RecordT")


@cache
def _adapter(record_type: Any) -> TypeAdapter[tuple[Any]]:
    # The tuple carries the settings down to dataclasses that know nothing of pydantic.
    config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", strict=True, extra="forbid")
    return TypeAdapter(tuple[record_type], config=config)


def encoded(record: object, record_type: Any) -> bytes:
    """The record as JSON."""
    return _adapter(record_type).dump_json((record,), warnings="error")


@lru_cache(maxsize=20_000)
def _decoded(stored: bytes, record_type: Hashable) -> Any:
    return _adapter(record_type).validate_json(stored)[0]


def decoded(stored: bytes, record_type: type[RecordT]) -> RecordT:
    """The record behind the JSON. Equal bytes may give the same object: records never change."""
    record: RecordT = _decoded(stored, cast(Hashable, record_type))
    return record
