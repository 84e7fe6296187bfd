"""From the attempts of a scenario to the finding about one of its clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.clauses.model import Clause
from harness.evidence.clock import Ns
from harness.evidence.finding import Attempt, ClauseResult, Finding, Verdict
from harness.evidence.measurement import Measurement, Seen
from harness.judging.decide import MAX_ATTEMPTS, Decision, Trial, decide
from harness.judging.deviations import Deviations


def trials_of(clause: str, attempts: Sequence[Attempt]) -> list[Trial]:
    """What each attempt says about a clause; an attempt that broke, or is silent, is an ERROR."""
    return [
        Trial(
            attempt=attempt.number,
            result=_result(clause, attempt),
            disturbance=attempt.disturbance,
            beside=attempt.beside,
        )
        for attempt in attempts
    ]


def build_finding(
    clause: Clause,
    attempts: Sequence[Attempt],
    *,
    deviations: Deviations,
    floor: float | None = None,
) -> Finding:
    """The finding after all attempts in one cell, of which there must be at least one.

    Args:
        clause: What was judged.
        attempts: All attempts of one scenario in one cell, in order.
        deviations: What is known to fail, or to pass only by surprise.
        floor: What this machine measures where there is nothing to measure, in the clause's unit.
    """
    decision = decide(clause, trials_of(clause.id, attempts), attempts=0)
    assert decision.verdict is not None, "no further attempt was asked for"
    measurement = decision.measurement
    # What broke before anybody joined knows of no version, and a deviation is of versions.
    speaks = next((one for one in attempts if one.number == decision.speaker), attempts[-1])
    return Finding(
        clause=clause.id,
        scenario=speaks.scenario,
        cell=speaks.cell,
        attempts=len(attempts),
        verdict=decision.verdict,
        reason=decision.why,
        tried=decision.verdict is not Verdict.UNSUPPORTED or measurement is not None,
        measured=measurement.value if measurement else None,
        unit=clause.unit,
        direction=clause.limit.direction,
        interval=_interval(measurement),
        limit=clause.limit.as_dict(),
        floor=floor,
        deviation=deviations.of(clause.id, speaks.cell, decision.verdict),
        evidence=_evidence(decision, attempts),
        seen=_seen(decision, attempts),
        window=_window(clause.id, decision, attempts),
        notes=_notes(measurement),
        remarks=decision.remarks,
        disturbed=all(attempt.disturbance is not None for attempt in attempts),
    )


def needs_another(
    clauses: Sequence[Clause], attempts: Sequence[Attempt], *, most: int = MAX_ATTEMPTS
) -> str | None:
    """Why the scenario must run once more, or None when all of its clauses are decided."""
    for clause in clauses:
        decision = decide(clause, trials_of(clause.id, attempts), attempts=most)
        if decision.verdict is None:
            return f"{clause.id}: {decision.why}"
    return None


def _result(clause: str, attempt: Attempt) -> ClauseResult:
    if attempt.error is not None:
        return ClauseResult(clause=clause, verdict=Verdict.ERROR, reason=attempt.error)
    for result in attempt.results:
        if result.clause == clause:
            return result
    reason = f"the scenario ended without a judgement of {clause}"
    return ClauseResult(clause=clause, verdict=Verdict.ERROR, reason=reason)


def _interval(measurement: Measurement | None) -> tuple[float, float] | None:
    """None also for a lower bound, whose interval has no end."""
    return None if measurement is None or measurement.at_least else measurement.interval


def _notes(measurement: Measurement | None) -> tuple[str, ...]:
    if measurement is None:
        return ()
    open_end = "a lower bound: what was waited for had not come when the evidence ended"
    return ((open_end,) if measurement.at_least else ()) + measurement.notes


def _evidence(decision: Decision, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Files of the attempt that speaks, relative to the run folder."""
    files = decision.measurement.evidence if decision.measurement else ()
    return tuple(f"{_folder(decision, attempts)}/{file}" for file in files)


def _seen(decision: Decision, attempts: Sequence[Attempt]) -> Seen | None:
    seen = decision.measurement.seen if decision.measurement else None
    return replace(seen, file=f"{_folder(decision, attempts)}/{seen.file}") if seen else None


def _window(clause: str, decision: Decision, attempts: Sequence[Attempt]) -> tuple[Ns, Ns] | None:
    speakers = [one for one in attempts if one.number == decision.speaker]
    return next((_result(clause, one).window for one in speakers), None)


def _folder(decision: Decision, attempts: Sequence[Attempt]) -> str:
    """Of the attempt that speaks."""
    return next((one.folder for one in attempts if one.number == decision.speaker), "")
