"""Write down when tokens were last used, beside the requests and never in their way."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork


@dataclass(eq=False, kw_only=True)
class NoteTokenUse:
    """Policy: a use is remembered here and written with all others when this is called, every minute. A request neither waits for it nor
    fails by it; what was not written when the process ends is lost. There is one of these in a process.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    _noted: dict[UUID, datetime] = field(default_factory=dict, init=False, repr=False)

    def note(self, token_id: UUID) -> None:
        """A token was used just now."""
        self._noted[token_id] = self.clock.now()

    async def __call__(self) -> int:
        """Write the uses noted since the last time; those that cannot be written are kept for the next. Nothing is left to do: 0."""
        noted, self._noted = self._noted, {}
        if not noted:
            return 0
        try:
            async with self.units_of_work.begin() as work:
                await work.tokens.note_uses(noted)
        except BaseException:
            self._noted = noted | self._noted
            raise
        return 0
