"""A browser's window with GraphiQL in it, handled as a person would."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Error, Locator, Page, Request

_RESPONSE = ".result-window .CodeMirror"
_VALUE = "element => element.CodeMirror.getValue()"


@dataclass(kw_only=True)
class Window:
    """A page with everything it asked for and everything it complained about."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Take note from now on."""
        self.page.context.on("request", self._note)
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._suffer)

    def origins(self) -> set[str]:
        """Whom the page asked, as scheme, host and port."""
        parts = (urlsplit(request.url) for request in self.requests)
        return {f"{part.scheme}://{part.netloc}" for part in parts}

    async def open(self, address: str) -> None:
        """Open GraphiQL and wait until it knows the schema."""
        async with self.page.expect_response(_is_introspection):
            await self.page.goto(address)
        await self.page.locator(".graphiql-execute-button").wait_for()

    async def tab_names(self) -> list[str]:
        """The tabs, from left to right."""
        return [text.strip() for text in await self.page.locator(".graphiql-tab-button").all_inner_texts()]

    async def choose(self, name: str) -> None:
        """Bring a tab to the front."""
        exactly = re.compile(rf"^\s*{name}\s*$")
        await self.page.locator(".graphiql-tab-button").filter(has_text=exactly).click()

    async def headers(self) -> dict[str, str]:
        """What the headers pane holds."""
        await self.page.get_by_role("button", name="Headers", exact=True).click()
        shown = json.loads(await self._editor().evaluate(_VALUE))
        await self.page.get_by_role("button", name="Variables", exact=True).click()
        assert isinstance(shown, dict)
        return shown

    async def variables(self) -> Any:
        """What the variables pane holds."""
        return json.loads(await self._editor().evaluate(_VALUE))

    async def run(self, name: str) -> Any:
        """Press play on a tab; the data that the page shows."""
        await self.choose(name)
        async with self.page.expect_response(_is_operation) as answered:
            await self.page.locator(".graphiql-execute-button").click()
        answer = await (await answered.value).json()
        shown = self.page.locator(_RESPONSE)
        await self.page.wait_for_function(
            f"wanted => {{ try {{ return JSON.stringify(JSON.parse(document.querySelector('{_RESPONSE}')"
            ".CodeMirror.getValue())) === wanted } catch { return false } }",
            arg=await self.page.evaluate("answer => JSON.stringify(answer)", answer),
        )
        body = json.loads(await shown.evaluate(_VALUE))
        assert "errors" not in body, body
        return body["data"]

    def _editor(self) -> Locator:
        return self.page.locator(".graphiql-editor-tool .graphiql-editor:not(.hidden) .CodeMirror")

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _suffer(self, error: Error) -> None:
        self.complaints.append(str(error))


def _is_introspection(response: Any) -> bool:
    return "IntrospectionQuery" in (response.request.post_data or "")


def _is_operation(response: Any) -> bool:
    return response.request.method == "POST" and not _is_introspection(response)
