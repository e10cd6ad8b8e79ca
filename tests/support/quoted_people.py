"""Records in which the bureau's words quote people: by their names, by their documents, and by a CPF of somebody else."""

from dataclasses import replace
from typing import Any

from core.domain.bureau import BureauCode
from core.domain.consultation import ConsultationOutcome
from core.domain.documents import Document
from core.domain.monitoring import ChangeKind, Monitor, MonitorChange
from core.domain.negativation import HistoryEntry, NegativationStatus, Trigger
from core.domain.report import CreditReport, Identity, ReportBlock, ReportEntry
from core.domain.subjects import SubjectKind
from support.builders import NOW, make_bureau_report, make_consultation, make_debtor, make_negativation
from support.documents import synthetic_cnpj, synthetic_cpf
from support.world import World

STRANGER = synthetic_cpf(4_711)
"""Whose CPF stands at the end of a company's name, as it does of sole traders."""

COMPANY = f"JOAO PEREIRA {STRANGER.number} ME"
PLAIN = "Nada consta, contrato 12345678900"
"""Words that quote nobody."""

REPORTED, KEPT, MOTHER = "Maria da Silva", "Maria Souza", "Rita Prado"
"""The customer's name as the bureau knows it and as it is kept here, and the mother's."""


def told_of(name: str, document: Document) -> str:
    """The bureau's words about somebody; it pads words, and does not write documents alike."""
    return f"Consta {name.upper().replace(' ', '  ')}, CPF {document.formatted} ou {document.number}"


def masked_of(name: str, document: Document) -> str:
    """The same as those see them who may not see documents whole."""
    return f"Consta {name.upper().split()[0]} ***, CPF {document.masked} ou {document.masked}"


def report_on(document: Document) -> CreditReport:
    """A report whose every text quotes somebody, but one."""
    words = told_of(REPORTED, document)
    entry = ReportEntry(origin=COMPANY, modality=words, reference=words, city=words, state_code="SC")
    return CreditReport(
        identity=Identity(name=REPORTED, mother_name=MOTHER, document_status=told_of(MOTHER, document)),
        bad_cheques=ReportBlock(count=1, message=words, entries=(entry,)),
        lawsuits=ReportBlock(message=told_of(KEPT, document)),
        protests=ReportBlock(message=PLAIN),
    )


async def quoting(world: World, *, subject: bool = True) -> None:
    """A consultation with a report and one that was refused, a registration that was refused, and something found at a watched
    company. subject: whether the consultations were made for the customer, or for a bare document.
    """
    customer = replace(world.customer, name=KEPT)
    document = customer.document
    codes = (
        BureauCode(code="7", description=told_of(REPORTED, document)),
        BureauCode(code="8", description=PLAIN),
    )
    here: dict[str, Any] = {"branch_id": world.branch.id, "integration_id": world.integration.id}
    whom: dict[str, Any] = {"document": document}
    if subject:
        whom |= {"subject_kind": SubjectKind.CUSTOMER, "subject_id": customer.id}
    monitor = Monitor(
        id=world.ids.new(),
        number=0,
        environment=world.integration.environment,
        document=synthetic_cnpj(4_711),
        created_at=NOW,
        created_by="tests",
        **here,
    )
    found = MonitorChange(
        id=world.ids.new(),
        number=0,
        monitor_id=monitor.id,
        branch_id=world.branch.id,
        event_id="e1",
        kind=ChangeKind.PROTEST,
        description=COMPANY,
        occurred_at=NOW,
    )
    async with world.units_of_work.begin() as work:
        await work.customers.save(customer)
        delivered = await work.consultations.add(make_consultation(**here, **whom))
        await work.consultations.add_report(delivered.id, make_bureau_report(report=report_on(document)))
        await work.consultations.add(
            make_consultation(
                outcome=ConsultationOutcome.REFUSED, bureau_message=told_of(KEPT, document), **here, **whom
            )
        )
        registration = await work.negativations.add(
            make_negativation(
                invoice_id=world.invoice.id,
                customer_id=customer.id,
                debtor=make_debtor(name=REPORTED, document=document),
                codes=codes,
                **here,
            )
        )
        refused = HistoryEntry(
            status=NegativationStatus.REJECTED,
            trigger=Trigger.INCLUSION_REJECTED,
            at=NOW,
            actor="fiador",
            codes=codes,
        )
        await work.negativations.add_history({registration.id: [refused]})
        await work.monitors.add(monitor)
        await work.monitor_changes.add([found])
