"""The life cycle of a registration: the table is the law, and every pair of state and trigger obeys it."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from core.domain.bureau import BureauCode
from core.domain.negativation import (
    LIVE,
    TRANSITIONS,
    Clearing,
    IllegalTransition,
    Negativation,
    NegativationStatus,
    Trigger,
)
from support.builders import NOW, make_negativation

S, T = NegativationStatus, Trigger
ENDS = {S.CANCELLED, S.CLEARED, S.REMOVED_BY_BUREAU, S.EXPIRED}
STANDS_AT_THE_BUREAU = {
    S.AWAITING_NOTICE,
    S.ACTIVE,
    S.CLEARING_QUEUED,
    S.CLEARING_SENT,
    S.CLEARING_REJECTED,
}


@pytest.mark.parametrize(("status", "trigger"), list(product(S, T)))
def test_every_pair_moves_or_is_illegal(status: NegativationStatus, trigger: Trigger) -> None:
    before = make_negativation(status=status)
    later = NOW + timedelta(hours=1)
    codes = (BureauCode(code="917", description="Sub judice"),)
    allowed = trigger in TRANSITIONS[status]
    assert before.can(trigger) is allowed
    if not allowed:
        with pytest.raises(IllegalTransition) as caught:
            before.moved(trigger, at=later, actor="somebody", codes=codes)
        assert (caught.value.status, caught.value.trigger) == (status, trigger)
        return
    after, entry = before.moved(trigger, at=later, actor="somebody", codes=codes)
    assert after == replace(before, status=TRANSITIONS[status][trigger], updated_at=later, codes=codes)
    assert (entry.status, entry.trigger, entry.at) == (after.status, trigger, later)
    assert (entry.actor, entry.codes) == ("somebody", codes)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(S)
    reached, frontier = {S.QUEUED}, [S.QUEUED]
    while frontier:
        for status in TRANSITIONS[frontier.pop()].values():
            if status not in reached:
                reached.add(status)
                frontier.append(status)
    assert reached == set(S)


def test_every_trigger_but_creation_occurs() -> None:
    used = {trigger for row in TRANSITIONS.values() for trigger in row}
    assert used == set(T) - {T.CREATED}


def test_nothing_follows_an_end() -> None:
    assert {status for status, row in TRANSITIONS.items() if not row} == ENDS


def test_what_is_live() -> None:
    assert set(S) - LIVE == ENDS | {S.REJECTED}
    assert {status for status in S if status.live} == LIVE


def test_from_every_live_state_the_bureau_may_end_it() -> None:
    for status in LIVE:
        assert TRANSITIONS[status][T.REMOVED] is S.REMOVED_BY_BUREAU
        assert TRANSITIONS[status][T.EXPIRED] is S.EXPIRED


def test_a_live_one_never_dies_but_by_an_end_or_a_refused_inclusion() -> None:
    deaths = {
        (status, trigger)
        for status in LIVE
        for trigger, after in TRANSITIONS[status].items()
        if after not in LIVE
    }
    bureau = set(product(LIVE, (T.REMOVED, T.EXPIRED)))
    inclusion = set(product((S.QUEUED, S.UNDETERMINED, S.SENT), (T.INCLUSION_REJECTED,)))
    clearing = set(product((S.CLEARING_QUEUED, S.CLEARING_SENT), (T.CLEARING_ACCEPTED,)))
    assert deaths == bureau | inclusion | clearing | {(S.QUEUED, T.REFUSED), (S.QUEUED, T.CANCELLED)}


def test_only_a_rejected_inclusion_is_resent() -> None:
    assert {status for status in S if T.RESENT in TRANSITIONS[status]} == {S.REJECTED}
    assert TRANSITIONS[S.REJECTED] == {T.RESENT: S.QUEUED}


def test_a_clearing_is_held_while_the_inclusion_is_in_flight_and_asked_for_once_it_stands() -> None:
    held = {status: row[T.CLEARING_HELD] for status, row in TRANSITIONS.items() if T.CLEARING_HELD in row}
    assert held == {status: status for status in (S.QUEUED, S.SENT, S.UNDETERMINED)}
    requested = {status for status, row in TRANSITIONS.items() if T.CLEARING_REQUESTED in row}
    assert requested == STANDS_AT_THE_BUREAU - {S.CLEARING_QUEUED, S.CLEARING_SENT}


def test_what_is_in_doubt_is_never_cancelled_or_sent_again_unasked() -> None:
    assert T.CANCELLED not in TRANSITIONS[S.UNDETERMINED]
    assert TRANSITIONS[S.UNDETERMINED][T.NOT_FOUND] is S.QUEUED
    assert {status for status in S if T.CANCELLED in TRANSITIONS[status]} == {S.QUEUED}


@pytest.mark.parametrize(
    "path",
    [
        [
            (T.TAKEN_IN, S.SENT),
            (T.INCLUSION_ACCEPTED, S.AWAITING_NOTICE),
            (T.PUBLISHED, S.ACTIVE),
            (T.CLEARING_REQUESTED, S.CLEARING_QUEUED),
            (T.CLEARING_TAKEN_IN, S.CLEARING_SENT),
            (T.CLEARING_ACCEPTED, S.CLEARED),
        ],
        [
            (T.OUTCOME_UNKNOWN, S.UNDETERMINED),
            (T.NOT_FOUND, S.QUEUED),
            (T.TAKEN_IN, S.SENT),
            (T.INCLUSION_REJECTED, S.REJECTED),
            (T.RESENT, S.QUEUED),
            (T.CANCELLED, S.CANCELLED),
        ],
        [
            (T.PUBLISHED, S.ACTIVE),
            (T.CLEARING_REQUESTED, S.CLEARING_QUEUED),
            (T.CLEARING_OUTCOME_UNKNOWN, S.CLEARING_QUEUED),
            (T.CLEARING_REJECTED, S.CLEARING_REJECTED),
            (T.CLEARING_REQUESTED, S.CLEARING_QUEUED),
            (T.REMOVED, S.REMOVED_BY_BUREAU),
        ],
    ],
)
def test_whole_lives(path: list[tuple[Trigger, NegativationStatus]]) -> None:
    negativation = make_negativation()
    for trigger, status in path:
        negativation, _ = negativation.moved(trigger, at=NOW, actor="tests")
        assert negativation.status is status


CLEARING = Clearing(code="01", requested_at=NOW, requested_by="tests", generation=3)


def test_what_the_bureau_knows_it_by() -> None:
    negativation = make_negativation(generation=2)
    assert negativation.inclusion_key == f"{negativation.invoice_id}:inclusion:2"
    cleared = replace(negativation, clearing=CLEARING)
    assert cleared.clearing_key == f"{negativation.invoice_id}:clearing:2.3"
    with pytest.raises(ValueError, match="no clearing"):
        _ = negativation.clearing_key


def _due(status: NegativationStatus, **changes: object) -> Negativation:
    return make_negativation(status=status, clearing_due_on=NOW.date(), **changes)


@pytest.mark.parametrize("status", S)
def test_somebody_must_clear_what_is_live_once_its_invoice_is_closed(status: NegativationStatus) -> None:
    assert _due(status).awaits_clearing is status.live
    assert not replace(_due(status), clearing_due_on=None).awaits_clearing


@pytest.mark.parametrize("status", S)
def test_nobody_must_clear_what_is_being_cleared_unless_that_failed(status: NegativationStatus) -> None:
    assert _due(status, clearing=CLEARING).awaits_clearing is (status is S.CLEARING_REJECTED)
