"""Test the passwords of an integration, free of charge: no document is consulted."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import CredentialState
from core.domain.integration import Integration
from core.use_cases.bureau_access import account_with, note_refused, secret_context
from core.use_cases.integration_access import get_undeleted
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault


class TestOutcome(StrEnum):
    """What the test of one password showed.

    OK: the provider takes it. REFUSED: it does not. UNREACHABLE: the provider could not be asked, or has locked the
    login for a while. MISSING: none is stored. ROTATING: it is being changed right now, so it was not tried.
    """

    OK = "OK"
    REFUSED = "REFUSED"
    UNREACHABLE = "UNREACHABLE"
    MISSING = "MISSING"
    ROTATING = "ROTATING"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestIntegrationCommand:
    """The integration to test."""

    caller: Caller
    integration_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationTest:
    """The integration with its passwords' health after the test, and what the test of each showed."""

    integration: Integration
    results: dict[CredentialKind, TestOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestIntegration:
    """Policy.

    - One free call per password, never a paid one, also for a password that was refused before.
    - What the provider says becomes the password's health; a refused one that is taken now is VALID again, and what
      waited for it goes on.

    Raises NotFound, BureauNotConfigured.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: TestIntegrationCommand) -> IntegrationTest:
        """Test both passwords."""
        command.caller.require(Scope.CONFIGURE)
        async with self.units_of_work.read() as work:
            integration = await get_undeleted(work, command.integration_id, command.caller)
        results = {kind: await self._try(integration, kind) for kind in CredentialKind}
        async with self.units_of_work.begin() as work:
            for kind, outcome in results.items():
                await self._note(work, integration, kind, outcome)
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.INTEGRATION_TESTED,
                    event_id=self.ids.new(),
                    at=self.clock.now(),
                    record=("Integration", integration.id),
                    branch_id=integration.branch_id,
                    number=integration.number,
                    **{kind.value.lower(): outcome.value for kind, outcome in results.items()},
                )
            )
            noted = await work.integrations.get(integration.id)
        return IntegrationTest(integration=noted or integration, results=results)

    async def _try(self, integration: Integration, kind: CredentialKind) -> TestOutcome:
        credential = integration.credential(kind)
        if credential.state is CredentialState.ROTATING:
            return TestOutcome.ROTATING
        if credential.sealed is None:
            return TestOutcome.MISSING
        password = self.vault.open(credential.sealed, secret_context(integration.id, kind))
        try:
            await self.bureau.test_credentials(account_with(integration, password), kind)
        except BureauFailure as failure:
            refused = failure.failure is FailureClass.CREDENTIAL
            return TestOutcome.REFUSED if refused else TestOutcome.UNREACHABLE
        return TestOutcome.OK

    async def _note(
        self, work: UnitOfWork, tested: Integration, kind: CredentialKind, outcome: TestOutcome
    ) -> None:
        version, now = tested.credential(kind).version, self.clock.now()
        if outcome is TestOutcome.REFUSED:
            await note_refused(work, self.ids, tested.id, kind, version, now)
        if outcome is not TestOutcome.OK:
            return
        current = await work.integrations.get(tested.id, lock=True)
        credential = current.credential(kind) if current else None
        if current is None or credential is None or credential.version != version:
            return
        if credential.usable or credential.state is CredentialState.REFUSED:
            await work.integrations.save(current.with_credential(credential.accepted(now)))
            if kind is CredentialKind.PEFIN:
                await work.outbox.release(tested.id)
