"""The sandbox's calendar: batches once a day, by itself or when advanced."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.domain.bureau import BureauEventKind
from support.builders import NOW, TODAY
from support.connect_sa import (
    PEFIN,
    Contract,
    MovableClock,
    Provider,
    make_exclusion,
    make_inclusion,
    new_provider,
)


async def test_nothing_is_processed_on_the_day_it_came(provider: Provider) -> None:
    await provider.bureau.register(PEFIN, make_inclusion())
    provider.clock.now = datetime(2026, 3, 17, 2, 59, tzinfo=UTC)
    assert (await provider.bureau.events(PEFIN, None)).events == ()
    provider.clock.now = datetime(2026, 3, 17, 3, 0, tzinfo=UTC)
    (event,) = (await provider.bureau.events(PEFIN, None)).events
    assert event.kind is BureauEventKind.INCLUSION_ACCEPTED
    assert event.occurred_at == provider.clock.now, (
        "a batch before its morning is dated now, not in the future"
    )


async def test_days_that_pass_by_themselves_run_their_batches(provider: Provider) -> None:
    await provider.bureau.register(PEFIN, make_inclusion())
    provider.clock.pass_time(days=30)
    events = (await provider.bureau.events(PEFIN, None)).events
    assert [(event.kind, event.occurred_at) for event in events] == [
        (BureauEventKind.INCLUSION_ACCEPTED, datetime(2026, 3, 17, 9, tzinfo=UTC)),
        (BureauEventKind.PUBLISHED, datetime(2026, 3, 27, 9, tzinfo=UTC)),
    ]
    row = await provider.registration("negativation:1")
    assert (row["acceptedOn"], row["publishedOn"]) == ("2026-03-17", "2026-03-27")


async def test_advancing_and_waiting_add_up(provider: Provider) -> None:
    answer = await provider.advance(3)
    assert (answer["today"], answer["daysAhead"], answer["events"]) == ("2026-03-19", 3, 0)
    provider.clock.pass_time(days=2)
    ledger = await provider.ledger()
    assert (ledger["today"], ledger["now"]) == ("2026-03-21", (NOW + timedelta(days=5)).isoformat())


async def test_a_batch_never_runs_twice_for_a_day(provider: Provider) -> None:
    await provider.bureau.register(PEFIN, make_inclusion())
    assert (await provider.advance(1))["events"] == 1
    for _ in range(3):
        await provider.ledger()
    assert len((await provider.bureau.events(PEFIN, None)).events) == 1
    assert (await provider.registration("negativation:1"))["billed"] == 1


async def test_a_debt_of_five_years_expires(provider: Provider) -> None:
    due_on = TODAY - timedelta(days=60)
    await provider.bureau.register(PEFIN, make_inclusion(due_on=due_on))
    expiry = date(due_on.year + 5, due_on.month, due_on.day)
    await provider.advance((expiry - TODAY).days - 1)
    assert (await provider.registration("negativation:1"))["state"] == "ACTIVE"
    await provider.advance(1)
    assert (await provider.registration("negativation:1"))["state"] == "EXPIRED"
    event = (await provider.bureau.events(PEFIN, None)).events[-1]
    assert (event.kind, [code.code for code in event.codes]) == (BureauEventKind.EXPIRED, ["97"])
    assert (await provider.advance(30))["events"] == 0


async def test_a_clearing_during_the_notice_prevents_the_publication(provider: Provider) -> None:
    inclusion = make_inclusion()
    await provider.bureau.register(PEFIN, inclusion)
    await provider.advance(1)
    await provider.bureau.clear(PEFIN, make_exclusion(inclusion))
    await provider.advance(20)
    assert [event.kind for event in (await provider.bureau.events(PEFIN, None)).events] == [
        BureauEventKind.INCLUSION_ACCEPTED,
        BureauEventKind.CLEARING_ACCEPTED,
    ]


@pytest.mark.parametrize(
    "body", [{}, {"days": 0}, {"days": -1}, {"days": 3661}, {"days": "dois"}, {"dias": 1}, []]
)
async def test_an_advance_of_no_days_is_refused(provider: Provider, body: object) -> None:
    answer = await provider.http.post("/_sandbox/advance", json=body)
    assert (answer.status_code, answer.json()["codigo"]) == (422, "CAMPO_INVALIDO")
    assert (await provider.ledger())["daysAhead"] == 0


async def test_a_clock_that_went_back_changes_nothing(contract: Contract) -> None:
    provider = new_provider(contract, clock=MovableClock(NOW))
    await provider.bureau.register(PEFIN, make_inclusion())
    await provider.advance(1)
    provider.clock.pass_time(days=-10)
    assert (await provider.registration("negativation:1"))["state"] == "AWAITING_NOTICE"
