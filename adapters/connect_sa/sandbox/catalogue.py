"""What the provider sells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan, its price, and the blocks of its reports besides the identity.

    `counts_only`: the pending debts are counted, not listed.
    """

    code: str
    name: str
    price: str
    blocks: frozenset[str]
    counts_only: bool = False


PLANS = {
    plan.code: plan
    for plan in (
        Plan(
            code="INDICADOR_NEGATIVOS",
            name="Indicador de negativos",
            price="2.90",
            blocks=frozenset({"pendencias"}),
            counts_only=True,
        ),
        Plan(
            code="CREDNET_TOP",
            name="Crednet Top",
            price="7.50",
            blocks=frozenset({"pendencias", "protestos", "cheques", "acoes", "consultasAnteriores"}),
        ),
        Plan(
            code="RELATORIO_SCORE",
            name="Relatório + Score",
            price="9.90",
            blocks=frozenset(
                {"score", "pendencias", "protestos", "cheques", "acoes", "falencias", "consultasAnteriores"}
            ),
        ),
    )
}
