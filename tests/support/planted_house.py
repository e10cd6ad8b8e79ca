"""A running service in which secrets and personal data are planted."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from e2e.processes import Program, program
from support.documents import synthetic_cpf
from support.planted import COMPANY, CPF, NAME, PERSONAL, secret


@dataclass(slots=True)
class House:
    """A running service, and everything that it sent."""

    service: Program
    client: httpx.AsyncClient
    folder: Path
    sent: list[tuple[str, bytes, bool]] = field(default_factory=list)
    """What was asked, the whole answer, and whether personal data was asked for."""

    async def send(
        self, what: str, method: str, path: str, *, personal: bool = False, **rest: Any
    ) -> httpx.Response:
        """Ask, and keep the answer."""
        answer = await self.client.request(method, path, **rest)
        head = "\r\n".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
        self.sent.append(
            (what, f"{answer.status_code}\r\n{head}\r\n\r\n".encode() + answer.content, personal)
        )
        return answer

    async def ask(self, query: str, /, *, personal: bool = False, **variables: Any) -> Any:
        """The answer to an operation: its data, or its errors."""
        answer = await self.send(
            query[:60], "POST", "/graphql", json={"query": query, "variables": variables}, personal=personal
        )
        return answer.json()

    async def call(self, mutation: str, selection: str = "__typename", **values: Any) -> Any:
        """What came of a mutation."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        body = f"__typename {selection} ... on UserError {{ code message }}"
        query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {body} }} }}"
        answer = await self.ask(query, input=values)
        assert "errors" not in answer, answer
        return answer["data"][mutation]

    async def fault(self, **fault: Any) -> None:
        """What the provider is to do to its next calls."""
        address = f"{self.service.said['Sandbox']}/_sandbox/faults"
        (await self.client.post(address, json=fault)).raise_for_status()

    def stored(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the service, as its bytes are on the disk."""
        for file in sorted((self.folder / ".fiador").iterdir()):
            if file.name != "secret.key":
                yield file.name, file.read_bytes()


@asynccontextmanager
async def opened(folder: Path, log_format: str) -> AsyncIterator[House]:
    """A service of its own in an empty folder, with a planted token and key."""
    settings = {
        "ADMIN_TOKEN": secret("token of the administrator"),
        "SECRET_KEYS": secret("secret key"),
        "LOG_FORMAT": log_format,
    }
    async with program("serve", "--port", "0", cwd=folder, until="GraphiQL", settings=settings) as service:
        headers = {"Authorization": f"Bearer {secret('token of the administrator')}"}
        address = service.said["GraphiQL"].removesuffix("/graphql")
        async with httpx.AsyncClient(
            base_url=address, headers=headers, trust_env=False, timeout=60
        ) as client:
            yield House(service=service, client=client, folder=folder)


async def furnish(house: House) -> tuple[str, str, str]:
    """A company with an integration whose passwords the provider does not take, and a customer. The ids of all three."""
    assert (await house.call("updateCreditParameters", enabled=True))["__typename"].endswith("Success")
    branch = await house.call(
        "createBranch",
        "... on CreateBranchSuccess { branch { id } }",
        name="Matriz",
        document=COMPANY.number,
        stateCode="SC",
        city="Blumenau",
    )
    branch_id = branch["branch"]["id"]
    integration = await house.call(
        "createIntegration",
        "... on CreateIntegrationSuccess { integration { id } }",
        branchId=branch_id,
        environment="HOMOLOGATION",
        login="demo-canario",
        responsibleCpf=synthetic_cpf(1).number,
        consultationPassword=secret("consultation password at the beginning"),
        pefinPassword=secret("PEFIN password at the beginning"),
        plan="REPORT_AND_SCORE",
        sendSmsOnInclusion=False,
        automation={"enabled": False, "restrictionCode": "DP", "clearingCode": "01"},
    )
    integration_id = integration["integration"]["id"]
    await house.call("linkIntegration", branchId=branch_id, integrationId=integration_id)
    customer = await house.call(
        "createCustomer",
        "... on CreateCustomerSuccess { customer { id } }",
        branchId=branch_id,
        name=NAME,
        document=CPF.number,
        gender="FEMALE",
        bornOn="1985-07-09",
        mobile="47 98888-7777",
        email=PERSONAL["e-mail of the customer"].value,
        address={
            "postalCode": "89010-025",
            "street": "Rua das Palmeiras",
            "number": "120",
            "complement": "S/C",
            "district": "Centro",
            "city": "Blumenau",
            "stateCode": "SC",
        },
        externalId="c-1",
    )
    return branch_id, integration_id, customer["customer"]["id"]
