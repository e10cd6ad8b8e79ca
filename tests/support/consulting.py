"""Consultations, as tests ask for them."""

from dataclasses import replace
from typing import Any

from core.domain.consultation import Consultation
from core.domain.plans import ConsultationPlan
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from support.world import World

PLAN = ConsultationPlan.REPORT_AND_SCORE


def consulting(world: World, **changes: Any) -> ConsultCreditCommand:
    """The command to consult the customer of the world, with those changes."""
    command = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(world.customer.id), plan=PLAN)
    return replace(command, **changes)


async def consult(world: World, **changes: Any) -> Consultation:
    """Consult the customer of the world, with those changes."""
    return (await world.use_case(ConsultCredit)(consulting(world, **changes))).consultation
