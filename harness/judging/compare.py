"""What changed from one run, or several of the same versions, to another: clause by clause.

    in BASE              in NEW                   change
    PASS                 FAIL, UNSUPPORTED        regression
    FAIL, UNSUPPORTED    PASS                     fix
    FAIL                 UNSUPPORTED, or back     another verdict
    PASS and FAIL        one of them              unsteady: says nothing of NEW
    judged               ERROR, INCONCLUSIVE      lost
    ERROR, INCONCLUSIVE  judged                   gained
    judged               by another limit, and the verdict is another: relimited
    not there            there, or back           added, removed
    the same verdict     a value beyond the interval: worse, better, or moved

A value is beyond when its whole interval is outside of what BASE leads to expect. Of one run that
is its interval, which tells how exactly that one observation was measured and not how much the next
differs: two runs of the same versions have many such values. Of two runs it is what both span, of
three and more the 99 % prediction interval of a normal distribution too. What is beyond by less
than a hundredth of the limit is the same. No exit code rests on a value alone.

What a scenario is called may change: where a clause under a profile has one finding left on both
sides, they belong together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean, stdev

from harness.evidence.finding import Finding, Verdict
from harness.judging.outcome import is_judgement
from harness.statistics.bootstrap import student_t

LEVEL = 0.99
LEAST_SHIFT = 0.01
"""In parts of the limit; nearer values are the same."""
FEWEST = 3
"""Values that a prediction interval takes."""

Key = tuple[str, str, str]


class Change(StrEnum):
    """What became of a clause in a scenario under a profile."""

    REGRESSION = "regression"
    LOST = "lost"
    FIX = "fix"
    ANOTHER = "another verdict"
    RELIMITED = "another limit"
    UNSTEADY = "unsteady"
    WORSE = "worse"
    BETTER = "better"
    MOVED = "moved"
    GAINED = "gained"
    ADDED = "added"
    REMOVED = "removed"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A clause in a scenario under a profile, before and after."""

    clause: str
    before: tuple[Finding, ...]
    """One of each run of BASE that has it, oldest first."""
    after: Finding | None
    change: Change
    expected: tuple[float, float] | None = None
    """Where BASE leads to expect the value, if there is one and the limits are the same."""
    rests_on: int = 0
    """How many runs of BASE lead to that."""

    @property
    def told(self) -> Finding:
        """The newest finding there is."""
        return self.after if self.after is not None else self.before[-1]

    @property
    def shift(self) -> float:
        """How far the value is from what was expected, in parts of the limit; 0 without a value.

        Where the limit is 0, in parts of what was expected.
        """
        if self.after is None or self.after.measured is None or self.expected is None:
            return 0.0
        low, high = self.expected
        if low <= self.after.measured <= high:
            return 0.0
        beyond = max(low - self.after.measured, self.after.measured - high)
        ends = (self.after.limit or {}).values()
        scale = max(map(abs, ends), default=0.0) or max(abs(low), abs(high))
        return beyond / scale if scale else math.inf


def compare(before: Sequence[Sequence[Finding]], after: Sequence[Finding]) -> tuple[Compared, ...]:
    """Compare the findings of runs, oldest first, with those of a later one, by clause."""
    runs = [_by_key(findings) for findings in before]
    new = _by_key(after)
    for run in runs:
        _rename(run, new)
    keys = sorted({*new, *(key for run in runs for key in run)})
    return tuple(_compared([run[key] for run in runs if key in run], new.get(key)) for key in keys)


def _by_key(findings: Iterable[Finding]) -> dict[Key, Finding]:
    return {(one.clause, one.cell.profile, one.scenario): one for one in findings}


def _rename(run: dict[Key, Finding], new: dict[Key, Finding]) -> None:
    """Give findings of an earlier run the key of their scenario's new name."""
    gone, come = _alone(run.keys() - new.keys()), _alone(new.keys() - run.keys())
    for place, key in gone.items():
        if place in come:
            run[come[place]] = run.pop(key)


def _alone(keys: Iterable[Key]) -> dict[tuple[str, str], Key]:
    """By clause and profile, where there is one key only."""
    places: dict[tuple[str, str], list[Key]] = {}
    for key in keys:
        places.setdefault(key[:2], []).append(key)
    return {place: found[0] for place, found in places.items() if len(found) == 1}


def _compared(before: Sequence[Finding], after: Finding | None) -> Compared:
    change = _change(before, after)
    row = Compared(
        clause=(after or before[-1]).clause, before=tuple(before), after=after, change=change
    )
    if after is None or change is not Change.SAME or not is_judgement(after):
        return row  # a value that does not count is no better and no worse
    like = _like(before, after)
    row = replace(row, expected=_expected(like), rests_on=len(like))
    return replace(row, change=_moved(after, row.expected)) if row.shift >= LEAST_SHIFT else row


def _change(before: Sequence[Finding], after: Finding | None) -> Change:
    if after is None:
        return Change.REMOVED
    if not before:
        return Change.ADDED
    said = {one.verdict for one in before if is_judgement(one)}
    if not is_judgement(after):
        return Change.LOST if said else Change.SAME
    if not said:
        return Change.GAINED
    if said == {after.verdict}:
        return Change.SAME
    if before[-1].limit != after.limit:
        return Change.RELIMITED
    if said >= {Verdict.PASS, Verdict.FAIL}:
        return Change.UNSTEADY if after.verdict in said else Change.ANOTHER
    if after.verdict is Verdict.PASS:
        return Change.FIX
    return Change.REGRESSION if Verdict.PASS in said else Change.ANOTHER


def _like(before: Sequence[Finding], after: Finding) -> list[tuple[float, tuple[float, float]]]:
    """Values of earlier runs that compare with a later one, each with its interval."""
    return [
        (one.measured, one.interval)
        for one in before
        if one.measured is not None
        and one.interval is not None
        and (one.unit, one.limit, one.verdict) == (after.unit, after.limit, after.verdict)
    ]


def _expected(like: Sequence[tuple[float, tuple[float, float]]]) -> tuple[float, float] | None:
    """Where the value of a further run is expected; None where that cannot be said."""
    if not like:
        return None
    low = min(interval[0] for _, interval in like)
    high = max(interval[1] for _, interval in like)
    values = [value for value, _ in like]
    if len(values) >= FEWEST:
        n = len(values)
        reach = student_t(LEVEL, n - 1) * stdev(values) * math.sqrt(1 + 1 / n)
        low, high = min(low, fmean(values) - reach), max(high, fmean(values) + reach)
    return low, high


def _moved(after: Finding, expected: tuple[float, float] | None) -> Change:
    if expected is None or after.measured is None or after.interval is None:
        return Change.SAME
    low, high = expected
    if after.interval[0] <= high and after.interval[1] >= low:
        return Change.SAME
    rose = after.measured > high
    match after.direction:
        case "smaller":
            return Change.WORSE if rose else Change.BETTER
        case "larger":
            return Change.BETTER if rose else Change.WORSE
        case "equal" if after.limit and "max" in after.limit:
            wanted = after.limit["max"]
            off = abs(after.measured - wanted)
            worse = off > min(abs(low - wanted), abs(high - wanted))
            return Change.WORSE if worse else Change.BETTER
        case _:
            return Change.MOVED
