"""Write down what came of a consultation: once, whoever learns it, the caller or the dispatcher after a crash."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from core.domain.bureau import FINAL_FAILURES, BureauFailure, BureauReport, CredentialKind, FailureClass
from core.domain.consultation import Consultation, ConsultationOutcome
from core.domain.credentials import Credential
from core.domain.intents import Claim
from core.domain.report import CreditReport
from core.use_cases.bureau_access import note_accepted, note_refused
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork

ASK_AGAIN_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Consulted:
    """A consultation as it stands. report: what was delivered and stored just now, so that nobody need read it again; None
    says nothing of what is stored.
    """

    consultation: Consultation
    report: CreditReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleConsultation:
    """Each method settles the claim and the consultation in one transaction, and answers the consultation as it stands.

    What the bureau said is written down by whoever hears it first, even when the claim was lost meanwhile: there is one
    order, and one answer to it. What is only concluded from its silence is written by the holder of the claim alone.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def delivered(
        self, claim: Claim, consultation_id: UUID, delivered: BureauReport, credential: Credential
    ) -> Consulted:
        """The bureau delivered a report. credential: the password as it was when the bureau was asked."""
        async with self.units_of_work.begin() as work:
            consultation = await _locked(work, consultation_id)
            await work.outbox.done(claim)
            if not consultation.outcome.open:
                return Consulted(consultation)
            settled = replace(
                consultation,
                outcome=ConsultationOutcome.SUCCEEDED,
                performed_at=self.clock.now(),
                protocol=delivered.protocol,
                billable=delivered.billable,
                cost=delivered.cost,
            )
            await work.consultations.save(settled)
            await work.consultations.add_report(consultation_id, delivered)
            if not credential.proven(settled.performed_at):
                await note_accepted(
                    work,
                    consultation.integration_id,
                    CredentialKind.CONSULTATION,
                    credential.version,
                    settled.performed_at,
                )
            return Consulted(settled, delivered.report)

    async def failed(
        self, claim: Claim, consultation_id: UUID, failure: BureauFailure, credential_version: int
    ) -> Consulted:
        """The bureau refused, or certainly did not act."""
        final = failure.failure in FINAL_FAILURES
        async with self.units_of_work.begin() as work:
            consultation = await _locked(work, consultation_id)
            await work.outbox.done(claim)
            if not consultation.outcome.open:
                return Consulted(consultation)
            settled = self._failed(consultation, failure)
            await work.consultations.save(settled)
            health = (consultation.integration_id, CredentialKind.CONSULTATION, credential_version)
            if failure.failure is FailureClass.CREDENTIAL:
                await note_refused(work, self.ids, *health, settled.performed_at)
            elif final:
                await note_accepted(work, *health, settled.performed_at)
            return Consulted(settled)

    async def given_up(self, claim: Claim, consultation_id: UUID, failure: FailureClass) -> Consulted:
        """The bureau does not know of the order, or nobody can ask it any more: it has failed, so far as is known."""
        async with self.units_of_work.begin() as work:
            consultation = await _locked(work, consultation_id)
            if not await work.outbox.done(claim) or not consultation.outcome.open:
                return Consulted(consultation)
            settled = self._failed(consultation, BureauFailure(failure=failure))
            await work.consultations.save(settled)
            return Consulted(settled)

    async def unknown(self, claim: Claim, consultation_id: UUID) -> Consulted:
        """No answer came and the bureau could not be asked: the dispatcher will ask again."""
        async with self.units_of_work.begin() as work:
            consultation = await _locked(work, consultation_id)
            if not await work.outbox.retry(claim, ASK_AGAIN_AFTER) or not consultation.outcome.open:
                return Consulted(consultation)
            undetermined = replace(
                consultation, outcome=ConsultationOutcome.UNDETERMINED, failure=FailureClass.UNDETERMINED
            )
            await work.consultations.save(undetermined)
            return Consulted(undetermined)

    def _failed(self, consultation: Consultation, failure: BureauFailure) -> Consultation:
        final = failure.failure in FINAL_FAILURES
        return replace(
            consultation,
            outcome=ConsultationOutcome.REFUSED if final else ConsultationOutcome.FAILED,
            performed_at=self.clock.now(),
            billable=failure.billable,
            failure=failure.failure,
            bureau_code=failure.code,
            bureau_message=failure.message,
        )


async def _locked(work: UnitOfWork, consultation_id: UUID) -> Consultation:
    consultation = await work.consultations.get(consultation_id, lock=True)
    if consultation is None:
        raise LookupError("a consultation that was placed is gone")
    return consultation
