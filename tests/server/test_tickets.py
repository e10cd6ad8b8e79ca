"""Tickets open one page, for a few minutes, and cannot be made up."""

from datetime import timedelta

import pytest

from adapters.crypto.keys import generate_key
from adapters.crypto.vault import AesGcmVault
from adapters.memory.clock import FixedClock
from server.tickets import VALID_FOR, Tickets

PAGE = "/consultations/7/report.html"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def tickets(clock: FixedClock) -> Tickets:
    return Tickets(vault=AesGcmVault([generate_key()]), clock=clock)


def test_a_ticket_opens_its_page(tickets: Tickets) -> None:
    assert tickets.opens(tickets.issue(PAGE), PAGE)


@pytest.mark.parametrize("other", ["/consultations/7/report.pdf", "/consultations/8/report.html", "/graphql"])
def test_it_opens_no_other_page(tickets: Tickets, other: str) -> None:
    assert not tickets.opens(tickets.issue(PAGE), other)


def test_it_ends(tickets: Tickets, clock: FixedClock) -> None:
    ticket = tickets.issue(PAGE)
    clock.advance(VALID_FOR - timedelta(seconds=2))
    assert tickets.opens(ticket, PAGE)
    clock.advance(timedelta(seconds=2))
    assert not tickets.opens(ticket, PAGE)


def test_its_end_cannot_be_put_off(tickets: Tickets) -> None:
    expires, seal = tickets.issue(PAGE).split(".")
    assert not tickets.opens(f"{int(expires) + 1}.{seal}", PAGE)


@pytest.mark.parametrize("nonsense", ["", ".", "x", "9999999999.", "9999999999.00", "٩٩٩٩٩٩٩٩٩٩.00", "1.2.3"])
def test_nonsense_opens_nothing(tickets: Tickets, nonsense: str) -> None:
    assert not tickets.opens(nonsense, PAGE)


def test_a_ticket_of_another_key_opens_nothing(tickets: Tickets, clock: FixedClock) -> None:
    elsewhere = Tickets(vault=AesGcmVault([generate_key()]), clock=clock)
    assert not tickets.opens(elsewhere.issue(PAGE), PAGE)
