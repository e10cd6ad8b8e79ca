"""A backup that was made under load becomes a service that agrees with itself; an old one repeats nothing at the bureau."""

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.connect_sa.sandbox.scenarios import SCENARIOS
from e2e import operations
from e2e.processes import Desk, eventually, run
from faults import launcher
from faults.conftest import Figures
from faults.office import Office, customer_with, open_office

FIRST, SECOND = SCENARIOS[0].document, SCENARIOS[1].document
KEY = Path(".fiador") / "secret.key"
DATABASE = "fiador.db"
BRANCH = "demo-matriz"
HURRIED = (sys.executable, launcher.__file__)
"""What was being sent at the moment of the backup comes due again when its lease ends: soon."""

BEFORE = 10
"""How many orders are answered before the backup begins."""

_SAVE_LEAD = """
mutation ($input: SaveLeadsInput!) {
  saveLeads(input: $input) { ... on SaveLeadsSuccess { results { lead { id } } } ... on UserError { code } }
}
"""
_NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

_DISAGREEMENTS = {
    "orders that no record knows of": """
        SELECT key FROM intents WHERE kind = 'REGISTER'
        AND subject_id NOT IN (SELECT id FROM negativations)""",
    "records that wait without an order": """
        SELECT id FROM negativations WHERE status = 'QUEUED'
        AND id NOT IN (SELECT subject_id FROM intents WHERE kind = 'REGISTER' AND done_at IS NULL)""",
    "orders that are done, of records that wait": """
        SELECT key FROM intents WHERE kind = 'REGISTER' AND done_at IS NOT NULL
        AND subject_id IN (SELECT id FROM negativations WHERE status = 'QUEUED')""",
    "references to nothing": "PRAGMA foreign_key_check",
}


@asynccontextmanager
async def _load(desk: Desk) -> AsyncIterator[list[str]]:
    """Orders and records, one after the other as fast as they are answered; the ids of those that were."""
    acknowledged: list[str] = []
    invoices = await _eligible(desk)

    async def negativate() -> None:
        for invoice in invoices:
            answer = (await desk.ask(operations.NEGATIVATE, input={"invoiceId": invoice}))["negativateDebtor"]
            acknowledged.append(answer["negativation"]["id"])

    async def save() -> None:
        number = 0
        while True:
            number += 1
            row = {"externalId": f"lead-{number}", "branchExternalId": BRANCH, "name": "Ana Sintética"}
            results = (await desk.ask(_SAVE_LEAD, input={"rows": [row]}))["saveLeads"]["results"]
            acknowledged.append(results[0]["lead"]["id"])

    tasks = [asyncio.create_task(negativate()), asyncio.create_task(save())]
    try:
        yield acknowledged
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _eligible(desk: Desk) -> list[str]:
    today = date.today()  # noqa: DTZ011 - a day more or less makes no difference
    asked = {"dueFrom": f"{today - timedelta(days=1400)}", "dueTo": f"{today - timedelta(days=40)}"}
    nodes = (await desk.ask(operations.OPEN_INVOICES, count=100, **asked))["invoices"]["nodes"]
    ids = [node["id"] for node in nodes]
    verdicts = (await desk.ask(operations.ELIGIBILITY, ids=ids))["negativationEligibility"]
    return [verdict["invoice"]["id"] for verdict in verdicts if verdict["allowed"]]


async def _back_up(office: Office, file: Path) -> str:
    code, said, errors = await run("backup", str(file), cwd=office.folder, settings=office.settings)
    assert code == 0, errors
    return said


def _restored(office: Office, backup: Path, folder: Path) -> Office:
    """The office on what was saved, in another folder."""
    (folder / KEY).parent.mkdir(parents=True)
    shutil.copy(office.folder / KEY, folder / KEY)
    shutil.copy(backup, folder / DATABASE)
    return replace(office, folder=folder)


async def _has_status(desk: Desk, negativation: str, status: str) -> None:
    async def ask() -> Any:
        return (await desk.ask(operations.NEGATIVATION, id=negativation))["node"]["status"]

    await eventually(ask, lambda found: found == status)


async def _negativate(desk: Desk, document: str) -> str:
    invoice = (await customer_with(desk, document))["invoices"]["nodes"][0]["id"]
    answer = (await desk.ask(operations.NEGATIVATE, input={"invoiceId": invoice}))["negativateDebtor"]
    assert answer["__typename"] == "NegativateDebtorSuccess", answer
    return str(answer["negativation"]["id"])


async def _clear(desk: Desk, negativation: str) -> None:
    wanted = {"negativationId": negativation, "clearingCode": "01"}
    answer = (await desk.ask(operations.CLEAR, input=wanted))["clearNegativation"]
    assert answer["__typename"] == "ClearNegativationSuccess", answer


async def test_a_backup_under_load_is_a_service_that_agrees_with_itself(
    tmp_path: Path, figures: Figures
) -> None:
    backup = tmp_path / "backup.db"
    async with open_office(tmp_path, None) as office:
        async with office.serving(command=HURRIED) as (_, desk), _load(desk) as acknowledged:
            await eventually(lambda: _count(acknowledged), lambda count: count >= BEFORE)
            before = list(acknowledged)
            said = await _back_up(office, backup)
            meanwhile = len(acknowledged) - len(before)
        assert "the secret key is not in it" in said.splitlines()[-1]
        assert (tmp_path / KEY).read_bytes().strip() not in backup.read_bytes()
        assert meanwhile > 0

        with closing(sqlite3.connect(backup)) as saved:
            found = {name: saved.execute(query).fetchall() for name, query in _DISAGREEMENTS.items()}
        assert found == {name: [] for name in _DISAGREEMENTS}

        restored = _restored(office, backup, tmp_path / "restored")
        async with restored.serving(command=HURRIED) as (_, desk):
            known = (await desk.ask(_NODES, ids=before))["nodes"]
            assert [node["id"] for node in known] == before
            await eventually(lambda: _statuses(desk), lambda statuses: statuses <= {"SENT"})
            # It is not before the worker has looked at the database for the first time.
            await eventually(lambda: desk.get("/health/ready"), lambda ready: ready.status_code == 200)
        registrations = (await office.provider.ledger())["registrations"]
        debts = {(row["document"], row["contract"]) for row in registrations}
        assert len(debts) == len(registrations)
        figures(acknowledged_before=len(before), meanwhile=meanwhile, registrations=len(registrations))


@pytest.mark.long
async def test_an_old_backup_repeats_nothing_at_the_bureau(tmp_path: Path) -> None:
    """What was ordered since is forgotten here, known there, and ordered anew under the same key."""
    backup = tmp_path / "old.db"
    async with open_office(tmp_path, None) as office:
        async with office.serving() as (_, desk):
            first = await _negativate(desk, FIRST)
            await _has_status(desk, first, "SENT")
            await _back_up(office, backup)

            await office.provider.advance(11)
            await _has_status(desk, first, "ACTIVE")
            await _clear(desk, first)
            await _has_status(desk, first, "CLEARING_SENT")
            forgotten = await _negativate(desk, SECOND)
            await _has_status(desk, forgotten, "SENT")
            await office.provider.advance(11)
            await _has_status(desk, first, "CLEARED")
            await _has_status(desk, forgotten, "ACTIVE")

        restored = _restored(office, backup, tmp_path / "restored")
        async with restored.serving() as (_, desk):
            await _has_status(
                desk, first, "ACTIVE"
            )  # from the results since; of the clearing nothing is known
            await _clear(desk, first)
            await _has_status(desk, first, "CLEARING_SENT")
            again = await _negativate(desk, SECOND)
            await _has_status(desk, again, "SENT")
            code, said, errors = await run("refetch", cwd=restored.folder, settings=restored.settings)
            assert code == 0, errors
            assert "from the beginning" in said
            await _has_status(desk, first, "CLEARED")
            await _has_status(desk, again, "ACTIVE")

        ledger = await office.provider.ledger()
    found = {row["document"]: row for row in ledger["registrations"]}
    assert len(found) == len(ledger["registrations"]) == 2
    assert [found[document]["billed"] for document in (FIRST, SECOND)] == [1, 1]
    assert found[SECOND]["received"] == 2
    assert [clearing["received"] for clearing in found[FIRST]["clearings"]] == [2]


async def _count(acknowledged: list[str]) -> int:
    return len(acknowledged)


async def _statuses(desk: Desk) -> set[str]:
    nodes = (await desk.ask(operations.NEGATIVATIONS))["negativations"]["nodes"]
    return {node["status"] for node in nodes}
