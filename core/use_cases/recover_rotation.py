"""Learn what became of a password change whose caller crashed or got no answer."""

from dataclasses import dataclass

from core.domain.access import SYSTEM
from core.domain.bureau import BureauFailure, CredentialKind
from core.domain.credentials import CredentialsRefused
from core.domain.intents import Claim, rotation_recovery_key
from core.use_cases.settle_rotation import SettleRotation
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverRotation:
    """Policy: that of `SettleRotation.probe`; a request that crashed and one that got no answer are cleared up alike."""

    units_of_work: UnitsOfWork
    settle: SettleRotation

    async def __call__(self, claim: Claim) -> None:
        """Find out, and write it down; the failures that are raised to a person are written down too, and end here."""
        integration_id = claim.intent.subject_id
        async with self.units_of_work.read() as work:
            integration = await work.integrations.get(integration_id)
        kinds = [
            kind
            for kind in CredentialKind
            if integration is not None
            and (since := integration.credential(kind).pending_since) is not None
            and rotation_recovery_key(integration_id, kind, since) == claim.intent.key
        ]
        if not kinds:
            async with self.units_of_work.begin() as work:
                await work.outbox.done(claim)
            return
        try:
            await self.settle.probe(claim, integration_id, kinds[0], SYSTEM)
        except (BureauFailure, CredentialsRefused):
            return
