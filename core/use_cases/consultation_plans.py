"""The plans that a branch may consult with now ("Buscar plano")."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.bureau import BureauCode, BureauFailure, BureauNotConfigured, CredentialKind
from core.domain.calendar_rules import local_date
from core.domain.code_tables import CachedCodes, CodeTable
from core.domain.credentials import CredentialsRefused
from core.domain.integration import Integration
from core.domain.money import Money
from core.domain.plans import DEPRECATED_PLANS, PLAN_NAMES, ConsultationPlan, PlanOffer, plans_in_force
from core.use_cases.bureau_access import open_account, refusal_noted
from core.use_cases.visible import get_branch, linked_integration
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

FRESH_FOR = timedelta(days=1)
_USUAL = [PlanOffer(plan=plan, name=PLAN_NAMES[plan]) for plan in ConsultationPlan]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationPlansCommand:
    """The branch that wants to consult."""

    caller: Caller
    branch_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedPlan:
    """A plan on offer. deprecated: announced to be discontinued; ends_on: from which day on it is refused, if known.

    price: of one consultation, when the provider tells it.
    """

    plan: ConsultationPlan
    name: str
    deprecated: bool
    ends_on: date | None
    price: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationPlans:
    """Policy.

    - Offered is only what this branch may use: its integration's fixed plan, or the real plans when that is ALL (Todos),
      of those the provider sells and that have not ended.
    - The provider is asked at most once a day; the last known offer holds while it cannot be asked, and before it ever
      could, the integration's own plans by their usual names. Free of charge.
    - A password that it refuses is not shown again until it is mended.

    Raises NotFound, IntegrationNotLinked.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: ConsultationPlansCommand) -> list[OfferedPlan]:
        """The plans, in the order of the provider's offer."""
        command.caller.require(Scope.READ)
        async with self.units_of_work.read() as work:
            branch = await get_branch(work, command.branch_id, command.caller, "branchId")
            integration = await linked_integration(work, branch)
            end_on = (await work.parameters.credit()).deprecated_plans_end_on
        usable = set(integration.plan.allowed) & set(plans_in_force(local_date(self.clock.now()), end_on))
        return [
            OfferedPlan(
                plan=offer.plan,
                name=offer.name,
                deprecated=offer.plan in DEPRECATED_PLANS,
                ends_on=end_on if offer.plan in DEPRECATED_PLANS else None,
                price=None if offer.price_centavos is None else Money(offer.price_centavos),
            )
            for offer in await self._offers(integration)
            if offer.plan in usable
        ]

    async def _offers(self, integration: Integration) -> list[PlanOffer]:
        async with self.units_of_work.read() as work:
            names = await work.code_tables.get(integration.id, CodeTable.PLANS)
            prices = await work.code_tables.get(integration.id, CodeTable.PLAN_PRICES)
        if names is not None and self.clock.now() - names.fetched_at < FRESH_FOR:
            return _offers_in(names, prices)
        kind = CredentialKind.CONSULTATION
        try:
            account = open_account(self.vault, integration, kind)
            async with refusal_noted(self.units_of_work, self.ids, self.clock, integration, kind):
                offers = await self.bureau.plans(account)
        except (BureauFailure, BureauNotConfigured, CredentialsRefused):
            return _USUAL if names is None else _offers_in(names, prices)
        async with self.units_of_work.begin() as work:
            await self._keep(work, integration, offers)
        return offers

    async def _keep(self, work: UnitOfWork, integration: Integration, offers: list[PlanOffer]) -> None:
        now = self.clock.now()
        names = tuple(BureauCode(code=offer.plan.value, description=offer.name) for offer in offers)
        prices = tuple(
            BureauCode(code=offer.plan.value, description=str(offer.price_centavos))
            for offer in offers
            if offer.price_centavos is not None
        )
        for table, rows in ((CodeTable.PLANS, names), (CodeTable.PLAN_PRICES, prices)):
            await work.code_tables.put(integration.id, table, CachedCodes(rows=rows, fetched_at=now))


def _offers_in(names: CachedCodes, prices: CachedCodes | None) -> list[PlanOffer]:
    price_of = {row.code: int(row.description) for row in prices.rows} if prices else {}
    return [
        PlanOffer(
            plan=ConsultationPlan(row.code), name=row.description, price_centavos=price_of.get(row.code)
        )
        for row in names.rows
    ]
