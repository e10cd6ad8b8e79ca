"""Sheets to print: invented people and companies with valid, synthetic documents."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from core.domain.bureau import Environment
from core.domain.consultation import Consultation, ConsultationOutcome
from core.domain.documents import Document, parse_document
from core.domain.integration import Intermediary
from core.domain.money import Money
from core.domain.plans import ConsultationPlan
from core.domain.report import EMPTY_BLOCK, CreditReport, Identity, ReportBlock, ReportEntry, Score
from core.domain.report_sheet import ReportSheet
from core.domain.states import StateCode
from core.domain.subjects import SubjectKind

PERSON = parse_document("123.456.789-09")
COMPANY = parse_document("12.ABC.345/01DE-35")
BRANCH = parse_document("11.222.333/0001-81")

PERFORMED_AT = datetime(2026, 11, 21, 17, 3, 40, tzinfo=UTC)
"""14:03 in São Paulo."""


def consultation(document: Document) -> Consultation:
    return Consultation(
        id=UUID("019aa8f2-5f2c-7000-8000-000000000001"),
        number=1042,
        key="consultation-1042",
        subject_kind=SubjectKind.CUSTOMER if document == PERSON else SubjectKind.CNPJ,
        subject_id=UUID("019aa8f2-5f2c-7000-8000-000000000002"),
        document=document,
        state_code=StateCode.SP,
        plan=ConsultationPlan.REPORT_AND_SCORE,
        environment=Environment.PRODUCTION,
        integration_id=UUID("019aa8f2-5f2c-7000-8000-000000000003"),
        branch_id=UUID("019aa8f2-5f2c-7000-8000-000000000004"),
        outcome=ConsultationOutcome.SUCCEEDED,
        performed_at=PERFORMED_AT,
        performed_by="Atendimento Campinas",
        repeat_confirmed=False,
        protocol="SB-2026-0004711",
        billable=True,
    )


def clean() -> ReportSheet:
    """A person with nothing against them and a high score."""
    report = CreditReport(
        identity=Identity(
            name="João da Conceição Araújo",
            birth_or_foundation_on=date(1988, 2, 29),
            document_status="Regular",
            mother_name="Maria das Graças Araújo",
        ),
        score=Score(742),
        pending_debts=EMPTY_BLOCK,
        protests=EMPTY_BLOCK,
        bad_cheques=EMPTY_BLOCK,
        lawsuits=EMPTY_BLOCK,
        bankruptcies=EMPTY_BLOCK,
        earlier_queries=EMPTY_BLOCK,
    )
    return ReportSheet(
        consultation=consultation(PERSON),
        report=report,
        intermediary=Intermediary.CONNECT,
        branch_name="Rede Horizonte Telecom Campinas",
        branch_document=BRANCH,
        subject_name="João da Conceição Araújo",
        whole_document=True,
    )


def negative() -> ReportSheet:
    """A person with debts, protests, cheques and earlier queries; no lawsuits; bankruptcies are not in the plan."""
    debts = (
        ReportEntry(
            occurred_on=date(2026, 3, 4),
            amount=Money(123_456),
            origin="Banco Fictício S.A.",
            modality="Cartão de crédito",
            reference="0004711-22",
            city="São Paulo",
            state_code="SP",
        ),
        ReportEntry(
            occurred_on=date(2025, 12, 10),
            amount=Money(19_990),
            origin="Operadora Inventada Ltda.",
            modality="Telecomunicações",
            reference="CT 88/2025",
            city="Campinas",
            state_code="SP",
            guarantor=True,
            sub_judice=True,
        ),
    )
    report = replace(
        clean().report,
        score=Score(187),
        pending_debts=ReportBlock(
            count=25,
            total=Money(1_043_446),
            first_on=date(2024, 1, 15),
            last_on=date(2026, 3, 4),
            entries=debts,
            message="Existem pendências em análise.",
        ),
        protests=ReportBlock(
            count=1,
            total=Money(80_000),
            first_on=date(2025, 7, 1),
            last_on=date(2025, 7, 1),
            entries=(
                ReportEntry(
                    occurred_on=date(2025, 7, 1),
                    amount=Money(80_000),
                    origin="2º Tabelionato de Protesto",
                    city="Campinas",
                    state_code="SP",
                ),
            ),
        ),
        bad_cheques=ReportBlock(count=3, last_on=date(2025, 5, 2)),
        bankruptcies=None,
        earlier_queries=ReportBlock(
            count=2,
            first_on=date(2026, 9, 1),
            last_on=date(2026, 11, 3),
            entries=(
                ReportEntry(occurred_on=date(2026, 11, 3), origin="Loja Modelo Comércio de Móveis"),
                ReportEntry(occurred_on=date(2026, 9, 1), origin="Financeira Exemplo"),
            ),
        ),
    )
    return replace(clean(), report=report)


def masked() -> ReportSheet:
    """The same person for a reader who may not see the document, which the bureau's texts quote in many forms."""
    quoted = ReportBlock(
        count=1,
        first_on=date(2026, 3, 4),
        last_on=date(2026, 3, 4),
        entries=(
            ReportEntry(
                occurred_on=date(2026, 3, 4),
                amount=Money(100),
                origin="12345678909",
                reference="C-123456789-09",
            ),
        ),
        message="Pendência do CPF 123.456.789-09 (123 456 789 09).",
    )
    sheet = negative()
    return replace(sheet, report=replace(sheet.report, lawsuits=quoted), whole_document=False)


def company() -> ReportSheet:
    """A company, consulted by its bare alphanumeric CNPJ under a plan without identity, score and most blocks."""
    entry = ReportEntry(
        occurred_on=date(2025, 2, 3),
        amount=Money(12_345_678_90),
        origin="1ª Vara de Falências e Recuperações Judiciais",
        modality="Recuperação judicial",
        reference="0001234-56.2025.8.26.0100",
        city="São Paulo",
        state_code="SP",
    )
    return replace(
        clean(),
        consultation=replace(
            consultation(COMPANY), plan=ConsultationPlan.CREDNET_TOP, environment=Environment.HOMOLOGATION
        ),
        report=CreditReport(
            identity=Identity(
                name="Comércio de Alimentos e Bebidas Irmãos Exemplo & Filhos Indústria, Importação e Exportação Ltda.",
                birth_or_foundation_on=date(2026, 8, 1),
                document_status="Ativa",
            ),
            pending_debts=EMPTY_BLOCK,
            bankruptcies=ReportBlock(
                count=1,
                total=entry.amount,
                first_on=entry.occurred_on,
                last_on=entry.occurred_on,
                entries=(entry,),
            ),
        ),
        subject_name=None,
    )


def crowded(entries: int = 200) -> ReportSheet:
    """A person with very many debts, long words and hostile texts."""
    debts = tuple(
        ReportEntry(
            occurred_on=date(2026, 10, 1) - timedelta(days=index * 3),
            amount=Money(9_900 + index * 137),
            origin=f"Credor número {index + 1} " + ("de Nome Extremamente Comprido " * (index % 4)),
            modality=("Financiamento", "Cartão de crédito", "Telecomunicações")[index % 3],
            reference="X" * 60 if index == 5 else f"{index:010d}",
            city="São José do Vale do Rio Preto",
            state_code="RJ",
            sub_judice=index % 10 == 0,
        )
        for index in range(entries)
    )
    block = ReportBlock(
        count=entries,
        total=Money(sum(debt.amount.centavos for debt in debts if debt.amount)),
        first_on=debts[-1].occurred_on,
        last_on=debts[0].occurred_on,
        entries=debts,
    )
    sheet = clean()
    return replace(
        sheet,
        report=replace(
            sheet.report,
            identity=Identity(
                name='<script>alert(1)</script> & "Ção" #let x = $y$ *z* `a` ${b} {{ c }} 漢字 😀\u202e'
            ),
            score=Score(0),
            pending_debts=block,
        ),
        subject_name="Maximiliana " * 12 + "Pneumoultramicroscopicossilicovulcanoconiose" * 3,
    )


ALL = {"clean": clean, "negative": negative, "masked": masked, "company": company, "crowded": crowded}
