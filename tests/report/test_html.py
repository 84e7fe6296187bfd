from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.evidence.run_event import RunEvent
from harness.report.html import html, link, web_link
from harness.report.model import read_report

FROM_OUTSIDE = ("script", "iframe", "object", "embed", "img", "link", "base", "form")


class Page(HTMLParser):
    """What a browser would see: elements, addresses, ids; and whether each tag is closed."""

    VOID = ("meta", "rect", "line")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        self.addresses += [
            value for key in ("href", "src", "action") if (value := named.get(key)) is not None
        ]
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.fixture
def page(run: Path) -> Page:
    return Page(html(read_report(run)))


def test_every_tag_is_closed_and_every_id_is_one(page: Page) -> None:
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))


def test_nothing_comes_from_elsewhere_and_nothing_runs(page: Page) -> None:
    assert not set(page.tags) & set(FROM_OUTSIDE)
    outside = [address for address in page.addresses if ":" in address]
    assert outside == ["https://example.org/issues/1"]


def test_links_within_the_page_lead_somewhere(page: Page) -> None:
    targets = [address[1:] for address in page.addresses if address.startswith("#")]
    assert targets
    assert set(targets) <= set(page.ids)


def test_names_from_outside_are_text(run: Path) -> None:
    text = html(read_report(run))
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_finding_has_all_that_a_reader_needs(run: Path) -> None:
    text = html(read_report(run))
    for needed in (
        *("Not conformant", "Nothing of a muted microphone is forwarded.", "41.25 ms"),
        *("31.25 to 51.25 ms", "≤ 300 ms", "five times the worst", "--lk-seed=81"),
        *('href="attempts/test_silence%5B48000%5D/2/bob/tone.wav"', "Floor of this machine: 0.4"),
        *("unexpected PASS", "FAIL, known", "sound, one way", "50.8 ms ± 4.5", "2026-11-21 00:05"),
        *("Nobody judges this one.", "pytest scenarios/ -k &#39;mute or dark&#39;"),
    ):
        assert needed in text, needed


def test_a_lower_bound_is_said_to_be_one(run: Path) -> None:
    report = read_report(run)
    timed = next(found for found in report.findings if found.unit == "ms" and found.measured)
    never = replace(timed, measured=1001.0, interval=None)

    assert "at least 1001 ms" in html(replace(report, findings=(never,)))


@pytest.mark.parametrize("kept", range(0, 20, 3))
def test_a_run_that_was_killed_anywhere_is_a_page(
    run_of: Callable[[Callable[[RunEvent], bool]], Path], kept: int
) -> None:
    number = iter(range(100))
    folder = run_of(lambda _event: next(number) <= kept)
    assert Page(html(read_report(folder))).open == []


@pytest.mark.parametrize(
    ("file", "address"),
    [
        ("bob/tone.wav", "bob/tone.wav"),
        ("a b/[1]#.wav", "a%20b/%5B1%5D%23.wav"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("../x", None),
        ("a/../../x", None),
        ("/etc/passwd", None),
        ("", None),
    ],
)
def test_a_file_link_stays_in_the_folder(file: str, address: str | None) -> None:
    assert link(file) == address


def test_only_the_web_is_linked() -> None:
    assert web_link("https://example.org") == "https://example.org"
    assert web_link("javascript:alert(1)") is None
