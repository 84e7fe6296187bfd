from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.clauses.claims import documentation
from harness.judging.claims import judge_claims
from harness.report.claims_markdown import claims_markdown
from harness.report.model import read_report


def markdown_of(run: Path, *labels: str) -> str:
    report = read_report(run)
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    pages = [page for page in documentation().pages if not labels or page.label in labels]
    return claims_markdown(claims, report, shown=claims[:9], pages=pages)


def test_golden(run: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("claims.md", markdown_of(run).encode())


def test_each_row_has_the_four_cells_of_its_table(run: Path) -> None:
    rows = [line for line in markdown_of(run).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_each_claim_is_told_once_and_named_on_its_other_pages(run: Path) -> None:
    text = markdown_of(run)
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", text, flags=re.MULTILINE)]
    assert sorted(numbers) == list(range(1, 10))
    assert "Told under Publishing tracks: 1 (holds), 2 (partly)" in text


def test_one_page_tells_all_of_its_claims(run: Path) -> None:
    text = markdown_of(run, "camera-mic")
    assert re.findall(r"^## (.*)", text, flags=re.MULTILINE) == [
        "[Camera & microphone](https://docs.livekit.io/transport/media/publish)"
    ]
    assert "Told under" not in text
    assert "\n2 of 11 claims judged: 1 holds, 1 holds in part.\n" in text
    assert "| 2 | Muting a track stops" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a `width > 0` <b>", "a `width > 0` \\<b\\>"),
        ("a | b", "a \\| b"),
        ("*loud* [x](y)", "\\*loud\\* \\[x\\](y)"),
        ("one ` alone <b>", "one \\` alone \\<b\\>"),
        ("track_muted and _so_", "track_muted and \\_so\\_"),
        ("two\nlines", "two lines"),
    ],
)
def test_nothing_from_outside_is_mark_up(run: Path, text: str, shown: str) -> None:
    file = run / "events.ndjson"
    said = text.replace("\n", "\\n").encode()
    file.write_bytes(file.read_bytes().replace(b"LocalTrackPublication has no mute()", said))
    assert shown.lower() in markdown_of(run).lower()


def test_only_addresses_of_the_web_become_links(run: Path) -> None:
    text = markdown_of(run)
    assert "javascript:" not in text
    assert "([no-publication-mute](https://example.org/issues/1))" in text
