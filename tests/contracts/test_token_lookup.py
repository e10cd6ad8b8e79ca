"""Looking an access token up, as every request does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.sql.token_lookup import SqlTokenLookup
from core.domain.access import Scope
from ports.token_lookup import TokenLookup
from support.builders import NOW, make_token, new_id
from support.storages import Storage
from support.stored_tokens import StoredTokens


@pytest.fixture
def lookup(storage: Storage) -> TokenLookup:
    """The look-up over each kind of storage."""
    if storage.database is None:
        return StoredTokens(storage.units_of_work)
    return SqlTokenLookup(storage.database.driver, storage.units_of_work)


async def test_a_token_is_found_as_it_is_stored_now(storage: Storage, lookup: TokenLookup) -> None:
    everything = make_token()
    little = make_token(
        branch_ids=frozenset({new_id(), new_id()}),
        scopes=frozenset({Scope.READ}),
        expires_at=NOW + timedelta(days=1),
    )
    nothing = make_token(branch_ids=frozenset(), scopes=frozenset(), last_used_at=NOW)
    async with storage.units_of_work.begin() as work:
        for token in (everything, little, nothing):
            await work.tokens.add(token)
    for token in (everything, little, nothing):
        assert await lookup.by_hash(token.token_hash) == token
    assert await lookup.by_hash("0" * 64) is None
    revoked = replace(little, revoked_at=NOW)
    async with storage.units_of_work.begin() as work:
        await work.tokens.save(revoked)
    assert await lookup.by_hash(little.token_hash) == revoked
