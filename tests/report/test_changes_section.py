from __future__ import annotations

from pathlib import Path

import pytest

from harness.report.baseline import BASELINE, keep_baseline, read_baseline
from harness.report.changes_section import SHORT, ChangesSection, changes_section
from harness.report.comparison_text import VALUES, VERDICTS
from harness.report.finding_view import finding_views
from harness.report.html import html
from harness.report.model import read_report
from tests.report.comparisons import FAILS, FIXED, LATER, WORSE, again, changed


def section(folder: Path) -> ChangesSection | None:
    report = read_report(folder)
    return changes_section(report, finding_views(report), read_baseline(folder))


@pytest.fixture
def later(run: Path, tmp_path: Path) -> Path:
    """A run with a regression, a fix and a worse value since the one that it has as baseline."""
    folder = tmp_path / "later"
    changed(folder, FAILS, FIXED, WORSE, LATER)
    keep_baseline(folder, [run])
    return folder


def test_what_changed_is_told_and_leads_to_its_finding(later: Path) -> None:
    said = section(later)
    assert said is not None
    assert said.short == "1 regression, 1 fix"
    assert said.versions == ("livekit-server 1.13.5 → 1.14.0",)
    assert [(one.title.partition(":")[0], one.number, one.folded) for one in said.tables] == [
        ("Regressions", 1, False),
        ("Fixes", 1, False),
        ("Values worse than BASE leads to expect", 1, True),
    ]
    [row] = said.tables[0].rows
    assert (row.clause, row.profile) == ("MUTE-001", "clean")
    assert row.words == "PASS → FAIL: 41.25 ms → 41.25 ms"
    assert said.tables[1].rows[0].words == "FAIL → PASS: 7 packets → 0 packets"
    page = html(read_report(later))
    assert f'<a href="#{row.anchor}">MUTE-001</a>' in page
    assert f'id="{row.anchor}"' in page
    assert "90 ms, expected" in page


def test_the_earlier_run_is_told_apart(run: Path) -> None:
    keep_baseline(run, [again(run)])
    said = section(run)
    assert said is not None
    [base] = said.base
    assert base.startswith("earlier, livekit-server 1.13.5, ")
    assert base.endswith(
        "2026-11-21 00:05:28 UTC, seed 81, server from binary, processor 2 cores, system Linux 6.1"
    )
    assert said.versions == ("versions are the same",)


def test_values_beyond_one_run_are_folded_and_not_in_the_head(run: Path, tmp_path: Path) -> None:
    changed(tmp_path / "worse", WORSE)
    keep_baseline(tmp_path / "worse", [run])
    said = section(tmp_path / "worse")
    assert said is not None
    assert said.short == "no verdict changed"
    assert [table.folded for table in said.tables] == [True]
    page = html(read_report(tmp_path / "worse"))
    assert "<summary>Values worse than BASE leads to expect: 1; one run of BASE" in page


def test_values_beyond_several_runs_are_in_the_head(run: Path, tmp_path: Path) -> None:
    changed(tmp_path / "worse", WORSE)
    keep_baseline(tmp_path / "worse", [run, again(run)])
    said = section(tmp_path / "worse")
    assert said is not None
    assert (said.short, [table.folded for table in said.tables]) == ("1 worse value", [False])


def test_nothing_changed_is_said(run: Path) -> None:
    keep_baseline(run, [again(run)])
    said = section(run)
    assert said is not None
    assert (said.short, said.tables) == ("nothing changed", ())
    assert "Since the baseline: nothing changed." in html(read_report(run))


def test_without_a_baseline_nothing_is_said(run: Path) -> None:
    assert section(run) is None
    assert "Since the baseline" not in html(read_report(run))


def test_a_damaged_baseline_is_told_in_the_page(run: Path) -> None:
    (run / BASELINE).write_bytes(b"nonsense")
    said = section(run)
    assert said is not None
    assert "cannot be read" in said.short
    assert "cannot be read" in html(read_report(run))


def test_every_change_that_is_shown_has_its_words() -> None:
    assert set(SHORT) == {*VERDICTS, *VALUES}
