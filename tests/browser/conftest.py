"""A real Chromium, and a service to look at."""

import shutil
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from browser.window import Window
from e2e.processes import Program, program, run

CHROMIUM = shutil.which("chromium")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a screen."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: `make browser` installs it and runs these tests")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def window(chromium: Browser) -> AsyncIterator[Window]:
    """A fresh window, as a person would open it."""
    context = await chromium.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    window = Window(page=await context.new_page())
    window.watch()
    yield window
    await context.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """`fiador serve` as `make run` starts it: with the demo in it. Not started where there is no browser."""
    folder = tmp_path_factory.mktemp("service")
    code, _, errors = await run("demo", "--if-empty", cwd=folder)
    assert code == 0, errors
    async with program("serve", "--port", "0", cwd=folder, until="GraphiQL") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks this machine directly."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        yield client
