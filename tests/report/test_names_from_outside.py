"""Names of participants and tracks may be any text: in every report they are only that."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.clauses.claims import documentation
from harness.evidence.run_event import Note, RunEvent
from harness.judging.claims import judge_claims
from harness.report.claims_markdown import claims_markdown
from harness.report.html import html
from harness.report.junit import junit
from harness.report.model import read_report
from harness.report.results import results
from harness.report.summary_markdown import summary_markdown
from harness.report.terminal import summary
from tests.report.conftest import run_events, write
from tests.report.live_html import live_html

ODD = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "</textarea></style></title><!-- ]]> -->",
    "{{ 7 * 7 }}{% raw %}",
    "a|b`c`[d](javascript:alert(1))**e**",
    "```<img src=//evil/x>`",
    "\u202egnp.exe\u2066\u200b",
    "\x1b[31m\x00\r\n\x9b",
    "&lt;&amp;&#0;&quot;",
)
NAMES = st.one_of(st.sampled_from(ODD), st.text(min_size=1, max_size=20))
DRIVES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Page(HTMLParser):
    """Elements and attributes as a browser sees them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))


def of(name: str) -> list[RunEvent]:
    """A run in which a participant, its tracks and its files are called so."""
    plain = msgspec.json.encode([msgspec.to_builtins(one) for one in run_events()])
    kinds = [type(one) for one in run_events()]
    rows = msgspec.json.decode(plain.replace(b"bob", b"BOB"))
    events = [
        msgspec.convert(_renamed(row, name), kind) for row, kind in zip(rows, kinds, strict=True)
    ]
    return [*events, Note(at_ns=2, text=f"{name}: late, track {name}")]


def _renamed(value: object, name: str) -> object:
    if isinstance(value, str):
        return value.replace("BOB", name)
    if isinstance(value, list):
        return [_renamed(one, name) for one in value]
    if isinstance(value, dict):
        return {_renamed(key, name): _renamed(one, name) for key, one in value.items()}
    return value


def elements(folder: Path, name: str) -> Page:
    return Page(html(read_report(write(folder, of(name)))))


@pytest.mark.parametrize("name", ODD)
def test_no_name_is_an_element_or_an_attribute(name: str, tmp_path: Path) -> None:
    assert elements(tmp_path / "odd", name).seen == elements(tmp_path / "plain", "carol").seen


@pytest.mark.parametrize("name", ODD)
def test_no_name_is_html_in_markdown(name: str, tmp_path: Path) -> None:
    report = read_report(write(tmp_path, of(name)))
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    told = claims_markdown(claims, report, shown=claims, pages=documentation().pages)
    assert not live_html(summary_markdown(report)) + live_html(told)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=NAMES)
def test_every_report_stays_well_formed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "run"
    folder.mkdir(exist_ok=True)
    (folder / "events.ndjson").unlink(missing_ok=True)
    report = read_report(write(folder, of(name)))
    assert not report.problems
    ET.fromstring(junit(report))
    assert msgspec.json.decode(results(report))
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    markdown = claims_markdown(claims, report, shown=claims, pages=documentation().pages)
    for text in (html(report), markdown, summary(report), junit(report).decode()):
        assert not DRIVES.search(text)
    for line in markdown.splitlines():
        if line.startswith("| ") and "the page says" not in line:
            assert len(re.findall(r"(?<!\\)\|", line)) in (0, 5)
