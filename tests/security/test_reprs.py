"""What holds a secret does not show it: a repr ends up in errors, tracebacks and logs."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import pytest
from strawberry import ID

import adapters
import api
import core
import ports
import server
from adapters.crypto.keys import generate_key
from adapters.crypto.vault import AesGcmVault
from api.http.requests import GraphQLRequest
from api.mutations.adopt_credentials import AdoptCredentialsInput
from api.mutations.create_integration import CreateIntegrationInput
from api.mutations.rotate_credentials import RotateCredentialsInput
from core.domain.access import SYSTEM
from core.domain.bureau import CredentialKind, Environment
from core.domain.secret import Secret
from core.use_cases.bureau_access import account_with
from core.use_cases.identify_caller import IdentifyCallerCommand
from core.use_cases.rotate_credentials import RotateCredentialsCommand
from support.builders import make_integration, new_id

CANARY = "Vb3#hJy8"
_SPEAKING = re.compile(r"password|confirmation|secret|variables|(^|_)tokens?$|token_hash|fingerprint")
_HARMLESS = re.compile(r"password_hasher|_kind$")


def _dataclasses() -> Iterator[type]:
    seen = set()
    for root in (core, ports, adapters, api, server):
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if module.name.endswith("__main__") or ".migrations." in module.name:
                continue
            for found in vars(importlib.import_module(module.name)).values():
                ours = str(getattr(found, "__module__", "")).split(".")[0] == root.__name__
                if ours and isinstance(found, type) and is_dataclass(found) and found not in seen:
                    seen.add(found)
                    yield found


def _shows(owner: type) -> list[str]:
    """The fields of plain text, by their names secrets, that the repr shows."""
    if not hasattr(owner.__repr__, "__wrapped__"):  # written by hand, not by dataclasses
        return []
    hints = get_type_hints(owner)
    return [
        f"{owner.__module__}.{owner.__qualname__}.{each.name}"
        for each in fields(owner)
        if each.repr
        and _SPEAKING.search(each.name)
        and not _HARMLESS.search(each.name)
        and re.search(r"\bstr\b|\bdict\b|\bAny\b", str(hints[each.name]))
    ]


def test_no_field_that_speaks_of_a_secret_is_shown() -> None:
    owners = list(_dataclasses())
    assert len(owners) > 200
    assert [shown for owner in owners for shown in _shows(owner)] == []


INPUT: dict[str, Any] = {
    "integration_id": "x",
    "kind": CredentialKind.PEFIN,
    "new_password": CANARY,
    "confirmation": CANARY,
}
INTEGRATION = make_integration()


@pytest.mark.parametrize(
    "holder",
    [
        Secret(CANARY),
        account_with(INTEGRATION, Secret(CANARY)),
        RotateCredentialsCommand(
            caller=SYSTEM,
            integration_id=new_id(),
            kind=CredentialKind.PEFIN,
            new_password=Secret(CANARY),
            confirmation=Secret(CANARY),
        ),
        IdentifyCallerCommand(token=CANARY),
        GraphQLRequest(query=f'{{ a(b: "{CANARY}") }}', operation_name=None, variables={"a": CANARY}),
        RotateCredentialsInput(**INPUT),
        AdoptCredentialsInput(**INPUT),
        CreateIntegrationInput(
            branch_id=ID("x"),
            environment=Environment.HOMOLOGATION,
            login="x",
            responsible_cpf="x",
            consultation_password=CANARY,
            pefin_password=CANARY,
        ),
        AesGcmVault([generate_key()]).seal(Secret(CANARY), "x"),
        {"nested": [Secret(CANARY)]},
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_a_holder_of_a_secret_does_not_show_it(holder: Any) -> None:
    assert CANARY not in f"{holder!r} {holder} {[holder]}"
