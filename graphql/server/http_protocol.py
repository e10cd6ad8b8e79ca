"""HTTP/1.1 on a connection: uvicorn's, with bounds on the head of a request and on how long an answer may lie unread, and a short way for
whole answers.
"""

import asyncio
import fcntl
import math
import sys
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

MAX_HEAD = 65_536
"""Bytes of a request line and headers that are heard out while their end has not come; the tokens of identity providers are far shorter."""

HEAD_SECONDS = 10.0
"""How long a connection may be open, or a head may take to arrive, before its end is there."""

SENDING_SECONDS = 30.0
"""How long a client may take nothing of its answer, at least, before it is given up: it is looked once in so long whether it took any."""

_AT_ONCE = "fiador.at_once"

_LARGEST_WHOLE = 65_536
"""Bytes of a body that are copied behind their head; a longer one is written by itself."""

_OF_THE_CONNECTION = (b"connection", b"transfer-encoding")

Header = tuple[bytes, bytes]
SendAtOnce = Callable[[int, Sequence[Header], bytes], bool]
"""Sends a whole answer: its status, headers and body. Tells whether it did; if not, it is to be sent as any other."""


def at_once(scope: Scope) -> SendAtOnce | None:
    """What sends a whole answer to this request in one step; None on connections that are not of our protocol. It is given once:
    it leads to the scope, and a scope that kept it would wait for the garbage collector, with every header in it.
    """
    extensions = scope.get("extensions")
    return None if extensions is None else extensions.pop(_AT_ONCE, None)


class HttpProtocol(HttpToolsProtocol):
    """By itself uvicorn would hear a head out however long it gets and however slowly it comes, and would keep an answer for whoever never
    reads it.

    It would also set a timer after each answer and stop it with the next request: here one goes on, and looks when it ends
    whether anything was asked meanwhile.
    """

    _in_head = True
    _head_bytes = 0
    _heads = 0
    _patience: asyncio.TimerHandle | None = None
    _idle_since: float | None = None
    _idling: asyncio.TimerHandle | None = None
    _running: RequestResponseCycle | None = None
    _unsent = math.inf
    _sending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._await_head()

    def data_received(self, data: bytes) -> None:
        heads = self._heads
        awaited = self._in_head
        self._idle_since = None
        left = data
        while left:
            left = self._read(left)
        if awaited and heads == self._heads:
            # While an answer is under way nobody waits for the next head: what came of it may be no more than an empty line.
            if self._patience is None and self._is_answered():
                self._await_head()
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too large.")
        elif not awaited and self._is_answered():
            self._idle()  # some of a body that was answered before it was there: nothing need ever come after it

    def on_headers_complete(self) -> None:
        if self._offers_another_protocol():
            return  # `_read` begins anew
        self._heads += 1
        self._in_head, self._head_bytes = False, 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self._offers_another_protocol():
            return
        super().on_message_complete()
        self._in_head = True

    def _read(self, data: bytes) -> bytes:
        """Read what came; gives what is to be read next. A request that offers another protocol goes on in this one (RFC 9110, 7.8), but the
        parser takes all behind its head for the other protocol: a new one reads the head without the offer, and then the rest.
        """
        try:
            self.parser.feed_data(data)
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        except HttpParserUpgrade as offered:
            if self._offers_another_protocol():
                method, version = self.parser.get_method(), self.parser.get_http_version().encode()
                lines = [b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade"]
                self.parser = HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own
                head = (b"%b %b HTTP/%b\r\n" % (method, self.url, version), *lines, b"\r\n")
                return b"".join((*head, data[offered.args[0] :]))
        return b""

    def _offers_another_protocol(self) -> bool:
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def on_response_complete(self) -> None:
        closing = self.transport.is_closing()
        if closing:
            self._watch_sending()
        if self.pipeline or closing:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_sending()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        for timer in (self._idling, self._sending):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)
        if self._running is not None and not self._running.response_complete:
            # uvicorn tells the last one that came; where others came behind it, that is not the one which is answered.
            self._running.disconnected = True
            self._running.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        scope: Any = cycle.scope
        scope["extensions"] = {_AT_ONCE: partial(self._send_at_once, cycle)}
        super()._start_asgi_task(cycle, app)

    def _send_at_once(
        self, cycle: RequestResponseCycle, status: int, headers: Sequence[Header], body: bytes
    ) -> bool:
        """What `cycle.send` does for a start and a body, without asking of each header anew whether it is a good one."""
        if (
            cycle.response_started
            or cycle.disconnected
            or len(body) > _LARGEST_WHOLE
            or not cycle.keep_alive
            or self.flow.write_paused
            or cycle.scope["method"] == "HEAD"
            or (b"content-length", b"%d" % len(body)) not in headers
        ):
            return False
        lines = list(map(_line, (*self.server_state.default_headers, *headers)))
        if b"" in lines:
            return False
        cycle.response_started, cycle.waiting_for_100_continue = True, False
        self.transport.write(b"".join((STATUS_LINE[status], *lines, b"\r\n", body)))
        cycle.response_complete = True
        cycle.message_event.set()
        cycle.on_response()
        return True

    def _is_answered(self) -> bool:
        """Whether nothing is asked that an answer is still to come to."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _idle(self) -> None:
        self._idle_since = self.loop.time()
        if self._idling is None:
            self._idling = self.loop.call_later(self.timeout_keep_alive, self._hang_up_if_idle)

    def _await_head(self) -> None:
        self._patience = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _hang_up_if_idle(self) -> None:
        self._idling = None
        if self._idle_since is None:  # the next answer sets it again
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._idling = self.loop.call_later(left, self._hang_up_if_idle)
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        transport: Any = self.transport
        transport.close()  # which waits until all is sent
        self._watch_sending()

    def _watch_sending(self) -> None:
        self._unsent = math.inf  # some may just have gone out: the next look only sees how much waits
        if self._sending is None:
            self._sending = self.loop.call_later(SENDING_SECONDS, self._abort_if_stuck)

    def _abort_if_stuck(self) -> None:
        """Nobody tells when a part of what waits has been taken, so it is looked."""
        self._sending = None
        transport: Any = self.transport
        if not (self.flow.write_paused or transport.is_closing()):  # the next pause sets it again
            return
        unsent = transport.get_write_buffer_size() + _held_by_the_system(transport)
        if unsent < self._unsent:
            self._unsent = unsent
            self._sending = self.loop.call_later(SENDING_SECONDS, self._abort_if_stuck)
        else:
            transport.abort()


def _held_by_the_system(transport: Any) -> int:
    """Bytes that were sent and have not arrived, or not even been sent: the system takes up to some megabytes."""
    count, connection = bytearray(4), transport.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError, ValueError):  # not every system tells
            fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, count)
    return int.from_bytes(count, sys.byteorder)


@lru_cache(maxsize=512)
def _line(header: Header) -> bytes:
    """A header as it is sent; nothing for what is uvicorn's to judge: what says something about the connection, and what is no header."""
    name, value = header
    if name in _OF_THE_CONNECTION or HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        return b""
    return b"%b: %b\r\n" % (name, value)
