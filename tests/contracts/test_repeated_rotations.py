"""A change of password is made once for one key, and a repetition tells what became of it, on every storage."""

import asyncio

import pytest

from core.domain.bureau import CredentialKind
from core.domain.secret import Secret
from core.use_cases.rotate_credentials import RotateCredentials, RotateCredentialsCommand, RotationDone
from support.storages import Storage
from support.world import World

FIRST, SECOND = Secret("864209"), Secret("975310")


@pytest.fixture
async def world(storage: Storage) -> World:
    """A company in that storage."""
    return await World(kept_in=storage).populate()


async def _rotate(world: World, new: Secret, key: str) -> RotationDone:
    command = RotateCredentialsCommand(
        caller=world.caller,
        integration_id=world.integration.id,
        kind=CredentialKind.PEFIN,
        new_password=new,
        confirmation=new,
        idempotency_key=key,
    )
    return await world.use_case(RotateCredentials)(command)


async def test_repetitions_after_a_later_change_change_nothing_and_say_so(world: World) -> None:
    await _rotate(world, FIRST, "k1")
    await _rotate(world, SECOND, "k2")

    repeated = await asyncio.gather(*(_rotate(world, FIRST, "k1") for _ in range(3)))

    now = RotationDone(integration=await world.stored_integration(), warnings=("REPLACED",))
    assert repeated == [now] * 3
    assert (await _rotate(world, SECOND, "k2")).warnings == ()
    assert len(world.bureau.calls) == 2
    assert world.bureau.passwords[world.integration.login, CredentialKind.PEFIN] == SECOND
