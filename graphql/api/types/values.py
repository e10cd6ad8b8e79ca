"""Money and documents."""

from decimal import Decimal
from enum import Enum

import strawberry

from api.context import Info
from api.fields import resolved
from core.domain import documents, money

_CENTAVOS = Decimal("0.01")


@strawberry.enum(description="A currency by its ISO 4217 code (moeda).")
class CurrencyCode(Enum):
    """The currencies of the schema."""

    BRL = strawberry.enum_value("BRL", description="Brazilian real (real).")


@strawberry.type(description="An exact amount of money (valor).")
class Money:
    amount: Decimal = strawberry.field(description="The amount with two decimal places (valor).")
    currency: CurrencyCode = strawberry.field(description="The currency (moeda).")

    @classmethod
    def of(cls, amount: money.Money) -> "Money":
        """The amount as the schema shows it."""
        return cls(amount=amount.amount.quantize(_CENTAVOS), currency=CurrencyCode.BRL)


def money_or_none(amount: money.Money | None) -> Money | None:
    """The amount, where there may be none."""
    return None if amount is None else Money.of(amount)


@strawberry.type(
    description="A CPF or CNPJ (documento). It is masked, like `***.456.789-**`, unless the token has the scope "
    "WHOLE_DOCUMENTS."
)
class Document:
    document: strawberry.Private[documents.Document]

    @resolved("CPF or CNPJ (tipo).")
    def kind(self) -> documents.DocumentKind:
        return self.document.kind

    @resolved("Without punctuation (número); the masked form when the token may not see it whole.")
    def number(self, info: Info) -> str:
        return self.document.number if info.context.sees_whole_documents() else self.document.masked

    @resolved(
        "As it is printed, 123.456.789-09 (formatado); the masked form when the token may not see it whole."
    )
    def formatted(self, info: Info) -> str:
        return self.document.formatted if info.context.sees_whole_documents() else self.document.masked

    @resolved("Whether characters are hidden from this token (mascarado).")
    def masked(self, info: Info) -> bool:
        return not info.context.sees_whole_documents()

    @classmethod
    def of(cls, document: documents.Document) -> "Document":
        """The document as the schema shows it."""
        return cls(document=document)


def document_or_none(document: documents.Document | None) -> Document | None:
    """The document, where there may be none."""
    return None if document is None else Document.of(document)
