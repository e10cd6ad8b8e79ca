"""The collection routine: its parameters and what its runs did."""

from typing import Annotated

import strawberry

from api.context import Info
from api.fields import query
from api.ids import decode_id
from api.lists import COLLECTION_RUNS
from api.paging import After, Before, Connection, First, Last, PageArguments, read_connection
from api.permissions import needs
from api.types.collection import CollectionParameters, CollectionRun
from api.types.orders import CollectionRunOrderInput
from api.types.routine_filters import CollectionRunFilterInput
from core.domain.access import Scope
from core.domain.listing import CollectionOrder


@query(
    "The parameters of the collection routine's step of credit analysis (parâmetros de cobrança): as saved for the "
    "company or a branch, and what holds there in the end.",
    permission=needs(Scope.READ),
)
async def collection_parameters(
    info: Info,
    branch_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="The branch (filial); the company's own unless given."),
    ] = None,
) -> CollectionParameters:
    branch = None if branch_id is None else decode_id("Branch", branch_id, "branchId")
    read = info.context.use_cases.read_collection_parameters
    return CollectionParameters.of(await read(info.context.caller, branch))


@query(
    "The runs of the collection routine, latest first (execuções da rotina de cobrança), real ones and dry runs. "
    "Every token sees that a run was made; what it decided is seen within the token's branches.",
    permission=needs(Scope.READ),
)
async def collection_runs(
    info: Info,
    matching: Annotated[
        CollectionRunFilterInput | None,
        strawberry.argument(name="filter", description="Which of them (filtro)."),
    ] = None,
    order_by: Annotated[
        CollectionRunOrderInput | None,
        strawberry.argument(description="The order; by number, latest first, unless given (ordenação)."),
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[CollectionRun]:
    return await read_connection(
        info.context,
        COLLECTION_RUNS,
        (matching or CollectionRunFilterInput()).read(),
        (order_by or CollectionRunOrderInput(field=CollectionOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        CollectionRun.of,
    )
