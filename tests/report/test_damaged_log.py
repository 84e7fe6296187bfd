"""Whatever becomes of a run's record on its disk: no verdict comes of it that was not there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.clauses.claims import documentation
from harness.evidence.run_event import FindingMade, RunFinished, RunStarted, encode
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import RunFolderError
from harness.judging.claims import judge_claims
from harness.report.claims_json import claims_json
from harness.report.claims_markdown import claims_markdown
from harness.report.claims_text import claims_text
from harness.report.model import Report, RunState, read_report
from harness.report.render import render
from harness.report.terminal import summary

LOG = "events.ndjson"
# What leaves another valid line cannot be told from what was written.
NOISE = [b"\x00", b"\xff", b"\n", b"\r\n", b"{", b'"', b"[" * 20_000, bytes(4096)]
fuzzed = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def conformant(tmp_path: Path) -> Path:
    """A run whose only finding is the PASS of MUTE-001."""
    folder = tmp_path / "conformant"
    folder.mkdir()
    return folder


def lines_of(run: Path) -> list[bytes]:
    return (run / LOG).read_bytes().splitlines(keepends=True)


def write(run: Path, lines: Sequence[bytes]) -> None:
    (run / LOG).write_bytes(b"".join(lines))


def verdicts(report: Report) -> set[tuple[str, str]]:
    return {(finding.clause, finding.verdict) for finding in report.findings}


def told(report: Report) -> None:
    """Everything that is ever made of a report."""
    summary(report)
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    claims_text(claims, report, shown=claims)
    claims_json(claims, report, shown=claims)
    claims_markdown(claims, report, shown=claims, pages=documentation().pages)


@fuzzed
@given(data=st.data())
def test_a_line_that_is_damaged_is_missed(run: Path, data: st.DataObject) -> None:
    lines = lines_of(run)
    whole = read_report(run)
    number = data.draw(st.integers(0, len(lines) - 1))
    line = lines[number]
    at = data.draw(st.integers(0, len(line) - 2))
    until = data.draw(st.integers(at + 1, len(line)))
    noise = data.draw(st.sampled_from(NOISE))
    write(run, [*lines[:number], line[:at] + noise + line[until:], *lines[number + 1 :]])
    try:
        report = render(run)
        told(report)
    except RunFolderError:
        return
    finally:
        write(run, lines)
    assert not report.conformant
    assert report.state is not RunState.FINISHED or verdicts(report) == verdicts(whole)
    assert verdicts(report) <= verdicts(whole)


@fuzzed
@given(data=st.data())
def test_lines_that_are_lost_doubled_or_in_disorder_make_no_run_conformant(
    run: Path, data: st.DataObject
) -> None:
    lines = lines_of(run)
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=2 * len(lines)))
    cut = data.draw(st.integers(0, 80))
    write(run, [*kept[:-1], *(line[: len(line) - cut] for line in kept[-1:])])
    try:
        report = render(run)
        told(report)
    finally:
        write(run, lines)
    assert not report.conformant


def test_a_conformant_run_whose_record_is_damaged_is_so_no_longer(
    run: Path, conformant: Path
) -> None:
    events = read_events(run).events
    passed = [
        event
        for event in events
        if isinstance(event, RunStarted)
        or (isinstance(event, FindingMade) and event.finding.clause == "MUTE-001")
    ]
    end = RunFinished(at_ns=10**12, exit_code=0, reason="all holds")
    lines = [encode(event) for event in (*passed, end)]
    write(conformant, lines)
    assert read_report(conformant).headline == "Conformant"

    write(conformant, [*lines[:-1], b'{"event":"finding","at_ns":5,"findi\n', lines[-1]])

    report = render(conformant)
    assert report.headline == "Record damaged"
    assert report.state is RunState.DAMAGED
    assert "a part of the record cannot be read: events.ndjson, line 3" in report.why
    document = json.loads((conformant / "results.json").read_bytes())
    assert (document["run"]["complete"], document["run"]["exit_code"]) == (False, 11)
