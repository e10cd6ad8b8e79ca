"""Faults on demand: each does what it says, to the calls it is meant for, as often as told."""

import asyncio

import httpx
import pytest

from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.secret import Secret
from support.connect_sa import (
    CONSULTING,
    PEFIN,
    Provider,
    make_account,
    make_exclusion,
    make_inclusion,
    make_order,
)


async def failure_of_register(provider: Provider) -> FailureClass:
    with pytest.raises(BureauFailure) as caught:
        await provider.unchecked_bureau.register(PEFIN, make_inclusion())
    return caught.value.failure


async def test_drop_before_leaves_nothing_behind(provider: Provider) -> None:
    await provider.fault("drop_before", "inclusoes")
    assert await failure_of_register(provider) is FailureClass.UNDETERMINED
    assert await provider.bureau.find(PEFIN, "negativation:1") is None


async def test_drop_after_leaves_the_order_behind(provider: Provider) -> None:
    await provider.fault("drop_after", "inclusoes")
    assert await failure_of_register(provider) is FailureClass.UNDETERMINED
    assert await provider.bureau.find(PEFIN, "negativation:1") is not None
    assert (await provider.registration("negativation:1"))["received"] == 1


async def test_drop_after_changes_the_password(provider: Provider) -> None:
    await provider.fault("drop_after", "credenciais")
    with pytest.raises(BureauFailure):
        await provider.unchecked_bureau.change_password(PEFIN, CredentialKind.PEFIN, Secret("581642"))
    changed = make_account(CredentialKind.PEFIN, password="581642")
    await provider.bureau.test_credentials(changed, CredentialKind.PEFIN)


async def test_garbage_is_answered_after_the_work_was_done(provider: Provider) -> None:
    await provider.fault("garbage", "inclusoes")
    assert await failure_of_register(provider) is FailureClass.UNDETERMINED
    assert await provider.bureau.find(PEFIN, "negativation:1") is not None
    await provider.fault("garbage", status=502)
    answer = await provider.http.get("/v1/planos")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (401, FailureClass.CREDENTIAL),
        (402, FailureClass.BALANCE),
        (409, FailureClass.DUPLICATE),
        (422, FailureClass.VALIDATION),
        (429, FailureClass.QUOTA),
        (500, FailureClass.UNDETERMINED),
        (503, FailureClass.TRANSIENT),
        (None, FailureClass.TRANSIENT),
    ],
)
async def test_status_refuses_in_the_shape_of_the_contract_and_does_nothing(
    provider: Provider, status: int | None, failure: FailureClass
) -> None:
    await provider.fault("status", "inclusoes", status=status)
    with pytest.raises(BureauFailure) as caught:
        await provider.bureau.register(PEFIN, make_inclusion())
    assert (caught.value.failure, caught.value.code) == (failure, "FALHA_SIMULADA")
    assert (await provider.ledger())["registrations"] == []


async def test_repeat_delivers_the_call_twice(provider: Provider) -> None:
    await provider.fault("repeat", "consultas")
    await provider.bureau.consult(CONSULTING, make_order())
    row = await provider.consultation("consultation:1")
    assert (row["received"], row["billed"]) == (2, 1)


async def test_delay_holds_the_answer_back_but_not_the_work(provider: Provider) -> None:
    await provider.fault("delay", "inclusoes", seconds=0.3)
    waiting = asyncio.create_task(provider.bureau.register(PEFIN, make_inclusion()))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    held = await provider.bureau.find(PEFIN, "negativation:1")
    assert held == await waiting


async def test_a_fault_befalls_its_operation_only_and_as_often_as_told(provider: Provider) -> None:
    await provider.fault("status", "baixas", times=2)
    await provider.bureau.register(PEFIN, make_inclusion())
    await provider.advance(1)
    for _ in range(2):
        with pytest.raises(BureauFailure):
            await provider.bureau.clear(PEFIN, make_exclusion(make_inclusion()))
    await provider.bureau.clear(PEFIN, make_exclusion(make_inclusion()))


async def struck(provider: Provider, **fault: object) -> list[bool]:
    """Which of 200 calls a fault befalls."""
    await provider.http.delete("/_sandbox/faults")
    await provider.fault("status", "planos", status=418, **fault)
    return [(await provider.http.get("/v1/planos")).status_code == 418 for _ in range(200)]


async def test_a_fault_may_befall_calls_by_chance_and_do_so_again(provider: Provider) -> None:
    first = await struck(provider, chance=0.2, times=1000, seed=7)
    assert 15 < sum(first) < 70
    assert await struck(provider, chance=0.2, times=1000, seed=7) == first
    assert await struck(provider, chance=0.2, times=1000, seed=8) != first
    assert sum(await struck(provider, chance=0.2, times=3)) == 3, "spared calls do not count"


async def test_faults_by_chance_leave_calls_to_each_other(provider: Provider) -> None:
    for status in (418, 420):
        await provider.fault("status", "planos", status=status, chance=0.5, times=1000)
    seen = {(await provider.http.get("/v1/planos")).status_code for _ in range(100)}
    assert seen == {418, 420, 401}


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("credenciais", "/v1/credenciais/pefin"),
        ("planos", "/v1/planos"),
        ("consultas", "/v1/consultas"),
        ("consultas", "/v1/consultas/k"),
        ("codigos-restricao", "/v1/pefin/codigos-restricao"),
        ("codigos-baixa", "/v1/pefin/codigos-baixa"),
        ("inclusoes", "/v1/pefin/inclusoes"),
        ("baixas", "/v1/pefin/baixas"),
        ("operacoes", "/v1/pefin/operacoes/k"),
        ("resultados", "/v1/pefin/resultados"),
        ("monitoramentos", "/v1/monitoramentos/eventos"),
        ("*", "/v1/planos"),
    ],
)
async def test_every_operation_can_be_befallen(provider: Provider, operation: str, path: str) -> None:
    await provider.fault("status", operation, status=418)
    assert (await provider.http.get(path)).status_code == 418
    assert (await provider.http.get(path)).status_code != 418


async def test_faults_wait_in_a_queue_that_can_be_read_and_cleared(provider: Provider) -> None:
    queue = [{"kind": "drop_before", "operation": "inclusoes", "times": 2}, {"kind": "delay", "seconds": 0}]
    answer = await provider.http.post("/_sandbox/faults", json=queue)
    assert answer.status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        await provider.http.post("/v1/pefin/inclusoes")
    listed = (await provider.http.get("/_sandbox/faults")).json()["faults"]
    assert [(fault["kind"], fault["operation"], fault["times"]) for fault in listed] == [
        ("drop_before", "inclusoes", 1),
        ("delay", "*", 1),
    ]
    assert (await provider.http.delete("/_sandbox/faults")).json() == {"faults": []}
    assert (await provider.http.post("/v1/pefin/inclusoes")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "explode"},
        {},
        {"kind": "delay", "operation": "tudo"},
        {"kind": "delay", "times": 0},
        {"kind": "delay", "chance": 0},
        {"kind": "delay", "chance": 1.5},
        5,
    ],
)
async def test_a_fault_that_is_none_is_refused(provider: Provider, body: object) -> None:
    answer = await provider.http.post("/_sandbox/faults", json=body)
    assert (answer.status_code, answer.json()["codigo"]) == (422, "CAMPO_INVALIDO")
    assert (await provider.http.get("/_sandbox/faults")).json() == {"faults": []}


async def test_control_doors_are_never_befallen(provider: Provider) -> None:
    await provider.fault("drop_before", times=5)
    assert (await provider.ledger())["registrations"] == []
    assert len((await provider.http.get("/_sandbox/faults")).json()["faults"]) == 1


async def test_a_caller_that_goes_away_in_the_middle_of_its_request_is_let_go(provider: Provider) -> None:
    await provider.fault("delay", "inclusoes")
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/pefin/inclusoes",
        "headers": [],
        "query_string": b"",
    }
    sent: list[object] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        sent.append(message)

    await provider.app(scope, receive, send)
    assert sent == []
