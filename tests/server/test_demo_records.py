"""The demo's invented records: believable, valid, the same every time, and of every age and state."""

from datetime import date, timedelta

import pytest

from core.domain.calendar_rules import add_months, age_on
from core.domain.documents import DocumentKind, parse_document
from core.domain.invoice import InvoiceStatus
from server.demo.records import BRANCHES, CUSTOMERS, LEADS, invent_contacts, invent_customers, invent_invoices

TODAY = date(2026, 11, 21)


def test_the_branches_have_valid_documents() -> None:
    assert len({parse_document(branch.document, kind=DocumentKind.CNPJ) for branch in BRANCHES}) == 3


def test_the_same_day_makes_the_same_records() -> None:
    assert invent_customers(TODAY) == invent_customers(TODAY)
    assert invent_contacts("lead", LEADS, TODAY) == invent_contacts("lead", LEADS, TODAY)


def test_people_and_documents_stay_the_same_on_another_day() -> None:
    def who(today: date) -> list[tuple[str, str, str]]:
        return [(c.external_id, c.person.name, c.person.document.number) for c in invent_customers(today)]

    assert who(TODAY) == who(TODAY + timedelta(days=400))


def test_customers_have_documents_of_their_own() -> None:
    customers = invent_customers(TODAY)
    assert len({customer.person.document for customer in customers}) == CUSTOMERS
    assert all(parse_document(c.person.document.number) == c.person.document for c in customers)
    assert any(customer.person.document.is_alphanumeric for customer in customers)


def test_some_customers_have_gaps_and_most_have_none() -> None:
    customers = invent_customers(TODAY)
    people = [customer for customer in customers if customer.person.document.kind is DocumentKind.CPF]
    gaps = {
        "mobile": [c for c in customers if c.mobile is None],
        "complement": [c for c in customers if c.person.address.complement is None],
        "postal code": [c for c in customers if c.person.address.postal_code is None],
        "birth date": [c for c in people if c.person.born_on is None],
        "gender": [c for c in people if c.person.gender is None],
        "age": [c for c in people if c.person.born_on and age_on(c.person.born_on, TODAY) < 18],
        "hold": [c for c in customers if c.hold],
    }
    assert [name for name, found in gaps.items() if not found] == []
    assert sum(len(found) for found in gaps.values()) < CUSTOMERS / 5


def test_invoices_are_of_every_age_and_state() -> None:
    invoices = invent_invoices([customer.external_id for customer in invent_customers(TODAY)], TODAY)
    assert len(invoices) == 3 * CUSTOMERS
    assert len({invoice.external_id for invoice in invoices}) == len(invoices)
    open_ones = {i.due_on for i in invoices if i.status is InvoiceStatus.OPEN}
    wanted = [TODAY + timedelta(days=10), TODAY, *(TODAY - timedelta(days=days) for days in (1, 3, 4, 30))]
    wanted += [add_months(TODAY, -58), add_months(TODAY, -59), add_months(TODAY, -60)]
    assert [due_on for due_on in wanted if due_on not in open_ones] == []
    closed = [invoice for invoice in invoices if invoice.status is not InvoiceStatus.OPEN]
    assert {invoice.status for invoice in closed} == {InvoiceStatus.SETTLED, InvoiceStatus.CANCELLED}
    assert all(invoice.closed_on and invoice.closed_on <= TODAY for invoice in closed)


@pytest.mark.parametrize("kind", ["lead", "prospect"])
def test_some_contacts_have_given_no_document(kind: str) -> None:
    contacts = invent_contacts(kind, 40, TODAY)
    assert 0 < sum(not contact.has_document for contact in contacts) < 20


def test_the_demo_names_no_real_domain() -> None:
    assert all(c.person.email.endswith("@example.com") for c in invent_customers(TODAY))
