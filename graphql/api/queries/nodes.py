"""Records by their global ids (Relay)."""

from asyncio import gather
from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.fields import query
from api.ids import split_id
from api.inputs import InputReader
from api.permissions import needs
from api.types.branch import Branch
from api.types.collection import CollectionRun
from api.types.consultation import Consultation
from api.types.integration import Integration
from api.types.invoice import Invoice
from api.types.monitor import Monitor
from api.types.negativation import Negativation
from api.types.node import Node
from api.types.people import Customer, Lead, Prospect
from core.domain.access import Scope

MAX_NODES = 100

Find = Callable[[Context, UUID], Awaitable[Node | None]]


async def _find_consultation(context: Context, record_id: UUID) -> Consultation | None:
    context.caller.require(Scope.READ_CONSULTATIONS)
    return await Consultation.find(context, record_id)


async def _find_monitor(context: Context, record_id: UUID) -> Monitor | None:
    context.caller.require(Scope.MONITOR)
    return await Monitor.find(context, record_id)


_FINDERS: dict[str, Find] = {
    "Branch": Branch.find,
    "Integration": Integration.find,
    "Customer": Customer.find,
    "Lead": Lead.find,
    "Prospect": Prospect.find,
    "Invoice": Invoice.find,
    "Consultation": _find_consultation,
    "Negativation": Negativation.find,
    "CollectionRun": CollectionRun.find,
    "Monitor": _find_monitor,
}


def _read(reader: InputReader, text: str, *path: str) -> tuple[str, UUID]:
    found = split_id(text)
    if found is None or found[0] not in _FINDERS:
        reader.add(path, "INVALID_ID", kind="Node")
        return "", UUID(int=0)
    return found


@query(
    "The record with this id (registro pelo identificador); null when it does not exist or lies outside the token's "
    "branches. What is no id at all is INVALID_INPUT.",
    permission=needs(
        Scope.READ, besides="for a consultation also READ_CONSULTATIONS, for a monitor also MONITOR"
    ),
)
async def node(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="A global id (identificador).")],  # noqa: A002
) -> Node | None:
    reader = InputReader()
    kind, record_id = _read(reader, id, "id")
    reader.raise_if_any()
    return await _FINDERS[kind](info.context, record_id)


@query(
    f"The records with these ids, in their order, at most {MAX_NODES} (registros pelos identificadores); null in the "
    "place of each that does not exist or lies outside the token's branches. What is no id at all is INVALID_INPUT.",
    permission=needs(
        Scope.READ, besides="for consultations also READ_CONSULTATIONS, for monitors also MONITOR"
    ),
)
async def nodes(
    info: Info,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids (identificadores).")],
) -> list[Node | None]:
    reader = InputReader()
    if len(ids) > MAX_NODES:
        reader.add(("ids",), "TOO_MANY", max=MAX_NODES)
        reader.raise_if_any()
    wanted = [_read(reader, text, "ids", str(index)) for index, text in enumerate(ids)]
    reader.raise_if_any()
    return await gather(*(_FINDERS[kind](info.context, record_id) for kind, record_id in wanted))
