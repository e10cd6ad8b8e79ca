"""Reading by hand: for each answer of the API the one statement that it needs, and the same JSON."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from benchmarks.floor.stores import Store
from core.domain.report import Score

PAGE = 50
INNER = 5

_NEGATIVATIONS = """
    SELECT n.id, n.number, n.form, n.status, n.contract, n.amount_centavos, n.due_on, n.expires_on, n.restriction_code,
           n.created_at, n.updated_at, n.protocol, c.id, c.number, c.name, c.document, b.id, b.name
    FROM negativations n
    LEFT JOIN customers c ON c.id = n.customer_id
    LEFT JOIN branches b ON b.id = n.branch_id
"""
_LAST = "ORDER BY n.number DESC LIMIT"
LIST = f"{_NEGATIVATIONS} WHERE n.status = $1 AND n.number < $2 {_LAST} $3"
PAGES = f"{_NEGATIVATIONS} WHERE n.number < $1 {_LAST} {PAGE + 1}"

CONSULTATION = """
    SELECT c.id, c.number, c.plan, c.outcome, c.performed_at, c.performed_by, c.document, c.cost_centavos, r.report
    FROM consultations c LEFT JOIN consultation_reports r ON r.consultation_id = c.id
    WHERE c.id = $1
"""

CUSTOMERS = f"""
    SELECT id, number, name, document FROM customers WHERE number > $1 ORDER BY number LIMIT {PAGE + 1}
"""

_PLACES = ", ".join(f"${place}" for place in range(1, PAGE + 1))
NESTED = f"""
    SELECT customer_id, id, number, status, contract, amount_centavos, due_on
    FROM (
        SELECT customer_id, id, number, status, contract, amount_centavos, due_on,
               row_number() OVER (PARTITION BY customer_id ORDER BY number DESC) AS place
        FROM negativations WHERE customer_id IN ({_PLACES})
    ) AS ranked
    WHERE place <= {INNER} + 1 ORDER BY customer_id, number DESC
"""

NO_BOUND = 2**53


async def negativations(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """A page of registrations, each with its customer and branch, of one status or of all."""
    after = number_of(wanted.get("after"), NO_BOUND)
    if status := wanted.get("status"):
        rows = await store.fetch(LIST, status, after, PAGE + 1)
    else:
        rows = await store.fetch(PAGES, after)
    nodes = [_negativation(store, row) for row in rows[:PAGE]]
    place = cursor("negativations", "DESC", rows[:PAGE][-1][1]) if rows else None
    return {
        "negativations": {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > PAGE, "endCursor": place}}
    }


def _negativation(store: Store, row: Sequence[Any]) -> dict[str, Any]:
    return {
        "id": global_id("Negativation", store.id(row[0])),
        "number": row[1],
        "form": row[2],
        "status": row[3],
        "contractNumber": row[4],
        "amount": {"amount": money(row[5])},
        "dueOn": row[6],
        "expiresOn": row[7],
        "restrictionCode": row[8],
        "createdAt": store.instant(row[9]),
        "updatedAt": store.instant(row[10]),
        "protocol": row[11],
        "customer": {
            "id": global_id("Customer", store.id(row[12])),
            "number": row[13],
            "name": row[14],
            "document": {"formatted": formatted(row[15])},
        },
        "branch": {"id": global_id("Branch", store.id(row[16])), "name": row[17]},
    }


async def consultation(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """One consultation with its whole report."""
    ((id_, number, plan, outcome, at, by, document, cost, report),) = await store.fetch(
        CONSULTATION, store.given(UUID(wanted["uuid"]))
    )
    return {
        "node": {
            "id": global_id("Consultation", store.id(id_)),
            "number": number,
            "plan": plan,
            "outcome": outcome,
            "performedAt": store.instant(at),
            "performedBy": by,
            "document": {"formatted": formatted(document)},
            "cost": cost if cost is None else {"amount": money(cost)},
            "report": None if report is None else report_of(orjson.loads(report)),
        }
    }


def report_of(report: dict[str, Any]) -> dict[str, Any]:
    """The report as the API shows it."""
    identity, score = report["identity"], report["score"]
    return {
        "identity": {
            "name": identity["name"],
            "birthOrFoundationOn": identity["birth_or_foundation_on"],
            "documentStatus": identity["document_status"],
        },
        "score": {"value": score["value"], "band": Score(score["value"]).band.name},
        "pendingDebts": _block(report["pending_debts"]),
        "protests": _block(report["protests"]),
        "badCheques": _block(report["bad_cheques"]),
        "earlierQueries": _block(report["earlier_queries"]),
    }


def _block(block: dict[str, Any] | None) -> dict[str, Any] | None:
    if block is None:
        return None
    total = block["total"]
    return {
        "count": block["count"],
        "total": total if total is None else {"amount": money(total["centavos"])},
        "firstOn": block["first_on"],
        "lastOn": block["last_on"],
        "entries": [
            {
                "occurredOn": entry["occurred_on"],
                "amount": entry["amount"] and {"amount": money(entry["amount"]["centavos"])},
                "origin": entry["origin"],
                "modality": entry["modality"],
                "reference": entry["reference"],
                "city": entry["city"],
            }
            for entry in block["entries"]
        ],
    }


async def customers(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """A page of customers, each with its latest registrations: two statements."""
    people = await store.fetch(CUSTOMERS, number_of(wanted.get("after"), 0))
    shown = people[:PAGE]
    wanted_ids = [person[0] for person in shown]
    of_customer: dict[Any, list[Sequence[Any]]] = {each: [] for each in wanted_ids}
    if wanted_ids:
        filled = wanted_ids + wanted_ids[-1:] * (PAGE - len(wanted_ids))
        for row in await store.fetch(NESTED, *filled):
            of_customer[row[0]].append(row)
    nodes = [
        {
            "id": global_id("Customer", store.id(id_)),
            "number": number,
            "name": name,
            "document": {"formatted": formatted(document)},
            "negativations": {
                "nodes": [_short(store, row) for row in of_customer[id_][:INNER]],
                "pageInfo": {"hasNextPage": len(of_customer[id_]) > INNER},
            },
        }
        for id_, number, name, document in shown
    ]
    place = cursor("customers", "ASC", shown[-1][1]) if shown else None
    return {
        "customers": {"nodes": nodes, "pageInfo": {"hasNextPage": len(people) > PAGE, "endCursor": place}}
    }


def _short(store: Store, row: Sequence[Any]) -> dict[str, Any]:
    return {
        "id": global_id("Negativation", store.id(row[1])),
        "number": row[2],
        "status": row[3],
        "contractNumber": row[4],
        "amount": {"amount": money(row[5])},
        "dueOn": row[6],
    }


async def typename(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """A constant."""
    return {"__typename": "Query"}


def global_id(kind: str, id_: str) -> str:
    """An id as the API writes it."""
    return b64encode(f"{kind}:{id_}".encode()).decode()


def cursor(of: str, direction: str, number: int) -> str:
    """A cursor as the API writes it."""
    return urlsafe_b64encode(orjson.dumps([of, "NUMBER", direction, "int", number, number])).decode()


def number_of(written: str | None, otherwise: int) -> int:
    """The number in such a cursor."""
    if written is None:
        return otherwise
    number: int = orjson.loads(urlsafe_b64decode(written))[5]
    return number


def money(centavos: int) -> str:
    """An amount with two decimal places."""
    return f"{centavos // 100}.{centavos % 100:02d}"


def formatted(number: str) -> str:
    """A CPF or CNPJ as it is printed."""
    if len(number) == 11:
        return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"
    return f"{number[:2]}.{number[2:5]}.{number[5:8]}/{number[8:12]}-{number[12:]}"
