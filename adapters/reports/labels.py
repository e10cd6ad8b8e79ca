"""The Portuguese words of the report."""

from dataclasses import dataclass

from core.domain.integration import Intermediary
from core.domain.plans import ConsultationPlan
from core.domain.report import ScoreBand
from core.domain.subjects import SubjectKind

INTERMEDIARIES = {Intermediary.CONNECT: "Connect SA"}

PLANS = {
    ConsultationPlan.NEGATIVE_INDICATOR: "Indicador de negativos",
    ConsultationPlan.CREDNET_TOP: "Crednet Top",
    ConsultationPlan.REPORT_AND_SCORE: "Relatório + Score",
}

SUBJECT_KINDS = {
    SubjectKind.CUSTOMER: "Cliente",
    SubjectKind.LEAD: "Lead",
    SubjectKind.PROSPECT: "Prospecção",
    SubjectKind.CPF: "CPF",
    SubjectKind.CNPJ: "CNPJ",
}

TEST_WARNING = "Homologação: relatório de teste, com dados fictícios, sem valor para decisão de crédito."
MASKED_NOTE = "documento parcialmente oculto"
ABSENT = "Não consultado"
NOT_IN_PLAN = "O plano consultado não inclui {what}."

CURRENT_NOTE = (
    "Este relatório retrata as informações fornecidas pelo bureau de crédito em {performed_at} (horário de Brasília) "
    "e não deve ser reutilizado como atual. Para uma nova decisão, faça uma nova consulta."
)
ABSENT_NOTE = "“Não consultado” indica um tipo de registro que o plano {plan} não inclui; não significa que nada conste."
PRIVACY_NOTE = (
    "Contém dados pessoais: uso restrito à análise de crédito (Lei nº 13.709/2018). O consumidor tem acesso às "
    "informações sobre si e pode exigir a correção das inexatas (Código de Defesa do Consumidor, art. 43)."
)
FOOTER = "Informações de {performed_at}. Não reutilizar como atual."


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A band of the score: its name, its limits, and the risk it stands for."""

    name: str
    floor: int
    ceiling: int
    risk: str


BANDS = {
    ScoreBand.VERY_LOW: Band(name="Muito baixo", floor=0, ceiling=200, risk="muito alto"),
    ScoreBand.LOW: Band(name="Baixo", floor=201, ceiling=400, risk="alto"),
    ScoreBand.MEDIUM: Band(name="Médio", floor=401, ceiling=600, risk="médio"),
    ScoreBand.HIGH: Band(name="Alto", floor=601, ceiling=800, risk="baixo"),
    ScoreBand.VERY_HIGH: Band(name="Muito alto", floor=801, ceiling=1000, risk="muito baixo"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLabels:
    """The words of one block. negative: whether an occurrence speaks against the person."""

    title: str
    one: str
    many: str
    modality: str
    origin: str
    reference: str
    negative: bool = True
    found: str = "Consta"
    clear: str = "Nada consta"


BLOCKS = {
    "pending_debts": BlockLabels(
        title="Pendências financeiras",
        one="pendência",
        many="pendências",
        modality="Modalidade",
        origin="Credor",
        reference="Contrato",
    ),
    "protests": BlockLabels(
        title="Protestos",
        one="protesto",
        many="protestos",
        modality="Espécie",
        origin="Cartório",
        reference="Título",
    ),
    "bad_cheques": BlockLabels(
        title="Cheques sem fundos",
        one="cheque",
        many="cheques",
        modality="Motivo",
        origin="Banco",
        reference="Cheque",
    ),
    "lawsuits": BlockLabels(
        title="Ações judiciais",
        one="ação",
        many="ações",
        modality="Natureza",
        origin="Vara ou tribunal",
        reference="Processo",
    ),
    "bankruptcies": BlockLabels(
        title="Falências e recuperações judiciais",
        one="registro",
        many="registros",
        modality="Tipo",
        origin="Vara ou tribunal",
        reference="Processo",
    ),
    "earlier_queries": BlockLabels(
        title="Consultas anteriores",
        one="consulta",
        many="consultas",
        modality="Finalidade",
        origin="Empresa",
        reference="Referência",
        negative=False,
        found="Houve consultas",
        clear="Nenhuma consulta",
    ),
}
"""Keys are the fields of CreditReport, in the order of the sheet."""
