"""Changing the vault's keys: everything is sealed anew, and nothing that others do meanwhile is lost."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from adapters.crypto.keys import generate_key
from adapters.crypto.vault import AesGcmVault
from core.domain.access import SYSTEM, Caller, Scope
from core.domain.bureau import CredentialKind
from core.domain.credentials import CredentialState
from core.domain.errors import Forbidden
from core.domain.idempotency import IdempotencyRecord
from core.domain.integration import Integration
from core.domain.secret import SealedSecret, Secret
from core.use_cases.bureau_access import secret_context
from core.use_cases.list_keys import KeyUse, ListKeys, ListKeysCommand
from core.use_cases.missing_keys import MissingKeys
from core.use_cases.rotate_keys import KeysRotated, RotateKeys, RotateKeysCommand
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import UNKNOWN_KEY, Vault
from support.builders import NOW, make_branch, make_credential, make_integration, new_id

OLD, NEW, OTHER = (generate_key() for _ in range(3))
CONSULTATION, PEFIN = CredentialKind.CONSULTATION, CredentialKind.PEFIN


def _id(key: str) -> str:
    return AesGcmVault([key]).key_ids()[0]


async def _store(
    units_of_work: UnitsOfWork, vault: Vault, *, pending: bool = False, deleted: bool = False
) -> Integration:
    """An integration whose passwords, named after their places, are sealed by `vault`."""
    integration = make_integration()

    def sealed(kind: CredentialKind, password: str) -> SealedSecret:
        return vault.seal(Secret(password), secret_context(integration.id, kind))

    consultation = make_credential(CONSULTATION, sealed=sealed(CONSULTATION, "stored-1"), version=7)
    if pending:
        consultation = consultation.rotating(sealed(CONSULTATION, "pending-1"), NOW)
    pefin = make_credential(PEFIN, sealed=sealed(PEFIN, "stored-2"), version=3)
    if deleted:
        consultation, pefin = consultation.destroyed(), pefin.destroyed()
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        return await work.integrations.add(
            replace(integration, branch_id=branch.id, consultation=consultation, pefin=pefin)
        )


async def _read(units_of_work: UnitsOfWork, integration: Integration) -> Integration:
    async with units_of_work.read() as work:
        found = await work.integrations.get(integration.id)
    assert found is not None
    return found


def _opened(vault: Vault, integration: Integration, kind: CredentialKind) -> tuple[str | None, str | None]:
    """The stored and the pending password in the clear."""
    credential, context = integration.credential(kind), secret_context(integration.id, kind)
    stored, pending = (
        None if sealed is None else vault.open(sealed, context).value
        for sealed in (credential.sealed, credential.pending)
    )
    return stored, pending


def _without_secrets(integration: Integration) -> Integration:
    """All of an integration but its ciphertexts."""
    for kind in CredentialKind:
        credential = replace(integration.credential(kind), sealed=None, pending=None)
        integration = integration.with_credential(credential)
    return integration


async def test_every_password_is_sealed_anew_and_nothing_else_changes(units_of_work: UnitsOfWork) -> None:
    before = [
        await _store(units_of_work, AesGcmVault([OLD])),
        await _store(units_of_work, AesGcmVault([OLD]), pending=True),
        await _store(units_of_work, AesGcmVault([OLD]), deleted=True),
        await _store(units_of_work, AesGcmVault([NEW, OLD])),
        await _store(units_of_work, AesGcmVault([OLD])),
    ]
    rotate = RotateKeys(units_of_work=units_of_work, vault=AesGcmVault([NEW, OLD]))
    rotated = await rotate(RotateKeysCommand(caller=SYSTEM, chunk=2))
    assert rotated == KeysRotated(resealed=7, unreadable=0)

    after = [await _read(units_of_work, integration) for integration in before]
    assert list(map(_without_secrets, after)) == list(map(_without_secrets, before))
    only_new = AesGcmVault([NEW])
    for place, pending in ((0, None), (1, "pending-1"), (3, None), (4, None)):
        assert _opened(only_new, after[place], CONSULTATION) == ("stored-1", pending)
        assert _opened(only_new, after[place], PEFIN) == ("stored-2", None)
    assert _opened(only_new, after[2], PEFIN) == (None, None)
    assert after[3] == before[3]
    assert await rotate(RotateKeysCommand(caller=SYSTEM)) == KeysRotated(resealed=0, unreadable=0)


async def test_what_no_key_opens_is_counted_and_left(units_of_work: UnitsOfWork) -> None:
    lost = await _store(units_of_work, AesGcmVault([OTHER]))
    swapped = await _store(units_of_work, AesGcmVault([OLD]))
    async with units_of_work.begin() as work:
        credential = swapped.consultation
        await work.integrations.save(
            swapped.with_credential(replace(swapped.pefin, sealed=credential.sealed))
        )
    rotate = RotateKeys(units_of_work=units_of_work, vault=AesGcmVault([NEW, OLD]))
    assert await rotate(RotateKeysCommand(caller=SYSTEM)) == KeysRotated(resealed=1, unreadable=3)
    assert await _read(units_of_work, lost) == lost
    assert (await _read(units_of_work, swapped)).pefin.sealed == swapped.consultation.sealed


@dataclass(frozen=True, slots=True)
class Overtaken(UnitsOfWork):
    """Units of work where somebody else changes a password between reading a chunk and writing it."""

    units_of_work: UnitsOfWork
    changed: Integration

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        async with self.units_of_work.begin() as work:
            await work.integrations.save(self.changed)
        async with self.units_of_work.begin() as work:
            yield work

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self.units_of_work.read()


async def test_a_password_that_was_changed_meanwhile_is_not_put_back(units_of_work: UnitsOfWork) -> None:
    """By a process that knows the old key alone: the change stays, and is sealed anew."""
    old = AesGcmVault([OLD])
    integration = await _store(units_of_work, old, pending=True)
    adopted = old.seal(Secret("adopted"), secret_context(integration.id, CONSULTATION))
    changed = integration.with_credential(integration.consultation.replaced(adopted, NOW))
    rotate = RotateKeys(units_of_work=Overtaken(units_of_work, changed), vault=AesGcmVault([NEW, OLD]))
    assert (await rotate(RotateKeysCommand(caller=SYSTEM))).resealed == 2
    after = await _read(units_of_work, integration)
    assert _opened(AesGcmVault([NEW]), after, CONSULTATION) == ("adopted", None)
    assert (after.consultation.version, after.consultation.state) == (8, CredentialState.UNVERIFIED)


async def test_the_keys_in_use_are_told_with_what_needs_them(units_of_work: UnitsOfWork) -> None:
    await _store(units_of_work, AesGcmVault([OLD]), pending=True)
    await _store(units_of_work, AesGcmVault([OTHER]))
    async with units_of_work.begin() as work:
        for number, key in enumerate((OLD, OLD, NEW, OTHER)):
            await work.idempotency.add(
                IdempotencyRecord(
                    caller_id="c",
                    key=str(number),
                    operation="o",
                    fingerprint=AesGcmVault([key]).fingerprint("input"),
                    result_id=new_id(),
                    created_at=NOW,
                )
            )
    vault = AesGcmVault([NEW, OLD])
    listed = await ListKeys(units_of_work=units_of_work, vault=vault)(ListKeysCommand(caller=SYSTEM))
    assert listed == [
        KeyUse(id=_id(NEW), configured=True, writes=True, passwords=0, fingerprints=1),
        KeyUse(id=_id(OLD), configured=True, writes=False, passwords=3, fingerprints=2),
        KeyUse(id=_id(OTHER), configured=False, writes=False, passwords=2, fingerprints=1),
    ]
    assert await MissingKeys(units_of_work=units_of_work, vault=vault)() == {_id(OTHER): 2}
    every = AesGcmVault([NEW, OLD, OTHER])
    assert await MissingKeys(units_of_work=units_of_work, vault=every)() == {}


async def test_what_is_nothing_sealed_is_missed_too(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        await work.integrations.add(make_integration(branch_id=branch.id))
    missing = await MissingKeys(units_of_work=units_of_work, vault=AesGcmVault([NEW]))()
    assert missing == {UNKNOWN_KEY: 2}


@pytest.mark.parametrize(
    "caller",
    [
        Caller(id="1", name="without the scope", scopes=frozenset(Scope) - {Scope.CONFIGURE}),
        Caller(id="2", name="of one branch", scopes=frozenset(Scope), branch_ids=frozenset({new_id()})),
    ],
)
async def test_keys_concern_the_whole_company(units_of_work: UnitsOfWork, caller: Caller) -> None:
    vault = AesGcmVault([NEW])
    with pytest.raises(Forbidden):
        await ListKeys(units_of_work=units_of_work, vault=vault)(ListKeysCommand(caller=caller))
    with pytest.raises(Forbidden):
        await RotateKeys(units_of_work=units_of_work, vault=vault)(RotateKeysCommand(caller=caller))
