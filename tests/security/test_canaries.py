"""Canaries: secrets and personal data are planted wherever they may be given; what is written and sent must not hold them."""

import json
import re
import sqlite3
from base64 import b64encode
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.connect_sa.sandbox import INITIAL_CONSULTATION_PASSWORD, INITIAL_PEFIN_PASSWORD
from e2e.processes import run
from support.canaries import Canary, found
from support.planted import CPF, NAME, PERSONAL, SECRETS, secret
from support.planted_house import House, furnish, opened

CONSULT = """mutation ($input: ConsultCreditInput!) { consultCredit(input: $input) { __typename
  ... on ConsultCreditSuccess { consultation { number printUrl pdfUrl originalUrl report { identity { name } } } }
  ... on UserError { code message } } }"""

READ_ALL = """query { viewer { name }
  integrations(first: 10) { nodes { id number login
    consultationCredential { state changedAt lastSuccessAt lastRefusalAt } pefinCredential { state changedAt } } }
  auditEvents(first: 100) { nodes { action actor recordKind details { name value } } }
  consultations(first: 10) { nodes { number outcome } csv: exportUrl(format: CSV) xlsx: exportUrl(format: XLSX) }
  negativations(first: 10) { nodes { id } csv: exportUrl(format: CSV) } }"""

CUSTOMERS = "query { customers(first: 10) { nodes { document { number formatted } name email } } }"


async def _rotate(house: House, integration_id: str, kind: str, name: str, **changes: Any) -> str:
    given = {"newPassword": secret(name), "confirmation": secret(name), "idempotencyKey": name, **changes}
    done = await house.call("rotateCredentials", integrationId=integration_id, kind=kind, **given)
    return str(done["__typename"])


async def _change_passwords(house: House, integration_id: str) -> None:
    refused = await house.call("testIntegration", integrationId=integration_id)
    assert refused["__typename"] == "TestIntegrationSuccess"
    for kind, password in (
        ("CONSULTATION", INITIAL_CONSULTATION_PASSWORD),
        ("PEFIN", INITIAL_PEFIN_PASSWORD),
    ):
        given = {"newPassword": password, "confirmation": password}
        adopted = await house.call("adoptCredentials", integrationId=integration_id, kind=kind, **given)
        assert adopted["__typename"] == "AdoptCredentialsSuccess"
    rotated = [
        await _rotate(house, integration_id, "CONSULTATION", "consultation password, changed"),
        await _rotate(house, integration_id, "PEFIN", "PEFIN password, changed"),
    ]
    assert rotated == ["RotateCredentialsSuccess"] * 2

    await house.fault(kind="status", operation="credenciais", status=422)
    failed = [
        await _rotate(
            house, integration_id, "CONSULTATION", "consultation password, change refused by the bureau"
        )
    ]
    await house.fault(kind="drop_before", operation="credenciais")
    failed.append(await _rotate(house, integration_id, "PEFIN", "PEFIN password, change that got lost"))
    await house.fault(kind="garbage", operation="credenciais", times=1)
    nonsense = "consultation password, change answered by nonsense"
    failed.append(await _rotate(house, integration_id, "CONSULTATION", nonsense))
    failed.append(await _rotate(house, integration_id, "CONSULTATION", "password against the criteria"))
    differs = {"confirmation": secret("confirmation that differs")}
    failed.append(
        await _rotate(house, integration_id, "CONSULTATION", "password in a wrong place", **differs)
    )
    assert "RotateCredentialsSuccess" not in failed[:2] + failed[3:]


async def _ask_wrongly(house: House, integration_id: str) -> None:
    """Passwords and documents where nobody expects them."""
    wrong, pin = secret("password in a wrong place"), secret("PEFIN password in a wrong place")
    rotate = "mutation ($input: RotateCredentialsInput!) { rotateCredentials(input: $input) { __typename } }"
    right = {"integrationId": integration_id, "kind": "PEFIN", "newPassword": pin, "confirmation": pin}
    for changes in (
        {"kind": wrong},
        {"integrationId": wrong},
        {"newPassword": {"value": wrong}},
        {"newPassword": [wrong]},
        {"newPassword": int(pin)},
        {"confirmation": None},
        {wrong: wrong},
        {"idempotencyKey": {"key": CPF.number}},
        {"integrationId": CPF.number},
        {"kind": NAME},
    ):
        answer = await house.ask(rotate, input=right | changes)
        assert "errors" in answer or answer["data"]["rotateCredentials"]["__typename"] != (
            "RotateCredentialsSuccess"
        )
    await house.ask(rotate, input=wrong)
    for literal in (
        f'integrationId: "x", kind: {wrong.replace("#", "_")}, newPassword: "{wrong}", confirmation: "{wrong}"',
        f'integrationId: "x", kind: "{wrong}", newPassword: {pin}, confirmation: "{wrong}"',
        f'integrationId: "{CPF.number}", kind: PEFIN, newPassword: {{a: "{wrong}"}}, confirmation: {pin}',
        f'integrationId: "x", newPassword: "{wrong}, kind: PEFIN',
        f'document: "{CPF.number}", customer: "{NAME}", kind: {CPF.number}',
    ):
        await house.ask(f"mutation {{ rotateCredentials(input: {{{literal}}}) {{ __typename }} }}")
    json_type = {"Content-Type": "application/json"}
    broken = (
        f'{{"query": "{{ viewer {{ name }} }}", "variables": {{"password": "{wrong}", "cpf": "{CPF.number}"'
    )
    await house.send("broken JSON", "POST", "/graphql", content=broken.encode(), headers=json_type)
    await house.send(
        "no JSON", "POST", "/graphql", content=f"{wrong}\x00\xff{NAME}".encode("latin-1"), headers=json_type
    )
    await house.send("a form", "POST", "/graphql", data={"senha": wrong, "cpf": CPF.number})
    await house.send("a type", "POST", "/graphql", content=b"{}", headers={"Content-Type": f"text/{pin}"})
    named = {"query": "{ viewer { name } }", "operationName": wrong}
    extra = {"query": rotate, "variables": {"input": right, wrong: CPF.number}}
    await house.send("a variable too many", "POST", "/graphql", json=extra)
    await house.send("an operation", "POST", "/graphql", json=named)
    await house.send("a list", "POST", "/graphql", json=[wrong, CPF.number])
    for path in (
        f"/graphql?query={{viewer{{name}}}}&variables={{%22senha%22:%22{pin}%22",
        f"/graphql?query=mutation&senha={pin}&cpf={CPF.number}",
        f"/reports/consultations.csv?document={CPF.number}x&plan={pin}",
        f"/reports/consultations/{pin}/{CPF.number}",
        f"/reports/consultations.csv?ticket={pin}{CPF.number}",
        f"/{pin}/{CPF.number}",
        f"/graphql/assets/{pin}",
    ):
        await house.send("a path", "GET", path, headers={"Authorization": "Bearer of nothing"})
        if "ticket=" not in path:
            await house.send("a path with the token", "GET", path)
    basic = b64encode(f"{CPF.number}:{wrong}".encode()).decode()
    for header in (f"Bearer {wrong}", f"Basic {basic}", wrong, f"Bearer fia_{pin}"):
        await house.send(
            "a header",
            "POST",
            "/graphql",
            json={"query": "{ viewer { name } }"},
            headers={"Authorization": header},
        )


def _free_document(branch_id: str) -> dict[str, Any]:
    return {"document": {"branchId": branch_id, "number": CPF.number, "stateCode": "SC"}}


async def _consult(house: House, branch_id: str, customer_id: str) -> None:
    wanted = {"subject": {"customerId": customer_id}, "plan": "REPORT_AND_SCORE", "confirmRepeat": True}
    for fault in (None, "drop_after", "garbage", "status"):
        if fault:
            await house.fault(kind=fault, operation="consultas")
        answer = await house.ask(CONSULT, personal=True, input=wanted)
        done = answer["data"]["consultCredit"]
        for url in ("printUrl", "pdfUrl", "originalUrl"):
            if path := done.get("consultation", {}).get(url):
                page = await house.send(url, "GET", path, personal=True)
                assert page.status_code == 200
    free = {"subject": _free_document(branch_id), "plan": "REPORT_AND_SCORE"}
    await house.ask(CONSULT, personal=True, input=free)
    issued = date.today() - timedelta(days=90)  # noqa: DTZ011 - a day more or less makes no difference
    invoice = await house.call(
        "createInvoice",
        "... on CreateInvoiceSuccess { invoice { id } }",
        customerId=customer_id,
        amount="129.90",
        issuedOn=str(issued),
        dueOn=str(issued + timedelta(days=10)),
        contractNumber="CT-1",
    )
    await house.fault(kind="garbage", operation="inclusoes")
    negativated = await house.call(
        "negativateDebtor",
        "... on NotEligibleError { reasons { code field } }",
        invoiceId=invoice["invoice"]["id"],
    )
    assert negativated["__typename"] == "NegativateDebtorSuccess", negativated


async def _read(house: House) -> None:
    """Whatever can be read: pages, exports, health, the explorer."""
    lists = (await house.ask(READ_ALL))["data"]
    for url in (lists["consultations"]["csv"], lists["consultations"]["xlsx"], lists["negativations"]["csv"]):
        assert (await house.send("export", "GET", url, personal=True)).status_code == 200
    shown = await house.ask(CUSTOMERS, personal=True)
    assert NAME in json.dumps(shown)
    for path in ("/health/live", "/health/ready", "/", "/nothing"):
        await house.send(path, "GET", path)
    await house.send("the explorer", "GET", "/graphql", headers={"Accept": "text/html"})
    code, token, _ = await run(
        "token",
        "create",
        "Reader",
        "--scope",
        "READ",
        cwd=house.folder,
        settings={"SECRET_KEYS": secret("secret key")},
    )
    assert code == 0
    SECRETS["token of a reader"] = Canary(name="token of a reader", value=token.strip())
    masked = await house.send(
        "without whole documents",
        "POST",
        "/graphql",
        json={"query": "query { customers(first: 10) { nodes { document { number } } } }"},
        headers={"Authorization": f"Bearer {token.strip()}"},
    )
    assert "nodes" in masked.text


async def _break_the_database(house: House, branch_id: str, integration_id: str, customer_id: str) -> None:
    """Statements fail in the middle of use cases that hold secrets and personal data."""
    triggers = (
        ("integrations", "UPDATE"),
        ("idempotency_keys", "INSERT"),
        ("customers", "UPDATE"),
        ("consultations", "INSERT"),
    )
    with closing(sqlite3.connect(house.folder / ".fiador" / "fiador.db", timeout=30)) as connection:
        for table, change in triggers:
            connection.execute(
                f"CREATE TRIGGER broken_{table} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        connection.commit()
    wrong = secret("password in a wrong place")
    pin = secret("PEFIN password while the database fails")
    given = {"integrationId": integration_id, "newPassword": pin, "confirmation": pin}
    adopt = "mutation ($input: AdoptCredentialsInput!) { adoptCredentials(input: $input) { __typename } }"
    rotate = "mutation ($input: RotateCredentialsInput!) { rotateCredentials(input: $input) { __typename } }"
    renew = "mutation ($input: UpdateIntegrationInput!) { updateIntegration(input: $input) { __typename } }"
    rename = "mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename } }"
    document = _free_document(branch_id)
    failed = [
        await house.ask(rename, input={"customerId": customer_id, "name": f"{NAME} Segunda"}),
        await house.ask(adopt, input={**given, "kind": "PEFIN"}),
        await house.ask(rotate, input={**given, "kind": "PEFIN", "idempotencyKey": "broken"}),
        await house.ask(renew, input={"integrationId": integration_id, "consultationPassword": wrong}),
        await house.ask(
            CONSULT, input={"subject": document, "plan": "REPORT_AND_SCORE", "confirmRepeat": True}
        ),
    ]
    codes = [answer.get("errors", [answer])[0].get("extensions") for answer in failed]
    assert [code and code["code"] for code in codes] == ["INTERNAL"] * len(failed), failed


def _masked(answers: list[tuple[str, bytes, bool]]) -> list[bytes]:
    return [answer for what, answer, _ in answers if what == "without whole documents"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both forms of logs in the long form of the tests; the short one has the form that services use."""
    if "log_format" in metafunc.fixturenames:
        forms = ["console", "json"] if metafunc.config.getoption("--long") else ["json"]
        metafunc.parametrize("log_format", forms)


async def test_what_is_planted_stays_where_it_was_put(tmp_path: Path, log_format: str) -> None:
    async with opened(tmp_path, log_format) as house:
        branch_id, integration_id, customer_id = await furnish(house)
        await _change_passwords(house, integration_id)
        await _consult(house, branch_id, customer_id)
        await _ask_wrongly(house, integration_id)
        await _read(house)
        await _break_the_database(house, branch_id, integration_id, customer_id)
        while_running = list(house.stored())
        assert await house.service.stop() == 0
    log = house.service.log.read_bytes()
    said = " ".join(house.service.said.values()).encode()

    leaks = [
        (f"{what} {answer!r}", name)
        for what, answer, _ in house.sent
        for name in found(SECRETS.values(), answer)
    ]
    leaks += [
        (f"{what}: {answer!r}", name)
        for what, answer, personal in house.sent
        if not personal
        for name in found(PERSONAL.values(), answer)
    ]
    leaks += [(file, name) for file, data in while_running for name in found(SECRETS.values(), data)]
    leaks += [(file, name) for file, data in house.stored() for name in found(SECRETS.values(), data)]
    leaks += [
        (line.decode(), name)
        for line in (log + said).splitlines()
        for name in found([*SECRETS.values(), *PERSONAL.values()], line)
    ]
    assert leaks == [], "\n".join(map(str, leaks))

    # What is looked through is what there was: the provider's books, the write-ahead log, tracebacks, all answers.
    assert {"sandbox.json", "fiador.db", "fiador.db-wal"} <= {file for file, _ in while_running}
    assert found([PERSONAL["name of the customer"]], b"".join(data for _, data in while_running))
    assert re.search(rb"""File \\?".*, line \d+""", log)
    assert len(house.sent) > 60
    assert _masked(house.sent)
