"""The provider's sandbox in process, with every exchange checked against the contract."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jsonschema_rs
import yaml
from starlette.applications import Starlette

from adapters.connect_sa.client import ConnectSaBureau
from adapters.connect_sa.sandbox import (
    INITIAL_CONSULTATION_PASSWORD,
    INITIAL_PEFIN_PASSWORD,
    create_sandbox,
)
from adapters.connect_sa.sandbox.scenarios import SCENARIOS
from core.domain.bureau import (
    BureauAccount,
    ConsultationOrder,
    CredentialKind,
    Debtor,
    Environment,
    Exclusion,
    Inclusion,
)
from core.domain.documents import Document, parse_document
from core.domain.money import Money
from core.domain.plans import ConsultationPlan
from core.domain.secret import Secret
from core.domain.states import StateCode
from support.builders import NOW, TODAY, make_debtor
from support.documents import synthetic_cpf

CONTRACT_FILE = Path(__file__).parents[2] / "adapters" / "connect_sa" / "contract.yaml"
LOGIN = "fiador-matriz"
ADDRESS = "http://sandbox.test"


class Contract:
    """contract.yaml, to hold exchanges against it."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = yaml.safe_load(CONTRACT_FILE.read_text())
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        self._operations = {
            (path, method): operation
            | {"parameters": item.get("parameters", []) + operation.get("parameters", [])}
            for path, item in self.document["paths"].items()
            for method, operation in item.items()
            if method != "parameters"
        }

    @property
    def operations(self) -> set[tuple[str, str]]:
        """Path and method of everything that the contract offers."""
        return {(path, method.upper()) for path, method in self._operations}

    def check(self, request: httpx.Request, response: httpx.Response) -> None:
        """Fail when the request or the answer is not what the contract says."""
        path = self._template(request.url.path)
        operation = self._operations[path, request.method.lower()]
        for reference in operation["parameters"]:
            parameter = self._resolved(reference)
            if parameter["in"] == "header":
                self._validate(parameter["schema"], request.headers.get(parameter["name"]))
        if "requestBody" in operation:
            body = operation["requestBody"]["content"]["application/json"]
            self._validate(body["schema"], json.loads(request.content))
        answers = operation["responses"]
        answer = self._resolved(answers.get(str(response.status_code)) or answers["default"])
        for name in answer.get("headers", {}):
            assert name in response.headers, f"{name} is missing"
        if "content" in answer:
            assert response.headers["Content-Type"] == "application/json"
            self._validate(answer["content"]["application/json"]["schema"], response.json())
        else:
            assert response.content == b""

    def _template(self, path: str) -> str:
        candidates = [known for known, _ in self._operations if self._matches(known, path)]
        best: str = min(candidates, key=lambda known: known.count("{"))
        return best

    @staticmethod
    def _matches(template: str, path: str) -> bool:
        return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in node:
            return node
        found: Any = self.document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)

    def _validate(self, schema: dict[str, Any], value: object) -> None:
        name = json.dumps(schema, sort_keys=True)
        if name not in self._validators:
            whole = {"allOf": [schema], "components": self.document["components"]}
            self._validators[name] = jsonschema_rs.validator_for(whole, validate_formats=True)
        self._validators[name].validate(value)


class CheckedTransport(httpx.AsyncBaseTransport):
    """Passes calls on and holds each of the contract's against it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, contract: Contract) -> None:
        self._inner = inner
        self._contract = contract

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        whole = httpx.Response(response.status_code, headers=response.headers, content=content)
        if request.url.path.startswith("/v1/"):
            self._contract.check(request, whole)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=httpx.ByteStream(content)
        )


@dataclass
class MovableClock:
    """A clock that tests move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **amount: float) -> None:
        """Let time pass, given as for timedelta."""
        self.now += timedelta(**amount)


@dataclass
class Provider:
    """A sandbox in process: its control doors for the test, and a client whose exchanges are checked."""

    app: Starlette
    clock: MovableClock
    contract: Contract
    http: httpx.AsyncClient = field(init=False)
    checked: httpx.AsyncClient = field(init=False)
    bureau: ConnectSaBureau = field(init=False)
    unchecked_bureau: ConnectSaBureau = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(self.app)
        addresses = {Environment.HOMOLOGATION: ADDRESS}
        self.http = httpx.AsyncClient(transport=transport, base_url=ADDRESS)
        self.checked = httpx.AsyncClient(
            transport=CheckedTransport(transport, self.contract), base_url=ADDRESS
        )
        self.bureau = ConnectSaBureau(addresses, self.checked)
        self.unchecked_bureau = ConnectSaBureau(addresses, self.http)

    async def ledger(self) -> dict[str, Any]:
        """Everything that the sandbox holds."""
        answer = await self.http.get("/_sandbox/ledger")
        return dict(answer.raise_for_status().json())

    async def registration(self, key: str) -> dict[str, Any]:
        """The one registration with this key."""
        (found,) = [row for row in (await self.ledger())["registrations"] if row["key"] == key]
        return dict(found)

    async def consultation(self, key: str) -> dict[str, Any]:
        """The one consultation with this key."""
        (found,) = [row for row in (await self.ledger())["consultations"] if row["key"] == key]
        return dict(found)

    async def advance(self, days: int) -> dict[str, Any]:
        """Let days pass."""
        answer = await self.http.post("/_sandbox/advance", json={"days": days})
        return dict(answer.raise_for_status().json())

    async def fault(self, kind: str, operation: str = "*", **more: object) -> None:
        """Queue a fault."""
        body = {"kind": kind, "operation": operation, **more}
        (await self.http.post("/_sandbox/faults", json=body)).raise_for_status()


def new_provider(
    contract: Contract,
    *,
    state_file: Path | None = None,
    clock: MovableClock | None = None,
    make: Callable[..., Starlette] = create_sandbox,
) -> Provider:
    """A provider whose clock stands at NOW."""
    clock = clock or MovableClock()
    return Provider(app=make(state_file, clock=clock), clock=clock, contract=contract)


def scenario_document(name: str) -> Document:
    """The document of a scenario."""
    (found,) = [scenario for scenario in SCENARIOS if scenario.name == name]
    return parse_document(found.document)


def make_account(
    kind: CredentialKind, *, login: str = LOGIN, password: str | None = None, **changes: Any
) -> BureauAccount:
    """An account with the password of a kind, the documented one unless told."""
    initial = INITIAL_CONSULTATION_PASSWORD if kind is CredentialKind.CONSULTATION else INITIAL_PEFIN_PASSWORD
    fields: dict[str, Any] = {
        "integration_id": UUID(int=1),
        "environment": Environment.HOMOLOGATION,
        "login": login,
        "password": Secret(password or initial),
    }
    return BureauAccount(**{**fields, **changes})


CONSULTING = make_account(CredentialKind.CONSULTATION)
PEFIN = make_account(CredentialKind.PEFIN)


def make_order(key: str = "consultation:1", **changes: Any) -> ConsultationOrder:
    """An order for the full report of an ordinary person."""
    fields: dict[str, Any] = {
        "key": key,
        "document": synthetic_cpf(1),
        "state_code": StateCode.SC,
        "plan": ConsultationPlan.REPORT_AND_SCORE,
    }
    return ConsultationOrder(**{**fields, **changes})


def make_inclusion(
    key: str = "negativation:1", *, document: Document | None = None, **changes: Any
) -> Inclusion:
    """An inclusion of a debt of sixty days."""
    debtor: Debtor = make_debtor(name="Cliente Exemplo", document=document or synthetic_cpf(1))
    fields: dict[str, Any] = {
        "key": key,
        "debtor": debtor,
        "contract": "CT-1001/7",
        "amount": Money(123_45),
        "due_on": TODAY - timedelta(days=60),
        "restriction_code": "OO",
        "send_sms": True,
        "responsible_cpf": synthetic_cpf(2),
    }
    return Inclusion(**{**fields, **changes})


def make_exclusion(inclusion: Inclusion, key: str = "negativation:1:clear", **changes: Any) -> Exclusion:
    """A clearing of an inclusion, because it was paid."""
    fields: dict[str, Any] = {
        "key": key,
        "inclusion_key": inclusion.key,
        "document": inclusion.debtor.document,
        "contract": inclusion.contract,
        "clearing_code": "01",
    }
    return Exclusion(**{**fields, **changes})
