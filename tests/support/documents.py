"""Valid documents of nobody: made from a serial number, with right check digits."""

from core.domain.documents import Document, parse_document


def synthetic_cpf(serial: int) -> Document:
    """A valid CPF. The same serial gives the same one."""
    base = f"{900_000_000 + serial:09d}"
    return parse_document(base + _check_digits(base, highest_weight=11))


def synthetic_cnpj(serial: int, *, letters: bool = False) -> Document:
    """A valid CNPJ, numeric or (with `letters`) alphanumeric."""
    base = f"{'ZZ' if letters else '99'}{serial:06d}0001"
    return parse_document(base + _check_digits(base, highest_weight=9))


def _check_digits(base: str, *, highest_weight: int) -> str:
    for _ in range(2):
        weights = [2 + i % (highest_weight - 1) for i in range(len(base))]
        total = sum((ord(c) - 48) * weight for c, weight in zip(reversed(base), weights, strict=True))
        base += str((11 - total % 11) % 11 % 10)
    return base[-2:]
