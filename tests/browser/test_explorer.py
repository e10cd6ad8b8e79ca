"""GraphiQL in a real browser: everything from this server, ready to run, and a day at the desk by pressing play."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.connect_sa.sandbox import INITIAL_PEFIN_PASSWORD
from api.operations import ready_made_operations
from browser.window import Window
from e2e.processes import Program, Provider, eventually

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_it_opens_ready_to_run(window: Window, service: Program, tmp_path: Path) -> None:
    address = service.said["GraphiQL"]
    await window.open(address)
    assert await window.tab_names() == [operation["name"] for operation in ready_made_operations()]
    assert await window.headers() == {"Authorization": f"Bearer {service.said['Token']}"}

    viewer = (await window.run("WhoAmI"))["viewer"]
    assert viewer["name"] == "demo"
    picture = await window.page.screenshot(path=tmp_path / "graphiql.png")
    assert len(picture) > 20_000

    assert window.complaints == []
    assert window.origins() == {address.removesuffix("/graphql")}


async def test_the_documentation_is_there(window: Window, service: Program) -> None:
    await window.open(service.said["GraphiQL"])
    await window.page.get_by_role("button", name="Show Documentation Explorer").click()
    await window.page.get_by_role("link", name="Mutation", exact=True).click()
    shown = window.page.locator(".graphiql-plugin")
    await shown.get_by_text("negativateDebtor").first.wait_for()
    assert window.complaints == []
    assert window.origins() == {service.said["GraphiQL"].removesuffix("/graphql")}


async def test_a_day_at_the_desk_by_pressing_play(
    window: Window, service: Program, http: httpx.AsyncClient
) -> None:
    address, provider = service.said["GraphiQL"], Provider(http, service.said["Sandbox"])
    await window.open(address)

    consulted = (await window.run("ConsultCustomer"))["consultCredit"]
    assert consulted["__typename"] == "ConsultCreditSuccess", consulted
    assert consulted["consultation"]["report"]["score"] == {"value": 905, "band": "VERY_HIGH"}

    (verdict,) = (await window.run("NegativationEligibility"))["negativationEligibility"]
    assert verdict["allowed"], verdict
    requested = (await window.run("NegativateDebtor"))["negativateDebtor"]
    assert requested["__typename"] == "NegativateDebtorSuccess", requested

    # From now on the page offers the negativation that was just made.
    await window.open(address)
    await window.choose("Negativation")
    assert await window.variables() == {"id": requested["negativation"]["id"]}

    async def negativation() -> Any:
        return (await window.run("Negativation"))["node"]

    await eventually(negativation, lambda node: node["status"] == "SENT")
    (registration,) = (await provider.ledger())["registrations"]
    assert registration["received"] == 1
    await provider.advance(11)
    await eventually(negativation, lambda node: node["status"] == "ACTIVE")

    asked = (await window.run("ClearNegativation"))["clearNegativation"]
    assert asked["__typename"] == "ClearNegativationSuccess", asked
    await eventually(negativation, lambda node: node["status"] == "CLEARING_SENT")
    await provider.advance(1)
    await eventually(negativation, lambda node: node["status"] == "CLEARED")
    (registration,) = (await provider.ledger())["registrations"]
    assert (registration["received"], registration["billed"]) == (1, 1)

    await window.choose("RotateCredentials")
    new_password = (await window.variables())["input"]["newPassword"]
    rotated = (await window.run("RotateCredentials"))["rotateCredentials"]
    assert rotated["__typename"] == "RotateCredentialsSuccess", rotated
    assert not await provider.takes("pefin", "fiador-matriz", INITIAL_PEFIN_PASSWORD)
    assert await provider.takes("pefin", "fiador-matriz", new_password)

    assert window.complaints == []
    assert window.origins() == {address.removesuffix("/graphql")}


async def test_reports_open_in_a_tab_of_their_own(window: Window, service: Program) -> None:
    address = service.said["GraphiQL"]
    await window.open(address)
    answer = (await window.run("ConsultDocument"))["consultCredit"]
    assert answer["__typename"] == "ConsultCreditSuccess", answer
    await window.page.goto(address.removesuffix("/graphql") + answer["consultation"]["printUrl"])
    assert "Score" in await window.page.locator("body").inner_text()
    assert window.complaints == []
    assert window.origins() == {address.removesuffix("/graphql")}
