"""The table of claims as a part of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.clauses.claims import documentation
from harness.judging.claims import ClaimVerdict, in_numbers, judge_claims
from harness.report.claims_table import ClaimRow, claim_rows
from harness.report.finding_view import LETTERS, FindingView
from harness.report.model import Report

TONES: Mapping[ClaimVerdict, str] = {
    ClaimVerdict.HOLDS: "P",
    ClaimVerdict.PARTLY: "I",
    ClaimVerdict.DOES_NOT_HOLD: "F",
    ClaimVerdict.NOT_IN_SDK: "U",
    ClaimVerdict.NOT_JUDGED: "N",
}
"""The colour of each verdict, by the letter of the findings that have it."""


@dataclass(frozen=True, kw_only=True)
class ClauseLink:
    """A clause that decides a claim, and the worst that was found about it."""

    id: str
    letter: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class ClaimView:
    """A claim of the documentation beside what happens."""

    row: ClaimRow
    tone: str
    clauses: tuple[ClauseLink, ...]


@dataclass(frozen=True, kw_only=True)
class ClaimsSection:
    """All claims, and what they come to."""

    numbers: str
    claims: tuple[ClaimView, ...]


def claims_section(report: Report, views: Sequence[FindingView]) -> ClaimsSection | None:
    """The claims of the documentation; None where the run judged none of them, and of a proof."""
    if report.proof is not None:
        return None
    judged = judge_claims(documentation().claims, report.clauses, report.findings)
    if all(claim.verdict is ClaimVerdict.NOT_JUDGED for claim in judged):
        return None
    worst: dict[str, FindingView] = {}
    for view in sorted(views, key=lambda view: LETTERS.index(view.letter)):
        worst.setdefault(view.finding.clause, view)
    return ClaimsSection(
        numbers=in_numbers(judged),
        claims=tuple(
            ClaimView(
                row=row,
                tone=TONES[claim.verdict],
                clauses=tuple(
                    ClauseLink(id=one.clause.id, letter=found.letter, anchor=found.anchor)
                    for one in claim.clauses
                    if (found := worst.get(one.clause.id))
                ),
            )
            for claim, row in zip(judged, claim_rows(judged, report), strict=True)
        ),
    )
