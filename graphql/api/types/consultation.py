"""Consultations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.exports import EXPORT_URL, FormatArgument, export_url
from api.fields import resolved
from api.ids import encode_id
from api.lists import CONSULTATIONS
from api.paging import Connection, PageArguments, read_nested_connection
from api.personal import MENTIONS
from api.types.node import Node
from api.types.report import CreditReport
from api.types.values import Document, Money, money_or_none
from core.domain import consultation as domain
from core.domain import report as domain_report
from core.domain.access import Scope
from core.domain.bureau import Environment, FailureClass
from core.domain.consultation import ConsultationOutcome, ConsultationPurpose
from core.domain.listing import ConsultationFilter, ConsultationOrderField
from core.domain.mentions import Mentioned
from core.domain.paging import Direction, Order
from core.domain.plans import ConsultationPlan
from core.domain.states import StateCode
from core.domain.subjects import SubjectKind

Subject = Annotated[
    "Customer | Lead | Prospect",
    strawberry.union("ConsultationSubject", description="Whom a consultation was made for (consultado)."),
]


@strawberry.type(description="One paid query of a document at the bureau (consulta de CPF/CNPJ).")
class Consultation(Node):
    record: strawberry.Private[domain.Consultation]
    delivered: strawberry.Private[domain_report.CreditReport | None]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    subject_kind: SubjectKind = strawberry.field(description='What it was made for ("Consultar por").')
    document: Document = strawberry.field(description="The document consulted (CPF/CNPJ).")
    state_code: StateCode | None = strawberry.field(description="The state asked for (UF).")
    plan: ConsultationPlan = strawberry.field(description="The kind of report bought (plano de consulta).")
    purpose: ConsultationPurpose | None = strawberry.field(
        description="Why it was made (finalidade); null for those made before purposes were recorded."
    )
    environment: Environment = strawberry.field(description="Where it was made (ambiente).")
    outcome: ConsultationOutcome = strawberry.field(description="What came of it (resultado).")
    performed_at: datetime = strawberry.field(
        description="When the answer came; until then, when it was asked (data da consulta)."
    )
    performed_by: str = strawberry.field(description="Who asked: the token's name (realizada por).")
    repeat_confirmed: bool = strawberry.field(
        description="Whether it was made in spite of the repeat warning (repetição confirmada)."
    )
    protocol: str | None = strawberry.field(description="The provider's number of it (protocolo).")
    billable: bool = strawberry.field(description="Whether the provider bills it (cobrada).")
    cost: Money | None = strawberry.field(description="What the provider says it costs (custo).")
    failure: FailureClass | None = strawberry.field(description="Why there is no report (classe da falha).")
    bureau_code: str | None = strawberry.field(
        description="The bureau's code of the failure (código do birô)."
    )

    @resolved(f"The bureau's own words (mensagem do birô). {MENTIONS}")
    async def bureau_message(self, info: Info) -> str | None:
        words = self.record.bureau_message
        if words is None or info.context.sees_whole_documents():
            return words
        return Mentioned(self.record.document, (await self._subject_name(info.context),)).masked_in(words)

    @resolved("The branch it was made for (filial).")
    async def branch(self, info: Info) -> "Branch":
        return await Branch.of_record(info.context, self.record.branch_id)

    @resolved(
        "The integration it was made with (integração); null when it lies outside the token's branches. Needs "
        "the scope READ or CONFIGURE."
    )
    async def integration(self, info: Info) -> "Integration | None":
        return await Integration.of_record(info.context, self.record.integration_id)

    @resolved(
        "The customer, lead or prospect it was made for (consultado); null for a bare document and for a record outside "
        "the token's branches."
    )
    async def subject(self, info: Info) -> Subject | None:
        return await _subject(info.context, self.record.subject_kind, self.record.subject_id)

    @resolved("The structured report (relatório); null unless the outcome is SUCCEEDED.")
    async def report(self, info: Info) -> CreditReport | None:
        if self.record.outcome is not ConsultationOutcome.SUCCEEDED:
            return None
        found = self.delivered or await info.context.loaders.reports.load(self.record.id)
        if found is None:
            return None
        return CreditReport.of(found, self.record.document, await self._subject_name(info.context))

    async def _subject_name(self, context: Context) -> str | None:
        """What our own record calls the consulted person, for whoever must not be told it by the bureau's words."""
        if self.record.subject_id is None or context.sees_whole_documents():
            return None
        return await context.loaders.subject_names.load(self.record.subject_id)

    @resolved(
        "What the provider sent (relatório original): a path at this server, opened with the same token or, for five minutes, "
        "with the ticket in it. A program that fetches it gets it untouched, as a download; a browser's tab shows it without "
        "whatever could act or fetch. Null without a report, and for a token that sees documents masked."
    )
    def original_url(self, info: Info) -> str | None:
        return self._page(info, "original") if info.context.sees_whole_documents() else None

    @resolved(
        "The page to print (imprimir): a path at this server, opened like `originalUrl`; null without a report."
    )
    def print_url(self, info: Info) -> str | None:
        return self._page(info, "report.html")

    @resolved(
        "The PDF (baixar PDF): a path at this server, opened like `originalUrl`; null without a report."
    )
    def pdf_url(self, info: Info) -> str | None:
        return self._page(info, "report.pdf")

    def _page(self, info: Info, name: str) -> str | None:
        if self.record.outcome is not ConsultationOutcome.SUCCEEDED:
            return None
        return info.context.report_link(f"/consultations/{self.record.number}/{name}")

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Consultation | None":
        """The consultation with that id, when it exists within the caller's branches."""
        found = await context.loaders.consultations.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    def of(
        cls, record: domain.Consultation, delivered: domain_report.CreditReport | None = None
    ) -> "Consultation":
        """The consultation as the schema shows it. delivered: its report, when it is at hand; otherwise it is read when asked for."""
        return cls(
            id=strawberry.ID(encode_id("Consultation", record.id)),
            record=record,
            delivered=delivered,
            number=record.number,
            subject_kind=record.subject_kind,
            document=Document.of(record.document),
            state_code=record.state_code,
            plan=record.plan,
            purpose=record.purpose,
            environment=record.environment,
            outcome=record.outcome,
            performed_at=record.performed_at,
            performed_by=record.performed_by,
            repeat_confirmed=record.repeat_confirmed,
            protocol=record.protocol,
            billable=record.billable,
            cost=money_or_none(record.cost),
            failure=record.failure,
            bureau_code=record.bureau_code,
        )


async def _subject(
    context: Context, kind: SubjectKind, subject_id: UUID | None
) -> "Customer | Lead | Prospect | None":
    if subject_id is None:
        return None
    if kind is SubjectKind.CUSTOMER:
        return await Customer.find(context, subject_id)
    if kind is SubjectKind.LEAD:
        return await Lead.find(context, subject_id)
    return await Prospect.find(context, subject_id)


@strawberry.type(
    description="What the consultations of a list come to, on all its pages (totais das consultas)."
)
class ConsultationTotals:
    count: int = strawberry.field(description="How many there are (quantidade).")
    billed: int = strawberry.field(description="How many of them the provider bills (cobradas).")
    cost: Money = strawberry.field(
        description="What they cost, as far as the provider said (custo); prices it did not tell count as nothing."
    )


@strawberry.type(description="A page of consultations, with the totals of all pages (página de consultas).")
class ConsultationConnection(Connection[Consultation]):
    matching: strawberry.Private[ConsultationFilter]

    @resolved(
        "The totals of what the filter lets through, on all pages (totais); summed up only when asked for."
    )
    async def totals(self, info: Info) -> ConsultationTotals:
        found = await info.context.loaders.consultation_totals.load(self.matching)
        return ConsultationTotals(count=found.count, billed=found.billed, cost=Money.of(found.cost))

    @resolved(EXPORT_URL)
    def export_url(self, info: Info, format: FormatArgument) -> str | None:  # noqa: A002 - the argument's public name
        return export_url(info.context, self.matching, format)

    @classmethod
    def of(cls, page: Connection[Consultation], matching: ConsultationFilter) -> "ConsultationConnection":
        """The page, whose list is what the filter lets through."""
        return cls(edges=page.edges, page_info=page.page_info, count=page.count, matching=matching)


async def consultations_of(context: Context, subject_id: UUID, page: PageArguments) -> ConsultationConnection:
    """The consultations made for a customer, lead or prospect. Raises Forbidden without READ_CONSULTATIONS."""
    context.caller.require(Scope.READ_CONSULTATIONS)
    matching = ConsultationFilter(branch_ids=context.caller.branch_ids, subject_id=subject_id)
    order = Order(ConsultationOrderField.NUMBER, Direction.DESC)
    found = await read_nested_connection(context, CONSULTATIONS, matching, order, page, Consultation.of)
    return ConsultationConnection.of(found, matching)


# The types refer to one another, so these stand last.
from api.types.branch import Branch  # noqa: E402
from api.types.integration import Integration  # noqa: E402
from api.types.people import Customer, Lead, Prospect  # noqa: E402
