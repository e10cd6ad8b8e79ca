"""A company, in memory unless another storage is given: a branch with a linked integration, a customer with an overdue invoice, and every use case."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar, get_type_hints

from adapters.memory.bureau import FakeBureau
from adapters.memory.calendar import WeekdayCalendar
from adapters.memory.callers import ToldCallers
from adapters.memory.ids import SequentialIds
from adapters.memory.storage import MemoryStorage
from adapters.memory.vault import MemoryHasher, MemoryVault
from core.domain.access import Caller
from core.domain.branch import Branch
from core.domain.bureau import CredentialKind
from core.domain.consultation import Consultation
from core.domain.credentials import UsedPassword
from core.domain.integration import Integration
from core.domain.invoice import Invoice
from core.domain.negativation import HistoryEntry, Negativation
from core.domain.parameters import CreditParameters
from core.domain.secret import Secret
from core.domain.subjects import Customer
from core.use_cases.bureau_access import secret_context
from core.use_cases.deliver import Deliver
from core.use_cases.fetch_results import FetchResults, results_routine
from ports.business_calendar import BusinessCalendar
from ports.callers import Callers
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.outbox import Queue
from ports.password_hasher import PasswordHasher
from ports.report_lines import ReportLines
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from support.builders import (
    NOW,
    make_branch,
    make_caller,
    make_credential,
    make_customer,
    make_integration,
    make_invoice,
)
from support.storages import Storage, memory_storage

CONSULTATION_PASSWORD = Secret("Inicio1@")
PEFIN_PASSWORD = Secret("246802")

UseCaseT = TypeVar("UseCaseT")


@dataclass
class World:
    """Ports over a storage. `branch`, `integration`, `customer` and `invoice` are set by `populated`."""

    kept_in: Storage = field(default_factory=memory_storage)
    bureau: FakeBureau = field(default_factory=FakeBureau)
    vault: MemoryVault = field(default_factory=MemoryVault)
    hasher: MemoryHasher = field(default_factory=MemoryHasher)
    ids: SequentialIds = field(default_factory=SequentialIds)
    caller: Caller = field(default_factory=make_caller)
    branch: Branch = field(init=False)
    integration: Integration = field(init=False)
    customer: Customer = field(init=False)
    invoice: Invoice = field(init=False)

    def __post_init__(self) -> None:
        self.clock = self.kept_in.clock
        self.units_of_work = self.kept_in.units_of_work
        self.queue = self.kept_in.queue(lease=timedelta(seconds=60))
        self.callers = ToldCallers()
        self._ports: dict[type, object] = {
            UnitsOfWork: self.units_of_work,
            Queue: self.queue,
            ReportLines: self.kept_in.report_lines(),
            CreditBureau: self.bureau,
            Vault: self.vault,
            PasswordHasher: self.hasher,
            Callers: self.callers,
            Clock: self.clock,
            Ids: self.ids,
            BusinessCalendar: WeekdayCalendar(),
        }

    @property
    def storage(self) -> MemoryStorage:
        """What is kept in memory, for tests that compare it whole."""
        assert self.kept_in.memory is not None
        return self.kept_in.memory

    def use_case(self, kind: type[UseCaseT]) -> UseCaseT:
        """A use case over these ports."""
        needed = get_type_hints(kind)
        parts = {name: self._ports.get(hint) or self.use_case(hint) for name, hint in needed.items()}
        return kind(**parts)

    async def populate(self, **integration: Any) -> "World":
        """A branch, its linked integration, a customer and an invoice sixty days overdue; credit analysis is on."""
        async with self.units_of_work.begin() as work:
            await work.parameters.save_credit(CreditParameters(enabled=True, repeat_interval_days=30))
            branch = await work.branches.add(make_branch())
        self.integration = await self.add_integration(branch, **integration)
        self.branch = replace(branch, integration_id=self.integration.id)
        async with self.units_of_work.begin() as work:
            await work.branches.save(self.branch)
            self.customer = await work.customers.add(make_customer(branch_id=branch.id))
            self.invoice = await work.invoices.add(
                make_invoice(branch_id=branch.id, customer_id=self.customer.id)
            )
        return self

    async def add_branch(self, **changes: Any) -> Branch:
        """Another branch, without an integration."""
        async with self.units_of_work.begin() as work:
            return await work.branches.add(make_branch(**changes))

    async def add_integration(self, branch: Branch, **changes: Any) -> Integration:
        """An integration with both passwords sealed, in the history and known to the bureau."""
        integration = make_integration(branch_id=branch.id, **changes)
        passwords = {
            CredentialKind.CONSULTATION: CONSULTATION_PASSWORD,
            CredentialKind.PEFIN: PEFIN_PASSWORD,
        }
        for kind, password in passwords.items():
            sealed = self.vault.seal(password, secret_context(integration.id, kind))
            integration = integration.with_credential(make_credential(kind, sealed=sealed))
            self.bureau.passwords[integration.login, kind] = password
        async with self.units_of_work.begin() as work:
            stored = await work.integrations.add(integration)
            for kind, password in passwords.items():
                used = UsedPassword(
                    integration_id=integration.id,
                    kind=kind,
                    password_hash=await self.hasher.hash(password),
                    used_from=NOW,
                )
                await work.integrations.remember_password(used)
            await work.routines.ensure(results_routine(integration.id), self.clock.now())
        return stored

    async def deliver(self) -> int:
        """Claim what is due and deliver it side by side; tells how many. Raises ExceptionGroup for what was unexpected."""
        deliver, claims = self.use_case(Deliver), await self.queue.claim(16)
        outcomes = await asyncio.gather(*map(deliver, claims), return_exceptions=True)
        if unexpected := [outcome for outcome in outcomes if isinstance(outcome, Exception)]:
            raise ExceptionGroup("deliveries failed unexpectedly", unexpected)
        return len(claims)

    async def fetch_results(self) -> None:
        """Every routine that is due, once the bureau may be asked again."""
        fetch = self.use_case(FetchResults)
        while await fetch():
            pass

    async def negativation(self, of: Negativation) -> Negativation:
        """A registration as it stands now."""
        async with self.units_of_work.read() as work:
            stored = await work.negativations.get(of.id)
        assert stored is not None
        return stored

    async def history(self, of: Negativation) -> list[HistoryEntry]:
        """A registration's history."""
        async with self.units_of_work.read() as work:
            return (await work.negativations.histories([of.id]))[of.id]

    async def consultation(self, of: Consultation) -> Consultation:
        """A consultation as it stands now."""
        async with self.units_of_work.read() as work:
            stored = await work.consultations.get(of.id)
        assert stored is not None
        return stored

    async def stored_integration(self) -> Integration:
        """The integration as it stands now."""
        async with self.units_of_work.read() as work:
            stored = await work.integrations.get(self.integration.id)
        assert stored is not None
        return stored

    def change_at_bureau(self, kind: CredentialKind) -> None:
        """Let the bureau take another password than the stored one."""
        others = {CredentialKind.CONSULTATION: Secret("Outra12@"), CredentialKind.PEFIN: Secret("908070")}
        self.bureau.passwords[self.integration.login, kind] = others[kind]

    async def set_parameters(self, **changes: Any) -> None:
        """Change the general parameters."""
        async with self.units_of_work.begin() as work:
            parameters = replace(await work.parameters.credit(), **changes)
            await work.parameters.save_credit(parameters)
