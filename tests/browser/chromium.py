"""Chromium without a screen, driven over its DevTools protocol."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

START_LIMIT_S = 30.0
CALL_LIMIT_S = 60.0
END_LIMIT_S = 10.0
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


class PageError(Exception):
    """A call in the page failed; the text is what the page threw."""


class Page:
    """The one page of a browser."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        """What DevTools told since the page was loaded, as it was read."""

    async def open(self, url: str) -> None:
        """Load a page and wait until its scripts have run."""
        await self._call("Page.enable")
        await self._call("Page.navigate", url=url)
        async with asyncio.timeout(CALL_LIMIT_S):
            while (await self._socket.receive_json()).get("method") != "Page.loadEventFired":
                pass

    async def load(self, url: str) -> list[dict[str, Any]]:
        """Load a page; what it asked for and what it said meanwhile, as events of DevTools."""
        for domain in ("Page", "Log", "Runtime", "Network"):
            await self._call(f"{domain}.enable")
        number = next(self._ids)
        await self._socket.send_json(
            {"id": number, "method": "Page.navigate", "params": {"url": url}}
        )
        self.events.clear()
        async with asyncio.timeout(CALL_LIMIT_S):
            while not self.events or self.events[-1].get("method") != "Page.loadEventFired":
                self.events.append(await self._socket.receive_json())
        return self.events

    async def press(self, key: str) -> None:
        """A key goes down and up: a character, or a name as `ArrowDown`."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        await self._call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
        await self._call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def scripts(self, *, allowed: bool) -> None:
        """Whether pages that are loaded from now on run their scripts."""
        await self._call("Emulation.setScriptExecutionDisabled", value=not allowed)

    async def show(self, *, media: str = "", dark: bool = False) -> None:
        """As on paper with `media="print"`, and to who prefers dark."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self._call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    async def run(self, script: str) -> Any:  # noqa: ANN401 - anything JSON
        """The value of an expression; of a promise, what it gives."""
        answer = await self._call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise PageError(answer["exceptionDetails"]["exception"].get("description", answer))
        return answer["result"].get("value")

    async def _call(self, method: str, **params: object) -> dict[str, Any]:
        number = next(self._ids)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        async with asyncio.timeout(CALL_LIMIT_S):
            while (answer := await self._socket.receive_json()).get("id") != number:
                self.events.append(answer)
        if "error" in answer:
            raise PageError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result


@asynccontextmanager
async def chromium(program: str, folder: Path, *flags: str) -> AsyncIterator[Page]:
    """A browser with a profile of its own in `folder`; it has ended when the block is left."""
    with (folder / "chromium.log").open("wb") as log:
        browser = await asyncio.create_subprocess_exec(
            program, *FLAGS, *flags, f"--user-data-dir={folder}", "about:blank",
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        async with ClientSession() as session:
            port = await _devtools_port(browser, folder)
            pages = await (await session.get(f"http://127.0.0.1:{port}/json/list")).json()
            [address] = [one["webSocketDebuggerUrl"] for one in pages if one["type"] == "page"]
            async with session.ws_connect(address, max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        with contextlib.suppress(ProcessLookupError):
            browser.terminate()
        try:
            await asyncio.wait_for(browser.wait(), END_LIMIT_S)
        except TimeoutError:
            browser.kill()
            await browser.wait()


async def _devtools_port(browser: asyncio.subprocess.Process, folder: Path) -> int:
    """Chromium writes it into its profile once it listens."""
    file = folder / "DevToolsActivePort"
    async with asyncio.timeout(START_LIMIT_S):
        while not (file.exists() and (lines := file.read_text().splitlines())):
            if browser.returncode is not None:
                last = (folder / "chromium.log").read_text(errors="replace")[-500:]
                raise PageError(f"chromium ended at its start: {last}")
            await asyncio.sleep(0.05)
    return int(lines[0])
