"""The report as a PDF."""

import asyncio
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import typst
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from adapters.reports.pdf import FONT, PRINTABLE
from adapters.reports.renderer import PrintedReports
from core.domain.report import Identity, ReportBlock, ReportEntry
from core.domain.report_sheet import ReportSheet
from support.report_sheets import ALL, PERSON, clean, company, crowded, masked, negative

REPORTS = PrintedReports()


async def read(sheet: ReportSheet) -> PdfReader:
    return PdfReader(io.BytesIO(await REPORTS.pdf(sheet)))


def text_of(reader: PdfReader) -> str:
    whole = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(whole.replace("\u200b", "").split())


def structure_of(reader: PdfReader) -> list[str]:
    """The types of all tagged elements, in reading order."""
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, ArrayObject):
            for kid in node:
                walk(kid)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                found.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.root_object["/StructTreeRoot"])
    return found


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
async def test_every_sheet_makes_an_accessible_pdf(make: Callable[[], ReportSheet]) -> None:
    reader = await read(make())
    assert reader.metadata is not None
    assert reader.metadata.title == "Relatório de consulta Connect SA nº 1042"
    assert reader.metadata.author == "Rede Horizonte Telecom Campinas"
    root: Any = reader.root_object
    assert root["/Lang"] == "pt-BR"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    assert {(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in reader.pages} == {
        (595, 842)
    }
    structure = structure_of(reader)
    assert structure.count("/H1") == 1
    assert structure.count("/H2") >= 5
    assert structure.count("/Table") >= 1
    assert structure.count("/TH") >= 6


async def test_the_text_is_there_in_portuguese_forms() -> None:
    text = text_of(await read(negative()))
    for expected in (
        "Relatório de consulta Connect SA",
        "João da Conceição Araújo",
        "CPF 123.456.789-09",
        "21/11/2026 às 14:03",
        "25 pendências, no total de R$ 10.434,46, de 15/01/2024 a 04/03/2026. O bureau listou 2 de 25.",
        "Mensagem do bureau: Existem pendências em análise.",
        "Operadora Inventada Ltda.",
        "Avalista, Sub judice",
        "R$ 1.234,56",
        "Score 187 em uma escala de 0 a 1.000, faixa “Muito baixo” (0 a 200). Risco de inadimplência: muito alto.",
        "Falências e recuperações judiciais Não consultado",
        "Ações judiciais Nada consta",
        "não deve ser reutilizado como atual",
        "Página 1 de 2",
    ):
        assert expected in text


async def test_the_gauge_has_a_text_alternative() -> None:
    alternatives: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, ArrayObject):
            for kid in node:
                walk(kid)
        elif isinstance(node, DictionaryObject):
            if "/Alt" in node:
                alternatives.append(str(node["/Alt"]))
            walk(node.get("/K"))

    walk((await read(clean())).root_object["/StructTreeRoot"])
    assert alternatives == [
        "Score 742 em uma escala de 0 a 1.000, faixa “Alto” (601 a 800). Risco de inadimplência: baixo."
    ]


async def test_a_clean_report_fits_on_one_page() -> None:
    assert len((await read(clean())).pages) == 1


async def test_the_same_sheet_gives_the_same_bytes() -> None:
    first, second = await asyncio.gather(REPORTS.pdf(negative()), REPORTS.pdf(negative()))
    assert first == second
    assert first != await REPORTS.pdf(clean())


async def test_its_date_is_that_of_the_consultation() -> None:
    sheet = clean()
    reader = await read(sheet)
    assert reader.metadata is not None
    assert reader.metadata.creation_date == sheet.consultation.performed_at


async def test_its_date_is_told_to_the_second() -> None:
    sheet = clean()
    moment = sheet.consultation.performed_at.replace(microsecond=123456)
    reader = await read(replace(sheet, consultation=replace(sheet.consultation, performed_at=moment)))
    assert reader.metadata is not None
    assert reader.metadata.creation_date == moment.replace(microsecond=0)


async def test_a_masked_document_appears_nowhere() -> None:
    data = await REPORTS.pdf(masked())
    reader = PdfReader(io.BytesIO(data))
    text = text_of(reader)
    assert "***.456.789-**" in text
    assert "documento parcialmente oculto" in text
    assert PERSON.number not in re.sub(r"[^0-9A-Za-z]", "", text)
    root: Any = reader.root_object
    kept = str(reader.metadata) + str(root["/Metadata"].get_object().get_data())
    for form in (PERSON.number, PERSON.formatted):
        assert form not in kept
        assert form.encode() not in data
    assert PERSON.number in re.sub(r"[^0-9A-Za-z]", "", text_of(await read(negative())))


async def test_two_hundred_entries_run_over_pages_with_repeated_headers() -> None:
    reader = await read(crowded(200))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 5
    text = text_of(reader)
    for number in range(200):
        assert f"{number:010d}" in text or number == 5
    assert "X" * 60 in re.sub(r"\s", "", text)
    with_rows = [page for page in pages if "Credor número" in page]
    assert len(with_rows) > 5
    for page in with_rows:
        assert "Modalidade" in page
    for number, page in enumerate(pages, start=1):
        assert f"Página {number} de {len(pages)}" in page
    for page in pages[1:]:
        assert "Relatório de consulta Connect SA nº 1042 · CPF 123.456.789-09" in page


async def test_entries_that_say_nothing_are_told_of_and_not_listed() -> None:
    sheet = clean()
    block = ReportBlock(count=2, entries=(ReportEntry(), ReportEntry()))
    nothing = replace(sheet, report=replace(sheet.report, protests=block))
    reader = await read(nothing)
    assert "O bureau não detalhou os registros." in text_of(reader)
    assert structure_of(reader).count("/Table") == structure_of(await read(sheet)).count("/Table")
    assert "O bureau não detalhou os registros." in await REPORTS.html(nothing)


async def test_hostile_names_are_text() -> None:
    text = text_of(await read(crowded(3)))
    assert '<script>alert(1)</script> & "Ção" #let x = $y$ *z* `a` ${b} {{ c }} □□ □' in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Joa\u0303o", "João"),
        ("ﬁador Ｌｔｄａ", "fiador Ltda"),
        ("Иван", "□□□□"),
        ("a\u0338b", "ab"),
        ("#{panic()} \\ @ref <label> // x /* y", "#{panic()} \\ @ref <label> // x /* y"),
        ("-- 'a' \"b\" ... ~", "-- 'a' \"b\" ... ~"),
    ],
)
async def test_any_name_can_be_printed(name: str, shown: str) -> None:
    sheet = clean()
    text = text_of(await read(replace(sheet, report=replace(sheet.report, identity=Identity(name=name)))))
    assert f"Connect SA {shown} CPF" in text


def test_the_fonts_show_every_character_that_counts_as_printable() -> None:
    characters = "".join(sorted(PRINTABLE))
    source = f'#set document(title: "x")\n#set text(lang: "pt", font: ("{FONT}", "DejaVu Sans Mono"))\n#sys.inputs.all'
    with_all = typst.compile(
        source.encode(),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        sys_inputs={"all": characters},
    )
    assert with_all.startswith(b"%PDF")
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typst.compile(
            source.encode(),
            format="pdf",
            pdf_standards=["ua-1"],
            ignore_system_fonts=True,
            sys_inputs={"all": "漢"},
        )


async def test_a_company_on_test_ground_is_marked() -> None:
    text = text_of(await read(company()))
    assert "Homologação: relatório de teste" in text
    assert "Razão social" in text
    assert "CNPJ 12.ABC.345/01DE-35" in text
    assert "O plano consultado não inclui o score." in text


async def test_rendering_leaves_the_loop_free() -> None:
    rendering = asyncio.ensure_future(REPORTS.pdf(crowded(200)))
    turns = 0
    while not rendering.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5
    assert rendering.result().startswith(b"%PDF")
