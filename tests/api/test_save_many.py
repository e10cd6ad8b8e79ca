"""Records by hundreds: each row is created, updated, left or refused on its own, and says which."""

from dataclasses import replace
from typing import Any

import pytest

from support.builders import make_caller, make_negativation
from support.desk import Desk, global_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.mutation_inputs import mutation_document
from support.world import World

ERROR = """error {
  __typename code message
  ... on InvalidInputError { problems { path code message } }
  ... on NotFoundError { kind path }
  ... on ConflictError { reason }
}"""
RECORDS = {
    "customers": "customer { id name mobile email address { city street } hold gender bornOn document { number } }",
    "leads": "lead { id name phone email document { number } stateCode }",
    "prospects": "prospect { id name phone email document { number } stateCode }",
    "invoices": "invoice { id amount { amount } dueOn contractNumber contractRescindedOn customer { id } }",
}
SINGULAR = {kind: kind.removesuffix("s") for kind in RECORDS}


def _document(kind: str) -> str:
    success = f"Save{kind.capitalize()}Success"
    results = f"results {{ externalId how {RECORDS[kind]} {ERROR} }}"
    return mutation_document(
        f"save_{kind}",
        f"__typename ... on {success} {{ counts {{ created updated unchanged refused }} {results} }} "
        "... on InvalidInputError { problems { path code message } }",
    )


@pytest.fixture
async def world() -> World:
    """The branch and the customer are known to an integrator."""
    world = await World().populate()
    world.branch = replace(world.branch, external_id="matriz")
    world.customer = replace(world.customer, external_id="c-0")
    async with world.units_of_work.begin() as work:
        await work.branches.save(world.branch)
        await work.customers.save(world.customer)
    return world


def _row(kind: str, serial: int = 1, **given: Any) -> dict[str, Any]:
    if kind == "invoices":
        whole = {
            "externalId": f"f-{serial}",
            "customerExternalId": "c-0",
            "amount": "99.90",
            "issuedOn": "2026-01-01",
            "dueOn": "2026-01-20",
        }
    else:
        whole = {"externalId": f"x-{serial}", "branchExternalId": "matriz", "name": f"Nome {serial}"}
    if kind == "customers":
        whole |= {"document": synthetic_cpf(serial).formatted}
    return whole | given


async def _save(desk: Desk, kind: str, *rows: dict[str, Any], **ask: Any) -> Any:
    return (await desk.ask(_document(kind), {"input": {"rows": list(rows)}}, **ask)).one()


def _hows(saved: Any) -> list[str]:
    return [row["how"] for row in saved["results"]]


CHANGE = {
    "customers": {"name": "Nome Novo"},
    "leads": {"phone": "4733334444"},
    "prospects": {"email": "nova@example.com"},
    "invoices": {"amount": "100.00"},
}


@pytest.mark.parametrize("kind", RECORDS)
async def test_each_row_is_created_updated_left_or_refused(desk: Desk, kind: str) -> None:
    first = await _save(desk, kind, _row(kind, 1), _row(kind, 2))
    assert _hows(first) == ["CREATED", "CREATED"]
    assert first["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 0}
    owner = "customerExternalId" if kind == "invoices" else "branchExternalId"

    again = await _save(
        desk,
        kind,
        _row(kind, 1),
        _row(kind, 2, **CHANGE[kind]),
        _row(kind, 3, **{owner: "nowhere"}),
        _row(kind, 4),
        _row(kind, 4, **CHANGE[kind]),
    )

    assert _hows(again) == ["UNCHANGED", "UPDATED", "REFUSED", "CREATED", "UPDATED"]
    assert again["counts"] == {"created": 1, "updated": 2, "unchanged": 1, "refused": 1}
    assert [row["externalId"] for row in again["results"]] == [
        _row(kind, serial)["externalId"] for serial in (1, 2, 3, 4, 4)
    ]
    record = SINGULAR[kind]
    assert again["results"][0] == {**first["results"][0], "how": "UNCHANGED"}
    assert again["results"][1][record]["id"] == first["results"][1][record]["id"]
    refused = again["results"][2]
    assert refused[record] is None
    assert refused["error"]["__typename"] == "NotFoundError"
    assert refused["error"]["path"] == [owner]


@pytest.mark.parametrize(
    ("kind", "wrong", "path", "code"),
    [
        ("customers", {"document": "111.111.111-11"}, ["document"], "INVALID_DOCUMENT"),
        (
            "customers",
            {"address": {"postalCode": "7"}},
            ["address", "postalCode"],
            "INVALID_POSTAL_CODE",
        ),
        ("leads", {"phone": "7"}, ["phone"], "INVALID_PHONE"),
        ("prospects", {"stateCode": "XX"}, ["stateCode"], "INVALID_STATE_CODE"),
        ("invoices", {"amount": "-1"}, ["amount"], "INVALID_AMOUNT"),
        ("invoices", {"issuedOn": "2026-02-01"}, ["issuedOn"], "ISSUED_AFTER_DUE"),
    ],
)
async def test_what_is_wrong_with_a_row_is_said_of_that_row(
    desk: Desk, kind: str, wrong: dict[str, Any], path: list[str], code: str
) -> None:
    saved = await _save(desk, kind, _row(kind, 1, **wrong), _row(kind, 2))
    assert _hows(saved) == ["REFUSED", "CREATED"]
    [problem] = saved["results"][0]["error"]["problems"]
    assert (problem["path"], problem["code"]) == (path, code)


@pytest.mark.parametrize(
    ("language", "words"), [("pt-BR", "Não é um CPF ou CNPJ válido"), ("en", "Not a valid CPF or CNPJ")]
)
async def test_a_refused_row_speaks_the_reader_s_language(desk: Desk, language: str, words: str) -> None:
    saved = await _save(desk, "customers", _row("customers", document="1"), language=language)
    assert saved["results"][0]["error"]["problems"][0]["message"].startswith(words)


async def test_what_a_row_leaves_out_stays_and_null_clears(desk: Desk) -> None:
    whole: dict[str, Any] = {
        "mobile": "47 98888-7777",
        "email": "ana@example.com",
        "gender": "FEMALE",
        "bornOn": "1985-07-09",
        "hold": "DISPUTE",
        "address": {"city": "Blumenau", "street": "Rua A"},
    }
    first = (await _save(desk, "customers", _row("customers", **whole)))["results"][0]["customer"]
    assert (first["mobile"], first["hold"]) == ("47988887777", "DISPUTE")

    assert _hows(await _save(desk, "customers", _row("customers"))) == ["UNCHANGED"]

    changes: dict[str, Any] = {"email": None, "hold": None, "address": {"street": None, "city": "Gaspar"}}
    changed = (await _save(desk, "customers", _row("customers", **changes)))["results"][0]["customer"]
    assert changed == {
        **first,
        "email": None,
        "hold": None,
        "address": {"city": "Gaspar", "street": None},
    }
    cleared = (await _save(desk, "customers", _row("customers", address=None)))["results"][0]["customer"]
    assert cleared == {**changed, "address": {"city": None, "street": None}}


async def test_what_a_lead_or_an_invoice_leaves_out_stays_too(desk: Desk) -> None:
    whole: dict[str, Any] = {
        "document": synthetic_cnpj(9).formatted,
        "stateCode": "SC",
        "phone": "4733334444",
        "email": "a@example.com",
    }
    for kind in ("leads", "prospects"):
        first = await _save(desk, kind, _row(kind, **whole))
        again = await _save(desk, kind, _row(kind))
        assert again["results"][0] == {**first["results"][0], "how": "UNCHANGED"}
        cleared = await _save(desk, kind, _row(kind, document=None, phone=None))
        record = cleared["results"][0][SINGULAR[kind]]
        assert (record["document"], record["phone"], record["email"]) == (None, None, "a@example.com")
    dated: dict[str, Any] = {"contractNumber": "CT-7", "contractRescindedOn": "2026-02-01"}
    first = await _save(desk, "invoices", _row("invoices", **dated))
    again = await _save(desk, "invoices", _row("invoices"))
    assert again["results"][0] == {**first["results"][0], "how": "UNCHANGED"}
    cleared = await _save(desk, "invoices", _row("invoices", contractNumber=None))
    assert cleared["results"][0]["invoice"]["contractNumber"] is None


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("count", [501, 3_000])
async def test_a_call_has_an_end(desk: Desk, kind: str, count: int) -> None:
    saved = await _save(desk, kind, *[_row(kind)] * count, language="en")
    assert saved["problems"] == [
        {"path": ["rows"], "code": "TOO_MANY", "message": "At most 500 items are accepted."}
    ]


async def test_five_hundred_rows_are_saved_in_one_call(desk: Desk) -> None:
    rows = [_row("customers", serial) for serial in range(1, 501)]
    saved = await _save(desk, "customers", *rows)
    assert saved["counts"] == {"created": 500, "updated": 0, "unchanged": 0, "refused": 0}


async def test_a_call_without_rows_saves_nothing(desk: Desk) -> None:
    saved = await _save(desk, "leads")
    assert (saved["results"], saved["counts"]["created"]) == ([], 0)


async def test_other_branches_are_not_there(desk: Desk) -> None:
    other = await desk.world.add_branch(external_id="filial-2")
    stranger = make_caller(branch_ids=frozenset({other.id}))
    saved = await _save(
        desk,
        "customers",
        _row("customers", 1),
        {**_row("customers", 2), "externalId": "c-0", "branchExternalId": "filial-2"},
        _row("customers", 3, branchExternalId="filial-2"),
        caller=stranger,
    )
    assert _hows(saved) == ["REFUSED", "REFUSED", "CREATED"]
    unreachable, taken, _ = (row["error"] for row in saved["results"])
    assert (unreachable["kind"], unreachable["path"]) == ("Branch", ["branchExternalId"])
    assert (taken["__typename"], taken["reason"]) == ("ConflictError", "EXTERNAL_ID_TAKEN")
    assert saved["results"][1]["customer"] is None
    [invoice] = (await _save(desk, "invoices", _row("invoices"), caller=stranger))["results"]
    assert (invoice["error"]["kind"], invoice["error"]["path"]) == ("Customer", ["customerExternalId"])


async def test_a_record_stays_with_its_owner(desk: Desk) -> None:
    await desk.world.add_branch(external_id="filial-2")
    for kind in ("customers", "leads", "prospects"):
        await _save(desk, kind, _row(kind))
        moved = await _save(desk, kind, _row(kind, branchExternalId="filial-2"))
        assert moved["results"][0]["error"]["reason"] == "BELONGS_ELSEWHERE"
    await _save(desk, "customers", _row("customers", 9))
    await _save(desk, "invoices", _row("invoices"))
    moved = await _save(desk, "invoices", _row("invoices", customerExternalId="x-9"))
    assert moved["results"][0]["error"]["reason"] == "BELONGS_ELSEWHERE"


async def test_a_negativated_debt_stays_as_it_was_registered(desk: Desk) -> None:
    saved = await _save(desk, "invoices", _row("invoices"))
    async with desk.world.units_of_work.begin() as work:
        invoice = (await work.invoices.by_external_ids(["f-1"]))["f-1"]
        await work.negativations.add(
            make_negativation(
                invoice_id=invoice.id,
                customer_id=invoice.customer_id,
                branch_id=invoice.branch_id,
                integration_id=desk.world.integration.id,
            )
        )
    assert saved["results"][0]["invoice"]["customer"]["id"] == global_id(desk.world.customer)
    [row] = (await _save(desk, "invoices", _row("invoices", amount="1.00")))["results"]
    assert (row["how"], row["error"]["reason"]) == ("REFUSED", "INVOICE_NEGATIVATED")


async def test_the_owners_of_saved_records_are_read_together(desk: Desk) -> None:
    async def reads(*serials: int) -> int:
        before = desk.units_of_work.reads
        await _save(desk, "invoices", *(_row("invoices", serial) for serial in serials))
        return desk.units_of_work.reads - before

    assert await reads(1, 2) == await reads(3, 4, 5, 6, 7, 8)
