"""A sandbox for each test; one contract for all, which remembers what was exchanged."""

from collections.abc import Iterator

import pytest
import stamina

from support.connect_sa import Contract, Provider, new_provider


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract()


@pytest.fixture
def provider(contract: Contract) -> Provider:
    return new_provider(contract)


@pytest.fixture(autouse=True)
def _no_waiting_between_attempts() -> Iterator[None]:
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
