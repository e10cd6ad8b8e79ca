"""The records of the demo provider, the same for the same day: branches, people, invoices of every age and state."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from adapters.connect_sa.sandbox.scenarios import SCENARIOS
from core.domain.calendar_rules import MAX_AGE_MONTHS, MIN_DAYS_OVERDUE, RETENTION_YEARS, add_months
from core.domain.documents import DocumentKind, parse_document
from core.domain.invoice import InvoiceStatus, SettlementMethod
from core.domain.money import Money
from core.domain.plans import IntegrationPlan
from core.domain.states import StateCode
from core.domain.subjects import Gender, NegativationHold
from server.demo.people import Person, Place, invent_company, invent_person, named_person

SEED = 20_261_121

PROVIDER = "Rede Serra Telecom"

CUSTOMERS, LEADS, PROSPECTS = 300, 60, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBranch:
    """A branch and the integration that it uses."""

    external_id: str
    name: str
    document: str
    place: Place
    login: str
    plan: IntegrationPlan


BRANCHES = (
    DemoBranch(
        external_id="demo-matriz",
        name=f"{PROVIDER} Matriz",
        document="98765432000198",
        place=Place(city="Caxias do Sul", state_code=StateCode.RS, area_code="54", postal_prefix="95010"),
        login="fiador-matriz",
        plan=IntegrationPlan.ALL,
    ),
    DemoBranch(
        external_id="demo-norte",
        name=f"{PROVIDER} Norte",
        document="98765432000279",
        place=Place(city="Lages", state_code=StateCode.SC, area_code="49", postal_prefix="88501"),
        login="fiador-norte",
        plan=IntegrationPlan.REPORT_AND_SCORE,
    ),
    DemoBranch(
        external_id="demo-sul",
        name=f"{PROVIDER} Sul",
        document="98765432000350",
        place=Place(city="Bento Gonçalves", state_code=StateCode.RS, area_code="54", postal_prefix="95700"),
        login="fiador-sul",
        plan=IntegrationPlan.CREDNET_TOP,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCustomer:
    """A customer; `branch` counts from 0 in BRANCHES. The person may have gaps, which is what the demo is for."""

    external_id: str
    branch: int
    person: Person
    mobile: str | None
    hold: NegativationHold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoContact:
    """A lead or a prospect; some have given no document yet."""

    external_id: str
    branch: int
    person: Person
    has_document: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoInvoice:
    """An invoice of the customer with that external id."""

    external_id: str
    customer: str
    contract_number: str | None
    amount: Money
    due_on: date
    status: InvoiceStatus = InvoiceStatus.OPEN
    closed_on: date | None = None
    method: SettlementMethod | None = None

    @property
    def issued_on(self) -> date:
        """Two weeks before it is due."""
        return self.due_on - timedelta(days=14)


def invent_customers(today: date) -> list[DemoCustomer]:
    """Customers of all branches, three quarters of them people; some records with the gaps that real ones have."""
    chance = Random(f"{SEED}/customers")  # noqa: S311 - invented data, no secret
    customers = []
    for i in range(CUSTOMERS):
        branch = i % len(BRANCHES)
        place = BRANCHES[branch].place
        company = i % 4 == 3
        person = (
            invent_company(chance, place, alphanumeric=i % 40 == 19)
            if company
            else invent_person(chance, place, today)
        )
        customer = DemoCustomer(
            external_id=f"demo-customer-{i + 1:04}", branch=branch, person=person, mobile=person.mobile
        )
        customers.append(_with_gap(customer, i, today))
    return customers


def scenario_customers(today: date) -> list[DemoCustomer]:
    """A customer of the first branch for each document that the sandbox answers in a fixed way."""
    chance = Random(f"{SEED}/scenarios")  # noqa: S311
    customers = []
    for i, scenario in enumerate(SCENARIOS, start=1):
        document = parse_document(scenario.document)
        natural = document.kind is DocumentKind.CPF
        profile = scenario.profile
        person = named_person(
            chance,
            BRANCHES[0].place,
            profile.name if profile else f"Exemplo {scenario.name}",
            document,
            chance.choice((Gender.FEMALE, Gender.MALE)) if natural else None,
            # The bureau knows better how old somebody is: here the minor counts as of age.
            (profile.born_or_founded if profile else add_months(today, -12 * 35)) if natural else None,
        )
        customers.append(
            DemoCustomer(external_id=f"demo-scenario-{i:02}", branch=0, person=person, mobile=person.mobile)
        )
    return customers


def invent_contacts(kind: str, count: int, today: date) -> list[DemoContact]:
    """Leads or prospects of all branches; every fifth has given no document yet."""
    chance = Random(f"{SEED}/{kind}")  # noqa: S311
    return [
        DemoContact(
            external_id=f"demo-{kind}-{i + 1:04}",
            branch=i % len(BRANCHES),
            person=invent_person(chance, BRANCHES[i % len(BRANCHES)].place, today),
            has_document=i % 5 != 4,
        )
        for i in range(count)
    ]


def invent_invoices(customers: list[str], today: date) -> list[DemoInvoice]:
    """Three invoices for each customer, from not yet due to older than the bureau keeps, open and closed."""
    chance = Random(f"{SEED}/invoices")  # noqa: S311
    return [
        _invoice(chance, customer, number, due_on, today)
        for customer, due_dates in zip(customers, _due_dates(today), strict=False)
        for number, due_on in enumerate(due_dates, start=1)
    ]


def overdue_invoice(customer: str, today: date, amount: Money) -> DemoInvoice:
    """An open invoice that is 30 days overdue, ready to be registered."""
    return DemoInvoice(
        external_id=f"{customer}-invoice-1",
        customer=customer,
        contract_number=None,
        amount=amount,
        due_on=today - timedelta(days=30),
    )


def _with_gap(customer: DemoCustomer, i: int, today: date) -> DemoCustomer:
    """Every seventh record lacks something that the bureau wants, or must be left alone."""
    if i % 7 != 6:
        return customer
    person, natural = customer.person, customer.person.gender is not None
    match i // 7 % 8:
        case 0:
            return replace(customer, person=replace(person, address=replace(person.address, complement=None)))
        case 1:
            return replace(customer, mobile=None)
        case 2 if natural:
            return replace(customer, person=replace(person, born_on=None))
        case 3:
            return replace(customer, hold=NegativationHold.DISPUTE)
        case 4:
            return replace(
                customer, person=replace(person, address=replace(person.address, postal_code=None))
            )
        case 5 if natural:
            return replace(customer, person=replace(person, born_on=add_months(today, -12 * 16)))
        case 6 if natural:
            return replace(customer, person=replace(person, gender=None))
        case 7:
            return replace(customer, hold=NegativationHold.AGREEMENT)
        case _:
            return replace(customer, person=replace(person, address=replace(person.address, district=None)))


def _due_dates(today: date) -> Iterator[tuple[date, date, date]]:
    """For customer after customer: one around today, one overdue for months, one from years ago."""
    near = [today + timedelta(days=days) for days in (25, 10, 3, 0, -1, -3, -MIN_DAYS_OVERDUE, -5, -12, -30)]
    months = [today - timedelta(days=days) for days in (31, 45, 60, 75, 90, 120, 150, 200, 270)]
    years = [
        *(today - timedelta(days=days) for days in (400, 550, 730, 1000, 1300)),
        add_months(today, -(MAX_AGE_MONTHS - 1)),
        add_months(today, -MAX_AGE_MONTHS),
        add_months(today, -MAX_AGE_MONTHS) - timedelta(days=1),
        add_months(today, -12 * RETENTION_YEARS),
        add_months(today, -12 * RETENTION_YEARS) - timedelta(days=40),
    ]
    turn = 0
    while True:
        yield near[turn % len(near)], months[turn % len(months)], years[turn % len(years)]
        turn += 1


def _invoice(chance: Random, customer: str, number: int, due_on: date, today: date) -> DemoInvoice:
    invoice = DemoInvoice(
        external_id=f"{customer}-invoice-{number}",
        customer=customer,
        contract_number=f"RST-{chance.randrange(100_000):05}/{due_on:%y}" if chance.random() < 0.3 else None,
        amount=Money(
            chance.choice((7990, 9990, 11990, 14990, 19990, 29990)) + chance.choice((0, 0, 0, 1250))
        ),
        due_on=due_on,
    )
    fate = chance.random()
    # What is long overdue was mostly paid in the end; what is new is mostly open.
    if fate < (0.15 if number == 1 else 0.5):
        paid_on = min(today, due_on + timedelta(days=chance.randrange(-5, 20)))
        method = chance.choice(list(SettlementMethod))
        return replace(invoice, status=InvoiceStatus.SETTLED, closed_on=paid_on, method=method)
    if fate > 0.94:
        return replace(
            invoice, status=InvoiceStatus.CANCELLED, closed_on=min(today, due_on + timedelta(days=2))
        )
    return invoice
