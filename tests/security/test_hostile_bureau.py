"""A bureau that means harm: callers hear that it is unavailable, nothing leaks, and the service goes on."""

import asyncio
import json

import pytest

from adapters.connect_sa import exchange
from support.hostile_bureau import Reply, chunked, hostile_bureau, http
from support.hostile_house import BOUND, GOOD, MARK, House, report_but, report_with

DEEP = b"[" * 200_000
REPLIES = {
    "nothing": Reply(sent=b""),
    "not HTTP": Reply(sent=b"SSH-2.0-OpenSSH_9.2\r\n" + MARK.encode()),
    "HTTP/0.9": Reply(sent=b"<html>" + MARK.encode() + b"</html>"),
    "a status that is none": Reply(sent=b"HTTP/1.1 9999999999 X\r\n\r\n"),
    "a page": Reply(sent=http(f"<html><script>{MARK}</script></html>".encode(), "Content-Type: text/html")),
    "half a document": Reply(sent=http(GOOD[: len(GOOD) // 2])),
    "less than announced": Reply(sent=http(GOOD, length=len(GOOD) + 100)),
    "cut short of what was announced": Reply(sent=http(GOOD, length=len(GOOD) - 20)),
    "a length that is none": Reply(sent=http(GOOD).replace(b"Content-Length: ", b"Content-Length: -")),
    "two lengths": Reply(sent=http(GOOD, f"Content-Length: {len(GOOD) + 1}")),
    "UTF-16": Reply(sent=http(GOOD.decode().encode("utf-16"))),
    "Latin-1": Reply(sent=http(GOOD.replace(b"Aurora", b"Aur\xf3ra"))),
    "halves of surrogate pairs": Reply(sent=http(GOOD.replace(b"Aurora", b"\\ud800"))),
    "NUL bytes": Reply(sent=http(GOOD.replace(b'"chave"', b'\x00"chave"'))),
    "deep nesting": Reply(sent=http(DEEP)),
    "deep nesting in a field": Reply(sent=http(GOOD[:-1] + b', "mais": ' + DEEP)),
    "not a number": Reply(sent=http(GOOD.replace(b"700", b"NaN"))),
    "infinity": Reply(sent=http(GOOD.replace(b"700", b"1e999"))),
    "a long number": Reply(sent=http(GOOD.replace(b"700", b"7" * 100_000))),
    "the order of somebody else": Reply(sent=http(report_with(chave="another:consultation"))),
    "two keys, the second of somebody else": Reply(
        sent=http(GOOD[:-1] + b', "chave": "another:consultation"}')
    ),
    "a compressed answer": Reply(sent=http(GOOD, "Content-Encoding: gzip")),
    "another encoding": Reply(sent=http(GOOD, "Content-Encoding: br, identity")),
    "an event stream": Reply(sent=http(b"data: " + GOOD, "Content-Type: text/event-stream")),
    "a protocol that was not asked for": Reply(sent=http(GOOD, "Upgrade: h2c", status=101)),
    "a flood of headers": Reply(sent=http(GOOD, *(f"X-{number}: x" for number in range(20_000)))),
    "a long header": Reply(sent=http(GOOD, "X-Long: " + "x" * 1_000_000)),
    "headers without end": Reply(sent=b"HTTP/1.1 200 OK\r\n", over_and_over=b"X-More: x\r\n" * 1_000),
    "a chunk that is none": Reply(sent=chunked() + b"zz\r\n" + GOOD),
    "a chunk of all memory": Reply(sent=chunked() + b"ffffffffffff\r\n" + GOOD),
    "a body without end": Reply(sent=chunked(), over_and_over=b"10000\r\n" + b" " * 65_536 + b"\r\n"),
    "six megabytes": Reply(sent=http(report_but("original.conteudo", "QUJD" * 1_500_000))),
    "a success without a body": Reply(sent=http(b"", status=204)),
    "a failure that says that it succeeded": Reply(sent=http(GOOD, status=500)),
}


SLOW = {
    "preliminary answers without end": Reply(
        sent=b"", over_and_over=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100
    ),
    "silence": Reply(sent=b"", silent=True),
    "silence after the head": Reply(sent=chunked(), silent=True),
    "a slow drip": Reply(sent=chunked(), over_and_over=b"1\r\n \r\n", pause=0.05),
    "a slow drip of headers": Reply(sent=b"HTTP/1.1 200 OK\r\n", over_and_over=b"X-A: b\r\n", pause=0.05),
}


async def test_whatever_comes_is_an_unavailable_bureau(house: House) -> None:
    def call(name: str) -> None:
        house.bureau.reply = REPLIES[name]
        outcome = house.consult()
        assert outcome["__typename"] == "BureauUnavailableError", name
        assert MARK not in json.dumps(outcome), name
        assert {tested["outcome"] for tested in house.test()["results"]} == {"UNREACHABLE"}, name

    for name in REPLIES:
        house.bureau.heard.clear()
        house.bureau.sent = 0
        await asyncio.to_thread(call, name)
        assert len(house.bureau.heard) >= 3, name
        assert house.bureau.sent < len(house.bureau.heard) * BOUND, name


@pytest.mark.parametrize("name", SLOW)
async def test_who_never_ends_is_not_waited_for(
    house: House, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "TOTAL_SECONDS", 0.2)
    house.bureau.reply = SLOW[name]
    outcome = await asyncio.to_thread(house.consult)
    assert outcome["__typename"] == "BureauUnavailableError"
    assert house.bureau.sent < len(house.bureau.heard) * BOUND


async def test_a_report_that_is_right_is_taken(house: House) -> None:
    """What is refused above is refused for what is wrong with it."""
    house.bureau.reply = Reply(sent=http(GOOD))
    assert (await asyncio.to_thread(house.consult))["__typename"] == "ConsultCreditSuccess"


async def test_nobody_is_led_elsewhere_or_marked(house: House) -> None:
    """A redirect is not followed, and no cookie comes back or is kept."""
    async with hostile_bureau() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            headers = (
                f"Location: {elsewhere.address}/v1",
                "Set-Cookie: marked=1; Path=/",
                f"Refresh: 0; url={elsewhere.address}",
            )
            house.bureau.reply = Reply(sent=http(b"", *headers, status=status))
            for call in (house.consult, house.monitor, house.test):
                await asyncio.to_thread(call)
        assert elsewhere.heard == []
    heard = b"".join(house.bureau.heard).lower()
    assert heard.count(b"authorization: basic") == len(house.bureau.heard) >= 5 * 5
    assert b"cookie" not in heard
