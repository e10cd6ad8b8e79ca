"""`fiador audit verify` and `fiador subject …`, in this process over a database of their own."""

import asyncio
import io
import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.sql.migrate import migrate
from core.domain.documents import Document
from ports.unit_of_work import UnitsOfWork
from server import cli, logs
from server.services import open_services
from server.settings import Settings
from server.working import make_worker
from support import chains
from support.builders import make_lead
from support.records import store_company
from support.storages import sql_storage, sqlite_address

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A migrated database."""
    address = sqlite_address(tmp_path / "fiador.db")
    asyncio.run(migrate(address))
    return address


@pytest.fixture
def run(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command: its exit code, and what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIADOR_DATABASE_URL", address)
    monkeypatch.setattr(logs, "set_up_logs", lambda _: None)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fiador", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return run


async def _fill(address: str) -> Document:
    async with sql_storage(address) as storage, storage.units_of_work.begin() as work:
        company = await store_company(work)
        document = company.customer.document
        await work.leads.add(make_lead(branch_id=company.branch.id, document=document))
    return document


async def _audit(address: str, *statements: str) -> None:
    """Three entries in the chain, and what is done to them."""
    async with sql_storage(address) as storage:
        await chains.add(storage, 3)
        await chains.chain(storage)
        assert storage.database is not None
        async with storage.database.writing(storage.clock) as work:
            for statement in statements:
                await work.connection.execute(text(statement))


def test_a_chain_that_holds_is_told_with_its_head(run: Run, address: str) -> None:
    asyncio.run(_audit(address))
    code, out, err = run("audit", "verify")
    assert (code, err) == (0, "")
    first, last = out.splitlines()
    assert first == "entries that hold: 3, up to place 3"
    head = last.removeprefix("head ")
    assert run("audit", "verify", "--head", head)[0] == 0


def test_the_worker_chains_what_was_committed(run: Run, address: str) -> None:
    async def work() -> None:
        async with sql_storage(address) as storage:
            await chains.add(storage, 3)
        settings = Settings(database_url=address)
        async with (
            asyncio.timeout(60),
            open_services(settings, with_sandbox=False) as services,
            make_worker(services).running(),
        ):
            units_of_work = services.container.resolve(UnitsOfWork)
            while True:
                async with units_of_work.read() as unit:
                    if not await unit.audit_chain.count_unchained():
                        return
                await asyncio.sleep(0.05)

    code, out, _ = run("audit", "verify")
    assert (code, out.splitlines()[0]) == (0, "entries that hold: 0, up to place 0")
    asyncio.run(work())
    code, out, _ = run("audit", "verify")
    assert (code, out.splitlines()[0]) == (0, "entries that hold: 3, up to place 3")


def test_a_head_that_is_gone_is_told(run: Run, address: str) -> None:
    asyncio.run(_audit(address))
    code, _, err = run("audit", "verify", "--head", "0" * 63 + "1")
    assert (code, err) == (1, "fiador: the audit trail does not hold that head: entries were cut off\n")


@pytest.mark.parametrize(
    ("change", "trigger", "said"),
    [
        (
            "UPDATE audit_events SET actor = 'x' WHERE position = 2",
            "update",
            "entry number 2 is not what it was",
        ),
        (
            "DELETE FROM audit_events WHERE position = 2",
            "delete",
            "entries before number 3 are gone",
        ),
    ],
)
def test_a_broken_chain_names_the_entry(run: Run, address: str, change: str, trigger: str, said: str) -> None:
    asyncio.run(_audit(address, f"DROP TRIGGER audit_events_{trigger}", change))
    code, out, err = run("audit", "verify")
    assert code == 1
    assert out.startswith("entries that hold: 1, up to place 1\n")
    assert err == f"fiador: the audit trail is broken: {said}\n"


@pytest.mark.parametrize(
    "arguments",
    [("audit", "verify", "--head", "short"), ("subject", "export", "123"), ("subject", "erase", "123")],
)
def test_what_is_wrong_is_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n")) == (cli.WRONG_USE, "", 1)
    assert "123" not in err


def test_an_export_goes_to_the_standard_output_or_a_file_of_its_own(
    run: Run, address: str, tmp_path: Path
) -> None:
    document = asyncio.run(_fill(address))
    code, out, _ = run("subject", "export", document.formatted)
    assert code == 0
    assert json.loads(out)["leads"][0]["document"] == document.number
    file = tmp_path / "export.json"
    code, out, _ = run("subject", "export", document.number, "--file", str(file))
    assert (code, out) == (0, "")
    assert json.loads(file.read_text(encoding="utf-8"))["customers"][0]["document"] == document.number
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    code, _, err = run("subject", "export", document.number, "--file", str(file))
    assert code == cli.WRONG_USE
    assert "cannot be written" in err


def test_the_document_may_come_by_the_standard_input(
    run: Run, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = asyncio.run(_fill(address))
    for arguments in (("export", "-"), ("erase", "-", "--dry-run")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{document.formatted}\n"))
        code, out, err = run("subject", *arguments)
        assert (code, err) == (0, "")
        assert out != "nothing is held of this document\n"


def test_erasing_tells_what_goes_and_the_second_time_that_nothing_is_left(run: Run, address: str) -> None:
    document = asyncio.run(_fill(address))
    code, out, _ = run("subject", "erase", document.number, "--dry-run")
    assert (code, out) == (0, "would be erased: customers (1)\nwould be erased: leads (1)\n")
    code, out, _ = run("subject", "erase", document.number)
    assert (code, out) == (0, "erased: customers (1)\nerased: leads (1)\n")
    code, out, _ = run("subject", "erase", document.number)
    assert (code, out) == (0, "nothing is held of this document\n")


def test_what_is_kept_is_told_with_the_reason(run: Run, address: str) -> None:
    async def owe() -> Document:
        async with sql_storage(address) as storage, storage.units_of_work.begin() as work:
            company = await store_company(work)
            await work.invoices.add(company.invoice())
        return company.customer.document

    code, out, _ = run("subject", "erase", asyncio.run(owe()).number)
    assert code == 0
    assert out.splitlines() == [
        "kept: customers (1): a debt is open or registered (LGPD art. 7 V and X, art. 16 I)",
        "kept: invoices (1): a debt is open or registered (LGPD art. 7 V and X, art. 16 I)",
    ]
