"""Negativations, with the debtor's data as registered and their history."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.exports import EXPORT_URL, FormatArgument, export_url
from api.fields import resolved
from api.ids import encode_id
from api.paging import Connection
from api.personal import mentioning, personal_day, personal_detail, personal_name, personal_phone
from api.types.node import Node
from api.types.values import Document, Money
from core.domain import bureau, documents
from core.domain import negativation as domain
from core.domain.bureau import Environment
from core.domain.listing import NegativationFilter
from core.domain.mentions import Mentioned
from core.domain.negativation import NegativationForm, NegativationStatus, Trigger
from core.domain.states import StateCode
from core.domain.subjects import Gender


@strawberry.type(
    description="A code of the provider's tables, with its meaning in the provider's words (código)."
)
class BureauCode:
    mentioned: strawberry.Private[Mentioned]
    code: str = strawberry.field(description="The code (código).")
    description: str = mentioning("What it stands for (descrição).")

    @classmethod
    def of(cls, row: bureau.BureauCode, debtor: bureau.Debtor | None = None) -> "BureauCode":
        """The code as the schema shows it; debtor: whom it was given about."""
        mentioned = Mentioned() if debtor is None else Mentioned(debtor.document, (debtor.name,))
        return cls(mentioned=mentioned, code=row.code, description=row.description)


@strawberry.type(
    description="The debtor's data as they were registered, whatever became of the customer since (devedor)."
)
class Debtor:
    holder: strawberry.Private[documents.Document]
    document: Document = strawberry.field(description="CPF or CNPJ (documento).")
    name: str = personal_name("Name or company name (nome ou razão social).")
    gender: Gender | None = strawberry.field(description="Gender, of a person (gênero).")
    born_on: date | None = personal_day("Birth date, of a person (data de nascimento).")
    mobile: str = personal_phone("Mobile phone with area code (celular).")
    postal_code: str = personal_detail("Postal code (CEP).")
    street: str = personal_detail("Street (endereço).")
    street_number: str = personal_detail("Number (número).")
    complement: str = personal_detail("Complement (complemento).")
    district: str = strawberry.field(description="District (bairro).")
    city: str = strawberry.field(description="City (cidade).")
    state_code: StateCode = strawberry.field(description="State (UF).")

    @classmethod
    def of(cls, debtor: bureau.Debtor) -> "Debtor":
        """The debtor as the schema shows it."""
        return cls(
            holder=debtor.document,
            document=Document.of(debtor.document),
            name=debtor.name,
            gender=None if debtor.gender is None else Gender(debtor.gender),
            born_on=debtor.born_on,
            mobile=debtor.mobile,
            postal_code=debtor.postal_code,
            street=debtor.street,
            street_number=debtor.street_number,
            complement=debtor.complement,
            district=debtor.district,
            city=debtor.city,
            state_code=debtor.state_code,
        )


@strawberry.type(description="A step in a negativation's life (histórico).")
class NegativationEvent:
    status: NegativationStatus = strawberry.field(description="The status it led to (situação).")
    trigger: Trigger = strawberry.field(description="What caused it (evento).")
    at: datetime = strawberry.field(description="When (data).")
    actor: str = strawberry.field(
        description="Who: a token's name, or `fiador` for the service itself (responsável)."
    )
    codes: list[BureauCode] = strawberry.field(description="The bureau's codes and words (códigos do birô).")

    @classmethod
    def of(cls, entry: domain.HistoryEntry, debtor: bureau.Debtor) -> "NegativationEvent":
        """The step as the schema shows it."""
        return cls(
            status=entry.status,
            trigger=entry.trigger,
            at=entry.at,
            actor=entry.actor,
            codes=[BureauCode.of(code, debtor) for code in entry.codes],
        )


@strawberry.type(description="A clearing that was asked for (baixa de negativação).")
class Clearing:
    code: str = strawberry.field(description="Why (código para baixa).")
    requested_at: datetime = strawberry.field(description="When it was asked for (solicitada em).")
    requested_by: str = strawberry.field(description="Who asked for it (solicitada por).")

    @classmethod
    def of(cls, clearing: domain.Clearing) -> "Clearing":
        """The clearing as the schema shows it."""
        return cls(code=clearing.code, requested_at=clearing.requested_at, requested_by=clearing.requested_by)


@strawberry.type(
    description="An invoice registered at the bureau as an overdue debt, and its life cycle (negativação)."
)
class Negativation(Node):
    record: strawberry.Private[domain.Negativation]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    environment: Environment = strawberry.field(description="Where it is registered (ambiente).")
    form: NegativationForm = strawberry.field(description="How it came to be (forma).")
    status: NegativationStatus = strawberry.field(description="Where it stands (situação).")
    live: bool = strawberry.field(
        description="Whether it stands, or may stand, at the bureau (ativa ou em andamento)."
    )
    debtor: Debtor = strawberry.field(description="The debtor's data as registered (devedor).")
    contract_number: str = strawberry.field(
        description="The contract as the bureau sees it (número do contrato)."
    )
    amount: Money = strawberry.field(description="The debt (valor).")
    due_on: date = strawberry.field(description="When the debt was due (vencimento).")
    expires_on: date = strawberry.field(
        description="The day by which it must be gone: five years from the due date (expira em; CDC art. 43 §1)."
    )
    restriction_code: str = strawberry.field(description="The kind of debt (código de restrição).")
    send_sms: bool = strawberry.field(description="Whether the debtor gets an SMS on inclusion (envia SMS).")
    responsible_cpf: Document = strawberry.field(
        description="Who answers for it (CPF responsável pela negativação)."
    )
    clearing: Clearing | None = strawberry.field(description="The clearing, once asked for (baixa).")
    clearing_due_on: date | None = strawberry.field(
        description="The last day to have it cleared after payment (prazo da baixa; Súmula STJ 548); null while the invoice "
        "is open."
    )
    protocol: str | None = strawberry.field(description="The provider's number of it (protocolo).")
    codes: list[BureauCode] = strawberry.field(
        description="The bureau's codes with the latest change (códigos do birô)."
    )
    created_at: datetime = strawberry.field(description="When it was requested (solicitada em).")
    created_by: str = strawberry.field(description="Who requested it (solicitada por).")
    updated_at: datetime = strawberry.field(description="When it last changed (alterada em).")

    @resolved("The invoice it registers (boleto); null when it lies outside the token's branches.")
    async def invoice(self, info: Info) -> "Invoice | None":
        return await Invoice.find(info.context, self.record.invoice_id)

    @resolved("The customer who owes it (cliente); null when it lies outside the token's branches.")
    async def customer(self, info: Info) -> "Customer | None":
        return await Customer.find(info.context, self.record.customer_id)

    @resolved("The branch in whose name it is registered (filial).")
    async def branch(self, info: Info) -> "Branch":
        return await Branch.of_record(info.context, self.record.branch_id)

    @resolved(
        "The integration it was sent with (integração); null when it lies outside the token's branches. Needs "
        "the scope READ or CONFIGURE."
    )
    async def integration(self, info: Info) -> "Integration | None":
        return await Integration.of_record(info.context, self.record.integration_id)

    @resolved("The earlier negativation of the same invoice, if there was one (substitui).")
    async def replaces(self, info: Info) -> "Negativation | None":
        earlier = self.record.replaces_id
        return None if earlier is None else await Negativation.find(info.context, earlier)

    @resolved("Every step of its life, oldest first (histórico).")
    async def history(self, info: Info) -> list[NegativationEvent]:
        entries = await info.context.loaders.histories.load(self.record.id)
        return [NegativationEvent.of(entry, self.record.debtor) for entry in entries or ()]

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Negativation | None":
        """The negativation with that id, when it exists within the caller's branches."""
        found = await context.loaders.negativations.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    def of(cls, record: domain.Negativation) -> "Negativation":
        """The negativation as the schema shows it."""
        return cls(
            id=strawberry.ID(encode_id("Negativation", record.id)),
            record=record,
            number=record.number,
            environment=record.environment,
            form=record.form,
            status=record.status,
            live=record.status.live,
            debtor=Debtor.of(record.debtor),
            contract_number=record.contract,
            amount=Money.of(record.amount),
            due_on=record.due_on,
            expires_on=record.expires_on,
            restriction_code=record.restriction_code,
            send_sms=record.send_sms,
            responsible_cpf=Document.of(record.responsible_cpf),
            clearing=None if record.clearing is None else Clearing.of(record.clearing),
            clearing_due_on=record.clearing_due_on,
            protocol=record.protocol,
            codes=[BureauCode.of(code, record.debtor) for code in record.codes],
            created_at=record.created_at,
            created_by=record.created_by,
            updated_at=record.updated_at,
        )


@strawberry.type(
    description="What the negativations of a list come to, on all its pages (totais das negativações)."
)
class NegativationTotals:
    count: int = strawberry.field(description="How many there are (quantidade).")
    amount: Money = strawberry.field(description="What the debts sum up to (valor total).")
    live: int = strawberry.field(
        description="How many of them stand, or may stand, at the bureau (ativas ou em andamento)."
    )


@strawberry.type(
    description="A page of negativations, with the totals of all pages (página de negativações)."
)
class NegativationConnection(Connection[Negativation]):
    matching: strawberry.Private[NegativationFilter]

    @resolved(
        "The totals of what the filter lets through, on all pages (totais); summed up only when asked for."
    )
    async def totals(self, info: Info) -> NegativationTotals:
        found = await info.context.loaders.negativation_totals.load(self.matching)
        return NegativationTotals(count=found.count, amount=Money.of(found.amount), live=found.live)

    @resolved(EXPORT_URL)
    def export_url(self, info: Info, format: FormatArgument) -> str | None:  # noqa: A002 - the argument's public name
        return export_url(info.context, self.matching, format)

    @classmethod
    def of(cls, page: Connection[Negativation], matching: NegativationFilter) -> "NegativationConnection":
        """The page, whose list is what the filter lets through."""
        return cls(edges=page.edges, page_info=page.page_info, count=page.count, matching=matching)


# The types refer to one another, so these stand last.
from api.types.branch import Branch  # noqa: E402
from api.types.integration import Integration  # noqa: E402
from api.types.invoice import Invoice  # noqa: E402
from api.types.people import Customer  # noqa: E402
