"""The table: what was measured on both sides, the ratio, and whether it meets its mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.measure import Compared, Side

HEADER = (
    "Work",
    "Callers",
    "Per second",
    "Ratio",
    "p50 ms",
    "p99 ms",
    "CPU ms each",
    "Memory MiB",
    "Mark",
    "Found",
)
NOTHING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A bound, and what was found. at_least: whether it is a lower one."""

    what: str
    found: float
    bound: float
    at_least: bool = False
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether it is met."""
        return self.found >= self.bound if self.at_least else self.found <= self.bound

    @property
    def asked(self) -> str:
        """What is asked for."""
        return f"{self.what} {'≥' if self.at_least else '≤'} {self.bound:g}{self.unit}"

    @property
    def said(self) -> str:
        """What was found, in words."""
        return f"{self.found:.2f}{self.unit}: {'met' if self.met else 'missed'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the table."""

    work: str
    compared: Compared | None = None
    callers: int | None = None
    marks: Sequence[Mark] = ()

    def cells(self) -> list[str]:
        """Its cells. Where both sides have a figure, the floor's comes first."""
        both = self.compared
        measured = [NOTHING] * 6
        if both is not None:
            measured = [
                _both(both, "throughput", 1),
                f"{both.ratio('throughput'):.2f}",
                _both(both, "p50", 1_000),
                _both(both, "p99", 1_000),
                _both(both, "cpu", 1_000),
                _memory(both),
            ]
        asked = "; ".join(mark.asked for mark in self.marks) or NOTHING
        said = "; ".join(mark.said for mark in self.marks) or NOTHING
        return [self.work, NOTHING if self.callers is None else str(self.callers), *measured, asked, said]


def plain(lines: Sequence[Line]) -> str:
    """The table for a terminal."""
    rows = [list(HEADER), *(line.cells() for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADER))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def markdown(lines: Sequence[Line]) -> str:
    """The table for a page."""
    rows = [list(HEADER), ["---"] * len(HEADER), *(line.cells() for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _both(compared: Compared, of: str, times: float) -> str:
    return f"{_figure(compared.floor, of, times)} → {_figure(compared.ours, of, times)}"


def _figure(side: Side, of: str, times: float) -> str:
    rounds: list[float] = getattr(side, of)
    return _short(median(rounds) * times) if rounds else NOTHING


def _memory(compared: Compared) -> str:
    figures = (compared.floor.memory, compared.ours.memory)
    return " → ".join(NOTHING if each is None else f"{each:.0f}" for each in figures)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
