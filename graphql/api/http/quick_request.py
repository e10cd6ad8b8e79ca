"""A request whose headers are found at once."""

from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send


class QuickHeaders(Headers):
    """Headers by name. Starlette's are looked through for each name, which adds up where most requests are answered in no time."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        # Of a name that is repeated the first counts, as it does for Starlette.
        self._by_name: dict[bytes, bytes] = dict(reversed(self._list))
        self._repeated = len(self._by_name) < len(self._list)

    def __getitem__(self, key: str) -> str:
        return self._by_name[key.lower().encode("latin-1")].decode("latin-1")

    def get(self, key: str, default: Any = None) -> Any:
        """The value by that name, or the default."""
        value = self._by_name.get(key.lower().encode("latin-1"))
        return default if value is None else value.decode("latin-1")

    def getlist(self, key: str) -> list[str]:
        """All values by that name."""
        if self._repeated:
            return super().getlist(key)
        value = self.get(key)
        return [] if value is None else [value]


class QuickRequest(Request):
    """A request with such headers."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._quick_headers = QuickHeaders(scope)

    @property
    def headers(self) -> QuickHeaders:
        """Its headers."""
        return self._quick_headers
