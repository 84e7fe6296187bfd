"""One measurement against one clause: the verdict of one attempt."""

from __future__ import annotations

import math
from dataclasses import replace

from harness.clauses.model import Clause, Limit
from harness.evidence.finding import ClauseResult, Verdict
from harness.evidence.measurement import Measurement
from harness.judging.wording import expected, measured


def judge(measurement: Measurement, clause: Clause) -> ClauseResult:
    """Compare the measurement's interval with the clause's limit.

    PASS and FAIL only where the whole interval is on one side of the limit; that of a lower bound
    has no upper end. INCONCLUSIVE where
    it straddles the limit or the evidence is missing, UNSUPPORTED where the feature is, ERROR
    where the measurement cannot be one of this clause: another unit, not a finite number.
    """
    problem = _problem(measurement, clause)
    if problem is not None:
        empty = replace(measurement, value=None, error=0.0, missing=problem)
        return ClauseResult(
            clause=clause.id, verdict=Verdict.ERROR, reason=problem, measurement=empty
        )
    verdict, reason = _compare(measurement, clause)
    return ClauseResult(clause=clause.id, verdict=verdict, reason=reason, measurement=measurement)


def side(interval: tuple[float, float], limit: Limit) -> Verdict:
    """PASS or FAIL where all of the interval is inside or outside the limit, else INCONCLUSIVE."""
    low, high = interval
    least = -math.inf if limit.min is None else limit.min
    most = math.inf if limit.max is None else limit.max
    if least <= low and high <= most:
        return Verdict.PASS
    return Verdict.FAIL if high < least or low > most else Verdict.INCONCLUSIVE


def _compare(measurement: Measurement, clause: Clause) -> tuple[Verdict, str]:
    if measurement.unsupported is not None:
        return Verdict.UNSUPPORTED, measurement.unsupported
    if measurement.interval is None:
        return Verdict.INCONCLUSIVE, measurement.missing or "the verifier gave no value"
    low, high = measurement.interval
    verdict = side((low, math.inf if measurement.at_least else high), clause.limit)
    reason = (
        f"expected {expected(clause.limit, clause.unit)}, "
        f"measured {measured(measurement, clause.limit)}"
    )
    if verdict is Verdict.INCONCLUSIVE:
        reason += ", which is on both sides of the limit"
    return verdict, reason


def _problem(measurement: Measurement, clause: Clause) -> str | None:
    if measurement.unit != clause.unit:
        return (
            f"the measurement is in {measurement.unit}, {clause.id} in {clause.unit}: "
            f"the scenario judges the wrong value, or the catalogue names the wrong unit"
        )
    if measurement.value is not None and not math.isfinite(measurement.value):
        return f"the verifier gave {measurement.value}, which is no measurement"
    if not math.isfinite(measurement.error) or measurement.error < 0:
        return f"the verifier gave an error of {measurement.error}, which is none"
    if measurement.value is not None and measurement.sampling is not None:
        low, high = measurement.sampling
        if not low <= measurement.value <= high or math.isinf(high - low):
            return f"the verifier gave {low} to {high} for {measurement.value}, no interval of it"
    return None
