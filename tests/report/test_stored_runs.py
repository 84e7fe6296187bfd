from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.evidence.finding import Verdict
from harness.evidence.run_folder import Owner
from harness.report.model import read_report
from harness.report.stored_runs import stored_runs


def test_runs_come_oldest_first_with_what_they_found(reports: Path) -> None:
    stored = stored_runs(reports)
    assert [run.name[:8] for run in stored.runs] == ["20261121", "20261122", "20261123"]
    first = stored.runs[0]
    assert first.findings == read_report(first.folder).findings
    (finding,) = stored.runs[2].about("MUTE-001")
    assert finding.verdict is Verdict.FAIL


def test_what_cannot_be_counted_says_why(reports: Path) -> None:
    reasons = {name[:8]: why for name, why in stored_runs(reports).skipped.items()}
    assert reasons["20261124"] == "sabotage swallow-mute"
    assert reasons["20261125"].startswith("results.json cannot be read: ")
    assert reasons["20261126"] == "no results.json yet; `livekit-harness report` makes it"
    assert len(reasons) == 4


def test_a_run_that_still_runs_needs_no_report(reports: Path) -> None:
    running = max(reports.iterdir())
    (running / "owner.json").write_bytes(msgspec.json.encode(Owner.current()))
    assert stored_runs(reports).skipped[running.name] == "still runs"


@pytest.mark.parametrize("number", [0, -1])
def test_a_run_without_its_start_cannot_be_counted(reports: Path, number: int) -> None:
    broken = sorted(reports.iterdir())[number]
    (broken / "events.ndjson").write_bytes(b"")
    stored = stored_runs(reports)
    assert stored.skipped[broken.name].startswith("its events.ndjson cannot be read")


def test_the_newest_run_about_a_clause_is_the_last(reports: Path) -> None:
    stored = stored_runs(reports)
    assert stored.last["MUTE-001"] == stored.runs[2]
    assert "MUTE-008" not in stored.last


def test_a_folder_that_is_not_there_has_no_runs(tmp_path: Path) -> None:
    stored = stored_runs(tmp_path / "none")
    assert stored.runs == ()
    assert not stored.skipped
