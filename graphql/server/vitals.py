"""What this process knows of what it stands on: whether the database can be written, and whether the clock goes evenly."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ports.clock import Clock
from ports.storage import StorageCheck, StorageUnavailable

_log = structlog.stdlib.get_logger("server.vitals")

LOOK_EVERY = timedelta(seconds=5)

ANSWER_WITHIN = 10.0
"""After how many seconds a database that does not answer is no longer well."""

LOOKED_WITHIN = 30.0
"""After how many seconds without a new look the last one counts for nothing."""

LARGEST_STEP = timedelta(seconds=30)
"""By how much the time of day may part from the time that passed between two looks: machines that keep their clocks by NTP
are set by far less."""

STEP_SHOWN_FOR = 24 * 60 * 60.0
"""For how many seconds a jump of the clock is shown: until somebody has looked, be it the next morning."""

WELL = "ok"
UNKNOWN = "not looked at yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Jump:
    """By how much the clock jumped, what it showed then, and when it was, by the seconds that pass."""

    by: timedelta
    at: datetime
    noticed: float

    def __str__(self) -> str:
        way = "ahead" if self.by > timedelta() else "back"
        return f"jumped {abs(self.by).total_seconds():.0f} s {way} at {self.at.isoformat(timespec='seconds')}"


class Vitals:
    """Looks at them every few seconds, as a routine of the worker, so that whoever asks costs nothing.

    monotonic: seconds that pass whatever becomes of the time of day.
    """

    def __init__(
        self, *, storage: StorageCheck, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._monotonic = monotonic
        self._database = UNKNOWN
        self._looked = self._trouble_since = monotonic()
        self._looking_since: float | None = None
        self._times = (clock.now(), monotonic())
        self._jump: _Jump | None = None

    async def look(self) -> int:
        """Look once. There is nothing left to do then: 0."""
        self._look_at_clock()
        self._looking_since = self._monotonic()
        try:
            await self._storage.check()
        except StorageUnavailable as error:
            self._found(error.state.value)
        else:
            self._found(WELL)
        finally:
            self._looking_since = None
        return 0

    def database(self) -> str:
        """Whether the database could be written at the last look: "ok", or what is the matter."""
        now = self._monotonic()
        if self._looking_since is not None and now - self._looking_since > ANSWER_WITHIN:
            return f"no answer for {now - self._looking_since:.0f} s"
        if now - self._looked > LOOKED_WITHIN:
            return f"not looked at for {now - self._looked:.0f} s"
        return self._database

    def clock(self) -> str:
        """Whether the clock went evenly of late: "ok", or by how much it jumped, and when."""
        if self._jump is None or self._monotonic() - self._jump.noticed > STEP_SHOWN_FOR:
            return WELL
        return str(self._jump)

    def _found(self, database: str) -> None:
        before, now = self._database, self._monotonic()
        if database == WELL:
            if before not in (WELL, UNKNOWN):
                _log.info("the database is well again", after_seconds=round(now - self._trouble_since))
        elif database != before:
            _log.error(f"the database is {database}")
        if before in (WELL, UNKNOWN):
            self._trouble_since = now
        self._database, self._looked = database, now

    def _look_at_clock(self) -> None:
        (then, before), now, passed = self._times, self._clock.now(), self._monotonic()
        self._times = (now, passed)
        step = now - then - timedelta(seconds=passed - before)
        if abs(step) > LARGEST_STEP:
            self._jump = _Jump(by=step, at=now, noticed=passed)
            _log.warning(f"the clock {self._jump}")
