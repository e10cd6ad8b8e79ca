"""Documents, states, people and invoices."""

from api.enums.describe import describe
from core.domain.documents import DocumentKind
from core.domain.invoice import InvoiceStatus, SettlementMethod
from core.domain.states import StateCode
from core.domain.subjects import Gender, NegativationHold, SubjectKind

describe(
    DocumentKind,
    "The kind of a document, and so of its holder (tipo de documento).",
    {
        "CPF": "A natural person's document, 11 digits (CPF, pessoa física).",
        "CNPJ": "A company's document, 14 characters, numeric or alphanumeric (CNPJ, pessoa jurídica).",
    },
)

describe(
    StateCode,
    "A Brazilian state (unidade federativa, UF).",
    {
        "AC": "Acre.",
        "AL": "Alagoas.",
        "AM": "Amazonas.",
        "AP": "Amapá.",
        "BA": "Bahia.",
        "CE": "Ceará.",
        "DF": "Distrito Federal.",
        "ES": "Espírito Santo.",
        "GO": "Goiás.",
        "MA": "Maranhão.",
        "MG": "Minas Gerais.",
        "MS": "Mato Grosso do Sul.",
        "MT": "Mato Grosso.",
        "PA": "Pará.",
        "PB": "Paraíba.",
        "PE": "Pernambuco.",
        "PI": "Piauí.",
        "PR": "Paraná.",
        "RJ": "Rio de Janeiro.",
        "RN": "Rio Grande do Norte.",
        "RO": "Rondônia.",
        "RR": "Roraima.",
        "RS": "Rio Grande do Sul.",
        "SC": "Santa Catarina.",
        "SE": "Sergipe.",
        "SP": "São Paulo.",
        "TO": "Tocantins.",
    },
)

describe(
    Gender,
    "Gender, which the bureau wants of a natural person (gênero).",
    {"FEMALE": "Female (feminino).", "MALE": "Male (masculino).", "OTHER": "Other (outro)."},
)

describe(
    NegativationHold,
    "Why a customer must not be negativated, whatever is overdue (bloqueio de negativação).",
    {
        "DISPUTE": "The customer disputes the debt (contestação).",
        "SUB_JUDICE": "The debt is before a court (sub judice).",
        "DECEASED": "The customer died (falecido).",
        "AGREEMENT": "The customer is honouring an agreement (acordo em andamento).",
        "BLOCKED": "The company decided so (bloqueado).",
    },
)

describe(
    SubjectKind,
    'What a consultation was made for ("Consultar por").',
    {
        "CUSTOMER": "A customer (cliente).",
        "LEAD": "A lead (lead).",
        "PROSPECT": "A prospect (prospecção).",
        "CPF": "A bare CPF (CPF).",
        "CNPJ": "A bare CNPJ (CNPJ).",
    },
)

describe(
    InvoiceStatus,
    "Where an invoice stands (situação do boleto).",
    {
        "OPEN": "Not paid yet (aberto).",
        "SETTLED": "Paid (recebido).",
        "CANCELLED": "Withdrawn (cancelado).",
        "RENEGOTIATED": "Replaced by an agreement (renegociado).",
    },
)

describe(
    SettlementMethod,
    "How an invoice was paid (forma de recebimento). It decides when the legal deadline for clearing begins.",
    {
        "BOLETO": "By bank slip; the money is there on the next business day (boleto).",
        "PIX": "By Pix, at once (Pix).",
        "CARD": "By card (cartão).",
        "CASH": "In cash (dinheiro).",
        "OTHER": "Otherwise (outro).",
    },
)
