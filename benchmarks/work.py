"""The work that is measured: for each kind the document and its variables, and the same by a bare route."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import orjson

from benchmarks.company import id_of
from benchmarks.dataset import REPORTED, Size
from benchmarks.floor.reads import INNER, PAGE, cursor, global_id
from benchmarks.load import Ask

ASKS = 2_000
"""Different requests of each kind, asked in turn: more than anybody would remember answers or variables of."""

DEEP_PAGE = 10_000
STATUSES = ("ACTIVE", "SENT", "CLEARED")
PLAN = "REPORT_AND_SCORE"

_NODE = """
      id number form status contractNumber amount { amount } dueOn expiresOn restrictionCode createdAt updatedAt protocol
      customer { id number name document { formatted } }
      branch { id name }
"""
_PAGE_INFO = "pageInfo { hasNextPage endCursor }"

LIST = f"""
query List($status: [NegativationStatus!], $after: String) {{
  negativations(filter: {{ status: $status }}, first: {PAGE}, after: $after) {{
    nodes {{ {_NODE} }}
    {_PAGE_INFO}
  }}
}}
"""

_BLOCK = """
        count total { amount } firstOn lastOn
        entries { occurredOn amount { amount } origin modality reference city }
"""
CONSULTATION = f"""
query Consultation($id: ID!) {{
  node(id: $id) {{
    ... on Consultation {{
      id number plan outcome performedAt performedBy document {{ formatted }} cost {{ amount }}
      report {{
        identity {{ name birthOrFoundationOn documentStatus }}
        score {{ value band }}
        pendingDebts {{ {_BLOCK} }}
        protests {{ {_BLOCK} }}
        badCheques {{ {_BLOCK} }}
        earlierQueries {{ {_BLOCK} }}
      }}
    }}
  }}
}}
"""

NESTED = f"""
query Nested($after: String) {{
  customers(first: {PAGE}, after: $after, orderBy: {{ field: NUMBER }}) {{
    nodes {{
      id number name document {{ formatted }}
      negativations(first: {INNER}) {{
        nodes {{ id number status contractNumber amount {{ amount }} dueOn }}
        pageInfo {{ hasNextPage }}
      }}
    }}
    {_PAGE_INFO}
  }}
}}
"""

CONSULT = """
mutation Consult($input: ConsultCreditInput!) {
  consultCredit(input: $input) {
    __typename
    ... on ConsultCreditSuccess {
      consultation {
        id number outcome
        report { score { value band } pendingDebts { count total { amount } } }
      }
    }
    ... on UserError { code message }
  }
}
"""

NEGATIVATE = """
mutation Negativate($input: NegativateDebtorInput!) {
  negativateDebtor(input: $input) {
    __typename
    ... on NegativateDebtorSuccess { negativation { id number status expiresOn } }
    ... on UserError { code message }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The same request to both."""

    floor: Ask
    ours: Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A kind of requests. wanted: what every answer holds. changes: each request is made once only."""

    pairs: Callable[[Size, Random], Iterator[Pair]]
    wanted: str
    changes: bool = False


def _pair(path: str, plain: dict[str, object], document: str, variables: dict[str, object]) -> Pair:
    asked = {"query": document, "variables": variables}
    return Pair(
        floor=Ask(path=path, body=orjson.dumps(plain).decode()),
        ours=Ask(path="/graphql", body=orjson.dumps(asked).decode()),
    )


def _lists(size: Size, chance: Random) -> Iterator[Pair]:
    for _ in range(ASKS):
        status = chance.choice(STATUSES)
        after = cursor(
            "negativations", "DESC", chance.randint(min(3 * PAGE, size.registrations), size.registrations)
        )
        plain: dict[str, object] = {"status": status, "after": after}
        yield _pair("/negativations", plain, LIST, {"status": [status], "after": after})


def pages(size: Size, page: int) -> list[Ask]:
    """Pages that begin on this page of all registrations, at different places of it."""
    depth = min((page - 1) * PAGE, max(size.registrations - 2 * PAGE, 0))
    asks = []
    for place in range(PAGE):
        after = cursor("negativations", "DESC", size.registrations - depth - place)
        asks.append(_pair("/negativations", {"after": after}, LIST, {"after": after}).ours)
    return asks


def _consultations(size: Size, chance: Random) -> Iterator[Pair]:
    for _ in range(ASKS):
        uuid = str(id_of("consultations", chance.randint(1, max(size.registrations // REPORTED, 1))))
        yield _pair("/consultation", {"uuid": uuid}, CONSULTATION, {"id": global_id("Consultation", uuid)})


def _nested(size: Size, chance: Random) -> Iterator[Pair]:
    for _ in range(ASKS):
        after = cursor("customers", "ASC", chance.randint(0, max(size.customers - PAGE, 0)))
        yield _pair("/customers", {"after": after}, NESTED, {"after": after})


def _typenames(size: Size, chance: Random) -> Iterator[Pair]:
    yield _pair("/typename", {}, "{ __typename }", {})


def _consults(size: Size, chance: Random) -> Iterator[Pair]:
    while True:
        uuid = str(id_of("customers", chance.randint(1, size.customers)))
        wanted = {
            "subject": {"customerId": global_id("Customer", uuid)},
            "plan": PLAN,
            "confirmRepeat": True,
        }
        yield _pair("/consult", {"uuid": uuid, "plan": PLAN}, CONSULT, {"input": wanted})


def _negativations(size: Size, chance: Random) -> Iterator[Pair]:
    for number in range(size.registrations + 1, size.registrations + size.overdue + 1):
        uuid = str(id_of("invoices", number))
        wanted = {"invoiceId": global_id("Invoice", uuid)}
        yield _pair("/negativate", {"uuid": uuid}, NEGATIVATE, {"input": wanted})


LISTS = Work(pairs=_lists, wanted='"endCursor":"')
CONSULTATIONS = Work(pairs=_consultations, wanted='"band":')
NESTED_PAGES = Work(pairs=_nested, wanted='"hasNextPage":')
TYPENAMES = Work(pairs=_typenames, wanted='"Query"')
CONSULTS = Work(pairs=_consults, wanted='"ConsultCreditSuccess"', changes=True)
NEGATIVATIONS = Work(pairs=_negativations, wanted='"NegativateDebtorSuccess"', changes=True)
READS = {
    "list": LISTS,
    "consultation": CONSULTATIONS,
    "nested": NESTED_PAGES,
    "typename": TYPENAMES,
}
