"""The documents that the sandbox answers in fixed ways."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from stdnum.br import cnpj, cpf

from adapters.connect_sa.sandbox import fields
from adapters.connect_sa.sandbox.scenarios import SCENARIOS, markdown_table
from core.domain.bureau import BureauEventKind, BureauFailure, FailureClass
from core.domain.documents import parse_document
from core.domain.money import Money
from support.builders import TODAY, make_debtor
from support.connect_sa import (
    CONSULTING,
    PEFIN,
    Provider,
    make_exclusion,
    make_inclusion,
    make_order,
    scenario_document,
)
from support.documents import synthetic_cnpj, synthetic_cpf


@dataclass(frozen=True)
class Refused:
    failure: FailureClass
    code: str


LEGAL, MENDABLE = FailureClass.LEGAL_BLOCK, FailureClass.VALIDATION
TAKEN = None

OUTCOMES: dict[str, tuple[int | Refused | None, Refused | None]] = {
    "Clean person": (905, TAKEN),
    "Negative person": (118, TAKEN),
    "Person of medium risk": (512, TAKEN),
    "Clean company": (820, TAKEN),
    "Company with bankruptcies": (45, TAKEN),
    "Company with an alphanumeric CNPJ": (760, Refused(MENDABLE, "DOCUMENTO_NAO_SUPORTADO_PELO_BUREAU")),
    "Minor": (Refused(LEGAL, "900"), Refused(LEGAL, "900")),
    "Sub judice": (390, Refused(LEGAL, "917")),
    "Name mismatch": (None, TAKEN),
    "Duplicate": (None, Refused(FailureClass.DUPLICATE, "JA_INCLUIDO")),
    "Insufficient data": (Refused(MENDABLE, "903"), TAKEN),
    "Nonexistent": (Refused(MENDABLE, "904"), Refused(MENDABLE, "904")),
    "Slow": (None, TAKEN),
    "Unavailable": (
        Refused(FailureClass.TRANSIENT, "INDISPONIVEL"),
        Refused(FailureClass.TRANSIENT, "INDISPONIVEL"),
    ),
    "Answered too late": (None, TAKEN),
    "Removed by the bureau": (None, TAKEN),
    "Clearing rejected once": (None, TAKEN),
}


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "SLOW_SECONDS", 0.03)
    monkeypatch.setattr(fields, "TOO_LATE_SECONDS", 0.3)


def test_every_scenario_has_an_expected_outcome() -> None:
    assert set(OUTCOMES) == {scenario.name for scenario in SCENARIOS}


@pytest.mark.parametrize("name", OUTCOMES)
async def test_consulting_a_fixed_document(provider: Provider, name: str) -> None:
    expected, _ = OUTCOMES[name]
    order = make_order(document=scenario_document(name))
    if isinstance(expected, Refused):
        with pytest.raises(BureauFailure) as caught:
            await provider.bureau.consult(CONSULTING, order)
        assert (caught.value.failure, caught.value.code) == (expected.failure, expected.code)
        assert caught.value.billable is False
        assert (await provider.ledger())["consultations"] == []
    else:
        score = (await provider.bureau.consult(CONSULTING, order)).report.score
        assert score is not None
        assert expected is None or score.value == expected


@pytest.mark.parametrize("name", OUTCOMES)
async def test_registering_a_fixed_document(provider: Provider, name: str) -> None:
    _, expected = OUTCOMES[name]
    inclusion = make_inclusion(document=scenario_document(name))
    if expected is None:
        assert (await provider.bureau.register(PEFIN, inclusion)).protocol.startswith("I")
    else:
        with pytest.raises(BureauFailure) as caught:
            await provider.bureau.register(PEFIN, inclusion)
        assert (caught.value.failure, caught.value.code) == (expected.failure, expected.code)
        assert (await provider.ledger())["registrations"] == []


async def test_a_wrong_name_is_rejected_by_the_batch_and_not_billed(provider: Provider) -> None:
    inclusion = make_inclusion(document=scenario_document("Name mismatch"))
    await provider.bureau.register(PEFIN, inclusion)
    await provider.advance(1)
    (event,) = (await provider.bureau.events(PEFIN, None)).events
    assert event.kind is BureauEventKind.INCLUSION_REJECTED
    assert [code.code for code in event.codes] == ["00046"]
    row = await provider.registration(inclusion.key)
    assert (row["state"], row["billed"], row["codes"][0]["codigo"]) == ("REJECTED", 0, "00046")
    await provider.bureau.register(PEFIN, make_inclusion(key="again", document=inclusion.debtor.document))


async def test_the_bureau_removes_by_itself_after_publication(provider: Provider) -> None:
    inclusion = make_inclusion(document=scenario_document("Removed by the bureau"))
    await provider.bureau.register(PEFIN, inclusion)
    await provider.advance(11)
    assert (await provider.registration(inclusion.key))["state"] == "ACTIVE"
    await provider.advance(1)
    assert (await provider.registration(inclusion.key))["state"] == "REMOVED"
    event = (await provider.bureau.events(PEFIN, None)).events[-1]
    assert (event.kind, [code.code for code in event.codes]) == (BureauEventKind.REMOVED, ["91"])


async def test_a_clearing_is_rejected_once_then_accepted(provider: Provider) -> None:
    inclusion = make_inclusion(document=scenario_document("Clearing rejected once"))
    await provider.bureau.register(PEFIN, inclusion)
    await provider.advance(11)
    await provider.bureau.clear(PEFIN, make_exclusion(inclusion, key="first"))
    await provider.advance(1)
    assert (await provider.registration(inclusion.key))["state"] == "ACTIVE"
    await provider.bureau.clear(PEFIN, make_exclusion(inclusion, key="second"))
    await provider.advance(1)
    events = (await provider.bureau.events(PEFIN, None)).events[2:]
    assert [event.kind for event in events] == [
        BureauEventKind.CLEARING_REJECTED,
        BureauEventKind.CLEARING_ACCEPTED,
    ]
    assert [code.code for code in events[0].codes] == ["00099"]
    row = await provider.registration(inclusion.key)
    assert [clearing["state"] for clearing in row["clearings"]] == ["REJECTED", "ACCEPTED"]
    assert row["state"] == "CLEARED"


async def test_what_comes_too_late_is_recorded_and_a_repeat_is_prompt(provider: Provider) -> None:
    order = make_order(document=scenario_document("Answered too late"))
    inclusion = make_inclusion(document=order.document)
    late = [
        asyncio.create_task(call)
        for call in (
            provider.bureau.consult(CONSULTING, order),
            provider.bureau.register(PEFIN, inclusion),
        )
    ]
    _, unanswered = await asyncio.wait(late, timeout=0.1)
    assert len(unanswered) == 2
    async with asyncio.timeout(0.1):
        assert await provider.bureau.find_consultation(CONSULTING, order.key) is not None
        assert await provider.bureau.find(PEFIN, inclusion.key) is not None
        await provider.bureau.consult(CONSULTING, order)
        await provider.bureau.register(PEFIN, inclusion)
    for task in late:
        task.cancel()
    row = await provider.consultation(order.key)
    assert (row["received"], row["billed"]) == (2, 1)


async def test_the_slow_document_is_slow_every_time(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "SLOW_SECONDS", 0.2)
    order = make_order(document=scenario_document("Slow"))
    for _ in range(2):
        clock = asyncio.get_running_loop().time
        started = clock()
        await provider.bureau.consult(CONSULTING, order)
        assert clock() - started >= 0.19


async def test_any_other_document_gets_a_report_of_its_own(provider: Provider) -> None:
    documents = [synthetic_cpf(serial) for serial in range(1, 41)]
    documents += [synthetic_cnpj(serial, letters=serial % 2 == 0) for serial in range(1, 41)]
    reports = []
    for document in documents:
        order = make_order(key=document.number, document=document)
        reports.append((await provider.bureau.consult(CONSULTING, order)).report)
    scores = {report.score.value for report in reports if report.score}
    assert len(scores) > 60
    assert len({report.identity.name for report in reports if report.identity}) > 60
    debts = [report.pending_debts.count for report in reports if report.pending_debts]
    assert 10 < sum(count > 0 for count in debts) < 60
    for report in reports:
        assert report.identity is not None
        assert report.identity.birth_or_foundation_on is not None
        assert report.identity.birth_or_foundation_on < TODAY - timedelta(days=18 * 366)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": Money(0)}, "VALOR_INVALIDO"),
        ({"restriction_code": "ZZ"}, "CODIGO_RESTRICAO_INVALIDO"),
        ({"contract": "minúsculo"}, "CAMPO_INVALIDO"),
        ({"due_on": TODAY - timedelta(days=3)}, "VENCIMENTO_FORA_DO_PRAZO"),
        ({"due_on": date(2021, 4, 15)}, "VENCIMENTO_FORA_DO_PRAZO"),
        ({"due_on": date(9999, 12, 31)}, "VENCIMENTO_FORA_DO_PRAZO"),
        ({"responsible_cpf": synthetic_cnpj(1)}, "DOCUMENTO_INVALIDO"),
        ({"debtor": make_debtor(gender=None)}, "CAMPO_INVALIDO"),
        ({"debtor": make_debtor(born_on=None)}, "CAMPO_INVALIDO"),
        ({"debtor": make_debtor(born_on=date(2008, 3, 17))}, "900"),
    ],
)
async def test_an_inclusion_that_the_layout_refuses(
    provider: Provider, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(BureauFailure) as caught:
        await provider.unchecked_bureau.register(PEFIN, make_inclusion(**changes))
    assert caught.value.code == code
    assert (await provider.ledger())["registrations"] == []


@pytest.mark.parametrize("due_on", [TODAY - timedelta(days=4), date(2021, 4, 16)])
async def test_the_youngest_and_the_oldest_debt_are_taken(provider: Provider, due_on: date) -> None:
    debtor = make_debtor(born_on=date(2008, 3, 16))
    await provider.bureau.register(PEFIN, make_inclusion(debtor=debtor, due_on=due_on))


def test_fixed_documents_are_valid_and_all_different() -> None:
    numbers = [scenario.document for scenario in SCENARIOS]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert parse_document(number).number == number
        assert cpf.is_valid(number) if len(number) == 11 else cnpj.is_valid(number)


def test_the_table_for_readers_lists_every_document() -> None:
    rows = markdown_table().splitlines()[2:]
    assert len(rows) == len(SCENARIOS)
    for scenario, row in zip(SCENARIOS, rows, strict=True):
        assert f"| {scenario.name} | {parse_document(scenario.document).formatted} |" in row
        assert row.count("|") == 5
