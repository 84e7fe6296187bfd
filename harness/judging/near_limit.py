"""Limits that chance may cross: a value comes nearer to its limit than its repeats lie apart.

It has not happened yet: what has, `harness.judging.flips` counts. Such a limit is too tight, or its
verifier too coarse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.judging.flips import Series

LEAST = 3
"""Verdicts of a series: two values tell little of how far they lie apart."""


@dataclass(frozen=True, kw_only=True)
class NearLimit:
    """A series that never flipped and could, in the unit of its clause."""

    series: Series
    room: float
    """From the limit to the value that is nearest to it."""
    spread: float
    """From the least value to the largest, more than `room`."""


def near_limits(series: Iterable[Series]) -> tuple[NearLimit, ...]:
    """Those of the series; first what has the least room for its spread.

    Args:
        series: Verdicts of stored runs. A value that is only a lower bound does not count.
    """
    found = [near for one in series if (near := _near(one)) is not None]
    return tuple(sorted(found, key=lambda near: near.room / near.spread))


def _near(series: Series) -> NearLimit | None:
    findings = [said.finding for said in series.said]
    values = [one.measured for one in findings if one.measured is not None and one.interval]
    ends = (findings[0].limit or {}).values()
    if len(values) < LEAST or not ends or len({one.verdict for one in findings}) > 1:
        return None
    room = min(abs(value - end) for value in values for end in ends)
    spread = max(values) - min(values)
    return NearLimit(series=series, room=room, spread=spread) if room < spread else None
