"""Refusals: a use case raises, and nothing is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from core.domain.errors import InvalidInput
from support.world import World

ErrorT = TypeVar("ErrorT", bound=BaseException)


@contextmanager
def refused(
    world: World, error: type[ErrorT], *, bureau_calls: int = 0
) -> Iterator[pytest.ExceptionInfo[ErrorT]]:
    """The block raises `error`, no row of any table changes, and the bureau is called just that often."""
    before, calls = _rows(world), len(world.bureau.calls)
    with pytest.raises(error) as caught:
        yield caught
    assert _rows(world) == before, "something was stored"
    assert len(world.bureau.calls) - calls == bureau_calls


def problems_of(caught: pytest.ExceptionInfo[InvalidInput]) -> set[tuple[str, str]]:
    """The problems of a refused input, as (path, code)."""
    return {(".".join(problem.path), problem.code) for problem in caught.value.problems}


def _rows(world: World) -> dict[str, dict[object, bytes]]:
    return {name: dict(rows) for name, rows in world.storage.reading().tables.items()}
