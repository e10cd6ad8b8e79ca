"""The smallest input of each mutation; `{Kind}` stands for the id of such a record."""

from typing import Any

from api.ids import encode_id
from support.builders import new_id

WRITES: dict[str, dict[str, Any]] = {
    "consult_credit": {"subject": {"customerId": "{Customer}"}},
    "negativate_debtor": {"invoiceId": "{Invoice}"},
    "clear_negativation": {"negativationId": "{Negativation}"},
    "resend_negativation": {"negativationId": "{Negativation}"},
    "rotate_credentials": {
        "integrationId": "{Integration}",
        "kind": "PEFIN",
        "newPassword": "1",
        "confirmation": "1",
    },
    "adopt_credentials": {
        "integrationId": "{Integration}",
        "kind": "PEFIN",
        "newPassword": "1",
        "confirmation": "1",
    },
    "update_credit_parameters": {"enabled": False},
    "create_integration": {
        "branchId": "{Branch}",
        "environment": "HOMOLOGATION",
        "login": "x",
        "responsibleCpf": "x",
    },
    "update_integration": {"integrationId": "{Integration}"},
    "delete_integration": {"integrationId": "{Integration}"},
    "test_integration": {"integrationId": "{Integration}"},
    "link_integration": {"branchId": "{Branch}", "integrationId": "{Integration}"},
    "unlink_integration": {"branchId": "{Branch}", "integrationId": "{Integration}"},
    "create_branch": {"name": "x", "document": "x", "stateCode": "x", "city": "x"},
    "update_branch": {"branchId": "{Branch}"},
    "create_customer": {"branchId": "{Branch}", "name": "x", "document": "x"},
    "update_customer": {"customerId": "{Customer}"},
    "create_lead": {"branchId": "{Branch}", "name": "x"},
    "update_lead": {"leadId": "{Lead}"},
    "create_prospect": {"branchId": "{Branch}", "name": "x"},
    "update_prospect": {"prospectId": "{Prospect}"},
    "create_invoice": {
        "customerId": "{Customer}",
        "amount": "1",
        "issuedOn": "2026-01-01",
        "dueOn": "2026-01-02",
    },
    "update_invoice": {"invoiceId": "{Invoice}"},
    "settle_invoice": {"invoiceId": "{Invoice}", "method": "PIX"},
    "cancel_invoice": {"invoiceId": "{Invoice}"},
    "renegotiate_invoice": {"invoiceId": "{Invoice}"},
    "negativate_debtors": {"invoiceIds": []},
    "resend_negativations": {"negativationIds": []},
    "save_customers": {"rows": []},
    "save_leads": {"rows": []},
    "save_prospects": {"rows": []},
    "save_invoices": {"rows": []},
    "update_collection_parameters": {"branchId": "{Branch}"},
    "run_collection": {},
    "monitor_company": {"branchId": "{Branch}"},
    "stop_monitoring": {"monitorId": "{Monitor}"},
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
