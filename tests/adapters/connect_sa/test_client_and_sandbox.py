"""The client and the sandbox, talking through the contract: every exchange here is held against contract.yaml."""

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from adapters.connect_sa.client import ConnectSaBureau
from core.domain.bureau import (
    BureauEventKind,
    BureauFailure,
    BureauNotConfigured,
    CredentialKind,
    Environment,
    FailureClass,
)
from core.domain.code_tables import CLEARING_CODES, RESTRICTION_CODES
from core.domain.money import Money
from core.domain.monitoring import ChangeKind
from core.domain.plans import ConsultationPlan, PlanOffer
from core.domain.report import ScoreBand
from core.domain.secret import Secret
from core.domain.states import StateCode
from support.builders import NOW, TODAY, make_debtor
from support.connect_sa import (
    CONSULTING,
    PEFIN,
    Provider,
    make_account,
    make_exclusion,
    make_inclusion,
    make_order,
    scenario_document,
)
from support.documents import synthetic_cpf

KINDS = (CredentialKind.CONSULTATION, CredentialKind.PEFIN)


def refused(failure: FailureClass, code: str | None) -> pytest.RaisesExc[BureauFailure]:
    """Expect this failure with the bureau's own code."""
    return pytest.RaisesExc(BureauFailure, check=lambda error: (error.failure, error.code) == (failure, code))


async def test_plans_carry_the_provider_names_and_prices(provider: Provider) -> None:
    assert await provider.bureau.plans(CONSULTING) == [
        PlanOffer(
            plan=ConsultationPlan.NEGATIVE_INDICATOR, name="Indicador de negativos", price_centavos=290
        ),
        PlanOffer(plan=ConsultationPlan.CREDNET_TOP, name="Crednet Top", price_centavos=750),
        PlanOffer(plan=ConsultationPlan.REPORT_AND_SCORE, name="Relatório + Score", price_centavos=990),
    ]


async def test_code_tables_are_the_documented_ones(provider: Provider) -> None:
    assert await provider.bureau.restriction_codes(PEFIN) == list(RESTRICTION_CODES)
    assert await provider.bureau.clearing_codes(PEFIN) == list(CLEARING_CODES)


async def test_a_report_is_structured_and_original(provider: Provider) -> None:
    order = make_order(document=scenario_document("Negative person"))
    answer = await provider.bureau.consult(CONSULTING, order)
    report = answer.report
    assert report.identity is not None
    assert report.identity.name == "Otávio Fictício Barreto"
    assert report.identity.birth_or_foundation_on == date(1979, 11, 2)
    assert report.score is not None
    assert (report.score.value, report.score.band) == (118, ScoreBand.VERY_LOW)
    assert report.pending_debts is not None
    assert report.pending_debts.count == 7
    assert len(report.pending_debts.entries) == 5
    assert report.pending_debts.last_on == report.pending_debts.entries[0].occurred_on
    assert report.protests is not None
    assert report.protests.total == sum(
        (entry.amount for entry in report.protests.entries if entry.amount), start=Money(0)
    )
    assert {entry.state_code for entry in report.protests.entries} == {"SC"}
    assert report.bankruptcies is not None
    assert report.bankruptcies.count == 0
    assert report.earlier_queries is not None
    assert report.earlier_queries.first_on is not None
    assert TODAY - timedelta(days=90) <= report.earlier_queries.first_on < TODAY
    assert (answer.billable, answer.cost) == (True, Money(990))
    assert answer.original_media_type == "text/html; charset=utf-8"
    page = answer.original.decode()
    assert page.startswith("<!DOCTYPE html>")
    for text in (order.document.formatted, answer.protocol, "Otávio Fictício Barreto", ">118<", "PROTESTOS"):
        assert text in page


async def test_what_is_sub_judice_is_marked(provider: Provider) -> None:
    order = make_order(document=scenario_document("Sub judice"))
    report = (await provider.bureau.consult(CONSULTING, order)).report
    assert report.pending_debts is not None
    assert [entry.sub_judice for entry in report.pending_debts.entries] == [True]


@pytest.mark.parametrize(
    ("plan", "blocks"),
    [
        (ConsultationPlan.NEGATIVE_INDICATOR, {"identity", "pending_debts"}),
        (
            ConsultationPlan.CREDNET_TOP,
            {"identity", "pending_debts", "protests", "bad_cheques", "lawsuits", "earlier_queries"},
        ),
        (
            ConsultationPlan.REPORT_AND_SCORE,
            {
                *("identity", "score", "pending_debts", "protests", "bad_cheques", "lawsuits"),
                *("bankruptcies", "earlier_queries"),
            },
        ),
    ],
)
async def test_the_plan_decides_the_blocks(
    provider: Provider, plan: ConsultationPlan, blocks: set[str]
) -> None:
    order = make_order(document=scenario_document("Negative person"), plan=plan)
    report = (await provider.bureau.consult(CONSULTING, order)).report
    assert {name for name in report.__dataclass_fields__ if getattr(report, name) is not None} == blocks
    assert report.pending_debts is not None
    assert report.pending_debts.count == 7
    assert bool(report.pending_debts.entries) is (plan is not ConsultationPlan.NEGATIVE_INDICATOR)


async def test_a_consultation_is_found_by_its_key_byte_for_byte(provider: Provider) -> None:
    order = make_order(key="consulta nº 1/2; ação\n")
    delivered = await provider.bureau.consult(CONSULTING, order)
    provider.clock.pass_time(days=40)
    assert await provider.bureau.find_consultation(CONSULTING, order.key) == delivered
    assert await provider.bureau.find_consultation(CONSULTING, "another") is None


async def test_a_consultation_is_billed_once_per_key(provider: Provider) -> None:
    for _ in range(3):
        await provider.bureau.consult(CONSULTING, make_order())
    row = await provider.consultation("consultation:1")
    assert (row["received"], row["billed"]) == (3, 1)


async def test_a_key_is_good_for_one_order_only(provider: Provider) -> None:
    await provider.bureau.consult(CONSULTING, make_order())
    with refused(FailureClass.VALIDATION, "CHAVE_REUTILIZADA"):
        await provider.bureau.consult(CONSULTING, make_order(state_code=StateCode.PR))
    await provider.bureau.register(PEFIN, make_inclusion())
    with refused(FailureClass.VALIDATION, "CHAVE_REUTILIZADA"):
        await provider.bureau.register(PEFIN, make_inclusion(amount=Money(123_46)))


async def test_a_cpf_needs_a_state_and_a_cnpj_does_not(provider: Provider) -> None:
    with refused(FailureClass.VALIDATION, "UF_OBRIGATORIA"):
        await provider.bureau.consult(CONSULTING, make_order(state_code=None))
    company = make_order(document=scenario_document("Clean company"), state_code=None)
    assert (await provider.bureau.consult(CONSULTING, company)).report.protests is not None


async def test_a_registration_lives_through_notice_publication_and_clearing(provider: Provider) -> None:
    inclusion = make_inclusion()
    receipt = await provider.bureau.register(PEFIN, inclusion)
    assert await provider.bureau.find(PEFIN, inclusion.key) == receipt
    assert (await provider.registration(inclusion.key))["state"] == "RECEIVED"
    await provider.advance(1)
    assert (await provider.registration(inclusion.key))["state"] == "AWAITING_NOTICE"
    await provider.advance(9)
    assert (await provider.registration(inclusion.key))["state"] == "AWAITING_NOTICE"
    await provider.advance(1)
    assert (await provider.registration(inclusion.key))["state"] == "ACTIVE"
    exclusion = make_exclusion(inclusion)
    cleared = await provider.bureau.clear(PEFIN, exclusion)
    assert await provider.bureau.find(PEFIN, exclusion.key) == cleared
    assert (await provider.registration(inclusion.key))["state"] == "ACTIVE"
    await provider.advance(1)
    row = await provider.registration(inclusion.key)
    assert row["state"] == "CLEARED"
    assert [(clearing["clearingCode"], clearing["state"]) for clearing in row["clearings"]] == [
        ("01", "ACCEPTED")
    ]
    page = await provider.bureau.events(PEFIN, None)
    assert [(event.inclusion_key, event.kind) for event in page.events] == [
        (inclusion.key, BureauEventKind.INCLUSION_ACCEPTED),
        (inclusion.key, BureauEventKind.PUBLISHED),
        (inclusion.key, BureauEventKind.CLEARING_ACCEPTED),
    ]
    assert page.events[0].occurred_at == (NOW + timedelta(days=1)).replace(hour=9)
    assert page.events[0].occurred_at.tzinfo is UTC
    assert len({event.event_id for event in page.events}) == 3


async def test_a_key_may_hold_any_character(provider: Provider) -> None:
    inclusion = make_inclusion(key="negativação 1/2?#%\n")
    await provider.bureau.register(PEFIN, inclusion)
    assert await provider.bureau.find(PEFIN, inclusion.key) is not None
    await provider.advance(1)
    await provider.bureau.clear(PEFIN, make_exclusion(inclusion, key="baixa/ção"))
    assert await provider.bureau.find(PEFIN, "baixa/ção") is not None
    (event,) = (await provider.bureau.events(PEFIN, None)).events
    assert event.inclusion_key == inclusion.key


async def test_everything_about_the_debt_reaches_the_provider(provider: Provider) -> None:
    inclusion = make_inclusion(send_sms=False, restriction_code="CP")
    receipt = await provider.bureau.register(PEFIN, inclusion)
    row = await provider.registration(inclusion.key)
    assert row == {
        "login": "fiador-matriz",
        "key": "negativation:1",
        "protocol": receipt.protocol,
        "document": inclusion.debtor.document.number,
        "debtor": inclusion.debtor.name,
        "contract": "CT-1001/7",
        "amount": "123.45",
        "dueOn": (TODAY - timedelta(days=60)).isoformat(),
        "restrictionCode": "CP",
        "sendSms": False,
        "responsibleCpf": inclusion.responsible_cpf.number,
        "state": "RECEIVED",
        "codes": [],
        "received": 1,
        "billed": 0,
        "receivedAt": NOW.isoformat(),
        "acceptedOn": None,
        "publishedOn": None,
        "clearings": [],
    }


async def test_long_addresses_are_cut_to_the_layout(provider: Provider) -> None:
    debtor = make_debtor(
        street="R" * 80, district="B" * 80, city="C" * 80, complement="X" * 80, name="N" * 80
    )
    await provider.bureau.register(PEFIN, make_inclusion(debtor=debtor))
    assert (await provider.registration("negativation:1"))["debtor"] == "N" * 70


async def test_a_repeat_with_the_same_key_does_nothing_more(provider: Provider) -> None:
    inclusion = make_inclusion()
    first = await provider.bureau.register(PEFIN, inclusion)
    assert await provider.bureau.register(PEFIN, inclusion) == first
    await provider.advance(1)
    exclusion = make_exclusion(inclusion)
    cleared = await provider.bureau.clear(PEFIN, exclusion)
    assert await provider.bureau.clear(PEFIN, exclusion) == cleared
    row = await provider.registration(inclusion.key)
    assert (row["received"], row["billed"], len(row["clearings"]), row["clearings"][0]["received"]) == (
        *(2, 1, 1),
        2,
    )


async def test_the_same_debt_under_another_key_is_a_duplicate_while_it_lives(provider: Provider) -> None:
    inclusion = make_inclusion()
    await provider.bureau.register(PEFIN, inclusion)
    again = replace(inclusion, key="negativation:1:again")
    with refused(FailureClass.DUPLICATE, "JA_INCLUIDO"):
        await provider.bureau.register(PEFIN, again)
    assert await provider.bureau.find(PEFIN, again.key) is None
    await provider.bureau.register(PEFIN, replace(inclusion, key="negativation:2", contract="CT-1002"))
    await provider.advance(1)
    await provider.bureau.clear(PEFIN, make_exclusion(inclusion))
    await provider.advance(1)
    await provider.bureau.register(PEFIN, again)


async def test_events_come_in_pages_of_a_cursor(provider: Provider) -> None:
    for serial in range(1, 131):
        await provider.bureau.register(
            PEFIN, make_inclusion(key=f"n:{serial}", document=synthetic_cpf(serial))
        )
    await provider.advance(1)
    first = await provider.bureau.events(PEFIN, None)
    assert (len(first.events), first.has_more) == (100, True)
    second = await provider.bureau.events(PEFIN, first.cursor)
    assert (len(second.events), second.has_more) == (30, False)
    keys = [event.inclusion_key for event in first.events + second.events]
    assert keys == [f"n:{serial}" for serial in range(1, 131)]
    third = await provider.bureau.events(PEFIN, second.cursor)
    assert (third.events, third.cursor, third.has_more) == ((), second.cursor, False)
    assert third.ask_again_after_seconds == 1


async def test_each_login_sees_its_own_only(provider: Provider) -> None:
    north = make_account(CredentialKind.PEFIN, login="fiador-norte")
    await provider.bureau.register(PEFIN, make_inclusion())
    await provider.advance(1)
    assert await provider.bureau.find(north, "negativation:1") is None
    assert (await provider.bureau.events(north, None)).events == ()
    await provider.bureau.register(north, make_inclusion())


@pytest.mark.parametrize("kind", KINDS)
async def test_the_password_of_each_kind_is_checked(provider: Provider, kind: CredentialKind) -> None:
    await provider.bureau.test_credentials(make_account(kind), kind)
    with refused(FailureClass.CREDENTIAL, "CREDENCIAL_RECUSADA"):
        await provider.bureau.test_credentials(make_account(kind, password="Other#99"), kind)
    with refused(FailureClass.CREDENTIAL, "CREDENCIAL_RECUSADA"):
        await provider.bureau.test_credentials(make_account(kind, login="nobody"), kind)


async def test_a_company_is_watched_until_told_otherwise(provider: Provider) -> None:
    company = scenario_document("Company with bankruptcies")
    for _ in range(2):
        await provider.bureau.watch(CONSULTING, company)
    await provider.advance(2)
    page = await provider.bureau.changes(CONSULTING, None)
    assert [(change.document, change.kind) for change in page.events] == [
        (company.number, ChangeKind.BANKRUPTCY)
    ] * 2
    assert page.events[0].occurred_at == (NOW + timedelta(days=1)).replace(hour=9)
    assert page.events[0].description == "Novo pedido de falência."
    for _ in range(2):
        await provider.bureau.unwatch(CONSULTING, company)
    await provider.advance(2)
    after = await provider.bureau.changes(CONSULTING, page.cursor)
    assert (after.events, after.has_more, after.ask_again_after_seconds) == ((), False, 1)


async def test_each_operation_wants_its_own_password(provider: Provider) -> None:
    calls = (
        lambda: provider.bureau.plans(PEFIN),
        lambda: provider.bureau.consult(PEFIN, make_order()),
        lambda: provider.bureau.find_consultation(PEFIN, "k"),
        lambda: provider.bureau.restriction_codes(CONSULTING),
        lambda: provider.bureau.clearing_codes(CONSULTING),
        lambda: provider.bureau.register(CONSULTING, make_inclusion()),
        lambda: provider.bureau.clear(CONSULTING, make_exclusion(make_inclusion())),
        lambda: provider.bureau.find(CONSULTING, "k"),
        lambda: provider.bureau.events(CONSULTING, None),
        lambda: provider.bureau.watch(PEFIN, scenario_document("Clean company")),
        lambda: provider.bureau.unwatch(PEFIN, scenario_document("Clean company")),
        lambda: provider.bureau.changes(PEFIN, None),
    )
    for call in calls:
        await provider.http.post("/_sandbox/reset")
        with refused(FailureClass.CREDENTIAL, "CREDENCIAL_RECUSADA"):
            await call()


@pytest.mark.parametrize(("kind", "new"), [(KINDS[0], "Nova#456"), (KINDS[1], "581642")])
async def test_a_changed_password_replaces_the_old_one_at_once(
    provider: Provider, kind: CredentialKind, new: str
) -> None:
    old = make_account(kind)
    await provider.bureau.change_password(old, kind, Secret(new))
    with refused(FailureClass.CREDENTIAL, "CREDENCIAL_RECUSADA"):
        await provider.bureau.test_credentials(old, kind)
    await provider.bureau.test_credentials(make_account(kind, password=new), kind)
    with refused(FailureClass.CREDENTIAL, "CREDENCIAL_RECUSADA"):
        await provider.bureau.change_password(old, kind, Secret("Outr@789"))


@pytest.mark.parametrize(("kind", "new"), [(KINDS[0], "semmaius"), (KINDS[1], "123456")])
async def test_a_password_outside_the_criteria_is_refused(
    provider: Provider, kind: CredentialKind, new: str
) -> None:
    with refused(FailureClass.VALIDATION, "SENHA_FORA_DO_CRITERIO"):
        await provider.bureau.change_password(make_account(kind), kind, Secret(new))
    await provider.bureau.test_credentials(make_account(kind), kind)


async def test_no_earlier_password_comes_back(provider: Provider) -> None:
    account = CONSULTING
    for new in ("Nova#456", "Outr@789"):
        await provider.bureau.change_password(account, CredentialKind.CONSULTATION, Secret(new))
        account = make_account(CredentialKind.CONSULTATION, password=new)
    for used in ("Demo@123", "Nova#456", "Outr@789"):
        with refused(FailureClass.VALIDATION, "SENHA_JA_UTILIZADA"):
            await provider.bureau.change_password(account, CredentialKind.CONSULTATION, Secret(used))


async def test_clearing_wants_what_is_held_and_live(provider: Provider) -> None:
    inclusion = make_inclusion()
    with refused(FailureClass.VALIDATION, "INCLUSAO_NAO_ENCONTRADA"):
        await provider.bureau.clear(PEFIN, make_exclusion(inclusion))
    await provider.bureau.register(PEFIN, inclusion)
    with refused(FailureClass.VALIDATION, "INCLUSAO_NAO_PROCESSADA"):
        await provider.bureau.clear(PEFIN, make_exclusion(inclusion))
    await provider.advance(1)
    with refused(FailureClass.VALIDATION, "INCLUSAO_DIVERGENTE"):
        await provider.bureau.clear(PEFIN, make_exclusion(inclusion, contract="CT-9"))
    with refused(FailureClass.VALIDATION, "CODIGO_BAIXA_INVALIDO"):
        await provider.bureau.clear(PEFIN, make_exclusion(inclusion, clearing_code="88"))
    with refused(FailureClass.VALIDATION, "CHAVE_REUTILIZADA"):
        await provider.bureau.clear(PEFIN, make_exclusion(inclusion, key=inclusion.key))
    exclusion = make_exclusion(inclusion)
    await provider.bureau.clear(PEFIN, exclusion)
    with refused(FailureClass.VALIDATION, "CHAVE_REUTILIZADA"):
        await provider.bureau.clear(PEFIN, make_exclusion(inclusion, clearing_code="02"))
    with refused(FailureClass.VALIDATION, "CHAVE_REUTILIZADA"):
        await provider.bureau.register(PEFIN, make_inclusion(key=exclusion.key, contract="CT-2"))
    with refused(FailureClass.DUPLICATE, "BAIXA_JA_SOLICITADA"):
        await provider.bureau.clear(PEFIN, make_exclusion(inclusion, key="second"))
    await provider.advance(1)
    with refused(FailureClass.VALIDATION, "INCLUSAO_ENCERRADA"):
        await provider.bureau.clear(PEFIN, make_exclusion(inclusion, key="third"))


async def test_without_balance_nothing_billable_is_done(provider: Provider) -> None:
    login = "demo-sem-saldo"
    with refused(FailureClass.BALANCE, "SALDO_INSUFICIENTE"):
        await provider.bureau.consult(make_account(CredentialKind.CONSULTATION, login=login), make_order())
    with refused(FailureClass.BALANCE, "SALDO_INSUFICIENTE"):
        await provider.bureau.register(make_account(CredentialKind.PEFIN, login=login), make_inclusion())
    ledger = await provider.ledger()
    assert (ledger["consultations"], ledger["registrations"]) == ([], [])


async def test_asking_for_results_in_a_tight_loop_is_refused(provider: Provider) -> None:
    for _ in range(30):
        await provider.bureau.events(PEFIN, None)
    with pytest.raises(BureauFailure) as caught:
        await provider.bureau.events(PEFIN, None)
    assert (caught.value.failure, caught.value.retry_after_seconds) == (FailureClass.QUOTA, 1)
    await provider.http.post("/_sandbox/reset")
    await provider.bureau.events(PEFIN, None)


async def test_an_environment_without_an_address_is_said_so(provider: Provider) -> None:
    account = make_account(CredentialKind.PEFIN, environment=Environment.PRODUCTION)
    with pytest.raises(BureauNotConfigured) as caught:
        await provider.bureau.find(account, "k")
    assert caught.value.environment is Environment.PRODUCTION


@pytest.mark.parametrize(
    "address", ["", "sandbox:8001", "ftp://sandbox", "http://", "http://h/?a=1", "http://h:port"]
)
def test_an_address_that_is_none_is_refused(provider: Provider, address: str) -> None:
    with pytest.raises(ValueError, match="HOMOLOGATION"):
        ConnectSaBureau({Environment.HOMOLOGATION: address}, provider.http)
