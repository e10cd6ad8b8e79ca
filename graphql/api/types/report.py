"""The structured report of a consultation."""

from datetime import date

import strawberry

from api.personal import mentioning, personal_day, personal_name
from api.types.values import Money, money_or_none
from core.domain import documents
from core.domain import report as domain
from core.domain.mentions import Mentioned


@strawberry.type(description="Who the document belongs to, as the bureau confirms it (identificação).")
class ReportIdentity:
    holder: strawberry.Private[documents.Document]
    mentioned: strawberry.Private[Mentioned]
    name: str = personal_name("Name or company name (nome ou razão social).")
    birth_or_foundation_on: date | None = personal_day(
        "Birth date of a person, foundation date of a company (data de nascimento ou fundação)."
    )
    document_status: str | None = mentioning(
        "Standing of the document at the Receita Federal, in its words (situação do documento)."
    )
    mother_name: str | None = personal_name("The mother's name, of a person (nome da mãe).")

    @classmethod
    def of(
        cls, identity: domain.Identity, holder: documents.Document, mentioned: Mentioned
    ) -> "ReportIdentity":
        """The identity as the schema shows it; holder: the document consulted."""
        return cls(
            holder=holder,
            mentioned=mentioned,
            name=identity.name,
            birth_or_foundation_on=identity.birth_or_foundation_on,
            document_status=identity.document_status,
            mother_name=identity.mother_name,
        )


@strawberry.type(description="The credit score (score).")
class Score:
    value: int = strawberry.field(description="0, the highest risk, to 1000, the lowest (pontuação).")
    band: domain.ScoreBand = strawberry.field(description="The band that the value lies in (faixa).")

    @classmethod
    def of(cls, score: domain.Score) -> "Score":
        """The score as the schema shows it."""
        return cls(value=score.value, band=score.band)


@strawberry.type(description="One occurrence in a block (ocorrência). What a block does not know is null.")
class ReportEntry:
    mentioned: strawberry.Private[Mentioned]
    occurred_on: date | None = strawberry.field(description="When it happened (data).")
    amount: Money | None = strawberry.field(description="Its amount (valor).")
    origin: str | None = mentioning("Creditor, registry office, court, bank or consulting company (origem).")
    modality: str | None = mentioning("Its kind, in the bureau's words (modalidade).")
    reference: str | None = mentioning("Contract, cheque or case number (contrato).")
    city: str | None = mentioning("Where (cidade).")
    state_code: str | None = mentioning("The state, as the bureau gives it (UF).")
    guarantor: bool = strawberry.field(description="Whether the person only guaranteed it (avalista).")
    sub_judice: bool = strawberry.field(description="Whether it is before a court (sub judice).")

    @classmethod
    def of(cls, entry: domain.ReportEntry, mentioned: Mentioned) -> "ReportEntry":
        """The occurrence as the schema shows it."""
        return cls(
            mentioned=mentioned,
            occurred_on=entry.occurred_on,
            amount=money_or_none(entry.amount),
            origin=entry.origin,
            modality=entry.modality,
            reference=entry.reference,
            city=entry.city,
            state_code=entry.state_code,
            guarantor=entry.guarantor,
            sub_judice=entry.sub_judice,
        )


@strawberry.type(
    description="A block of the report (bloco). `count` and `total` speak of all occurrences; `entries` holds those that "
    "the bureau lists, usually the latest."
)
class ReportBlock:
    mentioned: strawberry.Private[Mentioned]
    count: int = strawberry.field(description="How many occurrences there are (quantidade).")
    total: Money | None = strawberry.field(description="What they amount to (valor total).")
    first_on: date | None = strawberry.field(description="The earliest one's date (primeira ocorrência).")
    last_on: date | None = strawberry.field(description="The latest one's date (última ocorrência).")
    message: str | None = mentioning("What the bureau adds, in its words (mensagem).")
    entries: list[ReportEntry] = strawberry.field(description="The occurrences listed (ocorrências).")

    @classmethod
    def of(cls, block: domain.ReportBlock, mentioned: Mentioned) -> "ReportBlock":
        """The block as the schema shows it."""
        return cls(
            mentioned=mentioned,
            count=block.count,
            total=money_or_none(block.total),
            first_on=block.first_on,
            last_on=block.last_on,
            message=block.message,
            entries=[ReportEntry.of(entry, mentioned) for entry in block.entries],
        )


def _block(block: domain.ReportBlock | None, mentioned: Mentioned) -> ReportBlock | None:
    return None if block is None else ReportBlock.of(block, mentioned)


@strawberry.type(
    description="What the bureau knows of a person or company (relatório). A block that the plan does not include is null; "
    "one without occurrences has count 0."
)
class CreditReport:
    identity: ReportIdentity | None = strawberry.field(description="Who it is (identificação).")
    score: Score | None = strawberry.field(description="The credit score (score).")
    pending_debts: ReportBlock | None = strawberry.field(
        description="Overdue debts (pendências financeiras)."
    )
    protests: ReportBlock | None = strawberry.field(description="Protests at registry offices (protestos).")
    bad_cheques: ReportBlock | None = strawberry.field(
        description="Cheques without funds (cheques sem fundo)."
    )
    lawsuits: ReportBlock | None = strawberry.field(description="Lawsuits (ações judiciais).")
    bankruptcies: ReportBlock | None = strawberry.field(description="Bankruptcies (falências e concordatas).")
    earlier_queries: ReportBlock | None = strawberry.field(
        description="Earlier queries by others (consultas anteriores)."
    )

    @classmethod
    def of(
        cls, report: domain.CreditReport, holder: documents.Document, subject_name: str | None
    ) -> "CreditReport":
        """The report as the schema shows it; holder: the document consulted; subject_name: what our own record calls its holder."""
        identity = report.identity
        mentioned = Mentioned(holder, (subject_name, *(identity.names if identity else ())))
        return cls(
            identity=None if identity is None else ReportIdentity.of(identity, holder, mentioned),
            score=None if report.score is None else Score.of(report.score),
            pending_debts=_block(report.pending_debts, mentioned),
            protests=_block(report.protests, mentioned),
            bad_cheques=_block(report.bad_cheques, mentioned),
            lawsuits=_block(report.lawsuits, mentioned),
            bankruptcies=_block(report.bankruptcies, mentioned),
            earlier_queries=_block(report.earlier_queries, mentioned),
        )
