"""What the tests of the server share."""

import pytest

from support.report_counter import Counter
from support.world import World


@pytest.fixture
async def counter() -> Counter:
    """A counter of a company without consultations and registrations."""
    return Counter(await World().populate())
