"""The service is killed at a step of a password change, and started again: both sides have the same password."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from adapters.connect_sa.sandbox import INITIAL_PEFIN_PASSWORD
from core.domain.bureau import CredentialKind
from core.domain.credentials import Credential, CredentialState, password_problems
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from e2e import operations
from e2e.processes import ADMIN_TOKEN, Desk, Program, eventually, program
from faults import dying
from faults.company import Company, Debtor, found_company
from faults.conftest import Figures
from faults.fleet import Bureau, bureau_beside
from ports.password_hasher import PasswordHasher
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from server.services import Services, open_services
from server.settings import Settings

PEFIN = CredentialKind.PEFIN
FEWEST_STEPS, MOST_STEPS = 25, 100
"""Between these lies the number of steps of a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A company with one branch, whose integration changes its password again and again."""

    http: httpx.AsyncClient
    folder: Path
    bureau: Bureau
    company: Company

    @asynccontextmanager
    async def serving(self, dies_at: int = 0) -> AsyncIterator[tuple[Program, Desk]]:
        """The service, which kills itself at a step of the change."""
        settings = {**self.company.settings(self.bureau.address), "ADMIN_TOKEN": ADMIN_TOKEN}
        command = (sys.executable, dying.__file__, f"{dies_at}")
        async with program(
            "serve", "--port", "0", cwd=self.folder, until="GraphiQL", settings=settings, command=command
        ) as service:
            yield service, Desk(self.http, service.said["GraphiQL"].removesuffix("/graphql"))

    async def rotate(self, desk: Desk, password: str) -> Any:
        """Ask for the change, with the same key for the same password."""
        (integration,) = (await desk.ask(operations.INTEGRATIONS))["integrations"]["nodes"]
        wanted = {
            "integrationId": integration["id"],
            "kind": "PEFIN",
            "newPassword": password,
            "confirmation": password,
            "idempotencyKey": f"change to {password}",
        }
        return (await desk.ask(operations.ROTATE, input=wanted))["rotateCredentials"]

    async def stored(self, services: Services) -> tuple[Credential, Secret, list[str]]:
        """The stored credential, its password, and the hashes of all that were ever in use."""
        async with services.container.resolve(UnitsOfWork).read() as work:
            (integration,) = await work.integrations.all_linked()
            history = await work.integrations.password_history(integration.id, PEFIN)
        assert integration.pefin.sealed is not None
        vault: Vault = services.container.resolve(Vault)
        password = vault.open(integration.pefin.sealed, secret_context(integration.id, PEFIN))
        return integration.pefin, password, [used.password_hash for used in history]

    def wrong_tries(self) -> int:
        """How many wrong passwords in a row the bureau has counted; it has not locked the account."""
        (account,) = self.bureau.state.accounts.values()
        assert account.pefin.locked_until is None
        return account.pefin.wrong_tries


def _passwords(chance: Random) -> Iterator[str]:
    """Passwords that meet the criteria, none of them twice."""
    given = {INITIAL_PEFIN_PASSWORD}
    while True:
        password = f"{chance.randrange(1_000_000):06}"
        if password not in given and not password_problems(PEFIN, Secret(password), Secret(password)):
            given.add(password)
            yield password


async def _killed_at(branch: Branch, step: int, password: str) -> bool:
    """Change the password in a process that dies at that step; False when the change was through before."""
    async with branch.serving(dies_at=step) as (service, desk):
        changing = asyncio.create_task(branch.rotate(desk, password))
        dying = asyncio.create_task(service.process.wait())
        await asyncio.wait({changing, dying}, return_when=asyncio.FIRST_COMPLETED)
        if service.process.returncode is None and changing.exception() is None:
            dying.cancel()
            assert changing.result()["__typename"] == "RotateCredentialsSuccess", changing.result()
            return False
        with pytest.raises(httpx.TransportError):
            await changing
        assert await dying == -signal.SIGKILL
        return True


async def _goes_on(branch: Branch, password: str, debtor: Debtor) -> int:
    """After the start whoever repeats the change has it, and what waited is sent. The wrong tries that it took."""
    async with branch.serving() as (_, desk):
        repeated = asyncio.create_task(branch.rotate(desk, password))
        order = {"invoiceId": debtor.invoice, "idempotencyKey": debtor.invoice}
        ordered = (await desk.ask(operations.NEGATIVATE, input=order))["negativateDebtor"]
        assert ordered["__typename"] == "NegativateDebtorSuccess", ordered
        wrong = 0

        async def sent() -> str:
            nonlocal wrong
            wrong = max(wrong, branch.wrong_tries())
            node = (await desk.ask(operations.NEGATIVATION, id=ordered["negativation"]["id"]))["node"]
            return str(node["status"])

        assert (await repeated)["__typename"] == "RotateCredentialsSuccess"
        await eventually(sent, lambda status: status == "SENT")
        return wrong


async def test_the_service_is_killed_at_a_step_of_the_change(
    tmp_path: Path,
    database_url: str,
    http: httpx.AsyncClient,
    long: bool,
    chance: Random,
    figures: Figures,
) -> None:
    passwords = _passwords(chance)
    async with bureau_beside(http) as bureau:
        company = await found_company(database_url, bureau.address, debtors=100, branches=1)
        branch = Branch(http=http, folder=tmp_path, bureau=bureau, company=company)
        settings = Settings(
            database_url=database_url, homologation_url=bureau.address, secret_keys=(company.secret_key,)
        )
        killed, most_wrong = 0, 0
        steps = range(1, MOST_STEPS) if long else [chance.randint(1, FEWEST_STEPS)]
        for step, debtor in zip(steps, company.debtors, strict=False):
            password = next(passwords)
            if not await _killed_at(branch, step, password):
                break
            killed += 1
            most_wrong = max(most_wrong, await _goes_on(branch, password, debtor))
            async with open_services(settings, with_sandbox=False) as services:
                credential, stored, history = await branch.stored(services)
                hasher: PasswordHasher = services.container.resolve(PasswordHasher)
                remembered = [used for used in history if await hasher.matches_any(Secret(password), [used])]
            assert stored == Secret(password)
            assert await bureau.takes("pefin", "demo-0", password)
            assert credential.state is CredentialState.VALID
            assert len(remembered) == 1
        figures(kills=killed, last_step=step, wrong_tries_seen_at_most=most_wrong, disagreements=0)
        assert FEWEST_STEPS <= killed < MOST_STEPS - 1 if long else killed == 1
        assert most_wrong <= 1
