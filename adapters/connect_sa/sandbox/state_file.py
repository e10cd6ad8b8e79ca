"""The file that the sandbox's state survives in: the whole state in one line and, once that is long, changes in further lines.

So a call costs the same however much the sandbox holds.
"""

import os
import tempfile
from collections.abc import Collection
from datetime import date
from pathlib import Path

from pydantic import Field, ValidationError

from adapters.connect_sa.sandbox.faults import Fault
from adapters.connect_sa.sandbox.state import (
    Account,
    Change,
    Consultation,
    Event,
    Record,
    Registration,
    State,
    Watch,
)

WHOLE_BYTES = 128 * 1024
"""Up to this size the file is written anew each time, so that it is one readable JSON document."""


class StateFileUnreadable(Exception):
    """The state file exists but is not one that this sandbox wrote."""


class _Few(Record):
    """The part of the state that stays small."""

    last_batch_on: date
    days_ahead: int
    last_number: int
    accounts: dict[str, Account]
    watches: dict[str, list[Watch]]
    faults: list[Fault]


class _Line(Record):
    """What changed since the line before: `few` as it is now, records as they are now, and what was appended to lists."""

    few: _Few
    registrations: dict[str, Registration] = Field(default_factory=dict)
    consultations: dict[str, Consultation] = Field(default_factory=dict)
    events: dict[str, list[Event]] = Field(default_factory=dict)
    changes: dict[str, list[Change]] = Field(default_factory=dict)


class StateFile:
    """Keeps a state in a file that only its owner reads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: bytes | None = None
        self._few = ""
        self._counts: dict[str, int] = {}
        self._whole_size = 0
        self._added_size = 0

    def load(self) -> State | None:
        """The state, None when there is no file yet. Raises StateFileUnreadable.

        A last line that was cut short belongs to a call that was never answered, and is left out.
        """
        if not self._path.exists():
            return None
        whole, *lines = self._path.read_bytes().split(b"\n")
        try:
            state = State.model_validate_json(whole)
            for line in lines[:-1]:
                _apply(_Line.model_validate_json(line), state)
        except ValidationError:
            raise StateFileUnreadable(f"{self._path} is not a state file of this sandbox") from None
        return state

    def save(
        self, state: State, registrations: Collection[str], consultations: Collection[str], *, whole: bool
    ) -> None:
        """Write what changed. registrations, consultations: the keys of those that may have; whole: anything may have."""
        if whole or self._written is not None or self._added_size > self._whole_size or not self._whole_size:
            self._write(state)
            return
        few = _few(state)
        line = _Line(
            few=few,
            registrations={key: state.registrations[key] for key in registrations},
            consultations={key: state.consultations[key] for key in consultations},
            events={
                login: found[self._counts.get(f"events/{login}", 0) :]
                for login, found in state.events.items()
            },
            changes={
                login: found[self._counts.get(f"changes/{login}", 0) :]
                for login, found in state.changes.items()
            },
        )
        appended = any((*line.events.values(), *line.changes.values()))
        if not appended and not registrations and not consultations and few.model_dump_json() == self._few:
            return
        content = line.model_dump_json(exclude_defaults=True).encode() + b"\n"
        with self._path.open("ab") as file:
            file.write(content)
        self._added_size += len(content)
        self._remember(state, few)

    def _write(self, state: State) -> None:
        content = state.model_dump_json().encode() + b"\n"
        if content == self._written:
            return
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self._written = content if len(content) <= WHOLE_BYTES else None
        self._whole_size, self._added_size = len(content), 0
        self._remember(state, _few(state))

    def _remember(self, state: State, few: _Few) -> None:
        self._few = few.model_dump_json()
        self._counts = {f"events/{login}": len(found) for login, found in state.events.items()}
        self._counts |= {f"changes/{login}": len(found) for login, found in state.changes.items()}


def _few(state: State) -> _Few:
    return _Few(**{name: getattr(state, name) for name in _Few.model_fields})


def _apply(line: _Line, state: State) -> None:
    for name in _Few.model_fields:
        setattr(state, name, getattr(line.few, name))
    state.registrations |= line.registrations
    state.consultations |= line.consultations
    for login, events in line.events.items():
        state.events.setdefault(login, []).extend(events)
    for login, changes in line.changes.items():
        state.changes.setdefault(login, []).extend(changes)
