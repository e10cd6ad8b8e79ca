"""Who calls this process by HTTP; other processes have callers of their own."""

import math
import time
from collections.abc import Callable

from ports.callers import Callers

MOMENT = 0.02
"""For how many seconds after an answer somebody still counts as calling. Programs that ask again and again ask sooner; whoever asks now
and then counts as nobody in between, and may meet a larger piece of work.
"""


class HttpCallers(Callers):
    """Counts requests under way. monotonic: seconds that pass whatever becomes of the time of day."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._waiting = 0
        self._last_answer = -math.inf

    def any(self) -> bool:
        return self._waiting > 0 or self._monotonic() - self._last_answer < MOMENT

    def came(self) -> None:
        """Somebody waits for an answer."""
        self._waiting += 1

    def went(self) -> None:
        """Somebody has an answer, or no longer waits for it."""
        self._waiting -= 1
        self._last_answer = self._monotonic()
