"""The answer to a consultation: the report in structured form, and the provider's own page."""

from datetime import date
from typing import Annotated

from pydantic import Field

from adapters.connect_sa.wire import Amount, Answer, Base64, KeyedAnswer, MediaType, Text, Token
from core.domain.bureau import BureauReport
from core.domain.report import CreditReport, Identity, ReportBlock, ReportEntry, Score


class EntryRow(Answer):
    """Ocorrencia: one occurrence in a block of the report."""

    data: date | None
    valor: Amount | None
    origem: Text | None
    modalidade: Text | None
    referencia: Text | None
    cidade: Text | None
    uf: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None
    avalista: bool
    sub_judice: bool

    def to_domain(self) -> ReportEntry:
        """The occurrence."""
        return ReportEntry(
            occurred_on=self.data,
            amount=self.valor,
            origin=self.origem,
            modality=self.modalidade,
            reference=self.referencia,
            city=self.cidade,
            state_code=self.uf,
            guarantor=self.avalista,
            sub_judice=self.sub_judice,
        )


class BlockRow(Answer):
    """Bloco: a block of the report."""

    quantidade: Annotated[int, Field(ge=0, le=1_000_000)]
    total: Amount | None
    primeira: date | None
    ultima: date | None
    mensagem: Text | None
    ocorrencias: list[EntryRow]

    def to_domain(self) -> ReportBlock:
        """The block."""
        return ReportBlock(
            count=self.quantidade,
            total=self.total,
            first_on=self.primeira,
            last_on=self.ultima,
            entries=tuple(entry.to_domain() for entry in self.ocorrencias),
            message=self.mensagem,
        )


class IdentityRow(Answer):
    """Identidade (confirmei)."""

    nome: Text
    nascimento_ou_fundacao: date | None
    situacao_documento: Text | None
    nome_mae: Text | None

    def to_domain(self) -> Identity:
        """Who the document belongs to."""
        return Identity(
            name=self.nome,
            birth_or_foundation_on=self.nascimento_ou_fundacao,
            document_status=self.situacao_documento,
            mother_name=self.nome_mae,
        )


class ScoreRow(Answer):
    """The score."""

    valor: Annotated[int, Field(ge=0, le=1000)]


class ReportRow(Answer):
    """Relatorio: blocks that the plan does not include are None."""

    identidade: IdentityRow | None
    score: ScoreRow | None
    pendencias: BlockRow | None
    protestos: BlockRow | None
    cheques: BlockRow | None
    acoes: BlockRow | None
    falencias: BlockRow | None
    consultas_anteriores: BlockRow | None

    def to_domain(self) -> CreditReport:
        """The structured report."""
        return CreditReport(
            identity=self.identidade.to_domain() if self.identidade else None,
            score=Score(self.score.valor) if self.score else None,
            pending_debts=self.pendencias.to_domain() if self.pendencias else None,
            protests=self.protestos.to_domain() if self.protestos else None,
            bad_cheques=self.cheques.to_domain() if self.cheques else None,
            lawsuits=self.acoes.to_domain() if self.acoes else None,
            bankruptcies=self.falencias.to_domain() if self.falencias else None,
            earlier_queries=self.consultas_anteriores.to_domain() if self.consultas_anteriores else None,
        )


class OriginalRow(Answer):
    """The provider's own page, byte for byte. The media type is checked: it becomes a header when the page is shown."""

    tipo_midia: MediaType
    conteudo: Base64


class ConsultationAnswer(KeyedAnswer):
    """Consulta: a delivered report."""

    protocolo: Token
    faturada: bool
    preco: Amount | None
    relatorio: ReportRow
    original: OriginalRow

    def to_domain(self) -> BureauReport:
        """The report, structured and as the provider drew it."""
        return BureauReport(
            protocol=self.protocolo,
            report=self.relatorio.to_domain(),
            original=self.original.conteudo,
            original_media_type=self.original.tipo_midia,
            billable=self.faturada,
            cost=self.preco,
        )
