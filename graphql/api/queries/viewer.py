"""Who is calling."""

import strawberry

from api.context import Info
from api.fields import query, resolved
from api.lists import BRANCHES
from api.paging import After, Before, Connection, First, Last, PageArguments, read_connection
from api.permissions import ANYBODY
from api.types.branch import Branch
from core.domain.access import Scope
from core.domain.listing import BranchFilter, BranchOrder
from core.domain.paging import Direction, Order


@strawberry.type(description="Whoever holds the token (quem está chamando).")
class Viewer:
    name: str = strawberry.field(description="The token's name (nome do token).")
    scopes: list[Scope] = strawberry.field(description="What the token may do (permissões).")
    reaches_every_branch: bool = strawberry.field(
        description="Whether the token reaches all branches, also future ones (todas as filiais)."
    )

    @resolved("The branches that the token reaches (filiais).")
    async def branches(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Branch]:
        return await read_connection(
            info.context,
            BRANCHES,
            BranchFilter(branch_ids=info.context.caller.branch_ids),
            Order(BranchOrder.NUMBER, Direction.ASC),
            PageArguments(first=first, after=after, last=last, before=before),
            Branch.of,
        )


@query(
    "Who is calling (quem está chamando).",
    permission=ANYBODY,
)
def viewer(info: Info) -> Viewer:
    caller = info.context.caller
    return Viewer(
        name=caller.name,
        scopes=[scope for scope in Scope if scope in caller.scopes],
        reaches_every_branch=caller.branch_ids is None,
    )
