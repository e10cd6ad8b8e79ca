"""Rows: lists read for an answer that was planned beforehand. Only what was selected is read, and no record is made of it."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from core.domain.paging import Order, Window

Columns: TypeAlias = tuple[str, ...]
"""What is read of each record: names of columns, of a record that it refers to with a point between: `customer.name`."""

Row: TypeAlias = Sequence[Any]
"""The values of the columns, in their order, each as the database's driver gives it; see `Rows.forms`. In a page two more
follow, which tell the row's place in the list: the value of the order's field, and the record's number."""


class ListName(StrEnum):
    """The lists that rows are read of."""

    BRANCHES = "branches"
    INTEGRATIONS = "integrations"
    CUSTOMERS = "customers"
    LEADS = "leads"
    PROSPECTS = "prospects"
    INVOICES = "invoices"
    CONSULTATIONS = "consultations"
    NEGATIVATIONS = "negativations"


class Form(StrEnum):
    """What a driver may give in a form of its own."""

    ID = "ID"
    INSTANT = "INSTANT"
    TRUTH = "TRUTH"
    JSON = "JSON"


class Rows(Protocol):
    """Reads rows. Each call is one statement, which sees what is committed as it begins."""

    forms: Mapping[Form, Callable[[Any], Any]]
    """How to make of a driver's value what an answer holds: ids as text with hyphens, instants as text ending in Z or as
    aware datetimes, truth as a bool, JSON as the value it stands for. A form that is missing needs nothing. A day is a date or its text.
    """

    @abstractmethod
    async def page(
        self, of: ListName, columns: Columns, matching: Any, order: Order[Any], window: Window
    ) -> Sequence[Row]:
        """The rows in the window and one more, if there is one. Backward pages come in reverse."""

    @abstractmethod
    async def pages(
        self, of: ListName, columns: Columns, matching: Sequence[Any], order: Order[Any], window: Window
    ) -> list[list[Row]]:
        """`page` for each of the filters, by one statement."""

    @abstractmethod
    async def count(self, of: ListName, matching: Any) -> int:
        """How many records the filter lets through."""

    @abstractmethod
    async def of_ids(self, of: ListName, columns: Columns, ids: Collection[UUID]) -> Sequence[Row]:
        """The rows with these ids, in no order."""
