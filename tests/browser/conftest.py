"""A real Chromium, and a page that notes what it asks for."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

CHROMIUM = shutil.which("chromium")


@dataclass(slots=True, kw_only=True)
class Window:
    """A page with everything it asked for and everything it complained about."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def origins(self) -> set[str]:
        """Whom the page asked, as scheme and host and port."""
        parts = (urlsplit(request.url) for request in self.requests)
        return {f"{part.scheme}://{part.netloc}" for part in parts}


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: `make browser` installs it and runs these tests")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def window(chromium: Browser) -> AsyncIterator[Window]:
    """A fresh page, as a person would open it."""
    context = await chromium.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    window = Window(page=await context.new_page())

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            window.complaints.append(message.text)

    context.on("request", lambda request: window.requests.append(request))
    window.page.on("console", complain)
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    yield window
    await context.close()
