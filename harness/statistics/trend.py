"""Whether a series rises or falls: the slope that outliers do not move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

MAX_POINTS = 2000
"""Every pair of points has a slope: two million of them."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A slope, in units of the values per unit of the times, and where it lies."""

    slope: float
    low: float
    high: float


def theil_sen(times: ArrayLike, values: ArrayLike, *, level: float = 0.95) -> Trend:
    """The median of the slopes of all pairs of points, with its interval after Sen.

    Args:
        times: Shape (n,), not all equal, n from 3 to MAX_POINTS.
        values: Shape (n,).
        level: Probability that the interval holds the slope of a series whose points scatter
            independently around a line.

    Raises:
        ValueError: too few or too many points, or all at one time.

    Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, Journal of
    the American Statistical Association 63 (1968).
    """
    x, y = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    n = len(x)
    if not 3 <= n <= MAX_POINTS or len(y) != n:
        raise ValueError(f"{n} times and {len(y)} values: a trend needs 3 to {MAX_POINTS} of each")
    first, second = np.triu_indices(n, k=1)
    run = x[second] - x[first]
    apart = run != 0
    if not apart.any():
        raise ValueError("all points are at one time: there is no trend")
    slopes = np.sort((y[second] - y[first])[apart] / run[apart])
    spread = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = max(0, round((len(slopes) - spread) / 2) - 1)
    high = min(len(slopes) - 1, round((len(slopes) + spread) / 2))
    return Trend(slope=float(np.median(slopes)), low=float(slopes[low]), high=float(slopes[high]))
