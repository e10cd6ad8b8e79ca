"""The report as a web page."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from syrupy.assertion import SnapshotAssertion

from adapters.reports.page_files import PAGE_POLICY
from adapters.reports.renderer import PrintedReports
from core.domain.report import ReportBlock, Score
from core.domain.report_sheet import ReportSheet
from support.page_parts import Element, read_page
from support.report_sheets import ALL, COMPANY, PERSON, clean, company, crowded, masked, negative

REPORTS = PrintedReports()


async def page_of(sheet: ReportSheet) -> Element:
    return read_page(await REPORTS.html(sheet))


def rows_of(table: Element) -> list[list[str]]:
    return [[cell.text for cell in row.all("th") + row.all("td")] for row in table.all("tr")]


@pytest.mark.parametrize("name", ["negative", "company"])
async def test_the_page_is_as_it_was_approved(name: str, snapshot: SnapshotAssertion) -> None:
    html = await REPORTS.html(ALL[name]())
    without_own_files = re.sub(r"(?s)<(style|script)>.*?</\1>|sha256-[^']+", r"<\1/>", html)
    assert without_own_files == snapshot


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
async def test_the_structure_is_accessible(make: Callable[[], ReportSheet]) -> None:
    page = await page_of(make())
    assert page.one("html").attributes["lang"] == "pt-BR"
    assert page.one("title").text if page.all("svg") == [] else page.one("head").one("title").text
    assert page.one("h1").text == "Relatório de consulta Connect SA"
    assert not page.all("h3")
    main = page.one("main")
    for section in main.all("section"):
        assert section.one("h2").attributes["id"] == section.attributes["aria-labelledby"]
    for table in main.all("table"):
        assert table.one("caption").text
        assert {th.attributes["scope"] for th in table.one("thead").all("th")} == {"col"}
        assert all(th.attributes["scope"] == "row" for th in table.one("tbody").all("th"))
        widths = {len(row.children) for row in table.all("tr")}
        assert len(widths) == 1
    ids = re.findall(r'\bid="([^"]+)"', await REPORTS.html(make()))
    assert len(ids) == len(set(ids))


async def test_the_score_is_an_image_with_words() -> None:
    page = await page_of(clean())
    gauge = page.one("svg")
    assert gauge.attributes["role"] == "img"
    said = "Score 742 em uma escala de 0 a 1.000, faixa “Alto” (601 a 800). Risco de inadimplência: baixo."
    assert gauge.attributes["aria-labelledby"] == gauge.one("title").attributes["id"]
    assert gauge.one("title").text == said
    assert said in [paragraph.text for paragraph in page.all("p")]
    bold = [text.text for text in gauge.all("text") if text.attributes.get("font-weight") == "bold"]
    assert bold == ["742", "Alto"]


@pytest.mark.parametrize(
    ("value", "band", "risk"),
    [
        (0, "Muito baixo", "muito alto"),
        (200, "Muito baixo", "muito alto"),
        (201, "Baixo", "alto"),
        (500, "Médio", "médio"),
        (1000, "Muito alto", "muito baixo"),
    ],
)
async def test_every_band_says_its_risk(value: int, band: str, risk: str) -> None:
    sheet = clean()
    page = await page_of(replace(sheet, report=replace(sheet.report, score=Score(value))))
    assert f"faixa “{band}”" in page.one("svg").one("title").text
    assert page.one("svg").one("title").text.endswith(f"inadimplência: {risk}.")
    marker = page.one("svg").all("text")[0]
    assert float(marker.attributes["x"] or "") == 14 + value / 2


async def test_blocks_not_in_the_plan_differ_from_blocks_without_records() -> None:
    page = await page_of(company())
    summary = rows_of(page.all("table")[0])
    assert summary == [
        ["Tipo de registro", "Situação", "Primeira", "Última", "Quantidade", "Valor total"],
        ["Pendências financeiras", "Nada consta", "–", "–", "0", "–"],
        ["Protestos", "Não consultado", "–", "–", "–", "–"],
        ["Cheques sem fundos", "Não consultado", "–", "–", "–", "–"],
        ["Ações judiciais", "Não consultado", "–", "–", "–", "–"],
        ["Falências e recuperações judiciais", "Consta", "03/02/2025", "03/02/2025", "1", "R$ 12.345.678,90"],
        ["Consultas anteriores", "Não consultado", "–", "–", "–", "–"],
    ]
    assert "O plano consultado não inclui o score." in page.one("main").text
    assert (
        "“Não consultado” indica um tipo de registro que o plano Crednet Top não inclui"
        in page.one("footer").text
    )
    assert "Não consultado" not in (await page_of(clean())).text


async def test_a_block_shows_totals_and_entries() -> None:
    page = await page_of(negative())
    (debts,) = [
        section for section in page.all("section") if section.attributes["aria-labelledby"] == "pending_debts"
    ]
    assert debts.all("p")[0].text == (
        "25 pendências, no total de R$ 10.434,46, de 15/01/2024 a 04/03/2026. O bureau listou 2 de 25."
    )
    assert debts.all("p")[1].text == "Mensagem do bureau: Existem pendências em análise."
    assert rows_of(debts.one("table")) == [
        ["Data", "Modalidade", "Credor", "Contrato", "Cidade/UF", "Observações", "Valor"],
        [
            "04/03/2026",
            "Cartão de crédito",
            "Banco Fictício S.A.",
            "0004711-22",
            "São Paulo/SP",
            "–",
            "R$ 1.234,56",
        ],
        [
            "10/12/2025",
            "Telecomunicações",
            "Operadora Inventada Ltda.",
            "CT 88/2025",
            "Campinas/SP",
            "Avalista, Sub judice",
            "R$ 199,90",
        ],
    ]


async def test_a_block_that_the_bureau_did_not_detail_says_so() -> None:
    page = await page_of(negative())
    assert "3 cheques, em 02/05/2025. O bureau não detalhou os registros." in page.text


@pytest.mark.parametrize(
    ("make", "headline"),
    [
        (clean, "Nada consta nos registros consultados."),
        (
            negative,
            "Constam registros em 3 de 4 tipos consultados: pendências financeiras, protestos, cheques sem fundos.",
        ),
    ],
)
async def test_the_first_sentence_says_the_result(make: Callable[[], ReportSheet], headline: str) -> None:
    assert headline in (await page_of(make())).one("header").text


async def test_who_when_and_where_are_told() -> None:
    page = await page_of(clean())
    facts = dict(zip((e.text for e in page.all("dt")), (e.text for e in page.all("dd")), strict=True))
    assert facts == {
        "Consulta nº": "1042",
        "Realizada em": "21/11/2026 às 14:03",
        "Realizada por": "Atendimento Campinas",
        "Consultado como": "Cliente",
        "Plano": "Relatório + Score",
        "UF da consulta": "SP",
        "Protocolo": "SB-2026-0004711",
        "Filial": "Rede Horizonte Telecom Campinas",
        "CNPJ da filial": "11.222.333/0001-81",
        "Nome": "João da Conceição Araújo",
        "Nascimento": "29/02/1988",
        "Situação do CPF": "Regular",
        "Nome da mãe": "Maria das Graças Araújo",
    }
    footer = page.one("footer").text
    assert "em 21/11/2026 às 14:03 (horário de Brasília) e não deve ser reutilizado como atual" in footer


async def test_a_name_that_differs_from_our_record_is_shown_beside_it() -> None:
    page = await page_of(replace(clean(), subject_name="J. Araújo"))
    assert "Nome no cadastro do provedor" in [label.text for label in page.all("dt")]


async def test_without_identity_the_name_of_our_record_stands() -> None:
    sheet = clean()
    page = await page_of(replace(sheet, report=replace(sheet.report, identity=None)))
    assert sheet.subject_name in page.one("header").text  # type: ignore[operator]
    assert "O plano consultado não inclui a confirmação cadastral." in page.text


async def test_a_test_report_says_so() -> None:
    assert "sem valor para decisão de crédito" in (await page_of(company())).one("header").text
    assert "Homologação" not in (await page_of(clean())).text


async def test_the_document_is_whole_or_masked() -> None:
    whole = await REPORTS.html(negative())
    assert "123.456.789-09" in whole
    assert "parcialmente oculto" not in whole

    hidden = await REPORTS.html(masked())
    assert "***.456.789-**" in hidden
    assert "documento parcialmente oculto" in hidden
    squeezed = re.sub(r"[^0-9A-Za-z]", "", re.sub(r"<[^>]+>", "", hidden))
    assert PERSON.number not in squeezed
    # the creditor's own CNPJ stays readable
    assert "11.222.333/0001-81" in hidden


async def test_of_a_person_whose_document_is_masked_the_names_are_too() -> None:
    sheet = replace(clean(), whole_document=False)
    quoted = ReportBlock(count=0, message="Pendência de JOÃO DA CONCEIÇÃO ARAÚJO.")
    sheet = replace(sheet, report=replace(sheet.report, lawsuits=quoted))
    page = await page_of(sheet)
    assert "João ***" in page.one("header").text
    assert "Maria ***" in page.text
    assert "Pendência de JOÃO ***." in page.text
    assert "araújo" not in page.text.casefold()
    assert "Nascimento" not in page.text
    assert "29/02/1988" not in page.text


async def test_a_company_s_name_is_no_personal_data() -> None:
    page = await page_of(replace(company(), whole_document=False))
    identity = company().report.identity
    assert identity is not None
    assert identity.name in page.one("header").text
    assert "Fundação" in page.text


async def test_an_alphanumeric_document_is_masked_too() -> None:
    hidden = await REPORTS.html(replace(company(), whole_document=False))
    assert "**.ABC.345/****-**" in hidden
    assert COMPANY.number not in re.sub(r"[^0-9A-Z]", "", hidden)


async def test_hostile_names_are_text() -> None:
    html = await REPORTS.html(crowded(3))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;Ção&#34; #let x = $y$" in html.replace(
        "<wbr>", ""
    )
    assert "{{ c }}" in html
    page = read_page(html)
    assert len(page.all("script")) == 1
    assert "\u202e" not in html


async def test_long_words_may_break() -> None:
    html = await REPORTS.html(crowded(6))
    assert "<wbr>".join(["X" * 12] * 5) in html


async def test_the_page_loads_nothing_and_its_policy_allows_its_own_parts_only() -> None:
    html = await REPORTS.html(negative())
    page = read_page(html)
    assert not page.all("link") + page.all("img") + page.all("iframe")
    assert not re.search(r'\b(?:src|href|style|on\w+)="', html)
    assert "url(" not in html
    assert "@import" not in html
    (policy,) = [m.attributes["content"] for m in page.all("meta") if m.attributes.get("http-equiv")]
    assert policy == PAGE_POLICY
    for tag in ("style", "script"):
        (own,) = re.findall(rf"(?s)<{tag}>(.*?)</{tag}>", html)
        digest = b64encode(sha256(own.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in PAGE_POLICY
    assert PAGE_POLICY.startswith("default-src 'none'; ")
    assert "unsafe" not in PAGE_POLICY


async def test_printing_is_offered_on_screen_only() -> None:
    html = await REPORTS.html(clean())
    button = read_page(html).one("button")
    assert (button.text, button.attributes["type"]) == ("Imprimir", "button")
    (printed,) = re.findall(r"(?s)@media print \{(.*?)\n\}", html)
    assert "button { display: none; }" in printed
    assert "thead { display: table-header-group; }" in printed
    assert "size: A4" in html


async def test_rendering_leaves_the_loop_free() -> None:
    rendering = asyncio.ensure_future(REPORTS.html(crowded(400)))
    turns = 0
    while not rendering.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 5
    assert rendering.result().count("<tr>") > 400
