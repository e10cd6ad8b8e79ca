"""Passwords and documents stay out of errors, reprs and logs."""

import logging
import traceback

import httpx
import pytest

from adapters.connect_sa.client import ConnectSaBureau
from core.domain.bureau import BureauFailure, CredentialKind, Environment
from core.domain.secret import Secret
from support.connect_sa import CONSULTING, PEFIN, Provider, make_inclusion, make_order

NEW_PASSWORD = "581642"
SECRETS = (
    CONSULTING.password.value,
    PEFIN.password.value,
    NEW_PASSWORD,
    make_order().document.number,
    make_inclusion().debtor.document.number,
    make_inclusion().responsible_cpf.number,
    make_inclusion().debtor.name,
)


def echoing(request: httpx.Request) -> httpx.Response:
    """A provider that quotes the whole request in an answer of no contract."""
    return httpx.Response(200, content=request.content + request.headers["Authorization"].encode())


def failing(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError(f"{request.content!r} {request.headers!r}", request=request)


@pytest.mark.parametrize("behave", [echoing, failing])
async def test_neither_errors_nor_logs_hold_secrets(
    behave: httpx.MockTransport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = httpx.AsyncClient(transport=httpx.MockTransport(behave))  # type: ignore[arg-type]
    bureau = ConnectSaBureau({Environment.HOMOLOGATION: "http://provider.test"}, client)
    calls = (
        lambda: bureau.consult(CONSULTING, make_order()),
        lambda: bureau.register(PEFIN, make_inclusion()),
        lambda: bureau.change_password(PEFIN, CredentialKind.PEFIN, Secret(NEW_PASSWORD)),
        lambda: bureau.plans(CONSULTING),
    )
    for call in calls:
        with pytest.raises(BureauFailure) as caught:
            await call()
        assert caught.value.__context__ is None
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        assert not [secret for secret in SECRETS if secret in told]
    written = "\n".join(record.getMessage() for record in caplog.records)
    assert "bureau call register failed: UNDETERMINED" in written
    assert not [secret for secret in SECRETS if secret in written]


async def test_nothing_of_a_whole_exchange_is_logged(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await provider.bureau.consult(CONSULTING, make_order())
    await provider.bureau.register(PEFIN, make_inclusion())
    await provider.bureau.find(PEFIN, "negativation:1")
    assert [record.getMessage() for record in caplog.records if record.name != "asyncio"] == []
