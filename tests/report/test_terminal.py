from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.run_event import FindingMade, RunEvent, RunFinished
from harness.report.model import read_report
from harness.report.terminal import duration, summary, took


def test_the_result_comes_first_and_the_report_last(run: Path) -> None:
    lines = summary(read_report(run), width=400).splitlines()
    assert lines[0] == "NOT CONFORMANT: 1 FAIL and 1 unexpected PASS"
    assert lines[-1] == f"  report: {run / 'report.html'}"
    assert (
        "1 PASS, 1 unexpected PASS, 1 UNSUPPORTED, 1 INCONCLUSIVE, 2 FAIL (1 known), 1 ERROR"
        in lines[-5]
    )


def test_flips_of_stored_runs_are_said_in_one_line(run: Path) -> None:
    without = summary(read_report(run), width=400).splitlines()
    flips = "over 3 stored runs: 2 flips"
    lines = summary(read_report(run), flips=flips, width=400).splitlines()
    assert lines == [*without[:-3], "  over 3 stored runs: 2 flips", *without[-3:]]


def test_a_failure_has_clause_reason_and_command(run: Path) -> None:
    text = summary(read_report(run))
    assert "  FAIL          MUTE-002  Nothing of a muted microphone is forwarded." in text
    assert "    expected 0 packets, measured 7 packets (of 900 observations)" in text
    assert "    pytest 'scenarios/mute/test_sound.py::test_silence[48000]' --lk-seed=81" in text
    assert "MUTE-001" not in text  # it passed
    assert "MUTE-003" not in text  # it is known


def test_a_gate_is_told_of_where_it_leaves_something_out(run: Path) -> None:
    file = run / "events.ndjson"
    assert ", gate" not in summary(read_report(run))
    file.write_bytes(file.read_bytes().replace(b'"gate":""', b'"gate":"-LAT"'))
    assert "seed 81, gate -LAT, 2 min 14 s" in summary(read_report(run), width=400)
    file.write_bytes(file.read_bytes().replace(b'"gate":"-LAT"', b'"gate":"MUTE-007"'))
    text = summary(read_report(run))
    assert text.startswith(
        "NOT CONFORMANT: 1 unexpected PASS; left out by the gate MUTE-007, and failed or open: 3\n"
    )
    assert "    does not gate; expected 0 packets, measured 7 packets" in text
    assert text.count("does not gate; ") == 3
    assert text.index("  PASS (!)      MUTE-007") < text.index("  FAIL          MUTE-002")
    file.write_bytes(file.read_bytes().replace(b'"gate":"MUTE-007"', b'"gate":"MUTE-004"'))
    told = re.findall(r"^  (\S+)(?: \(!\))? +MUTE-00\d  ", summary(read_report(run)), re.MULTILINE)
    assert told == ["INCONCLUSIVE", "FAIL", "PASS", "ERROR", "UNSUPPORTED"]


def test_no_line_is_wider_than_asked_but_for_commands(run: Path) -> None:
    lines = summary(read_report(run), width=60).splitlines()
    assert lines[1:4] == [
        "  livekit-harness 0.1.0, python 3.11.7,",
        "    livekit-server 1.13.5, backend binary, seed 81,",
        "    2 min 14 s",
    ]
    assert all(len(line) <= 60 for line in lines[1:-1] if "pytest" not in line)


def test_a_name_cannot_drive_the_terminal(run: Path) -> None:
    file = run / "events.ndjson"
    file.write_bytes(file.read_bytes().replace(b"a note", rb"\u001b[2Ja note"))
    assert "\x1b" not in summary(read_report(run))


def test_a_cut_scenario_is_named(run_of: Callable[[Callable[[RunEvent], bool]], Path]) -> None:
    cut = run_of(lambda event: not isinstance(event, RunFinished | FindingMade))
    text = summary(read_report(cut))
    assert text.startswith("CUT SHORT: nothing was judged; the run was killed before its end\n")
    assert "  CUT           MUTE-007\n" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (8.31, "8.3 s"), (59.97, "60.0 s"), (134, "2 min 14 s"), (3780, "1 h 3 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_what_was_waited_for_other_runs_is_told(run: Path) -> None:
    report = read_report(run)
    assert report.finished is not None
    assert took(report) == "2 min 14 s"
    waited = replace(report, finished=replace(report.finished, waited_s=61.2))
    assert took(waited) == "2 min 14 s (1 min 1 s waited for other runs)"


def test_a_failure_has_the_floor_beside_it(run_of: Callable[..., Path]) -> None:
    report = read_report(run_of(lambda event: True))
    failed = next(finding for finding in report.findings if finding.clause == "MUTE-002")
    findings = (replace(failed, floor=14.928),)
    text = summary(replace(report, findings=findings))

    assert "\n    floor of this machine: 14.93 packets\n" in text


def test_disturbed_attempts_are_a_note(run: Path) -> None:
    text = summary(read_report(run))
    assert "note: 1 of 4 attempts was disturbed: of the times and rates " in text
