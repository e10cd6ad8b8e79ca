"""Orders: the bodies that are sent, as contract.yaml describes them."""

from adapters.connect_sa.wire import wire_key
from core.domain.bureau import ConsultationOrder, CredentialKind, Exclusion, Inclusion
from core.domain.plans import ConsultationPlan

CREDENTIALS = {CredentialKind.CONSULTATION: "consulta", CredentialKind.PEFIN: "pefin"}

PLANS = {
    ConsultationPlan.NEGATIVE_INDICATOR: "INDICADOR_NEGATIVOS",
    ConsultationPlan.CREDNET_TOP: "CREDNET_TOP",
    ConsultationPlan.REPORT_AND_SCORE: "RELATORIO_SCORE",
}

_GENDERS = {"FEMALE": "F", "MALE": "M", "OTHER": "O"}


def consultation_body(order: ConsultationOrder) -> dict[str, object]:
    """PedidoDeConsulta."""
    return {
        "documento": order.document.number,
        "uf": order.state_code.value if order.state_code else None,
        "plano": PLANS[order.plan],
    }


def inclusion_body(inclusion: Inclusion) -> dict[str, object]:
    """Inclusao. Address parts are cut to the sizes of the PEFIN layout, as every sender of that layout does."""
    debtor = inclusion.debtor
    return {
        "devedor": {
            "documento": debtor.document.number,
            "nome": debtor.name[:70],
            "sexo": _GENDERS.get(debtor.gender) if debtor.gender else None,
            "dataNascimento": debtor.born_on.isoformat() if debtor.born_on else None,
            "celular": debtor.mobile,
            "cep": debtor.postal_code,
            "logradouro": debtor.street[:45],
            "numero": debtor.street_number[:10],
            "complemento": debtor.complement[:25],
            "bairro": debtor.district[:20],
            "municipio": debtor.city[:25],
            "uf": debtor.state_code.value,
        },
        "contrato": inclusion.contract,
        "valor": f"{inclusion.amount.amount:.2f}",
        "dataVencimento": inclusion.due_on.isoformat(),
        "codigoRestricao": inclusion.restriction_code,
        "enviaSms": inclusion.send_sms,
        "cpfResponsavel": inclusion.responsible_cpf.number,
    }


def exclusion_body(exclusion: Exclusion) -> dict[str, object]:
    """Baixa."""
    return {
        "chaveInclusao": wire_key(exclusion.inclusion_key),
        "documento": exclusion.document.number,
        "contrato": exclusion.contract,
        "codigoBaixa": exclusion.clearing_code,
    }
