from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Finding
from harness.judging.compare import Change, compare
from harness.report import comparison_text as module
from harness.report.comparison import Comparison, read_results
from harness.report.comparison_text import comparison_text, verdicts_words
from tests.report.comparisons import changed, compared, of_each_kind


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


def test_a_name_cannot_drive_the_terminal(run: Path, tmp_path: Path) -> None:
    evil = changed(tmp_path / "new", (b'"1.13.5"', rb'"1\\u001b[2J"'))
    assert "\x1b" not in comparison_text(compared([read_results(run)], evil))
