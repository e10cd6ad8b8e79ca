"""Say which invoices may be registered, and every reason why the others may not. Nothing is sent, nothing is billed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.branch import Branch
from core.domain.bureau import BureauCode, Environment
from core.domain.calendar_rules import expires_on, local_date
from core.domain.code_tables import CodeTable
from core.domain.eligibility import Case, reasons_against, truncations
from core.domain.errors import InvalidInput, NotFound, Problem
from core.domain.integration import Integration
from core.domain.invoice import Invoice
from core.domain.parameters import CreditParameters
from core.domain.subjects import Customer
from core.use_cases.bureau_codes import BureauCodes
from ports.clock import Clock
from ports.unit_of_work import UnitOfWork, UnitsOfWork

MAX_INVOICES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessEligibilityCommand:
    """The invoices to look at, at most 500. restriction_code: None for the integration's default."""

    caller: Caller
    invoice_ids: Sequence[UUID]
    restriction_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What is to be said about one invoice. `warnings`: the customer's fields that will be cut to the bureau's layout, as they
    will be.

    expires_on: the day by which a registration would have to be gone.
    """

    invoice: Invoice
    customer: Customer
    reasons: tuple[Problem, ...]
    warnings: dict[str, str]
    expires_on: date

    @property
    def allowed(self) -> bool:
        """Whether nothing forbids it."""
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Everything that decisions about some invoices rest on, each kind of record read by one query.

    live: those of the invoices that have a live registration.
    """

    parameters: CreditParameters
    invoices: dict[UUID, Invoice]
    customers: dict[UUID, Customer]
    branches: dict[UUID, Branch]
    integrations: dict[UUID, Integration]
    live: set[UUID]
    live_contracts: set[tuple[Environment, str, str]]

    def integration_of(self, branch: Branch) -> Integration | None:
        """The integration that the branch uses, if it has one."""
        found = self.integrations.get(branch.integration_id) if branch.integration_id else None
        return found if found is not None and found.deleted_at is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessEligibility:
    """Policy: the same rules that registering applies, all reasons at once, for one invoice or a whole portfolio.

    Raises NotFound when an invoice is not there or out of the caller's reach, InvalidInput TOO_MANY.
    """

    units_of_work: UnitsOfWork
    codes: BureauCodes
    clock: Clock

    async def __call__(self, command: AssessEligibilityCommand) -> list[Assessment]:
        """One assessment per invoice, in the order asked for."""
        command.caller.require(Scope.READ)
        if len(command.invoice_ids) > MAX_INVOICES:
            raise InvalidInput(problems=(Problem(("invoiceIds",), "TOO_MANY", {"max": MAX_INVOICES}),))
        async with self.units_of_work.read() as work:
            portfolio = await read_portfolio(work, command.invoice_ids)
        for index, invoice_id in enumerate(command.invoice_ids):
            invoice = portfolio.invoices.get(invoice_id)
            if invoice is None or not command.caller.reaches(invoice.branch_id):
                raise NotFound(kind="Invoice", path=("invoiceIds", str(index)))
        known = {
            integration.id: await self.codes.of(integration, CodeTable.RESTRICTION)
            for integration in portfolio.integrations.values()
        }
        today = local_date(self.clock.now())
        assessments = []
        for invoice_id in command.invoice_ids:
            case = case_of(portfolio, invoice_id, command.restriction_code, today)
            rows = known.get(case.integration.id, ()) if case.integration else ()
            assessments.append(assess(case, rows))
        return assessments


async def read_portfolio(
    work: UnitOfWork,
    invoice_ids: Collection[UUID],
    *,
    to_be_acted_on: bool = False,
    but_live_ones: bool = False,
) -> Portfolio:
    """Read what the decisions about these invoices rest on; invoices that do not exist are left out.

    to_be_acted_on: invoices and customers must not change before what was decided is stored. but_live_ones: leave out
    invoices with a live registration, too.
    """
    live = await work.negativations.live_among(invoice_ids)
    to_be_read = [each for each in invoice_ids if not (but_live_ones and each in live)]
    invoices = await work.invoices.get_many(to_be_read, lock=to_be_acted_on)
    customers = await work.customers.get_many(
        {invoice.customer_id for invoice in invoices.values()}, lock=to_be_acted_on
    )
    branches = await work.branches.get_many({invoice.branch_id for invoice in invoices.values()})
    linked = {branch.integration_id for branch in branches.values() if branch.integration_id}
    integrations = await work.integrations.get_many(linked)
    debts = {
        (customers[invoice.customer_id].document.number, invoice.debt_reference)
        for invoice in invoices.values()
    }
    environments = {integration.environment for integration in integrations.values()}
    live_contracts = {
        (environment, *debt)
        for environment in environments
        for debt in await work.negativations.live_contracts(debts, environment)
    }
    return Portfolio(
        parameters=await work.parameters.credit(),
        invoices=invoices,
        customers=customers,
        branches=branches,
        integrations=integrations,
        live=live,
        live_contracts=live_contracts,
    )


def case_of(portfolio: Portfolio, invoice_id: UUID, restriction_code: str | None, today: date) -> Case:
    """All that the decision about one invoice of the portfolio rests on."""
    invoice = portfolio.invoices[invoice_id]
    customer = portfolio.customers[invoice.customer_id]
    branch = portfolio.branches[invoice.branch_id]
    integration = portfolio.integration_of(branch)
    default_code = integration.automation.restriction_code if integration else None
    debt = (customer.document.number, invoice.debt_reference)
    return Case(
        invoice=invoice,
        customer=customer,
        branch=branch,
        integration=integration,
        parameters=portfolio.parameters,
        invoice_is_live=invoice_id in portfolio.live,
        contract_is_live=integration is not None
        and (integration.environment, *debt) in portfolio.live_contracts,
        restriction_code=restriction_code or default_code,
        today=today,
    )


def assess(case: Case, restriction_codes: Collection[BureauCode]) -> Assessment:
    """The assessment of one case."""
    return Assessment(
        invoice=case.invoice,
        customer=case.customer,
        reasons=reasons_against(case, restriction_codes),
        warnings=truncations(case.customer),
        expires_on=expires_on(case.invoice.due_on),
    )
