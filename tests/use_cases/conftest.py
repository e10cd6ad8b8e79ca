"""What the tests of use cases share."""

import pytest

from core.domain.negativation import Negativation
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.world import World


@pytest.fixture
async def queued(world: World) -> Negativation:
    return await world.use_case(NegativateDebtor)(
        NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    )
