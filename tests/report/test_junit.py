from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.clauses.model import Level
from harness.evidence.finding import Verdict
from harness.evidence.run_event import FindingMade, RunEvent, RunFinished, RunStarted
from harness.judging.gate import parse_gate
from harness.judging.outcome import outcome
from harness.report.junit import junit
from harness.report.model import read_report
from tests.report.conftest import gated


def outcomes(folder: Path) -> dict[str, str]:
    """First word of a test case's name (the clause) → what CI systems make of it."""
    root = ET.fromstring(junit(read_report(folder)))
    return {
        case.get("name", "").split()[0]: case[0].tag if len(case) else "passed"
        for case in root.iter("testcase")
    }


def test_golden(run: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("junit.xml", junit(read_report(run)))


def test_every_verdict_has_its_element(run: Path) -> None:
    assert outcomes(run) == {
        "MUTE-001": "passed",
        "MUTE-002": "failure",
        "MUTE-003": "skipped",
        "MUTE-004": "error",
        "MUTE-005": "error",
        "MUTE-006": "skipped",
        "MUTE-007": "failure",
    }


@pytest.mark.parametrize(
    ("gate", "red"),
    [
        ("MUTE", {"MUTE-002", "MUTE-004", "MUTE-005", "MUTE-007"}),
        ("MUTE-002", {"MUTE-002"}),
        ("MUTE-004", {"MUTE-004"}),
        ("MUTE-005", {"MUTE-005"}),
        ("-MUTE-004,-MUTE-005", {"MUTE-002", "MUTE-007"}),
        ("SHOULD", {"MUTE-005"}),
    ],
)
def test_what_does_not_gate_is_not_red(run: Path, gate: str, red: set[str]) -> None:
    found = outcomes(gated(run, gate))
    assert {name for name, tag in found.items() if tag in {"failure", "error"}} == red
    assert found["MUTE-001"] == "passed"


def test_what_does_not_gate_says_so(run: Path) -> None:
    text = junit(read_report(gated(run, "MUTE-001"))).decode()
    assert '<skipped message="does not gate: FAIL: expected 0 packets' in text
    assert '<skipped message="does not gate: PASS, though the known deviation slow-camera' in text
    assert '<skipped message="does not gate: ERROR: the measurement is in ms' in text
    assert '<skipped message="does not gate: INCONCLUSIVE: bob decoded nothing"' in text


def test_a_run_that_failed_as_a_whole_has_a_case_that_says_so(
    run_of: Callable[[Callable[[RunEvent], bool]], Path],
) -> None:
    passed = {"MUTE-001", "MUTE-003", "MUTE-006"}
    folder = run_of(
        lambda event: (
            isinstance(event, RunStarted | RunFinished)
            or (isinstance(event, FindingMade) and event.finding.clause in passed)
        )
    )
    (case,) = ET.fromstring(junit(read_report(folder))).findall(
        ".//testcase[@name='the whole run']"
    )
    assert case[0].tag == "error"
    assert case[0].get("message") == (
        "Not decided: all that was judged holds or is a known deviation; the run ended with exit "
        "code 1: 2 FAIL"
    )
    file = folder / "events.ndjson"
    file.write_bytes(file.read_bytes().replace(b'"exit_code":1', b'"exit_code":0'))
    assert b"the whole run" not in junit(read_report(folder))


@pytest.mark.parametrize("gate", ["", "MUST", "SHOULD", "PERM", "-MUTE"])
def test_it_is_red_where_the_exit_code_is_not_0(run: Path, gate: str) -> None:
    whole = read_report(run)
    assert whole.finished is not None
    for verdict, level, listed in itertools.product(Verdict, Level, (None, "listed")):
        clauses = {"MUTE-001": replace(whole.clauses["MUTE-001"], level=level)}
        finding = replace(whole.findings[0], verdict=verdict, deviation=listed)
        judged = outcome([finding], clauses, parse_gate(gate))
        report = replace(
            whole,
            clauses=clauses,
            findings=(finding,),
            gate=parse_gate(gate),
            outcome=judged,
            finished=replace(whole.finished, exit_code=int(judged.exit_code)),
        )
        root = ET.fromstring(junit(report))
        red = root.get("failures") != "0" or root.get("errors") != "0"
        assert red == (judged.exit_code != 0), (verdict, level, listed)


@pytest.mark.parametrize("name", ["tests", "failures", "errors", "skipped", "time"])
def test_suites_add_up(run: Path, name: str) -> None:
    root = ET.fromstring(junit(read_report(run)))
    total = sum(float(suite.get(name, "nan")) for suite in root.iter("testsuite"))
    assert float(root.get(name, "nan")) == total


def test_a_cut_scenario_is_an_error(run_of: Callable[[Callable[[RunEvent], bool]], Path]) -> None:
    cut = run_of(
        lambda event: (
            not (
                isinstance(event, RunFinished)
                or (isinstance(event, FindingMade) and event.finding.clause == "MUTE-001")
            )
        )
    )
    assert outcomes(cut)["MUTE-001"] == "error"
