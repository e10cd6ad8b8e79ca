"""The service over a hostile bureau."""

import json
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import httpx

from adapters.connect_sa import exchange
from core.domain.branch import Branch
from core.domain.bureau import CredentialKind
from core.domain.parameters import CreditParameters
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from server.services import Services
from support.builders import make_branch, make_credential, make_integration
from support.desk import global_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.hostile_bureau import HostileBureau
from support.wire_reports import REPORT

PASSWORD = "Kx7@wQz1"
MARK = "marca-do-bureau-hostil"
CONSULT = """mutation ($input: ConsultCreditInput!) { consultCredit(input: $input) { __typename
  ... on ConsultCreditSuccess { consultation { number } } ... on UserError { code message } } }"""
MONITOR = """mutation ($input: MonitorCompanyInput!) { monitorCompany(input: $input) { __typename
  ... on UserError { code message } } }"""
TEST = """mutation ($input: TestIntegrationInput!) { testIntegration(input: $input) { __typename
  ... on TestIntegrationSuccess { results { outcome } } ... on UserError { code message } } }"""

BOUND = exchange.MAX_ANSWER_BYTES + 12 * 1024 * 1024
"""The most bytes that an answer may cost: what is read of it, and what fits into the buffers of two sockets."""

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The service over a hostile bureau, with a branch and its integration."""

    bureau: HostileBureau
    client: httpx.Client
    branch: Branch
    integration_id: str

    def ask(self, query: str, **values: Any) -> Any:
        """What comes of a mutation; nothing of the bureau's words and no password is in the answer."""
        answer = self.client.post("/graphql", json={"query": query, "variables": {"input": values}})
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        assert PASSWORD not in answer.text
        (outcome,) = answer.json()["data"].values()
        return outcome

    def consult(self) -> Any:
        """Consult somebody who was never consulted."""
        document = {
            "branchId": global_id(self.branch),
            "number": synthetic_cpf(next(_numbers)).number,
            "stateCode": "SC",
        }
        return self.ask(CONSULT, subject={"document": document}, plan="REPORT_AND_SCORE")

    def monitor(self) -> Any:
        """Watch a company that was never watched."""
        company = synthetic_cnpj(next(_numbers)).number
        return self.ask(MONITOR, branchId=global_id(self.branch), number=company)

    def test(self) -> Any:
        """Test the passwords."""
        return self.ask(TEST, integrationId=self.integration_id)

    def open_all_of(self, number: int) -> None:
        """Open each page of the consultation."""
        for name in ("report.html", "report.pdf", "original"):
            assert self.client.get(f"/consultations/{number}/{name}").status_code == 200, name

    def download_all(self) -> None:
        """Download the report of all consultations."""
        for name in ("consultations.csv", "consultations.xlsx"):
            assert self.client.get(f"/reports/{name}").status_code == 200, name


async def furnished(services: Services) -> tuple[Branch, str]:
    """A branch that may consult, and the id of its integration."""
    vault: Vault = services.container.resolve(Vault)
    units_of_work: UnitsOfWork = services.container.resolve(UnitsOfWork)
    async with units_of_work.begin() as work:
        await work.parameters.save_credit(CreditParameters(enabled=True, repeat_interval_days=30))
        branch = await work.branches.add(make_branch())
        integration = make_integration(branch_id=branch.id)
        for kind in CredentialKind:
            sealed = vault.seal(Secret(PASSWORD), secret_context(integration.id, kind))
            integration = integration.with_credential(make_credential(kind, sealed=sealed))
        integration = await work.integrations.add(integration)
        await work.branches.save(replace(branch, integration_id=integration.id))
    return branch, global_id(integration)


def report_with(**changes: Any) -> dict[str, Any]:
    """A report of the order that is answered, some of its top values others."""
    return {"chave": "KEY", **REPORT, **changes}


def report_but(path: str, value: Any) -> dict[str, Any]:
    """A report in which one value is another."""
    report = deepcopy(report_with())
    *parents, last = path.split(".")
    node: Any = report
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    node[int(last) if isinstance(node, list) else last] = value
    return report


GOOD = json.dumps(report_with()).encode()
