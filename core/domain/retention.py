"""How long each kind of record is kept, and why no longer and no shorter (guarda e eliminação, LGPD arts. 15 and 16)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.domain.calendar_rules import add_months, start_of_day


class RecordKind(StrEnum):
    """What is forgotten by itself when its time is over."""

    ORIGINAL_PAGE = "ORIGINAL_PAGE"
    REPORT = "REPORT"
    CONSULTATION = "CONSULTATION"
    COLLECTION_ITEM = "COLLECTION_ITEM"
    NEGATIVATION = "NEGATIVATION"
    LEAD = "LEAD"
    PROSPECT = "PROSPECT"
    AUDIT_EVENT = "AUDIT_EVENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Calendar months and days. A record is kept through the local day that lies so far after the one it counts from."""

    months: int = 0
    days: int = 0

    def begin(self, today: date) -> datetime:
        """On `today`, the first instant that is still kept: whatever counts from before it is over."""
        return start_of_day(add_months(today, -self.months) - timedelta(days=self.days))


FIVE_YEARS = Period(months=60)
"""A consumer may sue for five years (CDC art. 27), and for so long there must be something to answer with."""

RETENTION: dict[RecordKind, Period] = {
    # Says what the structured report says; needed for as long as somebody may doubt how it was read.
    RecordKind.ORIGINAL_PAGE: Period(days=90),
    # A decision that was based on it can be explained and reviewed (LGPD art. 20); later it says nothing of today.
    RecordKind.REPORT: Period(months=12),
    # Who asked about whom, when and why, without what was answered (LGPD art. 37).
    RecordKind.CONSULTATION: FIVE_YEARS,
    RecordKind.COLLECTION_ITEM: FIVE_YEARS,
    # After it ended, whichever way.
    RecordKind.NEGATIVATION: FIVE_YEARS,
    # Nothing came of it.
    RecordKind.LEAD: Period(months=12),
    RecordKind.PROSPECT: Period(months=12),
    # A registration stands for five years at most (CDC art. 43 §1) and is kept for five more.
    RecordKind.AUDIT_EVENT: Period(months=120),
}
"""In the order in which they are forgotten: what refers to others goes before them."""
