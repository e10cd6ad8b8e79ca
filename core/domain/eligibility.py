"""Whether a debt may be registered: every reason against it at once, before anything is sent."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from core.domain.branch import Branch
from core.domain.bureau import BureauCode, Debtor
from core.domain.calendar_rules import ADULT_AGE, MIN_DAYS_OVERDUE, age_on, days_overdue, too_old_to_register
from core.domain.contact import MOBILE, POSTAL_CODE
from core.domain.credentials import CredentialState
from core.domain.documents import DocumentKind
from core.domain.errors import Problem
from core.domain.integration import Integration
from core.domain.invoice import CONTRACT_NUMBER, Invoice, InvoiceStatus
from core.domain.parameters import CreditParameters
from core.domain.subjects import Customer

FIELD_SIZES = {
    "name": 70,
    "address.street": 45,
    "address.district": 20,
    "address.city": 25,
    "address.complement": 25,
    "address.number": 10,
}
"""What the PEFIN layout holds of each field, in characters. Longer values are cut when sent and warned of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the decision about one invoice rests on. `integration` is the one linked to the invoice's branch."""

    invoice: Invoice
    customer: Customer
    branch: Branch
    integration: Integration | None
    parameters: CreditParameters
    invoice_is_live: bool
    contract_is_live: bool
    restriction_code: str | None
    today: date


def reasons_against(case: Case, restriction_codes: Collection[BureauCode]) -> tuple[Problem, ...]:
    """Every reason why the debt may not be registered; empty when it may. Paths name the record's fields.

    restriction_codes: the provider's table for the integration; empty when there is no integration to ask.
    """
    return (
        *_of_the_set_up(case),
        *_of_the_customer(case.customer, case.today),
        *_of_the_invoice(case),
        *_of_the_codes(case, restriction_codes),
    )


def truncations(customer: Customer) -> dict[str, str]:
    """The fields that do not fit the bureau's layout, each as it would be cut."""
    values = {
        "name": customer.name,
        "address.street": customer.address.street,
        "address.district": customer.address.district,
        "address.city": customer.address.city,
        "address.complement": customer.address.complement,
        "address.number": customer.address.number,
    }
    return {
        name: value[: FIELD_SIZES[name]]
        for name, value in values.items()
        if value is not None and len(value) > FIELD_SIZES[name]
    }


def debtor_of(customer: Customer) -> Debtor:
    """The customer's data as it is sent, cut to the bureau's sizes. Only for a customer without gaps."""
    address = customer.address
    complete = (address.postal_code, address.street, address.number, address.complement, address.district)
    if customer.mobile is None or address.city is None or address.state_code is None or None in complete:
        raise ValueError("the customer has gaps; ask reasons_against first")
    person = customer.document.kind is DocumentKind.CPF
    return Debtor(
        document=customer.document,
        name=customer.name[: FIELD_SIZES["name"]],
        gender=customer.gender.value if person and customer.gender else None,
        born_on=customer.born_on if person else None,
        mobile=customer.mobile,
        postal_code=address.postal_code or "",
        street=(address.street or "")[: FIELD_SIZES["address.street"]],
        street_number=(address.number or "")[: FIELD_SIZES["address.number"]],
        complement=(address.complement or "")[: FIELD_SIZES["address.complement"]],
        district=(address.district or "")[: FIELD_SIZES["address.district"]],
        city=address.city[: FIELD_SIZES["address.city"]],
        state_code=address.state_code,
    )


def _of_the_set_up(case: Case) -> Iterator[Problem]:
    if not case.parameters.enabled:
        yield Problem(("creditParameters", "enabled"), "CREDIT_ANALYSIS_DISABLED")
    if case.integration is None:
        yield Problem(("branch", "integration"), "INTEGRATION_NOT_LINKED", {"branch": case.branch.number})
    elif case.integration.pefin.state in (CredentialState.REFUSED, CredentialState.MISSING):
        yield Problem(("integration", "pefin"), "CREDENTIALS_REFUSED")


def _of_the_customer(customer: Customer, today: date) -> Iterator[Problem]:
    if customer.hold is not None:
        yield Problem(("customer", "hold"), f"HOLD_{customer.hold.value}")
    if customer.document.is_alphanumeric:
        yield Problem(("customer", "document"), "DOCUMENT_NOT_SUPPORTED_BY_BUREAU")
    if not customer.name.strip():
        yield Problem(("customer", "name"), "FIELD_REQUIRED")
    if customer.document.kind is DocumentKind.CPF:
        if customer.gender is None:
            yield Problem(("customer", "gender"), "FIELD_REQUIRED")
        if customer.born_on is None:
            yield Problem(("customer", "bornOn"), "FIELD_REQUIRED")
        elif age_on(customer.born_on, today) < ADULT_AGE:
            yield Problem(("customer", "bornOn"), "MINOR", {"age": ADULT_AGE})
    yield from _of_the_contact(customer)


def _of_the_contact(customer: Customer) -> Iterator[Problem]:
    address = customer.address
    shaped: list[tuple[tuple[str, ...], str | None, re.Pattern[str], str]] = [
        (("customer", "mobile"), customer.mobile, MOBILE, "INVALID_MOBILE"),
        (("customer", "address", "postalCode"), address.postal_code, POSTAL_CODE, "INVALID_POSTAL_CODE"),
    ]
    for path, value, pattern, code in shaped:
        if not value:
            yield Problem(path, "FIELD_REQUIRED")
        elif not pattern.fullmatch(value):
            yield Problem(path, code)
    required = {
        "street": address.street,
        "number": address.number,
        "complement": address.complement,
        "district": address.district,
        "city": address.city,
        "stateCode": address.state_code,
    }
    for name, value in required.items():
        if value is None or not value.strip():
            yield Problem(("customer", "address", name), "FIELD_REQUIRED")


def _of_the_invoice(case: Case) -> Iterator[Problem]:
    invoice, floor = case.invoice, case.parameters.minimum_negativation_amount
    if invoice.status is not InvoiceStatus.OPEN:
        yield Problem(("invoice", "status"), "INVOICE_NOT_OPEN", {"status": invoice.status.value})
    if days_overdue(invoice.due_on, case.today) < MIN_DAYS_OVERDUE:
        yield Problem(("invoice", "dueOn"), "NOT_OVERDUE_ENOUGH", {"days": MIN_DAYS_OVERDUE})
    if too_old_to_register(invoice.due_on, case.today):
        yield Problem(("invoice", "dueOn"), "TOO_OLD")
    if floor is not None and invoice.amount < floor:
        yield Problem(("invoice", "amount"), "BELOW_MINIMUM_AMOUNT", {"centavos": floor.centavos})
    if not CONTRACT_NUMBER.fullmatch(invoice.debt_reference):
        yield Problem(("invoice", "contractNumber"), "INVALID_CONTRACT_NUMBER")
    if case.branch.requires_rescission and invoice.contract_rescinded_on is None:
        yield Problem(("invoice", "contractRescindedOn"), "CONTRACT_NOT_RESCINDED")
    if case.invoice_is_live:
        yield Problem(("invoice", "negativation"), "ALREADY_NEGATIVATED")
    elif case.contract_is_live:
        yield Problem(("invoice", "contractNumber"), "CONTRACT_ALREADY_NEGATIVATED")


def _of_the_codes(case: Case, restriction_codes: Collection[BureauCode]) -> Iterator[Problem]:
    if case.restriction_code is None:
        yield Problem(("restrictionCode",), "RESTRICTION_CODE_REQUIRED")
    elif case.integration is not None and case.restriction_code not in {
        row.code for row in restriction_codes
    }:
        yield Problem(("restrictionCode",), "UNKNOWN_RESTRICTION_CODE", {"code": case.restriction_code})
