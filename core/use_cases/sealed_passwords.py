"""The passwords that the vault has sealed, wherever they are stored."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator

from core.domain.bureau import CredentialKind
from core.domain.integration import Integration
from core.domain.listing import IntegrationFilter, IntegrationOrder
from core.domain.paging import Cursor, Direction, Order, Window
from core.domain.secret import SealedSecret
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

_EVERY = IntegrationFilter(deleted=True)
_OLDEST_FIRST = Order(IntegrationOrder.NUMBER, Direction.ASC)


def sealed_passwords(integration: Integration) -> Iterator[tuple[CredentialKind, SealedSecret]]:
    """Those of one integration: the stored ones, and beside them the one that a change under way will bring."""
    for kind in CredentialKind:
        credential = integration.credential(kind)
        for sealed in (credential.sealed, credential.pending):
            if sealed is not None:
                yield kind, sealed


async def integrations_in_chunks(units_of_work: UnitsOfWork, size: int) -> AsyncIterator[list[Integration]]:
    """Every integration, deleted ones too, oldest first; no unit of work stays open between two chunks."""
    after: Cursor | None = None
    while True:
        async with units_of_work.read() as work:
            page = await work.integrations.page(_EVERY, _OLDEST_FIRST, Window(size=size, after=after))
        yield [edge.record for edge in page.edges]
        if not page.has_next:
            return
        after = page.edges[-1].cursor


async def passwords_by_key(units_of_work: UnitsOfWork, vault: Vault) -> Counter[str]:
    """How many passwords are sealed with each key, by the key's id."""
    counted: Counter[str] = Counter()
    async for integrations in integrations_in_chunks(units_of_work, size=100):
        counted.update(
            vault.key_of(sealed)
            for integration in integrations
            for _, sealed in sealed_passwords(integration)
        )
    return counted
