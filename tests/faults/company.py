"""The company that the fault tests work for: branches with integrations, and customers who owe an invoice each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from strawberry.relay import to_base64

from adapters.connect_sa.sandbox import INITIAL_CONSULTATION_PASSWORD, INITIAL_PEFIN_PASSWORD
from adapters.crypto.keys import generate_key
from core.domain.bureau import Environment
from core.domain.calendar_rules import local_date
from core.domain.collection import AutomaticNegativation, CollectionParameters
from core.domain.parameters import CreditParameters
from core.domain.plans import IntegrationPlan
from core.domain.secret import Secret
from core.use_cases.continue_collection import DAILY
from core.use_cases.create_integration import CreateIntegration, CreateIntegrationCommand
from core.use_cases.integration_input import AutomationFields
from core.use_cases.link_integration import LinkIntegration, LinkIntegrationCommand
from ports.unit_of_work import UnitsOfWork
from server.services import Services, open_services
from server.settings import Settings
from support.builders import make_branch, make_caller, make_customer, make_invoice
from support.documents import synthetic_cpf

OWNER = make_caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """A customer with one overdue invoice."""

    customer_id: UUID
    invoice_id: UUID

    @property
    def customer(self) -> str:
        """The customer's id in the API."""
        return to_base64("Customer", self.customer_id)

    @property
    def invoice(self) -> str:
        """The invoice's id in the API."""
        return to_base64("Invoice", self.invoice_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What was set up. collected: those whom the daily collection registers; debtors: those who are left to people."""

    database_url: str
    secret_key: str
    debtors: Sequence[Debtor]
    collected: Sequence[Debtor]

    def settings(self, bureau: str) -> dict[str, str]:
        """The settings of a process that works for it."""
        return {
            "DATABASE_URL": self.database_url,
            "SECRET_KEYS": self.secret_key,
            "HOMOLOGATION_URL": bureau,
        }


async def found_company(
    database_url: str, bureau: str, *, debtors: int, collected: int = 0, branches: int = 3
) -> Company:
    """Set the company up in an empty database. The daily collection is due from the first moment on."""
    key = generate_key()
    settings = Settings(database_url=database_url, homologation_url=bureau, secret_keys=(key,))
    async with open_services(settings, with_sandbox=False) as services:
        units_of_work = services.container.resolve(UnitsOfWork)
        async with units_of_work.begin() as work:
            await work.parameters.save_credit(CreditParameters(enabled=True, repeat_interval_days=30))
            await work.routines.ensure(DAILY, datetime.now(UTC))
        ids = [await _open_branch(services, number, automatic=False) for number in range(branches)]
        owing = await _customers(units_of_work, ids, debtors)
        automatic = [await _open_branch(services, branches, automatic=True)] if collected else []
        return Company(
            database_url=database_url,
            secret_key=key,
            debtors=owing,
            collected=await _customers(units_of_work, automatic, collected),
        )


async def _open_branch(services: Services, number: int, *, automatic: bool) -> UUID:
    container = services.container
    units_of_work: UnitsOfWork = container.resolve(UnitsOfWork)
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        if automatic:
            await work.collection_settings.save(
                CollectionParameters(
                    branch_id=branch.id, automatic=AutomaticNegativation.YES, days_after_due=30
                )
            )
    integration = await container.resolve(CreateIntegration)(
        CreateIntegrationCommand(
            caller=OWNER,
            branch_id=branch.id,
            environment=Environment.HOMOLOGATION,
            login=f"demo-{number}",
            responsible_cpf=synthetic_cpf(number).number,
            consultation_password=Secret(INITIAL_CONSULTATION_PASSWORD),
            pefin_password=Secret(INITIAL_PEFIN_PASSWORD),
            plan=IntegrationPlan.REPORT_AND_SCORE,
            automation=AutomationFields(enabled=automatic, restriction_code="OO", clearing_code="01"),
        )
    )
    link = LinkIntegrationCommand(caller=OWNER, branch_id=branch.id, integration_id=integration.id)
    await container.resolve(LinkIntegration)(link)
    return branch.id


async def _customers(units_of_work: UnitsOfWork, branches: Sequence[UUID], count: int) -> list[Debtor]:
    today = local_date(datetime.now(UTC))
    owing = []
    async with units_of_work.begin() as work:
        for number in range(count):
            branch_id = branches[number % len(branches)]
            customer = await work.customers.add(make_customer(branch_id=branch_id))
            due_on = _due_on(today, number)
            invoice = make_invoice(branch_id=branch_id, customer_id=customer.id, due_on=due_on)
            await work.invoices.add(replace(invoice, issued_on=due_on - timedelta(days=20)))
            owing.append(Debtor(customer_id=customer.id, invoice_id=invoice.id))
    return owing


def _due_on(today: date, number: int) -> date:
    """Long enough ago to be registered, and never so long that a day more makes it too old."""
    return today - timedelta(days=60 + number % 600)
