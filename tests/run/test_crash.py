from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.evidence.finding import Attempt, Cell, Finding, Verdict
from harness.evidence.measurement import Measurement
from harness.evidence.run_event import AttemptFinished, AttemptStarted, FindingMade, Note
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import RunFolder
from harness.judging.deviations import Deviations
from harness.judging.judge import judge
from harness.run.crash import note_crash

if TYPE_CHECKING:
    from tests.run.conftest import Make

NAMES = ("OWN-001", "OWN-002")
SCENARIO = "own.py::test_it"
CELL = Cell(server="1.13.5", seed=81)


def begun(number: int) -> AttemptStarted:
    folder = f"attempts/own/{number}"
    return AttemptStarted(
        at_ns=number, scenario=SCENARIO, number=number, cell=CELL, folder=folder, clauses=NAMES
    )


def done(make: Make, value: float) -> Attempt:
    measured = Measurement(value=value, unit="bool", rests_on=1)
    return Attempt(
        scenario=SCENARIO,
        number=1,
        cell=CELL,
        folder="attempts/own/1",
        started_ns=1,
        ended_ns=2,
        media_s=1.0,
        results=tuple(judge(measured, make.clause(name)) for name in NAMES),
    )


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def crash(make: Make, folder: RunFolder) -> list[Finding]:
    catalogue = make.catalogue(*(make.clause(name) for name in NAMES))
    return note_crash(folder, SCENARIO, "it died", catalogue=catalogue, deviations=Deviations())


def test_it_is_an_error_of_each_clause_and_written_down(make: Make, folder: RunFolder) -> None:
    folder.append(begun(1))
    findings = crash(make, folder)
    events = read_events(folder.path)
    [cut] = [event.attempt for event in events.of(AttemptFinished)]

    assert [(f.clause, f.verdict, f.reason) for f in findings] == [
        (name, Verdict.ERROR, "it died") for name in NAMES
    ]
    assert [event.finding for event in events.of(FindingMade)] == findings
    assert (cut.number, cut.folder, cut.error, cut.final) == (1, "attempts/own/1", "it died", True)
    assert all(f.disturbed for f in findings), "it says nothing of what was broken"


def test_a_failure_before_it_is_not_lost(make: Make, folder: RunFolder) -> None:
    folder.append(begun(1))
    folder.append(AttemptFinished(at_ns=2, attempt=done(make, 0.0)))
    folder.append(begun(2))
    findings = crash(make, folder)

    assert {f.verdict for f in findings} == {Verdict.FAIL}
    assert {f.attempts for f in findings} == {2}


def test_what_is_judged_stays(make: Make, folder: RunFolder) -> None:
    folder.append(begun(1))
    folder.append(AttemptFinished(at_ns=2, attempt=done(make, 1.0)))
    found = replace(make.finding("OWN-001", Verdict.PASS), scenario=SCENARIO)
    folder.append(FindingMade(at_ns=3, finding=found))

    assert [f.clause for f in crash(make, folder)] == ["OWN-002"]


def test_what_had_not_begun_is_a_note(make: Make, folder: RunFolder) -> None:
    assert crash(make, folder) == []
    [note] = read_events(folder.path).of(Note)
    assert note.text == "own.py::test_it: it died"
