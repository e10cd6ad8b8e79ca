"""Reports for people: on screen, on paper, as a file."""

from abc import abstractmethod
from typing import Protocol

from core.domain.report_sheet import ReportSheet


class ReportRenderer(Protocol):
    """Prints sheets, in Portuguese. MUST NOT block the event loop, nor fetch anything from outside."""

    @abstractmethod
    async def html(self, sheet: ReportSheet) -> str:
        """A whole page that reads well on a screen and prints well on A4; it needs no other file."""

    @abstractmethod
    async def pdf(self, sheet: ReportSheet) -> bytes:
        """The same content as a tagged PDF of A4 pages. The same sheet MUST give the same bytes."""
