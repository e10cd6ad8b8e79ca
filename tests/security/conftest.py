"""Fixtures of the tests of who may do what."""

import pytest

from support.desk import Desk
from support.world import World


@pytest.fixture
async def world() -> World:
    """A company with a branch, its linked integration, a customer and an overdue invoice."""
    return await World().populate()


@pytest.fixture
def desk(world: World) -> Desk:
    """A desk in that company, whose caller may do everything."""
    return Desk(world)
