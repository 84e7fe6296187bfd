"""`report.html` in a browser: found, sorted, opened, heard, by hand and by key, without network."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from harness.report.html import html
from harness.report.model import Report, read_report
from tests.browser.chromium import Page, chromium
from tests.browser.test_latency_page import OUTSIDE, SAID
from tests.report.conftest import run_events, write
from tests.report.pictures.evidence import write_attempt

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

ATTEMPT = "attempts/test_silence[48000]/1"
HOSTILE = "</noscript><img src=x onerror=alert(1)></details><script>alert(2)</script>"
FILES = ("bob/alice-sound1.wav", "bob/alice-picture1.frames", "arrivals.bin")
SHOWN = (
    "[...document.querySelectorAll('.matrix tbody tr:not([hidden]) th')].map((e) => e.textContent)"
)
FOCUSED = "document.activeElement.closest('tr')?.cells[0].textContent ?? document.activeElement.id"
DARK = "getComputedStyle(document.body).backgroundColor"
HEARD = """
new Promise((resolve) => {
  const player = document.querySelector("audio");
  player.addEventListener("loadedmetadata", () => resolve(player.duration));
  player.addEventListener("error", () => resolve(player.error.message));
  player.preload = "metadata"; player.load();
})
"""
UNTIL = """
new Promise((resolve) => {
  const look = () => { if (%s) resolve(); else requestAnimationFrame(look); };
  look();
})
"""
OPEN_ALL = """
document.querySelectorAll("details").forEach((one) => { one.open = true; });
document.querySelectorAll("details").forEach(unfold);
"""
AXE = """
axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations.map((one) =>
  `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`))
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(
    browser_program: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Page]:
    async with chromium(browser_program, tmp_path_factory.mktemp("chromium")) as page:
        yield page


def report_in(folder: Path) -> Report:
    """A run with a finding of each kind, three of them with pictures, and many more clauses."""
    report = read_report(write(folder, run_events()))
    write_attempt(folder / ATTEMPT)
    drawn = {"MUTE-001", "MUTE-002"}
    evidence = tuple(f"{ATTEMPT}/{file}" for file in FILES)
    findings = [
        replace(found, evidence=evidence) if found.clause in drawn else found
        for found in report.findings
    ]
    findings[0] = replace(findings[0], notes=(HOSTILE,))
    first = findings[0]
    findings += [
        replace(first, cell=replace(first.cell, profile=profile))
        for profile in ("3g", "wifi-loss5")
    ]
    findings.append(replace(first, clause="SUB-001"))
    ordered = sorted(findings, key=lambda found: (found.clause, found.scenario))
    clauses = report.clauses | {
        "SUB-001": replace(report.clauses["MUTE-001"], id="SUB-001", source="RFC 3550, section 6")
    }
    return replace(report, findings=tuple(ordered), clauses=clauses)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report") / "run"
    folder.parent.mkdir(exist_ok=True)
    file = folder / "report.html"
    page = html(report_in(folder))
    file.write_text(page, "utf-8")
    return file.as_uri()


async def opened(browser: Page, address: str, query: str = "") -> Page:
    await browser.show()
    await browser.load("about:blank")
    await browser.load(address + query)
    return browser


def asked(page: Page) -> list[str]:
    """Addresses that were asked for; sounds beside the page among them."""
    return [
        event["params"]["request"]["url"]
        for event in page.events
        if event.get("method") == "Network.requestWillBeSent"
        and not event["params"]["request"]["url"].startswith("data:")
    ]


def said(page: Page) -> list[dict[str, Any]]:
    return [event for event in page.events if event.get("method") in SAID]


async def until(page: Page, script: str) -> None:
    """Wait until an expression is true."""
    await page.run(UNTIL % script)


async def test_it_asks_nobody_says_nothing_and_every_word_has_room(
    browser: Page, address: str
) -> None:
    page = await opened(browser, address)
    assert await page.run("document.scripts.length") == 1
    assert await page.run("document.querySelectorAll('svg.plot').length") >= 6
    await page.run(OPEN_ALL)
    assert await page.run(OUTSIDE) == []
    assert await page.run("document.images.length + document.scripts.length") == 1
    assert HOSTILE in await page.run("document.querySelector('#finding-1').textContent")
    assert asked(page) == [address]
    assert said(page) == []


async def test_nothing_can_be_fetched_even_by_a_script_that_got_in(
    browser: Page, address: str
) -> None:
    page = await opened(browser, address)
    refused = "fetch('http://127.0.0.1:9/').then(() => 'answered', (error) => error.name)"
    assert await page.run(refused) == "TypeError"
    blocked = "document.body.insertAdjacentHTML('beforeend', '<i style=\"color: red\">x</i>')"
    await page.run(blocked)
    assert await page.run("getComputedStyle(document.body.lastElementChild).color") != (
        "rgb(255, 0, 0)"
    )
    told = [event["params"]["entry"]["text"] for event in said(page)]
    assert told
    assert all("Content Security Policy" in text for text in told)


async def test_without_scripts_it_is_whole(browser: Page, address: str) -> None:
    await browser.scripts(allowed=False)
    try:
        page = await opened(browser, address)
        shown = "document.querySelectorAll('.finding').length"
        assert await page.run(shown) == len(await page.run(SHOWN)) + 2
        assert await page.run("document.querySelector('#filters').hidden")
        assert HOSTILE in await page.run("document.querySelector('#finding-1').textContent")
        assert await page.run("document.images.length") == 0
    finally:
        await browser.scripts(allowed=True)


async def test_clauses_are_chosen_and_the_address_keeps_the_choice(
    browser: Page, address: str
) -> None:
    page = await opened(browser, address)
    everything = await page.run(SHOWN)
    assert len(everything) == 8
    await page.run("document.querySelector('input[value=F]').click()")
    assert await page.run(SHOWN) == ["MUTE-002"]
    assert await page.run("location.search") == "?verdict=F"
    await page.run("document.querySelector('input[value=X]').click()")
    assert await page.run(SHOWN) == ["MUTE-002", "MUTE-007"]
    assert await page.run("document.querySelector('#shown').textContent") == "2 of 8 clauses"

    again = await page.run("location.href")
    page = await opened(browser, again)
    assert await page.run(SHOWN) == ["MUTE-002", "MUTE-007"]
    await page.run("document.querySelector('#filters button').click()")
    await until(page, f"{SHOWN}.length === 8")
    assert await page.run("location.search") == ""


@pytest.mark.parametrize(
    ("query", "clauses"),
    [
        ("?area=SUB", ["SUB-001"]),
        ("?source=RFC", []),
        ("?q=camera+soon", ["MUTE-007"]),
        ("?q=nothing+of+the+kind", []),
        ("?q=NO-publication-mute", ["MUTE-003"]),
        ("?area=nonsense&verdict=F", ["MUTE-002"]),
        ("?sort=-0&verdict=FX", ["MUTE-007", "MUTE-002"]),
        ("?sort=99&verdict=F", ["MUTE-002"]),
        ("?sort=x&verdict=F", ["MUTE-002"]),
        ("?verdict=F#%", ["MUTE-002"]),
        ("?verdict=F#nowhere", ["MUTE-002"]),
    ],
)
async def test_an_address_is_a_choice(
    browser: Page, address: str, query: str, clauses: list[str]
) -> None:
    page = await opened(browser, address, query)
    wanted = clauses if query != "?source=RFC" else await page.run(SHOWN)  # too few: `other`
    assert await page.run(SHOWN) == wanted
    assert await page.run("document.querySelector('#none').hidden") == bool(wanted)
    assert said(page) == []


async def test_a_click_on_a_heading_sorts_and_another_turns_it(browser: Page, address: str) -> None:
    page = await opened(browser, address)
    click = "document.querySelectorAll('.matrix thead button')[4].click()"
    await page.run(click)
    worst_first = await page.run(SHOWN)
    assert worst_first[:2] == ["MUTE-002", "MUTE-007"]
    assert await page.run("document.querySelector('[aria-sort]').ariaSort") == "ascending"
    await page.run(click)
    assert (await page.run(SHOWN))[-1] == "MUTE-002"
    assert await page.run("location.search") == "?sort=-4"


async def test_keys_search_move_and_open(browser: Page, address: str) -> None:
    page = await opened(browser, address)
    await page.press("/")
    assert await page.run(FOCUSED) == "q"
    for key in "SUB":
        await page.press(key)
    assert await page.run(SHOWN) == ["SUB-001"]
    await page.press("Escape")
    await page.run("document.querySelector('#filters').reset()")
    await until(page, f"{SHOWN}.length === 8")

    await page.press("m")
    await page.press("n")
    assert await page.run(FOCUSED) == "MUTE-002"
    await page.press("n")
    assert await page.run(FOCUSED) == "MUTE-003"
    await page.press("p")
    await page.press("ArrowUp")
    assert await page.run(FOCUSED) == "MUTE-001"
    await page.press("ArrowRight")
    assert await page.run("document.activeElement.closest('td').cellIndex") == 5
    await page.press("ArrowDown")
    assert await page.run(FOCUSED) == "MUTE-002"
    await page.press("ArrowDown")
    await page.press("Enter")
    await until(page, "document.querySelector('#finding-5').closest('details').open")
    assert await page.run("location.hash") == "#finding-5"
    await page.press("?")
    assert await page.run("document.querySelector('#help').open")
    await page.press("Escape")
    assert said(page) == []


async def test_the_first_finding_of_a_clause_is_read_from_what_the_clause_says(
    browser: Page, address: str
) -> None:
    top = "Math.round(document.querySelector('%s').getBoundingClientRect().top)"
    bar = await (await opened(browser, address)).run(
        "parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)"
    )
    for anchor, at in (
        ("#finding-1", "details[data-clause=MUTE-001]"),
        ("#finding-2", "#finding-2"),
    ):
        page = await opened(browser, address, anchor)
        await until(page, f"Math.abs({top % at} - {bar}) <= 2")


async def test_one_stop_of_the_tab_key_is_the_whole_matrix(browser: Page, address: str) -> None:
    page = await opened(browser, address)
    stops = "document.querySelectorAll('.matrix .cell[tabindex=\"0\"]').length"
    assert await page.run(stops) == 1
    await page.run("document.querySelector('input[value=F]').click()")
    assert await page.run(stops) == 1
    assert (
        await page.run("document.querySelector('.cell[tabindex=\"0\"]').closest('tr').hidden")
        is False
    )


async def test_it_is_dark_to_who_prefers_that_and_by_a_click(browser: Page, address: str) -> None:
    page = await opened(browser, address)
    light = await page.run(DARK)
    await page.show(dark=True)
    dark = await page.run(DARK)
    assert dark != light
    await page.press("t")
    assert await page.run(DARK) == light
    assert await page.run("location.search") == "?theme=light"
    page = await opened(browser, address, "?theme=dark")
    assert await page.run(DARK) == dark
    await page.run("document.querySelector('#theme').click()")
    assert await page.run(DARK) == light


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Page, address: str, axe: str, theme: str) -> None:
    page = await opened(browser, address, f"?theme={theme}")
    await page.run(OPEN_ALL)
    await page.run(f"{axe}; 0")
    assert await page.run(AXE) == []


async def test_a_sound_can_be_played(browser: Page, address: str) -> None:
    page = await opened(browser, address)
    assert await page.run(HEARD) == pytest.approx(2.5)
    assert said(page) == []


async def test_a_closed_finding_is_heard_once_it_is_open(browser: Page, address: str) -> None:
    page = await opened(browser, address, "#finding-1")
    await until(page, "document.querySelector('#finding-1 audio') !== null")
    assert await page.run("document.querySelectorAll('#finding-2 audio').length") == 1


async def test_paper_has_no_buttons_and_all_rows(browser: Page, address: str) -> None:
    page = await opened(browser, address, "?theme=dark")
    await page.show(media="print")
    hidden = "['.top', '.filters', 'audio'].every((s) => !document.querySelector(s)?.offsetParent)"
    assert await page.run(hidden)
    assert await page.run("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert await page.run(DARK) == "rgba(0, 0, 0, 0)"
    assert len(await page.run(SHOWN)) == 8


async def test_two_thousand_cells_open(browser: Page, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    report = report_in(folder)
    found = [replace(one, evidence=()) for one in report.findings] * 200
    many = tuple(
        replace(
            one, clause=f"{one.clause}{place // 4}", cell=replace(one.cell, profile=f"p{place % 4}")
        )
        for place, one in enumerate(found[:2000])
    )
    file = folder / "report.html"
    file.write_text(html(replace(report, findings=many)), "utf-8")
    page = await opened(browser, file.as_uri())
    assert await page.run("document.querySelectorAll('.matrix .cell').length") == 2000
    took = "Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)"
    filtered = "(() => { const t = performance.now(); filter(); return performance.now() - t; })()"
    log.info(
        "2,000 cells: loaded after %s ms, filtered in %.0f ms",
        await page.run(took),
        await page.run(filtered),
    )
    assert said(page) == []
