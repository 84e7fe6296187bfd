from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Verdict
from harness.evidence.run_event import FindingMade, RunEvent, RunFinished
from harness.report import summary_markdown as module
from harness.report.baseline import keep_baseline
from harness.report.model import read_report
from harness.report.summary_markdown import summary_markdown
from tests.report.comparisons import FAILS, FIXED, LATER, changed
from tests.report.conftest import gated

RunOf = Callable[[Callable[[RunEvent], bool]], Path]


def test_golden(run: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("summary.md", summary_markdown(read_report(run)).encode())


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_what_does_not_gate_is_told_apart(run: Path, golden: Callable[[str, bytes], None]) -> None:
    text = summary_markdown(read_report(gated(run, "MUTE-002,MUTE-004")))
    golden("summary-of-a-gate.md", text.encode())
    assert headings(text) == [
        "## LiveKit 1.13.5: not conformant",
        "### Fails: 1",
        "### Is not decided: 1",
        "### Fails or is not decided, and does not gate (MUTE-002,MUTE-004): 2",
        "### To know",
    ]


def test_a_cut_run_says_what_is_missing(run_of: RunOf) -> None:
    cut = run_of(lambda event: not isinstance(event, RunFinished | FindingMade))
    text = summary_markdown(read_report(cut))
    assert headings(text)[:2] == ["## LiveKit 1.13.5: cut short", "### Cut: 3"]
    assert "- `scenarios/mute/test_picture.py::test_dark`: attempt 1 ended" in text


def test_a_name_from_outside_is_no_markup(run: Path) -> None:
    text = summary_markdown(read_report(run))
    assert "<script>" not in text
    assert r"\<script\>" in text


def test_changes_and_what_many_failures_share_stand_before_the_tables(
    run: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "later"
    changed(folder, FAILS, FIXED, LATER)
    keep_baseline(folder, [run])
    report = read_report(folder)
    failed = next(one for one in report.findings if one.verdict is Verdict.FAIL)
    many = replace(report, findings=(*report.findings, *[failed] * 4))
    before_tables = summary_markdown(many).partition("###")[0]

    assert "- Since the baseline: 1 regression, 1 fix." in before_tables
    assert "findings fail besides 1 known deviation. By area: " in before_tables


def test_a_table_has_an_end(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    text = summary_markdown(read_report(run))
    assert "| **MUTE-004**" in text
    assert "| **MUTE-005**" not in text
    assert "… and 1 more: see report.html." in text


def test_the_counts_are_those_of_the_findings(run: Path) -> None:
    lines = summary_markdown(read_report(run)).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| PASS"))
    names, numbers = (
        [cell.strip() for cell in lines[n].strip("|").split("|")] for n in (start, start + 2)
    )
    counts = dict(zip(names, map(int, numbers), strict=True))
    assert counts == {
        "PASS": 1, "unexpected PASS": 1, "known FAIL": 1, "UNSUPPORTED": 1, "INCONCLUSIVE": 1,
        "FAIL": 1, "ERROR": 1,
    }  # fmt: skip
