"""Brazilian forms of amounts, numbers and dates."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from core.domain.calendar_rules import LOCAL_ZONE
from core.domain.money import Money

LOCALE = "pt_BR"


def money(amount: Money) -> str:
    """R$ 1.234,56, with an ordinary space, so that a text search finds what a person types."""
    return format_currency(amount.amount, "BRL", locale=LOCALE).replace("\xa0", " ")


def number(value: int) -> str:
    """1.234"""
    return format_decimal(value, locale=LOCALE)


def day(value: date) -> str:
    """21/11/2026"""
    return format_date(value, "dd/MM/yyyy", locale=LOCALE)


def instant(value: datetime) -> str:
    """21/11/2026 às 14:03, by the clocks of São Paulo."""
    return format_datetime(value.astimezone(LOCAL_ZONE), "dd/MM/yyyy 'às' HH:mm", locale=LOCALE)
