"""Example values for the ready-made operations: where a file says `"{Customer}"`, the demo's page has a customer's id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from api.ids import encode_id
from api.operations import ReadyMadeOperation
from core.domain.invoice import InvoiceStatus
from core.domain.listing import (
    InvoiceFilter,
    InvoiceOrder,
    MonitorFilter,
    MonitorOrder,
    NegativationFilter,
    NegativationOrder,
    PersonFilter,
    PersonOrder,
)
from core.domain.negativation import NegativationStatus
from core.domain.paging import Direction, Order, Page, Window
from ports.unit_of_work import UnitOfWork, UnitsOfWork

_ONE = Window(size=1)


class _Record(Protocol):
    @property
    def id(self) -> UUID: ...


RecordT = TypeVar("RecordT", bound=_Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Looks up records that go together: a customer, its open invoice, its branch and that branch's integration."""

    units_of_work: UnitsOfWork

    async def fill(self, operations: Sequence[ReadyMadeOperation]) -> list[ReadyMadeOperation]:
        """The operations with ids in their variables; what no record was found for stays as it is."""
        async with self.units_of_work.read() as work:
            found = {f"{{{name}}}": value for name, value in (await _find(work)).items()}
        return [
            {**operation, "variables": _filled(operation["variables"], found)} for operation in operations
        ]


async def _find(work: UnitOfWork) -> dict[str, str]:
    first_person = Order(PersonOrder.NUMBER, Direction.ASC)
    latest = Order(NegativationOrder.NUMBER, Direction.DESC)
    customer = _only(await work.customers.page(PersonFilter(), first_person, _ONE))
    wanted = InvoiceFilter(
        customer_id=customer.id if customer else None, status=frozenset({InvoiceStatus.OPEN})
    )
    oldest = Order(InvoiceOrder.DUE_ON, Direction.ASC)
    rejected = NegativationFilter(status=frozenset({NegativationStatus.REJECTED}))
    newest = Order(MonitorOrder.NUMBER, Direction.DESC)
    branch = await work.branches.get(customer.branch_id) if customer else None
    found: dict[str, tuple[str, UUID | None]] = {
        "Branch": ("Branch", _id(branch)),
        "Integration": ("Integration", branch.integration_id if branch else None),
        "Customer": ("Customer", _id(customer)),
        "Lead": ("Lead", _id(_only(await work.leads.page(PersonFilter(), first_person, _ONE)))),
        "Prospect": ("Prospect", _id(_only(await work.prospects.page(PersonFilter(), first_person, _ONE)))),
        "Invoice": ("Invoice", _id(_only(await work.invoices.page(wanted, oldest, _ONE)))),
        "Negativation": (
            "Negativation",
            _id(_only(await work.negativations.page(NegativationFilter(), latest, _ONE))),
        ),
        "Rejected": ("Negativation", _id(_only(await work.negativations.page(rejected, latest, _ONE)))),
        "Monitor": ("Monitor", _id(_only(await work.monitors.page(MonitorFilter(), newest, _ONE)))),
    }
    external_ids = {
        "BranchExternalId": branch.external_id if branch else None,
        "CustomerExternalId": customer.external_id if customer else None,
    }
    return {
        **{name: encode_id(kind, record_id) for name, (kind, record_id) in found.items() if record_id},
        **{name: external_id for name, external_id in external_ids.items() if external_id},
    }


def _only(page: Page[RecordT]) -> RecordT | None:
    return page.edges[0].record if page.edges else None


def _id(record: _Record | None) -> UUID | None:
    return record.id if record else None


def _filled(value: dict[str, object], found: Mapping[str, str]) -> dict[str, object]:
    return {name: _filled_value(inner, found) for name, inner in value.items()}


def _filled_value(value: object, found: Mapping[str, str]) -> object:
    match value:
        case str():
            return found.get(value, value)
        case dict():
            return _filled(value, found)
        case list():
            return [_filled_value(inner, found) for inner in value]
        case _:
            return value
