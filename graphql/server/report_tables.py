"""The reports of consultations and of registrations as tables: their columns, and what these show of the lines."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from adapters.reports.labels import INTERMEDIARIES, PLANS, SUBJECT_KINDS
from core.domain.bureau import Environment
from core.domain.consultation import ConsultationOutcome, ConsultationPurpose
from core.domain.documents import DocumentKind, formatted, kind_by_length, masked
from core.domain.invoice import InvoiceStatus
from core.domain.masking import Masking
from core.domain.negativation import NegativationForm, NegativationStatus
from ports.report_lines import ConsultationLines, NegativationLines
from ports.table_writer import Cell, CellKind, Chunk, TableColumn

LinesT = TypeVar("LinesT")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees of documents and of the names of people."""

    whole: bool

    def documents(self, numbers: Sequence[str]) -> list[str]:
        """Documents, whole or masked."""
        show = formatted if self.whole else masked
        return [show(number) for number in numbers]

    def names(self, names: Sequence[str | None], holders: Sequence[str]) -> list[str | None]:
        """The names of whoever have those documents."""
        shown = {kind: Masking.of_kind(kind, whole=self.whole).name for kind in DocumentKind}
        return [
            None if name is None else shown[kind_by_length(holder)](name)
            for name, holder in zip(names, holders, strict=True)
        ]


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


Cells: TypeAlias = Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportColumn(Generic[LinesT]):
    """A column and what it shows of lines: a cell of each."""

    column: TableColumn
    cells: Callable[[LinesT, Shown], Cells]


def columns_of(columns: Sequence[ReportColumn[LinesT]]) -> list[TableColumn]:
    """The columns as tables want them."""
    return [column.column for column in columns]


async def chunks_of(
    columns: Sequence[ReportColumn[LinesT]], chunks: AsyncGenerator[LinesT, None], show: Shown
) -> AsyncGenerator[Chunk, None]:
    """The lines as cells, chunk by chunk; closing it closes them."""
    async with aclosing(chunks):
        async for lines in chunks:
            yield [column.cells(lines, show) for column in columns]


def _consultation(
    title: str,
    width: int,
    cells: Callable[[ConsultationLines, Shown], Cells],
    kind: CellKind = CellKind.TEXT,
) -> ReportColumn[ConsultationLines]:
    return ReportColumn(column=TableColumn(title=title, width=width, kind=kind), cells=cells)


def _negativation(
    title: str,
    width: int,
    cells: Callable[[NegativationLines, Shown], Cells],
    kind: CellKind = CellKind.TEXT,
) -> ReportColumn[NegativationLines]:
    return ReportColumn(column=TableColumn(title=title, width=width, kind=kind), cells=cells)


def _words(labels: Mapping[Any, str | None], values: Sequence[str | None]) -> Cells:
    """The word of each member of an enum, which may be given as its value."""
    return [labels[value] for value in values]


def _integrations(lines: ConsultationLines | NegativationLines) -> Cells:
    intermediaries = _words(INTERMEDIARIES, lines.intermediary)
    return [
        f"{number} - {intermediary}"
        for number, intermediary in zip(lines.integration_number, intermediaries, strict=True)
    ]


def _codes(lines: NegativationLines) -> Cells:
    return [
        "; ".join(f"{code.code} {code.description}".strip() for code in codes) or None if codes else None
        for codes in lines.codes
    ]


CONSULTATION_COLUMNS = (
    _consultation("ID", 8, lambda lines, show: lines.number, CellKind.INTEGER),
    _consultation("Data da consulta", 20, lambda lines, show: lines.performed_at, CellKind.INSTANT),
    _consultation("Consultar por", 13, lambda lines, show: _words(SUBJECT_KINDS, lines.subject_kind)),
    _consultation("Nome", 34, lambda lines, show: show.names(lines.subject_name, lines.document)),
    _consultation("CPF/CNPJ", 20, lambda lines, show: show.documents(lines.document)),
    _consultation("UF", 5, lambda lines, show: lines.state_code),
    _consultation("Tipo de consulta", 22, lambda lines, show: _words(PLANS, lines.plan)),
    _consultation("Finalidade", 30, lambda lines, show: _words(PURPOSES, lines.purpose)),
    _consultation("Resultado", 14, lambda lines, show: _words(OUTCOMES, lines.outcome)),
    _consultation("Filial", 26, lambda lines, show: lines.branch_name),
    _consultation("Integração", 16, lambda lines, show: _integrations(lines)),
    _consultation("Ambiente", 13, lambda lines, show: _words(ENVIRONMENTS, lines.environment)),
    _consultation("Responsável", 24, lambda lines, show: lines.performed_by),
    _consultation("Cobrada", 9, lambda lines, show: lines.billable, CellKind.TRUTH),
    _consultation("Custo", 11, lambda lines, show: lines.cost, CellKind.AMOUNT),
    _consultation("Protocolo", 20, lambda lines, show: lines.protocol),
    _consultation("Código do birô", 14, lambda lines, show: lines.bureau_code),
)
"""The report of consultations (relatório de consultas análise de crédito)."""

NEGATIVATION_COLUMNS = (
    _negativation("ID", 8, lambda lines, show: lines.number, CellKind.INTEGER),
    _negativation("Situação", 28, lambda lines, show: _words(STATUSES, lines.status)),
    _negativation("Forma", 12, lambda lines, show: _words(FORMS, lines.form)),
    _negativation("Cliente", 34, lambda lines, show: show.names(lines.debtor_name, lines.debtor_document)),
    _negativation("CPF/CNPJ", 20, lambda lines, show: show.documents(lines.debtor_document)),
    _negativation("Boleto", 9, lambda lines, show: lines.invoice_number, CellKind.INTEGER),
    _negativation("Código externo do boleto", 24, lambda lines, show: lines.invoice_external_id),
    _negativation(
        "Situação do boleto", 18, lambda lines, show: _words(INVOICE_STATUSES, lines.invoice_status)
    ),
    _negativation("Contrato", 18, lambda lines, show: lines.contract),
    _negativation("Valor", 14, lambda lines, show: lines.amount, CellKind.AMOUNT),
    _negativation("Vencimento", 12, lambda lines, show: lines.due_on, CellKind.DAY),
    _negativation("Expira em", 12, lambda lines, show: lines.expires_on, CellKind.DAY),
    _negativation("Filial", 26, lambda lines, show: lines.branch_name),
    _negativation("Integração", 16, lambda lines, show: _integrations(lines)),
    _negativation("Ambiente", 13, lambda lines, show: _words(ENVIRONMENTS, lines.environment)),
    _negativation("Código de restrição", 18, lambda lines, show: lines.restriction_code),
    _negativation("Solicitada em", 20, lambda lines, show: lines.created_at, CellKind.INSTANT),
    _negativation("Solicitada por", 24, lambda lines, show: lines.created_by),
    _negativation("Atualizada em", 20, lambda lines, show: lines.updated_at, CellKind.INSTANT),
    _negativation("Protocolo", 20, lambda lines, show: lines.protocol),
    _negativation("Código para baixa", 16, lambda lines, show: lines.clearing_code),
    _negativation(
        "Baixa solicitada em", 20, lambda lines, show: lines.clearing_requested_at, CellKind.INSTANT
    ),
    _negativation("Baixa solicitada por", 24, lambda lines, show: lines.clearing_requested_by),
    _negativation("Baixar até", 12, lambda lines, show: lines.clearing_due_on, CellKind.DAY),
    _negativation("Códigos do birô", 40, lambda lines, show: _codes(lines)),
)
"""The report of registrations (relatório de negativações de crédito)."""
