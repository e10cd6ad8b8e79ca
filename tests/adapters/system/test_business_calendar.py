"""Business days of Brazilian banks, against dates read off a desk calendar."""

from datetime import date, timedelta

import pytest

from adapters.system.business_calendar import BrazilianCalendar, is_business_day

CALENDAR = BrazilianCalendar()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "Confraternização Universal"),
        ("2026-02-16", "segunda-feira de Carnaval"),
        ("2026-02-17", "terça-feira de Carnaval"),
        ("2026-04-03", "Sexta-feira Santa"),
        ("2026-04-21", "Tiradentes"),
        ("2026-05-01", "Dia do Trabalho"),
        ("2026-06-04", "Corpus Christi"),
        ("2026-09-07", "Independência"),
        ("2026-10-12", "Nossa Senhora Aparecida"),
        ("2026-11-02", "Finados"),
        ("2026-11-20", "Consciência Negra"),
        ("2026-12-25", "Natal"),
        ("2025-03-03", "segunda-feira de Carnaval"),
        ("2025-03-04", "terça-feira de Carnaval"),
        ("2025-06-19", "Corpus Christi"),
        ("2026-11-21", "sábado"),
        ("2026-11-22", "domingo"),
    ],
)
def test_banks_are_closed(day: str, name: str) -> None:
    assert not is_business_day(date.fromisoformat(day)), name


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-02-18", "Quarta-feira de Cinzas"),
        ("2026-04-02", "Quinta-feira Santa"),
        ("2026-07-09", "Revolução Constitucionalista, only in São Paulo"),
        ("2026-10-28", "Dia do Servidor Público"),
        ("2026-12-24", "véspera de Natal, closed at the stock exchange only"),
        ("2026-12-31", "last day of the year, closed at the stock exchange only"),
        ("2023-11-20", "Consciência Negra, before Lei 14.759/2023 made it national"),
    ],
)
def test_banks_are_open(day: str, name: str) -> None:
    assert is_business_day(date.fromisoformat(day)), name


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-11-21", 0, "2026-11-23"),
        ("2026-11-20", 0, "2026-11-23"),
        ("2026-11-23", 5, "2026-11-30"),
        # paid on a Friday: the five days of Súmula 548 start on the Monday
        ("2026-11-27", 5, "2026-12-04"),
        ("2026-11-28", 1, "2026-11-30"),
        # over Carnival
        ("2026-02-13", 5, "2026-02-24"),
        # over Christmas and New Year's Day
        ("2026-12-23", 7, "2027-01-05"),
        # over Good Friday, Tiradentes and Labour Day
        ("2026-04-02", 20, "2026-05-05"),
    ],
)
def test_business_days_are_counted(day: str, count: int, expected: str) -> None:
    assert CALENDAR.add_business_days(date.fromisoformat(day), count) == date.fromisoformat(expected)


def test_counting_one_by_one_gives_the_same_as_counting_at_once() -> None:
    start = day = date(2026, 1, 30)
    for count in range(1, 261):
        day = CALENDAR.add_business_days(day, 1)
        assert day == CALENDAR.add_business_days(start, count)
    assert day - start > timedelta(days=365)


def test_days_are_counted_forwards_only() -> None:
    with pytest.raises(ValueError, match="forwards"):
        CALENDAR.add_business_days(date(2026, 11, 23), -1)
