"""An invented provider of any size, written straight into the tables: a million registrations take some minutes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, text

from adapters.sql.engine import is_sqlite, migrator, parse_url
from adapters.sql.mapping.consultations import consultation_row
from adapters.sql.mapping.negativations import negativation_row
from adapters.sql.mapping.people import customer_row, invoice_row
from adapters.sql.mapping.values import debtor_json, report_json
from adapters.sql.migrate import migrate
from adapters.sql.tables import METADATA
from adapters.sql.work import values_of
from benchmarks.company import BRANCHES, NOW, company_rows, cpf_of, id_of
from core.domain.bureau import Debtor, Environment
from core.domain.consultation import Consultation, ConsultationOutcome
from core.domain.invoice import Invoice, InvoiceStatus, SettlementMethod
from core.domain.money import Money
from core.domain.negativation import Negativation, NegativationForm, NegativationStatus
from core.domain.plans import ConsultationPlan
from core.domain.report import CreditReport, Identity, ReportBlock, ReportEntry, Score
from core.domain.states import StateCode
from core.domain.subjects import Address, Customer, Gender, SubjectKind

DEBTS_OF_A_CUSTOMER = 5
REPORTED = 10
"""One registration in so many has a consultation with a report beside it."""
CHUNK = 5_000

_STATUSES = (NegativationStatus.ACTIVE, NegativationStatus.SENT, NegativationStatus.CLEARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is of everything."""

    registrations: int
    overdue: int = 0
    """Open overdue invoices without a registration, for the collection routine."""

    @property
    def customers(self) -> int:
        """How many customers."""
        return max(1, self.registrations // DEBTS_OF_A_CUSTOMER)


async def fill(address: str, size: Size) -> None:
    """Make the tables and fill them. The database must be empty."""
    await migrate(address)
    engine = migrator(parse_url(address))
    async with engine.begin() as connection:
        await connection.run_sync(_fill, size)
    await engine.dispose()
    engine = migrator(parse_url(address))
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if is_sqlite(parse_url(address)):
            await driver.execute("ANALYZE")
            await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            await driver.execute("VACUUM ANALYZE")
    await engine.dispose()


def _fill(connection: Connection, size: Size) -> None:
    for name, rows in company_rows():
        _write(connection, name, rows)
    _write(connection, "customers", _customers(size))
    _write(connection, "invoices", _invoices(size))
    _write(connection, "negativations", _registrations(size))
    _write(connection, "consultations", _consultations(size))
    _write(connection, "consultation_reports", _reports(size))
    if connection.dialect.name == "postgresql":
        for table in METADATA.sorted_tables:
            if "number" in table.columns:
                sequence = f"pg_get_serial_sequence('{table.name}', 'number')"
                connection.execute(
                    text(f"SELECT setval({sequence}, (SELECT coalesce(max(number), 1) FROM {table.name}))")
                )


def _write(connection: Connection, table_name: str, rows: Iterator[dict[str, Any]]) -> None:
    table: Table = METADATA.tables[table_name]
    while chunk := list(islice(rows, CHUNK)):
        connection.execute(table.insert(), chunk)


def _customers(size: Size) -> Iterator[dict[str, Any]]:
    address = Address(
        postal_code="89010025",
        street="Rua das Palmeiras",
        number="120",
        complement="S/C",
        district="Centro",
        city="Blumenau",
        state_code=StateCode.SC,
    )
    template = Customer(
        id=id_of("customers", 0),
        number=0,
        external_id=None,
        branch_id=id_of("branches", 1),
        name="Cliente",
        document=cpf_of(1),
        gender=Gender.FEMALE,
        born_on=date(1985, 7, 9),
        mobile="47988887777",
        email="cliente@example.com",
        address=address,
        hold=None,
        created_at=NOW,
        updated_at=NOW,
    )
    values = values_of(customer_row(template))
    for number in range(1, size.customers + 1):
        yield {
            **values,
            "number": number,
            "id": id_of("customers", number),
            "external_id": f"c-{number}",
            "branch_id": id_of("branches", number % BRANCHES + 1),
            "name": f"Cliente {number}",
            "name_folded": f"cliente {number}",
            "document": cpf_of(number).number,
        }


def _invoices(size: Size) -> Iterator[dict[str, Any]]:
    template = Invoice(
        id=id_of("invoices", 0),
        number=0,
        external_id=None,
        customer_id=id_of("customers", 1),
        branch_id=id_of("branches", 1),
        contract_number=None,
        amount=Money(12050),
        issued_on=date(2025, 9, 10),
        due_on=date(2025, 10, 10),
        status=InvoiceStatus.OPEN,
        closed_on=None,
        settlement_method=None,
        contract_rescinded_on=date(2025, 12, 1),
        created_at=NOW,
        updated_at=NOW,
    )
    values = values_of(invoice_row(template))
    for number in range(1, size.registrations + size.overdue + 1):
        customer = _customer_of(number, size)
        settled = number <= size.registrations and _status_of(number) is NegativationStatus.CLEARED
        yield {
            **values,
            "number": number,
            "id": id_of("invoices", number),
            "external_id": f"i-{number}",
            "customer_id": id_of("customers", customer),
            "branch_id": id_of("branches", customer % BRANCHES + 1),
            "contract_number": f"{number:010d}",
            "amount_centavos": 5_000 + number % 100_000,
            "due_on": date(2025, 10, 10) + timedelta(days=number % 60),
            "status": InvoiceStatus.SETTLED if settled else InvoiceStatus.OPEN,
            "closed_on": NOW.date() if settled else None,
            "settlement_method": SettlementMethod.PIX if settled else None,
        }


def _registrations(size: Size) -> Iterator[dict[str, Any]]:
    debtor = Debtor(
        document=cpf_of(1),
        name="Cliente",
        gender=Gender.FEMALE.value,
        born_on=date(1985, 7, 9),
        mobile="47988887777",
        postal_code="89010025",
        street="Rua das Palmeiras",
        street_number="120",
        complement="S/C",
        district="Centro",
        city="Blumenau",
        state_code=StateCode.SC,
    )
    template = Negativation(
        id=id_of("negativations", 0),
        number=0,
        invoice_id=id_of("invoices", 1),
        customer_id=id_of("customers", 1),
        branch_id=id_of("branches", 1),
        integration_id=id_of("integrations", 1),
        environment=Environment.HOMOLOGATION,
        form=NegativationForm.MANUAL,
        status=NegativationStatus.ACTIVE,
        generation=1,
        debtor=debtor,
        contract="0",
        amount=Money(12050),
        due_on=date(2025, 10, 10),
        expires_on=date(2030, 10, 10),
        restriction_code="DP",
        send_sms=False,
        responsible_cpf=cpf_of(0),
        created_at=NOW,
        created_by="benchmark",
        updated_at=NOW,
        protocol="P-1",
    )
    values, written = values_of(negativation_row(template)), debtor_json(debtor)
    for number in range(1, size.registrations + 1):
        customer = _customer_of(number, size)
        branch = customer % BRANCHES + 1
        status = _status_of(number)
        at = NOW - timedelta(minutes=size.registrations - number)
        yield {
            **values,
            "number": number,
            "id": id_of("negativations", number),
            "invoice_id": id_of("invoices", number),
            "customer_id": id_of("customers", customer),
            "branch_id": id_of("branches", branch),
            "integration_id": id_of("integrations", branch),
            "status": status,
            "live": status.live,
            "inclusion_key": f"{id_of('invoices', number)}:inclusion:1",
            "debtor_document": cpf_of(customer).number,
            "debtor": {
                **written,
                "name": f"Cliente {customer}",
                "document": {"kind": "CPF", "number": cpf_of(customer).number},
            },
            "contract": f"{number:010d}",
            "amount_centavos": 5_000 + number % 100_000,
            "created_at": at,
            "updated_at": at,
        }


def _consultations(size: Size) -> Iterator[dict[str, Any]]:
    template = Consultation(
        id=id_of("consultations", 0),
        number=0,
        key="",
        subject_kind=SubjectKind.CUSTOMER,
        subject_id=id_of("customers", 1),
        document=cpf_of(1),
        state_code=StateCode.SC,
        plan=ConsultationPlan.REPORT_AND_SCORE,
        environment=Environment.HOMOLOGATION,
        integration_id=id_of("integrations", 1),
        branch_id=id_of("branches", 1),
        outcome=ConsultationOutcome.SUCCEEDED,
        performed_at=NOW,
        performed_by="benchmark",
        repeat_confirmed=False,
        protocol="P-1",
        billable=True,
        cost=Money(1250),
    )
    values = values_of(consultation_row(template))
    for number in range(1, size.registrations // REPORTED + 1):
        customer = _customer_of(number, size)
        branch = customer % BRANCHES + 1
        yield {
            **values,
            "number": number,
            "id": id_of("consultations", number),
            "key": f"{id_of('consultations', number)}:consultation",
            "subject_id": id_of("customers", customer),
            "document": cpf_of(customer).number,
            "branch_id": id_of("branches", branch),
            "integration_id": id_of("integrations", branch),
            "performed_at": NOW - timedelta(minutes=size.registrations - number),
        }


def _reports(size: Size) -> Iterator[dict[str, Any]]:
    report = report_json(_report())
    original = b"<html><body><h1>Relat\xc3\xb3rio</h1></body></html>" * 40
    for number in range(1, size.registrations // REPORTED + 1):
        yield {
            "consultation_id": id_of("consultations", number),
            "report": report,
            "original": original,
            "original_media_type": "text/html",
        }


def _report() -> CreditReport:
    entries = tuple(
        ReportEntry(
            occurred_on=date(2025, 3, day + 1),
            amount=Money(10_000 + day),
            origin=f"Credor {day}",
            modality="Duplicata",
            reference=f"{day:08d}",
            city="Blumenau",
            state_code="SC",
        )
        for day in range(10)
    )
    block = ReportBlock(
        count=10, total=Money(100_045), first_on=date(2025, 3, 1), last_on=date(2025, 3, 10), entries=entries
    )
    return CreditReport(
        identity=Identity(name="Cliente", birth_or_foundation_on=date(1985, 7, 9), document_status="REGULAR"),
        score=Score(472),
        pending_debts=block,
        protests=block,
        bad_cheques=ReportBlock(),
        lawsuits=ReportBlock(),
        bankruptcies=ReportBlock(),
        earlier_queries=block,
    )


def _customer_of(number: int, size: Size) -> int:
    return (number - 1) % size.customers + 1


def _status_of(number: int) -> NegativationStatus:
    return _STATUSES[number % len(_STATUSES)]
