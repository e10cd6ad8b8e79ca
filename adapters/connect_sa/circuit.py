"""The circuit: leaves a provider that is down alone, and finds out with single calls when it is back."""

import contextlib
import logging
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.domain.bureau import BureauFailure, FailureClass

FAILURES_TO_OPEN = 5
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 60.0

PROBE_SECONDS = 5
"""What callers are told to wait while one call is finding out whether the provider is back."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Exchanged:
    """What came of a call. answered: True or False once it is known; a call that was given up leaves it None."""

    answered: bool | None = None


class Circuit:
    """Opens after so many failures in a row; then every call fails at once, and nothing is sent.

    When the pause is over one call is let through, and only one at a time. If it is answered, the circuit closes; if it
    fails, the pause doubles. Any answer closes it, also a refusal and also that of a call begun before it opened.

    monotonic: seconds that pass whatever becomes of the time of day.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS
        self._open_until: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether the provider is held to be down; it is until a call was answered again."""
        return self._open_until is not None

    @contextlib.contextmanager
    def calling(self) -> Iterator[Exchanged]:
        """Around one call, which says what came of it. Raises BureauFailure TRANSIENT, before anything is sent, while open."""
        is_probe = self._enter()
        exchanged = Exchanged()
        try:
            yield exchanged
        finally:
            self._probing = self._probing and not is_probe
            if exchanged.answered:
                self._close()
            elif exchanged.answered is False:
                self._failed(is_probe)

    def _enter(self) -> bool:
        """Whether the call that may be made now is a probe."""
        if self._open_until is None:
            return False
        left = math.ceil(self._open_until - self._monotonic())
        if left > 0 or self._probing:
            raise BureauFailure(
                failure=FailureClass.TRANSIENT, retry_after_seconds=max(left, 0) or PROBE_SECONDS
            )
        self._probing = True
        return True

    def _close(self) -> None:
        if self._open_until is not None:
            _log.warning("the bureau answers again")
        self._failures, self._pause, self._open_until = 0, FIRST_PAUSE_SECONDS, None

    def _failed(self, is_probe: bool) -> None:
        self._failures += 1
        if self._open_until is None and self._failures >= FAILURES_TO_OPEN:
            self._open()
        elif self._open_until is not None and is_probe:
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            self._open()

    def _open(self) -> None:
        self._open_until = self._monotonic() + self._pause
        _log.warning("the bureau does not answer: it is left alone for %d s", self._pause)
