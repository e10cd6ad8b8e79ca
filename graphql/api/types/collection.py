"""The collection routine: its parameters, its runs and what they decided."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.errors.base import EligibilityReason
from api.fields import resolved
from api.ids import encode_id
from api.lists import COLLECTION_ITEMS
from api.paging import After, Before, Connection, First, Last, PageArguments, read_nested_connection
from api.texts.languages import Language
from api.types.branch import Branch
from api.types.invoice import Invoice
from api.types.negativation import Negativation
from api.types.node import Node
from api.types.routine_filters import CollectionItemFilterInput
from core.domain import collection as domain
from core.domain.collection import (
    AutomaticNegativation,
    CollectionDecision,
    CollectionPhase,
    CollectionRunStatus,
)
from core.domain.listing import CollectionOrder
from core.domain.paging import Direction, Order
from core.use_cases.collection_settings import CollectionView

_COUNT = "Null for a token that does not reach every branch of the run; it counts by `items` what it may see."


@strawberry.type(description="What holds in the end, inheritance applied (parâmetros em vigor).")
class EffectiveCollectionParameters:
    automatic: bool = strawberry.field(
        description="Whether the routine negativates by itself (negativar automaticamente). The integration's automation must "
        "be enabled as well."
    )
    days_after_due: int = strawberry.field(
        description="How many calendar days after the due date (dias para executar)."
    )


@strawberry.type(
    description="The collection routine's step of credit analysis, for the company or a branch (parâmetros de cobrança, etapa "
    "Enviar análise de crédito)."
)
class CollectionParameters:
    branch_id: strawberry.Private[UUID | None]
    automatic: AutomaticNegativation = strawberry.field(
        description="Whether it negativates by itself, as saved (negativar automaticamente: Sim, Padrão, Não)."
    )
    days_after_due: int | None = strawberry.field(
        description="How many calendar days after the due date, as saved (dias para executar); null: as the company."
    )
    effective: EffectiveCollectionParameters = strawberry.field(
        description="What holds in the end (parâmetros em vigor)."
    )

    @resolved("The branch they are for (filial); null for the company's.")
    async def branch(self, info: Info) -> Branch | None:
        return None if self.branch_id is None else await Branch.find(info.context, self.branch_id)

    @classmethod
    def of(cls, view: CollectionView) -> "CollectionParameters":
        """The parameters as the schema shows them."""
        return cls(
            branch_id=view.parameters.branch_id,
            automatic=view.parameters.automatic,
            days_after_due=view.parameters.days_after_due,
            effective=EffectiveCollectionParameters(
                automatic=view.effective.automatic, days_after_due=view.effective.days_after_due
            ),
        )


@strawberry.type(description="What a run decided about one invoice (decisão da rotina de cobrança).")
class CollectionItem:
    record: strawberry.Private[domain.CollectionItem]
    number: int = strawberry.field(description="The sequential number (ID).")
    decision: CollectionDecision = strawberry.field(description="What was, or would be, done (decisão).")
    reasons: list[EligibilityReason] = strawberry.field(
        description="Everything that stood in the way, not only the first (motivos); empty when it was done."
    )

    @resolved("The invoice (boleto).")
    async def invoice(self, info: Info) -> Invoice | None:
        return await Invoice.find(info.context, self.record.invoice_id)

    @resolved(
        "The negativation made or cleared (negativação); null when there is none, as where a dry run would make one."
    )
    async def negativation(self, info: Info) -> Negativation | None:
        concerned = self.record.negativation_id
        return None if concerned is None else await Negativation.find(info.context, concerned)

    @resolved("The invoice's branch (filial).")
    async def branch(self, info: Info) -> Branch:
        return await Branch.of_record(info.context, self.record.branch_id)

    @classmethod
    def of(cls, record: domain.CollectionItem, language: Language) -> "CollectionItem":
        """The decision as the schema shows it."""
        return cls(
            record=record,
            number=record.number,
            decision=record.decision,
            reasons=[EligibilityReason.of(reason, language) for reason in record.reasons],
        )


@strawberry.type(
    description="A run of the collection routine for a date (execução da rotina de cobrança). It first negativates what is "
    "overdue long enough, then clears automatic negativations whose invoice is no longer open."
)
class CollectionRun(Node):
    record: strawberry.Private[domain.CollectionRun]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    run_date: date = strawberry.field(
        name="date", description="The date it was run for (data de referência)."
    )
    dry_run: bool = strawberry.field(
        description="Whether it only shows what would be done, and does nothing (simulação)."
    )
    status: CollectionRunStatus = strawberry.field(description="Where it stands (situação).")
    started_at: datetime = strawberry.field(description="When it began (iniciada em).")
    started_by: str = strawberry.field(
        description="Who began it: a token's name, or `fiador` for the daily run (iniciada por)."
    )
    finished_at: datetime | None = strawberry.field(
        description="When it was done (concluída em); null while it runs."
    )
    phase: CollectionPhase | None = strawberry.field(
        description="What it is doing (fase); null once it is done."
    )
    branches_left: int = strawberry.field(
        description="How many branches are still to be looked at in this phase (filiais restantes)."
    )
    progress: float = strawberry.field(
        description="How far it has come, from 0 to 1, by branches and phases (progresso)."
    )

    @resolved(f"How many invoices and negativations it looked at so far (examinados). {_COUNT}")
    def examined(self, info: Info) -> int | None:
        return self.record.examined if self._seen_whole(info) else None

    @resolved(f"How many invoices were, or would be, negativated so far (negativados). {_COUNT}")
    def registered(self, info: Info) -> int | None:
        return self._count(info, CollectionDecision.REGISTERED)

    @resolved(f"How many overdue invoices have reasons against them (pendências). {_COUNT}")
    def not_eligible(self, info: Info) -> int | None:
        return self._count(info, CollectionDecision.NOT_ELIGIBLE)

    @resolved(f"How many negativations were, or would be, cleared so far (baixados). {_COUNT}")
    def cleared(self, info: Info) -> int | None:
        return self._count(info, CollectionDecision.CLEARED)

    @resolved(f"How many negativations should be cleared but cannot be (baixas pendentes). {_COUNT}")
    def not_clearable(self, info: Info) -> int | None:
        return self._count(info, CollectionDecision.NOT_CLEARABLE)

    @resolved("What it decided, invoice by invoice, in order (decisões), within the token's branches.")
    async def items(
        self,
        info: Info,
        matching: Annotated[
            CollectionItemFilterInput | None,
            strawberry.argument(name="filter", description="Which of them (filtro)."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[CollectionItem]:
        context = info.context
        return await read_nested_connection(
            context,
            COLLECTION_ITEMS,
            (matching or CollectionItemFilterInput()).read(context.caller, self.record.id),
            Order(CollectionOrder.NUMBER, Direction.ASC),
            PageArguments(first=first, after=after, last=last, before=before),
            lambda item: CollectionItem.of(item, context.language),
        )

    def _seen_whole(self, info: Info) -> bool:
        return all(info.context.caller.reaches(branch_id) for branch_id in self.record.branch_ids)

    def _count(self, info: Info, decision: CollectionDecision) -> int | None:
        return self.record.counts.get(decision.value, 0) if self._seen_whole(info) else None

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "CollectionRun | None":
        """The run with that id. Its date and state are the company's; what it decided is seen branch by branch."""
        found = await context.loaders.collection_runs.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    def of(cls, record: domain.CollectionRun) -> "CollectionRun":
        """The run as the schema shows it."""
        done = record.status is CollectionRunStatus.DONE
        return cls(
            id=strawberry.ID(encode_id("CollectionRun", record.id)),
            record=record,
            number=record.number,
            run_date=record.run_date,
            dry_run=record.dry_run,
            status=record.status,
            started_at=record.started_at,
            started_by=record.started_by,
            finished_at=record.finished_at,
            phase=None if done else record.progress.phase,
            branches_left=0 if done else len(record.progress.branch_ids),
            progress=record.fraction_done,
        )
