"""From values to places on a plot, and which values are written beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

TICKS = 6
"""About as many are written."""
LEAST_TICKS = 3


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Maps [low, high] to [start, end]; what is outside is held at the edge."""

    low: float
    high: float
    start: float
    end: float
    log: bool
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        """Where a value is drawn."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            share = math.log(inside / self.low) / math.log(self.high / self.low)
        else:
            share = (inside - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * share


def scale_of(low: float, high: float, start: float, end: float, *, log: bool = False) -> Scale:
    """A scale with ticks at round values, mostly 1, 2 or 5 times a power of ten.

    Args:
        low: Smallest value; above 0 with `log`.
        high: Largest value.
        start: Where the smallest is drawn.
        end: Where the largest is.
        log: Equal ratios are equal distances.

    Raises:
        ValueError: there is nothing between low and high, or no logarithm.
    """
    if not low < high or (log and low <= 0):
        raise ValueError(f"nothing can be drawn from {low} to {high}")
    ticks = _log_ticks(low, high) if log else _ticks(low, high)
    return Scale(low=low, high=high, start=start, end=end, log=log, ticks=tuple(ticks))


def _ticks(low: float, high: float) -> list[float]:
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(place * step, 12) for place in range(first, last + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """Of a short axis more of them, since 1, 2 and 5 may all lie outside."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), range(1, 10)):
        ticks = [factor * 10.0**power for power in powers for factor in factors]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) >= LEAST_TICKS:
            return inside
    return _ticks(low, high)
