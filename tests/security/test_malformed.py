"""Whatever arrives at the socket, the answer is a clear refusal, and the server goes on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server import http_protocol
from support.served import served
from support.sockets import PATIENCE, VIEWER, Socket, head_of, listening

MEGABYTE = 1_000_000


@pytest.fixture
async def socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Socket]:
    """The service on a socket."""
    async with served(monkeypatch, tmp_path, log_format="json") as (app, _), listening(app) as found:
        yield found


async def test_bodies_that_are_no_request(socket: Socket) -> None:
    for body in (
        b"",
        b"{",
        b"null",
        b"[]",
        b"[" + VIEWER + b"]",
        b"[" + b",".join([VIEWER] * 1_000) + b"]",
        b"7",
        b'"x"',
        b"\x00",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf" + VIEWER,
        VIEWER + VIEWER,
        VIEWER.decode().encode("utf-16"),
        b'{"query": "{ viewer { name } }\xff"}',
        b'{"query": "{ viewer { name } }\\u0000"}',
        b'{"query": "{ viewer { name } } #\\ud800"}',
        b'{"query": "query ($a: String) { viewer { name } }", "variables": {"a": "\\udfff"}}',
        b'{"query": "query ($a: String) { viewer { name } }", "variables": {"a": "x\\u0000"}}',
        b'{"query": ["{ viewer { name } }"]}',
        b'{"query": {"a": 1}}',
        b'{"query": true}',
        b'{"query": 1e400}',
        b'{"query": "{ viewer { name } }", "variables": []}',
        b'{"query": "{ viewer { name } }", "variables": "{}"}',
        b'{"query": "{ viewer { name } }", "operationName": 1}',
        b'{"query": "{ viewer { name } }", "extensions": "x"}',
        b'{"query": "{ viewer { name } }", "documentId": {}}',
        b'{"query": "{ viewer { name } }", "variables": {"x": NaN}}',
        b'{"query": "{ viewer { name } }", "variables": {"x": ' + b"9" * 100_000 + b"}}",
        b'{"a":' * 100_000,
        b"[" * 400_000 + b"]" * 400_000,
        b'{"query": "{ viewer { name } }", "variables": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    ):
        answer = await socket.post(body)
        assert (answer.status, answer.codes()) == (400, ["BAD_REQUEST"]), body[:60]


async def test_documents_that_ask_too_much_or_make_no_sense(socket: Socket) -> None:
    many_fragments = "".join(f"fragment F{number} on Query {{ ...F{number + 1} }} " for number in range(99))
    for query, code in (
        ("{ " + " ".join(f"a{number}:viewer{{name}}" for number in range(10_000)) + " }", "LIMIT_EXCEEDED"),
        ("{ " + " ".join(f"a{n}:viewer{{name}}" for n in range(400)) + " }", "LIMIT_EXCEEDED"),
        ("{ viewer { " + "name " * 3_900 + "} }", "LIMIT_EXCEEDED"),
        ("{ ...A } fragment A on Query { ...A }", "VALIDATION_ERROR"),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "VALIDATION_ERROR"),
        (
            "{ ...F0 } " + many_fragments + "fragment F99 on Query { ...F0 viewer { name } }",
            "VALIDATION_ERROR",
        ),
        ("{ viewer" * 6_000, "LIMIT_EXCEEDED"),
        ("{ a" * 1_500 + "}" * 1_500, "LIMIT_EXCEEDED"),
        ("[" * 3_000, "SYNTAX_ERROR"),
        ("{ viewer(a: " + "[" * 1_800 + "]" * 1_800 + ") { name } }", None),
        ("query ($a: " + "[" * 1_800 + "Int" + "]" * 1_800 + ") { viewer { name } }", None),
        ("#" * 40_000, "SYNTAX_ERROR"),
        ("# \n" * 2_000 + "{ viewer { name } }", "LIMIT_EXCEEDED"),
        ("{ viewer { name @include(if: true) @include(if: true) } }", "VALIDATION_ERROR"),
        ("subscription { viewer { name } }", None),
        ("type Query { x: Int }", None),
        ("", "SYNTAX_ERROR"),
        (" " * 40_000, "SYNTAX_ERROR"),
        ('"""', "SYNTAX_ERROR"),
        ("{ viewer { name } } " * 3, None),
        ("{ customers(first: 99999999999999999999999999) { totalCount } }", None),
        ("{ customers(first: -1) { nodes { id } } }", None),
        ('{ customers(after: "\\u0000") { nodes { id } } }', "BAD_REQUEST"),
        ('{ node(id: "' + "A" * 40_000 + '") { id } }', None),
    ):
        answer = await socket.ask(query)
        assert answer.status in (200, 400), (answer.status, query[:60])
        codes = answer.codes()
        assert codes
        assert "INTERNAL" not in codes, query[:60]
        assert code in (None, codes[0]), (codes, query[:60])


async def test_bodies_that_are_too_large(socket: Socket) -> None:
    large = b'{"query": "{ viewer { name } }", "variables": {"x": "' + b"x" * (10 * MEGABYTE) + b'"}}'
    assert (await socket.post(large)).status == 413
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (large[:MEGABYTE],) * 10]
    head = head_of(
        b"POST /graphql HTTP/1.1", b"Content-Type: application/json", b"Transfer-Encoding: chunked"
    )
    assert (await socket.send(head, *chunks, b"0\r\n\r\n")).status == 413
    announced = (b"Content-Type: application/json", b"Content-Length: 99999999999999999999")
    assert (await socket.send(head_of(b"POST /graphql HTTP/1.1", *announced), b"{}")).status in (0, 400, 413)


async def test_other_ways_to_send(socket: Socket) -> None:
    form, mutation = b"application/x-www-form-urlencoded", b"mutation%20%7B%20x%20%7D"
    assert (await socket.post(b"query=%7Bviewer%7Bname%7D%7D", content_type=form)).status == 415
    assert (await socket.post(VIEWER, content_type=b"text/plain")).status == 415
    assert (await socket.post(VIEWER, content_type=b"multipart/form-data; boundary=x")).status == 415
    assert (await socket.post(VIEWER, content_type=b"\xff\xfe")).status in (400, 415)
    assert (await socket.post(VIEWER, b"Content-Encoding: gzip")).status == 415
    update = b"mutation%20%7B%20updateCreditParameters(input%3A%7B%7D)%20%7B__typename%7D%7D"
    assert (await socket.send(head_of(b"GET /graphql?query=" + update + b" HTTP/1.1"))).status == 405
    assert (await socket.send(head_of(b"GET /graphql?query=" + mutation + b" HTTP/1.1"))).status == 400
    for method in (b"PUT", b"DELETE", b"PATCH", b"TRACE", b"CONNECT", b"PROPFIND", b"GETX"):
        assert (await socket.send(head_of(method + b" /graphql HTTP/1.1"))).status in (400, 405), method


async def test_query_strings(socket: Socket) -> None:
    for query in (
        b"query=%ff%fe",
        b"query=%00",
        b"query=%7Bviewer%7Bname%7D%7D&variables=%5B%5D",
        b"query=%7Bviewer%7Bname%7D%7D&variables=" + b"%5B" * 5_000,
        b"query=%7Bviewer%7Bname%7D%7D&extensions=x",
        b"query=%ED%A0%80",
        b"variables=%7B%7D",
        b"&&&===",
        b"%",
    ):
        answer = await socket.send(head_of(b"GET /graphql?" + query + b" HTTP/1.1"))
        assert answer.status == 400, query[:60]
        assert set(answer.codes()) <= {"BAD_REQUEST", "SYNTAX_ERROR"}


async def test_heads_that_are_too_large_or_odd(socket: Socket) -> None:
    post = b"POST /graphql HTTP/1.1"
    for head in (
        head_of(post, b"X-Long: " + b"x" * MEGABYTE),
        head_of(post, b"X-" + b"x" * MEGABYTE + b": x"),
        head_of(post, *(b"X-%d: x" % number for number in range(20_000))),
        head_of(b"GET /" + b"x" * MEGABYTE + b" HTTP/1.1"),
        head_of(b"POST /graphql HTTP/9.9"),
        head_of(b"POST /graphql"),
        head_of(post, b"No colon here"),
        head_of(post, b"Content-Length: -1"),
        head_of(post, b"Content-Length: x"),
        head_of(post, b"Content-Length: 1", b"Content-Length: 2"),
        head_of(post, b"Transfer-Encoding: nonsense"),
        head_of(post, b" : "),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
        b"\x00" * 1_000,
        b"GET\r\n\r\n",
        b"HELLO\r\n\r\n",
    ):
        async with asyncio.timeout(PATIENCE):
            answer = await socket.send(head, b"\r\n")
        assert answer.status == 0 or 400 <= answer.status < 500, (answer.status, head[:60])


async def test_heads_without_end_are_not_heard_out(socket: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 10 * PATIENCE)
    for endless in (b"X-Long: ", b"X: y\r\n", b"\r\n"):
        answer = await socket.send(b"POST /graphql HTTP/1.1\r\n" * (endless != b"\r\n"), endless * 100_000)
        assert answer.status in (0, 400)


@pytest.mark.parametrize("sent", [b"", b"\r\n" * 10, b"POST /graphql HTTP/1.1\r\nHost:"])
async def test_heads_that_do_not_come_are_not_waited_for(
    socket: Socket, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.1)
    assert (await socket.send(sent)).status == 0


async def test_the_next_head_on_a_connection_is_not_waited_for_either(
    socket: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", socket.port)
    async with asyncio.timeout(PATIENCE):
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: fiador.test\r\n\r\n")
        assert (await reader.readline()).split()[1] == b"200"
        writer.write(b"GET /health/live")
        await reader.read()
    writer.close()


async def test_headers_that_are_no_text(socket: Socket) -> None:
    for header in (
        b"Accept-Language: \xff\xfe",
        b"Accept-Language: " + b"x," * 5_000,
        b"X-Request-Id: \xff",
        b"X-Request-Id: a\tb",
        b"Origin: \xff",
        b"X-Forwarded-For: 1.2.3.4",
    ):
        answer = await socket.post(VIEWER, header)
        assert answer.status in (200, 400), header[:40]
    for token in (b"\xff\xfe", b"x" * 50_000, b"a b c", b"\xc3\xa9", b"eyJhbGciOiJub25lIn0.e30."):
        head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + token
        answer = await socket.send(head + b"\r\nContent-Length: 0\r\n\r\n")
        assert answer.status in (400, 401), token[:40]


async def test_who_hangs_up_in_the_middle(socket: Socket) -> None:
    head = head_of(b"POST /graphql HTTP/1.1", b"Content-Type: application/json", b"Content-Length: 1000")
    for cut in (10, len(head) - 3, len(head), len(head) + 20):
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection("127.0.0.1", socket.port)
            writer.write((head + VIEWER)[:cut])
            await writer.drain()
            writer.close()
            await writer.wait_closed()
    bad_chunk = head_of(
        b"POST /graphql HTTP/1.1", b"Content-Type: application/json", b"Transfer-Encoding: chunked"
    )
    assert (await socket.send(bad_chunk, b"zz\r\nnot hexadecimal\r\n")).status in (0, 400)


async def test_addresses_that_are_odd(socket: Socket) -> None:
    for path in (
        b"/consultations/%00/report.html",
        b"/consultations/..%2f..%2fetc%2fpasswd/original",
        b"/consultations/%ff/report.pdf",
        b"/graphql/assets/..%2f..%2f..%2fpyproject.toml",
        b"/graphql/assets/%2e%2e/package.json",
        b"/reports/../../etc/passwd",
        b"/reports/consultations.csv%00",
        b"//graphql",
        b"http://evil.example/nowhere",
        b"/" + b"a/" * 2_000,
    ):
        answer = await socket.send(head_of(b"GET " + path + b" HTTP/1.1"))
        assert answer.status in (400, 404), (answer.status, path[:60])
    for query in (b"performedFrom=x", b"outcome=%00", b"first=1&first=2", b"branchId=%ff", b"x" * 20_000):
        answer = await socket.send(head_of(b"GET /reports/consultations.csv?" + query + b" HTTP/1.1"))
        assert answer.status == 400, query[:40]
