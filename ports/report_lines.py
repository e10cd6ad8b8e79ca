"""The lines of the reports that leave as files: read in great numbers, column by column, without a record made of each."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from core.domain.bureau import BureauCode
from core.domain.listing import ConsultationFilter, NegativationFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationLines:
    """Some consultations, oldest first: of each field the values of all of them, in one order.

    Members of enums come as their values, amounts as centavos, documents as their numbers, days and instants as the texts that
    tables take (see `CellKind`): a database makes them as fast as anything, and a file wants texts.
    """

    number: Sequence[int]
    performed_at: Sequence[str]
    subject_kind: Sequence[str]
    subject_name: Sequence[str | None]
    document: Sequence[str]
    state_code: Sequence[str | None]
    plan: Sequence[str]
    purpose: Sequence[str | None]
    outcome: Sequence[str]
    branch_name: Sequence[str]
    integration_number: Sequence[int]
    intermediary: Sequence[str]
    environment: Sequence[str]
    performed_by: Sequence[str]
    billable: Sequence[bool]
    cost: Sequence[int | None]
    protocol: Sequence[str | None]
    bureau_code: Sequence[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativationLines:
    """Some registrations, oldest first, in the same form as `ConsultationLines`."""

    number: Sequence[int]
    status: Sequence[str]
    form: Sequence[str]
    debtor_name: Sequence[str]
    debtor_document: Sequence[str]
    invoice_number: Sequence[int]
    invoice_external_id: Sequence[str | None]
    invoice_status: Sequence[str]
    contract: Sequence[str]
    amount: Sequence[int]
    due_on: Sequence[str]
    expires_on: Sequence[str]
    branch_name: Sequence[str]
    integration_number: Sequence[int]
    intermediary: Sequence[str]
    environment: Sequence[str]
    restriction_code: Sequence[str]
    created_at: Sequence[str]
    created_by: Sequence[str]
    updated_at: Sequence[str]
    protocol: Sequence[str | None]
    clearing_code: Sequence[str | None]
    clearing_requested_at: Sequence[str | None]
    clearing_requested_by: Sequence[str | None]
    clearing_due_on: Sequence[str | None]
    codes: Sequence[Sequence[BureauCode]]


LinesT = TypeVar("LinesT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[LinesT]):
    """Lines that were read. Their numbers, ascending, tell where the next ones begin before `lines` makes them of what was read."""

    numbers: Sequence[int]
    lines: Callable[[], LinesT]


class ReportLines(Protocol):
    """Reads lines. Each call sees what is committed as it begins. Raises StorageUnavailable."""

    @abstractmethod
    async def consultations(
        self, matching: ConsultationFilter, after: int, size: int
    ) -> Found[ConsultationLines]:
        """The first `size` of the consultations whose number is higher than `after`; fewer, when there are no more."""

    @abstractmethod
    async def negativations(
        self, matching: NegativationFilter, after: int, size: int
    ) -> Found[NegativationLines]:
        """The first `size` of the registrations whose number is higher than `after`; fewer, when there are no more."""
