"""Money in Brazilian reais, counted in centavos so that no sum is ever rounded."""

from dataclasses import dataclass
from decimal import Decimal

from core.domain.errors import InvalidInput, Problem

MAX_CENTAVOS = 99_999_999_999
"""The largest amount we take, R$ 999,999,999.99: beyond any invoice, inside every bureau layout (15 positions)."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in centavos of BRL. Sums and comparisons are exact."""

    centavos: int

    @property
    def amount(self) -> Decimal:
        """The amount in reais with two decimal places."""
        return Decimal(self.centavos) / 100

    def __add__(self, other: "Money") -> "Money":
        return Money(self.centavos + other.centavos)


ZERO = Money(0)


def money_from_decimal(amount: Decimal, *, path: tuple[str, ...] = ("amount",)) -> Money:
    """Read reais given as a decimal number.

    Raises InvalidInput at `path`: `INVALID_AMOUNT` when it is not positive, not finite, has more than two decimal
    places or exceeds R$ 999,999,999.99.
    """
    if not amount.is_finite() or amount <= 0 or amount > Decimal(MAX_CENTAVOS) / 100:
        raise InvalidInput(problems=(Problem(path, "INVALID_AMOUNT"),))
    if _has_more_than_two_places(amount):
        raise InvalidInput(problems=(Problem(path, "INVALID_AMOUNT"),))
    return Money(int(amount * 100))


def _has_more_than_two_places(amount: Decimal) -> bool:
    """Looked up digit by digit, because arithmetic with decimals rounds to 28 digits."""
    _, digits, exponent = amount.as_tuple()
    return isinstance(exponent, int) and exponent < -2 and any(digits[exponent + 2 :])
