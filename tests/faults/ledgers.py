"""Our records beside the bureau's, entry by entry, once nothing is in flight any more."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from adapters.connect_sa.sandbox.state import ClearingState, Registration, State
from adapters.connect_sa.wire import wire_key
from adapters.sql import tables
from adapters.sql.engine import parse_url
from core.domain.audit import AuditAction
from core.domain.collection import CollectionRunStatus
from core.domain.consultation import ConsultationOutcome
from core.domain.negativation import TRANSITIONS, NegativationForm, NegativationStatus, Trigger
from faults.company import Company
from faults.load import Acknowledged

Row = Mapping[str, Any]

_S = NegativationStatus
_IN_FLIGHT = {_S.QUEUED, _S.UNDETERMINED, _S.CLEARING_QUEUED}
_STATES = {
    _S.SENT: {"RECEIVED"},
    _S.AWAITING_NOTICE: {"AWAITING_NOTICE"},
    _S.ACTIVE: {"ACTIVE"},
    _S.CLEARING_SENT: {"AWAITING_NOTICE", "ACTIVE"},
    _S.CLEARED: {"CLEARED"},
}
"""What the bureau says of what we say."""

_MANY_TIMES = {Trigger.OUTCOME_UNKNOWN, Trigger.NOT_FOUND, Trigger.CLEARING_OUTCOME_UNKNOWN}
_TRIGGERS = {
    "INCLUSAO_ACEITA": Trigger.INCLUSION_ACCEPTED,
    "PUBLICADA": Trigger.PUBLISHED,
    "BAIXA_ACEITA": Trigger.CLEARING_ACCEPTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What our database holds."""

    negativations: Sequence[Row]
    history: Mapping[UUID, list[Row]]
    consultations: Sequence[Row]
    reports: frozenset[UUID]
    intents: Sequence[Row]
    audited: Counter[tuple[str, UUID]]
    runs: Sequence[Row]
    collected: Counter[tuple[UUID, UUID]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the two ledgers disagree about. `unsettled` may only be early; nothing else ever mends itself.

    lost: promised or acknowledged, and not there. doubled: done or noted twice. ghosts: there, and nobody promised it.
    repeated: sent again under its key, which the bureau recognised: not done twice, but asking first should have told.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each, for the figures."""
        kinds = {"lost": self.lost, "doubled": self.doubled, "ghosts": self.ghosts, "repeated": self.repeated}
        return {name: len(found) for name, found in kinds.items()}


_ONE_MOMENT = {
    "sqlite": "BEGIN",  # which its Python driver does by itself only before the first change
    "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
}
"""What makes a transaction of the statements after it that all see the same."""


async def read_ours(database_url: str) -> Ours:
    """Read everything as it is at one moment, whatever is written meanwhile."""
    engine = create_async_engine(parse_url(database_url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(_ONE_MOMENT[engine.dialect.name])

            async def rows(table: type[tables.Row], *columns: str) -> list[Row]:
                known = tables.METADATA.tables[str(table.__tablename__)]
                chosen = [known.c[name] for name in columns] if columns else list(known.c)
                found = await connection.execute(select(*chosen))
                return [dict(row) for row in found.mappings()]

            history: dict[UUID, list[Row]] = defaultdict(list)
            for row in sorted(await rows(tables.HistoryRow), key=lambda row: int(row["number"])):
                history[row["negativation_id"]].append(row)
            return Ours(
                negativations=await rows(tables.NegativationRow),
                history=history,
                consultations=await rows(tables.ConsultationRow),
                reports=frozenset(
                    row["consultation_id"] for row in await rows(tables.ReportRow, "consultation_id")
                ),
                intents=await rows(tables.IntentRow),
                audited=Counter(
                    (row["action"], row["record_id"])
                    for row in await rows(tables.AuditEventRow, "action", "record_id")
                ),
                runs=await rows(tables.CollectionRunRow),
                collected=Counter(
                    (row["run_id"], row["invoice_id"])
                    for row in await rows(tables.CollectionItemRow, "run_id", "invoice_id")
                ),
            )
    finally:
        await engine.dispose()


def compare(ours: Ours, theirs: State, told: Acknowledged, company: Company) -> Verdict:
    """Hold the ledgers against each other, and against what callers were told."""
    verdict = Verdict()
    _compare_negativations(verdict, ours, theirs)
    _compare_consultations(verdict, ours, theirs)
    _compare_acknowledged(verdict, ours, told)
    _check_history(verdict, ours, theirs)
    _check_audit(verdict, ours)
    _check_collection(verdict, ours, company)
    verdict.unsettled.extend(row["key"] for row in ours.intents if row["done_at"] is None)
    return verdict


def _compare_negativations(verdict: Verdict, ours: Ours, theirs: State) -> None:
    held = {entry.key: entry for entry in theirs.registrations.values()}
    verdict.doubled.extend(_repeated(entry.key for entry in theirs.registrations.values()))
    verdict.doubled.extend(
        _repeated(f"{entry.document}/{entry.contract}" for entry in theirs.registrations.values())
    )
    for row in ours.negativations:
        key, status = wire_key(row["inclusion_key"]), _S(row["status"])
        entry = held.pop(key, None)
        if status in _IN_FLIGHT:
            verdict.unsettled.append(f"{key} is {status}")
        elif status is _S.CANCELLED:
            if entry is not None:
                verdict.ghosts.append(f"{key} was cancelled")
        elif entry is None:
            verdict.lost.append(f"{key} is {status}")
        else:
            _compare_entry(verdict, row, status, entry)
    verdict.ghosts.extend(held)


def _compare_entry(verdict: Verdict, row: Row, status: NegativationStatus, entry: Registration) -> None:
    if entry.state.value not in _STATES[status]:
        verdict.unsettled.append(f"{entry.key} is {status} here, {entry.state.value} there")
    keys = [clearing.key for clearing in entry.clearings]
    if entry.billed > 1:
        verdict.doubled.append(f"{entry.key} was billed {entry.billed} times")
    arrived = {entry.key: entry.received} | {clearing.key: clearing.received for clearing in entry.clearings}
    verdict.repeated.extend(f"{key} came {times} times" for key, times in arrived.items() if times > 1)
    generation = row["clearing_generation"]
    wanted = wire_key(f"{row['invoice_id']}:clearing:{row['generation']}.{generation}")
    if status in (_S.CLEARING_SENT, _S.CLEARED):
        if keys.count(wanted) != 1:
            verdict.lost.append(f"{wanted} is {status}")
        if len(keys) > 1:
            verdict.doubled.append(f"{entry.key} has clearings {keys}")
        open_there = any(clearing.state is ClearingState.RECEIVED for clearing in entry.clearings)
        if open_there is not (status is _S.CLEARING_SENT):
            verdict.unsettled.append(f"{wanted} is {status}")
    elif keys:
        verdict.ghosts.append(f"{entry.key} is {status} and has clearings {keys}")
    elif generation is not None and status is not _S.SENT:
        verdict.unsettled.append(f"{wanted} is held though the inclusion is confirmed")


def _compare_consultations(verdict: Verdict, ours: Ours, theirs: State) -> None:
    held = {entry.key: entry for entry in theirs.consultations.values()}
    for row in ours.consultations:
        key, outcome = wire_key(row["key"]), ConsultationOutcome(row["outcome"])
        entry = held.pop(key, None)
        if outcome.open:
            verdict.unsettled.append(f"{key} is {outcome}")
        elif outcome is not ConsultationOutcome.SUCCEEDED:
            if entry is not None:
                verdict.ghosts.append(f"{key} is {outcome} and was billed")
        elif entry is None or row["id"] not in ours.reports:
            verdict.lost.append(f"{key} has no report")
        if entry is not None and entry.billed != 1:
            verdict.doubled.append(f"{key} was billed {entry.billed} times")
        if entry is not None and entry.received > 1:
            verdict.repeated.append(f"{key} came {entry.received} times")
    verdict.ghosts.extend(held)
    verdict.doubled.extend(_repeated(entry.document for entry in theirs.consultations.values()))


def _compare_acknowledged(verdict: Verdict, ours: Ours, told: Acknowledged) -> None:
    delivered = {
        row["number"]
        for row in ours.consultations
        if row["outcome"] == ConsultationOutcome.SUCCEEDED and row["id"] in ours.reports
    }
    verdict.lost.extend(key for key, number in told.consultations.items() if number not in delivered)
    by_id = {row["id"]: row for row in ours.negativations}
    verdict.lost.extend(key for key, known in told.negativations.items() if known not in by_id)
    for key, known in told.clearings.items():
        row = by_id.get(known)
        if row is None or (row["clearing_generation"] is None and row["status"] != _S.CANCELLED):
            verdict.lost.append(key)


def _check_history(verdict: Verdict, ours: Ours, theirs: State) -> None:
    happened: dict[str, list[Trigger]] = defaultdict(list)
    for events in theirs.events.values():
        for event in events:
            happened[event.key].append(_TRIGGERS[event.kind])
    for row in ours.negativations:
        key, entries = row["inclusion_key"], ours.history[row["id"]]
        triggers = Counter(Trigger(entry["trigger"]) for entry in entries)
        verdict.doubled.extend(
            f"{key} {trigger} {times} times"
            for trigger, times in triggers.items()
            if times > 1 and trigger not in _MANY_TIMES
        )
        status = None
        for entry in entries:
            expected = TRANSITIONS[status].get(Trigger(entry["trigger"])) if status else _S.QUEUED
            if expected != entry["status"]:
                verdict.lost.append(f"{key} has a gap before {entry['trigger']}")
            status = _S(entry["status"])
        if status != row["status"]:
            verdict.lost.append(f"{key} is {row['status']}, its history ends with {status}")
        told, cleared = happened[wire_key(key)], row["clearing_generation"] is not None
        for trigger in _TRIGGERS.values():
            if triggers[trigger] and trigger not in told:
                verdict.ghosts.append(f"{key} {trigger}")
            if trigger in told and not triggers[trigger] and not (trigger is Trigger.PUBLISHED and cleared):
                verdict.unsettled.append(f"{key} {trigger} was not fetched")


def _check_audit(verdict: Verdict, ours: Ours) -> None:
    wanted = Counter((AuditAction.CONSULTATION_PERFORMED.value, row["id"]) for row in ours.consultations)
    for row in ours.negativations:
        wanted[AuditAction.NEGATIVATION_REQUESTED.value, row["id"]] += 1
        if row["clearing_generation"] is not None or row["status"] == _S.CANCELLED:
            wanted[AuditAction.CLEARING_REQUESTED.value, row["id"]] += 1
    actions = {action for action, _ in wanted}
    found = Counter({key: times for key, times in ours.audited.items() if key[0] in actions})
    verdict.lost.extend(f"{action} of {record} is not in the trail" for action, record in wanted - found)
    verdict.doubled.extend(f"{action} of {record} is in the trail again" for action, record in found - wanted)


def _check_collection(verdict: Verdict, ours: Ours, company: Company) -> None:
    if not company.collected:
        return
    verdict.doubled.extend(_repeated(f"run of {row['run_date']}" for row in ours.runs))
    verdict.doubled.extend(
        f"{invoice} was collected twice" for (_, invoice), n in ours.collected.items() if n > 1
    )
    if not ours.runs or any(row["status"] != CollectionRunStatus.DONE for row in ours.runs):
        verdict.unsettled.append("the daily collection")
        return
    registered = Counter(
        row["invoice_id"] for row in ours.negativations if row["form"] == NegativationForm.AUTOMATIC
    )
    wanted = Counter(debtor.invoice_id for debtor in company.collected)
    verdict.lost.extend(f"{invoice} was not collected" for invoice in wanted - registered)
    verdict.doubled.extend(f"{invoice} was collected again" for invoice in registered - wanted)


def _repeated(names: Iterator[str] | Any) -> list[str]:
    return [f"{name} {times} times" for name, times in Counter(names).items() if times > 1]
