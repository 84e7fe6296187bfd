"""From all findings of a run to its exit code and its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from harness.clauses.model import CLAIMS, Clause, Level
from harness.evidence.finding import Finding, Verdict
from harness.evidence.run_event import CanaryDone
from harness.judging.gate import GATE, Gate
from harness.judging.proof import Proof

_JUDGED = {Verdict.PASS, Verdict.FAIL, Verdict.UNSUPPORTED}


class ExitCode(IntEnum):
    """What the process says at its end. pytest's own 2 to 5 keep their meaning."""

    CONFORMANT = 0
    FAILED = 1
    """A FAIL that is no known deviation, or a PASS where a known deviation says FAIL."""
    ERROR = 10
    """An ERROR, and nothing of 1."""
    INCONCLUSIVE = 11
    """A MUST clause is INCONCLUSIVE, and nothing of 1 and 10."""
    NOTHING_JUDGED = 12
    """No clause was judged, and nothing of 1, 10 and 11."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of what could be judged was: PASS, FAIL and UNSUPPORTED are judgements."""

    clauses: int
    judged: int
    """Clauses with at least one judgement."""
    claims: int
    claims_judged: int
    deviations: int
    """Findings that are FAIL and explained by a known deviation."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a run in numbers."""

    exit_code: ExitCode
    why: str
    """One sentence."""
    summary: dict[str, int]
    """Findings by verdict; each verdict is there. A FAIL that is listed counts as FAIL."""
    coverage: Coverage
    spared: int
    """Findings that would have changed the exit code, had the gate left nothing out."""


def is_unexpected_pass(finding: Finding) -> bool:
    """A known deviation says that it fails, and it did not."""
    return finding.verdict is Verdict.PASS and finding.deviation is not None


def is_failure(finding: Finding, clauses: Mapping[str, Clause], gate: Gate = GATE) -> bool:
    """Whether the finding alone makes the run fail; what is INFO never does."""
    if not gate.fails(finding.clause, level_of(finding, clauses)):
        return False
    if finding.verdict is Verdict.FAIL:
        return finding.deviation is None
    return is_unexpected_pass(finding)


def is_error(finding: Finding, gate: Gate = GATE) -> bool:
    """Whether the finding alone makes the run an ERROR, unless something failed."""
    return finding.verdict is Verdict.ERROR and gate.needs(finding.clause)


def is_open(finding: Finding, clauses: Mapping[str, Clause], gate: Gate = GATE) -> bool:
    """Whether the finding alone leaves the run open: a MUST without a verdict."""
    level = level_of(finding, clauses)
    must = level is Level.MUST and gate.fails(finding.clause, level)
    return must and finding.verdict is Verdict.INCONCLUSIVE


def decides(finding: Finding, clauses: Mapping[str, Clause], gate: Gate = GATE) -> bool:
    """Whether the finding alone makes the exit code another than 0."""
    return (
        is_failure(finding, clauses, gate)
        or is_error(finding, gate)
        or is_open(finding, clauses, gate)
    )


def is_spared(finding: Finding, clauses: Mapping[str, Clause], gate: Gate) -> bool:
    """Whether it would decide, did the gate leave nothing out."""
    return decides(finding, clauses) and not decides(finding, clauses, gate)


def level_of(finding: Finding, clauses: Mapping[str, Clause]) -> Level:
    """How binding its clause is; one that nobody knows is a MUST."""
    clause = clauses.get(finding.clause)
    return clause.level if clause else Level.MUST


def is_judgement(finding: Finding) -> bool:
    """PASS, FAIL, or UNSUPPORTED where a check would have noticed the feature."""
    return finding.verdict in _JUDGED and finding.tried


def outcome(
    findings: Sequence[Finding], clauses: Mapping[str, Clause], gate: Gate = GATE
) -> Outcome:
    """Exit code, summary and coverage of a run."""
    spared = sum(is_spared(finding, clauses, gate) for finding in findings)
    exit_code, why = _exit(findings, clauses, gate, spared)
    return Outcome(
        exit_code=exit_code,
        why=why + _gate_words(gate, spared),
        summary={
            verdict.value: sum(finding.verdict is verdict for finding in findings)
            for verdict in Verdict
        },
        coverage=_coverage(findings, clauses),
        spared=spared,
    )


def proof_outcome(
    proof: Proof, findings: Sequence[Finding], clauses: Mapping[str, Clause]
) -> Outcome:
    """Exit code of a run that proves that clauses can fail; its FAILs are what it is for."""
    exit_code = ExitCode.CONFORMANT if proof.holds else ExitCode.INCONCLUSIVE
    if proof.is_refuted:
        exit_code = ExitCode.FAILED
    if not proof.played:
        exit_code = ExitCode.NOTHING_JUDGED
    return replace(outcome(findings, clauses), exit_code=exit_code, why=proof.why)


def canary_words(canary: CanaryDone) -> str:
    """What became of it, in a sentence."""
    ends = {
        Verdict.FAIL: "was noticed",
        Verdict.PASS: "was NOT noticed: findings of this run cannot be trusted",
    }
    said = ends.get(canary.verdict, f"could not be judged ({canary.verdict}: {canary.reason})")
    return (
        f"the canary, sabotage {canary.sabotage} against {canary.clause} in {canary.scenario}, "
        f"{said}"
    )


def with_canary(judged: Outcome, canary: CanaryDone | None) -> Outcome:
    """The outcome of a run in which a hidden sabotage was to be played.

    Args:
        judged: Of its findings.
        canary: What became of it; None: it was not played to its end.
    """
    verdict = canary.verdict if canary else Verdict.INCONCLUSIVE
    if verdict is Verdict.FAIL:
        return judged
    worst = ExitCode.ERROR if verdict is Verdict.PASS else ExitCode.INCONCLUSIVE
    decided = (ExitCode.FAILED, ExitCode.ERROR)
    return replace(
        judged,
        exit_code=judged.exit_code if judged.exit_code in decided else worst,
        why=f"{judged.why}; {canary_words(canary) if canary else 'the canary was not played'}",
    )


def _exit(
    findings: Sequence[Finding], clauses: Mapping[str, Clause], gate: Gate, spared: int
) -> tuple[ExitCode, str]:
    failures = [finding for finding in findings if is_failure(finding, clauses, gate)]
    if failures:
        surprises = sum(is_unexpected_pass(finding) for finding in failures)
        parts = [(len(failures) - surprises, "FAIL"), (surprises, "unexpected PASS")]
        return ExitCode.FAILED, " and ".join(f"{n} {what}" for n, what in parts if n)
    errors = [finding for finding in findings if is_error(finding, gate)]
    if errors:
        return ExitCode.ERROR, f"{len(errors)} ERROR and no FAIL"
    open_ids = sorted({finding.clause for finding in findings if is_open(finding, clauses, gate)})
    if open_ids:
        return ExitCode.INCONCLUSIVE, f"INCONCLUSIVE, though they must hold: {', '.join(open_ids)}"
    if not any(is_judgement(finding) and _gates(finding, clauses, gate) for finding in findings):
        what = "nothing" if gate.is_default else "nothing that gates"
        return ExitCode.NOTHING_JUDGED, f"{what} was judged"
    what = "all that gates" if spared else "all that was judged"
    return ExitCode.CONFORMANT, f"{what} holds or is a known deviation"


def _gate_words(gate: Gate, spared: int) -> str:
    if gate.is_default:
        return ""
    if not spared:
        return f"; decided by the gate {gate.text}"
    return f"; left out by the gate {gate.text}, and failed or open: {spared}"


def _gates(finding: Finding, clauses: Mapping[str, Clause], gate: Gate) -> bool:
    return gate.is_default or gate.fails(finding.clause, level_of(finding, clauses))


def _coverage(findings: Sequence[Finding], clauses: Mapping[str, Clause]) -> Coverage:
    judged = {finding.clause for finding in findings if is_judgement(finding)}
    claims = {
        claim for clause in clauses.values() if clause.id in judged for claim in clause.claims
    }
    return Coverage(
        clauses=len(clauses.keys() | judged),
        judged=len(judged),
        claims=CLAIMS,
        claims_judged=len(claims),
        deviations=sum(
            finding.verdict is Verdict.FAIL and finding.deviation is not None
            for finding in findings
        ),
    )
