from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from harness.evidence.measurement import Seen
from harness.evidence.run_event import RunEvent, RunFinished, RunStarted
from harness.report.document import Results
from harness.report.model import read_report
from harness.report.results import document, results
from tests.report.conftest import write
from tests.report.proofs import proof_events

Chosen = Callable[[RunEvent], bool]


def test_golden(run: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("results.json", results(read_report(run)))


def test_the_numbers_agree_with_the_findings(run: Path) -> None:
    written = json.loads(results(read_report(run)))
    assert written["schema"] == 1
    assert written["coverage"]["clauses"] == len(written["clauses"])
    assert sum(written["summary"].values()) == len(written["findings"])
    known = [one for one in written["findings"] if one["deviation"] and one["verdict"] == "FAIL"]
    assert written["coverage"]["deviations"] == len(known)


def test_what_is_written_can_be_read_as_what_it_is(run: Path) -> None:
    report = read_report(run)
    assert msgspec.json.decode(results(report), type=Results) == document(report)


def test_where_a_value_is_seen_is_written_whole(run: Path) -> None:
    report = read_report(run)
    told = b'{"series":"level","file":"attempts/x/1/bob/tone.wav"}'
    seen = msgspec.json.decode(told, type=Seen)
    one = replace(report.findings[0], seen=seen)
    written = json.loads(results(replace(report, findings=(one,))))

    assert written["findings"][0]["seen"] == {**json.loads(told), "since_ns": None}


def test_a_gate_and_what_it_leaves_out(run: Path) -> None:
    file = run / "events.ndjson"
    file.write_bytes(
        file.read_bytes()
        .replace(b'"gate":""', b'"gate":"MUTE-001"')
        .replace(b'"exit_code":1', b'"exit_code":0')
    )
    told = document(read_report(run)).run
    assert (told.gate, told.exit_code, told.conformant) == ("MUTE-001", 0, False)
    assert told.headline == "Gate passed"


def test_a_proof_that_holds_says_nothing_of_a_deployment(tmp_path: Path) -> None:
    start, version, *found, end = proof_events()
    assert isinstance(start, RunStarted)
    assert isinstance(end, RunFinished)
    one = replace(start, sabotages=start.sabotages[:1], whole_proof=False)
    report = read_report(write(tmp_path, [one, version, *found[:3], replace(end, exit_code=0)]))

    assert (report.headline, document(report).run.conformant) == ("Proven", False)


def test_a_run_without_its_first_event_is_still_a_document(
    run_of: Callable[[Chosen], Path],
) -> None:
    folder = run_of(lambda event: not isinstance(event, RunStarted))
    written = json.loads(results(read_report(folder)))
    assert written["run"]["seed"] is None
    assert len(written["findings"]) == 7
