"""What a plan may select of each type. It says the same as the types' `of` does, and a test keeps the two together."""

from collections.abc import Mapping

from api.execution.fields import (
    HOLDER,
    Field,
    Inside,
    Many,
    One,
    Parsed,
    Shape,
    Value,
    day,
    document,
    global_id,
    instant,
    money,
    one_of,
    personal,
    text,
    told,
    told_in_report,
    told_of_debtor,
    truth,
)
from api.lists import CONSULTATIONS, INVOICES, NEGATIVATIONS
from core.domain.access import Scope
from core.domain.bureau import Environment, FailureClass
from core.domain.consultation import ConsultationOutcome, ConsultationPurpose
from core.domain.integration import Intermediary
from core.domain.invoice import InvoiceStatus, SettlementMethod
from core.domain.listing import (
    ConsultationFilter,
    ConsultationOrderField,
    InvoiceFilter,
    InvoiceOrder,
    NegativationFilter,
    NegativationOrder,
)
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.paging import Direction, Order
from core.domain.plans import ConsultationPlan, IntegrationPlan
from core.domain.states import StateCode
from core.domain.subjects import Gender, NegativationHold, SubjectKind
from ports.rows import ListName

_DEBTOR_DOCUMENT: Mapping[str, Field] = {
    "kind": Value(columns=("kind",)),
    "number": Value(columns=("number",), template="({0} if whole else masked({0}))"),
    "formatted": Value(columns=("number",), template="(formatted({0}) if whole else masked({0}))"),
    "masked": Value(template="(not whole)"),
}

_DEBTOR: Mapping[str, Field] = {
    "document": Parsed(column="document", type="Document", fields=_DEBTOR_DOCUMENT),
    "name": personal("name", "name"),
    "gender": one_of(Gender, "gender", nullable=True),
    "bornOn": personal("day", "born_on"),
    "mobile": personal("phone", "mobile"),
    "postalCode": personal("detail", "postal_code"),
    "street": personal("detail", "street"),
    "streetNumber": personal("detail", "street_number"),
    "complement": personal("detail", "complement"),
    "district": text("district"),
    "city": text("city"),
    "stateCode": one_of(StateCode, "state_code"),
}

_CODES = Parsed(
    column="codes",
    type="BureauCode",
    fields={"code": text("code"), "description": told_of_debtor("description")},
    each=True,
    json=True,
)

_AMOUNT: Mapping[str, Field] = {
    "amount": Value(columns=("centavos",), template="money({0})"),
    "currency": Value(template="'BRL'"),
}

_ENTRY: Mapping[str, Field] = {
    "occurredOn": day("occurred_on"),
    "amount": Parsed(column="amount", type="Money", fields=_AMOUNT),
    "origin": told_in_report("origin"),
    "modality": told_in_report("modality"),
    "reference": told_in_report("reference"),
    "city": told_in_report("city"),
    "stateCode": told_in_report("state_code"),
    "guarantor": text("guarantor"),
    "subJudice": text("sub_judice"),
}

_BLOCK: Mapping[str, Field] = {
    "count": text("count"),
    "total": Parsed(column="total", type="Money", fields=_AMOUNT),
    "firstOn": day("first_on"),
    "lastOn": day("last_on"),
    "message": told_in_report("message"),
    "entries": Parsed(column="entries", type="ReportEntry", fields=_ENTRY, each=True),
}


def _block(column: str) -> Parsed:
    return Parsed(column=column, type="ReportBlock", fields=_BLOCK)


_REPORT: Mapping[str, Field] = {
    "identity": Parsed(
        column="identity",
        type="ReportIdentity",
        fields={
            "name": personal("name", "name", HOLDER),
            "birthOrFoundationOn": personal("day", "birth_or_foundation_on", HOLDER),
            "documentStatus": told_in_report("document_status"),
            "motherName": personal("name", "mother_name", HOLDER),
        },
    ),
    "score": Parsed(
        column="score",
        type="Score",
        fields={"value": text("value"), "band": Value(columns=("value",), template="band({0})")},
    ),
    "pendingDebts": _block("pending_debts"),
    "protests": _block("protests"),
    "badCheques": _block("bad_cheques"),
    "lawsuits": _block("lawsuits"),
    "bankruptcies": _block("bankruptcies"),
    "earlierQueries": _block("earlier_queries"),
}


def _page(name: str, *, also: str = "") -> Value:
    return Value(
        columns=("outcome", "number"),
        template=f"(link(f'/consultations/{{{{{{1}}}}}}/{name}') if {{0}} == 'SUCCEEDED'{also} else None)",
    )


BRANCH: Shape = Shape(
    type="Branch",
    of=ListName.BRANCHES,
    branch="id",
    fields={
        "id": global_id("Branch", repeated=True),
        "number": text("number"),
        "externalId": text("external_id"),
        "name": text("name"),
        "document": document("document"),
        "stateCode": one_of(StateCode, "state_code"),
        "city": text("city"),
        "requiresRescission": truth("requires_rescission"),
        "dailyConsultationBudget": text("daily_consultation_budget"),
        "createdAt": instant("created_at"),
        "updatedAt": instant("updated_at"),
        "integration": One(reference="integration", shape=lambda: INTEGRATION),
    },
)

INTEGRATION: Shape = Shape(
    type="Integration",
    of=ListName.INTEGRATIONS,
    fields={
        "id": global_id("Integration", repeated=True),
        "number": text("number"),
        "intermediary": one_of(Intermediary, "intermediary"),
        "environment": one_of(Environment, "environment"),
        "login": text("login"),
        "plan": one_of(IntegrationPlan, "plan"),
        "sendSmsOnInclusion": truth("send_sms_on_inclusion"),
        "responsibleCpf": document("responsible_cpf"),
        "createdAt": instant("created_at"),
        "updatedAt": instant("updated_at"),
        "deletedAt": instant("deleted_at", nullable=True),
        "branch": One(reference="branch", shape=lambda: BRANCH, branch="id", required=True),
    },
)

_BRANCH = One(reference="branch", shape=lambda: BRANCH, branch="id", required=True)
_INTEGRATION = One(reference="integration", shape=lambda: INTEGRATION)
_CUSTOMER = One(reference="customer", shape=lambda: CUSTOMER)

_CONSULTATIONS = Many(
    kind=CONSULTATIONS,
    of=ListName.CONSULTATIONS,
    type="ConsultationConnection",
    shape=lambda: CONSULTATION,
    matching=lambda context, record_id: ConsultationFilter(
        branch_ids=context.caller.branch_ids, subject_id=record_id
    ),
    order=Order(ConsultationOrderField.NUMBER, Direction.DESC),
    scopes=(Scope.READ_CONSULTATIONS,),
)

CUSTOMER: Shape = Shape(
    type="Customer",
    of=ListName.CUSTOMERS,
    fields={
        "id": global_id("Customer"),
        "number": text("number"),
        "externalId": text("external_id"),
        "name": personal("name", "name"),
        "document": document("document"),
        "gender": one_of(Gender, "gender", nullable=True),
        "bornOn": personal("day", "born_on"),
        "mobile": personal("phone", "mobile"),
        "email": personal("email", "email"),
        "address": Inside(
            type="Address",
            fields={
                "postalCode": personal("detail", "postal_code"),
                "street": personal("detail", "street"),
                "number": personal("detail", "street_number"),
                "complement": personal("detail", "complement"),
                "district": text("district"),
                "city": text("city"),
                "stateCode": one_of(StateCode, "state_code", nullable=True),
            },
        ),
        "hold": one_of(NegativationHold, "hold", nullable=True),
        "createdAt": instant("created_at"),
        "updatedAt": instant("updated_at"),
        "branch": _BRANCH,
        "consultations": _CONSULTATIONS,
        "negativations": Many(
            kind=NEGATIVATIONS,
            of=ListName.NEGATIVATIONS,
            type="NegativationConnection",
            shape=lambda: NEGATIVATION,
            matching=lambda context, record_id: NegativationFilter(
                branch_ids=context.caller.branch_ids, customer_id=record_id
            ),
            order=Order(NegativationOrder.NUMBER, Direction.DESC),
        ),
        "invoices": Many(
            kind=INVOICES,
            of=ListName.INVOICES,
            type="InvoiceConnection",
            shape=lambda: INVOICE,
            matching=lambda context, record_id: InvoiceFilter(
                branch_ids=context.caller.branch_ids, customer_id=record_id
            ),
            order=Order(InvoiceOrder.DUE_ON, Direction.DESC),
        ),
    },
)


def _contact(type_name: str, of: ListName) -> Shape:
    return Shape(
        type=type_name,
        of=of,
        fields={
            "id": global_id(type_name),
            "number": text("number"),
            "externalId": text("external_id"),
            "name": personal("name", "name"),
            "document": document("document", nullable=True),
            "stateCode": one_of(StateCode, "state_code", nullable=True),
            "phone": personal("phone", "phone"),
            "email": personal("email", "email"),
            "createdAt": instant("created_at"),
            "updatedAt": instant("updated_at"),
            "branch": _BRANCH,
            "consultations": _CONSULTATIONS,
        },
    )


LEAD = _contact("Lead", ListName.LEADS)
PROSPECT = _contact("Prospect", ListName.PROSPECTS)

INVOICE: Shape = Shape(
    type="Invoice",
    of=ListName.INVOICES,
    fields={
        "id": global_id("Invoice"),
        "number": text("number"),
        "externalId": text("external_id"),
        "contractNumber": text("contract_number"),
        "amount": money("amount_centavos"),
        "issuedOn": day("issued_on"),
        "dueOn": day("due_on"),
        "status": one_of(InvoiceStatus, "status"),
        "closedOn": day("closed_on"),
        "settlementMethod": one_of(SettlementMethod, "settlement_method", nullable=True),
        "contractRescindedOn": day("contract_rescinded_on"),
        "createdAt": instant("created_at"),
        "updatedAt": instant("updated_at"),
        "branch": _BRANCH,
        "customer": _CUSTOMER,
    },
)

CONSULTATION: Shape = Shape(
    type="Consultation",
    of=ListName.CONSULTATIONS,
    fields={
        "id": global_id("Consultation"),
        "number": text("number"),
        "subjectKind": one_of(SubjectKind, "subject_kind"),
        "document": document("document"),
        "stateCode": one_of(StateCode, "state_code", nullable=True),
        "plan": one_of(ConsultationPlan, "plan"),
        "environment": one_of(Environment, "environment"),
        "purpose": one_of(ConsultationPurpose, "purpose", nullable=True),
        "outcome": one_of(ConsultationOutcome, "outcome"),
        "performedAt": instant("performed_at"),
        "performedBy": text("performed_by"),
        "repeatConfirmed": truth("repeat_confirmed"),
        "protocol": text("protocol"),
        "billable": truth("billable"),
        "cost": money("cost_centavos", nullable=True),
        "failure": one_of(FailureClass, "failure", nullable=True),
        "bureauCode": text("bureau_code"),
        "bureauMessage": told("bureau_message"),
        "branch": _BRANCH,
        "integration": _INTEGRATION,
        "report": Parsed(column="report.report", type="CreditReport", fields=_REPORT, json=True),
        "originalUrl": _page("original", also=" and whole"),
        "printUrl": _page("report.html"),
        "pdfUrl": _page("report.pdf"),
    },
)

NEGATIVATION: Shape = Shape(
    type="Negativation",
    of=ListName.NEGATIVATIONS,
    fields={
        "id": global_id("Negativation"),
        "number": text("number"),
        "environment": one_of(Environment, "environment"),
        "form": one_of(NegativationForm, "form"),
        "status": one_of(NegativationStatus, "status"),
        "live": truth("live"),
        "debtor": Parsed(column="debtor", type="Debtor", fields=_DEBTOR, json=True),
        "contractNumber": text("contract"),
        "amount": money("amount_centavos"),
        "dueOn": day("due_on"),
        "expiresOn": day("expires_on"),
        "restrictionCode": text("restriction_code"),
        "sendSms": truth("send_sms"),
        "responsibleCpf": document("responsible_cpf"),
        "clearing": Inside(
            type="Clearing",
            fields={
                "code": text("clearing_code"),
                "requestedAt": instant("clearing_requested_at"),
                "requestedBy": Value(columns=("clearing_requested_by",), template="({0} or '')"),
            },
            absent="clearing_code",
        ),
        "clearingDueOn": day("clearing_due_on"),
        "protocol": text("protocol"),
        "codes": _CODES,
        "createdAt": instant("created_at"),
        "createdBy": text("created_by"),
        "updatedAt": instant("updated_at"),
        "invoice": One(reference="invoice", shape=lambda: INVOICE),
        "customer": _CUSTOMER,
        "branch": _BRANCH,
        "integration": _INTEGRATION,
        "replaces": One(reference="replaces", shape=lambda: NEGATIVATION),
    },
)
