"""What the tests of security share."""

from collections.abc import AsyncIterator

import pytest

from adapters.oidc import keys as provider_keys
from support.desk import Desk
from support.gate import Gate
from support.identity_provider import Provider


@pytest.fixture
def provider() -> Provider:
    """The provider, which works."""
    return Provider()


@pytest.fixture
async def gate(desk: Desk, provider: Provider) -> AsyncIterator[Gate]:
    """The API that trusts it."""
    async with provider_keys.new_http_client(provider.transport) as client:
        yield Gate(desk, provider, client)
