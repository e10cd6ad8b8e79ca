"""A day at the desk over real HTTP, against the sandbox, on both databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from adapters.connect_sa.sandbox import INITIAL_PEFIN_PASSWORD
from adapters.connect_sa.sandbox.scenarios import SCENARIOS
from e2e import operations
from e2e.processes import ADMIN_TOKEN, Desk, Provider, eventually, program, run

DOCUMENTS = {scenario.name: scenario.document for scenario in SCENARIOS}
CLEAN, NEGATIVE = DOCUMENTS["Clean person"], DOCUMENTS["Negative person"]
MEDIUM, REJECTED = DOCUMENTS["Person of medium risk"], DOCUMENTS["Name mismatch"]
NEW_PEFIN_PASSWORD = "802946"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A running service with its sandbox inside."""

    desk: Desk
    provider: Provider


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, http: httpx.AsyncClient
) -> AsyncIterator[Office]:
    """`fiador serve` on a database that `fiador demo` filled; in the end it stops within seconds, without complaint."""
    folder = tmp_path_factory.mktemp("office")
    settings = {"DATABASE_URL": database_url, "ADMIN_TOKEN": ADMIN_TOKEN}
    code, _, errors = await run("demo", cwd=folder, settings=settings)
    assert code == 0, errors
    async with program("serve", "--port", "0", cwd=folder, until="GraphiQL", settings=settings) as service:
        yield Office(
            desk=Desk(http, service.said["GraphiQL"].removesuffix("/graphql")),
            provider=Provider(http, service.said["Sandbox"]),
        )
        assert await service.stop() == 0
        assert "Traceback" not in service.log.read_text()


async def _customer(desk: Desk, document: str) -> Any:
    (customer,) = (await desk.ask(operations.CUSTOMER, document=document))["customers"]["nodes"]
    return customer


async def _negativate(desk: Desk, document: str) -> str:
    customer = await _customer(desk, document)
    invoice = customer["invoices"]["nodes"][0]["id"]
    answer = (await desk.ask(operations.NEGATIVATE, input={"invoiceId": invoice}))["negativateDebtor"]
    assert answer["__typename"] == "NegativateDebtorSuccess", answer
    return str(answer["negativation"]["id"])


async def _reaches(desk: Desk, negativation: str, status: str) -> Any:
    async def ask() -> Any:
        return (await desk.ask(operations.NEGATIVATION, id=negativation))["node"]

    return await eventually(ask, lambda node: node["status"] == status)


async def test_a_day_at_the_desk(office: Office) -> None:
    desk, provider = office.desk, office.provider
    customer = await _customer(desk, CLEAN)

    consult = {"subject": {"customerId": customer["id"]}, "plan": "REPORT_AND_SCORE"}
    answer = (await desk.ask(operations.CONSULT, input={**consult, "idempotencyKey": "one"}))["consultCredit"]
    assert answer["__typename"] == "ConsultCreditSuccess", answer
    consultation = answer["consultation"]
    assert consultation["report"]["score"] == {"value": 905, "band": "VERY_HIGH"}
    repeated = (await desk.ask(operations.CONSULT, input={**consult, "idempotencyKey": "one"}))[
        "consultCredit"
    ]
    assert repeated["consultation"]["number"] == consultation["number"]
    warned = (await desk.ask(operations.CONSULT, input=consult))["consultCredit"]
    assert warned["__typename"] == "RepeatConsultationWarning"
    billed = [row for row in (await provider.ledger())["consultations"] if row["document"] == CLEAN]
    assert [row["billed"] for row in billed] == [1]

    negativation = await _negativate(desk, CLEAN)
    await _reaches(desk, negativation, "SENT")
    (registration,) = await provider.registrations(CLEAN)
    assert registration["received"] == 1
    await provider.advance(1)
    await _reaches(desk, negativation, "AWAITING_NOTICE")
    await provider.advance(10)
    await _reaches(desk, negativation, "ACTIVE")

    clear = {"negativationId": negativation, "clearingCode": "01", "idempotencyKey": str(uuid4())}
    answer = (await desk.ask(operations.CLEAR, input=clear))["clearNegativation"]
    assert answer["__typename"] == "ClearNegativationSuccess", answer
    await _reaches(desk, negativation, "CLEARING_SENT")
    await provider.advance(1)
    cleared = await _reaches(desk, negativation, "CLEARED")
    assert [entry["status"] for entry in cleared["history"]] == [
        "QUEUED",
        "SENT",
        "AWAITING_NOTICE",
        "ACTIVE",
        "CLEARING_QUEUED",
        "CLEARING_SENT",
        "CLEARED",
    ]
    (registration,) = await provider.registrations(CLEAN)
    assert (registration["received"], registration["billed"]) == (1, 1)
    assert [clearing["received"] for clearing in registration["clearings"]] == [1]


async def test_the_password_changes_on_both_sides(office: Office) -> None:
    desk, provider = office.desk, office.provider
    integrations = (await desk.ask(operations.INTEGRATIONS))["integrations"]["nodes"]
    integration = next(row for row in integrations if row["login"] == "fiador-matriz")

    async def rotate(password: str) -> Any:
        return (
            await desk.ask(
                operations.ROTATE,
                input={
                    "integrationId": integration["id"],
                    "kind": "PEFIN",
                    "newPassword": password,
                    "confirmation": password,
                },
            )
        )["rotateCredentials"]

    assert (await rotate("123456"))["__typename"] == "PasswordRefusedError"
    assert await provider.takes("pefin", "fiador-matriz", INITIAL_PEFIN_PASSWORD)
    assert (await rotate(NEW_PEFIN_PASSWORD))["__typename"] == "RotateCredentialsSuccess"
    assert not await provider.takes("pefin", "fiador-matriz", INITIAL_PEFIN_PASSWORD)
    assert await provider.takes("pefin", "fiador-matriz", NEW_PEFIN_PASSWORD)
    negativation = await _negativate(desk, MEDIUM)
    await _reaches(desk, negativation, "SENT")


async def test_an_answer_that_is_lost_after_recording_is_asked_for(office: Office) -> None:
    desk, provider = office.desk, office.provider
    await provider.fault(kind="drop_after", operation="inclusoes")
    negativation = await _negativate(desk, NEGATIVE)
    await _reaches(desk, negativation, "SENT")
    await provider.advance(11)
    active = await _reaches(desk, negativation, "ACTIVE")
    assert "UNDETERMINED" in [entry["status"] for entry in active["history"]]
    (registration,) = await provider.registrations(NEGATIVE)
    assert (registration["received"], registration["billed"]) == (1, 1)


async def test_what_the_batch_rejects_is_in_the_error_inbox(office: Office) -> None:
    negativation = await _negativate(office.desk, REJECTED)
    await _reaches(office.desk, negativation, "SENT")
    await office.provider.advance(1)
    rejected = await _reaches(office.desk, negativation, "REJECTED")
    assert [code["code"] for code in rejected["codes"]] == ["00046"]


async def test_report_pages_open_with_the_token_or_a_ticket(office: Office) -> None:
    desk = office.desk
    customer = await _customer(desk, MEDIUM)
    consult = {"subject": {"customerId": customer["id"]}, "plan": "REPORT_AND_SCORE", "confirmRepeat": True}
    answer = (await desk.ask(operations.CONSULT, input=consult))["consultCredit"]
    consultation = answer["consultation"]
    kinds = {"printUrl": "text/html", "pdfUrl": "application/pdf", "originalUrl": "application/octet-stream"}
    for field, kind in kinds.items():
        path, _, ticket = consultation[field].partition("?ticket=")
        opened = [
            await desk.get(path),
            await desk.get(f"{path}?ticket={ticket}", authorised=False),
        ]
        assert [page.status_code for page in opened] == [200, 200], field
        assert all(page.headers["content-type"].startswith(kind) for page in opened)
        refused = [
            await desk.get(path, authorised=False),
            await desk.get(f"{path}?ticket={ticket[:-4]}AAAA", authorised=False),
        ]
        assert [page.status_code for page in refused] == [401, 401], field
    original = await desk.get(consultation["originalUrl"], authorised=False, accept="text/html")
    assert original.headers["content-type"].startswith("text/html")
    assert "sandbox" in original.headers["content-security-policy"]


async def test_reports_are_downloaded_with_the_token_or_a_ticket(office: Office) -> None:
    desk = office.desk
    customer = await _customer(desk, MEDIUM)
    consult = {"subject": {"customerId": customer["id"]}, "plan": "REPORT_AND_SCORE", "confirmRepeat": True}
    await desk.ask(operations.CONSULT, input=consult)
    links = await desk.ask(operations.EXPORTS, document=MEDIUM)
    csv = await desk.get(links["consultations"]["csv"], authorised=False)
    assert csv.headers["content-disposition"].startswith('attachment; filename="consultas-')
    header, *lines = csv.content.decode("utf-8-sig").splitlines()
    assert header.startswith("ID;Data da consulta;")
    assert len(lines) == links["consultations"]["totalCount"]
    assert all(customer["name"] in line for line in lines)
    xlsx = await desk.get(links["consultations"]["xlsx"], authorised=False)
    assert xlsx.content.startswith(b"PK")
    path = links["consultations"]["csv"].partition("?")[0]
    assert (await desk.get(path, authorised=False)).status_code == 401
    bad = await desk.get(f"{path}?plan=X")
    assert (bad.status_code, bad.json()["error"]["problems"][0]["parameter"]) == (400, "plan")
