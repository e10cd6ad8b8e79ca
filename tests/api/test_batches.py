"""Registering and resending several at once: one result each, and none spoils the others."""

from dataclasses import replace
from typing import Any

import pytest

from api.ids import encode_id
from core.domain.bureau import BureauFailure, FailureClass
from core.domain.negativation import Negativation
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.repeatable import MAX_BATCH_KEY_LENGTH
from support.builders import make_caller, make_customer, make_invoice, new_id
from support.desk import Desk, global_id
from support.mutation_inputs import mutation_document
from support.world import World

ROW_OF_REGISTERING = """
results {
  invoiceId
  invoice { number }
  outcome {
    __typename
    ... on NegativateDebtorSuccess { negativation { number status } }
    ... on NotEligibleError { reasons { code field message } }
    ... on AlreadyNegativatedError { negativation { number } }
    ... on UserError { code message }
  }
}
"""
NEGATIVATE = mutation_document(
    "negativate_debtors",
    f"__typename ... on NegativateDebtorsSuccess {{ {ROW_OF_REGISTERING} }} "
    "... on InvalidInputError { problems { path code message } } ... on UserError { code }",
)
RESEND = mutation_document(
    "resend_negativations",
    """__typename
    ... on ResendNegativationsSuccess { results {
      negativationId
      negativation { number status }
      outcome {
        __typename
        ... on ResendNegativationSuccess { negativation { status } }
        ... on NotResendableError { reason }
        ... on NotEligibleError { reasons { code } }
        ... on UserError { code message }
      } } }
    ... on InvalidInputError { problems { path code message } }
    ... on UserError { code }""",
)


async def _add_debt(world: World, **customer: Any) -> str:
    """An overdue invoice of another customer."""
    async with world.units_of_work.begin() as work:
        debtor = await work.customers.add(make_customer(branch_id=world.branch.id, **customer))
        invoice = make_invoice(branch_id=world.branch.id, customer_id=debtor.id)
        return global_id(await work.invoices.add(invoice))


async def _rejected(world: World, count: int) -> list[Negativation]:
    """Negativations that the bureau refused, each of a customer of its own."""
    done = []
    for _ in range(count):
        async with world.units_of_work.begin() as work:
            debtor = await work.customers.add(make_customer(branch_id=world.branch.id))
            invoice = make_invoice(branch_id=world.branch.id, customer_id=debtor.id)
            await work.invoices.add(invoice)
        command = NegativateDebtorCommand(caller=world.caller, invoice_id=invoice.id)
        done.append(await world.use_case(NegativateDebtor)(command))
    refusal = BureauFailure(failure=FailureClass.VALIDATION, code="1", message="Endereço inválido")
    world.bureau.fail("register", *[refusal] * count)
    await world.deliver()
    return done


async def _negativate(desk: Desk, *ids: str, **given: Any) -> Any:
    return (await desk.ask(NEGATIVATE, {"input": {"invoiceIds": list(ids), **given}})).one()


async def _resend(desk: Desk, **given: Any) -> Any:
    return (await desk.ask(RESEND, {"input": given})).one()


# negativateDebtors


async def test_each_invoice_has_its_own_result_in_the_order_given(desk: Desk) -> None:
    gap = await _add_debt(desk.world, mobile=None)
    missing = encode_id("Invoice", new_id())
    invoice = global_id(desk.world.invoice)

    results = (await _negativate(desk, gap, invoice, missing, invoice))["results"]

    assert [row["invoiceId"] for row in results] == [gap, invoice, missing, invoice]
    assert [row["outcome"]["__typename"] for row in results] == [
        "NotEligibleError",
        "NegativateDebtorSuccess",
        "NotFoundError",
        "AlreadyNegativatedError",
    ]
    assert [row["invoice"] and row["invoice"]["number"] for row in results] == [2, 1, None, 1]
    assert results[0]["outcome"]["reasons"][0]["field"] == "customer.mobile"
    assert results[1]["outcome"]["negativation"] == {"number": 1, "status": "QUEUED"}
    assert results[3]["outcome"]["negativation"] == {"number": 1}


@pytest.mark.parametrize(
    ("language", "words"),
    [("pt-BR", "O boleto não pode ser negativado"), ("en", "The invoice must not be negativated")],
)
async def test_the_errors_of_a_batch_speak_the_reader_s_language(
    desk: Desk, language: str, words: str
) -> None:
    gap = await _add_debt(desk.world, mobile=None)
    answer = await desk.ask(NEGATIVATE, {"input": {"invoiceIds": [gap]}}, language=language)
    assert answer.one()["results"][0]["outcome"]["message"].startswith(words)


async def test_a_batch_repeated_with_its_key_gives_the_same_answer(desk: Desk) -> None:
    ids = [global_id(desk.world.invoice), await _add_debt(desk.world)]
    first = await _negativate(desk, *ids, idempotencyKey="batch")
    assert await _negativate(desk, *ids, idempotencyKey="batch") == first
    again = await _negativate(desk, ids[0], idempotencyKey="batch")
    assert again == {"__typename": "IdempotencyConflictError", "code": "IDEMPOTENCY_CONFLICT"}


async def test_a_restriction_code_holds_for_the_whole_batch(desk: Desk) -> None:
    result = await _negativate(desk, global_id(desk.world.invoice), restrictionCode="??")
    [reason] = result["results"][0]["outcome"]["reasons"]
    assert reason["code"] == "UNKNOWN_RESTRICTION_CODE"


async def test_invoices_of_other_branches_are_not_there(desk: Desk) -> None:
    other = await desk.world.add_branch()
    stranger = make_caller(branch_ids=frozenset({other.id}))
    data = {"input": {"invoiceIds": [global_id(desk.world.invoice)]}}
    [row] = (await desk.ask(NEGATIVATE, data, caller=stranger)).one()["results"]
    assert (row["invoice"], row["outcome"]["__typename"]) == (None, "NotFoundError")


async def test_a_batch_of_nothing_has_no_results(desk: Desk) -> None:
    assert await _negativate(desk) == {"__typename": "NegativateDebtorsSuccess", "results": []}


@pytest.mark.parametrize("key", ["", "k" * (MAX_BATCH_KEY_LENGTH + 1)])
async def test_a_key_of_no_use_is_refused(desk: Desk, key: str) -> None:
    result = await _negativate(desk, global_id(desk.world.invoice), idempotencyKey=key)
    [problem] = result["problems"]
    assert (problem["path"], problem["code"]) == (["idempotencyKey"], "INVALID_IDEMPOTENCY_KEY")


@pytest.mark.parametrize("count", [101, 5_000])
async def test_a_batch_has_an_end(desk: Desk, count: int) -> None:
    """Whatever is in the list: a list that is too long is not gone through."""
    answer = await desk.ask(NEGATIVATE, {"input": {"invoiceIds": ["x"] * count}}, language="en")
    assert answer.one()["problems"] == [
        {"path": ["invoiceIds"], "code": "TOO_MANY", "message": "At most 100 items are accepted."}
    ]
    resent = await desk.ask(RESEND, {"input": {"negativationIds": ["x"] * count}})
    assert [problem["code"] for problem in resent.one()["problems"]] == ["TOO_MANY"]


async def test_every_bad_id_of_a_batch_is_named(desk: Desk) -> None:
    result = await _negativate(desk, "x", global_id(desk.world.invoice), global_id(desk.world.customer))
    assert [problem["path"] for problem in result["problems"]] == [["invoiceIds", "0"], ["invoiceIds", "2"]]
    assert desk.world.bureau.calls == []


# resendNegativations


async def test_the_error_inbox_is_resent_with_one_result_each(desk: Desk) -> None:
    first, second = await _rejected(desk.world, 2)
    async with desk.world.units_of_work.begin() as work:
        mended = await work.customers.get(first.customer_id)
        assert mended is not None
        await work.customers.save(replace(mended, name="Nome Corrigido"))

    results = (await _resend(desk, filter={}))["results"]

    assert [row["negativationId"] for row in results] == [global_id(first), global_id(second)]
    assert results[0]["outcome"] == {
        "__typename": "ResendNegativationSuccess",
        "negativation": {"status": "QUEUED"},
    }
    assert results[1]["outcome"]["reason"] == "NOTHING_CHANGED"
    assert [row["negativation"]["status"] for row in results] == ["QUEUED", "REJECTED"]


async def test_force_resends_although_nothing_changed(desk: Desk) -> None:
    [rejected] = await _rejected(desk.world, 1)
    [row] = (await _resend(desk, negativationIds=[global_id(rejected)], force=True))["results"]
    assert row["outcome"]["__typename"] == "ResendNegativationSuccess"


async def test_a_filter_selects_among_the_errors_only(desk: Desk) -> None:
    [rejected] = await _rejected(desk.world, 1)
    await _negativate(desk, global_id(desk.world.invoice))
    for chosen, expected in (
        ({"status": ["QUEUED"]}, []),
        ({"form": "AUTOMATIC"}, []),
        ({"customerId": encode_id("Customer", rejected.customer_id)}, [global_id(rejected)]),
    ):
        results = (await _resend(desk, filter=chosen))["results"]
        assert [row["negativationId"] for row in results] == expected


@pytest.mark.parametrize("given", [{}, {"negativationIds": [], "filter": {}}])
async def test_either_ids_or_a_filter(desk: Desk, given: dict[str, Any]) -> None:
    result = await _resend(desk, **given)
    assert result["problems"] == [
        {
            "path": ["filter"],
            "code": "EXACTLY_ONE_OF",
            "message": "Informe exatamente um destes: negativationIds, filter.",
        }
    ]


async def test_all_that_is_wrong_with_a_selection_is_said_at_once(desk: Desk) -> None:
    period = {"createdFrom": "2026-02-01", "createdTo": "2026-01-31"}
    result = await _resend(desk, negativationIds=["x"], filter={"branchId": "y", **period})
    assert {tuple(problem["path"]) for problem in result["problems"]} == {
        ("filter",),
        ("negativationIds", "0"),
        ("filter", "createdTo"),
        ("filter", "branchId"),
    }


async def test_a_resending_repeated_with_its_key_is_done_once(desk: Desk) -> None:
    [rejected] = await _rejected(desk.world, 1)
    given = {"negativationIds": [global_id(rejected)], "force": True, "idempotencyKey": "again"}
    first = await _resend(desk, **given)
    assert await _resend(desk, **given) == first
    assert (await _resend(desk, **{**given, "force": False}))["code"] == "IDEMPOTENCY_CONFLICT"


async def test_errors_of_other_branches_are_not_there(desk: Desk) -> None:
    [rejected] = await _rejected(desk.world, 1)
    other = await desk.world.add_branch()
    stranger = make_caller(branch_ids=frozenset({other.id}))
    by_filter = (await desk.ask(RESEND, {"input": {"filter": {}}}, caller=stranger)).one()
    assert by_filter["results"] == []
    data = {"input": {"negativationIds": [global_id(rejected)]}}
    [row] = (await desk.ask(RESEND, data, caller=stranger)).one()["results"]
    assert (row["negativation"], row["outcome"]["__typename"]) == (None, "NotFoundError")


async def test_the_records_of_the_results_are_read_together(desk: Desk) -> None:
    few = await _rejected(desk.world, 2)
    before = desk.units_of_work.reads
    await _resend(desk, negativationIds=[global_id(each) for each in few])
    cost = desk.units_of_work.reads - before
    many = await _rejected(desk.world, 9)
    before = desk.units_of_work.reads
    await _resend(desk, negativationIds=[global_id(each) for each in many])
    assert desk.units_of_work.reads - before == cost
