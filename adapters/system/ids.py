"""Identifiers that sort by the time they were given."""

from uuid import UUID

from uuid_utils.compat import uuid7

from ports.ids import Ids


class Uuid7Ids(Ids):
    """UUIDs of version 7 (RFC 9562): milliseconds first, then a counter, then chance.

    Inside one process each sorts after the one before, also within a millisecond and from several threads; between
    processes the order is that of their clocks.
    """

    def new(self) -> UUID:
        """An identifier never given before; later ones sort after earlier ones."""
        return uuid7()
