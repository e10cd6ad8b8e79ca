"""Tickets open one page, for a few minutes, in the name of whoever asked, and cannot be made up."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from adapters.crypto.keys import generate_key
from adapters.crypto.vault import AesGcmVault
from adapters.memory.clock import FixedClock
from core.domain.access import Caller, Scope
from server.tickets import VALID_FOR, Tickets

PAGE = "/consultations/7/report.html"
CALLER = Caller(id="desk", name="Desk", scopes=frozenset(Scope) - {Scope.WHOLE_DOCUMENTS}, origin="10.0.0.7")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def tickets(clock: FixedClock) -> Tickets:
    return Tickets(vault=AesGcmVault([generate_key()]), clock=clock)


def test_it_opens_its_page_in_the_name_of_whoever_asked(tickets: Tickets) -> None:
    holder = tickets.holder(tickets.issue(PAGE, CALLER), PAGE, "10.0.0.9")
    assert holder is not None
    assert (holder.id, holder.name, holder.origin) == ("desk", "Desk", "10.0.0.9")


def test_it_carries_no_more_rights_than_reading_needs(tickets: Tickets) -> None:
    holder = tickets.holder(tickets.issue(PAGE, CALLER), PAGE, None)
    assert holder is not None
    assert holder.scopes == {Scope.READ, Scope.READ_CONSULTATIONS}


def test_it_reaches_the_branches_of_whoever_asked(tickets: Tickets) -> None:
    branches = frozenset({UUID(int=7), UUID(int=8)})
    limited, everywhere = replace(CALLER, branch_ids=branches), CALLER
    for caller in (limited, everywhere):
        holder = tickets.holder(tickets.issue(PAGE, caller), PAGE, None)
        assert holder is not None
        assert holder.branch_ids == caller.branch_ids


def test_a_link_holds_its_ticket_behind_what_is_there(tickets: Tickets) -> None:
    assert tickets.link(PAGE, CALLER).startswith(f"{PAGE}?ticket=")
    assert tickets.link(f"{PAGE}?plan=X", CALLER).startswith(f"{PAGE}?plan=X&ticket=")


def test_a_caller_of_too_many_branches_gets_a_link_without_a_ticket(tickets: Tickets) -> None:
    many = replace(CALLER, branch_ids=frozenset(UUID(int=number) for number in range(1000)))
    assert tickets.link(PAGE, many) == PAGE


@pytest.mark.parametrize("other", ["/consultations/7/report.pdf", "/consultations/8/report.html", "/graphql"])
def test_it_opens_no_other_page(tickets: Tickets, other: str) -> None:
    assert tickets.holder(tickets.issue(PAGE, CALLER), other, None) is None


def test_it_ends(tickets: Tickets, clock: FixedClock) -> None:
    ticket = tickets.issue(PAGE, CALLER)
    clock.advance(VALID_FOR - timedelta(seconds=1))
    assert tickets.holder(ticket, PAGE, None) is not None
    clock.advance(timedelta(seconds=1))
    assert tickets.holder(ticket, PAGE, None) is None


def test_it_ends_with_what_its_holder_showed(tickets: Tickets, clock: FixedClock) -> None:
    soon = clock.now() + timedelta(minutes=1)
    for ends_at, lasts in ((soon, timedelta(minutes=1)), (soon + VALID_FOR, VALID_FOR)):
        ticket, begun = tickets.issue(PAGE, replace(CALLER, ends_at=ends_at)), clock.now()
        clock.advance(lasts - timedelta(seconds=1))
        assert tickets.holder(ticket, PAGE, None) is not None
        clock.advance(timedelta(seconds=1))
        assert tickets.holder(ticket, PAGE, None) is None
        clock.advance(begun - clock.now())


def test_it_says_nothing_about_its_holder(tickets: Tickets) -> None:
    assert "desk" not in tickets.issue(PAGE, CALLER).lower()


@pytest.mark.parametrize("nonsense", ["", ".", "x", "=" * 8, "é", "AAAA" * 20, "A" * 100_000])
def test_nonsense_opens_nothing(tickets: Tickets, nonsense: str) -> None:
    assert tickets.holder(nonsense, PAGE, None) is None


def test_a_changed_ticket_opens_nothing(tickets: Tickets) -> None:
    ticket = tickets.issue(PAGE, CALLER)
    middle = len(ticket) // 2
    changed = ticket[:middle] + ("A" if ticket[middle] != "A" else "B") + ticket[middle + 1 :]
    assert tickets.holder(changed, PAGE, None) is None


def test_a_ticket_of_another_key_opens_nothing(tickets: Tickets, clock: FixedClock) -> None:
    elsewhere = Tickets(vault=AesGcmVault([generate_key()]), clock=clock)
    assert tickets.holder(elsewhere.issue(PAGE, CALLER), PAGE, None) is None
