"""Where a probability lies, by how often something was seen."""

from __future__ import annotations

import math
from statistics import NormalDist

from harness.statistics.looks import LEVEL


def proportion_interval(
    successes: int, trials: int, *, level: float = LEVEL
) -> tuple[float, float]:
    """Wilson's score interval of a probability; (0, 1) without trials.

    Holds its level also for shares near 0 and 1 and for few trials, where the textbook's p ± z·s
    does not. For trials that do not depend on each other; what comes in bursts needs more of them.

    Source: Wilson, J. Am. Stat. Assoc. 22 (1927), 209-212.

    Raises:
        ValueError: successes are not 0 to trials, or the level is not between 0 and 1.
    """
    if not 0 <= successes <= trials or not 0 < level < 1:
        raise ValueError(f"{successes} of {trials} at level {level} is no proportion")
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / trials
    scale = 1 + z * z / trials
    middle = (share + z * z / (2 * trials)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
