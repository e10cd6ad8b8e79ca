"""Consult a CPF or CNPJ (consultar CPF/CNPJ)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.bureau import BureauRejectedError, BureauUnavailableError, CredentialsRefusedError
from api.errors.general import (
    ConflictError,
    ConsultationBudgetExceededError,
    CreditAnalysisDisabledError,
    IdempotencyConflictError,
    IntegrationNotLinkedError,
    InvalidInputError,
    NotFoundError,
    PlanNotAllowedError,
    PlanRequiredError,
)
from api.errors.records import RepeatConsultationWarning
from api.fields import mutation
from api.idempotency import REPEATABLE
from api.inputs import InputReader
from api.permissions import needs
from api.types.consultation import Consultation
from core.domain.access import Scope
from core.domain.consultation import ConsultationPurpose
from core.domain.plans import ConsultationPlan
from core.use_cases.consult_credit import ConsultCreditCommand
from core.use_cases.consultation_subject import (
    ConsultationSubject,
    CustomerSubject,
    DocumentSubject,
    LeadSubject,
    ProspectSubject,
)


@strawberry.input(description="A bare document to consult (consultar por CPF ou CNPJ).")
class ConsultationDocumentInput:
    branch_id: strawberry.ID = strawberry.field(
        description="The branch in whose name, with a linked integration (filial)."
    )
    number: str = strawberry.field(
        description="CPF or CNPJ, numeric or alphanumeric, with or without punctuation (CPF/CNPJ)."
    )
    state_code: str | None = strawberry.field(
        default=None, description="The state the person lives in: required with a CPF (UF)."
    )


@strawberry.input(one_of=True, description="Whom to consult (Consultar por): exactly one of these.")
class ConsultationSubjectInput:
    customer_id: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="A customer; document, state and branch come from the record (cliente)."
    )
    lead_id: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="A lead; document, state and branch come from the record (lead)."
    )
    prospect_id: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="A prospect; document, state and branch come from the record (prospecção)."
    )
    document: strawberry.Maybe[ConsultationDocumentInput] = strawberry.field(
        description="A bare document (CPF/CNPJ)."
    )


@strawberry.input(description="What consultCredit wants to know (dados da consulta).")
class ConsultCreditInput:
    subject: ConsultationSubjectInput = strawberry.field(
        description="Whom to consult: exactly one of the fields (Consultar por)."
    )
    plan: ConsultationPlan | None = strawberry.field(
        default=None,
        description="The kind of report (plano de consulta): needed when the integration is set to ALL (Todos), else only the integration's own.",
    )
    confirm_repeat: bool = strawberry.field(
        default=False,
        description="Consult, and pay, in spite of the repeat warning (confirmar nova consulta).",
    )
    purpose: ConsultationPurpose = strawberry.field(
        default=ConsultationPurpose.CREDIT_GRANTING,
        description="Why (finalidade): recorded with the consultation and in the audit trail (LGPD art. 37).",
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=REPEATABLE,
    )


@strawberry.type(description="The consultation was made (consulta realizada).")
class ConsultCreditSuccess:
    consultation: Consultation = strawberry.field(description="The consultation with its report (consulta).")


ConsultCreditResult = Annotated[
    ConsultCreditSuccess
    | RepeatConsultationWarning
    | ConsultationBudgetExceededError
    | PlanRequiredError
    | PlanNotAllowedError
    | CreditAnalysisDisabledError
    | IntegrationNotLinkedError
    | CredentialsRefusedError
    | BureauRejectedError
    | BureauUnavailableError
    | InvalidInputError
    | NotFoundError
    | ConflictError
    | IdempotencyConflictError,
    strawberry.union("ConsultCreditResult", description="What came of consultCredit (resultado)."),
]


def _read(subject: ConsultationSubjectInput, reader: InputReader) -> ConsultationSubject:
    if subject.customer_id is not None:
        return CustomerSubject(reader.id("Customer", subject.customer_id.value, "subject", "customerId"))
    if subject.lead_id is not None:
        return LeadSubject(reader.id("Lead", subject.lead_id.value, "subject", "leadId"))
    if subject.prospect_id is not None:
        return ProspectSubject(reader.id("Prospect", subject.prospect_id.value, "subject", "prospectId"))
    if subject.document is None:
        raise ValueError("a subject without a field passed the validation")
    document = subject.document.value
    branch_id = reader.id("Branch", document.branch_id, "subject", "document", "branchId")
    return DocumentSubject(branch_id, document.number, document.state_code)


@mutation(
    "Consults a CPF or CNPJ at the credit bureau (consultar CPF/CNPJ). Every successful consultation is BILLED; the document and the state go to the bureau. Whatever can be seen to be wrong beforehand is refused without asking it, and inside the repeat interval the answer is a warning until `confirmRepeat` is given.",
    permission=needs(Scope.CONSULT),
)
async def consult_credit(
    info: Info,
    data: Annotated[
        ConsultCreditInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> ConsultCreditResult:
    reader = InputReader()
    subject = _read(data.subject, reader)
    reader.raise_if_any()
    await info.context.admit_paid()
    consulted = await info.context.use_cases.consult_credit(
        ConsultCreditCommand(
            caller=info.context.caller,
            subject=subject,
            plan=data.plan,
            confirm_repeat=data.confirm_repeat,
            purpose=data.purpose,
            idempotency_key=data.idempotency_key,
        )
    )
    return ConsultCreditSuccess(consultation=Consultation.of(consulted.consultation, consulted.report))
