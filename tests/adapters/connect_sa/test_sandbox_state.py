"""What the sandbox remembers, for how long, and who may look at it."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.connect_sa.sandbox import StateFileUnreadable, create_sandbox
from adapters.connect_sa.sandbox import state_file as state_file_module
from adapters.connect_sa.sandbox.scenarios import SCENARIOS
from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.secret import Secret
from support.connect_sa import (
    ADDRESS,
    CONSULTING,
    PEFIN,
    Contract,
    Provider,
    make_account,
    make_exclusion,
    make_inclusion,
    make_order,
    new_provider,
    scenario_document,
)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("whole_bytes", [state_file_module.WHOLE_BYTES, 0])
async def test_everything_survives_a_restart(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole_bytes: int
) -> None:
    monkeypatch.setattr(state_file_module, "WHOLE_BYTES", whole_bytes)
    state_file = tmp_path / "sandbox.json"
    before = new_provider(contract, state_file=state_file)
    inclusion = make_inclusion()
    report = await before.bureau.consult(CONSULTING, make_order())
    await before.bureau.register(PEFIN, inclusion)
    await before.advance(3)
    await before.bureau.clear(PEFIN, make_exclusion(inclusion))
    await before.bureau.change_password(PEFIN, CredentialKind.PEFIN, Secret("581642"))
    await before.fault("status", "planos")
    events = await before.bureau.events(make_account(CredentialKind.PEFIN, password="581642"), None)
    ledger = await before.ledger()

    after = new_provider(contract, state_file=state_file, clock=before.clock)
    account = make_account(CredentialKind.PEFIN, password="581642")
    assert {**await after.ledger(), "calls": {}} == {**ledger, "calls": {}}
    assert await after.bureau.find_consultation(CONSULTING, "consultation:1") == report
    assert await after.bureau.events(account, None) == events
    assert await after.bureau.find(account, "negativation:1:clear") is not None
    with pytest.raises(BureauFailure) as caught:
        await after.bureau.register(account, make_inclusion(key="another"))
    assert caught.value.failure is FailureClass.DUPLICATE
    assert len((await after.http.get("/_sandbox/faults")).json()["faults"]) == 1


async def test_a_long_file_grows_by_what_changed(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_file_module, "WHOLE_BYTES", 0)
    state_file = tmp_path / "sandbox.json"
    provider = new_provider(contract, state_file=state_file)
    await _register(provider, *range(1, 21))
    whole = state_file.read_text()
    await _register(provider, 21)
    added = state_file.read_text().removeprefix(whole)
    assert added.count("\n") == 1
    assert "negativation:21" in added
    assert "negativation:20" not in added
    await _register(provider, *range(22, 80))
    assert state_file.read_text().count('negativation:30"') < 20, "it is written anew now and then"
    assert len((await new_provider(contract, state_file=state_file).ledger())["registrations"]) == 79


async def test_a_call_that_was_cut_off_while_it_was_written_never_happened(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_file_module, "WHOLE_BYTES", 0)
    state_file = tmp_path / "sandbox.json"
    provider = new_provider(contract, state_file=state_file)
    await _register(provider, *range(1, 12))
    state_file.write_bytes(state_file.read_bytes()[:-20])
    after = new_provider(contract, state_file=state_file)
    await _register(after, 12)
    held = (await new_provider(contract, state_file=state_file).ledger())["registrations"]
    assert [row["key"] for row in held] == [f"negativation:{number}" for number in (*range(1, 11), 12)]


async def _register(provider: Provider, *numbers: int) -> None:
    for number in numbers:
        contract_number = f"CT-{number}"
        await provider.bureau.register(
            PEFIN, make_inclusion(key=f"negativation:{number}", contract=contract_number)
        )


async def test_what_is_recorded_is_saved_before_a_lost_answer(contract: Contract, tmp_path: Path) -> None:
    state_file = tmp_path / "sandbox.json"
    provider = new_provider(contract, state_file=state_file)
    await provider.fault("drop_after", "inclusoes")
    with pytest.raises(BureauFailure):
        await provider.unchecked_bureau.register(PEFIN, make_inclusion())
    assert "negativation:1" in state_file.read_text()


async def test_what_is_recorded_is_saved_before_a_long_wait(contract: Contract, tmp_path: Path) -> None:
    state_file = tmp_path / "sandbox.json"
    provider = new_provider(contract, state_file=state_file)
    late = make_order(document=scenario_document("Answered too late"))
    waiting = asyncio.create_task(provider.bureau.consult(CONSULTING, late))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    assert late.key in state_file.read_text()
    waiting.cancel()


async def test_two_changes_of_one_password_do_not_both_succeed(provider: Provider) -> None:
    async def slow_body() -> AsyncIterator[bytes]:
        yield b'{"senhaNova": '
        await provider.bureau.change_password(PEFIN, CredentialKind.PEFIN, Secret("581642"))
        yield b'"246813"}'

    auth = (PEFIN.login, PEFIN.password.value)
    answer = await provider.http.put("/v1/credenciais/pefin", content=slow_body(), auth=auth)
    assert (answer.status_code, answer.json()["codigo"]) == (401, "CREDENCIAL_RECUSADA")
    await provider.bureau.events(make_account(CredentialKind.PEFIN, password="581642"), None)


async def test_the_file_is_private_whole_and_holds_no_password(contract: Contract, tmp_path: Path) -> None:
    state_file = tmp_path / "sandbox.json"
    provider = new_provider(contract, state_file=state_file)
    await provider.bureau.plans(CONSULTING)
    await provider.bureau.change_password(PEFIN, CredentialKind.PEFIN, Secret("581642"))
    text = state_file.read_text()
    assert json.loads(text)["accounts"].keys() == {"fiador-matriz"}
    assert not [word for word in ("Demo@123", "135790", "581642") if word in text]
    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["sandbox.json"]


async def test_reading_writes_nothing(contract: Contract, tmp_path: Path) -> None:
    state_file = tmp_path / "sandbox.json"
    provider = new_provider(contract, state_file=state_file)
    await provider.bureau.register(PEFIN, make_inclusion())
    written = state_file.stat().st_mtime_ns
    await provider.bureau.find(PEFIN, "negativation:1")
    await provider.ledger()
    assert state_file.stat().st_mtime_ns == written


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"opened_at": "2026-01-01T00:00:00Z", "x": 1}'])
def test_a_file_of_something_else_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    state_file = tmp_path / "notes.json"
    state_file.write_text(content)
    with pytest.raises(StateFileUnreadable, match=r"notes\.json is not a state file"):
        create_sandbox(state_file)
    assert state_file.read_text() == content


async def test_reset_forgets_everything(provider: Provider) -> None:
    await provider.bureau.change_password(PEFIN, CredentialKind.PEFIN, Secret("581642"))
    changed = make_account(CredentialKind.PEFIN, password="581642")
    await provider.bureau.register(changed, make_inclusion())
    await provider.advance(1)
    await provider.bureau.clear(changed, make_exclusion(make_inclusion()))
    old = await provider.bureau.events(changed, None)
    provider.clock.pass_time(seconds=1)
    assert (await provider.http.post("/_sandbox/reset")).status_code == 204
    ledger = await provider.ledger()
    assert (ledger["registrations"], ledger["daysAhead"], ledger["calls"]) == ([], 0, {})
    assert await provider.bureau.find(PEFIN, "negativation:1:clear") is None
    await provider.bureau.register(PEFIN, make_inclusion())
    await provider.advance(1)
    new = await provider.bureau.events(PEFIN, old.cursor)
    assert len(new.events) == 1, "a cursor of the forgotten state means: from the beginning"
    assert new.events[0].event_id != old.events[0].event_id


@pytest.mark.parametrize(
    ("caller", "allowed"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.7", False),
        ("::ffff:192.0.2.7", False),
        ("2001:db8::1", False),
        ("somewhere", False),
    ],
)
async def test_control_doors_are_for_this_machine_only(
    provider: Provider, caller: str, allowed: bool
) -> None:
    transport = httpx.ASGITransport(provider.app, client=(caller, 5000))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        for method, path, body in (
            ("GET", "/_sandbox/ledger", None),
            ("POST", "/_sandbox/advance", {"days": 1}),
            ("POST", "/_sandbox/faults", {"kind": "delay"}),
            ("GET", "/_sandbox/faults", None),
            ("DELETE", "/_sandbox/faults", None),
            ("GET", "/_sandbox/documents", None),
            ("POST", "/_sandbox/reset", None),
            ("GET", "/", None),
        ):
            answer = await http.request(method, path, json=body)
            assert (answer.status_code < 300) is allowed
            assert allowed or answer.status_code == 403
        assert (await http.get("/v1/planos")).status_code == 401


async def test_the_ledger_counts_the_calls(provider: Provider) -> None:
    await provider.bureau.plans(CONSULTING)
    await provider.bureau.register(PEFIN, make_inclusion())
    await provider.bureau.register(PEFIN, make_inclusion())
    assert (await provider.ledger())["calls"] == {"planos": 1, "inclusoes": 2}


async def test_the_ledger_shows_a_consultation(provider: Provider) -> None:
    order = make_order(document=scenario_document("Clean person"))
    report = await provider.bureau.consult(CONSULTING, order)
    row = await provider.consultation(order.key)
    assert {name: row[name] for name in ("login", "document", "stateCode", "plan", "protocol")} == {
        "login": "fiador-matriz",
        "document": order.document.number,
        "stateCode": "SC",
        "plan": "RELATORIO_SCORE",
        "protocol": report.protocol,
    }


async def test_protocols_follow_from_the_order_alone(contract: Contract, provider: Provider) -> None:
    other = new_provider(contract)
    for one in (provider, other):
        await one.advance(1 if one is other else 2)
    receipts = [await one.bureau.register(PEFIN, make_inclusion()) for one in (provider, other)]
    assert receipts[0] == receipts[1]


async def test_people_find_out_what_this_server_is(provider: Provider) -> None:
    page = (await provider.http.get("/")).text
    assert "fiador-matriz" in page
    assert "/_sandbox/advance" in page
    listed = (await provider.http.get("/_sandbox/documents")).json()["documents"]
    assert [row["document"] for row in listed] == [scenario.document for scenario in SCENARIOS]
    assert "| Minor |" in page


class TestLocking:
    """Five wrong passwords in a row lock a password, so that a client that loops is seen. The lock judges no password."""

    wrong = make_account(CredentialKind.PEFIN, password="246802")

    async def refusal(self, provider: Provider, kind: CredentialKind = CredentialKind.PEFIN) -> str | None:
        with pytest.raises(BureauFailure) as caught:
            await provider.bureau.test_credentials(self.wrong, kind)
        locked = caught.value.code == "CREDENCIAL_BLOQUEADA"
        assert caught.value.failure is (FailureClass.QUOTA if locked else FailureClass.CREDENTIAL)
        return caught.value.code

    async def test_the_sixth_try_is_locked_also_with_the_right_password(self, provider: Provider) -> None:
        codes = [await self.refusal(provider) for _ in range(6)]
        assert codes == ["CREDENCIAL_RECUSADA"] * 5 + ["CREDENCIAL_BLOQUEADA"]
        with pytest.raises(BureauFailure) as caught:
            await provider.bureau.events(PEFIN, None)
        assert caught.value.code == "CREDENCIAL_BLOQUEADA"
        await provider.bureau.plans(CONSULTING)
        provider.clock.pass_time(minutes=4, seconds=59)
        assert await self.refusal(provider) == "CREDENCIAL_BLOQUEADA"
        provider.clock.pass_time(seconds=1)
        await provider.bureau.events(PEFIN, None)

    async def test_a_right_password_ends_the_row(self, provider: Provider) -> None:
        for _ in range(2):
            for _ in range(4):
                assert await self.refusal(provider) == "CREDENCIAL_RECUSADA"
            await provider.bureau.events(PEFIN, None)

    async def test_a_login_that_nobody_has_is_not_kept(self, contract: Contract, tmp_path: Path) -> None:
        provider = new_provider(contract, state_file=tmp_path / "s.json")
        for login in ("nobody", "demo-" + "x" * 100, "demo-a/b", ""):
            with pytest.raises(BureauFailure):
                await provider.bureau.plans(make_account(CredentialKind.CONSULTATION, login=login))
        assert json.loads((tmp_path / "s.json").read_text())["accounts"] == {}
        await provider.bureau.plans(make_account(CredentialKind.CONSULTATION, login="demo-anybody"))
