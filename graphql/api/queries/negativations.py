"""Negativations, what may be negativated, and the provider's code tables."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Info
from api.errors.base import EligibilityReason
from api.fields import query
from api.ids import decode_id
from api.inputs import InputReader
from api.lists import CLEARING_TASKS, NEGATIVATIONS
from api.paging import After, Before, First, Last, PageArguments, read_connection
from api.permissions import needs
from api.texts.languages import Language
from api.types.filters import NegativationFilterInput
from api.types.invoice import Invoice
from api.types.negativation import BureauCode, Negativation, NegativationConnection
from api.types.orders import ClearingTaskOrderInput, NegativationOrderInput
from api.types.routine_filters import ClearingTaskFilterInput
from core.domain.access import Scope
from core.domain.code_tables import CodeTable
from core.domain.listing import ClearingTaskOrder, NegativationFilter, NegativationOrder
from core.domain.masking import Masking
from core.domain.subjects import Customer
from core.use_cases.assess_eligibility import MAX_INVOICES, AssessEligibilityCommand, Assessment
from core.use_cases.bureau_codes import BureauCodesCommand

BranchArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The branch whose integration's table is meant (filial).")
]


@query(
    "The negativations, latest first (relatório de negativações). With `filter: {status: [REJECTED, …]}` the error "
    "inbox (negativações com erro).",
    permission=needs(Scope.READ),
)
async def negativations(
    info: Info,
    matching: Annotated[
        NegativationFilterInput | None,
        strawberry.argument(name="filter", description="Which of them (filtro)."),
    ] = None,
    order_by: Annotated[
        NegativationOrderInput | None,
        strawberry.argument(description="The order; by number, latest first, unless given (ordenação)."),
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> NegativationConnection:
    context = info.context
    wanted = (matching or NegativationFilterInput()).read(context.caller)
    order = (order_by or NegativationOrderInput(field=NegativationOrder.NUMBER)).order()
    page = PageArguments(first=first, after=after, last=last, before=before)
    found = await read_connection(context, NEGATIVATIONS, wanted, order, page, Negativation.of)
    return NegativationConnection.of(found, wanted)


@query(
    "What somebody must clear (baixas pendentes): the live negativations whose invoice was settled, cancelled or "
    "renegotiated and whose clearing nobody asked for yet, by `clearingDueOn` (Súmula STJ 548), the most urgent "
    "first. `clearNegativation` clears them; AUTOMATIC ones the collection routine clears by itself where it is "
    "switched on.",
    permission=needs(Scope.READ),
)
async def clearing_tasks(
    info: Info,
    matching: Annotated[
        ClearingTaskFilterInput | None,
        strawberry.argument(name="filter", description="Which of them (filtro)."),
    ] = None,
    order_by: Annotated[
        ClearingTaskOrderInput | None,
        strawberry.argument(description="The order; the earliest deadline first, unless given (ordenação)."),
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> NegativationConnection:
    context = info.context
    wanted = (matching or ClearingTaskFilterInput()).read(context.caller)
    order = (order_by or ClearingTaskOrderInput(field=ClearingTaskOrder.DUE_ON)).order()
    page = PageArguments(first=first, after=after, last=last, before=before)
    found = await read_connection(context, CLEARING_TASKS, wanted, order, page, Negativation.of)
    alike = NegativationFilter(branch_ids=wanted.branch_ids, form=wanted.form, clearing_due=True)
    return NegativationConnection.of(found, alike)


@strawberry.type(
    description="A field that will be cut to the bureau's layout when it is sent (campo que será cortado)."
)
class Truncation:
    field: str = strawberry.field(description="The customer's field, such as `address.street` (campo).")
    value: str = strawberry.field(
        description="As it will be sent (como será enviado). A person's is masked like the field itself for a token without "
        "WHOLE_DOCUMENTS."
    )

    @classmethod
    def of(cls, field: str, value: str, customer: Customer, masking: Masking) -> "Truncation":
        """The customer's field as the schema shows it."""
        if field == "name":
            # What is cut off a CPF leaves one that no mask knows: so first the mask, then the cut.
            value = masking.name(customer.name)[: len(value)]
        elif field in _DETAILS:
            value = masking.detail(value)
        return cls(field=field, value=value)


_DETAILS = frozenset({"address.street", "address.number", "address.complement"})


@strawberry.type(description="Whether an invoice may be negativated (pode ser negativado).")
class NegativationEligibility:
    invoice: Invoice = strawberry.field(description="The invoice (boleto).")
    allowed: bool = strawberry.field(description="Whether nothing forbids it (permitida).")
    reasons: list[EligibilityReason] = strawberry.field(
        description="Everything that forbids it, not only the first (motivos); empty when it is allowed."
    )
    truncations: list[Truncation] = strawberry.field(
        description="What would be cut to the bureau's field sizes (avisos de corte)."
    )
    expires_on: date = strawberry.field(
        description="The day by which the negativation would have to be gone (expira em)."
    )

    @classmethod
    def of(cls, assessment: Assessment, language: Language, *, whole: bool) -> "NegativationEligibility":
        """The assessment as the schema shows it; whole: to those who may see documents whole."""
        customer = assessment.customer
        masking = Masking.of(customer.document, whole=whole)
        return cls(
            invoice=Invoice.of(assessment.invoice),
            allowed=assessment.allowed,
            reasons=[EligibilityReason.of(reason, language) for reason in assessment.reasons],
            truncations=[
                Truncation.of(name, value, customer, masking)
                for name, value in sorted(assessment.warnings.items())
            ],
            expires_on=assessment.expires_on,
        )


@query(
    "A dry look before negativating (pré-análise): one answer per invoice, in their order, with all reasons against "
    "it. Nothing is sent and nothing is billed.",
    permission=needs(Scope.READ),
)
async def negativation_eligibility(
    info: Info,
    invoice_ids: Annotated[
        list[strawberry.ID],
        strawberry.argument(description=f"The invoices to look at, at most {MAX_INVOICES} (boletos)."),
    ],
    restriction_code: Annotated[
        str | None,
        strawberry.argument(
            description="The code that would be given (código de restrição); the integration's default unless given."
        ),
    ] = None,
) -> list[NegativationEligibility]:
    reader = InputReader()
    ids = reader.ids("Invoice", invoice_ids, "invoiceIds")
    reader.raise_if_any()
    command = AssessEligibilityCommand(
        caller=info.context.caller, invoice_ids=ids, restriction_code=restriction_code
    )
    assessments = await info.context.use_cases.assess_eligibility(command)
    language, whole = info.context.language, info.context.sees_whole_documents()
    return [NegativationEligibility.of(assessment, language, whole=whole) for assessment in assessments]


@query(
    "The provider's kinds of debt (códigos de restrição). The provider is asked at most once a day; nothing is "
    "billed.",
    permission=needs(Scope.READ),
)
async def restriction_codes(info: Info, branch_id: BranchArgument) -> list[BureauCode]:
    return await _codes(info, branch_id, CodeTable.RESTRICTION)


@query(
    "The provider's reasons for a clearing (códigos para baixa). The provider is asked at most once a day; nothing "
    "is billed.",
    permission=needs(Scope.READ),
)
async def clearing_codes(info: Info, branch_id: BranchArgument) -> list[BureauCode]:
    return await _codes(info, branch_id, CodeTable.CLEARING)


async def _codes(info: Info, branch_id: str, table: CodeTable) -> list[BureauCode]:
    command = BureauCodesCommand(
        caller=info.context.caller, branch_id=decode_id("Branch", branch_id, "branchId"), table=table
    )
    return [BureauCode.of(row) for row in await info.context.use_cases.bureau_codes(command)]
