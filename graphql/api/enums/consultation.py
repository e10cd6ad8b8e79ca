"""Consultations and their reports."""

from api.enums.describe import describe
from core.domain.consultation import ConsultationOutcome, ConsultationPurpose
from core.domain.report import ScoreBand

describe(
    ConsultationOutcome,
    "What came of a consultation (resultado da consulta).",
    {
        "PENDING": "Asked; no answer yet (pendente).",
        "SUCCEEDED": "The report was delivered (realizada).",
        "REFUSED": "The bureau declined: minor, court block, unknown document, insufficient data (recusada).",
        "FAILED": "The bureau did not deliver and did not act (falhou).",
        "UNDETERMINED": "It may have delivered, perhaps billed; it is being asked (indeterminada).",
    },
)

describe(
    ConsultationPurpose,
    "Why credit data is asked for (finalidade da consulta; LGPD art. 6 I and art. 7 X, protection of credit).",
    {
        "CREDIT_GRANTING": "Before a contract is made (concessão de crédito).",
        "CONTRACT_CHANGE": "Before a contract is renewed or extended (renovação ou alteração do contrato).",
        "DEBT_COLLECTION": "Of a debtor, to decide how to collect (cobrança).",
        "FRAUD_PREVENTION": "To tell whether somebody is who they say (prevenção à fraude).",
        "DATA_SUBJECT_REQUEST": "Because the person asked for it (pedido do titular).",
    },
)

describe(
    ScoreBand,
    "The band of a score; the higher, the lower the risk of default (faixa do score).",
    {
        "VERY_LOW": "0 to 200 (muito baixo).",
        "LOW": "201 to 400 (baixo).",
        "MEDIUM": "401 to 600 (médio).",
        "HIGH": "601 to 800 (alto).",
        "VERY_HIGH": "801 to 1000 (muito alto).",
    },
)
