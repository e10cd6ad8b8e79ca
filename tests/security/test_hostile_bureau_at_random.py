"""A bureau that answers at random, and oddly but as the contract allows: the service goes on, and all of it is shown."""

import asyncio
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from support.hostile_bureau import Reply, http
from support.hostile_house import GOOD, House, report_but, report_with

SEED = 20_261_122

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def _paths(node: Any, path: str = "") -> Iterator[str]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        yield f"{path}{name}"
        yield from _paths(child, f"{path}{name}.")


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


_BODIES = st.one_of(
    st.binary(max_size=200),
    _VALUES.map(_dumped),
    st.builds(report_but, st.sampled_from(sorted(_paths(report_with()))), _VALUES).map(_dumped),
    st.builds(
        lambda at, gone, put: GOOD[:at] + put + GOOD[at + gone :],
        st.integers(0, len(GOOD)),
        st.integers(0, 30),
        st.binary(max_size=5),
    ),
    st.fixed_dictionaries(
        {"codigo": _VALUES, "mensagem": _VALUES, "faturada": st.booleans()}, optional={"classe": _VALUES}
    ).map(_dumped),
    st.fixed_dictionaries(
        {"codigo": st.just("X1"), "mensagem": st.text(max_size=2_000), "faturada": st.booleans()}
    ).map(_dumped),
)
_STATUSES = st.one_of(st.just(200), st.integers(200, 599).filter(lambda status: status != 401))
_HEADERS = st.lists(
    st.builds(
        "{}: {}".format,
        st.one_of(
            st.sampled_from(["Retry-After", "Content-Type", "Content-Encoding", "Set-Cookie", "Location"]),
            st.from_regex(r"\A[A-Za-z-]{1,20}\Z"),
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=50),
    ),
    max_size=4,
)


def _at_random(config: pytest.Config, short: int, long: int) -> settings:
    return settings(
        max_examples=long if config.getoption("--long") else short,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


async def test_answers_at_random(house: House, pytestconfig: pytest.Config) -> None:
    came: Counter[str] = Counter()

    @seed(SEED)
    @_at_random(pytestconfig, 20, 3_000)
    @given(_BODIES, _STATUSES, _HEADERS)
    def ask(body: bytes, status: int, headers: list[str]) -> None:
        house.bureau.reply = Reply(sent=http(body, *headers, status=status))
        outcome = house.consult()
        came[outcome["__typename"]] += 1
        if outcome["__typename"] == "ConsultCreditSuccess":
            house.open_all_of(outcome["consultation"]["number"])

    await asyncio.to_thread(ask)
    await asyncio.to_thread(house.download_all)
    assert set(came) <= {"ConsultCreditSuccess", "BureauUnavailableError", "BureauRejectedError"}
    assert came["BureauUnavailableError"]


_TEXTS = st.text(max_size=600)
_MAYBE = st.none() | _TEXTS
_DAYS = st.none() | st.dates().map(str)
_AMOUNTS = st.none() | st.integers(0, 10**13 - 1).map(
    lambda centavos: f"{centavos // 100}.{centavos % 100:02}"
)
_BLOCKS = st.none() | st.fixed_dictionaries(
    {
        "quantidade": st.integers(0, 10**6),
        "total": _AMOUNTS,
        "primeira": _DAYS,
        "ultima": _DAYS,
        "mensagem": _MAYBE,
        "ocorrencias": st.lists(
            st.fixed_dictionaries(
                {
                    "data": _DAYS,
                    "valor": _AMOUNTS,
                    "uf": st.none() | st.from_regex(r"\A[A-Z]{2}\Z"),
                    **dict.fromkeys(("origem", "modalidade", "referencia", "cidade"), _MAYBE),
                    **dict.fromkeys(("avalista", "subJudice"), st.booleans()),
                }
            ),
            max_size=3,
        ),
    }
)
_REPORTS = st.fixed_dictionaries(
    {
        "identidade": st.none()
        | st.fixed_dictionaries(
            {"nome": _TEXTS, "nascimentoOuFundacao": _DAYS, "situacaoDocumento": _MAYBE, "nomeMae": _MAYBE}
        ),
        "score": st.none() | st.fixed_dictionaries({"valor": st.integers(0, 1_000)}),
        **dict.fromkeys(
            ("pendencias", "protestos", "cheques", "acoes", "falencias", "consultasAnteriores"), _BLOCKS
        ),
    }
)


async def test_whatever_the_contract_allows_is_shown(house: House, pytestconfig: pytest.Config) -> None:
    """Odd but well-formed: texts of any script, the first and last of days, the largest of amounts."""

    @seed(SEED)
    @_at_random(pytestconfig, 5, 400)
    @given(_REPORTS, st.binary(min_size=1, max_size=300))
    def ask(report: dict[str, Any], page: bytes) -> None:
        original = {"tipoMidia": "text/html; charset=utf-8", "conteudo": b64encode(page).decode()}
        house.bureau.reply = Reply(sent=http(_dumped(report_with(relatorio=report, original=original))))
        outcome = house.consult()
        assert outcome["__typename"] == "ConsultCreditSuccess", report
        house.open_all_of(outcome["consultation"]["number"])

    await asyncio.to_thread(ask)
    await asyncio.to_thread(house.download_all)
