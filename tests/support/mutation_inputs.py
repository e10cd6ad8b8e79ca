"""The smallest input of each mutation, with the scope it needs; `{Kind}` stands for the id of such a record."""

from typing import Any

from api.ids import encode_id
from core.domain.access import Scope
from support.builders import new_id

WRITES: dict[str, tuple[dict[str, Any], Scope]] = {
    "consult_credit": ({"subject": {"customerId": "{Customer}"}}, Scope.CONSULT),
    "negativate_debtor": ({"invoiceId": "{Invoice}"}, Scope.NEGATIVATE),
    "clear_negativation": ({"negativationId": "{Negativation}"}, Scope.CLEAR),
    "resend_negativation": ({"negativationId": "{Negativation}"}, Scope.RESEND),
    "rotate_credentials": (
        {"integrationId": "{Integration}", "kind": "PEFIN", "newPassword": "1", "confirmation": "1"},
        Scope.ROTATE_CREDENTIALS,
    ),
    "adopt_credentials": (
        {"integrationId": "{Integration}", "kind": "PEFIN", "newPassword": "1", "confirmation": "1"},
        Scope.ROTATE_CREDENTIALS,
    ),
    "update_credit_parameters": ({"enabled": False}, Scope.CONFIGURE),
    "create_integration": (
        {"branchId": "{Branch}", "environment": "HOMOLOGATION", "login": "x", "responsibleCpf": "x"},
        Scope.CONFIGURE,
    ),
    "update_integration": ({"integrationId": "{Integration}"}, Scope.CONFIGURE),
    "delete_integration": ({"integrationId": "{Integration}"}, Scope.CONFIGURE),
    "test_integration": ({"integrationId": "{Integration}"}, Scope.CONFIGURE),
    "link_integration": ({"branchId": "{Branch}", "integrationId": "{Integration}"}, Scope.CONFIGURE),
    "unlink_integration": ({"branchId": "{Branch}", "integrationId": "{Integration}"}, Scope.CONFIGURE),
    "create_branch": ({"name": "x", "document": "x", "stateCode": "x", "city": "x"}, Scope.WRITE_RECORDS),
    "update_branch": ({"branchId": "{Branch}"}, Scope.WRITE_RECORDS),
    "create_customer": ({"branchId": "{Branch}", "name": "x", "document": "x"}, Scope.WRITE_RECORDS),
    "update_customer": ({"customerId": "{Customer}"}, Scope.WRITE_RECORDS),
    "create_lead": ({"branchId": "{Branch}", "name": "x"}, Scope.WRITE_RECORDS),
    "update_lead": ({"leadId": "{Lead}"}, Scope.WRITE_RECORDS),
    "create_prospect": ({"branchId": "{Branch}", "name": "x"}, Scope.WRITE_RECORDS),
    "update_prospect": ({"prospectId": "{Prospect}"}, Scope.WRITE_RECORDS),
    "create_invoice": (
        {"customerId": "{Customer}", "amount": "1", "issuedOn": "2026-01-01", "dueOn": "2026-01-02"},
        Scope.WRITE_RECORDS,
    ),
    "update_invoice": ({"invoiceId": "{Invoice}"}, Scope.WRITE_RECORDS),
    "settle_invoice": ({"invoiceId": "{Invoice}", "method": "PIX"}, Scope.WRITE_RECORDS),
    "cancel_invoice": ({"invoiceId": "{Invoice}"}, Scope.WRITE_RECORDS),
    "renegotiate_invoice": ({"invoiceId": "{Invoice}"}, Scope.WRITE_RECORDS),
    "negativate_debtors": ({"invoiceIds": []}, Scope.NEGATIVATE),
    "resend_negativations": ({"negativationIds": []}, Scope.RESEND),
    "save_customers": ({"rows": []}, Scope.WRITE_RECORDS),
    "save_leads": ({"rows": []}, Scope.WRITE_RECORDS),
    "save_prospects": ({"rows": []}, Scope.WRITE_RECORDS),
    "save_invoices": ({"rows": []}, Scope.WRITE_RECORDS),
    "update_collection_parameters": ({"branchId": "{Branch}"}, Scope.CONFIGURE),
    "run_collection": ({}, Scope.RUN_COLLECTION),
    "monitor_company": ({"branchId": "{Branch}"}, Scope.MONITOR),
    "stop_monitoring": ({"monitorId": "{Monitor}"}, Scope.MONITOR),
}


def with_ids(value: Any) -> Any:
    """The value with ids, of records that need not exist, in the place of `{Kind}`."""
    if isinstance(value, dict):
        return {name: with_ids(inside) for name, inside in value.items()}
    if isinstance(value, str) and value.startswith("{"):
        return encode_id(value.strip("{}"), new_id())
    return value


def graphql_name(python_name: str) -> str:
    """The name of a mutation in the schema."""
    head, *tail = python_name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def mutation_document(python_name: str, selection: str) -> str:
    """A document that calls a mutation with the variable `$input`."""
    name = graphql_name(python_name)
    title = name[0].upper() + name[1:]
    return f"mutation ($input: {title}Input!) {{ {name}(input: $input) {{ {selection} }} }}"
