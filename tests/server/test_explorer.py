"""GraphiQL's page: ours, whole, and closed to anything from elsewhere."""

import json
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from adapters.memory.clock import FixedClock
from adapters.memory.storage import MemoryStorage
from adapters.memory.unit_of_work import MemoryUnitsOfWork
from api.ids import encode_id
from api.operations import ReadyMadeOperation
from core.domain.invoice import Invoice, InvoiceStatus
from core.domain.subjects import Customer
from server.examples import Examples
from server.explorer import PAGE_POLICY, Explorer, asset, explorer_page, page_response
from support.builders import make_branch, make_customer, make_invoice

OPERATIONS: list[ReadyMadeOperation] = [
    {
        "name": "Tricky",
        "query": 'query Tricky { a(b: "</script><!-- &amp; ção") }',
        "variables": {
            "input": {"ids": ["{Customer}", "{Invoice}"], "branchId": "{Branch}", "note": "{Nobody}"}
        },
    }
]
TOKEN = "fia_example"


@pytest.fixture
async def explorer(monkeypatch: pytest.MonkeyPatch) -> tuple[Explorer, Customer, Invoice]:
    """GraphiQL beside a customer with one open invoice."""
    monkeypatch.setattr("server.explorer.ready_made_operations", lambda: OPERATIONS)
    units_of_work = MemoryUnitsOfWork(MemoryStorage(), FixedClock())
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        customer = await work.customers.add(make_customer(branch_id=branch.id))
        await work.invoices.add(
            make_invoice(customer_id=customer.id, branch_id=branch.id, status=InvoiceStatus.CANCELLED)
        )
        invoice = await work.invoices.add(make_invoice(customer_id=customer.id, branch_id=branch.id))
    return Explorer(examples=Examples(units_of_work=units_of_work), demo_token=TOKEN), customer, invoice


def _request(host: str) -> Request:
    headers = [(b"host", host.encode())]
    return Request(
        {"type": "http", "method": "GET", "path": "/graphql", "query_string": b"", "headers": headers}
    )


async def _opened(explorer: Explorer, host: str) -> Any:
    return _config(bytes((await explorer.page(_request(host))).body).decode())


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
async def test_the_demo_page_is_ready_to_run(explorer: tuple[Explorer, Customer, Invoice], host: str) -> None:
    page, customer, invoice = explorer
    config = await _opened(page, host)
    assert config["headers"] == {"Authorization": f"Bearer {TOKEN}"}
    assert config["operations"][0]["variables"]["input"] == {
        "ids": [encode_id("Customer", customer.id), encode_id("Invoice", invoice.id)],
        "branchId": encode_id("Branch", customer.branch_id),
        "note": "{Nobody}",
    }


@pytest.mark.parametrize("host", ["desk.example", "127.0.0.1.example:8000", "192.168.0.7:8000"])
async def test_under_any_other_name_it_holds_no_token(
    explorer: tuple[Explorer, Customer, Invoice], host: str
) -> None:
    assert await _opened(explorer[0], host) == {"operations": OPERATIONS, "headers": {}}


async def test_without_a_demo_it_holds_no_token(explorer: tuple[Explorer, Customer, Invoice]) -> None:
    page = replace(explorer[0], demo_token=None)
    assert await _opened(page, "127.0.0.1:8000") == {"operations": OPERATIONS, "headers": {}}


def _config(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="fiador-config">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_opens_with_operations_and_headers() -> None:
    headers = {"Authorization": "Bearer fia_example"}
    assert _config(explorer_page(OPERATIONS, headers)) == {"operations": OPERATIONS, "headers": headers}


def test_nothing_in_an_operation_can_leave_its_block() -> None:
    page = explorer_page(OPERATIONS, {})
    assert page.count("</script>") == explorer_page([], {}).count("</script>")
    assert "<!--" not in page


def test_every_script_and_style_is_a_file_of_this_server() -> None:
    page = explorer_page(OPERATIONS, {})
    scripts = re.findall(r"<script(?![^>]*application/json)([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert scripts
    assert all('src="/graphql/assets/' in attributes and not body for attributes, body in scripts)
    assert "<style" not in page


def test_the_policy_allows_scripts_and_requests_of_this_server_only() -> None:
    policy = dict(part.split(" ", 1) for part in PAGE_POLICY.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert page_response("").headers["Content-Security-Policy"] == PAGE_POLICY


async def test_only_the_page_files_are_served() -> None:
    app = Starlette(routes=[Route("/graphql/assets/{name}", asset)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://fiador.test/graphql/assets/"
    ) as client:
        own = await client.get("explorer.js")
        assert own.status_code == 200
        assert own.headers["content-type"].startswith("text/javascript")
        for name in ("index.html", "package.json", "..%2Fpackage.json", "fetch", "nothing"):
            assert (await client.get(name)).status_code == 404
