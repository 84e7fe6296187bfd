"""From the attempts at a clause to its verdict, or to one more attempt.

An attempt is set aside when it was an ERROR, when it measured nothing (INCONCLUSIVE without a
value), or when it was disturbed and the clause is about a time or a rate. The others count. A PASS
counts even then where load can only make it worse: a time under a maximum, a share of what was
sent.

Of an attempt that ran beside others more is set aside, for it was known before that it would be
disturbed: all but a PASS that load cannot bring about, UNSUPPORTED, and what rests on calls alone
(`harness.judging.load`). A FAIL of it is asked again alone, and counts there. It is none of the
three attempts that a clause gets, so that a run of several processes judges as one of a single
process does.

    attempts that count                     decision
    a clear FAIL among them                 FAIL, whatever the others say
    all UNSUPPORTED                         UNSUPPORTED
    UNSUPPORTED and measured                one more attempt, at the end INCONCLUSIVE
    measured: the middle one is a PASS      PASS
    measured: it straddles the limit        one more attempt, at the end INCONCLUSIVE
    none, an ERROR among those set aside    one more attempt, at the end ERROR
    none                                    one more attempt, at the end INCONCLUSIVE

The middle one is an attempt that was, by how far its value is from the limit; of an even number
the worse of the two in the middle. It speaks with its own value, interval, notes and evidence: so
no report tells of a longest freeze that nobody saw. A lower bound under a maximum is the worst that
there is. Whatever is set aside stays visible in `Decision.remarks`.

To stop at the first clear attempt is a sequential test. Sampling intervals are as wide as three
looks demand, so that a clause whose truth lies on the limit itself is said to lie beyond it by
chance in 5 % of cases at most (`harness.statistics.looks`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.clauses.model import Clause, Limit
from harness.evidence.finding import ClauseResult, Verdict
from harness.evidence.measurement import Measurement
from harness.judging.disturbance import BESIDE
from harness.judging.load import counts_beside, holds_all_the_same
from harness.judging.wording import quantity
from harness.statistics.looks import LOOKS

MAX_ATTEMPTS = LOOKS
"""Attempts that a clause gets in one cell, one beside others not counted."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What one attempt says about one clause."""

    attempt: int
    result: ClauseResult
    disturbance: str | None = None
    """Why times and rates of the attempt cannot be trusted, or None."""
    beside: bool = False
    """Whether it ran beside others on the same machine."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A verdict, or the wish for one more attempt."""

    verdict: Verdict | None
    """None: one more attempt is needed."""
    why: str
    """One sentence; it tells how many attempts were set aside."""
    measurement: Measurement | None = None
    """What was measured: in the middle one, or what failed."""
    speaker: int | None = None
    """Number of the attempt whose evidence shows it best."""
    remarks: tuple[str, ...] = ()
    """A sentence about each attempt, when there were several."""


def decide(clause: Clause, trials: Sequence[Trial], *, attempts: int = MAX_ATTEMPTS) -> Decision:
    """Apply the table above to the trials so far.

    After `attempts` of them that ran alone there is a verdict, and after one more in any case.
    """
    counted = [trial for trial in trials if set_aside(clause, trial) is None]
    decision = _of_counted(clause, counted) if counted else _of_none(clause, trials)
    remarks = tuple(_remark(clause, trial) for trial in trials) if len(trials) > 1 else ()
    alone = sum(not trial.beside for trial in trials)
    over = alone >= attempts or len(trials) > attempts
    final = decision.verdict in _FINAL or over
    return Decision(
        verdict=decision.verdict if final else None,
        why=decision.why + _aside(clause, trials),
        measurement=decision.measurement,
        speaker=decision.speaker,
        remarks=remarks,
    )


_FINAL = {Verdict.PASS, Verdict.FAIL, Verdict.UNSUPPORTED}


def _of_counted(clause: Clause, counted: list[Trial]) -> Decision:
    for trial in counted:
        if trial.result.verdict is Verdict.FAIL:
            return _as_in(trial)
    unsupported = [trial for trial in counted if trial.result.verdict is Verdict.UNSUPPORTED]
    if len(unsupported) == len(counted):
        return _as_in(counted[0])
    if unsupported:
        return Decision(
            verdict=Verdict.INCONCLUSIVE, why="measured in one attempt, unsupported in another"
        )
    return _middle(clause, counted) if len(counted) > 1 else _as_in(counted[0])


def _middle(clause: Clause, counted: list[Trial]) -> Decision:
    ranked = sorted(counted, key=lambda trial: _badness(clause.limit, trial))
    decision = _as_in(ranked[len(ranked) // 2])
    each = ", ".join(quantity(_value(trial), clause.unit) for trial in counted)
    how = "the worse" if len(counted) == 2 else "the middle one"
    return replace(decision, why=f"{decision.why}; {how} of {len(counted)} attempts ({each})")


def _badness(limit: Limit, trial: Trial) -> tuple[float, bool]:
    """How far a value is on the way to its limit and beyond; at equal ones, whether it is open."""
    value, is_open = _value(trial), trial.result.verdict is Verdict.INCONCLUSIVE
    if limit.max is not None and _measurement(trial).at_least:
        return math.inf, is_open
    if limit.min is None or limit.max is None:
        return (value if limit.min is None else -value), is_open
    return abs(value - (limit.min + limit.max) / 2), is_open


def _of_none(clause: Clause, trials: Sequence[Trial]) -> Decision:
    errors = [trial for trial in trials if trial.result.verdict is Verdict.ERROR]
    if errors:
        return _as_in(errors[-1])
    if not trials:
        return Decision(verdict=Verdict.INCONCLUSIVE, why="there was no attempt")
    last = trials[-1]
    return Decision(
        measurement=last.result.measurement,
        verdict=Verdict.INCONCLUSIVE,
        why=_why_not(last, set_aside(clause, last) or ""),
        speaker=last.attempt,
    )


def _why_not(trial: Trial, why: str) -> str:
    """Why what an attempt said does not count, what it measured before figures of load."""
    said = trial.result.reason
    return said if said in why else f"{said}; it does not count, {why}"


def _as_in(trial: Trial) -> Decision:
    result = trial.result
    return Decision(
        verdict=result.verdict,
        why=result.reason,
        measurement=result.measurement,
        speaker=trial.attempt,
    )


def set_aside(clause: Clause, trial: Trial) -> str | None:
    """Why an attempt does not count for a clause, or None."""
    result = trial.result
    if result.verdict is Verdict.ERROR:
        return result.reason
    if result.verdict is Verdict.INCONCLUSIVE and _interval(result) is None:
        return result.reason
    if trial.beside and not counts_beside(clause, result):
        return f"not alone: {trial.disturbance or BESIDE}"
    if trial.disturbance and clause.timing and not holds_all_the_same(clause, result):
        return f"disturbed: {trial.disturbance}"
    return None


def _aside(clause: Clause, trials: Sequence[Trial]) -> str:
    """How many attempts were set aside, for a verdict that rests on the others."""
    if len(trials) == 1:
        return ""
    aside = [trial for trial in trials if set_aside(clause, trial) is not None]
    beside = sum(trial.beside for trial in aside)
    alone = sum(not trial.beside for trial in trials)
    if len(aside) > beside:
        also = f", and {beside} beside others" * bool(beside)
        return f"; {len(aside) - beside} of {alone} attempts set aside{also}"
    return f"; {beside} beside others set aside" * bool(beside)


def _remark(clause: Clause, trial: Trial) -> str:
    why = set_aside(clause, trial)
    said = trial.result.reason
    if why is None:
        return f"attempt {trial.attempt}: {trial.result.verdict}, {said}"
    if said in why:
        return f"attempt {trial.attempt}: set aside, {why}"
    return f"attempt {trial.attempt}: {said}; set aside, {why}"


def _interval(result: ClauseResult) -> tuple[float, float] | None:
    return None if result.measurement is None else result.measurement.interval


def _measurement(trial: Trial) -> Measurement:
    assert trial.result.measurement is not None, "judge() gives every PASS a measurement"
    return trial.result.measurement


def _value(trial: Trial) -> float:
    value = _measurement(trial).value
    assert value is not None
    return value
