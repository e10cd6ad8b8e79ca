"""Formulas, templates and pages in what pages, PDFs and downloads show: text stays text."""

import csv
import io
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from core.domain.report import CreditReport, Identity, ReportBlock, ReportEntry
from ports.unit_of_work import UnitsOfWork
from support.builders import (
    make_branch,
    make_bureau_report,
    make_consultation,
    make_customer,
    make_debtor,
    make_integration,
    make_invoice,
    make_negativation,
    make_report,
)
from support.hostile_texts import CARRIED_OUT, HOSTILE, SHORT
from support.page_parts import Element, read_page
from support.served import ADMIN, client_from, served

TEXTS = (
    SHORT,
    *HOSTILE,
    "+68921*7",
    "-68921*7",
    "\t=68921*7",
    "＝68921*7",
    'a;b;"c"',
    "<!-- x -->",
    "]]>",
    "&lt;b&gt;",
)
HARMLESS = tuple("Ana" for _ in TEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The application, with a report of harmless texts (1) and one of hostile ones (2)."""

    client: httpx.AsyncClient

    async def get(self, address: str) -> bytes:
        """What is there."""
        answer = await self.client.get(address, headers=ADMIN)
        assert answer.status_code == 200
        return answer.content


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[House]:
    async with served(monkeypatch, tmp_path) as (app, services), client_from(app) as client:
        units_of_work: UnitsOfWork = services.container.resolve(UnitsOfWork)
        for texts in (HARMLESS, TEXTS):
            await _store(units_of_work, texts)
        yield House(client=client)


async def _store(units_of_work: UnitsOfWork, texts: tuple[str, ...]) -> None:
    """A consultation whose report says the texts, and for each text records that are called so."""
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch(name=texts[0]))
        integration = await work.integrations.add(make_integration(branch_id=branch.id))
        owned: dict[str, Any] = {"branch_id": branch.id, "integration_id": integration.id}
        consultation = await work.consultations.add(make_consultation(**owned, performed_by=texts[1]))
        await work.consultations.add_report(consultation.id, make_bureau_report(report=_report(texts)))
        for text in texts if texts is TEXTS else ():
            customer = await work.customers.add(make_customer(branch_id=branch.id, name=text))
            subject = {"subject_id": customer.id, "document": customer.document}
            await work.consultations.add(
                make_consultation(**owned, **subject, performed_by=text, protocol=text)
            )
            invoice = await work.invoices.add(make_invoice(branch_id=branch.id, customer_id=customer.id))
            debtor = replace(make_debtor(), name=text)
            parts = {"customer_id": customer.id, "invoice_id": invoice.id, "debtor": debtor, "contract": text}
            await work.negativations.add(make_negativation(**owned, **parts))


def _report(texts: tuple[str, ...]) -> CreditReport:
    entries = tuple(
        ReportEntry(origin=text, modality=text, reference=text, city=text, state_code="SC") for text in texts
    )
    identity = Identity(name=texts[2], document_status=texts[3], mother_name=texts[4])
    block = ReportBlock(count=len(entries), entries=entries, message=texts[5])
    return replace(make_report(), identity=identity, protests=block, lawsuits=block)


def _shape(element: Element) -> Any:
    """The elements, without the places where long words may be broken, and what their attributes are called."""
    inside = [_shape(child) for child in element.children if child.tag != "wbr"]
    return element.tag, sorted(element.attributes), inside


def _plain(text: str) -> str:
    """Without blanks and places where words may be broken."""
    return "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) != "Cf")


async def test_a_page_is_built_alike_whatever_it_says(house: House) -> None:
    harmless = read_page((await house.get("/consultations/1/report.html")).decode())
    hostile = read_page((await house.get("/consultations/2/report.html")).decode())
    assert _shape(hostile) == _shape(harmless)
    said = _plain(hostile.text)
    assert [text for text in TEXTS if _plain(text) not in said] == []
    assert not CARRIED_OUT.search(said)


async def test_a_pdf_shows_texts_and_acts_on_none(house: House) -> None:
    reader = PdfReader(io.BytesIO(await house.get("/consultations/2/report.pdf")))
    said = _plain("".join(page.extract_text() for page in reader.pages))
    assert not CARRIED_OUT.search(said)
    size = cast("int", reader.trailer["/Size"])
    names = {name for number in range(1, size) for name in _names(reader, number)}
    assert "/Catalog" in names
    assert names.isdisjoint({"/JavaScript", "/JS", "/URI", "/Launch", "/OpenAction", "/AA", "/EmbeddedFile"})
    assert [text for text in HOSTILE if _plain(text) not in said] == []


def _names(reader: PdfReader, number: int) -> set[str]:
    found = IndirectObject(number, 0, reader).get_object()
    return {*map(str, found), *map(str, found.values())} if isinstance(found, DictionaryObject) else set()


@pytest.mark.parametrize("report", ["consultations", "negativations"])
async def test_a_spreadsheet_takes_no_text_for_a_formula(house: House, report: str) -> None:
    text = (await house.get(f"/reports/{report}.csv")).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert {len(row) for row in rows} == {len(head)}
    cells = {cell for row in rows for cell in row}
    assert [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝")] == []
    assert [text for text in TEXTS if not cells & {text, f"'{text}"}] == []

    book = load_workbook(io.BytesIO(await house.get(f"/reports/{report}.xlsx")))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in found} <= {"s", "n", "d"}
    assert [cell.hyperlink for cell in found if cell.hyperlink] == []
    assert [text for text in TEXTS if text not in {cell.value for cell in found}] == []
