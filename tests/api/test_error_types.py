"""Each error type as a front end meets it: when it comes, what it carries, in both languages."""

import pytest

from support.desk import Desk, global_id
from support.error_cases import ERROR_CASES, cancelled, consult, invoice_of, switched_off, unlinked
from support.mutation_inputs import mutation_document


@pytest.mark.parametrize("name", ERROR_CASES)
@pytest.mark.parametrize("language", ["pt-BR", "en"])
async def test_an_error_carries_what_a_front_end_needs(desk: Desk, name: str, language: str) -> None:
    case = ERROR_CASES[name]
    await case.arrange(desk.world)
    selection = f"__typename ... on UserError {{ code message }} ... on {name.partition(',')[0]} {{ message {case.fields} }}"
    document = mutation_document(case.mutation, selection)
    result = (await desk.ask(document, {"input": case.given(desk.world)}, language=language)).one()
    message = result.pop("message")
    assert result == {"__typename": name.partition(",")[0], **case.expected}
    assert (case.portuguese if language == "pt-BR" else case.english) in message


async def test_what_has_ended_is_neither_cleared_nor_resent(desk: Desk) -> None:
    await cancelled(desk.world)
    async with desk.world.units_of_work.read() as work:
        latest = await work.negativations.latest_of_invoices([desk.world.invoice.id])
    negativation = latest[desk.world.invoice.id]
    data = {"input": {"negativationId": global_id(negativation)}}
    selection = (
        "__typename ... on UserError {{ code message }} ... on {0} {{ negativation {{ number status }} {1} }}"
    )
    cleared = await desk.ask(
        mutation_document("clear_negativation", selection.format("NotClearableError", "")), data
    )
    assert cleared.one() == {
        "__typename": "NotClearableError",
        "code": "NOT_CLEARABLE",
        "message": "A negativação 1 não pode ser baixada na situação CANCELLED.",
        "negativation": {"number": 1, "status": "CANCELLED"},
    }
    resent = await desk.ask(
        mutation_document("resend_negativation", selection.format("NotResendableError", "reason")), data
    )
    assert resent.one() == {
        "__typename": "NotResendableError",
        "code": "NOT_RESENDABLE",
        "message": "A negativação 1 não pode ser reenviada na situação CANCELLED: só o que terminou em erro é reenviado.",
        "negativation": {"number": 1, "status": "CANCELLED"},
        "reason": "WRONG_STATUS",
    }


async def test_a_key_gives_the_same_answer_and_refuses_another_input(desk: Desk) -> None:
    document = mutation_document(
        "consult_credit",
        "__typename ... on ConsultCreditSuccess { consultation { number } } ... on UserError { code }",
    )
    data = consult(idempotencyKey="one")(desk.world)
    first = (await desk.ask(document, {"input": data})).one()
    assert first == {"__typename": "ConsultCreditSuccess", "consultation": {"number": 1}}
    assert (await desk.ask(document, {"input": data})).one() == first
    other = {**data, "plan": "CREDNET_TOP"}
    assert (await desk.ask(document, {"input": other})).one() == {
        "__typename": "IdempotencyConflictError",
        "code": "IDEMPOTENCY_CONFLICT",
    }
    assert len(desk.world.bureau.called("consult")) == 1


async def test_one_fallback_reads_every_error(desk: Desk) -> None:
    await switched_off(desk.world)
    document = mutation_document("negativate_debtor", "... on UserError { __typename code message }")
    result = (await desk.ask(document, {"input": invoice_of(desk.world)})).one()
    assert result["__typename"] == "CreditAnalysisDisabledError"
    assert result["code"] == "CREDIT_ANALYSIS_DISABLED"


@pytest.mark.parametrize("code", ["INTEGRATION_NOT_LINKED"])
async def test_an_expected_failure_of_a_query_is_coded_at_the_top(desk: Desk, code: str) -> None:
    await unlinked(desk.world)
    query = "query ($id: ID!) { consultationPlans(branchId: $id) { name } }"
    answer = await desk.ask(query, {"id": global_id(desk.world.branch)}, language="en")
    assert (answer.status, answer.data, answer.code()) == (200, None, code)
    assert answer.error()["message"] == "Branch ID 1 has no credit analysis integration linked to it."
