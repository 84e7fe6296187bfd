from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.clauses.claims import documentation
from harness.clauses.model import Level
from harness.evidence.run_event import RunEvent, RunFinished
from harness.judging.claims import judge_claims
from harness.report.claims_table import (
    INSTEAD,
    NOTE_LENGTH,
    NOTES,
    ClaimRow,
    claim_rows,
    judged_with,
    ran_as,
)
from harness.report.model import read_report


def rows(run: Path) -> dict[int, ClaimRow]:
    report = read_report(run)
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    return {row.claim.number: row for row in claim_rows(claims, report)}


def test_what_does_not_pass_is_told_in_full(run: Path) -> None:
    (told,) = rows(run)[3].told
    assert told.verdict == "FAIL"
    assert told.reason == "expected yes, measured no"
    assert told.deviation
    assert told.deviation.link == "https://example.org/issues/1"


def test_what_passes_is_a_value_and_its_limit(run: Path) -> None:
    (kept,) = rows(run)[1].kept
    assert (kept.clause.id, kept.measured) == ("MUTE-001", "41.25 ms (≤ 300 ms)")


@pytest.mark.parametrize(("limit", "said"), [(0, "0 ms"), (300, "0 ms (≤ 300 ms)")])
def test_a_none_that_is_asked_for_is_not_said_twice(run: Path, limit: float, said: str) -> None:
    report = read_report(run)
    passed = next(finding for finding in report.findings if finding.clause == "MUTE-001")
    none = replace(passed, measured=0.0, limit={"max": limit})
    (claim,) = judge_claims([documentation().claim(1)], report.clauses, [none])
    assert claim_rows([claim], report)[0].kept[0].measured == said


def test_what_only_informs_is_told_apart_where_it_fails(run: Path) -> None:
    (told,) = rows(run)[7].besides
    assert (told.clause.id, told.verdict) == ("MUTE-003", "FAIL")
    assert told.deviation
    assert "MUTE-003" not in [one.clause.id for one in rows(run)[7].told]
    assert not rows(run)[3].besides


def test_a_claim_that_holds_says_how_many_musts_fail_besides(run: Path) -> None:
    assert rows(run)[7].but == "1 MUST besides fails"
    assert rows(run)[3].but == ""
    report = read_report(run)
    should = replace(report.clauses["MUTE-003"], level=Level.SHOULD)
    claims = judge_claims(
        [documentation().claim(7)], report.clauses | {"MUTE-003": should}, report.findings
    )
    assert claim_rows(claims, report)[0].but == ""


def test_what_holds_instead_is_told_where_a_claim_does_not(run: Path) -> None:
    (kept,) = rows(run)[3].instead
    assert (kept.clause.id, kept.measured) == ("MUTE-001", "41.25 ms (≤ 300 ms)")
    assert not rows(run)[7].instead


def test_of_much_that_holds_instead_the_most_binding_is_told(run: Path) -> None:
    report = read_report(run)
    first = report.clauses["MUTE-001"]
    many = {
        f"MUTE-{n}": replace(first, id=f"MUTE-{n}", level=Level.MUST if n == 109 else Level.SHOULD)
        for n in range(100, 110)
    }
    passed = next(finding for finding in report.findings if finding.clause == "MUTE-001")
    findings = [*report.findings, *(replace(passed, clause=clause) for clause in many)]
    claims = judge_claims([documentation().claim(3)], report.clauses | many, findings)
    (row,) = claim_rows(claims, report)
    assert [kept.clause.id for kept in row.instead][:3] == ["MUTE-001", "MUTE-109", "MUTE-100"]
    assert len(row.instead) == INSTEAD


def test_a_clause_without_a_finding_is_named(run: Path) -> None:
    assert rows(run)[8].silent == ("MUTE-008",)


def test_a_pass_that_was_not_expected_is_told(run: Path) -> None:
    (told,) = rows(run)[7].told
    assert told.verdict == "PASS, although it is a known deviation"


def test_only_some_notes_are_shown(run: Path) -> None:
    file = run / "events.ndjson"
    one = rb'"track name <script>alert(1)</script>\u0007"'
    long = b", ".join([b'"' + b"x" * 1000 + b'"'] * (NOTES + 3))
    file.write_bytes(file.read_bytes().replace(one, long))
    told = next(told for told in rows(run)[2].told if told.clause.id == "MUTE-002")
    assert [len(note) for note in told.notes[:-1]] == [NOTE_LENGTH] * NOTES
    assert told.notes[-1] == "and 3 more"


@pytest.mark.parametrize(
    ("notes", "last"),
    [
        (("a", "b", "c", "and 76 more"), "and 77 more"),
        (("a", "b", "and 76 more"), "and 76 more"),
        (("a", "and 76 more"), "and 76 more"),
        (("a", "b"), "b"),
    ],
)
def test_what_a_finding_leaves_out_is_counted_too(
    run: Path, notes: tuple[str, ...], last: str
) -> None:
    report = read_report(run)
    failed = next(finding for finding in report.findings if finding.clause == "MUTE-003")
    claims = judge_claims(
        [documentation().claim(3)], report.clauses, [replace(failed, notes=notes)]
    )
    assert claim_rows(claims, report)[0].told[0].notes[-1] == last


def test_a_run_says_what_it_ran_as_and_how_it_ended(
    run: Path, run_of: Callable[[Callable[[RunEvent], bool]], Path]
) -> None:
    assert ran_as(read_report(run)) == (
        "run run of 2026-11-21: livekit-server 1.13.5, livekit-harness 0.1.0, seed 81"
    )
    cut = run_of(lambda event: not isinstance(event, RunFinished))
    assert ran_as(read_report(cut)).endswith("seed 81, which was cut short")
    with (run / "events.ndjson").open("ab") as file:
        file.write(b"garbage\n")
    said = ran_as(read_report(run))
    assert said.endswith("seed 81, which cannot be read whole, unreadable lines: 1")


def test_a_table_says_which_sdk_it_is_about(run: Path) -> None:
    report = read_report(run)
    assert judged_with(report).startswith("judged with the Python SDK `livekit` alone; ")
    with_version = replace(report, versions=report.versions | {"livekit": "1.2.0"})
    assert judged_with(with_version) == (
        "judged with the Python SDK `livekit` 1.2.0 alone; other SDKs were not asked"
    )


def test_of_several_scenarios_it_says_which(run: Path) -> None:
    report = read_report(run)
    failed = next(finding for finding in report.findings if finding.clause == "MUTE-003")
    again = replace(failed, scenario="scenarios/mute/test_api.py::test_again[2]")
    claims = judge_claims([documentation().claim(3)], report.clauses, [*report.findings, again])
    (row,) = claim_rows(claims, report)
    assert [told.verdict for told in row.told] == ["FAIL in test_api", "FAIL in test_again[2]"]


def test_what_is_information_comes_last(run: Path) -> None:
    report = read_report(run)
    first = replace(report.clauses["MUTE-002"], level=Level.INFO)
    claims = judge_claims(
        [documentation().claim(2)], report.clauses | {"MUTE-002": first}, report.findings
    )
    (row,) = claim_rows(claims, report)
    assert row.told[-1].clause == first
