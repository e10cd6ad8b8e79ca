"""Documents that are answered in fixed ways. All are synthetic: their numbers follow a pattern, their names are invented.

`python -m adapters.connect_sa.sandbox` prints them as a Markdown table.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from adapters.connect_sa.sandbox.answers import Refusal, forbidden_by_law, invalid
from core.domain.documents import parse_document


class Pace(Enum):
    """How long the provider takes for a document."""

    PROMPT = "prompt"
    SLOW = "slow"
    TOO_LATE = "too late"


class BatchRule(Enum):
    """What the daily batch does to a registration, other than accepting and publishing it."""

    NONE = "none"
    NAME_MISMATCH = "name mismatch"
    REMOVED = "removed"
    CLEARING_REJECTED_ONCE = "clearing rejected once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the bureau knows of somebody: the figures from which a report is drawn."""

    name: str
    born_or_founded: date
    status: str
    mother: str | None = None
    score: int
    debts: int = 0
    protests: int = 0
    cheques: int = 0
    lawsuits: int = 0
    bankruptcies: int = 0
    queries: int = 0
    sub_judice: bool = False


class Outcome(Enum):
    """A refusal that a document always gets: status, code, message, and whether the law forbids it (422 only)."""

    MINOR = (422, "900", "CPF de menor de idade.", True)
    INSUFFICIENT_DATA = (422, "903", "Dados insuficientes para a consulta.", False)
    NONEXISTENT = (422, "904", "Documento inexistente na Receita Federal.", False)
    SUB_JUDICE = (422, "917", "DOCUMENTO SOB JUDICE, BLOQUEADO PARA INCLUSOES.", True)
    DUPLICATE = (409, "JA_INCLUIDO", "Registro já incluído com o mesmo documento e contrato.", None)
    UNAVAILABLE = (503, "INDISPONIVEL", "Serviço temporariamente indisponível.", None)

    def refusal(self) -> Refusal:
        """The refusal to raise."""
        status, code, message, legal = self.value
        if legal is None:
            return Refusal(status, code, message, retry_after=1 if status == 503 else None)
        return forbidden_by_law(code, message) if legal else invalid(code, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A document and what it is answered. `consultation` and `negativation` say it in words, for people."""

    name: str
    document: str
    consultation: str
    negativation: str
    profile: Profile | None = None
    consultation_refused: Outcome | None = None
    inclusion_refused: Outcome | None = None
    batch: BatchRule = BatchRule.NONE
    pace: Pace = Pace.PROMPT


_PUBLISHED = "accepted, published after the notice window"

SCENARIOS = (
    Scenario(
        name="Clean person",
        document="80000000167",
        consultation="score 905, nothing found",
        negativation=_PUBLISHED,
        profile=Profile(
            name="Helena Exemplo Monteiro",
            born_or_founded=date(1984, 3, 12),
            status="REGULAR",
            mother="Lúcia Exemplo Monteiro",
            score=905,
            queries=1,
        ),
    ),
    Scenario(
        name="Negative person",
        document="80000000248",
        consultation="score 118; pending debts, protests, cheques, lawsuits, queries",
        negativation=_PUBLISHED,
        profile=Profile(
            name="Otávio Fictício Barreto",
            born_or_founded=date(1979, 11, 2),
            status="REGULAR",
            mother="Neusa Fictícia Barreto",
            score=118,
            debts=7,
            protests=2,
            cheques=3,
            lawsuits=1,
            queries=9,
        ),
    ),
    Scenario(
        name="Person of medium risk",
        document="80000000329",
        consultation="score 512, one pending debt",
        negativation=_PUBLISHED,
        profile=Profile(
            name="Íris Modelo Cardoso",
            born_or_founded=date(1991, 7, 25),
            status="REGULAR",
            mother="Célia Modelo Cardoso",
            score=512,
            debts=1,
            queries=4,
        ),
    ),
    Scenario(
        name="Clean company",
        document="80000010000166",
        consultation="score 820, nothing found",
        negativation=_PUBLISHED,
        profile=Profile(
            name="Padaria Exemplo da Serra Ltda",
            born_or_founded=date(2009, 5, 4),
            status="ATIVA",
            score=820,
            queries=2,
        ),
    ),
    Scenario(
        name="Company with bankruptcies",
        document="80000011000100",
        consultation="score 45; bankruptcies, lawsuits, protests, pending debts",
        negativation=_PUBLISHED,
        profile=Profile(
            name="Metalúrgica Fictícia do Vale S.A.",
            born_or_founded=date(1998, 9, 21),
            status="ATIVA",
            score=45,
            debts=12,
            protests=6,
            lawsuits=4,
            bankruptcies=2,
            queries=11,
        ),
    ),
    Scenario(
        name="Company with an alphanumeric CNPJ",
        document="12ABC34501DE35",
        consultation="score 760, nothing found",
        negativation="refused: `DOCUMENTO_NAO_SUPORTADO_PELO_BUREAU`",
        profile=Profile(
            name="Livraria Modelo Alfanumérica Ltda",
            born_or_founded=date(2026, 7, 1),
            status="ATIVA",
            score=760,
        ),
    ),
    Scenario(
        name="Minor",
        document="80000000400",
        consultation="refused by law: `900`, not billed",
        negativation="refused by law: `900`",
        consultation_refused=Outcome.MINOR,
        inclusion_refused=Outcome.MINOR,
    ),
    Scenario(
        name="Sub judice",
        document="80000000590",
        consultation="score 390, one pending debt marked sub judice",
        negativation="refused by law: `917`",
        profile=Profile(
            name="Raul Exemplo Teixeira",
            born_or_founded=date(1988, 1, 30),
            status="REGULAR",
            mother="Dalva Exemplo Teixeira",
            score=390,
            debts=1,
            sub_judice=True,
        ),
        inclusion_refused=Outcome.SUB_JUDICE,
    ),
    Scenario(
        name="Name mismatch",
        document="80000000671",
        consultation="a report drawn from the document",
        negativation="rejected by the batch: `00046`",
        batch=BatchRule.NAME_MISMATCH,
    ),
    Scenario(
        name="Duplicate",
        document="80000000752",
        consultation="a report drawn from the document",
        negativation="refused: already there (409)",
        inclusion_refused=Outcome.DUPLICATE,
    ),
    Scenario(
        name="Insufficient data",
        document="80000000833",
        consultation="refused: `903`, not billed",
        negativation=_PUBLISHED,
        consultation_refused=Outcome.INSUFFICIENT_DATA,
    ),
    Scenario(
        name="Nonexistent",
        document="80000000914",
        consultation="refused: `904`, not billed",
        negativation="refused: `904`",
        consultation_refused=Outcome.NONEXISTENT,
        inclusion_refused=Outcome.NONEXISTENT,
    ),
    Scenario(
        name="Slow",
        document="80000001058",
        consultation="a report after 3 seconds",
        negativation="taken in after 3 seconds",
        pace=Pace.SLOW,
    ),
    Scenario(
        name="Unavailable",
        document="80000001139",
        consultation="503, nothing done",
        negativation="503, nothing done",
        consultation_refused=Outcome.UNAVAILABLE,
        inclusion_refused=Outcome.UNAVAILABLE,
    ),
    Scenario(
        name="Answered too late",
        document="80000001210",
        consultation="done and billed, but answered after the client gave up; a repeat is answered at once",
        negativation="taken in, but answered after the client gave up; a repeat is answered at once",
        pace=Pace.TOO_LATE,
    ),
    Scenario(
        name="Removed by the bureau",
        document="80000001309",
        consultation="a report drawn from the document",
        negativation="published, removed by the bureau in the batch after",
        batch=BatchRule.REMOVED,
    ),
    Scenario(
        name="Clearing rejected once",
        document="80000001481",
        consultation="a report drawn from the document",
        negativation="published; its first clearing is rejected, the second accepted",
        batch=BatchRule.CLEARING_REJECTED_ONCE,
    ),
)

_BY_DOCUMENT = {scenario.document: scenario for scenario in SCENARIOS}


def scenario_of(document: str) -> Scenario | None:
    """What is fixed for this document, if anything is."""
    return _BY_DOCUMENT.get(document)


def markdown_table() -> str:
    """The fixed documents as a table for readers."""
    rows = [
        f"| {scenario.name} | {parse_document(scenario.document).formatted} | {scenario.consultation} | {scenario.negativation} |"
        for scenario in SCENARIOS
    ]
    return "\n".join(["| who | document | consultation | negativation |", "|---|---|---|---|", *rows])
