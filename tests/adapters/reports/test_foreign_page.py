"""Somebody else's page is shown, and neither runs nor fetches nor sends anything."""

import asyncio
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from adapters.reports.foreign_page import decoded, harmless_page, is_html
from adapters.reports.foreign_pages import ForeignPages
from support.hostile_pages import HOSTILE, RAN, SEEN, hostile_page

HTML = "text/html; charset=utf-8"

NEVER = {
    "a:href", "applet", "area", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input",
    "link", "map", "math", "noscript", "object", "picture", "script", "select", "source", "svg", "template", "textarea",
    "video",
}  # fmt: skip


def _harmless(page: bytes, media_type: str = HTML) -> str:
    return harmless_page(decoded(page, media_type))


class Inside(HTMLParser):
    """What a page consists of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_acts_or_fetches_is_left(name: str) -> None:
    page = _harmless(hostile_page(name))
    inside = Inside(page)
    assert SEEN in inside.texts
    assert set(inside.tags) & NEVER == set()
    assert inside.tags.count("meta") == 1
    assert inside.tags.count("style") == 1
    for tag, attribute, value in inside.attributes:
        assert not attribute.startswith("on"), (tag, attribute)
        assert attribute not in {
            "href",
            "srcset",
            "background",
            "ping",
            "action",
            "formaction",
            "srcdoc",
            "id",
            "name",
        }
        assert attribute != "src" or value.startswith("data:image/") or value == ""
        assert attribute != "src" or "svg" not in value
        assert "url(" not in value
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url|@import|@font-face|\\|<", style, re.IGNORECASE)
    body = page.partition("<body>")[2]
    assert "<script" not in body
    assert RAN not in re.sub(r"&[a-z]+;", "", body) or "evil" not in body


PLAIN = b"""<html><head><title>Relat\xc3\xb3rio</title><style>td { color: navy } @media print { p { display: none } }</style></head>
<body bgcolor="#ffffff"><h1>CPF: 111.444.777-35</h1><table border="1"><tr><td class="x" colspan="2" style="text-align: right">R$ 1,00</td>
</tr></table><font color="red">NADA CONSTA</font><img src="data:image/png;base64,AAAA" alt="logo"></body></html>"""


def test_what_only_shows_something_stays() -> None:
    page = _harmless(PLAIN)
    for kept in (
        "td { color: navy } @media print { p { display: none } }",
        "<h1>CPF: 111.444.777-35</h1>",
        '<font color="red">NADA CONSTA</font>',
        'src="data:image/png;base64,AAAA"',
    ):
        assert kept in page
    ((_, style),) = [
        (name, value) for tag, name, value in Inside(page).attributes if tag == "td" and name == "style"
    ]
    assert style.replace(" ", "").rstrip(";") == "text-align:right"


@pytest.mark.parametrize(
    ("written", "media_type"),
    [
        ("utf-8", "text/html; charset=utf-8"),
        ("utf-8", "text/html"),
        ("utf-8-sig", "text/html"),
        ("latin-1", "text/html; charset=ISO-8859-1"),
        ("latin-1", 'text/html; charset="iso-8859-1"'),
        ("windows-1252", "text/html"),
    ],
)
def test_accents_are_read_as_they_were_written(written: str, media_type: str) -> None:
    page = _harmless("<p>Situação: não há restrições</p>".encode(written), media_type)
    assert "<p>Situação: não há restrições</p>" in page


def test_a_charset_that_hides_tags_is_not_believed() -> None:
    page = _harmless(b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "text/html; charset=utf-7")
    assert "+ADw-script+AD4-" in page


@pytest.mark.parametrize(
    ("media_type", "html"),
    [
        ("text/html", True),
        ("TEXT/HTML; charset=x", True),
        ("application/xhtml+xml", True),
        ("text/plain", False),
        ("image/svg+xml", False),
        ("application/javascript", False),
        ("", False),
    ],
)
def test_only_pages_are_pages(media_type: str, html: bool) -> None:
    assert is_html(media_type) is html


async def test_it_is_done_in_a_process_of_its_own() -> None:
    page = "<p>Situação: <b onclick=x>regular</b></p><script>alert(1)</script>".encode("latin-1")
    shown = await ForeignPages().harmless(page, "text/html; charset=iso-8859-1")
    assert shown is not None
    assert "<p>Situação: <b>regular</b></p>" in shown
    assert "script" not in shown


async def test_a_page_that_would_take_forever_is_given_up() -> None:
    async with asyncio.timeout(60):
        assert await ForeignPages(seconds=0.5).harmless(b"<ul><li>" * 100_000, HTML) is None


async def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIADOR_ADMIN_TOKEN", "token-of-the-administrator")
    told = tmp_path / "told"
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\nexport > {told}\n")
    program.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(program))
    await ForeignPages().harmless(b"<p>x</p>", HTML)
    assert told.exists()
    assert "administrator" not in told.read_text()
