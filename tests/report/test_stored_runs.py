from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from harness.evidence.finding import Verdict
from harness.evidence.history import HISTORY, remember
from harness.evidence.run_folder import OWNER, Owner
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


def test_what_was_reported_while_it_ran_is_not_counted(reports: Path) -> None:
    run = min(reports.iterdir())
    file = run / "results.json"
    file.write_bytes(file.read_bytes().replace(b'"state": "finished"', b'"state": "running"'))
    (run / OWNER).write_bytes(msgspec.json.encode(Owner.current()))
    assert stored_runs(reports).skipped[run.name] == "still runs"
    (run / OWNER).unlink()
    assert stored_runs(reports).skipped[run.name] == (
        "results.json was made while it ran; `livekit-harness report` makes it anew"
    )


def test_a_run_that_was_killed_counts_with_what_it_found(reports: Path) -> None:
    run = min(reports.iterdir())
    file = run / "results.json"
    file.write_bytes(file.read_bytes().replace(b'"state": "finished"', b'"state": "cut"'))
    assert run.name in [one.name for one in stored_runs(reports).runs]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ((b'"schema": 1', b'"schema": 2'), "results.json is of schema 2, not 1"),
        ((b'"PASS"', b'"PASSED"'), "results.json cannot be read: "),
        ((b'"PASS"', b'"\xff"'), "results.json cannot be read: "),
        ((b'"PASS"', b"[" * 100_000), "results.json cannot be read: "),
    ],
)
def test_results_of_another_version_or_damaged_ones_are_not_counted(
    reports: Path, damage: tuple[bytes, bytes], says: str
) -> None:
    run = min(reports.iterdir())
    file = run / "results.json"
    file.write_bytes(file.read_bytes().replace(*damage))
    assert stored_runs(reports).skipped[run.name].startswith(says)


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


def test_a_run_whose_folder_is_gone_is_remembered(reports: Path) -> None:
    first = min(reports.glob("2*"))
    remember(first)
    before = stored_runs(reports)
    assert (before.earlier, len(before.verdicts)) == ((), 3)  # it has its folder still
    shutil.rmtree(first)
    after = stored_runs(reports)
    assert [run.name for run in after.verdicts] == [run.name for run in before.verdicts]
    assert {f.clause: f.verdict for f in after.verdicts[0].findings} == {
        f.clause: f.verdict for f in before.verdicts[0].findings
    }


def test_a_run_says_its_load(reports: Path) -> None:
    first = min(reports.glob("2*")) / "results.json"
    first.write_bytes(first.read_bytes().replace(b'"machine": {', b'"machine": {"load": "a core",'))
    assert [run.load for run in stored_runs(reports).verdicts] == ["a core", "", ""]


def test_a_history_that_cannot_be_read_is_told(reports: Path) -> None:
    (reports / HISTORY).mkdir()
    assert stored_runs(reports).skipped[HISTORY] == "cannot be read: Is a directory"


def test_a_folder_that_is_not_there_has_no_runs(tmp_path: Path) -> None:
    stored = stored_runs(tmp_path / "none")
    assert stored.runs == ()
    assert not stored.skipped
