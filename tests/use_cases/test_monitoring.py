"""Watching CNPJs: the provider is told once, what it finds is kept once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.bureau import BureauFailure, CredentialKind, Environment, FailureClass
from core.domain.credentials import Credential, CredentialsRefused, CredentialState
from core.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.domain.listing import MonitorChangeFilter, MonitorFilter, MonitorOrder
from core.domain.monitoring import ChangeEvent, ChangeKind, Monitor, MonitorChange
from core.domain.paging import Direction, Order, Window
from core.domain.secret import SealedSecret
from core.use_cases.fetch_changes import LEASE, PREFIX, UNWATCHED, FetchChanges
from core.use_cases.monitor_company import (
    MonitorCompany,
    MonitorCompanyCommand,
    StopMonitoring,
    StopMonitoringCommand,
)
from core.use_cases.update_integration import UpdateIntegration, UpdateIntegrationCommand
from ports.routines import TurnLost
from support.builders import NOW, make_branch, make_caller, new_id
from support.documents import synthetic_cnpj
from support.trail import refusals_told
from support.world import World

COMPANY = synthetic_cnpj(4242)


async def watch(world: World, number: str | None = COMPANY.formatted) -> Monitor:
    command = MonitorCompanyCommand(caller=world.caller, branch_id=world.branch.id, number=number)
    return await world.use_case(MonitorCompany)(command)


async def stop(world: World, monitor: Monitor) -> Monitor:
    return await world.use_case(StopMonitoring)(
        StopMonitoringCommand(caller=world.caller, monitor_id=monitor.id)
    )


async def changes(world: World) -> list[MonitorChange]:
    async with world.units_of_work.read() as work:
        order = Order(MonitorOrder.NUMBER, Direction.ASC)
        page = await work.monitor_changes.page(MonitorChangeFilter(), order, Window(size=100))
    return [edge.record for edge in page.edges]


def found(world: World, event_id: str, document: str = COMPANY.number) -> None:
    world.bureau.changes_found.append(
        ChangeEvent(
            event_id=event_id,
            document=document,
            kind=ChangeKind.PROTEST,
            description="Novo protesto",
            occurred_at=datetime(2026, 3, 17, tzinfo=UTC),
        )
    )


async def test_watching_twice_is_one_monitor_and_one_call(world: World) -> None:
    first = await watch(world)

    assert await watch(world, COMPANY.number) == first
    assert world.bureau.watched[world.integration.id] == {COMPANY.number}
    assert len(world.bureau.called("watch")) == 1


async def test_without_a_number_the_branch_itself_is_watched(world: World) -> None:
    assert (await watch(world, None)).document == world.branch.document


@pytest.mark.parametrize("number", ["52998224725", "123"])
async def test_only_companies_are_watched(world: World, number: str) -> None:
    with pytest.raises(InvalidInput):
        await watch(world, number)
    assert world.bureau.calls == []


async def test_when_the_provider_fails_nothing_is_stored(world: World) -> None:
    world.bureau.fail("watch", BureauFailure(failure=FailureClass.TRANSIENT))

    with pytest.raises(BureauFailure):
        await watch(world)
    async with world.units_of_work.read() as work:
        assert await work.monitors.count(MonitorFilter()) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"deleted_at": NOW},
        {"branch_id": new_id()},
        {"environment": Environment.PRODUCTION},
        {"login": "outro"},
    ],
)
async def test_an_integration_that_changed_meanwhile_watches_nobody(
    world: World, change: dict[str, Any]
) -> None:
    pause = world.bureau.pause("watch")
    going = asyncio.create_task(watch(world))
    await pause.reached.wait()
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, **change))
    pause.resumed.set()
    with pytest.raises(Conflict) as caught:
        await going
    assert caught.value.reason == "CHANGED_MEANWHILE"
    async with world.units_of_work.read() as work:
        assert await work.monitors.count(MonitorFilter()) == 0
    assert world.bureau.watched[world.integration.id] == set()
    asked = {(call.account.environment, call.account.login) for call in world.bureau.calls}
    assert asked == {(Environment.HOMOLOGATION, world.integration.login)}


async def test_of_two_who_watch_at_once_both_have_the_one_monitor(world: World) -> None:
    pause = world.bureau.pause("watch")
    going = [asyncio.create_task(watch(world)) for _ in range(2)]
    await pause.reached.wait()
    pause.resumed.set()
    first, second = await asyncio.gather(*going)
    assert first == second


async def test_changes_are_kept_once_page_by_page(world: World) -> None:
    monitor = await watch(world)
    world.bureau.page_size = 1
    found(world, "e1")
    found(world, "e2")
    found(world, "e3", document=synthetic_cnpj(1).number)

    fetch = world.use_case(FetchChanges)
    while await fetch():
        pass
    world.clock.advance(timedelta(hours=1))
    await fetch()

    assert [(change.monitor_id, change.event_id) for change in await changes(world)] == [
        (monitor.id, "e1"),
        (monitor.id, "e2"),
    ]


async def test_the_provider_is_not_asked_sooner_than_it_allows(world: World) -> None:
    await watch(world)
    world.bureau.ask_again_after_seconds = 600
    fetch = world.use_case(FetchChanges)
    assert await fetch() is True

    world.clock.advance(timedelta(seconds=599))
    assert await fetch() is False
    world.clock.advance(timedelta(seconds=2))
    assert await fetch() is True


async def test_a_provider_that_does_not_answer_is_asked_again_later(world: World) -> None:
    await watch(world)
    found(world, "e1")
    world.bureau.fail("changes", BureauFailure(failure=FailureClass.TRANSIENT))
    fetch = world.use_case(FetchChanges)
    await fetch()
    assert await changes(world) == []

    world.clock.advance(timedelta(minutes=1))
    await fetch()
    assert len(await changes(world)) == 1


async def test_stopping_keeps_what_was_found_and_happens_once(world: World) -> None:
    monitor = await watch(world)
    found(world, "e1")
    await world.use_case(FetchChanges)()

    stopped = await stop(world, monitor)

    assert stopped.stopped_at is not None
    assert await stop(world, monitor) == stopped
    assert len(world.bureau.called("unwatch")) == 1
    assert len(await changes(world)) == 1
    assert (await watch(world)).id != monitor.id


async def test_it_is_stopped_here_when_the_integration_is_gone(world: World) -> None:
    monitor = await watch(world)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, deleted_at=world.clock.now()))

    assert (await stop(world, monitor)).stopped_at is not None
    assert world.bureau.called("unwatch") == []


async def test_what_is_out_of_reach_does_not_exist(world: World) -> None:
    monitor = await watch(world)
    world.caller = make_caller(branch_ids=frozenset({make_branch().id}))
    with pytest.raises(NotFound):
        await stop(world, monitor)
    with pytest.raises(NotFound):
        await watch(world)
    world.caller = make_caller(scopes=frozenset(Scope) - {Scope.MONITOR})
    with pytest.raises(Forbidden):
        await watch(world)


async def test_whoever_lost_the_turn_while_it_fetched_keeps_nothing(world: World) -> None:
    await watch(world)
    found(world, "event-1")
    pause = world.bureau.pause("changes")
    late = asyncio.create_task(world.use_case(FetchChanges)())
    async with asyncio.timeout(10):
        await pause.reached.wait()
        now = world.clock.advance(LEASE)
        async with world.units_of_work.begin() as work:
            taken = await work.routines.take(PREFIX, now=now, leased_until=now + LEASE)
        assert taken is not None
        pause.resumed.set()
        with pytest.raises(TurnLost):
            await late
    assert await changes(world) == []

    world.clock.advance(LEASE)
    await world.use_case(FetchChanges)()
    assert [change.event_id for change in await changes(world)] == ["event-1"]


async def test_changes_wait_as_long_as_a_quota_says(world: World) -> None:
    await watch(world)
    world.bureau.fail("changes", BureauFailure(failure=FailureClass.QUOTA, retry_after_seconds=900))
    fetch = world.use_case(FetchChanges)
    assert await fetch()
    world.clock.advance(timedelta(seconds=899))
    assert not await fetch()
    world.clock.advance(timedelta(seconds=1))
    assert await fetch()


async def fetch_for(world: World, minutes: int) -> None:
    """Let the changes be fetched whenever they are due."""
    for _ in range(2 * minutes):
        await world.use_case(FetchChanges)()
        world.clock.advance(timedelta(seconds=30))


async def test_a_refused_password_is_shown_once_and_told_of(collecting: World) -> None:
    world = collecting
    await watch(world)
    world.change_at_bureau(CredentialKind.CONSULTATION)

    await fetch_for(world, minutes=10)

    assert len(world.bureau.called("changes")) == 1
    integration = await world.stored_integration()
    assert integration.consultation.state is CredentialState.REFUSED
    assert integration.pefin == world.integration.pefin
    assert await refusals_told(world) == ["CONSULTATION"]


async def test_who_watches_or_stops_shows_a_refused_password_once(world: World) -> None:
    monitor = await watch(world)
    for operation in ("watch", "unwatch"):
        world.change_at_bureau(CredentialKind.CONSULTATION)
        async with world.units_of_work.begin() as work:
            await work.integrations.save(world.integration)
        asked = len(world.bureau.called(operation))
        for _ in range(3):
            with pytest.raises(CredentialsRefused):
                await (watch(world, None) if operation == "watch" else stop(world, monitor))
        assert len(world.bureau.called(operation)) == asked + 1
        assert (await world.stored_integration()).consultation.state is CredentialState.REFUSED
    assert await refusals_told(world) == ["CONSULTATION"] * 2


async def test_a_refusal_in_one_environment_says_nothing_of_the_password_in_the_other(world: World) -> None:
    monitor = await watch(world)
    (elsewhere,) = set(Environment) - {world.integration.environment}
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, environment=elsewhere))
    world.change_at_bureau(CredentialKind.CONSULTATION)

    with pytest.raises(BureauFailure):
        await stop(world, monitor)
    assert [call.account.environment for call in world.bureau.called("unwatch")] == [monitor.environment]
    assert (await world.stored_integration()).consultation.state is CredentialState.VALID


async def test_changes_are_fetched_again_once_the_password_is_mended(world: World) -> None:
    await watch(world)
    world.change_at_bureau(CredentialKind.CONSULTATION)
    await fetch_for(world, minutes=1)
    del world.bureau.passwords[world.integration.login, CredentialKind.CONSULTATION]
    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration)
    await fetch_for(world, minutes=1)
    assert len(world.bureau.called("changes")) == 2


@pytest.mark.parametrize("change", [Credential.rotating, Credential.replaced])
async def test_a_refusal_does_not_judge_a_password_that_changed_meanwhile(
    world: World, change: Callable[[Credential, SealedSecret, datetime], Credential]
) -> None:
    await watch(world)
    world.change_at_bureau(CredentialKind.CONSULTATION)
    pause = world.bureau.pause("changes")
    going = asyncio.create_task(world.use_case(FetchChanges)())
    await pause.reached.wait()
    before = world.integration.consultation
    assert before.sealed is not None
    changed = change(before, before.sealed, world.clock.now())
    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration.with_credential(changed))
    pause.resumed.set()
    await going
    assert (await world.stored_integration()).consultation == changed
    assert await refusals_told(world) == []


async def test_once_nothing_is_watched_nobody_is_asked_and_nothing_is_told_again(collecting: World) -> None:
    world = collecting
    monitor = await watch(world)
    found(world, "e1")
    await fetch_for(world, minutes=1)
    await stop(world, monitor)
    asked = len(world.bureau.called("changes"))
    await fetch_for(world, minutes=30)
    assert len(world.bureau.called("changes")) == asked

    again = await watch(world)
    found(world, "e2")
    world.clock.advance(UNWATCHED)
    await fetch_for(world, minutes=1)
    assert [(change.monitor_id, change.event_id) for change in await changes(world)] == [
        (monitor.id, "e1"),
        (again.id, "e2"),
    ]


async def test_another_login_that_watches_nothing_asks_for_no_changes(collecting: World) -> None:
    world = collecting
    command = UpdateIntegrationCommand(
        caller=world.caller, integration_id=world.integration.id, login="outra"
    )
    await world.use_case(UpdateIntegration)(command)
    assert await world.use_case(FetchChanges)() is False
    assert world.bureau.called("changes") == []
