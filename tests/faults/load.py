"""Callers of the API that repeat, with the same key, whatever they got no answer to, as front ends do."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx
from strawberry.relay import from_base64

from e2e import operations
from e2e.processes import ADMIN_TOKEN
from faults.company import Debtor

REQUEST_SECONDS = 60
_HEADERS = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
CONSULT = """
mutation ($input: ConsultCreditInput!) {
  consultCredit(input: $input) {
    __typename
    ... on ConsultCreditSuccess { consultation { number } }
    ... on BureauUnavailableError { failure }
    ... on UserError { code message }
  }
}
"""

_AGAIN = {"SERVICE_UNAVAILABLE"}
"""Errors that say that the same may be asked again."""


@dataclass(slots=True, kw_only=True)
class Acknowledged:
    """What callers were told that it is done, by the key that they asked with."""

    consultations: dict[str, int] = field(default_factory=dict)
    negativations: dict[str, UUID] = field(default_factory=dict)
    clearings: dict[str, UUID] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.consultations) + len(self.negativations) + len(self.clearings)


@dataclass(slots=True, kw_only=True)
class Load:
    """Several callers, each with one customer after another: consult, register, and sometimes clear.

    addresses: where the API is now. without_answer counts what was sent and not answered; pause: how long a caller thinks.
    """

    http: httpx.AsyncClient
    addresses: Callable[[], list[str]]
    debtors: Iterator[Debtor]
    chance: Random
    pause: float = 0.1
    told: Acknowledged = field(default_factory=Acknowledged)
    without_answer: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    exhausted: bool = False
    _ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, callers: int) -> None:
        """Go on until `end`, or until every customer was served."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(callers):
                tasks.create_task(self._caller())

    def end(self) -> None:
        """Let the callers finish with the customers they are at."""
        self._ending.set()

    async def _caller(self) -> None:
        for debtor in self.debtors:
            await self._serve(debtor)
            if self._ending.is_set():
                return
        self.exhausted = True

    async def _serve(self, debtor: Debtor) -> None:
        if self.chance.random() < 0.5:
            await self._consult(debtor)
        negativation = await self._negativate(debtor)
        if negativation is not None and self.chance.random() < 0.4:
            await self._clear(negativation)

    async def _consult(self, debtor: Debtor) -> None:
        for attempt in range(10):
            key = f"consult:{debtor.customer}:{attempt}"
            wanted = {"subject": {"customerId": debtor.customer}, "idempotencyKey": key}
            answer = await self._answered("consultCredit", CONSULT, wanted)
            if answer["__typename"] == "ConsultCreditSuccess":
                self.told.consultations[key] = answer["consultation"]["number"]
                return
            if answer["__typename"] != "BureauUnavailableError":
                self.unexpected.append(f"consultCredit: {answer}")
                return
        self.unexpected.append("consultCredit: never succeeded")

    async def _negativate(self, debtor: Debtor) -> str | None:
        key = f"negativate:{debtor.invoice}"
        wanted = {"invoiceId": debtor.invoice, "idempotencyKey": key}
        answer = await self._answered("negativateDebtor", operations.NEGATIVATE, wanted)
        if answer["__typename"] != "NegativateDebtorSuccess":
            self.unexpected.append(f"negativateDebtor: {answer}")
            return None
        negativation: str = answer["negativation"]["id"]
        self.told.negativations[key] = UUID(from_base64(negativation)[1])
        return negativation

    async def _clear(self, negativation: str) -> None:
        key = f"clear:{negativation}"
        wanted = {"negativationId": negativation, "idempotencyKey": key}
        answer = await self._answered("clearNegativation", operations.CLEAR, wanted)
        if answer["__typename"] != "ClearNegativationSuccess":
            self.unexpected.append(f"clearNegativation: {answer}")
            return
        self.told.clearings[key] = UUID(from_base64(negativation)[1])

    async def _answered(self, field_name: str, operation: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """The first answer that is one: neither an error of the service nor "nobody knows yet"."""
        while True:
            await asyncio.sleep(self.chance.uniform(0, self.pause))
            body = await self._sent(operation, wanted)
            if body is None:
                continue
            if "errors" in body:
                codes = {error.get("extensions", {}).get("code") for error in body["errors"]}
                if codes <= _AGAIN:
                    self.without_answer["unavailable"] += 1
                else:
                    self.unexpected.append(f"{field_name}: {body['errors']}")
                continue
            answer: dict[str, Any] = body["data"][field_name]
            if answer.get("failure") == "UNDETERMINED":
                self.without_answer["undetermined"] += 1
                continue
            return answer

    async def _sent(self, operation: str, wanted: dict[str, Any]) -> Any:
        addresses = self.addresses()
        if not addresses:
            return None
        try:
            answer = await self.http.post(
                f"{self.chance.choice(addresses)}/graphql",
                json={"query": operation, "variables": {"input": wanted}},
                headers=_HEADERS,
                timeout=REQUEST_SECONDS,
            )
        except httpx.TransportError as error:
            self.without_answer[type(error).__name__] += 1
            return None
        return answer.json()
