"""What a hostile provider's pages do in a real browser once they were made harmless: nothing, even without our policy."""

import json

import pytest

from adapters.reports.foreign_page import decoded, harmless_page
from browser.window import Window
from support.hostile_pages import HOSTILE, SEEN, hostile_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_nothing_runs_and_nothing_is_fetched(window: Window) -> None:
    for name in HOSTILE:
        if name == "deep":
            continue
        await window.page.set_content(harmless_page(decoded(hostile_page(name), "text/html")))
        assert SEEN in await window.page.locator("body").inner_text()
        await window.page.locator("body").press("Tab")
        await window.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        assert await window.page.evaluate("window.__ran === undefined"), name
        assert [found.url for found in window.requests if not found.url.startswith("data:")] == [], name


async def test_the_same_pages_do_harm_as_they_came(window: Window) -> None:
    ran = []
    await window.page.route("**/*", lambda route: route.abort())
    for name in ("handler", "script", "tracking pixel", "background"):
        window.requests.clear()
        await window.page.set_content(hostile_page(name).decode(), wait_until="commit")
        await window.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        fetched = [found.url for found in window.requests if "evil.example" in found.url]
        if fetched or await window.page.evaluate("window.__ran === true"):
            ran.append(name)
    assert ran == ["handler", "script", "tracking pixel", "background"], json.dumps(ran)
