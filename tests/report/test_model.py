from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from harness.evidence.run_event import (
    AttemptFinished,
    AttemptStarted,
    FindingMade,
    RunEvent,
    RunFinished,
    RunStarted,
)
from harness.evidence.run_folder import OWNER, Owner, RunFolder, RunFolderError
from harness.report.model import RunState, read_report

RunOf = Callable[[Callable[[RunEvent], bool]], Path]
PASSED = {"MUTE-001", "MUTE-003", "MUTE-006"}


def test_a_whole_run(run: Path) -> None:
    report = read_report(run)
    assert report.complete
    assert report.state is RunState.FINISHED
    assert not report.conformant
    assert report.headline == "Not conformant"
    assert report.why == "1 FAIL and 1 unexpected PASS"
    assert report.versions["livekit-server"] == "1.13.5"
    assert report.duration_s == 134
    assert [finding.clause for finding in report.findings] == sorted(
        finding.clause for finding in report.findings
    )
    assert len(report.attempts_of(report.findings[0])) == 2
    assert not report.problems


def test_a_killed_run_shows_what_was_cut(run_of: RunOf) -> None:
    report = read_report(
        run_of(
            lambda event: (
                not isinstance(event, RunFinished | FindingMade | AttemptFinished)
                or (isinstance(event, FindingMade) and event.finding.clause in PASSED)
            )
        )
    )
    assert not report.complete
    assert not report.conformant
    assert report.headline == "Cut short"
    assert report.why.endswith("the run was killed before its end")
    open_clauses = {clause for cut in report.cut for clause in cut.clauses}
    assert open_clauses == {"MUTE-002", "MUTE-004", "MUTE-005", "MUTE-007"}
    assert report.cut[0].why == "attempt 2 was cut"
    assert report.asked == open_clauses | PASSED


def test_a_fail_stays_a_fail_in_a_killed_run(run_of: RunOf) -> None:
    report = read_report(run_of(lambda event: not isinstance(event, RunFinished)))
    assert report.state is RunState.CUT
    assert report.headline == "Not conformant"
    assert "killed" in report.why


def test_an_attempt_that_ended_without_a_finding_is_told_from_a_cut_one(run_of: RunOf) -> None:
    report = read_report(run_of(lambda event: not isinstance(event, FindingMade)))
    assert {cut.why for cut in report.cut} == {
        "attempt 2 ended, was not judged",
        "attempt 1 ended, was not judged",
    }


def test_a_run_that_still_runs_says_so(run_of: RunOf) -> None:
    folder = run_of(lambda event: isinstance(event, RunStarted | AttemptStarted))
    (folder / OWNER).write_bytes(msgspec.json.encode(Owner.current()))
    assert read_report(folder).headline == "Still running"
    (folder / OWNER).write_bytes(msgspec.json.encode(Owner(pid=os.getpid(), created_s=0)))
    assert read_report(folder).headline == "Cut short"


@pytest.mark.parametrize(
    ("exit_code", "headline"), [(0, "Conformant"), (2, "Cut short"), (1, "Not decided")]
)
def test_the_end_of_the_run_has_a_say(run_of: RunOf, exit_code: int, headline: str) -> None:
    folder = run_of(
        lambda event: (
            isinstance(event, RunStarted)
            or (isinstance(event, FindingMade) and event.finding.clause in PASSED)
        )
    )
    writer = RunFolder(folder)
    writer.append(RunFinished(at_ns=10**12, exit_code=exit_code, reason="interrupted"))
    writer.close()
    report = read_report(folder)
    assert report.headline == headline
    assert ("interrupted" in report.why) == (exit_code != 0)


@pytest.mark.parametrize(
    ("gate", "headline"), [("MUTE-001", "Gate passed"), ("MUTE-001,MUTE-002", "Not conformant")]
)
def test_what_a_gate_leaves_out_is_not_called_conformant(
    run: Path, gate: str, headline: str
) -> None:
    file = run / "events.ndjson"
    asked = f'"gate":"{gate}"'.encode()
    ended = file.read_bytes().replace(b'"exit_code":1', b'"exit_code":0')
    file.write_bytes(ended.replace(b'"gate":""', asked))
    report = read_report(run)
    assert (report.headline, report.conformant) == (headline, False)
    assert report.passed == (headline == "Gate passed")


LISTED = "the known deviation no-publication-mute of MUTE-003 (scenarios/known_deviations.toml:12)"


@pytest.mark.parametrize(
    ("started", "says"),
    [
        ("2026-12-30T10:00:00Z", f"{LISTED} expires on"),
        ("2027-01-02T00:00:00Z", f"{LISTED} expired on"),
        ("2026-12-01T10:00:00Z", None),
        ("some day", None),
    ],
)
def test_the_expiry_of_known_deviations_is_told(run: Path, started: str, says: str | None) -> None:
    file = run / "events.ndjson"
    file.write_bytes(file.read_bytes().replace(b"2026-11-21T00:05:28Z", started.encode()))
    told = [note for note in read_report(run).notes if "known deviation" in note]
    assert [note.startswith(says or "") for note in told] == [True] * bool(says)


def test_a_gate_that_cannot_be_read_is_a_problem(run: Path) -> None:
    file = run / "events.ndjson"
    file.write_bytes(file.read_bytes().replace(b'"gate":""', b'"gate":"INFO"'))
    report = read_report(run)
    assert report.problems == ("gate 'INFO': what is INFO is judged and shown, and never gates",)
    assert report.gate.is_default


def test_an_empty_run_is_cut(run_of: RunOf) -> None:
    report = read_report(run_of(lambda event: isinstance(event, RunStarted)))
    assert report.headline == "Cut short"
    assert report.outcome.why == "nothing was judged"
    assert report.duration_s == 0


def test_a_clause_of_another_version_is_a_problem_not_the_end(
    run: Path,
) -> None:
    file = run / "events.ndjson"
    file.write_bytes(file.read_bytes().replace(b'"level":"MUST"', b'"level":"WOULD"', 1))
    report = read_report(run)
    assert report.problems[0].startswith("clause MUTE-001 cannot be read")
    assert len(report.findings) == 7


def test_a_foreign_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="is not the folder of a run"):
        read_report(tmp_path)
