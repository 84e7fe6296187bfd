"""Randomness by counter: the n-th number is a pure function of a key and n.

Nothing is consumed, so no packet moves the fate of another, and the plan is the same in every
process and Python version. The finaliser is that of SplitMix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import msgspec

_MASK = (1 << 64) - 1
_GOLDEN_GAMMA = 0x9E3779B97F4A7C15


def uniform_numbers(
    *, seed: int, participant: str, direction: str, key: str
) -> Callable[[int], float]:
    """A function from n ≥ 0 to [0, 1), with 53 random bits.

    Args:
        seed: The run's seed, any integer.
        participant: Whose packets.
        direction: `up` or `down`.
        key: What else tells one plan from another: the impairment.
    """
    name = msgspec.json.encode([str(seed), participant, direction, key])
    start = int.from_bytes(blake2b(name, digest_size=8).digest(), "little")

    def uniform(n: int) -> float:
        bits = (start + (n + 1) * _GOLDEN_GAMMA) & _MASK
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((bits ^ (bits >> 31)) >> 11) * 2.0**-53

    return uniform
