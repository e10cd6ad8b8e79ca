"""Records for tests: whole and valid, with whatever the test cares about changed by keyword."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from core.domain.access import AccessToken, Caller, Scope
from core.domain.audit import AuditAction, AuditEvent
from core.domain.branch import Branch
from core.domain.bureau import BureauReport, CredentialKind, Debtor, Environment
from core.domain.calendar_rules import expires_on
from core.domain.consultation import Consultation, ConsultationOutcome, ConsultationPurpose
from core.domain.credentials import Credential, CredentialState
from core.domain.eligibility import debtor_of
from core.domain.integration import Automation, Integration, Intermediary
from core.domain.intents import Intent, IntentKind
from core.domain.invoice import Invoice, InvoiceStatus
from core.domain.money import Money
from core.domain.negativation import Negativation, NegativationForm, NegativationStatus
from core.domain.plans import ConsultationPlan, IntegrationPlan
from core.domain.report import CreditReport, Identity, ReportBlock, ReportEntry, Score
from core.domain.secret import SealedSecret
from core.domain.states import StateCode
from core.domain.subjects import Address, Customer, Gender, Lead, Prospect, SubjectKind
from support.documents import synthetic_cnpj, synthetic_cpf

NOW = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)
"""A Monday, noon at the provider's desk."""
TODAY = date(2026, 3, 16)

_serials = count(1)


def new_id() -> UUID:
    """An id that no other record of this test run has."""
    return UUID(int=(0xF1AD0 << 108) + next(_serials))


def make_address(**changes: Any) -> Address:
    """A whole address."""
    address = Address(
        postal_code="89010025",
        street="Rua das Palmeiras",
        number="120",
        complement="S/C",
        district="Centro",
        city="Blumenau",
        state_code=StateCode.SC,
    )
    return replace(address, **changes)


def make_branch(**changes: Any) -> Branch:
    """A branch without a linked integration."""
    serial = next(_serials)
    branch = Branch(
        id=new_id(),
        number=0,
        external_id=None,
        name=f"Filial {serial}",
        document=synthetic_cnpj(serial),
        state_code=StateCode.SC,
        city="Blumenau",
        integration_id=None,
        requires_rescission=False,
        daily_consultation_budget=None,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(branch, **changes)


def make_credential(kind: CredentialKind, **changes: Any) -> Credential:
    """A stored password that the bureau took; `sealed` opens only in the vault that sealed it."""
    credential = Credential(
        kind=kind,
        sealed=SealedSecret(b"\x00\xffsealed"),
        state=CredentialState.VALID,
        changed_at=NOW,
        last_success_at=NOW,
    )
    return replace(credential, **changes)


def make_integration(**changes: Any) -> Integration:
    """An integration of one branch (`branch_id`), free to choose the plan, without automation."""
    serial = next(_serials)
    integration = Integration(
        id=new_id(),
        number=0,
        intermediary=Intermediary.CONNECT,
        branch_id=new_id(),
        environment=Environment.HOMOLOGATION,
        login=f"login-{serial}",
        consultation=make_credential(CredentialKind.CONSULTATION),
        pefin=make_credential(CredentialKind.PEFIN),
        plan=IntegrationPlan.ALL,
        send_sms_on_inclusion=True,
        responsible_cpf=synthetic_cpf(1),
        automation=Automation(restriction_code="DP", clearing_code="01"),
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(integration, **changes)


def make_customer(**changes: Any) -> Customer:
    """A natural person whose data has no gaps."""
    serial = next(_serials)
    customer = Customer(
        id=new_id(),
        number=0,
        external_id=None,
        branch_id=new_id(),
        name=f"Cliente {serial}",
        document=synthetic_cpf(serial),
        gender=Gender.FEMALE,
        born_on=date(1985, 7, 9),
        mobile="47988887777",
        email=f"cliente{serial}@example.com",
        address=make_address(),
        hold=None,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(customer, **changes)


def make_lead(**changes: Any) -> Lead:
    """A lead whose document is known."""
    serial = next(_serials)
    lead = Lead(
        id=new_id(),
        number=0,
        external_id=None,
        branch_id=new_id(),
        name=f"Lead {serial}",
        document=synthetic_cpf(serial),
        state_code=StateCode.SC,
        phone="4733334444",
        email=None,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(lead, **changes)


def make_prospect(**changes: Any) -> Prospect:
    """A company in negotiation."""
    serial = next(_serials)
    prospect = Prospect(
        id=new_id(),
        number=0,
        external_id=None,
        branch_id=new_id(),
        name=f"Prospecto {serial}",
        document=synthetic_cnpj(serial),
        state_code=StateCode.PR,
        phone=None,
        email=f"prospecto{serial}@example.com",
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(prospect, **changes)


def make_invoice(**changes: Any) -> Invoice:
    """An open invoice, sixty days overdue on `TODAY`."""
    serial = next(_serials)
    due_on = TODAY - timedelta(days=60)
    invoice = Invoice(
        id=new_id(),
        number=0,
        external_id=None,
        customer_id=new_id(),
        branch_id=new_id(),
        contract_number=f"CT-{serial}",
        amount=Money(12_990),
        issued_on=due_on - timedelta(days=20),
        due_on=due_on,
        status=InvoiceStatus.OPEN,
        closed_on=None,
        settlement_method=None,
        contract_rescinded_on=None,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(invoice, **changes)


def make_debtor(**changes: Any) -> Debtor:
    """A debtor as sent."""
    return replace(debtor_of(make_customer()), **changes)


def make_negativation(**changes: Any) -> Negativation:
    """A registration that waits to be sent."""
    serial = next(_serials)
    due_on = TODAY - timedelta(days=60)
    negativation = Negativation(
        id=new_id(),
        number=0,
        invoice_id=new_id(),
        customer_id=new_id(),
        branch_id=new_id(),
        integration_id=new_id(),
        environment=Environment.HOMOLOGATION,
        form=NegativationForm.MANUAL,
        status=NegativationStatus.QUEUED,
        generation=1,
        debtor=make_debtor(),
        contract=f"CT-{serial}",
        amount=Money(12_990),
        due_on=due_on,
        expires_on=expires_on(due_on),
        restriction_code="DP",
        send_sms=True,
        responsible_cpf=synthetic_cpf(1),
        created_at=NOW,
        created_by="tests",
        updated_at=NOW,
    )
    return replace(negativation, **changes)


def make_consultation(**changes: Any) -> Consultation:
    """A consultation of a bare CPF that succeeded."""
    serial = next(_serials)
    consultation = Consultation(
        id=new_id(),
        number=0,
        key=f"consultation-{serial}",
        subject_kind=SubjectKind.CPF,
        subject_id=None,
        document=synthetic_cpf(serial),
        state_code=StateCode.SC,
        plan=ConsultationPlan.REPORT_AND_SCORE,
        environment=Environment.HOMOLOGATION,
        integration_id=new_id(),
        branch_id=new_id(),
        outcome=ConsultationOutcome.SUCCEEDED,
        performed_at=NOW,
        performed_by="tests",
        repeat_confirmed=False,
        purpose=ConsultationPurpose.CREDIT_GRANTING,
        protocol=f"P{serial}",
        billable=True,
        cost=Money(250),
    )
    return replace(consultation, **changes)


def make_report(**changes: Any) -> CreditReport:
    """A report with something in it, and blocks that the plan does not include."""
    debt = ReportEntry(
        occurred_on=date(2025, 11, 3), amount=Money(45_010), origin="Loja de Móveis", guarantor=True
    )
    report = CreditReport(
        identity=Identity(name="Cliente Sintético", birth_or_foundation_on=date(1985, 7, 9)),
        score=Score(412),
        pending_debts=ReportBlock(
            count=3,
            total=Money(145_010),
            first_on=date(2024, 1, 5),
            last_on=date(2025, 11, 3),
            entries=(debt,),
        ),
        protests=ReportBlock(message="Nada consta"),
    )
    return replace(report, **changes)


def make_bureau_report(**changes: Any) -> BureauReport:
    """A delivered report with the provider's own page."""
    delivered = BureauReport(
        protocol="P1",
        report=make_report(),
        original="<html>Relatório</html>".encode("latin-1"),
        original_media_type="text/html; charset=iso-8859-1",
        billable=True,
        cost=Money(250),
    )
    return replace(delivered, **changes)


def make_intent(**changes: Any) -> Intent:
    """An inclusion to be sent."""
    intent = Intent(
        key=f"{new_id()}:inclusion:1", account=new_id(), kind=IntentKind.REGISTER, subject_id=new_id()
    )
    return replace(intent, **changes)


def make_audit_event(**changes: Any) -> AuditEvent:
    """An audit event of the whole company."""
    event = AuditEvent(
        id=new_id(),
        number=0,
        at=NOW,
        actor_id="tests",
        actor="Tests",
        origin=None,
        action=AuditAction.PARAMETERS_UPDATED,
        record_kind="CreditParameters",
        record_id=None,
        branch_id=None,
        details={"enabled": True, "repeatIntervalDays": 30, "note": "x"},
    )
    return replace(event, **changes)


def make_token(**changes: Any) -> AccessToken:
    """A token with every scope, for every branch, that never ends."""
    token = AccessToken(
        id=new_id(),
        name="tests",
        token_hash=f"{next(_serials):064x}",
        scopes=frozenset(Scope),
        branch_ids=None,
        created_at=NOW,
        expires_at=None,
    )
    return replace(token, **changes)


def make_caller(**changes: Any) -> Caller:
    """A caller with every scope, for every branch."""
    return replace(Caller(id="tests", name="Tests", scopes=frozenset(Scope)), **changes)
