"""What a scenario's findings mean for the test that it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.clauses.model import Clause
from harness.evidence.finding import Finding, Verdict
from harness.judging.gate import GATE, Gate
from harness.judging.outcome import is_error, is_failure, is_open, is_unexpected_pass
from harness.judging.proof import Breaking, cell_proof
from harness.run.scenario import Scenario

Kind = Literal["failed", "error", "inconclusive", "deviation", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """Why a scenario is not simply passed, worst first."""

    kind: Kind
    text: str


def complaint(
    findings: Sequence[Finding], clauses: Mapping[str, Clause], gate: Gate = GATE
) -> Complaint | None:
    """The worst that is to be said, or None when every clause holds.

    An INCONCLUSIVE clause that is not a MUST, one that is UNSUPPORTED, and what the gate leaves out
    are said only when there is nothing else to say: they neither fail a test nor let it pass
    unseen.
    """
    groups: list[tuple[Kind, list[Finding]]] = [
        ("failed", [f for f in findings if is_failure(f, clauses, gate)]),
        ("error", [f for f in findings if is_error(f, gate)]),
        ("inconclusive", [f for f in findings if is_open(f, clauses, gate)]),
        ("deviation", [f for f in findings if _listed(f)]),
        ("skipped", [f for f in findings if f.verdict is not Verdict.PASS]),
    ]
    for kind, concerned in groups:
        if concerned:
            return Complaint(kind=kind, text="\n".join(_sentence(f, clauses) for f in concerned))
    return None


def complaint_of(
    scenario: Scenario, findings: Sequence[Finding], clauses: Mapping[str, Clause], gate: Gate
) -> Complaint | None:
    """What is to be said of a scenario: one that judges, one of a proof, or the canary."""
    if scenario.canary is not None:
        return canary_complaint(findings, scenario.canary)
    if scenario.proof and scenario.sabotage is not None:
        return cell_complaint(findings, scenario.sabotage)
    return complaint(findings, clauses, gate)


def cell_complaint(findings: Sequence[Finding], broken: Breaking) -> Complaint | None:
    """Why a scenario under a sabotage is not simply as declared.

    A FAIL that is not named makes it fail, an ERROR where nothing was to be noticed, too. A named
    clause that is not as named here is an expected failure until the end of the run: in another
    scenario it may be.
    """
    cell = cell_proof(findings, broken)
    if cell.unexpected:
        text = "\n".join(
            f"{f.clause} {f.verdict}, and not named: {f.reason}" for f in cell.unexpected
        )
        return Complaint(kind="failed", text=text)
    if survivors := (*cell.missed, *cell.undecided):
        text = "\n".join(
            f"{f.clause} {f.verdict}, not {_wanted(f, broken.kills)}: {f.reason}" for f in survivors
        )
        return Complaint(kind="deviation", text=text)
    return None


def _wanted(finding: Finding, kills: Collection[str]) -> str:
    return "FAIL" if finding.clause in kills else "left without a verdict"


def canary_verdict(findings: Sequence[Finding], clause: str) -> Verdict:
    """What a clause got under a hidden sabotage against it; FAIL when that was noticed."""
    return next((f.verdict for f in findings if f.clause == clause), Verdict.ERROR)


def canary_complaint(findings: Sequence[Finding], clause: str) -> Complaint | None:
    """Why a hidden sabotage against a clause was not noticed, or None when it was."""
    verdict = canary_verdict(findings, clause)
    if verdict is Verdict.FAIL:
        return None
    kind: Kind = "error" if verdict is Verdict.PASS else "inconclusive"
    return Complaint(kind=kind, text=f"the canary: {clause} was to FAIL, and is {verdict}")


def _listed(finding: Finding) -> bool:
    return finding.verdict is Verdict.FAIL and finding.deviation is not None


def _sentence(finding: Finding, clauses: Mapping[str, Clause]) -> str:
    verdict: str = finding.verdict
    if is_unexpected_pass(finding):
        verdict = f"unexpected PASS, listed as known deviation {finding.deviation}"
    elif finding.deviation is not None:
        verdict = f"FAIL, known deviation {finding.deviation}"
    statement = clauses[finding.clause].statement
    return f"{finding.clause} {verdict}: {finding.reason}\n    {statement}"
