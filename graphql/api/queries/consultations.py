"""The query centre: consultations made, and the plans to consult with."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Info
from api.fields import query
from api.ids import decode_id
from api.lists import CONSULTATIONS
from api.messages import plan_notice
from api.paging import After, Before, First, Last, PageArguments, read_connection
from api.permissions import needs
from api.texts.languages import Language
from api.types.consultation import Consultation, ConsultationConnection
from api.types.filters import ConsultationFilterInput
from api.types.orders import ConsultationOrderInput
from api.types.values import Money, money_or_none
from core.domain.access import Scope
from core.domain.listing import ConsultationOrderField
from core.domain.plans import ConsultationPlan
from core.use_cases.consultation_plans import ConsultationPlansCommand, OfferedPlan


@query(
    "The consultations made, latest first (Central de consultas; relatório de consultas).",
    permission=needs(Scope.READ, Scope.READ_CONSULTATIONS),
)
async def consultations(
    info: Info,
    matching: Annotated[
        ConsultationFilterInput | None,
        strawberry.argument(name="filter", description="Which of them (filtro)."),
    ] = None,
    order_by: Annotated[
        ConsultationOrderInput | None,
        strawberry.argument(description="The order; by number, latest first, unless given (ordenação)."),
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> ConsultationConnection:
    context = info.context
    wanted = (matching or ConsultationFilterInput()).read(context.caller)
    order = (order_by or ConsultationOrderInput(field=ConsultationOrderField.NUMBER)).order()
    page = PageArguments(first=first, after=after, last=last, before=before)
    found = await read_connection(context, CONSULTATIONS, wanted, order, page, Consultation.of)
    return ConsultationConnection.of(found, wanted)


@strawberry.type(description="A plan that may be asked for (plano de consulta).")
class OfferedConsultationPlan:
    plan: ConsultationPlan = strawberry.field(description="The plan (plano).")
    name: str = strawberry.field(description="Its name at the provider (nome).")
    deprecated: bool = strawberry.field(
        description="Whether it is announced to be discontinued (será descontinuado)."
    )
    ends_on: date | None = strawberry.field(
        description="From which day on it is refused (fim do plano); null while unknown."
    )
    notice: str | None = strawberry.field(
        description="What to tell whoever chooses a plan that is to be discontinued (aviso de descontinuação); null for the "
        "others."
    )
    price: Money | None = strawberry.field(
        description="What one consultation costs (preço); null when the provider does not say."
    )

    @classmethod
    def of(cls, offered: OfferedPlan, language: Language) -> "OfferedConsultationPlan":
        """The plan as the schema shows it."""
        return cls(
            plan=offered.plan,
            name=offered.name,
            deprecated=offered.deprecated,
            ends_on=offered.ends_on,
            notice=plan_notice(offered.ends_on, language) if offered.deprecated else None,
            price=money_or_none(offered.price),
        )


@query(
    'What may be asked for at this branch now ("Buscar plano"): its integration\'s fixed plan, or all of them when '
    "that is set to ALL (Todos). The provider is asked at most once a day; nothing is billed.",
    permission=needs(Scope.READ),
)
async def consultation_plans(
    info: Info,
    branch_id: Annotated[
        strawberry.ID, strawberry.argument(description="The branch that is to consult (filial).")
    ],
) -> list[OfferedConsultationPlan]:
    command = ConsultationPlansCommand(
        caller=info.context.caller, branch_id=decode_id("Branch", branch_id, "branchId")
    )
    offered = await info.context.use_cases.consultation_plans(command)
    return [OfferedConsultationPlan.of(plan, info.context.language) for plan in offered]
