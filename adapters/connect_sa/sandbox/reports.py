"""Reports: drawn from a profile, and for any other document from the document itself, always the same for one day."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from adapters.connect_sa.sandbox.catalogue import Plan
from adapters.connect_sa.sandbox.scenarios import Profile, scenario_of

LISTED = 5
"""A block lists its latest occurrences and counts all."""

_FIRST_NAMES = (
    *("Amanda", "Bento", "Cecília", "Danilo", "Elisa", "Fábio", "Gisele", "Heitor", "Ivone", "Joaquim"),
    *("Karina", "Leandro", "Marta", "Nelson", "Olívia", "Paulo", "Quitéria", "Renato", "Sônia", "Tadeu"),
)
_MIDDLE_NAMES = ("Exemplo", "Fictício", "Modelo", "Ilustre", "Imaginário")
_LAST_NAMES = (
    *(
        "Amaral",
        "Bragança",
        "Coutinho",
        "Dantas",
        "Esteves",
        "Furtado",
        "Guedes",
        "Hortêncio",
        "Inácio",
        "Junqueira",
    ),
    *("Leal", "Moura", "Neves", "Ourique", "Prado", "Queiroz", "Rezende", "Saldanha", "Tavares", "Vilela"),
)
_TRADES = (
    "Mercado",
    "Oficina",
    "Farmácia",
    "Gráfica",
    "Transportadora",
    "Confecção",
    "Restaurante",
    "Clínica",
)
_PLACES = ("Aurora", "do Vale", "Horizonte", "da Serra", "Ipê", "do Porto", "Pinhão", "Bela Vista")
_CREDITORS = (
    *("Banco Aurora", "Lojas Horizonte", "Cartões Ipê", "Telefonia Serra Azul", "Financeira Pinhão"),
    *("Energia do Vale", "Magazine Bela Vista", "Cooperativa do Porto"),
)
_CAPITALS = {
    "AC": "Rio Branco",
    "AL": "Maceió",
    "AM": "Manaus",
    "AP": "Macapá",
    "BA": "Salvador",
    "CE": "Fortaleza",
    "DF": "Brasília",
    "ES": "Vitória",
    "GO": "Goiânia",
    "MA": "São Luís",
    "MG": "Belo Horizonte",
    "MS": "Campo Grande",
    "MT": "Cuiabá",
    "PA": "Belém",
    "PB": "João Pessoa",
    "PE": "Recife",
    "PI": "Teresina",
    "PR": "Curitiba",
    "RJ": "Rio de Janeiro",
    "RN": "Natal",
    "RO": "Porto Velho",
    "RR": "Boa Vista",
    "RS": "Porto Alegre",
    "SC": "Florianópolis",
    "SE": "Aracaju",
    "SP": "São Paulo",
    "TO": "Palmas",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How the occurrences of a block look. `largest` is in centavos; 0 means that they have no amount."""

    block: str
    origins: tuple[str, ...]
    modalities: tuple[str, ...]
    reference: str
    largest: int
    oldest_days: int
    local: bool = False


_KINDS = (
    _Kind(
        block="pendencias",
        origins=_CREDITORS,
        modalities=("OUTRAS OPER", "CARTAO CREDITO", "EMPRESTIMO", "TELEFONIA", "CREDIARIO"),
        reference="CT",
        largest=480_000,
        oldest_days=1700,
    ),
    _Kind(
        block="protestos",
        origins=("1º Tabelionato de Protesto", "2º Tabelionato de Protesto"),
        modalities=("DUPLICATA", "NOTA PROMISSORIA"),
        reference="PT",
        largest=900_000,
        oldest_days=1700,
        local=True,
    ),
    _Kind(
        block="cheques",
        origins=("Banco Aurora, agência 0101", "Banco do Porto, agência 0202"),
        modalities=("ALINEA 12", "ALINEA 13"),
        reference="CH",
        largest=250_000,
        oldest_days=1500,
    ),
    _Kind(
        block="acoes",
        origins=("1ª Vara Cível", "3ª Vara Cível", "Juizado Especial Cível"),
        modalities=("EXECUCAO", "BUSCA E APREENSAO"),
        reference="PR",
        largest=6_000_000,
        oldest_days=2500,
        local=True,
    ),
    _Kind(
        block="falencias",
        origins=("Vara de Falências e Recuperações Judiciais",),
        modalities=("RECUPERACAO JUDICIAL REQUERIDA", "FALENCIA REQUERIDA"),
        reference="FA",
        largest=0,
        oldest_days=1500,
        local=True,
    ),
    _Kind(
        block="consultasAnteriores",
        origins=_CREDITORS,
        modalities=("CREDITO",),
        reference="CO",
        largest=0,
        oldest_days=90,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Risk:
    """A class of risk: the least and most of each figure, for all documents that draw a number under `below`."""

    below: int
    score: tuple[int, int]
    debts: tuple[int, int] = (0, 0)
    protests: tuple[int, int] = (0, 0)
    cheques: tuple[int, int] = (0, 0)
    lawsuits: tuple[int, int] = (0, 0)
    queries: tuple[int, int] = (0, 0)


_RISKS = (
    _Risk(below=55, score=(620, 960), queries=(0, 2)),
    _Risk(below=80, score=(380, 619), debts=(0, 2), queries=(1, 5)),
    _Risk(
        below=100,
        score=(40, 379),
        debts=(2, 8),
        protests=(0, 3),
        cheques=(0, 3),
        lawsuits=(0, 2),
        queries=(3, 10),
    ),
)
_BANKRUPT_FROM = 97


def profile_of(document: str) -> Profile:
    """What is known of a document: fixed, or drawn from the document."""
    scenario = scenario_of(document)
    if scenario is not None and scenario.profile is not None:
        return scenario.profile
    return _drawn_profile(document)


def draw_report(document: str, state_code: str | None, plan: Plan, on: date) -> dict[str, object]:
    """Relatorio: what `plan` shows of a document on a day."""
    profile = profile_of(document)
    counts = {
        "pendencias": profile.debts,
        "protestos": profile.protests,
        "cheques": profile.cheques,
        "acoes": profile.lawsuits,
        "falencias": profile.bankruptcies,
        "consultasAnteriores": profile.queries,
    }
    report: dict[str, object] = {
        "identidade": {
            "nome": profile.name,
            "nascimentoOuFundacao": profile.born_or_founded.isoformat(),
            "situacaoDocumento": profile.status,
            "nomeMae": profile.mother,
        },
        "score": {"valor": profile.score} if "score" in plan.blocks else None,
    }
    for kind in _KINDS:
        if kind.block not in plan.blocks:
            report[kind.block] = None
        elif plan.counts_only:
            report[kind.block] = _block(counts[kind.block], [])
        else:
            occurrences = _occurrences(document, kind, counts[kind.block], state_code, on)
            if kind.block == "pendencias" and profile.sub_judice:
                occurrences[0]["subJudice"] = True
            report[kind.block] = _block(len(occurrences), occurrences)
    return report


def _block(count: int, occurrences: list[dict[str, object]]) -> dict[str, object]:
    """Bloco, its occurrences latest first."""
    days = [str(occurrence["data"]) for occurrence in occurrences]
    amounts = [str(occurrence["valor"]) for occurrence in occurrences if occurrence["valor"] is not None]
    return {
        "quantidade": count,
        "total": _reais(sum(int(amount.replace(".", "")) for amount in amounts)) if amounts else None,
        "primeira": min(days, default=None),
        "ultima": max(days, default=None),
        "mensagem": None if count else "NADA CONSTA",
        "ocorrencias": occurrences[:LISTED],
    }


def _occurrences(
    document: str, kind: _Kind, count: int, state_code: str | None, on: date
) -> list[dict[str, object]]:
    occurrences: list[dict[str, object]] = []
    for index in range(count):
        label = f"{kind.block}/{index}"
        days_ago = 1 + _pick(document, f"{label}/days", kind.oldest_days)
        state = state_code or tuple(_CAPITALS)[_pick(document, f"{label}/uf", len(_CAPITALS))]
        occurrences.append(
            {
                "data": (on - timedelta(days=days_ago)).isoformat(),
                "valor": _reais(5_000 + _pick(document, f"{label}/amount", kind.largest))
                if kind.largest
                else None,
                "origem": kind.origins[_pick(document, f"{label}/origin", len(kind.origins))],
                "modalidade": kind.modalities[_pick(document, f"{label}/modality", len(kind.modalities))],
                "referencia": f"{kind.reference}{_pick(document, f'{label}/reference', 10**8):08d}",
                "cidade": _CAPITALS[state] if kind.local else None,
                "uf": state if kind.local else None,
                "avalista": kind.block == "pendencias" and _pick(document, f"{label}/guarantor", 8) == 0,
                "subJudice": False,
            }
        )
    return sorted(occurrences, key=lambda occurrence: str(occurrence["data"]), reverse=True)


def _drawn_profile(document: str) -> Profile:
    company = len(document) == 14
    draw = _pick(document, "risk", 100)
    risk = next(risk for risk in _RISKS if draw < risk.below)

    def figure(name: str, span: tuple[int, int]) -> int:
        least, most = span
        return least + _pick(document, name, most - least + 1)

    return Profile(
        name=_company_name(document) if company else _person_name(document, "name"),
        born_or_founded=date(1955, 1, 1) + timedelta(days=_pick(document, "age", 50 * 365)),
        status="ATIVA" if company else "REGULAR",
        mother=None if company else _person_name(document, "mother"),
        score=figure("score", risk.score),
        debts=figure("debts", risk.debts),
        protests=figure("protests", risk.protests),
        cheques=figure("cheques", risk.cheques),
        lawsuits=figure("lawsuits", risk.lawsuits),
        bankruptcies=1 if company and draw >= _BANKRUPT_FROM else 0,
        queries=figure("queries", risk.queries),
    )


def _person_name(document: str, label: str) -> str:
    parts = (
        (_FIRST_NAMES, f"{label}/first"),
        (_MIDDLE_NAMES, "middle"),
        (_LAST_NAMES, "last"),
    )
    return " ".join(names[_pick(document, part, len(names))] for names, part in parts)


def _company_name(document: str) -> str:
    trade = _TRADES[_pick(document, "trade", len(_TRADES))]
    return f"{trade} {_PLACES[_pick(document, 'place', len(_PLACES))]} Ltda"


def _pick(document: str, label: str, choices: int) -> int:
    """A number below `choices` that follows from the document and the label alone."""
    digest = hashlib.blake2b(f"{document}/{label}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % choices


def _reais(centavos: int) -> str:
    return f"{centavos // 100}.{centavos % 100:02d}"
