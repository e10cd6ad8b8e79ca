"""What is asked before anything is sent: plans with their notice, eligibility with reasons and cuts, what the password form says."""

from datetime import date
from typing import Any

import pytest

from core.domain.plans import IntegrationPlan
from support.builders import make_address, make_customer, make_invoice
from support.desk import Desk, global_id
from support.world import World

PLANS = (
    "query ($id: ID!) { consultationPlans(branchId: $id) { plan deprecated endsOn notice price { amount } } }"
)
ELIGIBILITY = """query ($ids: [ID!]!, $code: String) {
  negativationEligibility(invoiceIds: $ids, restrictionCode: $code) {
    invoice { number } allowed reasons { code field message } truncations { field value } expiresOn } }"""

SOON = {
    "pt-BR": "Em breve este plano será descontinuado. É recomendado que utilize o Relatório + Score.",
    "en": "This plan will be discontinued soon. Report + Score is recommended.",
}
DATED = {
    "pt-BR": "Este plano será descontinuado em 01/12/2026. É recomendado que utilize o Relatório + Score.",
    "en": "This plan will be discontinued on 2026-12-01. Report + Score is recommended.",
}


async def _plans(desk: Desk, language: str = "pt-BR") -> dict[str, Any]:
    answer = await desk.ask(PLANS, {"id": global_id(desk.world.branch)}, language=language)
    return {offered["plan"]: offered for offered in answer.one()}


@pytest.mark.parametrize("language", ["pt-BR", "en"])
async def test_plans_that_are_to_end_carry_a_notice(desk: Desk, language: str) -> None:
    plans = await _plans(desk, language)
    assert plans["REPORT_AND_SCORE"]["notice"] is None
    for plan in ("NEGATIVE_INDICATOR", "CREDNET_TOP"):
        assert (plans[plan]["deprecated"], plans[plan]["notice"]) == (True, SOON[language])
    await desk.world.set_parameters(deprecated_plans_end_on=date(2026, 12, 1))
    plans = await _plans(desk, language)
    assert (plans["CREDNET_TOP"]["endsOn"], plans["CREDNET_TOP"]["notice"]) == ("2026-12-01", DATED[language])


async def test_a_plan_that_has_ended_is_not_offered(desk: Desk) -> None:
    await desk.world.set_parameters(deprecated_plans_end_on=date(2026, 3, 16))
    assert set(await _plans(desk)) == {"REPORT_AND_SCORE"}


async def test_a_fixed_plan_is_all_that_is_offered(desk: Desk) -> None:
    desk.world = await World().populate(plan=IntegrationPlan.CREDNET_TOP)
    assert set(await _plans(Desk(desk.world))) == {"CREDNET_TOP"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("pt-BR", "O campo é obrigatório para negativar"), ("en", "The field is required")],
)
async def test_eligibility_tells_every_reason_and_every_cut(desk: Desk, language: str, words: str) -> None:
    world = desk.world
    address = make_address(street="Avenida " + "A" * 50, number=None)
    async with world.units_of_work.begin() as work:
        customer = await work.customers.add(
            make_customer(branch_id=world.branch.id, mobile=None, name="N" * 80, address=address)
        )
        invoice = make_invoice(branch_id=world.branch.id, customer_id=customer.id)
        gap = global_id(await work.invoices.add(invoice))

    variables = {"ids": [gap, global_id(world.invoice)]}
    refused, allowed = (await desk.ask(ELIGIBILITY, variables, language=language)).one()

    assert (allowed["allowed"], allowed["reasons"], allowed["truncations"]) == (True, [], [])
    assert allowed["expiresOn"] == "2031-01-15"
    assert refused["allowed"] is False
    assert [(reason["code"], reason["field"]) for reason in refused["reasons"]] == [
        ("FIELD_REQUIRED", "customer.mobile"),
        ("FIELD_REQUIRED", "customer.address.number"),
    ]
    assert all(reason["message"].startswith(words) for reason in refused["reasons"])
    assert refused["truncations"] == [
        {"field": "address.street", "value": "Avenida " + "A" * 37},
        {"field": "name", "value": "N" * 70},
    ]
    assert world.bureau.called("register") == []


async def test_a_portfolio_has_an_end(desk: Desk) -> None:
    answer = await desk.ask(ELIGIBILITY, {"ids": [global_id(desk.world.invoice)] * 501})
    [problem] = answer.error()["extensions"]["problems"]
    assert (problem["path"], problem["code"]) == (["invoiceIds"], "TOO_MANY")


@pytest.mark.parametrize(
    ("language", "first"), [("pt-BR", "Use uma senha forte."), ("en", "Use a strong password.")]
)
async def test_the_password_form_s_advice(desk: Desk, language: str, first: str) -> None:
    advice = (await desk.ask("{ passwordAdvice { code message } }", language=language)).one()
    assert advice[0] == {"code": "STRONG", "message": first}
    assert [each["code"] for each in advice[1:]] == ["UNIQUE_PER_FIELD", "NO_PERSONAL_DATA", "NOT_GUESSABLE"]


async def test_the_criteria_are_those_of_each_password(desk: Desk) -> None:
    query = """{ web: passwordCriteria(kind: CONSULTATION) { code description }
                 pefin: passwordCriteria(kind: PEFIN) { code description } }"""
    data = (await desk.ask(query, language="en")).data
    assert data is not None
    assert len(data["web"]) == 7
    assert data["pefin"][0] == {
        "code": "LENGTH_6",
        "description": "The password must have exactly 6 digits.",
    }
