from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.clauses.model import Level
from harness.evidence.run_event import FindingMade, RunEvent, RunFinished
from harness.evidence.run_folder import RunFolderError
from harness.judging.compare import Change
from harness.judging.gate import GATE, GateError
from harness.report.comparison import compare_runs, read_base, read_results
from harness.report.document import Results
from harness.report.model import read_report
from harness.report.results import results
from tests.report.comparisons import FAILS, LATER, Edit, changed, compared
from tests.report.conftest import run_events, write

RunOf = Callable[[Callable[[RunEvent], bool]], Path]


@pytest.fixture
def base(run: Path) -> Results:
    return read_results(run)


def test_the_same_run_is_no_regression(base: Results) -> None:
    same = compared([base], base)
    assert (same.exit_code, same.headline) == (0, "No regression")
    assert same.why == "what holds in BASE holds in NEW"
    assert same.counts == {change: 7 * (change is Change.SAME) for change in Change}
    assert not same.versions
    assert not same.notes


def test_a_run_that_was_broken_on_purpose_is_said_to_be(base: Results) -> None:
    spoilt = replace(base, run=replace(base.run, name="x", sabotage="late-streams"))
    assert compared([base], spoilt).notes == [
        "NEW was broken on purpose: sabotage late-streams",
    ]
    assert compared([spoilt], base).notes == ["BASE was broken on purpose: sabotage late-streams"]


def test_runs_of_base_are_taken_by_their_dates(run: Path, tmp_path: Path) -> None:
    changed(tmp_path / "before", (b"2026-11-21T00", b"2026-11-20T23"))
    for named in ([run, tmp_path / "before"], [tmp_path / "before", run]):
        assert [one.run.name for one in read_base(named, "new")] == ["before", "run"]


def test_a_regression_that_gates_decides(base: Results, tmp_path: Path) -> None:
    found = compared([base], changed(tmp_path / "new", FAILS, LATER))
    assert (found.exit_code, found.headline, found.why) == (1, "Regressed", "1 regression")
    assert [row.clause for row in found.of(Change.REGRESSION)] == ["MUTE-001"]
    assert found.versions == {"livekit-server": ("1.13.5", "1.14.0")}
    assert found.level_of("MUTE-001") is Level.MUST
    assert found.statement_of("MUTE-001") == "A muted microphone is soon silent."


@pytest.mark.parametrize(
    ("gate", "edit"),
    [
        ("MUTE-002", (b"xx", b"")),
        ("", (b'("clause":"MUTE-001",.*?"deviation":)null', rb'\1"known"')),
    ],
)
def test_a_regression_that_does_not_gate_or_is_known_is_told(
    base: Results, tmp_path: Path, gate: str, edit: Edit
) -> None:
    found = compared([base], changed(tmp_path / "new", FAILS, edit), gate)
    assert (found.exit_code, found.headline) == (0, "Gate passed")
    assert found.why == "1 that decide nothing regressed or were lost"


@pytest.mark.parametrize(("gate", "code"), [("", 11), ("MUTE-002", 0)])
def test_a_must_without_a_verdict_leaves_it_open(
    base: Results, tmp_path: Path, gate: str, code: int
) -> None:
    lost = (FAILS[0], FAILS[1].replace(b"FAIL", b"ERROR"))
    found = compared([base], changed(tmp_path / "new", lost), gate)
    assert found.exit_code == code
    assert found.headline == ("Not decided" if code else "No regression")
    assert found.counts[Change.LOST] == 1


def test_a_run_that_is_not_complete_leaves_it_open(base: Results, run_of: RunOf) -> None:
    new = read_results(run_of(lambda event: not isinstance(event, RunFinished)))
    found = compared([base], new)
    assert (found.exit_code, found.why) == (11, "NEW is not complete")
    assert compared([new], base).notes[0].startswith("not every run of BASE is complete")


def test_a_new_run_whose_record_lost_findings_leaves_it_open(base: Results, tmp_path: Path) -> None:
    events = run_events()
    ended = events[-1]
    assert isinstance(ended, RunFinished)
    whole = replace(ended, exit_code=0, written={"events.ndjson": len(events)})
    fewer = [event for event in events[:-1] if not isinstance(event, FindingMade)]
    found = compared([base], read_results(write(tmp_path / "new", [*fewer, whole])))
    held = f"{len(fewer) + 1} of its {len(events)} events"
    assert found.exit_code == 11
    assert found.why.startswith(f"the record of NEW is damaged: events.ndjson holds {held}, 7 that")


def test_nothing_in_common_is_no_success(base: Results, run_of: RunOf) -> None:
    new = read_results(run_of(lambda event: not isinstance(event, FindingMade)))
    assert compared([new], base).exit_code == 12
    assert compared([new], base).why == "BASE and NEW have no clause in common"


def test_what_is_in_base_alone_decides_nothing_and_is_told(base: Results) -> None:
    found = compared([base], replace(base, findings=base.findings[2:]))
    assert found.exit_code == 0
    assert found.why == "what holds in BASE holds in NEW, 2 that BASE judged are not in NEW"


def test_a_value_beyond_decides_nothing_and_says_what_it_rests_on(
    base: Results, tmp_path: Path
) -> None:
    slow = (
        b'"measured":41.25,(.*?)"interval":.31.25,51.25.',
        rb'"measured":90,\1"interval":[80,95]',
    )
    new = changed(tmp_path / "new", slow)
    found = compared([base], new)
    assert found.exit_code == 0
    assert [row.clause for row in found.of(Change.WORSE)] == ["MUTE-001"]
    assert found.notes[0].startswith("the interval of one run says")
    assert not compared([base, base], new).notes


def test_runs_that_cannot_be_compared_well_say_so(base: Results, tmp_path: Path) -> None:
    elsewhere = changed(tmp_path / "new", (b'"2 cores"', b'"4 cores"'))
    assert compared([base], elsewhere).notes == [
        "BASE and NEW ran on different machines, or beside other load: times do not compare"
    ]
    other = changed(tmp_path / "other", LATER)
    assert compared([other, base], base).notes == ["the runs of BASE are of different versions"]


def test_a_gate_must_be_known(base: Results) -> None:
    with pytest.raises(GateError, match="XYZ"):
        compared([base], base, "XYZ")


def test_a_file_is_as_good_as_the_folder(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_bytes(results(read_report(run)))
    assert read_results(file) == read_results(run)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot read .*: No such file"),
        (b"{", "is no results.json of schema 1: .*; `livekit-harness report` makes it anew"),
        (b'{"schema": 2}', "is no results.json of schema 1: "),
    ],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "results.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(RunFolderError, match=says):
        read_results(file)


def test_a_proof_is_refused(run: Path) -> None:
    file = run / "events.ndjson"
    file.write_bytes(file.read_bytes().replace(b'"sabotage":null', b'"sabotage":"proof"'))
    with pytest.raises(RunFolderError, match="is a proof that clauses can fail"):
        read_results(run)


def test_a_folder_without_a_start_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "run", run_events()[1:])
    with pytest.raises(RunFolderError, match="has no start of a run"):
        read_results(tmp_path / "run")


def test_a_limit_of_another_kind_is_refused(base: Results, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="has a limit that is neither `min` nor `max`"):
        changed(tmp_path / "new", (b'"limit":{"max"', b'"limit":{"most"'))


def test_a_clause_that_nobody_knows_is_a_must(base: Results) -> None:
    found = compare_runs([base], base, GATE)
    assert (found.level_of("X-001"), found.statement_of("X-001")) == (Level.MUST, "")
