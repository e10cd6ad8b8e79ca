"""A crash at every step of a password change, and again at every step of clearing it up: both sides agree in the end."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest

from adapters.memory.bureau import FakeBureau
from adapters.memory.ids import SequentialIds
from adapters.sql.migrate import migrate
from core.domain.bureau import BureauAccount, BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import Credential, CredentialState
from core.domain.errors import DomainError
from core.domain.negativation import NegativationStatus
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.rotate_credentials import LEASE, RotateCredentials, RotateCredentialsCommand
from faults.conftest import Figures
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.storages import Storage, memory_storage, sql_storage, sqlite_address
from support.world import PEFIN_PASSWORD, World

NEW = Secret("864209")
PEFIN = CredentialKind.PEFIN
LOST = BureauFailure(failure=FailureClass.UNDETERMINED)
DOWN = BureauFailure(failure=FailureClass.TRANSIENT)
WEAK = BureauFailure(failure=FailureClass.VALIDATION, code="SENHA_FORA_DO_CRITERIO")
MOST_STEPS = 60


class Crash(BaseException):
    """The process is gone: nothing of ours handles it, and nothing that it had begun is committed."""


class Fuse:
    """Burns at its `limit`-th step, once; never when that is 0."""

    def __init__(self, limit: int) -> None:
        self.left = limit
        self.burnt = False

    def step(self) -> None:
        """Another step."""
        self.left -= 1
        if self.left == 0:
            self.burnt = True
            raise Crash


class FusedUnits(UnitsOfWork):
    """Units of work whose process may crash as one begins, before its commit and after it."""

    def __init__(self, units: UnitsOfWork, fuse: Fuse) -> None:
        self._units = units
        self._fuse = fuse

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        self._fuse.step()
        async with self._units.begin() as work:
            yield work
            self._fuse.step()
        self._fuse.step()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        async with self._units.read() as work:
            yield work
        self._fuse.step()


class FusedBureau(FakeBureau):
    """A bureau to whom a call may never get, or whose answer may never arrive, because the caller crashed.

    late: it takes its time with a change, of which the caller hears nothing any more.
    """

    fuse = Fuse(0)
    late = False
    at_work: Callable[[], None] | None = None

    async def change_password(self, account: BureauAccount, kind: CredentialKind, new: Secret) -> None:
        self.fuse.step()
        if self.late:
            self.at_work = partial(self.passwords.update, {(account.login, kind): new})
            raise LOST
        await super().change_password(account, kind, new)
        self.fuse.step()

    def finish(self) -> None:
        """Make the change that takes so long."""
        if self.at_work is not None:
            self.at_work()
            self.at_work = None

    async def test_credentials(self, account: BureauAccount, kind: CredentialKind) -> None:
        self.fuse.step()
        await super().test_credentials(account, kind)
        self.fuse.step()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the bureau answers to the change, and to the tries, when not what is true."""

    change: BureauFailure | None = None
    changed: bool = True
    late: bool = False
    tries: tuple[BureauFailure, ...] = ()


CASES = {
    "it changes": Answers(),
    "it changes and the answer is lost": Answers(change=LOST),
    "the order is lost": Answers(change=LOST, changed=False),
    "it refuses": Answers(change=WEAK, changed=False),
    "it changes late": Answers(late=True),
    "it changes, and is away afterwards": Answers(change=LOST, tries=(DOWN, DOWN)),
    "it changes, and the answer to a try is lost": Answers(change=LOST, tries=(LOST,)),
    "the order is lost, and the answer to a try": Answers(change=LOST, changed=False, tries=(LOST,)),
    "it changes, and the answers to two tries are lost": Answers(change=LOST, tries=(LOST, LOST)),
}


class Company(World):
    """A company whose programs crash on demand."""

    bureau: FusedBureau

    def fused(self, fuse: Fuse) -> World:
        """The company as a new process sees it, which crashes when the fuse burns."""
        self.bureau.fuse = fuse
        kept_in = replace(self.kept_in, units_of_work=FusedUnits(self.units_of_work, fuse))
        return World(kept_in=kept_in, bureau=self.bureau, vault=self.vault, hasher=self.hasher, ids=self.ids)

    def command(self) -> RotateCredentialsCommand:
        """The change, with its key."""
        return RotateCredentialsCommand(
            caller=self.caller,
            integration_id=self.integration.id,
            kind=PEFIN,
            new_password=NEW,
            confirmation=NEW,
            idempotency_key=f"change {self.integration.id}",
        )

    async def rotate(self, fuse: Fuse) -> None:
        """Change the password in a process that may crash."""
        try:
            await self.fused(fuse).use_case(RotateCredentials)(self.command())
        except (DomainError, Crash):
            return

    async def recover(self, fuse: Fuse) -> None:
        """What a process does after its start, once the lease of the one before has ended."""
        self.clock.advance(LEASE)
        self.bureau.finish()
        try:
            await self.fused(fuse).deliver()
        except Crash:
            return

    async def credential(self) -> Credential:
        """How the password stands."""
        return (await self.stored_integration()).pefin

    async def stored(self) -> Secret:
        """The stored password."""
        sealed = (await self.credential()).sealed
        assert sealed is not None
        return self.vault.open(sealed, secret_context(self.integration.id, PEFIN))

    @property
    def at_the_bureau(self) -> Secret:
        """The password that the bureau takes."""
        return self.bureau.passwords[self.integration.login, PEFIN]


async def company_on(storage: Storage, ids: SequentialIds, answers: Answers) -> Company:
    """A company with a registration that waits to be sent, and a bureau that answers so."""
    company = Company(kept_in=storage, bureau=FusedBureau(), ids=ids)
    await company.populate()
    company.bureau.late = answers.late
    if answers.change is not None:
        company.bureau.fail("change_password", answers.change, recorded=answers.changed)
    for failure in answers.tries:
        company.bureau.fail("test_credentials", failure, recorded=failure is LOST)
    return company


async def crashed_and_cleared_up(company: Company, step: int, step_of_recovery: int) -> tuple[bool, bool]:
    """Crash at one step of the change and the recovery, then at one of the next recovery; whether it came to each of them."""
    first, second = Fuse(step), Fuse(step_of_recovery)
    await company.rotate(first)
    if not first.burnt:
        await company.recover(first)
    await company.recover(second)
    never = Fuse(0)
    for _ in range(4):
        await company.recover(never)
    return first.burnt, second.burnt


async def both_sides_agree(company: Company, answers: Answers, crashes: int) -> None:
    """What must be so after any crash. Unless two tries went unanswered, no password was tried twice."""
    credential = await company.credential()
    assert credential.pending is None
    assert await company.stored() == company.at_the_bureau
    assert credential.state in (CredentialState.VALID, CredentialState.UNVERIFIED)

    tried = [call.account.password for call in company.bureau.called("test_credentials")]
    rounds = 1 + (crashes + answers.tries.count(LOST) >= 2)
    refused_to_look = answers.tries.count(DOWN)
    assert tried.count(NEW) <= rounds + refused_to_look
    assert tried.count(PEFIN_PASSWORD) <= rounds + refused_to_look
    assert len(company.bureau.called("change_password")) <= 1

    async with company.units_of_work.read() as work:
        history = await work.integrations.password_history(company.integration.id, PEFIN)
    remembered = [used for used in history if await company.hasher.matches_any(NEW, [used.password_hash])]
    assert len(remembered) == (company.at_the_bureau == NEW)


async def work_goes_on(company: Company, answers: Answers) -> None:
    """What waited is sent, and whoever repeats the request has the new password in the end, changed once."""
    queued = await company.use_case(NegativateDebtor)(
        NegativateDebtorCommand(caller=company.caller, invoice_id=company.invoice.id)
    )
    await company.deliver()
    assert (await company.negativation(queued)).status is NegativationStatus.SENT
    assert (await company.credential()).state is CredentialState.VALID

    company.bureau.forgive()
    company.bureau.late = False
    if answers.change is not WEAK:
        await company.use_case(RotateCredentials)(company.command())
        assert await company.stored() == company.at_the_bureau == NEW
        changes = [call.account.password for call in company.bureau.called("change_password")]
        assert changes.count(PEFIN_PASSWORD) <= 2


@pytest.mark.parametrize("case", CASES)
async def test_a_crash_at_any_two_steps(case: str, long: bool, chance: Random, figures: Figures) -> None:
    answers, ids = CASES[case], SequentialIds()
    stride = 1 if long else 5
    pairs = 0
    for step in range(1, MOST_STEPS):
        came_to_it = False
        # Four tries without an answer are the end of what can be found out.
        may_crash_again = answers.tries.count(LOST) < 2
        steps_of_recovery = range(chance.randint(1, stride), MOST_STEPS, stride)
        for step_of_recovery in steps_of_recovery if may_crash_again else [0]:
            company = await company_on(memory_storage(), ids, answers)
            came_to_it, again = await crashed_and_cleared_up(company, step, step_of_recovery)
            await both_sides_agree(company, answers, came_to_it + again)
            await work_goes_on(company, answers)
            pairs += 1
            if not again:
                break
        if not came_to_it:
            break
    assert 10 < step < MOST_STEPS - 1
    figures(case=f"'{case}'", steps=step - 1, pairs_of_crashes=pairs, disagreements=0)


@pytest.mark.parametrize("case", ["it changes and the answer is lost", "it changes late"])
async def test_a_crash_at_any_step_on_sqlite(
    case: str, tmp_path: Path, long: bool, chance: Random, figures: Figures
) -> None:
    address, ids = sqlite_address(tmp_path / "company.sqlite3"), SequentialIds()
    await migrate(address)
    answers = CASES[case]
    async with sql_storage(address) as storage:
        stride = 1 if long else 4
        for step in range(chance.randint(1, stride), MOST_STEPS, stride):
            company = await company_on(storage, ids, answers)
            came_to_it, _ = await crashed_and_cleared_up(company, step, 0)
            await both_sides_agree(company, answers, int(came_to_it))
            await work_goes_on(company, answers)
            if not came_to_it:
                break
    figures(case=f"'{case}'", last_step=step, disagreements=0)


async def test_a_crash_before_the_first_commit_leaves_nothing() -> None:
    for step in range(1, MOST_STEPS):
        company = await company_on(memory_storage(), SequentialIds(), Answers())
        before = company.storage.reading().tables
        await company.rotate(Fuse(step))
        if (await company.credential()).state is CredentialState.ROTATING:
            break
        assert company.storage.reading().tables == before
        company.clock.advance(timedelta(days=1))
        assert await company.deliver() == 0
    assert 3 < step < MOST_STEPS - 1
