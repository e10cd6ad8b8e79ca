"""Tables as CSV and XLSX, read back with other libraries."""

import asyncio
import csv
import io
import tempfile
import threading
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from adapters.reports.csv_table import CsvTable
from adapters.reports.xlsx_book import Book
from adapters.reports.xlsx_table import XlsxTable
from ports.table_writer import Cell, CellKind, Chunk, TableColumn, TableWriter

COLUMNS = [
    TableColumn(title="Nome", width=30),
    TableColumn(title="Valor", kind=CellKind.AMOUNT),
    TableColumn(title="Situação"),
]
KINDS = [TableColumn(title=kind.name, kind=kind) for kind in CellKind]
ZONES = [UTC, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Asia/Kathmandu")]
ROUGH = st.none() | st.text(alphabet="a;\"'\r\n =+-@＝\xa0\t", max_size=6)
"""Texts that want to be quoted, or guarded, or both."""
INSTANT = "2026-11-22T01:30:05"


CHUNK = 500
PATIENCE = 30


async def chunk_of(*rows: Sequence[Cell]) -> AsyncIterator[Chunk]:
    if rows:
        yield list(zip(*rows, strict=True))


async def many(count: int) -> AsyncIterator[Chunk]:
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        yield [[f"Nome {number}" for number in numbers], numbers, ["Ativa"] * len(numbers)]


async def failing(after: int) -> AsyncIterator[Chunk]:
    async for chunk in many(after):
        yield chunk
    raise RuntimeError("the database went away")


async def written(
    writer: TableWriter,
    chunks: AsyncIterator[Chunk],
    name: str = "Consultas",
    columns: Sequence[TableColumn] = COLUMNS,
) -> bytes:
    return b"".join([piece async for piece in writer.write(name, columns, chunks)])


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
        chunk_of(
            ('Ação; "Não"\nlinha', -7, True, 123_456, "2026-11-21", INSTANT),
            ("Ação", 0, False, 5, "0999-01-02", "2026-11-22 01:30:05.999999"),
            (None, None, None, None, None, None),
        ),
        columns=KINDS,
    )
    assert data.startswith(b"\xef\xbb\xbfTEXT;INTEGER;TRUTH;AMOUNT;DAY;INSTANT\r\n")
    assert read_csv(data)[1:] == [
        ['Ação; "Não"\nlinha', "-7", "Sim", "1234,56", "21/11/2026", "21/11/2026 22:30:05"],
        ["Ação", "0", "Não", "0,05", date(999, 1, 2).strftime("%d/%m/%Y"), "21/11/2026 22:30:05"],
        [""] * 6,
    ]


@given(st.lists(st.lists(ROUGH, min_size=3, max_size=3)), st.sampled_from([1, 10]))
def test_csv_is_quoted_as_the_standard_library_does(some: list[list[str | None]], often: int) -> None:
    rows = some * often
    columns = [TableColumn(title=str(number)) for number in range(3)]
    data = asyncio.run(written(CsvTable(), chunk_of(*rows), columns=columns))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerows([["0", "1", "2"], *([guarded(text) for text in row] for row in rows)])
    assert data.decode("utf-8-sig") == buffer.getvalue()


def guarded(text: str | None) -> str | None:
    return f"'{text}" if text and text.lstrip(" \t\r\n\v\f\xa0\x00")[:1] in [*"=+-@＝＋－＠"] else text


@given(st.integers(-(10**13), 10**13))
@example(-1)
@example(99)
@example(-100)
def test_csv_amounts_have_two_places(centavos: int) -> None:
    expected = f"{Decimal(centavos) / 100:.2f}".replace(".", ",")
    columns = [TableColumn(title="Valor", kind=CellKind.AMOUNT)]
    data = asyncio.run(written(CsvTable(), chunk_of((centavos,)), columns=columns))
    assert read_csv(data)[1] == [expected]


@given(
    st.datetimes(datetime(1914, 1, 2), datetime(2100, 1, 1), timezones=st.sampled_from(ZONES)),  # noqa: DTZ001 - the strategy puts the zone on
    st.sampled_from(["T", " "]),
)
@example(datetime(2018, 11, 4, 2, 59, 59, tzinfo=UTC), " ")
@example(datetime(2018, 11, 4, 3, tzinfo=UTC), "T")
@example(datetime(1991, 10, 20, tzinfo=ZoneInfo("America/Sao_Paulo")), " ")
def test_csv_instants_are_those_of_sao_paulo(instant: datetime, separator: str) -> None:
    # By way of UTC: clocks that are put forward leave out times, which a zone gives back as they came.
    there = instant.astimezone(UTC).astimezone(ZoneInfo("America/Sao_Paulo"))
    expected = there.strftime("%d/%m/%Y %H:%M:%S")
    text = instant.astimezone(UTC).replace(tzinfo=None).isoformat(separator)
    columns = [TableColumn(title="Quando", kind=CellKind.INSTANT)]
    data = asyncio.run(written(CsvTable(), chunk_of((text,)), columns=columns))
    assert read_csv(data)[1] == [expected]


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
    data = await written(CsvTable(), chunk_of((text,), ("other",), (text,)), columns=columns)
    assert read_csv(data) == [["'" + text], ["'" + text], ["other"], ["'" + text]]


@pytest.mark.parametrize("text", ["a=1", "1-1", "ana@exemplo.com.br", "", " ", "'x", "Sub judice"])
async def test_csv_leaves_other_text_alone(text: str) -> None:
    assert read_csv(await written(CsvTable(), chunk_of((text, None, None))))[1][0] == text


async def test_xlsx_holds_real_values() -> None:
    data = await written(
        XlsxTable(),
        chunk_of(
            ("Ação <&> \x07", -7, True, 123_456, "2026-11-21", INSTANT),
            (None, 10**15, False, -5, "1888-05-13", "1888-05-13T00:00:00"),
            ("", 10**15 - 1, None, None, None, None),
        ),
        columns=[TableColumn(title="Nome", width=30), *KINDS[1:]],
    )
    assert read_xlsx(data)[1:] == [
        ["Ação <&> _x0007_", -7, "Sim", 1234.56, datetime(2026, 11, 21), datetime(2026, 11, 21, 22, 30, 5)],  # noqa: DTZ001
        [None, "1000000000000000", "Não", -0.05, "1888-05-13", "1888-05-13 00:00:00+00:00"],
        ["", 10**15 - 1, None, None, None, None],
    ]
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.title == "Consultas"
    assert sheet["D2"].number_format == '"R$" #,##0.00'
    assert sheet["E2"].number_format == "dd/mm/yyyy"
    assert sheet["F2"].number_format == "dd/mm/yyyy hh:mm:ss"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F4"
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["B"].width


@pytest.mark.parametrize("text", ["=1+1", "{=1+1}", "https://example.com", "mailto:a@b", "+1", "@a", "00123"])
async def test_xlsx_text_stays_text(text: str) -> None:
    data = await written(XlsxTable(), chunk_of((text, None, None)))
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
    assert read_csv(await written(CsvTable(), chunk_of((text, None, None))))[1][0] == kept
    assert read_xlsx(await written(XlsxTable(), chunk_of((text, None, None))))[1][0] == kept[:32_767]


@pytest.mark.parametrize("name", ["", "'", "[]", "x" * 200])
async def test_any_name_makes_a_sheet(name: str) -> None:
    assert read_xlsx(await written(XlsxTable(), chunk_of(), name=name)) == [["Nome", "Valor", "Situação"]]


@pytest.mark.parametrize("writer", [CsvTable(), XlsxTable()])
async def test_an_empty_table_has_its_header(writer: TableWriter) -> None:
    read: Callable[[bytes], list[list[Any]]] = read_csv if writer.extension == "csv" else read_xlsx
    assert read(await written(writer, chunk_of())) == [["Nome", "Valor", "Situação"]]


async def test_csv_comes_while_rows_are_still_being_read() -> None:
    seen = 0

    async def counted() -> AsyncIterator[Chunk]:
        nonlocal seen
        async for chunk in many(20_000):
            seen += 1
            yield chunk

    pieces = CsvTable().write("x", COLUMNS, counted())
    assert (await anext(pieces)).endswith("Situação\r\n".encode())
    assert seen == 0
    for number in (1, 2):
        assert (await anext(pieces)).count(b"\r\n") == CHUNK
        assert seen == number
    rest = [piece async for piece in pieces]
    assert (seen, len(rest)) == (40, 38)


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


@pytest.mark.parametrize("step", ["add", "close"])
async def test_what_is_cancelled_goes_on_until_its_thread_has_written_and_leaves_nothing(
    step: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on, ended = threading.Event(), threading.Event(), threading.Event()
    work = getattr(Book, step)

    def slow(book: Book, *arguments: object) -> None:
        begun.set()
        may_go_on.wait(PATIENCE)
        work(book, *arguments)
        ended.set()

    monkeypatch.setattr(Book, step, slow)
    writing = asyncio.create_task(written(XlsxTable(), many(10)))
    await asyncio.to_thread(begun.wait, PATIENCE)
    writing.cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not writing.done()
    may_go_on.set()
    await asyncio.wait((writing,))
    assert writing.cancelled()
    assert ended.is_set()
    assert left_in(temporary) == []
