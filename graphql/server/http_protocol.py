"""HTTP/1.1 on a connection: uvicorn's, with bounds on the head of a request."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 65_536
"""Bytes of a request line and headers that are heard out while their end has not come; the tokens of identity providers are far shorter."""

HEAD_SECONDS = 10.0
"""How long a connection may be open, or a head may take to arrive, before its end is there."""


class HttpProtocol(HttpToolsProtocol):
    """By itself uvicorn would hear a head out however long it gets and however slowly it comes."""

    _in_head = True
    _head_bytes = 0
    _heads = 0
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self._in_head and self._patience is None:
            self._await_head()
        heads = self._heads
        awaited = self._in_head
        super().data_received(data)
        if awaited and heads == self._heads:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too large.")

    def on_headers_complete(self) -> None:
        self._heads += 1
        self._in_head, self._head_bytes = False, 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._patience = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _hang_up(self) -> None:
        transport: Any = self.transport
        transport.close()
