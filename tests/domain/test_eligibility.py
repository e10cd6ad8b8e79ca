"""Whether a debt may be registered: each reason alone, and all of them at once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.domain.calendar_rules import add_months
from core.domain.code_tables import RESTRICTION_CODES
from core.domain.credentials import CredentialState
from core.domain.eligibility import FIELD_SIZES, Case, debtor_of, reasons_against, truncations
from core.domain.errors import Problem
from core.domain.invoice import InvoiceStatus
from core.domain.money import Money
from core.domain.parameters import CreditParameters
from core.domain.subjects import Address, Gender, NegativationHold
from support.builders import TODAY, make_address, make_branch, make_customer, make_integration, make_invoice
from support.documents import synthetic_cnpj, synthetic_cpf


def make_case(**changes: Any) -> Case:
    """A debt that nothing forbids to register; customer, invoice, … are changed by dictionaries."""
    parts: dict[str, Any] = {
        "invoice": make_invoice(),
        "customer": make_customer(),
        "branch": make_branch(),
        "integration": make_integration(),
        "parameters": CreditParameters(enabled=True),
    }
    parts = {name: replace(part, **changes.pop(f"{name}_with", {})) for name, part in parts.items()}
    case = Case(**parts, invoice_is_live=False, contract_is_live=False, restriction_code="DP", today=TODAY)
    return replace(case, **changes)


def reasons(case: Case) -> list[tuple[str, str]]:
    return [(".".join(reason.path), reason.code) for reason in reasons_against(case, RESTRICTION_CODES)]


def with_pefin(state: CredentialState) -> dict[str, Any]:
    return {"pefin": replace(make_integration().pefin, state=state)}


def test_nothing_forbids_a_whole_case() -> None:
    assert reasons(make_case()) == []
    company = {"document": synthetic_cnpj(1), "gender": None, "born_on": None}
    assert reasons(make_case(customer_with=company)) == []


ALONE: list[tuple[dict[str, Any], str, str]] = [
    (
        {"parameters_with": {"enabled": False}},
        "creditParameters.enabled",
        "CREDIT_ANALYSIS_DISABLED",
    ),
    ({"integration": None}, "branch.integration", "INTEGRATION_NOT_LINKED"),
    (
        {"integration_with": with_pefin(CredentialState.REFUSED)},
        "integration.pefin",
        "CREDENTIALS_REFUSED",
    ),
    (
        {"integration_with": with_pefin(CredentialState.MISSING)},
        "integration.pefin",
        "CREDENTIALS_REFUSED",
    ),
    *(
        ({"customer_with": {"hold": hold}}, "customer.hold", f"HOLD_{hold.value}")
        for hold in NegativationHold
    ),
    (
        {"customer_with": {"document": synthetic_cnpj(1, letters=True), "gender": None, "born_on": None}},
        "customer.document",
        "DOCUMENT_NOT_SUPPORTED_BY_BUREAU",
    ),
    ({"customer_with": {"name": " "}}, "customer.name", "FIELD_REQUIRED"),
    ({"customer_with": {"gender": None}}, "customer.gender", "FIELD_REQUIRED"),
    ({"customer_with": {"born_on": None}}, "customer.bornOn", "FIELD_REQUIRED"),
    ({"customer_with": {"born_on": date(2008, 3, 17)}}, "customer.bornOn", "MINOR"),
    ({"customer_with": {"mobile": None}}, "customer.mobile", "FIELD_REQUIRED"),
    ({"customer_with": {"mobile": "4733334444"}}, "customer.mobile", "INVALID_MOBILE"),
    *(
        (
            {"customer_with": {"address": make_address(**{part: missing})}},
            f"customer.address.{name}",
            "FIELD_REQUIRED",
        )
        for part, name in {
            "postal_code": "postalCode",
            "street": "street",
            "number": "number",
            "complement": "complement",
            "district": "district",
            "city": "city",
            "state_code": "stateCode",
        }.items()
        for missing in (None, "")
    ),
    (
        {"customer_with": {"address": make_address(postal_code="8901")}},
        "customer.address.postalCode",
        "INVALID_POSTAL_CODE",
    ),
    *(
        ({"invoice_with": {"status": status}}, "invoice.status", "INVOICE_NOT_OPEN")
        for status in InvoiceStatus
        if status is not InvoiceStatus.OPEN
    ),
    ({"invoice_with": {"due_on": TODAY - timedelta(days=3)}}, "invoice.dueOn", "NOT_OVERDUE_ENOUGH"),
    (
        {"invoice_with": {"due_on": add_months(TODAY, -59) - timedelta(days=1)}},
        "invoice.dueOn",
        "TOO_OLD",
    ),
    (
        {"parameters_with": {"minimum_negativation_amount": Money(12_991)}},
        "invoice.amount",
        "BELOW_MINIMUM_AMOUNT",
    ),
    ({"invoice_with": {"contract_number": "ct_1"}}, "invoice.contractNumber", "INVALID_CONTRACT_NUMBER"),
    (
        {"branch_with": {"requires_rescission": True}},
        "invoice.contractRescindedOn",
        "CONTRACT_NOT_RESCINDED",
    ),
    ({"invoice_is_live": True}, "invoice.negativation", "ALREADY_NEGATIVATED"),
    ({"contract_is_live": True}, "invoice.contractNumber", "CONTRACT_ALREADY_NEGATIVATED"),
    ({"restriction_code": None}, "restrictionCode", "RESTRICTION_CODE_REQUIRED"),
    ({"restriction_code": "ZZ"}, "restrictionCode", "UNKNOWN_RESTRICTION_CODE"),
]


@pytest.mark.parametrize(("changes", "path", "code"), ALONE)
def test_each_reason_alone(changes: dict[str, Any], path: str, code: str) -> None:
    assert reasons(make_case(**changes)) == [(path, code)]


@pytest.mark.parametrize(
    "changes",
    [
        {"invoice_with": {"due_on": TODAY - timedelta(days=4)}},
        {"invoice_with": {"due_on": add_months(TODAY, -59)}},
        {"parameters_with": {"minimum_negativation_amount": Money(12_990)}},
        {"customer_with": {"born_on": date(2008, 3, 16)}},
        {"customer_with": {"address": make_address(complement="S/C", number="S/N")}},
        {"invoice_with": {"contract_number": None}},
        {"invoice_with": {"contract_rescinded_on": TODAY}, "branch_with": {"requires_rescission": True}},
        {"integration_with": with_pefin(CredentialState.UNVERIFIED)},
        {"integration_with": with_pefin(CredentialState.ROTATING)},
    ],
)
def test_what_is_just_allowed(changes: dict[str, Any]) -> None:
    assert reasons(make_case(**changes)) == []


def test_a_company_needs_neither_gender_nor_birth_date_but_the_rest() -> None:
    gaps = {"gender": None, "born_on": None, "mobile": None, "address": Address()}
    case = make_case(customer_with={"document": synthetic_cnpj(1), **gaps})
    assert {code for _, code in reasons(case)} == {"FIELD_REQUIRED"}
    assert len(reasons(case)) == 8


def test_all_reasons_at_once() -> None:
    case = make_case(
        parameters_with={"enabled": False, "minimum_negativation_amount": Money(20_000)},
        integration_with=with_pefin(CredentialState.REFUSED),
        branch_with={"requires_rescission": True},
        customer_with={
            "hold": NegativationHold.SUB_JUDICE,
            "name": "",
            "gender": None,
            "born_on": date(2015, 1, 1),
            "mobile": "1",
            "address": Address(postal_code="1"),
        },
        invoice_with={"status": InvoiceStatus.SETTLED, "due_on": TODAY, "contract_number": "ç"},
        contract_is_live=True,
        restriction_code="ZZ",
    )
    assert reasons(case) == [
        ("creditParameters.enabled", "CREDIT_ANALYSIS_DISABLED"),
        ("integration.pefin", "CREDENTIALS_REFUSED"),
        ("customer.hold", "HOLD_SUB_JUDICE"),
        ("customer.name", "FIELD_REQUIRED"),
        ("customer.gender", "FIELD_REQUIRED"),
        ("customer.bornOn", "MINOR"),
        ("customer.mobile", "INVALID_MOBILE"),
        ("customer.address.postalCode", "INVALID_POSTAL_CODE"),
        *(
            (f"customer.address.{name}", "FIELD_REQUIRED")
            for name in ("street", "number", "complement", "district", "city", "stateCode")
        ),
        ("invoice.status", "INVOICE_NOT_OPEN"),
        ("invoice.dueOn", "NOT_OVERDUE_ENOUGH"),
        ("invoice.amount", "BELOW_MINIMUM_AMOUNT"),
        ("invoice.contractNumber", "INVALID_CONTRACT_NUMBER"),
        ("invoice.contractRescindedOn", "CONTRACT_NOT_RESCINDED"),
        ("invoice.contractNumber", "CONTRACT_ALREADY_NEGATIVATED"),
        ("restrictionCode", "UNKNOWN_RESTRICTION_CODE"),
    ]


def test_the_figures_of_a_rule_are_said() -> None:
    case = make_case(
        invoice_with={"due_on": TODAY},
        customer_with={"born_on": TODAY},
        parameters_with={"minimum_negativation_amount": Money(99_900)},
        restriction_code="ZZ",
    )
    params = {reason.code: dict(reason.params) for reason in reasons_against(case, RESTRICTION_CODES)}
    assert params == {
        "MINOR": {"age": 18},
        "NOT_OVERDUE_ENOUGH": {"days": 4},
        "BELOW_MINIMUM_AMOUNT": {"centavos": 99_900},
        "UNKNOWN_RESTRICTION_CODE": {"code": "ZZ"},
    }


def test_without_an_integration_no_table_can_be_asked_about_the_code() -> None:
    case = make_case(integration=None)
    (reason,) = reasons_against(case, ())
    assert reason == Problem(
        ("branch", "integration"), "INTEGRATION_NOT_LINKED", {"branch": case.branch.number}
    )


LONG = make_address(street="s" * 46, district="d" * 21, city="c" * 26, complement="k" * 26, number="1" * 11)


def test_what_does_not_fit_the_layout_is_shown_as_it_would_be_cut() -> None:
    customer = make_customer(name="n" * 71, address=LONG)
    cut = truncations(customer)
    assert {name: len(value) for name, value in cut.items()} == FIELD_SIZES
    assert truncations(make_customer(name="n" * 70)) == {}
    assert truncations(make_customer(address=Address())) == {}


def test_the_debtor_is_sent_as_the_layout_takes_it() -> None:
    customer = make_customer(name="n" * 71, address=LONG, gender=Gender.MALE)
    debtor = debtor_of(customer)
    assert (debtor.document, debtor.mobile) == (customer.document, customer.mobile)
    assert (debtor.gender, debtor.born_on) == ("MALE", customer.born_on)
    assert (debtor.postal_code, debtor.state_code) == (LONG.postal_code, LONG.state_code)
    sizes = (debtor.name, debtor.street, debtor.district, debtor.city, debtor.complement)
    assert [len(value) for value in sizes] == [70, 45, 20, 25, 25]
    assert len(debtor.street_number) == 10


def test_a_company_is_sent_without_gender_and_birth_date() -> None:
    debtor = debtor_of(make_customer(document=synthetic_cnpj(2)))
    assert (debtor.gender, debtor.born_on) == (None, None)


@pytest.mark.parametrize(
    "gap", ["postal_code", "street", "number", "complement", "district", "city", "state_code"]
)
def test_a_customer_with_gaps_is_never_sent(gap: str) -> None:
    with pytest.raises(ValueError, match="gaps"):
        debtor_of(make_customer(document=synthetic_cpf(3), address=make_address(**{gap: None})))
    with pytest.raises(ValueError, match="gaps"):
        debtor_of(make_customer(mobile=None))
