"""Run the collection routine (executar a rotina de cobrança)."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import InvalidInputError
from api.fields import mutation
from api.permissions import needs
from api.types.collection import CollectionRun
from core.domain.access import Scope
from core.use_cases.start_collection import StartCollectionCommand


@strawberry.input(description="What runCollection wants to know (dados da execução).")
class RunCollectionInput:
    run_date: date | None = strawberry.field(
        name="date",
        default=None,
        description="The date to run it for (data de referência); today unless given, from 1990-01-01 to 2100-12-31. A real run takes no date to come.",
    )
    dry_run: bool = strawberry.field(
        default=False, description="Only show what would be done, and why not (simulação)."
    )


@strawberry.type(description="The run, as far as it has come (execução iniciada ou concluída).")
class RunCollectionSuccess:
    run: CollectionRun = strawberry.field(
        description="The run with its decisions so far (execução); a long one goes on by itself: follow it with `collectionRuns` or `node`."
    )


RunCollectionResult = Annotated[
    RunCollectionSuccess | InvalidInputError,
    strawberry.union("RunCollectionResult", description="What came of runCollection (resultado)."),
]


@mutation(
    "Runs the collection routine for a date (executar a rotina de cobrança): negativates what is overdue long enough and clears automatic negativations whose invoice is no longer open. What the bureau refused or removed, or somebody took back, it leaves to people, who resend it or negativate by hand. A date has one real run: asking again answers with it and has no effect. The data of those it negativates go to the bureau in the background and the provider may bill an inclusion; a dry run sends nothing and nothing is billed.",
    permission=needs(Scope.RUN_COLLECTION, besides="and for a real run a token that reaches every branch"),
)
async def run_collection(
    info: Info,
    data: Annotated[
        RunCollectionInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> RunCollectionResult:
    done = await info.context.use_cases.run_collection(
        StartCollectionCommand(caller=info.context.caller, run_date=data.run_date, dry_run=data.dry_run)
    )
    return RunCollectionSuccess(run=CollectionRun.of(done))
