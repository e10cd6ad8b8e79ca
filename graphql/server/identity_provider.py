"""The identity provider that the settings name, if they name one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx

from api.ids import split_id
from ports.token_verifier import TokenVerifier
from server.settings import PREFIX, Settings, WrongSettings


@asynccontextmanager
async def identity_provider(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[TokenVerifier | None]:
    """What checks its tokens, None when the settings name none. Nobody is asked before the first token comes.

    Raises WrongSettings when only half of it is named.
    """
    if settings.oidc_issuer is None and settings.oidc_audience is None:
        yield None
        return
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        raise WrongSettings(f"{PREFIX}OIDC_ISSUER and {PREFIX}OIDC_AUDIENCE must be set both or neither")
    # With the library of signatures, which nobody else has a use for.
    from adapters.oidc.keys import ProviderKeys, new_http_client
    from adapters.oidc.verifier import Claims, OidcTokens

    claims = Claims(
        scopes=settings.oidc_scopes_claim,
        branches=settings.oidc_branches_claim,
        read_branch_id=read_branch_id,
    )
    async with new_http_client(transport) as client:
        keys = ProviderKeys(settings.oidc_issuer, settings.oidc_algorithms, client)
        yield OidcTokens(settings.oidc_issuer, settings.oidc_audience, keys, claims)


def read_branch_id(text: str) -> UUID | None:
    """A branch's id as the API writes it; None for what is none."""
    found = split_id(text)
    return found[1] if found is not None and found[0] == "Branch" else None
