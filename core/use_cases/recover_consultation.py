"""Learn what became of a consultation whose caller crashed or got no answer. It is asked after, never ordered again."""

from dataclasses import dataclass
from datetime import timedelta

from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import CredentialsRefused
from core.domain.intents import Claim
from core.use_cases.bureau_access import open_account, refusal_noted
from core.use_cases.settle_consultation import SettleConsultation
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

GIVE_UP_AFTER = timedelta(minutes=5)
"""What the bureau does not know of so long after it was ordered was never received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverConsultation:
    """Policy: what the bureau delivered is kept, for it was paid for; what it does not know of has failed, unbilled. Once
    the integration is deleted nobody can ask any more: the consultation has failed, its outcome undetermined.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    ids: Ids
    settle: SettleConsultation

    async def __call__(self, claim: Claim) -> None:
        """Ask the bureau for the report and write down what came of it."""
        consultation_id = claim.intent.subject_id
        async with self.units_of_work.read() as work:
            consultation = await work.consultations.get(consultation_id)
            integration = await work.integrations.get(consultation.integration_id) if consultation else None
        if consultation is None or integration is None:
            raise LookupError("a consultation that was placed is gone")
        if not consultation.outcome.open:
            async with self.units_of_work.begin() as work:
                await work.outbox.done(claim)
            return
        if integration.deleted_at is not None:
            await self.settle.given_up(claim, consultation_id, FailureClass.UNDETERMINED)
            return
        kind = CredentialKind.CONSULTATION
        try:
            account = open_account(self.vault, integration, kind)
            async with refusal_noted(self.units_of_work, self.ids, self.clock, integration, kind):
                found = await self.bureau.find_consultation(account, consultation.key)
        except (BureauFailure, CredentialsRefused):
            await self.settle.unknown(claim, consultation_id)
            return
        if found is not None:
            await self.settle.delivered(claim, consultation_id, found, integration.consultation)
        elif self.clock.now() - consultation.performed_at >= GIVE_UP_AFTER:
            await self.settle.given_up(claim, consultation_id, FailureClass.TRANSIENT)
        else:
            await self.settle.unknown(claim, consultation_id)
