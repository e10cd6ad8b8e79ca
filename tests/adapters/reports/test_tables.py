"""Tables as CSV and XLSX, read back with other libraries."""

import csv
import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from adapters.reports.csv_table import CsvTable
from adapters.reports.xlsx_table import XlsxTable
from core.domain.money import Money
from ports.table_writer import Cell, TableColumn, TableWriter

COLUMNS = [TableColumn(title="Nome", width=30), TableColumn(title="Valor"), TableColumn(title="Situação")]
INSTANT = datetime(2026, 11, 22, 1, 30, 5, tzinfo=UTC)


async def rows_of(*rows: Sequence[Cell]) -> AsyncIterator[Sequence[Cell]]:
    for row in rows:
        yield row


async def many(count: int) -> AsyncIterator[Sequence[Cell]]:
    for number in range(count):
        yield (f"Nome {number}", Money(number), "Ativa")


async def failing(after: int) -> AsyncIterator[Sequence[Cell]]:
    async for row in many(after):
        yield row
    raise RuntimeError("the database went away")


async def written(writer: TableWriter, rows: AsyncIterator[Sequence[Cell]], name: str = "Consultas") -> bytes:
    return b"".join([piece async for piece in writer.write(name, COLUMNS, rows)])


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_xlsx(data: bytes, sheet: int = 0) -> list[list[Any]]:
    return [
        [cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).worksheets[sheet].iter_rows()
    ]


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


async def test_csv_is_what_a_brazilian_excel_opens() -> None:
    data = await written(
        CsvTable(),
        rows_of(
            ('Ação; "Não"\nlinha', Money(123_456), True),
            (None, Money(5), False),
            (date(2026, 11, 21), INSTANT, -7),
        ),
    )
    assert data.startswith(b"\xef\xbb\xbfNome;Valor;Situa\xc3\xa7\xc3\xa3o\r\n")
    assert read_csv(data) == [
        ["Nome", "Valor", "Situação"],
        ['Ação; "Não"\nlinha', "1234,56", "Sim"],
        ["", "0,05", "Não"],
        ["21/11/2026", "21/11/2026 22:30:05", "-7"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+5511999990000",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\xa0=1",
        "＝1+1",
        '=HYPERLINK("x")',
    ],
)
async def test_csv_text_is_never_a_formula(text: str) -> None:
    columns = [TableColumn(title=text)]
    pieces = [piece async for piece in CsvTable().write("x", columns, rows_of((text,)))]
    assert read_csv(b"".join(pieces)) == [["'" + text], ["'" + text]]


@pytest.mark.parametrize("text", ["a=1", "1-1", "ana@exemplo.com.br", "", " ", "'x", "Sub judice"])
async def test_csv_leaves_other_text_alone(text: str) -> None:
    assert read_csv(await written(CsvTable(), rows_of((text, None, None))))[1][0] == text


async def test_xlsx_holds_real_values() -> None:
    data = await written(
        XlsxTable(),
        rows_of(
            ("Ação <&> \x07", Money(123_456), True),
            (None, Money(-5), False),
            (date(2026, 11, 21), INSTANT, -7),
            (10**15, date(1888, 5, 13), 10**15 - 1),
        ),
    )
    assert read_xlsx(data) == [
        ["Nome", "Valor", "Situação"],
        ["Ação <&> _x0007_", 1234.56, "Sim"],
        [None, -0.05, "Não"],
        [datetime(2026, 11, 21), datetime(2026, 11, 21, 22, 30, 5), -7],  # noqa: DTZ001
        ["1000000000000000", "1888-05-13", 10**15 - 1],
    ]
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.title == "Consultas"
    assert sheet["B2"].number_format == '"R$" #,##0.00'
    assert sheet["A4"].number_format == "dd/mm/yyyy"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C5"
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["B"].width


@pytest.mark.parametrize("text", ["=1+1", "{=1+1}", "https://example.com", "mailto:a@b", "+1", "@a", "00123"])
async def test_xlsx_text_stays_text(text: str) -> None:
    data = await written(XlsxTable(), rows_of((text, None, None)))
    cell = load_workbook(io.BytesIO(data)).worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


async def test_xlsx_goes_on_with_another_sheet_when_one_is_full() -> None:
    data = await written(
        XlsxTable(sheet_rows=1_001), many(2_500), name="Relatório: de/negativações [2026] completo"
    )
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == [
        "Relatório  de negativações",
        "Relatório  de negativações 2",
        "Relatório  de negativações 3",
    ]
    assert [sheet.max_row for sheet in book.worksheets] == [1_001, 1_001, 501]
    assert read_xlsx(data, 1)[:2] == [["Nome", "Valor", "Situação"], ["Nome 1000", 10, "Ativa"]]


@pytest.mark.parametrize("text", ["x" * 40_000, "\ud800"])
async def test_texts_that_a_file_cannot_hold_are_cut_or_replaced(text: str) -> None:
    kept = "?" if text == "\ud800" else text
    assert read_csv(await written(CsvTable(), rows_of((text, None, None))))[1][0] == kept
    assert read_xlsx(await written(XlsxTable(), rows_of((text, None, None))))[1][0] == kept[:32_767]


@pytest.mark.parametrize("name", ["", "'", "[]", "x" * 200])
async def test_any_name_makes_a_sheet(name: str) -> None:
    assert read_xlsx(await written(XlsxTable(), rows_of(), name=name)) == [["Nome", "Valor", "Situação"]]


@pytest.mark.parametrize("writer", [CsvTable(), XlsxTable()])
async def test_an_empty_table_has_its_header(writer: TableWriter) -> None:
    read: Callable[[bytes], list[list[Any]]] = read_csv if writer.extension == "csv" else read_xlsx
    assert read(await written(writer, rows_of())) == [["Nome", "Valor", "Situação"]]


async def test_csv_comes_while_rows_are_still_being_read() -> None:
    seen = 0

    async def counted() -> AsyncIterator[Sequence[Cell]]:
        nonlocal seen
        async for row in many(20_000):
            seen += 1
            yield row

    pieces = CsvTable().write("x", COLUMNS, counted())
    assert len(await anext(pieces)) >= 32 * 1024
    assert 0 < seen < 5_000
    rest = [piece async for piece in pieces]
    assert seen == 20_000
    assert max(map(len, rest)) < 40 * 1024


@pytest.mark.parametrize("writer", [CsvTable(), XlsxTable()])
async def test_memory_does_not_grow_with_the_table(writer: TableWriter, temporary: Path) -> None:
    async def peak(rows: int) -> int:
        tracemalloc.reset_peak()
        async for _ in writer.write("x", COLUMNS, many(rows)):
            pass
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        await peak(1_000)
        small, large = await peak(2_000), await peak(12_000)
    finally:
        tracemalloc.stop()
    assert large < small * 1.5


async def test_xlsx_leaves_nothing_behind(temporary: Path) -> None:
    data = await written(XlsxTable(), many(3_000))
    assert zipfile.is_zipfile(io.BytesIO(data))
    assert left_in(temporary) == []


async def test_an_error_while_reading_ends_the_file_and_leaves_nothing(temporary: Path) -> None:
    for writer in (CsvTable(), XlsxTable()):
        with pytest.raises(RuntimeError, match="went away"):
            await written(writer, failing(3_000))
    assert left_in(temporary) == []


async def test_a_reader_who_leaves_early_leaves_nothing(temporary: Path) -> None:
    pieces = XlsxTable().write("x", COLUMNS, many(50_000))
    assert await anext(pieces)
    assert left_in(temporary) != []
    await pieces.aclose()
    assert left_in(temporary) == []
