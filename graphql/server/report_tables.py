"""The reports of consultations and of registrations as tables: their columns, and what these show of the lines."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from adapters.reports.labels import INTERMEDIARIES, PLANS, SUBJECT_KINDS
from core.domain.bureau import BureauCode, Environment
from core.domain.consultation import ConsultationOutcome, ConsultationPurpose
from core.domain.documents import Document, DocumentKind, formatted, kind_by_length, masked
from core.domain.integration import Intermediary
from core.domain.invoice import InvoiceStatus
from core.domain.masking import Masking
from core.domain.mentions import Mentioned
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

    def names(self, names: Sequence[str | None], holders: Sequence[str]) -> Sequence[str | None]:
        """The names of whoever have those documents."""
        if self.whole:
            return names
        shown = {kind: Masking.of_kind(kind, whole=False).name for kind in DocumentKind}
        return [
            None if name is None else shown[kind_by_length(holder)](name)
            for name, holder in zip(names, holders, strict=True)
        ]

    def words(self, words: str, mentioned: Mentioned) -> str:
        """Words of the bureau, in which they may be mentioned."""
        return words if self.whole else mentioned.masked_in(words)


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


async def cells_of(
    columns: Sequence[ReportColumn[LinesT]], chunks: AsyncGenerator[LinesT, None], show: Shown
) -> AsyncGenerator[Chunk, None]:
    """The lines as cells, chunk by chunk; closing it closes them."""
    async with aclosing(chunks):
        async for lines in chunks:
            yield [column.cells(lines, show) for column in columns]


def _column(
    title: str,
    width: int,
    cells: Callable[[LinesT, Shown], Cells],
    kind: CellKind = CellKind.TEXT,
) -> ReportColumn[LinesT]:
    return ReportColumn(column=TableColumn(title=title, width=width, kind=kind), cells=cells)


def _words(labels: Mapping[Any, str | None], values: Sequence[str | None]) -> Cells:
    """The word of each member of an enum, which may be given as its value."""
    return [labels[value] for value in values]


def _integrations(lines: ConsultationLines | NegativationLines) -> Cells:
    integrations = list(zip(lines.integration_number, lines.intermediary, strict=True))
    shown = {
        (number, intermediary): f"{number} - {INTERMEDIARIES[Intermediary(intermediary)]}"
        for number, intermediary in set(integrations)
    }
    return [shown[each] for each in integrations]


def _codes(lines: NegativationLines, show: Shown) -> Cells:
    return [
        _of_codes(codes, Mentioned(Document(kind_by_length(holder), holder), (debtor,)), show)
        if codes
        else None
        for codes, debtor, holder in zip(lines.codes, lines.debtor_name, lines.debtor_document, strict=True)
    ]


def _of_codes(codes: Sequence[BureauCode], mentioned: Mentioned, show: Shown) -> Cell:
    told = (f"{code.code} {show.words(code.description, mentioned)}".strip() for code in codes)
    return "; ".join(told) or None


CONSULTATION_COLUMNS: tuple[ReportColumn[ConsultationLines], ...] = (
    _column("ID", 8, lambda lines, show: lines.number, CellKind.INTEGER),
    _column("Data da consulta", 20, lambda lines, show: lines.performed_at, CellKind.INSTANT),
    _column("Consultar por", 13, lambda lines, show: _words(SUBJECT_KINDS, lines.subject_kind)),
    _column("Nome", 34, lambda lines, show: show.names(lines.subject_name, lines.document)),
    _column("CPF/CNPJ", 20, lambda lines, show: show.documents(lines.document)),
    _column("UF", 5, lambda lines, show: lines.state_code),
    _column("Tipo de consulta", 22, lambda lines, show: _words(PLANS, lines.plan)),
    _column("Finalidade", 30, lambda lines, show: _words(PURPOSES, lines.purpose)),
    _column("Resultado", 14, lambda lines, show: _words(OUTCOMES, lines.outcome)),
    _column("Filial", 26, lambda lines, show: lines.branch_name),
    _column("Integração", 16, lambda lines, show: _integrations(lines)),
    _column("Ambiente", 13, lambda lines, show: _words(ENVIRONMENTS, lines.environment)),
    _column("Responsável", 24, lambda lines, show: lines.performed_by),
    _column("Cobrada", 9, lambda lines, show: lines.billable, CellKind.TRUTH),
    _column("Custo", 11, lambda lines, show: lines.cost, CellKind.AMOUNT),
    _column("Protocolo", 20, lambda lines, show: lines.protocol),
    _column("Código do birô", 14, lambda lines, show: lines.bureau_code),
)
"""The report of consultations (relatório de consultas análise de crédito)."""

NEGATIVATION_COLUMNS: tuple[ReportColumn[NegativationLines], ...] = (
    _column("ID", 8, lambda lines, show: lines.number, CellKind.INTEGER),
    _column("Situação", 28, lambda lines, show: _words(STATUSES, lines.status)),
    _column("Forma", 12, lambda lines, show: _words(FORMS, lines.form)),
    _column("Cliente", 34, lambda lines, show: show.names(lines.debtor_name, lines.debtor_document)),
    _column("CPF/CNPJ", 20, lambda lines, show: show.documents(lines.debtor_document)),
    _column("Boleto", 9, lambda lines, show: lines.invoice_number, CellKind.INTEGER),
    _column("Código externo do boleto", 24, lambda lines, show: lines.invoice_external_id),
    _column("Situação do boleto", 18, lambda lines, show: _words(INVOICE_STATUSES, lines.invoice_status)),
    _column("Contrato", 18, lambda lines, show: lines.contract),
    _column("Valor", 14, lambda lines, show: lines.amount, CellKind.AMOUNT),
    _column("Vencimento", 12, lambda lines, show: lines.due_on, CellKind.DAY),
    _column("Expira em", 12, lambda lines, show: lines.expires_on, CellKind.DAY),
    _column("Filial", 26, lambda lines, show: lines.branch_name),
    _column("Integração", 16, lambda lines, show: _integrations(lines)),
    _column("Ambiente", 13, lambda lines, show: _words(ENVIRONMENTS, lines.environment)),
    _column("Código de restrição", 18, lambda lines, show: lines.restriction_code),
    _column("Solicitada em", 20, lambda lines, show: lines.created_at, CellKind.INSTANT),
    _column("Solicitada por", 24, lambda lines, show: lines.created_by),
    _column("Atualizada em", 20, lambda lines, show: lines.updated_at, CellKind.INSTANT),
    _column("Protocolo", 20, lambda lines, show: lines.protocol),
    _column("Código para baixa", 16, lambda lines, show: lines.clearing_code),
    _column("Baixa solicitada em", 20, lambda lines, show: lines.clearing_requested_at, CellKind.INSTANT),
    _column("Baixa solicitada por", 24, lambda lines, show: lines.clearing_requested_by),
    _column("Baixar até", 12, lambda lines, show: lines.clearing_due_on, CellKind.DAY),
    _column("Códigos do birô", 40, _codes),
)
"""The report of registrations (relatório de negativações de crédito)."""
