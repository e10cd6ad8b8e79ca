"""Reading the fields of a record: all problems are gathered, then reported at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from core.domain.contact import parse_postal_code, parse_text
from core.domain.errors import InvalidInput, Problems
from core.domain.states import parse_state_code
from core.domain.subjects import Address
from core.use_cases.changes import UNSET, Change, given

MAX_EXTERNAL_ID = 100
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
"""The days that an invoice may bear; others are slips of the finger."""

ValueT = TypeVar("ValueT")
ParsedT_co = TypeVar("ParsedT_co", covariant=True)


class TextParser(Protocol[ParsedT_co]):
    """Reads a text; raises InvalidInput at `path`."""

    def __call__(self, text: str, *, path: tuple[str, ...]) -> ParsedT_co:
        """What the text says."""


class RecordReader(Problems):
    """Reads a record field by field. What it answers is good only when no problem was noted."""

    def attempt(self, read: Callable[[], ValueT]) -> ValueT | None:
        """What `read` answers; None, and its problems noted, when it raises InvalidInput."""
        try:
            return read()
        except InvalidInput as error:
            self.extend(error)
            return None

    def optional(self, parse: TextParser[ValueT], text: str | None, *path: str) -> ValueT | None:
        """What the text says; None when it is absent or blank, as integrators send the gaps of their records."""
        if text is None or not text.strip():
            return None
        return self.attempt(lambda: parse(text, path=path))

    def text(self, value: str | None, *path: str, longest: int) -> str | None:
        """One line of text; None when it is absent or blank."""
        return self.optional(lambda text, *, path: parse_text(text, path=path, longest=longest), value, *path)

    def external_id(self, value: str | None) -> str | None:
        """The integrator's own id of the record, of 1 to 100 characters."""
        return self.text(value, "externalId", longest=MAX_EXTERNAL_ID)

    def day(self, value: date | None, *path: str, first: date = FIRST_DAY, last: date = LAST_DAY) -> None:
        """Note DATE_OUT_OF_RANGE for a day outside of `first` to `last`."""
        if value is not None and not first <= value <= last:
            self.add(path, "DATE_OUT_OF_RANGE", first=first.isoformat(), last=last.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFields:
    """An address as it is typed. Absent parts are gaps; "S/C" and "S/N" are accepted as complement and number."""

    postal_code: str | None = None
    street: str | None = None
    number: str | None = None
    complement: str | None = None
    district: str | None = None
    city: str | None = None
    state_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanges:
    """Changes to an address; parts left UNSET stay."""

    postal_code: Change[str | None] = UNSET
    street: Change[str | None] = UNSET
    number: Change[str | None] = UNSET
    complement: Change[str | None] = UNSET
    district: Change[str | None] = UNSET
    city: Change[str | None] = UNSET
    state_code: Change[str | None] = UNSET


def read_address(reader: RecordReader, fields: AddressFields) -> Address:
    """The address; problems are noted at `address.…`."""
    return Address(
        postal_code=reader.optional(parse_postal_code, fields.postal_code, "address", "postalCode"),
        street=reader.text(fields.street, "address", "street", longest=120),
        number=reader.text(fields.number, "address", "number", longest=20),
        complement=reader.text(fields.complement, "address", "complement", longest=60),
        district=reader.text(fields.district, "address", "district", longest=60),
        city=reader.text(fields.city, "address", "city", longest=60),
        state_code=reader.optional(parse_state_code, fields.state_code, "address", "stateCode"),
    )


def merged_address(address: Address, changes: AddressChanges) -> AddressFields:
    """The address as it would be typed after the changes."""
    current = AddressFields(
        postal_code=address.postal_code,
        street=address.street,
        number=address.number,
        complement=address.complement,
        district=address.district,
        city=address.city,
        state_code=address.state_code,
    )
    return replace(current, **given(changes))
