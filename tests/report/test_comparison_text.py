from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Finding, Verdict
from harness.judging.compare import Change, compare
from harness.report import comparison_text as module
from harness.report.comparison import Comparison, read_results
from harness.report.comparison_text import comparison_text, value_words, verdicts_words
from tests.report.comparisons import FAILS, changed, compared, of_each_kind


@pytest.fixture
def comparison(run: Path, tmp_path: Path) -> Comparison:
    return of_each_kind(run, tmp_path / "new")


def test_golden(comparison: Comparison, golden: Callable[[str, bytes], None]) -> None:
    golden("compare.txt", comparison_text(comparison).encode())


def test_what_is_the_same_is_only_counted(run: Path) -> None:
    base = read_results(run)
    lines = comparison_text(compared([base], base)).splitlines()
    assert lines[0] == "NO REGRESSION: what holds in BASE holds in NEW"
    assert lines[-1] == "  7 as before"
    assert len(lines) == 5


def test_only_so_many_values_are_shown(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = comparison.of(Change.WORSE)[0]
    many = replace(comparison, rows=(row,) * 12)
    text = comparison_text(many)
    assert "Values worse than BASE leads to expect: 12; the 10 furthest" in text
    assert text.count("MUTE-007") == module.MOST


def test_the_verdicts_of_several_runs_are_counted(run: Path) -> None:
    finding: Finding = read_results(run).findings[0]
    runs = [[finding], [finding], [replace(finding, verdict=read_results(run).findings[1].verdict)]]
    (row,) = compare(runs, [finding])
    assert verdicts_words(row) == "PASS × 2 FAIL × 1 → PASS"


def test_another_limit_is_told_with_the_one_before(run: Path, tmp_path: Path) -> None:
    stricter = (FAILS[0] + b"(.*?)" + b'"limit":{"max":300', FAILS[1] + rb'\2"limit":{"max":30')
    text = comparison_text(compared([read_results(run)], changed(tmp_path / "new", stricter)))
    assert "    PASS → FAIL, limit ≤ 300 ms → ≤ 30 ms (MUST): " in text


def test_a_value_that_is_a_fail_says_so(comparison: Comparison) -> None:
    row = comparison.of(Change.WORSE)[0]
    assert row.after is not None
    failed = replace(row.after, verdict=Verdict.FAIL)
    assert value_words(replace(row, after=replace(failed, deviation=None)))[1] == "90 ms, FAIL"
    assert value_words(replace(row, after=failed)) == (
        "-18.5 to 47.5 ms (from 1 run)", "90 ms, known FAIL",
    )  # fmt: skip


def test_a_name_cannot_drive_the_terminal(run: Path, tmp_path: Path) -> None:
    evil = changed(tmp_path / "new", (b'"1.13.5"', rb'"1\\u001b[2J"'))
    assert "\x1b" not in comparison_text(compared([read_results(run)], evil))
