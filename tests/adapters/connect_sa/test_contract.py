"""The sandbox speaks the whole contract and nothing else."""

import asyncio
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis import Case, GenerationMode
from starlette.routing import Route

from adapters.connect_sa.sandbox import create_sandbox
from support.connect_sa import ADDRESS, LOGIN, Contract, MovableClock, Provider
from support.documents import synthetic_cnpj

CONSULTA, PEFIN = (LOGIN, "Demo@123"), (LOGIN, "135790")
CALLS = [(path, method) for path, method in sorted(Contract().operations)]
COMPANY = "/v1/monitoramentos/80000011000100"


def test_every_operation_has_a_route_and_every_route_an_operation(
    contract: Contract, provider: Provider
) -> None:
    routes = {
        (route.path, method)
        for route in provider.app.routes
        if isinstance(route, Route) and route.path.startswith("/v1/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert routes == contract.operations


async def test_monitoring_watches_lists_and_stops(provider: Provider) -> None:
    http = provider.checked
    first = (await http.put(COMPANY, auth=CONSULTA)).json()
    provider.clock.pass_time(hours=1)
    assert (await http.put(COMPANY, auth=CONSULTA)).json() == first
    listed = await http.get("/v1/monitoramentos", auth=CONSULTA)
    assert listed.json() == {"monitoramentos": [first]}
    await provider.advance(3)
    page = (await http.get("/v1/monitoramentos/eventos", params={"limite": 2}, auth=CONSULTA)).json()
    assert [row["tipo"] for row in page["eventos"]] == ["FALENCIA"] * 2
    assert page["haMais"] is True
    rest = await http.get("/v1/monitoramentos/eventos", params={"apos": page["cursor"]}, auth=CONSULTA)
    assert (len(rest.json()["eventos"]), rest.json()["haMais"]) == (1, False)
    for _ in range(2):
        assert (await http.delete(COMPANY, auth=CONSULTA)).status_code == 204
    await provider.advance(3)
    after = await http.get(
        "/v1/monitoramentos/eventos", params={"apos": rest.json()["cursor"]}, auth=CONSULTA
    )
    assert after.json()["eventos"] == []


async def test_an_ordinary_company_changes_now_and_then(provider: Provider) -> None:
    ordinary, clean = synthetic_cnpj(1).number, "80000010000166"
    for cnpj in (ordinary, clean):
        assert (await provider.checked.put(f"/v1/monitoramentos/{cnpj}", auth=CONSULTA)).status_code == 200
    await provider.advance(365)
    events = (await provider.checked.get("/v1/monitoramentos/eventos", auth=CONSULTA)).json()["eventos"]
    assert {row["cnpj"] for row in events} == {ordinary}, "the clean company never changes"
    assert 10 < len(events) < 50


@pytest.mark.parametrize("document", ["80000000167", "80.000.011", "80000011000101", "x"])
async def test_only_a_cnpj_is_watched(provider: Provider, document: str) -> None:
    answer = await provider.http.put(f"/v1/monitoramentos/{document}", auth=CONSULTA)
    assert (answer.status_code, answer.json()["codigo"]) == (422, "DOCUMENTO_INVALIDO")


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code"),
    [
        ("GET", "/v1/nada", {}, 404, "ROTA_NAO_ENCONTRADA"),
        ("GET", "/v1/credenciais/web", {"auth": PEFIN}, 404, "ROTA_NAO_ENCONTRADA"),
        ("DELETE", "/v1/planos", {"auth": CONSULTA}, 405, "METODO_NAO_PERMITIDO"),
        ("POST", "/v1/consultas", {"auth": CONSULTA, "json": {}}, 400, "CHAVE_INVALIDA"),
        (
            *("POST", "/v1/consultas"),
            {"auth": CONSULTA, "json": {}, "headers": {"Idempotency-Key": "a b"}},
            *(400, "CHAVE_INVALIDA"),
        ),
        (
            *("POST", "/v1/consultas"),
            {"auth": CONSULTA, "content": b"{", "headers": {"Idempotency-Key": "k"}},
            *(400, "REQUISICAO_INVALIDA"),
        ),
        (
            *("POST", "/v1/consultas"),
            {"auth": CONSULTA, "json": {"documento": "1"}, "headers": {"Idempotency-Key": "k"}},
            *(422, "CAMPO_INVALIDO"),
        ),
        ("PUT", "/v1/credenciais/pefin", {"auth": PEFIN, "json": []}, 422, "CAMPO_INVALIDO"),
        (
            "PUT",
            "/v1/credenciais/pefin",
            {"auth": PEFIN, "content": b" " * 2**21},
            413,
            "REQUISICAO_INVALIDA",
        ),
        ("GET", "/v1/pefin/resultados?limite=0", {"auth": PEFIN}, 400, "PARAMETRO_INVALIDO"),
        ("GET", "/v1/pefin/resultados?limite=501", {"auth": PEFIN}, 400, "PARAMETRO_INVALIDO"),
        ("GET", "/v1/planos", {}, 401, "CREDENCIAL_RECUSADA"),
        ("GET", "/v1/planos", {"headers": {"Authorization": "Basic ???"}}, 401, "CREDENCIAL_RECUSADA"),
        ("GET", "/v1/planos", {"headers": {"Authorization": "Bearer abc"}}, 401, "CREDENCIAL_RECUSADA"),
    ],
)
async def test_wrong_requests_are_refused_in_the_shape_of_the_contract(
    provider: Provider, method: str, path: str, more: dict[str, Any], status: int, code: str
) -> None:
    answer = await provider.http.request(method, path, **more)
    assert (answer.status_code, answer.json()["codigo"], answer.json()["faturada"]) == (status, code, False)
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)
    assert ("Allow" in answer.headers) is (status == 405)


async def test_a_refused_body_is_not_quoted(provider: Provider) -> None:
    body = {"documento": {"numero": "segredo"}, "segredo": 1}
    answer = await provider.http.post(
        "/v1/consultas", json=body, auth=CONSULTA, headers={"Idempotency-Key": "k"}
    )
    assert answer.json()["mensagem"] == "Campos ausentes ou inválidos: documento, plano, segredo, uf."


async def test_an_error_of_its_own_is_in_the_shape_of_the_contract(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(provider.app.state.books, "registration", broken)
    transport = httpx.ASGITransport(provider.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        answer = await http.get("/v1/pefin/operacoes/k", auth=PEFIN)
    assert (answer.status_code, answer.json()["codigo"]) == (500, "ERRO_INTERNO")


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), CALLS)
def test_whatever_is_sent_the_answer_is_of_the_contract(
    contract: Contract, path: str, method: str, mode: GenerationMode
) -> None:
    operation = schemathesis.openapi.from_dict(contract.document)[path][method]
    auth = CONSULTA if "consulta" in str(operation.definition.raw["security"]) else PEFIN

    @settings(max_examples=15, deadline=None, database=None, derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode))
    def answer_and_check(case: Case[Any]) -> None:
        response = asyncio.run(send(case, auth))
        assert response.status_code < 500
        operation.validate_response(response, case=case)

    answer_and_check()


async def send(case: Case[Any], auth: tuple[str, str]) -> httpx.Response:
    """Send a generated call to a fresh sandbox."""
    wanted = case.as_transport_kwargs(base_url=ADDRESS)
    transport = httpx.ASGITransport(create_sandbox(clock=MovableClock()))
    async with httpx.AsyncClient(transport=transport, auth=auth) as http:
        return await http.request(
            wanted["method"],
            wanted["url"],
            params=wanted.get("params"),
            headers={name: str(value).encode() for name, value in wanted["headers"].items()},
            json=wanted.get("json"),
            content=wanted.get("data"),
        )
