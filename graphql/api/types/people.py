"""Customers, leads and prospects, with what was consulted and negativated about them."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.fields import resolved
from api.ids import encode_id
from api.lists import INVOICES, NEGATIVATIONS
from api.paging import After, Before, Connection, First, Last, PageArguments, read_nested_connection
from api.personal import personal_day, personal_detail, personal_email, personal_name, personal_phone
from api.types.node import Node
from api.types.values import Document, document_or_none
from core.domain import documents
from core.domain import subjects as domain
from core.domain.access import Scope
from core.domain.listing import InvoiceFilter, InvoiceOrder, NegativationFilter, NegativationOrder
from core.domain.paging import Direction, Order
from core.domain.states import StateCode
from core.domain.subjects import Gender, NegativationHold

_CONSULTATIONS = (
    "The consultations made for this record, latest first (consultas). Needs the scope READ_CONSULTATIONS, and is null "
    "without it."
)


@strawberry.type(description="A Brazilian address (endereço). Parts not yet known are null.")
class Address:
    holder: strawberry.Private[documents.Document]
    postal_code: str | None = personal_detail("Postal code, 8 digits (CEP).")
    street: str | None = personal_detail("Street (endereço).")
    number: str | None = personal_detail("Number, or S/N (número).")
    complement: str | None = personal_detail("Complement, or S/C (complemento).")
    district: str | None = strawberry.field(description="District (bairro).")
    city: str | None = strawberry.field(description="City (cidade).")
    state_code: StateCode | None = strawberry.field(description="State (UF).")

    @classmethod
    def of(cls, address: domain.Address, holder: documents.Document) -> "Address":
        """The address as the schema shows it; holder: whose it is."""
        return cls(
            holder=holder,
            postal_code=address.postal_code,
            street=address.street,
            number=address.number,
            complement=address.complement,
            district=address.district,
            city=address.city,
            state_code=address.state_code,
        )


@strawberry.type(description="A customer, whose debts can be negativated (cliente).")
class Customer(Node):
    record: strawberry.Private[domain.Customer]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    external_id: str | None = strawberry.field(
        description="The integrator's own id, unique among customers (código externo)."
    )
    name: str = personal_name("Name or company name (nome ou razão social).")
    document: Document = strawberry.field(description="CPF or CNPJ (documento).")
    gender: Gender | None = strawberry.field(description="Gender, of a person (gênero).")
    born_on: date | None = personal_day("Birth date, of a person (data de nascimento).")
    mobile: str | None = personal_phone("Mobile phone with area code, 11 digits (celular).")
    email: str | None = personal_email("E-mail (e-mail).")
    address: Address = strawberry.field(description="Address (endereço).")
    hold: NegativationHold | None = strawberry.field(
        description="Why nothing of this customer is negativated (bloqueio de negativação); null: no hold."
    )
    created_at: datetime = strawberry.field(description="When it was created here (criado em).")
    updated_at: datetime = strawberry.field(description="When it was last changed (alterado em).")

    @property
    def holder(self) -> documents.Document:
        """Whose data it is."""
        return self.record.document

    @resolved("The branch it belongs to (filial).")
    async def branch(self, info: Info) -> "Branch":
        return await Branch.of_record(info.context, self.record.branch_id)

    @resolved(_CONSULTATIONS)
    async def consultations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> "ConsultationConnection | None":
        page = PageArguments(first=first, after=after, last=last, before=before)
        return await consultations_of(info.context, self.record.id, page)

    @resolved(
        "The customer's negativations, active and cleared, latest first (negativações de crédito). Needs the scope READ."
    )
    async def negativations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> "NegativationConnection":
        context = info.context
        context.caller.require(Scope.READ)
        matching = NegativationFilter(branch_ids=context.caller.branch_ids, customer_id=self.record.id)
        order = Order(NegativationOrder.NUMBER, Direction.DESC)
        page = PageArguments(first=first, after=after, last=last, before=before)
        found = await read_nested_connection(context, NEGATIVATIONS, matching, order, page, Negativation.of)
        return NegativationConnection.of(found, matching)

    @resolved("The customer's invoices, by due date, latest first (boletos). Needs the scope READ.")
    async def invoices(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> "Connection[Invoice]":
        info.context.caller.require(Scope.READ)
        return await read_nested_connection(
            info.context,
            INVOICES,
            InvoiceFilter(branch_ids=info.context.caller.branch_ids, customer_id=self.record.id),
            Order(InvoiceOrder.DUE_ON, Direction.DESC),
            PageArguments(first=first, after=after, last=last, before=before),
            Invoice.of,
        )

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Customer | None":
        """The customer with that id, when it exists within the caller's branches."""
        found = await context.loaders.customers.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    def of(cls, record: domain.Customer) -> "Customer":
        """The customer as the schema shows it."""
        return cls(
            id=strawberry.ID(encode_id("Customer", record.id)),
            record=record,
            number=record.number,
            external_id=record.external_id,
            name=record.name,
            document=Document.of(record.document),
            gender=record.gender,
            born_on=record.born_on,
            mobile=record.mobile,
            email=record.email,
            address=Address.of(record.address, record.document),
            hold=record.hold,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


@strawberry.type(description="Somebody who showed interest (lead).")
class Lead(Node):
    record: strawberry.Private[domain.Lead]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    external_id: str | None = strawberry.field(
        description="The integrator's own id, unique among leads (código externo)."
    )
    name: str = personal_name("Name or company name (nome ou razão social).")
    document: Document | None = strawberry.field(description="CPF or CNPJ, once known (documento).")
    state_code: StateCode | None = strawberry.field(description="State, once known (UF).")
    phone: str | None = personal_phone("Phone with area code (telefone).")
    email: str | None = personal_email("E-mail (e-mail).")
    created_at: datetime = strawberry.field(description="When it was created here (criado em).")
    updated_at: datetime = strawberry.field(description="When it was last changed (alterado em).")

    @property
    def holder(self) -> documents.Document | None:
        """Whose data it is."""
        return self.record.document

    @resolved("The branch it belongs to (filial).")
    async def branch(self, info: Info) -> "Branch":
        return await Branch.of_record(info.context, self.record.branch_id)

    @resolved(_CONSULTATIONS)
    async def consultations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> "ConsultationConnection | None":
        page = PageArguments(first=first, after=after, last=last, before=before)
        return await consultations_of(info.context, self.record.id, page)

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Lead | None":
        """The lead with that id, when it exists within the caller's branches."""
        found = await context.loaders.leads.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    def of(cls, record: domain.Lead) -> "Lead":
        """The lead as the schema shows it."""
        return cls(
            id=strawberry.ID(encode_id("Lead", record.id)),
            record=record,
            number=record.number,
            external_id=record.external_id,
            name=record.name,
            document=document_or_none(record.document),
            state_code=record.state_code,
            phone=record.phone,
            email=record.email,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


@strawberry.type(description="Somebody in negotiation (prospecção).")
class Prospect(Node):
    record: strawberry.Private[domain.Prospect]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    external_id: str | None = strawberry.field(
        description="The integrator's own id, unique among prospects (código externo)."
    )
    name: str = personal_name("Name or company name (nome ou razão social).")
    document: Document | None = strawberry.field(description="CPF or CNPJ, once known (documento).")
    state_code: StateCode | None = strawberry.field(description="State, once known (UF).")
    phone: str | None = personal_phone("Phone with area code (telefone).")
    email: str | None = personal_email("E-mail (e-mail).")
    created_at: datetime = strawberry.field(description="When it was created here (criada em).")
    updated_at: datetime = strawberry.field(description="When it was last changed (alterada em).")

    @property
    def holder(self) -> documents.Document | None:
        """Whose data it is."""
        return self.record.document

    @resolved("The branch it belongs to (filial).")
    async def branch(self, info: Info) -> "Branch":
        return await Branch.of_record(info.context, self.record.branch_id)

    @resolved(_CONSULTATIONS)
    async def consultations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> "ConsultationConnection | None":
        page = PageArguments(first=first, after=after, last=last, before=before)
        return await consultations_of(info.context, self.record.id, page)

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Prospect | None":
        """The prospect with that id, when it exists within the caller's branches."""
        found = await context.loaders.prospects.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    def of(cls, record: domain.Prospect) -> "Prospect":
        """The prospect as the schema shows it."""
        return cls(
            id=strawberry.ID(encode_id("Prospect", record.id)),
            record=record,
            number=record.number,
            external_id=record.external_id,
            name=record.name,
            document=document_or_none(record.document),
            state_code=record.state_code,
            phone=record.phone,
            email=record.email,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


# The types refer to one another, so these stand last.
from api.types.branch import Branch  # noqa: E402
from api.types.consultation import ConsultationConnection, consultations_of  # noqa: E402
from api.types.invoice import Invoice  # noqa: E402
from api.types.negativation import Negativation, NegativationConnection  # noqa: E402
