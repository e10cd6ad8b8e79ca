"""Another login is another account at the provider: it is refused while something stands there under this one, on every storage."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from core.domain.bureau import CredentialKind
from core.domain.credentials import CredentialState
from core.domain.errors import Conflict
from core.domain.integration import ActiveMonitors, ActiveNegativations
from core.domain.listing import MonitorFilter
from core.domain.negativation import NegativationStatus
from core.domain.secret import Secret
from core.use_cases.monitor_company import (
    MonitorCompany,
    MonitorCompanyCommand,
    StopMonitoring,
    StopMonitoringCommand,
)
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.update_integration import (
    UpdatedIntegration,
    UpdateIntegration,
    UpdateIntegrationCommand,
)
from support.storages import Storage
from support.world import World


@pytest.fixture
async def world(storage: Storage) -> World:
    """A company in that storage."""
    return await World(kept_in=storage).populate()


async def _update(world: World, **changes: Any) -> UpdatedIntegration:
    command = UpdateIntegrationCommand(caller=world.caller, integration_id=world.integration.id)
    return await world.use_case(UpdateIntegration)(replace(command, **changes))


async def _negativate(world: World) -> Callable[[], Awaitable[object]]:
    """Let a registration stand; the answer ends it."""
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    placed = await world.use_case(NegativateDebtor)(command)

    async def end() -> None:
        async with world.units_of_work.begin() as work:
            await work.negativations.save(replace(placed, status=NegativationStatus.CLEARED))

    return end


async def _watch(world: World) -> Callable[[], Awaitable[object]]:
    """Let a company be watched; the answer ends it."""
    command = MonitorCompanyCommand(caller=world.caller, branch_id=world.branch.id)
    monitor = await world.use_case(MonitorCompany)(command)
    ending = StopMonitoringCommand(caller=world.caller, monitor_id=monitor.id)
    return lambda: world.use_case(StopMonitoring)(ending)


async def _know(world: World, kind: CredentialKind, state: CredentialState) -> None:
    integration = await world.stored_integration()
    async with world.units_of_work.begin() as work:
        known = replace(integration.credential(kind), state=state)
        await work.integrations.save(integration.with_credential(known))


STANDING = [
    (CredentialKind.PEFIN, _negativate, ActiveNegativations),
    (CredentialKind.CONSULTATION, _watch, ActiveMonitors),
]
"""What may stand at the provider, by the password that ends it, and what is said of it."""


@pytest.mark.parametrize("state", [CredentialState.VALID, CredentialState.UNVERIFIED])
@pytest.mark.parametrize(
    "given", [{}, {"consultation_password": Secret("Zy9!abcd"), "pefin_password": Secret("908172")}]
)
@pytest.mark.parametrize(("kind", "begin", "refusal"), STANDING)
async def test_the_login_stays_until_that_has_ended(
    world: World,
    kind: CredentialKind,
    begin: Callable[[World], Awaitable[Callable[[], Awaitable[object]]]],
    refusal: type[ActiveMonitors | ActiveNegativations],
    given: dict[str, Any],
    state: CredentialState,
) -> None:
    await _know(world, kind, state)
    end = await begin(world)
    before = await world.stored_integration()

    with pytest.raises(refusal) as caught:
        await _update(world, login="another", **given)

    assert isinstance(caught.value, ActiveMonitors | ActiveNegativations)
    assert caught.value.count == 1
    assert (await _update(world, login=f" {before.login} ")).integration == before
    await end()
    assert (await _update(world, login="another", **given)).integration.login == "another"


@pytest.mark.parametrize(("kind", "begin", "refusal"), STANDING)
async def test_a_login_that_the_provider_refuses_may_be_mended_at_any_time(
    world: World,
    kind: CredentialKind,
    begin: Callable[[World], Awaitable[Callable[[], Awaitable[object]]]],
    refusal: type[ActiveMonitors | ActiveNegativations],
) -> None:
    await begin(world)
    await _know(world, kind, CredentialState.REFUSED)

    mended = (await _update(world, login="another")).integration

    assert (mended.login, mended.credential(kind).state) == ("another", CredentialState.UNVERIFIED)
    with pytest.raises(refusal):
        await _update(world, login="a-third")


async def test_what_is_about_to_be_watched_is_let_go_when_the_login_changes_meanwhile(world: World) -> None:
    pause = world.bureau.pause("watch")
    watching = asyncio.create_task(_watch(world))
    async with asyncio.timeout(10):
        await pause.reached.wait()
    await _update(world, login="another")
    pause.resumed.set()

    with pytest.raises(Conflict) as caught:
        await watching

    assert caught.value.reason == "CHANGED_MEANWHILE"
    async with world.units_of_work.read() as work:
        assert await work.monitors.count(MonitorFilter()) == 0
    (let_go,) = world.bureau.called("unwatch")
    assert let_go.account.login == world.integration.login
