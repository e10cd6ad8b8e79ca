"""What a plan may select: for each field, the columns that it is made of and how. It says the same as the types' `of` does.

A template is a piece of Python in which `{0}` stands for the value of the first column, and so on; the functions in it are
those of `execution.functions`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias
from uuid import UUID

from api.context import Context
from api.lists import CONSULTATIONS, INVOICES, NEGATIVATIONS
from api.paging import ListKind
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A field without fields. enum: whose names the column's values become."""

    columns: tuple[str, ...] = ()
    template: str = "{0}"
    enum: type[Enum] | None = None
    nullable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """An object made of columns of the same record; null where `absent` is."""

    type: str
    fields: "Mapping[str, Field]"
    absent: str | None = None


HOLDER = "^document"
"""The record's own column, from inside a JSON value of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An object (`each`: a list of objects) inside a JSON value; its columns are the object's keys. json: the column
    holds text that must be parsed first.
    """

    column: str
    type: str
    fields: "Mapping[str, Field]"
    each: bool = False
    json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A record that this one refers to, by the word under which the reader of rows knows the reference.

    branch: the column of that record which says where it lies; outside the caller's branches it is null, or where it never
    is (`required`) the plan gives up.
    """

    reference: str
    shape: "Callable[[], Shape]"
    branch: str = "branch_id"
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A list inside the record. scopes: what it needs besides; a caller without them gets an error, which no plan can tell."""

    kind: ListKind[Any, Any, Any]
    of: ListName
    type: str
    shape: "Callable[[], Shape]"
    matching: Callable[[Context, UUID], Any]
    order: Order[Any]
    scopes: tuple[Scope, ...] = ()


Field: TypeAlias = Value | Inside | Parsed | One | Many


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A type whose records are rows of a list. branch: the column that tells in which branch a record lies."""

    type: str
    of: ListName
    fields: Mapping[str, Field]
    branch: str = "branch_id"


def _text(column: str) -> Value:
    return Value(columns=(column,))


def _day(column: str) -> Value:
    return Value(columns=(column,))


def _instant(column: str, *, nullable: bool = False) -> Value:
    return Value(columns=(column,), template="instant({0})", nullable=nullable)


def _truth(column: str) -> Value:
    return Value(columns=(column,), template="truth({0})")


def _personal(mask: str, column: str, holder: str = "document") -> Value:
    """holder: whose document tells whether it is personal data."""
    return Value(
        columns=(column, holder),
        template=f"({{0}} if whole or {{0}} is None else personal_{mask}({{0}}, {{1}}))",
    )


def _one_of(enum: type[Enum], column: str, *, nullable: bool = False) -> Value:
    return Value(columns=(column,), enum=enum, nullable=nullable)


def _id(type_name: str) -> Value:
    return Value(columns=("id",), template=f"global_id({type_name!r}, {{0}})")


def _money(column: str, *, nullable: bool = False) -> Inside:
    return Inside(
        type="Money",
        fields={
            "amount": Value(columns=(column,), template="money({0})"),
            "currency": Value(template="'BRL'"),
        },
        absent=column if nullable else None,
    )


def _document(column: str, *, nullable: bool = False) -> Inside:
    return Inside(
        type="Document",
        fields={
            "kind": Value(columns=(column,), template="kind_of({0})"),
            "number": Value(columns=(column,), template="({0} if whole else masked({0}))"),
            "formatted": Value(columns=(column,), template="(formatted({0}) if whole else masked({0}))"),
            "masked": Value(template="(not whole)"),
        },
        absent=column if nullable else None,
    )


_DEBTOR_DOCUMENT: Mapping[str, Field] = {
    "kind": Value(columns=("kind",)),
    "number": Value(columns=("number",), template="({0} if whole else masked({0}))"),
    "formatted": Value(columns=("number",), template="(formatted({0}) if whole else masked({0}))"),
    "masked": Value(template="(not whole)"),
}

_DEBTOR: Mapping[str, Field] = {
    "document": Parsed(column="document", type="Document", fields=_DEBTOR_DOCUMENT),
    "name": _personal("name", "name"),
    "gender": _one_of(Gender, "gender", nullable=True),
    "bornOn": _personal("day", "born_on"),
    "mobile": _personal("phone", "mobile"),
    "postalCode": _personal("detail", "postal_code"),
    "street": _personal("detail", "street"),
    "streetNumber": _personal("detail", "street_number"),
    "complement": _personal("detail", "complement"),
    "district": _text("district"),
    "city": _text("city"),
    "stateCode": _one_of(StateCode, "state_code"),
}

_CODES = Parsed(
    column="codes",
    type="BureauCode",
    fields={"code": _text("code"), "description": _text("description")},
    each=True,
    json=True,
)

_AMOUNT: Mapping[str, Field] = {
    "amount": Value(columns=("centavos",), template="money({0})"),
    "currency": Value(template="'BRL'"),
}

_ENTRY: Mapping[str, Field] = {
    "occurredOn": _day("occurred_on"),
    "amount": Parsed(column="amount", type="Money", fields=_AMOUNT),
    "origin": _text("origin"),
    "modality": _text("modality"),
    "reference": _text("reference"),
    "city": _text("city"),
    "stateCode": _text("state_code"),
    "guarantor": _text("guarantor"),
    "subJudice": _text("sub_judice"),
}

_BLOCK: Mapping[str, Field] = {
    "count": _text("count"),
    "total": Parsed(column="total", type="Money", fields=_AMOUNT),
    "firstOn": _day("first_on"),
    "lastOn": _day("last_on"),
    "message": _text("message"),
    "entries": Parsed(column="entries", type="ReportEntry", fields=_ENTRY, each=True),
}


def _block(column: str) -> Parsed:
    return Parsed(column=column, type="ReportBlock", fields=_BLOCK)


_REPORT: Mapping[str, Field] = {
    "identity": Parsed(
        column="identity",
        type="ReportIdentity",
        fields={
            "name": _personal("name", "name", HOLDER),
            "birthOrFoundationOn": _personal("day", "birth_or_foundation_on", HOLDER),
            "documentStatus": _text("document_status"),
            "motherName": _personal("name", "mother_name", HOLDER),
        },
    ),
    "score": Parsed(
        column="score",
        type="Score",
        fields={"value": _text("value"), "band": Value(columns=("value",), template="band({0})")},
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
        "id": _id("Branch"),
        "number": _text("number"),
        "externalId": _text("external_id"),
        "name": _text("name"),
        "document": _document("document"),
        "stateCode": _one_of(StateCode, "state_code"),
        "city": _text("city"),
        "requiresRescission": _truth("requires_rescission"),
        "dailyConsultationBudget": _text("daily_consultation_budget"),
        "createdAt": _instant("created_at"),
        "updatedAt": _instant("updated_at"),
        "integration": One(reference="integration", shape=lambda: INTEGRATION),
    },
)

INTEGRATION: Shape = Shape(
    type="Integration",
    of=ListName.INTEGRATIONS,
    fields={
        "id": _id("Integration"),
        "number": _text("number"),
        "intermediary": _one_of(Intermediary, "intermediary"),
        "environment": _one_of(Environment, "environment"),
        "login": _text("login"),
        "plan": _one_of(IntegrationPlan, "plan"),
        "sendSmsOnInclusion": _truth("send_sms_on_inclusion"),
        "responsibleCpf": _document("responsible_cpf"),
        "createdAt": _instant("created_at"),
        "updatedAt": _instant("updated_at"),
        "deletedAt": _instant("deleted_at", nullable=True),
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
        "id": _id("Customer"),
        "number": _text("number"),
        "externalId": _text("external_id"),
        "name": _personal("name", "name"),
        "document": _document("document"),
        "gender": _one_of(Gender, "gender", nullable=True),
        "bornOn": _personal("day", "born_on"),
        "mobile": _personal("phone", "mobile"),
        "email": _personal("email", "email"),
        "address": Inside(
            type="Address",
            fields={
                "postalCode": _personal("detail", "postal_code"),
                "street": _personal("detail", "street"),
                "number": _personal("detail", "street_number"),
                "complement": _personal("detail", "complement"),
                "district": _text("district"),
                "city": _text("city"),
                "stateCode": _one_of(StateCode, "state_code", nullable=True),
            },
        ),
        "hold": _one_of(NegativationHold, "hold", nullable=True),
        "createdAt": _instant("created_at"),
        "updatedAt": _instant("updated_at"),
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
            "id": _id(type_name),
            "number": _text("number"),
            "externalId": _text("external_id"),
            "name": _personal("name", "name"),
            "document": _document("document", nullable=True),
            "stateCode": _one_of(StateCode, "state_code", nullable=True),
            "phone": _personal("phone", "phone"),
            "email": _personal("email", "email"),
            "createdAt": _instant("created_at"),
            "updatedAt": _instant("updated_at"),
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
        "id": _id("Invoice"),
        "number": _text("number"),
        "externalId": _text("external_id"),
        "contractNumber": _text("contract_number"),
        "amount": _money("amount_centavos"),
        "issuedOn": _day("issued_on"),
        "dueOn": _day("due_on"),
        "status": _one_of(InvoiceStatus, "status"),
        "closedOn": _day("closed_on"),
        "settlementMethod": _one_of(SettlementMethod, "settlement_method", nullable=True),
        "contractRescindedOn": _day("contract_rescinded_on"),
        "createdAt": _instant("created_at"),
        "updatedAt": _instant("updated_at"),
        "branch": _BRANCH,
        "customer": _CUSTOMER,
    },
)

CONSULTATION: Shape = Shape(
    type="Consultation",
    of=ListName.CONSULTATIONS,
    fields={
        "id": _id("Consultation"),
        "number": _text("number"),
        "subjectKind": _one_of(SubjectKind, "subject_kind"),
        "document": _document("document"),
        "stateCode": _one_of(StateCode, "state_code", nullable=True),
        "plan": _one_of(ConsultationPlan, "plan"),
        "environment": _one_of(Environment, "environment"),
        "purpose": _one_of(ConsultationPurpose, "purpose", nullable=True),
        "outcome": _one_of(ConsultationOutcome, "outcome"),
        "performedAt": _instant("performed_at"),
        "performedBy": _text("performed_by"),
        "repeatConfirmed": _truth("repeat_confirmed"),
        "protocol": _text("protocol"),
        "billable": _truth("billable"),
        "cost": _money("cost_centavos", nullable=True),
        "failure": _one_of(FailureClass, "failure", nullable=True),
        "bureauCode": _text("bureau_code"),
        "bureauMessage": _text("bureau_message"),
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
        "id": _id("Negativation"),
        "number": _text("number"),
        "environment": _one_of(Environment, "environment"),
        "form": _one_of(NegativationForm, "form"),
        "status": _one_of(NegativationStatus, "status"),
        "live": _truth("live"),
        "debtor": Parsed(column="debtor", type="Debtor", fields=_DEBTOR, json=True),
        "contractNumber": _text("contract"),
        "amount": _money("amount_centavos"),
        "dueOn": _day("due_on"),
        "expiresOn": _day("expires_on"),
        "restrictionCode": _text("restriction_code"),
        "sendSms": _truth("send_sms"),
        "responsibleCpf": _document("responsible_cpf"),
        "clearing": Inside(
            type="Clearing",
            fields={
                "code": _text("clearing_code"),
                "requestedAt": _instant("clearing_requested_at"),
                "requestedBy": Value(columns=("clearing_requested_by",), template="({0} or '')"),
            },
            absent="clearing_code",
        ),
        "clearingDueOn": _day("clearing_due_on"),
        "protocol": _text("protocol"),
        "codes": _CODES,
        "createdAt": _instant("created_at"),
        "createdBy": _text("created_by"),
        "updatedAt": _instant("updated_at"),
        "invoice": One(reference="invoice", shape=lambda: INVOICE),
        "customer": _CUSTOMER,
        "branch": _BRANCH,
        "integration": _INTEGRATION,
        "replaces": One(reference="replaces", shape=lambda: NEGATIVATION),
    },
)
