"""The task list: what somebody must clear after payment, by its legal deadline (Súmula STJ 548)."""

from datetime import timedelta
from typing import Any

from core.domain.invoice import Invoice, InvoiceStatus
from core.domain.negativation import Negativation, NegativationForm, NegativationStatus
from support.builders import TODAY, make_caller, make_customer, make_invoice
from support.desk import Desk, global_id
from support.mutation_inputs import mutation_document
from support.records import Company

TASKS = """query ($filter: ClearingTaskFilter, $by: ClearingTaskOrder, $first: Int, $after: String) {
  clearingTasks(filter: $filter, orderBy: $by, first: $first, after: $after) {
    totalCount
    totals { count live amount { amount } }
    nodes { number form live clearingDueOn invoice { status } }
    pageInfo { hasNextPage endCursor }
  }
}"""
SETTLE = mutation_document("settle_invoice", "... on SettleInvoiceSuccess { invoice { status } }")
CANCEL = mutation_document("cancel_invoice", "... on CancelInvoiceSuccess { invoice { status } }")
RENEGOTIATE = mutation_document(
    "renegotiate_invoice", "... on RenegotiateInvoiceSuccess { invoice { status } }"
)
CLEAR = mutation_document("clear_negativation", "__typename")


async def _debts(desk: Desk, count: int, **changes: Any) -> list[tuple[Invoice, Negativation]]:
    """Invoices with an active negativation each."""
    world = desk.world
    done = []
    async with world.units_of_work.begin() as work:
        for _ in range(count):
            customer = await work.customers.add(make_customer(branch_id=world.branch.id))
            company = Company(branch=world.branch, integration=world.integration, customer=customer)
            invoice = make_invoice(branch_id=world.branch.id, customer_id=customer.id)
            invoice = await work.invoices.add(invoice)
            negativation = company.negativation(invoice, **{"status": NegativationStatus.ACTIVE, **changes})
            done.append((invoice, await work.negativations.add(negativation)))
    return done


async def _tasks(desk: Desk, **variables: Any) -> Any:
    return (await desk.ask(TASKS, variables)).one()


async def test_what_is_settled_cancelled_or_renegotiated_becomes_a_task(desk: Desk) -> None:
    debts = await _debts(desk, 4)
    by_pix, by_boleto, cancelled, renegotiated = (global_id(invoice) for invoice, _ in debts)
    assert (await _tasks(desk))["totalCount"] == 0

    await desk.ask(SETTLE, {"input": {"invoiceId": by_boleto, "method": "BOLETO"}})
    await desk.ask(SETTLE, {"input": {"invoiceId": by_pix, "method": "PIX"}})
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    await desk.ask(CANCEL, {"input": {"invoiceId": cancelled, "cancelledOn": yesterday}})
    await desk.ask(RENEGOTIATE, {"input": {"invoiceId": renegotiated}})

    tasks = await _tasks(desk)
    assert [(task["clearingDueOn"], task["invoice"]["status"]) for task in tasks["nodes"]] == [
        ("2026-03-20", "CANCELLED"),
        ("2026-03-23", "SETTLED"),
        ("2026-03-23", "RENEGOTIATED"),
        ("2026-03-24", "SETTLED"),
    ]
    assert desk.world.bureau.calls == []
    by_filter = "{ negativations(filter: {clearingDue: true}) { totalCount } }"
    assert (await desk.ask(by_filter)).one()["totalCount"] == 4


async def test_a_task_is_done_when_its_clearing_is_asked_for(desk: Desk) -> None:
    [(_, negativation)] = await _debts(desk, 1, clearing_due_on=TODAY)
    assert (await _tasks(desk))["totalCount"] == 1
    await desk.ask(CLEAR, {"input": {"negativationId": global_id(negativation)}})
    assert (await _tasks(desk))["totalCount"] == 0


async def test_tasks_are_filtered_by_branch_and_form(desk: Desk) -> None:
    await _debts(desk, 2, clearing_due_on=TODAY)
    await _debts(desk, 1, clearing_due_on=TODAY, form=NegativationForm.AUTOMATIC)
    other = await desk.world.add_branch()
    for chosen, count in (
        ({"form": "MANUAL"}, 2),
        ({"form": "AUTOMATIC"}, 1),
        ({"branchId": global_id(desk.world.branch)}, 3),
        ({"branchId": global_id(other)}, 0),
    ):
        found = await _tasks(desk, filter=chosen)
        assert (found["totalCount"], len(found["nodes"])) == (count, count)
        assert found["totals"]["count"] == count
    assert (await desk.ask(TASKS, {"filter": {"branchId": "x"}})).code() == "INVALID_INPUT"


async def test_tasks_of_other_branches_are_not_seen(desk: Desk) -> None:
    await _debts(desk, 1, clearing_due_on=TODAY)
    other = await desk.world.add_branch()
    answer = await desk.ask(TASKS, caller=make_caller(branch_ids=frozenset({other.id})))
    assert answer.one()["nodes"] == []
    assert answer.one()["totals"] == {"count": 0, "live": 0, "amount": {"amount": "0.00"}}


async def test_tasks_come_in_pages_and_in_both_directions(desk: Desk) -> None:
    for days in (3, 1, 2, 1):
        await _debts(desk, 1, clearing_due_on=TODAY + timedelta(days=days))
    seen, after, more = [], None, True
    while more:
        page = await _tasks(desk, first=3, after=after)
        seen += [task["number"] for task in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert seen == [2, 4, 3, 1]
    latest = await _tasks(desk, by={"field": "DUE_ON", "direction": "DESC"})
    assert [task["number"] for task in latest["nodes"]] == [1, 3, 4, 2]


async def test_a_task_tells_what_it_is_about(desk: Desk) -> None:
    [(invoice, _)] = await _debts(desk, 1, clearing_due_on=TODAY)
    assert invoice.status is InvoiceStatus.OPEN
    tasks = await _tasks(desk)
    assert tasks["nodes"] == [
        {
            "number": 1,
            "form": "MANUAL",
            "live": True,
            "clearingDueOn": TODAY.isoformat(),
            "invoice": {"status": "OPEN"},
        }
    ]
    assert tasks["totals"] == {"count": 1, "live": 1, "amount": {"amount": "129.90"}}
