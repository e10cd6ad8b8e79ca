"""What the tests of use cases share."""

import pytest

from support.world import World


@pytest.fixture
async def world() -> World:
    """A company with one branch, one customer and one overdue invoice."""
    return await World().populate()
