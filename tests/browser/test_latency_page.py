"""`latency.html` in a browser: it asks nobody for anything, and every word of a plot is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.measuring.latency_html import latency_html
from tests.browser.chromium import chromium
from tests.measuring.conftest import everything

pytestmark = [pytest.mark.real, pytest.mark.asyncio]

SAID = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
OUTSIDE = """
[...document.querySelectorAll("svg.plot text")].filter((text) => {
  const box = text.getBoundingClientRect(), plot = text.closest("svg").getBoundingClientRect();
  return box.left < plot.left - 1 || box.right > plot.right + 1
    || box.top < plot.top - 1 || box.bottom > plot.bottom + 1;
}).map((text) => text.textContent)
"""


async def test_the_page_is_whole_by_itself(browser_program: str, tmp_path: Path) -> None:
    file = tmp_path / "latency.html"
    file.write_text(latency_html(everything()), "utf-8")
    folder = tmp_path / "chromium"
    folder.mkdir()
    async with chromium(browser_program, folder) as page:
        events = await page.load(file.as_uri())
        asked = [
            event["params"]["request"]["url"]
            for event in events
            if event.get("method") == "Network.requestWillBeSent"
        ]
        assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
        assert [event for event in events if event.get("method") in SAID] == []
        assert await page.run(OUTSIDE) == []
        assert await page.run("document.querySelectorAll('svg.plot').length") == 8
