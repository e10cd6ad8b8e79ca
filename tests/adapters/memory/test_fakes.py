"""The fakes hold to the contracts of their ports."""

import asyncio
from datetime import date, timedelta

import pytest

from adapters.memory.bureau import FakeBureau
from adapters.memory.calendar import WeekdayCalendar
from adapters.memory.clock import FixedClock
from adapters.memory.ids import SequentialIds
from adapters.memory.vault import MemoryHasher, MemoryVault
from core.domain.bureau import (
    BureauAccount,
    BureauEventKind,
    BureauFailure,
    ConsultationOrder,
    CredentialKind,
    Environment,
    Exclusion,
    FailureClass,
    Inclusion,
)
from core.domain.money import Money
from core.domain.plans import ConsultationPlan
from core.domain.secret import Secret, SecretUnreadable
from support.builders import NOW, TODAY, make_debtor, new_id
from support.documents import synthetic_cpf

LOST = BureauFailure(failure=FailureClass.UNDETERMINED)
DOWN = BureauFailure(failure=FailureClass.TRANSIENT)


def _account(pin: str = "246802") -> BureauAccount:
    return BureauAccount(
        integration_id=new_id(), environment=Environment.HOMOLOGATION, login="ana", password=Secret(pin)
    )


def _inclusion(key: str = "i:1") -> Inclusion:
    return Inclusion(
        key=key,
        debtor=make_debtor(),
        contract="CT-1",
        amount=Money(100),
        due_on=TODAY,
        restriction_code="DP",
        send_sms=True,
        responsible_cpf=synthetic_cpf(1),
    )


def _order(key: str = "c:1") -> ConsultationOrder:
    return ConsultationOrder(
        key=key, document=synthetic_cpf(2), state_code=None, plan=ConsultationPlan.CREDNET_TOP
    )


async def test_the_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(NOW)
    assert clock.now() == clock.now() == NOW
    await clock.sleep(timedelta(minutes=5))
    assert clock.now() == NOW + timedelta(minutes=5)
    assert clock.slept == [timedelta(minutes=5)]


def test_ids_follow_each_other() -> None:
    ids = SequentialIds()
    made = [ids.new() for _ in range(300)]
    assert made == sorted(set(made))


def test_the_vault_opens_only_what_it_sealed_for_that_context() -> None:
    vault, secret = MemoryVault(), Secret("Inicio1@")
    sealed = vault.seal(secret, "integration:1")
    assert vault.open(sealed, "integration:1") == secret
    assert b"Inicio1@" not in sealed.ciphertext
    for other, context in ((vault, "integration:2"), (MemoryVault("another"), "integration:1")):
        with pytest.raises(SecretUnreadable):
            other.open(sealed, context)
    assert vault.matches(vault.fingerprint("input"), "input")
    assert not vault.matches(vault.fingerprint("input"), "other")
    assert not MemoryVault("another").matches(vault.fingerprint("input"), "input")


async def test_the_hasher_salts_and_recognises() -> None:
    hasher = MemoryHasher()
    hashes = [await hasher.hash(Secret("246802")) for _ in range(2)]
    assert len(set(hashes)) == 2
    assert await hasher.matches_any(Secret("246802"), hashes)
    assert not await hasher.matches_any(Secret("246803"), hashes)
    assert not await hasher.matches_any(Secret("246802"), [])


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 3, 16), 0, date(2026, 3, 16)),
        (date(2026, 3, 14), 0, date(2026, 3, 16)),
        (date(2026, 3, 13), 1, date(2026, 3, 16)),
        (date(2026, 3, 16), 5, date(2026, 3, 24)),
    ],
)
def test_business_days_skip_weekends_and_days_off(day: date, count: int, expected: date) -> None:
    assert WeekdayCalendar([date(2026, 3, 18)]).add_business_days(day, count) == expected


async def test_the_bureau_takes_an_order_once() -> None:
    bureau, account = FakeBureau(), _account()
    first = await bureau.register(account, _inclusion())
    assert await bureau.register(account, _inclusion()) == first
    assert await bureau.find(account, "i:1") == first
    assert await bureau.find(account, "i:2") is None
    assert len(bureau.inclusions) == 1
    assert [call.key for call in bureau.called("register")] == ["i:1", "i:1"]


async def test_the_bureau_fails_before_or_after_acting() -> None:
    bureau, account = FakeBureau(), _account()
    bureau.fail("register", DOWN)
    bureau.fail("register", LOST, recorded=True)
    with pytest.raises(BureauFailure) as before:
        await bureau.register(account, _inclusion())
    assert before.value is DOWN
    assert await bureau.find(account, "i:1") is None
    with pytest.raises(BureauFailure) as after:
        await bureau.register(account, _inclusion())
    assert after.value is LOST
    assert await bureau.find(account, "i:1") is not None
    await bureau.register(account, _inclusion())


async def test_the_bureau_bills_a_key_once() -> None:
    bureau, account = FakeBureau(), _account()
    bureau.fail("consult", LOST, recorded=True)
    with pytest.raises(BureauFailure):
        await bureau.consult(account, _order())
    report = await bureau.consult(account, _order())
    assert await bureau.find_consultation(account, "c:1") == report
    assert await bureau.find_consultation(account, "c:2") is None
    assert bureau.billed == {"c:1": 1}


async def test_the_bureau_knows_the_right_password_once_it_is_told() -> None:
    bureau, old, new = FakeBureau(), _account("246802"), Secret("135791")
    await bureau.test_credentials(old, CredentialKind.PEFIN)
    await bureau.change_password(old, CredentialKind.PEFIN, new)
    with pytest.raises(BureauFailure) as refused:
        await bureau.register(old, _inclusion())
    assert refused.value.failure is FailureClass.CREDENTIAL
    assert bureau.inclusions == {}
    await bureau.test_credentials(old, CredentialKind.CONSULTATION)


async def test_events_are_read_from_a_cursor_on() -> None:
    bureau, account, stranger = FakeBureau(), _account(), _account()
    bureau.page_size = 2
    await bureau.register(account, _inclusion())
    await bureau.clear(
        account,
        Exclusion(
            key="e:1", inclusion_key="i:1", document=synthetic_cpf(1), contract="CT-1", clearing_code="01"
        ),
    )
    kinds = [BureauEventKind.INCLUSION_ACCEPTED, BureauEventKind.PUBLISHED, BureauEventKind.CLEARING_ACCEPTED]
    happened = [bureau.happen(kind, "i:1") for kind in kinds]
    first = await bureau.events(account, None)
    second = await bureau.events(account, first.cursor)
    third = await bureau.events(account, second.cursor)
    assert (*first.events, *second.events) == tuple(happened)
    assert (first.has_more, second.has_more, third.events) == (True, False, ())
    assert (await bureau.events(stranger, None)).events == ()


async def test_a_paused_call_waits_until_it_is_resumed() -> None:
    bureau = FakeBureau()
    pause = bureau.pause("register")
    call = asyncio.create_task(bureau.register(_account(), _inclusion()))
    async with asyncio.timeout(5):
        await pause.reached.wait()
        assert bureau.inclusions == {}
        pause.resumed.set()
        await call
    assert list(bureau.inclusions) == ["i:1"]
