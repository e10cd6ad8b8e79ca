"""The sandbox's books: its state, its clock, and the file that both survive in."""

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from adapters.connect_sa.sandbox.state import (
    LIVE,
    Clearing,
    Code,
    Consultation,
    Event,
    Registration,
    State,
)
from adapters.connect_sa.sandbox.state_file import StateFile
from core.domain.calendar_rules import local_date


def real_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class Books:
    """State in memory, written to `path` by `save` when it changed.

    Registrations and consultations are changed only by whoever got them from here, so `save` knows which to look at.
    """

    def __init__(self, path: Path | None, clock: Callable[[], datetime] = real_now) -> None:
        self._file = None if path is None else StateFile(path)
        self._clock = clock
        self._registrations_out: set[str] = set()
        self._consultations_out: set[str] = set()
        self._all_out = False
        self.calls: Counter[str] = Counter()
        self.polls: dict[str, deque[float]] = {}
        self._by_debt: dict[tuple[str, str, str], Registration] = {}
        self._clearings: dict[tuple[str, str], Clearing] = {}
        self.state = (self._file.load() if self._file is not None else None) or self._fresh()
        for registration in self.state.registrations.values():
            self._index(registration)

    def now(self) -> datetime:
        """The sandbox's own clock: real time plus the days it was advanced."""
        return self._clock() + timedelta(days=self.state.days_ahead)

    def today(self) -> date:
        """The bureau's calendar day."""
        return local_date(self.now())

    def reset(self) -> None:
        """Forget everything, the advanced days and changed passwords included."""
        self.state = self._fresh()
        self.calls.clear()
        self.polls.clear()
        self._by_debt.clear()
        self._clearings.clear()
        self._registrations_out.clear()
        self._consultations_out.clear()
        self._all_out = True

    def registration(self, login: str, key: str) -> Registration | None:
        """The registration of this login with this key."""
        found = self.state.registrations.get(f"{login}/{key}")
        if found is not None:
            self._registrations_out.add(f"{login}/{key}")
        return found

    def all_registrations(self) -> Collection[Registration]:
        """Every registration."""
        self._all_out = True
        return self.state.registrations.values()

    def add_registration(self, registration: Registration) -> None:
        """Hold a new registration."""
        name = f"{registration.login}/{registration.key}"
        self.state.registrations[name] = registration
        self._registrations_out.add(name)
        self._index(registration)

    def consultation(self, login: str, key: str) -> Consultation | None:
        """The consultation of this login with this key."""
        found = self.state.consultations.get(f"{login}/{key}")
        if found is not None:
            self._consultations_out.add(f"{login}/{key}")
        return found

    def add_consultation(self, consultation: Consultation) -> None:
        """Hold a new consultation."""
        name = f"{consultation.login}/{consultation.key}"
        self.state.consultations[name] = consultation
        self._consultations_out.add(name)

    def clearing(self, login: str, key: str) -> Clearing | None:
        """The clearing of this login with this key."""
        return self._clearings.get((login, key))

    def add_clearing(self, registration: Registration, clearing: Clearing) -> None:
        """Hold a new clearing of a registration."""
        registration.clearings.append(clearing)
        self._clearings[registration.login, clearing.key] = clearing

    def live_debt(self, login: str, document: str, contract: str) -> Registration | None:
        """The live registration of the same document and contract, which forbids a second one."""
        found = self._by_debt.get((login, document, contract))
        return found if found is not None and found.state in LIVE else None

    def add_event(
        self, registration: Registration, kind: str, at: datetime, codes: list[Code] | None = None
    ) -> None:
        """Tell the registration's owner what happened."""
        event = Event(
            number=self.next_number(), key=registration.key, kind=kind, occurred_at=at, codes=codes or []
        )
        self.state.events.setdefault(registration.login, []).append(event)

    @property
    def epoch(self) -> str:
        """Marks cursors and event ids of this state: after a reset, old cursors mean nothing any more."""
        return str(int(self.state.opened_at.timestamp() * 1000))

    def next_number(self) -> int:
        """The next number of an event."""
        self.state.last_number += 1
        return self.state.last_number

    def save(self) -> None:
        """Write what changed to the state file, if there is one."""
        if self._file is not None:
            self._file.save(self.state, self._registrations_out, self._consultations_out, whole=self._all_out)
        self._registrations_out.clear()
        self._consultations_out.clear()
        self._all_out = False

    def _index(self, registration: Registration) -> None:
        self._by_debt[registration.login, registration.document, registration.contract] = registration
        for clearing in registration.clearings:
            self._clearings[registration.login, clearing.key] = clearing

    def _fresh(self) -> State:
        now = self._clock()
        return State(opened_at=now, last_batch_on=local_date(now))


def protocol_for(kind: str, login: str, key: str) -> str:
    """A protocol number that follows from the order alone."""
    number = int.from_bytes(hashlib.blake2b(f"{kind}/{login}/{key}".encode(), digest_size=8).digest())
    return f"{kind}{number % 10**12:012d}"
