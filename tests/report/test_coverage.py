from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.coverage import clauses_judged, coverage_line, own_alone
from harness.report.model import Report, read_report


@pytest.fixture
def report(run: Path) -> Report:
    return read_report(run)


def with_own(report: Report, *own: str) -> Report:
    assert report.started is not None
    return replace(report, started=replace(report.started, own_clauses=own))


def test_what_was_judged_is_counted(report: Report) -> None:
    assert coverage_line(report) == "judged 5 of 8 clauses, 5 of 71 claims of the documentation"
    assert clauses_judged(report) == "5 of 8 clauses"


def test_clauses_of_the_user_are_counted_for_themselves(report: Report) -> None:
    own = with_own(report, "MUTE-001", "MUTE-004")
    assert coverage_line(own) == (
        "judged 1 of 2 clauses of yours, 4 of 6 clauses of the catalogue, "
        "5 of 71 claims of the documentation"
    )
    assert clauses_judged(own) == "1 of 2 clauses"


def test_what_nobody_asks_about_is_left_out(report: Report) -> None:
    clauses = {name: replace(clause, claims=()) for name, clause in report.clauses.items()}
    assert coverage_line(replace(report, clauses=clauses)) == "judged 5 of 8 clauses"
    alone = with_own(replace(report, clauses=clauses), *sorted(report.asked))
    assert coverage_line(alone) == "judged 5 of 7 clauses of yours"


def test_who_asks_of_the_own_clauses_alone_is_known(report: Report) -> None:
    assert not own_alone(report)
    assert not own_alone(with_own(report, "MUTE-001"))
    assert own_alone(with_own(report, *report.asked))
