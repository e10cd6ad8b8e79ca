"""Pages of what happened: cursors, and the pace at which a caller may ask."""

import time
from bisect import bisect_right
from collections import deque
from typing import TypeVar

from starlette.requests import Request

from adapters.connect_sa.sandbox.answers import Refusal
from adapters.connect_sa.sandbox.books import Books
from adapters.connect_sa.sandbox.state import Change, Event

ASK_AGAIN_AFTER_SECONDS = 1
"""A real bureau wants hours. The sandbox is lenient besides: only POLLS_PER_SECOND idle polls are too many."""

POLLS_PER_SECOND = 30

_DEFAULT_LIMIT = 100
_MAX_LIMIT = 500

N = TypeVar("N", Event, Change)


def refuse_haste(books: Books, feed: str) -> None:
    """Raises Refusal 429 when the last idle polls of this feed came too fast."""
    polls = books.polls.get(feed)
    if polls is not None and len(polls) == POLLS_PER_SECOND and time.monotonic() - polls[0] < 1:
        raise Refusal(429, "CONSULTA_EXCESSIVA", "Consultas em excesso.", retry_after=ASK_AGAIN_AFTER_SECONDS)


def page_of(
    books: Books, request: Request, rows: list[N], feed: str
) -> tuple[list[N], dict[str, str | bool | int]]:
    """The rows after the cursor `apos`, at most `limite`, and Pagina. Rows are ordered by number."""
    after = _number_of(request.query_params.get("apos", ""), books.epoch)
    start = bisect_right(rows, after, key=lambda row: row.number)
    page = rows[start : start + _limit(request)]
    has_more = start + len(page) < len(rows)
    if not has_more:
        books.polls.setdefault(feed, deque(maxlen=POLLS_PER_SECOND)).append(time.monotonic())
    return page, {
        "cursor": f"{books.epoch}.{page[-1].number if page else after}",
        "haMais": has_more,
        "consultarNovamenteEmSegundos": ASK_AGAIN_AFTER_SECONDS,
    }


def _number_of(cursor: str, epoch: str) -> int:
    """The number in a cursor; 0, the beginning, for one that another state issued."""
    issuer, _, number = cursor.partition(".")
    valid = issuer == epoch and number.isascii() and number.isdigit() and len(number) <= 15
    return int(number) if valid else 0


def _limit(request: Request) -> int:
    text = request.query_params.get("limite", str(_DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= _MAX_LIMIT):
        raise Refusal(400, "PARAMETRO_INVALIDO", f"limite deve estar entre 1 e {_MAX_LIMIT}.")
    return int(text)
