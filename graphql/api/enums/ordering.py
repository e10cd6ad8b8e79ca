"""Orders of lists."""

from api.enums.describe import describe
from core.domain.listing import (
    AuditOrder,
    BranchOrder,
    ClearingTaskOrder,
    CollectionOrder,
    ConsultationOrderField,
    IntegrationOrder,
    InvoiceOrder,
    MonitorOrder,
    NegativationOrder,
    PersonOrder,
)
from core.domain.paging import Direction

_NUMBER = "By the sequential number of the screens (ID)."

describe(
    Direction,
    "The direction of an order (sentido da ordenação).",
    {"ASC": "Smallest or earliest first (crescente).", "DESC": "Largest or latest first (decrescente)."},
    name="OrderDirection",
)
describe(
    BranchOrder,
    "What branches are ordered by (ordenar filiais por).",
    {"NUMBER": _NUMBER, "NAME": "By name (nome)."},
    name="BranchOrderField",
)
describe(
    IntegrationOrder,
    "What integrations are ordered by (ordenar integrações por).",
    {"NUMBER": _NUMBER, "CREATED_AT": "By when they were created (data de criação)."},
    name="IntegrationOrderField",
)
describe(
    PersonOrder,
    "What customers, leads and prospects are ordered by (ordenar cadastros por).",
    {"NUMBER": _NUMBER, "NAME": "By name (nome)."},
    name="PersonOrderField",
)
describe(
    InvoiceOrder,
    "What invoices are ordered by (ordenar boletos por).",
    {"NUMBER": _NUMBER, "DUE_ON": "By due date (vencimento)."},
    name="InvoiceOrderField",
)
describe(
    ConsultationOrderField,
    "What consultations are ordered by (ordenar consultas por).",
    {"NUMBER": _NUMBER, "PERFORMED_AT": "By when they were performed (data da consulta)."},
)
describe(
    NegativationOrder,
    "What negativations are ordered by (ordenar negativações por).",
    {
        "NUMBER": _NUMBER,
        "CREATED_AT": "By when they were requested (data da solicitação).",
        "UPDATED_AT": "By their last change (última alteração).",
    },
    name="NegativationOrderField",
)
describe(
    AuditOrder,
    "What audit events are ordered by (ordenar eventos por).",
    {"NUMBER": "By their sequential number, which is also their order in time (ID)."},
    name="AuditEventOrderField",
)
describe(
    ClearingTaskOrder,
    "What clearing tasks are ordered by (ordenar baixas pendentes por).",
    {"DUE_ON": "By the last day to have it cleared (prazo da baixa)."},
    name="ClearingTaskOrderField",
)
describe(
    CollectionOrder,
    "What runs of the collection routine are ordered by (ordenar execuções por).",
    {"NUMBER": _NUMBER},
    name="CollectionRunOrderField",
)
describe(
    MonitorOrder,
    "What watched companies, and the changes found, are ordered by (ordenar monitoramentos por).",
    {"NUMBER": _NUMBER},
    name="MonitorOrderField",
)
