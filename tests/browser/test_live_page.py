"""The page of `--lk-watch` in a browser: it follows a run to its end, and beyond."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.evidence.run_event import FindingMade
from harness.following.page_server import PageServer
from harness.following.view import Views
from tests.browser.chromium import Page, chromium
from tests.browser.test_report_page import AXE, DARK, asked, said, until
from tests.following.runs import Written, begins, planned
from tests.report.conftest import run_events

pytestmark = [pytest.mark.real, pytest.mark.asyncio]

HOSTILE = "<img src=x onerror=alert(1)></li><script>alert(2)</script>"
TEXT = "document.querySelector('{}').textContent"
SHOWN = "document.querySelector('#rows').rows.length"
FOCUSED = "document.activeElement.querySelector('h3')?.textContent.split(' ')[0]"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[PageServer, Written]]:
    """A server of the page, and who writes the run that it follows."""
    written = Written(tmp_path / "reports")
    server = PageServer(Views(written.follower))
    yield server, written
    server.close()


async def test_a_run_is_followed_to_its_end_and_beyond(
    browser_program: str, tmp_path: Path, axe: str, served: tuple[PageServer, Written]
) -> None:
    server, written = served
    (tmp_path / "chromium").mkdir()
    async with chromium(browser_program, tmp_path / "chromium") as page:
        await page.load(server.url)
        await until(page, f"{TEXT.format('#headline')} === 'Waiting for the run'")
        await _runs(page, written)
        await _is_looked_through(page, axe)
        await _ends(page, written, server)


async def _runs(page: Page, written: Written) -> None:
    """Half of the run: a failure, what runs, hostile names; nothing of it is taken for HTML."""
    events = planned(run_events())
    third = [place for place, one in enumerate(events) if isinstance(one, FindingMade)][2]
    written.write(*events[:third], begins(HOSTILE, 40, number=1))
    written.now_s = 65
    await until(page, f"{SHOWN} === 1")
    assert await page.run(TEXT.format("#headline")) == "Running, 1 failed"
    assert await page.run(TEXT.format("#why")) == ("1 of 3 scenarios, 1 failed, for 1 min 5 s")
    assert await page.run("document.querySelector('#progress').value") == 1
    assert HOSTILE in await page.run(TEXT.format("#running"))
    assert await page.run("document.images.length + document.scripts.length") == 1
    first = await page.run(TEXT.format("#first-list"))
    assert "Nothing of a muted microphone is forwarded." in first
    assert "7 packets" in first
    assert "0 packets" in first
    assert "attempt 1 was disturbed: alice: late" in await page.run(TEXT.format("#again-list"))
    assert await page.run("document.title") == "1/3, 1 failed: livekit-harness"


async def _is_looked_through(page: Page, axe: str) -> None:
    """By key, in the dark, by a machine that looks for what keeps people out."""
    await page.press("n")
    assert await page.run(FOCUSED) == "MUTE-002"
    assert said(page) == []
    light = await page.run(DARK)
    await page.run(f"{axe}; 0")
    assert await page.run(AXE) == []
    await page.press("t")
    assert await page.run(DARK) != light
    assert await page.run("location.search") == "?theme=dark"
    assert await page.run(AXE) == []
    blocked = "fetch('http://127.0.0.1:9/').then(() => 'answered', (error) => error.name)"
    assert await page.run(blocked) == "TypeError"


async def _ends(page: Page, written: Written, server: PageServer) -> None:
    """The end is told, with the report; when nobody answers any more the page stays whole."""
    events = planned(run_events())
    rest = [place for place, one in enumerate(events) if isinstance(one, FindingMade)][2]
    (written.path / "report.html").write_text("the report")
    written.write(*events[rest:])
    await until(page, f"{TEXT.format('#headline')} === 'Ended, exit code 1'")
    assert await page.run(SHOWN) == 3
    assert "2 FAIL; 3 of 3 scenarios, 2 failed" in await page.run(TEXT.format("#why"))
    assert await page.run("document.querySelector('#open').checkVisibility()")
    assert all(url.startswith(server.url) for url in asked(page))
    server.close()
    await until(page, "document.querySelector('#lost').checkVisibility()")
    assert await page.run(TEXT.format("#file")) == str(written.path / "report.html")
    assert not await page.run("document.querySelector('#open').checkVisibility()")
    assert await page.run(SHOWN) == 3
    assert await page.run(AXE) == []
