from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.judging.claims import ClaimVerdict
from harness.report.claims_section import TONES, ClaimsSection, claims_section
from harness.report.finding_view import finding_views
from harness.report.model import Report, read_report


@pytest.fixture
def report(run: Path) -> Report:
    return read_report(run)


def section(report: Report) -> ClaimsSection | None:
    return claims_section(report, finding_views(report))


def test_each_claim_stands_beside_what_was_found(report: Report) -> None:
    said = section(report)
    assert said is not None
    assert len(said.claims) == 71
    assert "of 71 claims judged" in said.numbers
    held = said.claims[0]
    assert (held.row.claim.number, held.row.verdict, held.tone) == (1, ClaimVerdict.HOLDS, "P")
    assert [(one.id, one.letter, one.anchor) for one in held.clauses] == [
        ("MUTE-001", "P", "finding-1")
    ]


def test_every_verdict_has_a_colour() -> None:
    assert set(TONES) == set(ClaimVerdict)


def test_the_worst_finding_of_a_clause_is_linked(report: Report) -> None:
    first, second = report.findings[0], report.findings[1]
    twice = replace(report, findings=(first, replace(second, clause=first.clause)))
    said = section(twice)
    assert said is not None
    assert [(one.letter, one.anchor) for one in said.claims[0].clauses] == [("F", "finding-2")]


def test_a_run_about_no_claim_has_no_table(report: Report) -> None:
    own = {id_: replace(one, claims=()) for id_, one in report.clauses.items()}
    assert section(replace(report, clauses=own)) is None
    assert section(replace(report, findings=())) is None
