"""What nobody expected happens while secrets are at hand: neither the answer nor the log tells them."""

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from adapters.crypto.password_hasher import Argon2Hasher
from adapters.crypto.vault import AesGcmVault
from adapters.sql.stores.company import SqlIntegrations
from adapters.system.logging import LogFormat, configure_logging
from api.ids import encode_id
from core.domain.bureau import CredentialKind
from core.domain.credentials import CredentialState
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from core.use_cases.rotate_credentials import RotateCredentials
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from support.builders import make_branch, make_credential, make_integration
from support.canaries import Canary, found
from support.served import ADMIN, ADMIN_TOKEN, client_from, served

NEW = "847206"
CANARIES = [
    Canary(name="stored", value="618379"),
    Canary(name="new", value=NEW),
    Canary(name="token", value=ADMIN_TOKEN),
]
ROTATE = """mutation ($input: RotateCredentialsInput!) { rotateCredentials(input: $input) { __typename
  ... on UserError { code message } } }"""


def _with_all_it_was_given(*given: Any, **named: Any) -> Any:
    secret_at_hand = [value.value for value in given if isinstance(value, Secret)]
    raise RuntimeError(f"crashed with {given!r} and {named!r}", *given, len(secret_at_hand))


def _of_its_own_accord(*_: Any, **__: Any) -> Any:
    raise KeyError(Secret(NEW))


PLACES: list[tuple[type, str]] = [
    (RotateCredentials, "__call__"),
    (Argon2Hasher, "matches_any"),
    (AesGcmVault, "seal"),
    (AesGcmVault, "open"),
    (SqlIntegrations, "save"),
]


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged, in the format that the test asks for; in the end the loggers are as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(log_format=request.param, stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("log", list(LogFormat), indirect=True)
@pytest.mark.parametrize("crash", [_with_all_it_was_given, _of_its_own_accord])
@pytest.mark.parametrize(("owner", "method"), PLACES)
async def test_a_crash_tells_no_secret(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    log: io.StringIO,
    crash: Callable[..., Any],
    owner: type,
    method: str,
) -> None:
    async with served(monkeypatch, tmp_path) as (app, services), client_from(app) as client:
        integration = make_integration()
        vault = services.container.resolve(Vault)
        sealed = vault.seal(Secret("618379"), secret_context(integration.id, CredentialKind.PEFIN))
        stored = make_credential(CredentialKind.PEFIN, sealed=sealed, state=CredentialState.VALID)
        async with services.container.resolve(UnitsOfWork).begin() as work:
            branch = await work.branches.add(make_branch())
            missing = make_credential(CredentialKind.CONSULTATION).destroyed()
            record = replace(integration, branch_id=branch.id, consultation=missing)
            await work.integrations.add(record.with_credential(stored))
        monkeypatch.setattr(owner, method, crash)
        given = {
            "integrationId": encode_id("Integration", integration.id),
            "kind": "PEFIN",
            "newPassword": NEW,
            "confirmation": NEW,
        }
        body = {"query": ROTATE, "variables": {"input": given}}
        answer = await client.post("/graphql", json=body, headers=ADMIN)
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL", answer.text
    written = log.getvalue()
    assert crash.__name__ in written
    assert found(CANARIES, answer.content + written.encode()) == []
