"""The reports of consultations and of registrations as tables: their columns, and a line as a row of cells."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

from adapters.reports.labels import INTERMEDIARIES, PLANS, SUBJECT_KINDS
from core.domain.bureau import Environment
from core.domain.consultation import ConsultationOutcome, ConsultationPurpose
from core.domain.documents import Document
from core.domain.integration import Integration
from core.domain.invoice import InvoiceStatus
from core.domain.masking import Masking
from core.domain.negativation import NegativationForm, NegativationStatus
from core.use_cases.stream_consultations import ConsultationLine
from core.use_cases.stream_negativations import NegativationLine
from ports.table_writer import Cell, TableColumn

LineT = TypeVar("LineT")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees of documents and of the names of people."""

    whole: bool

    def document(self, document: Document) -> str:
        """A document, whole or masked."""
        return document.formatted if self.whole else document.masked

    def name(self, name: str | None, holder: Document) -> str | None:
        """The name of whoever has that document."""
        return None if name is None else Masking.of(holder, whole=self.whole).name(name)


ENVIRONMENTS = {Environment.PRODUCTION: "Produção", Environment.HOMOLOGATION: "Homologação"}

OUTCOMES = {
    ConsultationOutcome.PENDING: "Pendente",
    ConsultationOutcome.SUCCEEDED: "Realizada",
    ConsultationOutcome.REFUSED: "Recusada",
    ConsultationOutcome.FAILED: "Falhou",
    ConsultationOutcome.UNDETERMINED: "Indeterminada",
}

PURPOSES = {
    None: None,
    ConsultationPurpose.CREDIT_GRANTING: "Concessão de crédito",
    ConsultationPurpose.CONTRACT_CHANGE: "Renovação ou alteração do contrato",
    ConsultationPurpose.DEBT_COLLECTION: "Cobrança",
    ConsultationPurpose.FRAUD_PREVENTION: "Prevenção à fraude",
    ConsultationPurpose.DATA_SUBJECT_REQUEST: "Pedido do titular",
}

FORMS = {NegativationForm.MANUAL: "Manual", NegativationForm.AUTOMATIC: "Automática"}

STATUSES = {
    NegativationStatus.QUEUED: "Pendente de envio",
    NegativationStatus.SENT: "Enviada",
    NegativationStatus.AWAITING_NOTICE: "Aguardando prazo do comunicado",
    NegativationStatus.ACTIVE: "Ativa",
    NegativationStatus.REJECTED: "Erro na inclusão",
    NegativationStatus.UNDETERMINED: "Indeterminada",
    NegativationStatus.CANCELLED: "Cancelada",
    NegativationStatus.CLEARING_QUEUED: "Baixa pendente de envio",
    NegativationStatus.CLEARING_SENT: "Baixa enviada",
    NegativationStatus.CLEARING_REJECTED: "Erro na baixa",
    NegativationStatus.CLEARED: "Baixada",
    NegativationStatus.REMOVED_BY_BUREAU: "Removida pelo birô",
    NegativationStatus.EXPIRED: "Expirada",
}

INVOICE_STATUSES = {
    InvoiceStatus.OPEN: "Aberto",
    InvoiceStatus.SETTLED: "Pago",
    InvoiceStatus.CANCELLED: "Cancelado",
    InvoiceStatus.RENEGOTIATED: "Renegociado",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportColumn(Generic[LineT]):
    """A column and what it shows of a line."""

    title: str
    width: int
    cell: Callable[[LineT, Shown], Cell]


def columns_of(columns: Sequence[ReportColumn[LineT]]) -> list[TableColumn]:
    """The columns as tables want them."""
    return [TableColumn(title=column.title, width=column.width) for column in columns]


async def rows_of(
    columns: Sequence[ReportColumn[LineT]], lines: AsyncGenerator[LineT, None], show: Shown
) -> AsyncGenerator[Sequence[Cell], None]:
    """The lines as rows of cells, one at a time; closing it closes them."""
    async with aclosing(lines):
        async for line in lines:
            yield [column.cell(line, show) for column in columns]


def _consultation(
    title: str, width: int, cell: Callable[[ConsultationLine, Shown], Cell]
) -> ReportColumn[ConsultationLine]:
    return ReportColumn(title=title, width=width, cell=cell)


def _negativation(
    title: str, width: int, cell: Callable[[NegativationLine, Shown], Cell]
) -> ReportColumn[NegativationLine]:
    return ReportColumn(title=title, width=width, cell=cell)


def _integration(integration: Integration) -> str:
    return f"{integration.number} - {INTERMEDIARIES[integration.intermediary]}"


def _codes(line: NegativationLine) -> str | None:
    return "; ".join(f"{code.code} {code.description}".strip() for code in line.negativation.codes) or None


CONSULTATION_COLUMNS = (
    _consultation("ID", 8, lambda line, show: line.consultation.number),
    _consultation("Data da consulta", 20, lambda line, show: line.consultation.performed_at),
    _consultation("Consultar por", 13, lambda line, show: SUBJECT_KINDS[line.consultation.subject_kind]),
    _consultation("Nome", 34, lambda line, show: show.name(line.subject_name, line.consultation.document)),
    _consultation("CPF/CNPJ", 20, lambda line, show: show.document(line.consultation.document)),
    _consultation("UF", 5, lambda line, show: line.consultation.state_code),
    _consultation("Tipo de consulta", 22, lambda line, show: PLANS[line.consultation.plan]),
    _consultation("Finalidade", 30, lambda line, show: PURPOSES[line.consultation.purpose]),
    _consultation("Resultado", 14, lambda line, show: OUTCOMES[line.consultation.outcome]),
    _consultation("Filial", 26, lambda line, show: line.branch.name),
    _consultation("Integração", 16, lambda line, show: _integration(line.integration)),
    _consultation("Ambiente", 13, lambda line, show: ENVIRONMENTS[line.consultation.environment]),
    _consultation("Responsável", 24, lambda line, show: line.consultation.performed_by),
    _consultation("Cobrada", 9, lambda line, show: line.consultation.billable),
    _consultation("Custo", 11, lambda line, show: line.consultation.cost),
    _consultation("Protocolo", 20, lambda line, show: line.consultation.protocol),
    _consultation("Código do birô", 14, lambda line, show: line.consultation.bureau_code),
)
"""The report of consultations (relatório de consultas análise de crédito)."""

NEGATIVATION_COLUMNS = (
    _negativation("ID", 8, lambda line, show: line.negativation.number),
    _negativation("Situação", 28, lambda line, show: STATUSES[line.negativation.status]),
    _negativation("Forma", 12, lambda line, show: FORMS[line.negativation.form]),
    _negativation(
        "Cliente",
        34,
        lambda line, show: show.name(line.negativation.debtor.name, line.negativation.debtor.document),
    ),
    _negativation("CPF/CNPJ", 20, lambda line, show: show.document(line.negativation.debtor.document)),
    _negativation("Boleto", 9, lambda line, show: line.invoice.number),
    _negativation("Código externo do boleto", 24, lambda line, show: line.invoice.external_id),
    _negativation("Situação do boleto", 18, lambda line, show: INVOICE_STATUSES[line.invoice.status]),
    _negativation("Contrato", 18, lambda line, show: line.negativation.contract),
    _negativation("Valor", 14, lambda line, show: line.negativation.amount),
    _negativation("Vencimento", 12, lambda line, show: line.negativation.due_on),
    _negativation("Expira em", 12, lambda line, show: line.negativation.expires_on),
    _negativation("Filial", 26, lambda line, show: line.branch.name),
    _negativation("Integração", 16, lambda line, show: _integration(line.integration)),
    _negativation("Ambiente", 13, lambda line, show: ENVIRONMENTS[line.negativation.environment]),
    _negativation("Código de restrição", 18, lambda line, show: line.negativation.restriction_code),
    _negativation("Solicitada em", 20, lambda line, show: line.negativation.created_at),
    _negativation("Solicitada por", 24, lambda line, show: line.negativation.created_by),
    _negativation("Atualizada em", 20, lambda line, show: line.negativation.updated_at),
    _negativation("Protocolo", 20, lambda line, show: line.negativation.protocol),
    _negativation(
        "Código para baixa",
        16,
        lambda line, show: line.negativation.clearing.code if line.negativation.clearing else None,
    ),
    _negativation(
        "Baixa solicitada em",
        20,
        lambda line, show: line.negativation.clearing.requested_at if line.negativation.clearing else None,
    ),
    _negativation(
        "Baixa solicitada por",
        24,
        lambda line, show: line.negativation.clearing.requested_by if line.negativation.clearing else None,
    ),
    _negativation("Baixar até", 12, lambda line, show: line.negativation.clearing_due_on),
    _negativation("Códigos do birô", 40, lambda line, show: _codes(line)),
)
"""The report of registrations (relatório de negativações de crédito)."""
