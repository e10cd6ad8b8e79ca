"""A quick request's headers are found as Starlette finds them."""

import pytest
from starlette.requests import Request
from starlette.types import Message

from api.http.quick_request import QuickRequest

HEADERS = {
    "some": [(b"accept", b"application/json"), (b"authorization", b"Bearer ol\xe1"), (b"x-empty", b"")],
    "a repeated one": [(b"accept", b"first"), (b"content-type", b"a/b"), (b"accept", b"second")],
    "none": [],
}


async def _receive() -> Message:
    return {"type": "http.disconnect"}


async def _send(message: Message) -> None: ...


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
def test_headers_are_the_same(headers: list[tuple[bytes, bytes]]) -> None:
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    quick, usual = QuickRequest(scope, _receive, _send).headers, Request(scope).headers
    assert list(quick.items()) == list(usual.items())
    for name in ("accept", "Accept", "authorization", "content-type", "x-empty", "x-missing"):
        assert quick.get(name) == usual.get(name)
        assert quick.get(name, "otherwise") == usual.get(name, "otherwise")
        assert quick.getlist(name) == usual.getlist(name)
        assert (name in quick) == (name in usual)
    with pytest.raises(KeyError):
        quick["x-missing"]
    assert [quick[name] for name in quick] == [usual[name] for name in usual]
