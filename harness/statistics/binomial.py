"""How rare something is that was seen k times in n."""

from __future__ import annotations

import math

_HALVINGS = 60
"""Steps of the bisection: its result is as exact as a float between 0 and 1 can be."""


def upper_bound(hits: int, trials: int, *, confidence: float = 0.95) -> float:
    """Clopper-Pearson's upper bound of a probability, one-sided and exact; 1.0 without trials.

    The largest probability with which `hits` or fewer in `trials` independent trials still happen
    in 1 - `confidence` of all cases. Without a hit it is close to 3 / trials, the rule of three.

    Source: Clopper and Pearson, Biometrika 26 (1934), 404-413.
    """
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials")
    if hits == trials:
        return 1.0
    low, high = hits / trials, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(hits, trials, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(hits: int, trials: int, probability: float) -> float:
    """Probability of `hits` or fewer; logarithms, because the terms may be tiny."""
    if probability >= 1.0:
        return 0.0
    logs = (
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(probability)
        + (trials - k) * math.log1p(-probability)
        for k in range(hits + 1)
    )
    return math.fsum(map(math.exp, logs))
