"""Exact probabilities that measured counts are held against."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

RARE = 1e-6
"""How improbable a count must be, on either side, for a test to fail."""


def binomial(trials: int, ratio: float) -> list[float]:
    """Probability of 0, 1, … `trials` hits."""
    return [comb(trials, k) * ratio**k * (1 - ratio) ** (trials - k) for k in range(trials + 1)]


def markov_losses(
    count: int, start: Sequence[float], moves: Sequence[Sequence[float]], lost: Sequence[bool]
) -> list[float]:
    """Probability of 0, 1, … `count` losses among so many packets.

    Args:
        count: Of packets.
        start: Probability of each state at packet 0.
        moves: moves[i][j]: probability of going from state i to j from one packet to the next.
        lost: Whether packets of a state are lost.
    """
    states = range(len(start))
    # at[s][k]: probability of being in state s after k losses.
    at = [[start[s] * (k == lost[s]) for k in range(count + 1)] for s in states]
    for _ in range(count - 1):
        to = [
            [sum(at[s][k] * moves[s][t] for s in states) for k in range(count + 1)] for t in states
        ]
        at = [[0.0, *to[t][:-1]] if lost[t] else to[t] for t in states]
    return [sum(at[s][k] for s in states) for k in range(count + 1)]


def is_plausible(count: int, probabilities: Sequence[float]) -> bool:
    """Whether neither so few nor so many are RARE."""
    return sum(probabilities[: count + 1]) > RARE and sum(probabilities[count:]) > RARE
