"""The code tables as publicly documented for PEFIN: used until the provider's own tables could be fetched once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.bureau import BureauCode


class CodeTable(StrEnum):
    """What the provider lists: restriction codes (código de restrição) and clearing codes (código para baixa).

    PLANS and PLAN_PRICES keep its offer of plans ("Buscar plano") in the same way: the code is the plan, the description
    its name, or its price in centavos.
    """

    RESTRICTION = "RESTRICTION"
    CLEARING = "CLEARING"
    PLANS = "PLANS"
    PLAN_PRICES = "PLAN_PRICES"


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedCodes:
    """A table as it was fetched from the provider."""

    rows: tuple[BureauCode, ...]
    fetched_at: datetime


def _table(rows: dict[str, str]) -> tuple[BureauCode, ...]:
    return tuple(BureauCode(code=code, description=description) for code, description in rows.items())


RESTRICTION_CODES = _table(
    {
        "CD": "Crédito direto",
        "CP": "Crédito pessoal",
        "DC": "Desconto de cheques",
        "DP": "Desconto de duplicatas",
        "FI": "Financiamento",
        "IM": "Impostos e multas",
        "OO": "Outras operações",
    }
)
"""Kinds of debt (natureza da operação): the restriction codes (códigos de restrição)."""

CLEARING_CODES = _table(
    {
        "01": "Pagamento da dívida",
        "02": "Renegociação da dívida",
        "03": "Por solicitação do cliente",
        "04": "Ordem judicial",
        "05": "Correção de endereço",
        "06": "Atualização de valor (valorização)",
        "07": "Atualização de valor (pagamento parcial)",
        "08": "Atualização de data",
        "09": "Correção do nome",
        "10": "Correção do número do contrato",
        "11": "Correção de vários dados",
        "12": "Baixa por perda de controle de base",
        "13": "Motivo não identificado",
        "14": "Pontualização da dívida",
        "15": "Concessão de crédito",
        "16": "Incorporação ou mudança de titularidade",
        "17": "Comunicado devolvido dos correios",
        "18": "Correção de dados do coobrigado ou avalista",
        "19": "Renegociação da dívida por acordo",
        "20": "Pagamento por depósito bancário",
        "21": "Análise de documentos",
        "22": "Correção pela loja ou filial",
        "23": "Pagamento por emissão de nota promissória",
        "24": "Análise de documento por seguro",
        "25": "Devolução ou troca de bem",
    }
)
"""Reasons of a clearing (motivo da baixa) that a creditor may give."""
