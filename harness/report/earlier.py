"""What an earlier run of other versions found, to stand in the matrix beside what this one did."""

from __future__ import annotations

from dataclasses import dataclass

from harness.clauses.model import Clause
from harness.evidence.finding import Finding
from harness.report.baseline import Baseline
from harness.report.finding_view import LETTER_WORDS, letter_of
from harness.report.model import Report
from harness.report.words import limit_text, value_text


@dataclass(frozen=True, kw_only=True)
class EarlierView:
    """A finding of a baseline: its verdict and its value. All else is in the report of that run."""

    finding: Finding
    clause: Clause | None
    """As this run has it."""
    anchor: str = ""
    spared: bool = False

    @property
    def letter(self) -> str:
        """One of `finding_view.LETTERS`."""
        return letter_of(self.finding)

    @property
    def words(self) -> str:
        """The verdict."""
        return LETTER_WORDS[self.letter]

    @property
    def measured(self) -> str:
        """What was measured."""
        return value_text(self.finding)

    @property
    def expected(self) -> str:
        """The limit that it was judged by then."""
        return limit_text(self.finding)


def earlier_views(report: Report, baseline: Baseline) -> list[EarlierView]:
    """What the baseline found of clauses that this run asks about, with another server or SDK.

    Of several runs of the same versions the latest speaks. Of the versions of this run nothing:
    how those differ is told as changes. Nothing either of a proof.
    """
    if report.proof is not None:
        return []
    present = {_versions(finding) for finding in report.findings if _is_known(finding)}
    latest = {
        (finding.clause, finding.scenario, finding.cell.profile, _versions(finding)): finding
        for run in baseline.runs
        for finding in run.findings
        if _is_known(finding) and finding.clause in report.asked
    }
    return [
        EarlierView(finding=finding, clause=report.clauses.get(finding.clause))
        for (*_, versions), finding in latest.items()
        if present and versions not in present
    ]


def _is_known(finding: Finding) -> bool:
    """Whether it is told by what it was made: not where nobody joined."""
    return bool(finding.cell.server and finding.cell.sdk)


def _versions(finding: Finding) -> tuple[str, frozenset[str]]:
    return finding.cell.server, frozenset(finding.cell.sdk.values())
