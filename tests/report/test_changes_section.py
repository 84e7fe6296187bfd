from __future__ import annotations

from pathlib import Path

import pytest

from harness.report.baseline import BASELINE, keep_baseline
from harness.report.changes_section import SHORT, ChangesSection, changes_section
from harness.report.comparison_text import VALUES, VERDICTS
from harness.report.finding_view import finding_views
from harness.report.html import html
from harness.report.model import read_report
from tests.report.comparisons import FAILS, FIXED, LATER, WORSE, changed


def section(folder: Path) -> ChangesSection | None:
    report = read_report(folder)
    return changes_section(report, finding_views(report))


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
    assert said.short == "1 regression, 1 fix, 1 worse value"
    assert said.versions == ("livekit-server 1.13.5 → 1.14.0",)
    assert [(title.partition(":")[0], number) for title, _, number in said.tables] == [
        ("Regressions", 1),
        ("Fixes", 1),
        ("Values worse than BASE leads to expect", 1),
    ]
    [row] = said.tables[0][1]
    assert (row.clause, row.words, row.profile) == ("MUTE-001", "PASS → FAIL", "clean")
    page = html(read_report(later))
    assert f'<a href="#{row.anchor}">MUTE-001</a>' in page
    assert f'id="{row.anchor}"' in page
    assert "90 ms, expected" in page


def test_nothing_changed_is_said(run: Path) -> None:
    keep_baseline(run, [run])
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
