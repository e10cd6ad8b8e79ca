"""Fills a database with the demo provider. What is there stays as it is, so a second run changes nothing."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from adapters.connect_sa.sandbox import INITIAL_CONSULTATION_PASSWORD, INITIAL_PEFIN_PASSWORD
from core.domain.access import Caller, Scope
from core.domain.bureau import Environment
from core.domain.calendar_rules import local_date
from core.domain.errors import DomainError
from core.domain.listing import BranchFilter
from core.domain.money import Money
from core.domain.plans import ConsultationPlan
from core.domain.secret import Secret
from core.domain.subjects import Customer
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from core.use_cases.create_integration import CreateIntegration, CreateIntegrationCommand
from core.use_cases.integration_input import AutomationFields
from core.use_cases.link_integration import LinkIntegration, LinkIntegrationCommand
from core.use_cases.save_branch import BranchFields, CreateBranch, CreateBranchCommand
from core.use_cases.update_credit_parameters import UpdateCreditParameters, UpdateCreditParametersCommand
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork
from server.demo.people import invent_cpf
from server.demo.records import (
    BRANCHES,
    LEADS,
    PROSPECTS,
    SEED,
    DemoBranch,
    invent_contacts,
    invent_customers,
    invent_invoices,
    overdue_invoice,
    scenario_customers,
)
from server.demo.store import Advance, DemoStore

DEMO = Caller(id="demo", name="fiador demo", scopes=frozenset(Scope))

REPEAT_INTERVAL_DAYS = 30
CONSULTED = ("demo-customer-0001", "demo-customer-0004", "demo-customer-0007")
"""Customers of the first branch that were consulted before the desk opens. The scenarios are left to try."""

AUTOMATION = AutomationFields(enabled=False, restriction_code="OO", clearing_code="01")

Stage = Callable[[str, int], Advance]
"""Told that a part begins, and its size; answers with what is to be told how much of it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Fills the database. Set-up goes through the use cases; people and invoices are written many at a time."""

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids
    update_parameters: UpdateCreditParameters
    create_branch: CreateBranch
    create_integration: CreateIntegration
    link_integration: LinkIntegration
    consult: ConsultCredit

    async def is_wanted(self) -> bool:
        """Whether the database holds no branch yet."""
        async with self.units_of_work.read() as work:
            return await work.branches.count(BranchFilter()) == 0

    async def fill(self, stage: Stage, *, sandbox: bool) -> None:
        """Store what is missing. Consultations are made only where the sandbox answers them."""
        now = self.clock.now()
        today = local_date(now)
        store = DemoStore(
            units_of_work=self.units_of_work, ids=self.ids, now=now, branches=await self._branches(stage)
        )
        customers = await self._people(store, stage, today)
        await self._invoices(store, stage, today, customers)
        if sandbox:
            await self._consultations(stage, customers)

    async def _branches(self, stage: Stage) -> list[UUID]:
        advance = stage("branches", len(BRANCHES))
        if await self.is_wanted():
            await self.update_parameters(
                UpdateCreditParametersCommand(
                    caller=DEMO, enabled=True, repeat_interval_days=REPEAT_INTERVAL_DAYS
                )
            )
        chance = Random(f"{SEED}/branches")  # noqa: S311 - invented data, no secret
        branches = []
        for seed in BRANCHES:
            branches.append(await self._branch(seed, invent_cpf(chance).number))
            advance(1)
        return branches

    async def _branch(self, seed: DemoBranch, responsible_cpf: str) -> UUID:
        async with self.units_of_work.read() as work:
            branch = (await work.branches.by_external_ids([seed.external_id])).get(seed.external_id)
        if branch is None:
            fields = BranchFields(
                external_id=seed.external_id,
                name=seed.name,
                document=seed.document,
                state_code=seed.place.state_code,
                city=seed.place.city,
            )
            branch = await self.create_branch(CreateBranchCommand(caller=DEMO, fields=fields))
        async with self.units_of_work.read() as work:
            integration = await work.integrations.of_branch(branch.id)
        if integration is None:
            integration = await self.create_integration(
                CreateIntegrationCommand(
                    caller=DEMO,
                    branch_id=branch.id,
                    environment=Environment.HOMOLOGATION,
                    login=seed.login,
                    responsible_cpf=responsible_cpf,
                    consultation_password=Secret(INITIAL_CONSULTATION_PASSWORD),
                    pefin_password=Secret(INITIAL_PEFIN_PASSWORD),
                    plan=seed.plan,
                    automation=AUTOMATION,
                )
            )
            await self.link_integration(
                LinkIntegrationCommand(caller=DEMO, branch_id=branch.id, integration_id=integration.id)
            )
        return branch.id

    async def _people(self, store: DemoStore, stage: Stage, today: date) -> dict[str, Customer]:
        seeds = [*scenario_customers(today), *invent_customers(today)]
        customers = await store.customers(seeds, stage("customers", len(seeds)))
        await store.leads(invent_contacts("lead", LEADS, today), stage("leads", LEADS))
        await store.prospects(invent_contacts("prospect", PROSPECTS, today), stage("prospects", PROSPECTS))
        return customers

    async def _invoices(
        self, store: DemoStore, stage: Stage, today: date, customers: dict[str, Customer]
    ) -> None:
        scenarios = [seed.external_id for seed in scenario_customers(today)]
        ordinary = [external_id for external_id in customers if external_id not in scenarios]
        seeds = [overdue_invoice(customer, today, Money(14990)) for customer in scenarios]
        seeds += invent_invoices(sorted(ordinary), today)
        await store.invoices(seeds, customers, stage("invoices", len(seeds)))

    async def _consultations(self, stage: Stage, customers: dict[str, Customer]) -> None:
        advance = stage("consultations", len(CONSULTED))
        for external_id in CONSULTED:
            # The provider may refuse or be away; the demo is a demo without them, too.
            with contextlib.suppress(DomainError):
                await self.consult(
                    ConsultCreditCommand(
                        caller=DEMO,
                        subject=CustomerSubject(customers[external_id].id),
                        plan=ConsultationPlan.REPORT_AND_SCORE,
                        idempotency_key=f"demo-consultation-{external_id}",
                    )
                )
            advance(1)
