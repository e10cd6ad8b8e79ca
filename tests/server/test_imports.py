"""Files as people have them: every spelling is understood, every refusal says why, and a second run changes nothing."""

import csv
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import typer

from adapters.sql.database import Database
from adapters.sql.unit_of_work import SqlUnitsOfWork
from adapters.system.clock import SystemClock
from core.domain.invoice import Invoice
from core.domain.money import Money
from core.domain.subjects import Customer, Gender, Lead, NegativationHold
from ports.unit_of_work import UnitsOfWork
from server import cli
from server.imports.columns import COLUMNS, Kind, names_of
from server.imports.command import import_file, template
from server.imports.reading import WrongFile
from server.imports.values import WrongCell, read_amount, read_day, read_gender, read_hold
from server.imports.words import plain
from server.services import migrate_database
from server.settings import Settings
from support.builders import make_branch, make_customer
from support.documents import synthetic_cnpj, synthetic_cpf

CPF, CNPJ = synthetic_cpf(4711), synthetic_cnpj(4711)
HEADER = "codigo;nome;cpf_cnpj"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A database with the branch `matriz` and its customer `c-0`, and a folder for files."""

    folder: Path
    settings: Settings
    units_of_work: UnitsOfWork
    said: Callable[[], str]

    def file(self, *lines: str, encoding: str = "utf-8", end: str = "\r\n") -> Path:
        """A file of these lines."""
        path = self.folder / "file.csv"
        path.write_bytes("".join(line + end for line in lines).encode(encoding))
        return path

    async def take(
        self, kind: Kind, *lines: str, branch: str | None = "matriz", encoding: str = "utf-8"
    ) -> str:
        """Import a file of these lines; the summary."""
        await import_file(self.settings, kind, self.file(*lines, encoding=encoding), branch)
        return self.said().strip()

    async def customer(self, external_id: str) -> Customer:
        """A customer as it is stored."""
        async with self.units_of_work.read() as work:
            return (await work.customers.by_external_ids([external_id]))[external_id]

    async def lead(self, external_id: str) -> Lead:
        """A lead as it is stored."""
        async with self.units_of_work.read() as work:
            return (await work.leads.by_external_ids([external_id]))[external_id]

    async def invoice(self, external_id: str) -> Invoice:
        """An invoice as it is stored."""
        async with self.units_of_work.read() as work:
            return (await work.invoices.by_external_ids([external_id]))[external_id]

    def refused(self) -> list[dict[str, str]]:
        """The rows of the file of refused rows."""
        with (self.folder / "file.refused.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture
async def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Desk]:
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    await migrate_database(settings)
    database = Database(settings.database_url)
    units_of_work = SqlUnitsOfWork(database, SystemClock())
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch(external_id="matriz"))
        await work.customers.add(make_customer(branch_id=branch.id, external_id="c-0"))
    yield Desk(
        folder=tmp_path,
        settings=settings,
        units_of_work=units_of_work,
        said=lambda: capsys.readouterr().out,
    )
    await database.close()


async def test_a_second_run_changes_nothing(desk: Desk) -> None:
    lines = (HEADER, f"c-1;Ana;{CPF.formatted}", f"c-2;Padaria;{CNPJ.number}")
    assert await desk.take(Kind.CUSTOMERS, *lines) == (
        "customers: 2 created, 0 updated, 0 unchanged, 0 refused"
    )
    assert await desk.take(Kind.CUSTOMERS, *lines) == (
        "customers: 0 created, 0 updated, 2 unchanged, 0 refused"
    )
    assert not (desk.folder / "file.refused.csv").exists()


async def test_every_column_of_a_customer_arrives(desk: Desk) -> None:
    await desk.take(
        Kind.CUSTOMERS,
        "Código,Filial,Nome,CPF/CNPJ,Gênero,Data de Nascimento,Celular,E-mail,CEP,Endereço,Número,Complemento,Bairro,"
        "Cidade,UF,Bloqueio",
        f'c-1,matriz,"Conceição, Ana",{CPF.number},feminino,09/07/1985,(47) 98888-7777,ana@example.test,89010-025,'
        '"Rua das Palmeiras, fundos",S/N,S/C,Centro,Blumenau,sc,Sub judice',
        branch=None,
        encoding="latin-1",
    )
    customer = await desk.customer("c-1")
    assert (customer.name, customer.document, customer.gender) == ("Conceição, Ana", CPF, Gender.FEMALE)
    assert (customer.born_on, customer.mobile, customer.email) == (
        date(1985, 7, 9),
        "47988887777",
        "ana@example.test",
    )
    address = customer.address
    assert (address.postal_code, address.street, address.number) == (
        "89010025",
        "Rua das Palmeiras, fundos",
        "S/N",
    )
    assert (address.complement, address.district, address.city, address.state_code) == (
        "S/C",
        "Centro",
        "Blumenau",
        "SC",
    )
    assert customer.hold is NegativationHold.SUB_JUDICE


async def test_invoices_and_contacts_arrive(desk: Desk) -> None:
    await desk.take(
        Kind.INVOICES,
        "externalId;customerExternalId;amount;issuedOn;dueOn;contractNumber;rescisao",
        "f-1;c-0;1.234,56;2026-01-02;31/01/2026;ct-7;2026-02-01",
        branch=None,
    )
    invoice = await desk.invoice("f-1")
    assert (invoice.amount, invoice.issued_on, invoice.due_on) == (
        Money(123456),
        date(2026, 1, 2),
        date(2026, 1, 31),
    )
    assert (invoice.contract_number, invoice.contract_rescinded_on) == ("CT-7", date(2026, 2, 1))
    lines = ("codigo;nome;telefone;uf", "l-1;Bia;4733334444;SC")
    assert (await desk.take(Kind.LEADS, *lines)).startswith("leads: 1 created")
    assert (await desk.take(Kind.PROSPECTS, *lines)).startswith("prospects: 1 created")
    assert (await desk.lead("l-1")).phone == "4733334444"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
async def test_any_usual_encoding_is_read(desk: Desk, encoding: str) -> None:
    await desk.take(Kind.CUSTOMERS, HEADER, f"c-1;Açaí da Conceição;{CPF.number}", encoding=encoding)
    assert (await desk.customer("c-1")).name == "Açaí da Conceição"


async def test_an_encoding_is_told_by_the_whole_file(desk: Desk) -> None:
    lines = [f"c-{number};Ana;{synthetic_cpf(number).number}" for number in range(1, 8)]
    path = desk.file(HEADER, *lines, f"c-9;João;{CPF.number}", encoding="latin-1")
    await import_file(desk.settings, Kind.CUSTOMERS, path, "matriz")
    assert (await desk.customer("c-9")).name == "João"


async def test_what_the_file_has_no_column_for_stays(desk: Desk) -> None:
    whole = ("codigo;nome;cpf_cnpj;celular;cidade", f"c-1;Ana;{CPF.number};47988887777;Blumenau")
    await desk.take(Kind.CUSTOMERS, *whole)
    assert "1 updated" in await desk.take(Kind.CUSTOMERS, HEADER, f"c-1;Ana Maria;{CPF.number}")
    customer = await desk.customer("c-1")
    assert (customer.name, customer.mobile, customer.address.city) == ("Ana Maria", "47988887777", "Blumenau")
    await desk.take(Kind.CUSTOMERS, f"{HEADER};celular", f"c-1;Ana Maria;{CPF.number};")
    assert (await desk.customer("c-1")).mobile is None


async def test_refused_rows_say_why_by_the_file_s_own_titles(desk: Desk) -> None:
    said = await desk.take(
        Kind.CUSTOMERS,
        "Código;Filial;Nome Razão Social;CNPJ/CPF;Celular;Nascimento;UF",
        f"c-1;matriz;Ana;{CPF.number};;;",
        "c-2;matriz;Ana;111.111.111-11;4733334444;;XX",
        f"c-3;norte;Ana;{CPF.number};;;",
        f"c-4;matriz;;{CPF.number};;31/02/1980;",
        f";matriz;Ana;{CPF.number};;;",
        f"c-6;matriz;Ana;{CPF.number};;;;x",
        branch=None,
    )
    assert said == (
        f"customers: 1 created, 0 updated, 0 unchanged, 5 refused (see {desk.folder / 'file.refused.csv'})"
    )
    rows = {row["Código"]: row["motivo"] for row in desk.refused()}
    assert "CNPJ/CPF: Não é um CPF ou CNPJ válido" in rows["c-2"]
    assert "; Celular: Informe o celular com DDD" in rows["c-2"]
    assert "; UF: Não é uma UF" in rows["c-2"]
    assert rows["c-3"] == "Filial: A filial não existe, ou está fora do alcance deste token"
    assert rows["c-4"] == (
        "Nascimento: informe uma data como 31/01/2026 ou 2026-01-31; Nome Razão Social: o campo é obrigatório"
    )
    assert rows[""] == "Código: o campo é obrigatório"
    assert rows["c-6"] == "a linha tem mais células do que o cabeçalho"


async def test_refused_rows_are_mended_and_imported_again(desk: Desk) -> None:
    refused = desk.folder / "file.refused.csv"
    refused.touch(mode=0o666)
    refused.chmod(0o666)
    await desk.take(Kind.CUSTOMERS, HEADER, "c-1;Ana;111")
    assert refused.stat().st_mode & 0o077 == 0
    refused.write_text(
        refused.read_text(encoding="utf-8-sig").replace("111", CPF.number), encoding="utf-8-sig"
    )
    assert await import_file(desk.settings, Kind.CUSTOMERS, refused, "matriz")
    assert (await desk.customer("c-1")).document == CPF
    await import_file(desk.settings, Kind.CUSTOMERS, desk.file(f"{HEADER};motivo", "c-2;Bia;1;old"), "matriz")
    assert list(desk.refused()[0]) == ["codigo", "nome", "cpf_cnpj", "motivo"]


async def test_conflicts_are_told(desk: Desk) -> None:
    async with desk.units_of_work.begin() as work:
        await work.branches.add(make_branch(external_id="norte"))
    await desk.take(Kind.CUSTOMERS, HEADER, f"c-0;Ana;{CPF.number}", branch="norte")
    (row,) = desk.refused()
    assert row["motivo"]
    assert "_" not in row["motivo"]


async def test_more_rows_than_a_piece_holds(desk: Desk) -> None:
    lines = [f"l-{number};Lead {number}" for number in range(1201)]
    assert "1201 created" in await desk.take(Kind.LEADS, "codigo;nome", *lines, "", ";")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "has no header"),
        (("",), "has no header"),
        (("codigo;nome;cpf_cnpj;celuar",), "no column “celuar”; did you mean celular?"),
        (("codigo;nome;cpf_cnpj;xyz",), "no column “xyz”; known are codigo, filial"),
        (("codigo;nome;cpf;cnpj",), "two columns hold the same, cpf_cnpj"),
        (("codigo;cpf",), "lacks the column(s) nome"),
        (("nome;cpf",), "lacks the column(s) codigo"),
        ((HEADER, 'c-1;"Ana;1\r\n' + "x" * 20_000), "has a cell without an end"),
    ],
)
async def test_a_file_of_no_use_is_one_clear_line(desk: Desk, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(WrongFile) as wrong:
        await import_file(desk.settings, Kind.CUSTOMERS, desk.file(*lines), "matriz")
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


async def test_a_missing_branch_column_is_told(desk: Desk) -> None:
    with pytest.raises(WrongFile, match="lacks the column\\(s\\) filial"):
        await import_file(desk.settings, Kind.LEADS, desk.file("codigo;nome"), None)


async def test_other_files_are_refused(desk: Desk) -> None:
    for path, said in (("nowhere.csv", "cannot read"), (".", "cannot read")):
        with pytest.raises(WrongFile, match=said):
            await import_file(desk.settings, Kind.LEADS, Path(path), None)
    book = desk.file("codigo;nome", encoding="utf-16")
    with pytest.raises(WrongFile, match="is no text in UTF-8 or Latin-1"):
        await import_file(desk.settings, Kind.LEADS, book, None)
    with pytest.raises(WrongFile, match="branch of its customer"):
        await import_file(desk.settings, Kind.INVOICES, book, "matriz")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1234.5", "1234.5"),
        ("R$ 99,90", "99.90"),
        ("R$\xa01.000.000,00", "1000000.00"),
        ("120", "120"),
        ("1.234.567", "1234567"),
        ("0,05", "0.05"),
    ],
)
def test_amounts(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["1.234", "1,234.56", "12.34,5", "-5,00", "1e3", "abc", "1,2,3", "12,345", "١٢", "R$", "NaN"]
)
def test_amounts_that_could_be_misread_are_refused(text: str) -> None:
    with pytest.raises(WrongCell):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [("31/01/2026", (2026, 1, 31)), ("1/2/2026", (2026, 2, 1)), ("2026-01-31", (2026, 1, 31))],
)
def test_days(text: str, day: tuple[int, int, int]) -> None:
    assert read_day(text) == date(*day)


@pytest.mark.parametrize(
    "text", ["31/02/2026", "01/31/2026", "31/01/26", "20260131", "2026-1-31", "hoje", "45322"]
)
def test_days_that_are_none(text: str) -> None:
    with pytest.raises(WrongCell):
        read_day(text)


def test_words() -> None:
    assert (read_gender("Masculino"), read_gender("o"), read_hold("Contestação")) == (
        Gender.MALE,
        Gender.OTHER,
        NegativationHold.DISPUTE,
    )
    assert [plain(title) for title in ("bornOn", "Data de Nascimento", " CPF/CNPJ ", "Nº")] == [
        "born_on",
        "data_de_nascimento",
        "cpf_cnpj",
        "no",
    ]


@pytest.mark.parametrize("kind", Kind)
def test_no_name_means_two_columns(kind: Kind) -> None:
    names = [name for column in COLUMNS[kind] for name in dict.fromkeys(names_of(column))]
    assert len(names) == len(set(names))
    assert all(name == plain(name) for name in names)


@pytest.mark.parametrize("kind", Kind)
async def test_the_template_is_a_file_of_its_kind(desk: Desk, kind: Kind) -> None:
    assert await desk.take(kind, template(kind), branch=None) == (
        f"{kind.value}: 0 created, 0 updated, 0 unchanged, 0 refused"
    )


def test_the_command_prints_the_template(capsys: pytest.CaptureFixture[str]) -> None:
    cli.import_records(Kind.LEADS, template_only=True)
    assert capsys.readouterr().out == "codigo;filial;nome;cpf_cnpj;uf;telefone;email\n"
    with pytest.raises(WrongFile):
        cli.import_records(Kind.LEADS)


def test_the_command_s_exit_code_tells_of_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "leads.csv"
    file.write_text("codigo;nome\nl-1;Ana\n", encoding="utf-8")
    with pytest.raises(typer.Exit) as ended:
        cli.import_records(Kind.LEADS, file, branch="nowhere")
    assert ended.value.exit_code == 1
