"""Clicks and clipping: what samples tell by themselves, whatever was sent.

A click is a jump of the wave, or of its slope. The sixth difference of samples is blind to a sweep
(0.002 of its amplitude) and to what Opus makes of it (0.012, measured), and gives ten times the
height of a jump. Samples are int16, shape (n,), at 48 kHz; positions are sample indices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.signals.sound import FULL_SCALE

ORDER = 6
CLICK_RATIO = 0.1
"""Sixth difference over the amplitude of what was sent: a jump of a hundredth of it."""
APART = 480
"""Samples between two: what is nearer is one."""
CLIPPED_RUN = 3
"""Samples at full scale in a row. Of a sine from 600 Hz on that fits there is at most one."""


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Samples that are as they should not be."""

    start: int
    stop: int
    strength: float
    """Of a click: the jump that it is like, over the amplitude. Of clipping: samples."""


def clicks(samples: NDArray[np.int16], amplitude: float) -> list[Burst]:
    """All clicks in a sound whose amplitude, 1 at full scale, is known."""
    sixth = np.abs(np.diff(samples / (FULL_SCALE * amplitude), ORDER)) if len(samples) else samples
    return [
        Burst(
            start=first + ORDER // 2,
            stop=last + ORDER // 2 + 1,
            strength=float(sixth[first : last + 1].max()) / 10,
        )
        for first, last in _groups(np.flatnonzero(sixth > CLICK_RATIO))
    ]


def clipping(samples: NDArray[np.int16]) -> list[Burst]:
    """Where the wave is cut off at full scale."""
    flat = (samples == np.iinfo(np.int16).max) | (samples == np.iinfo(np.int16).min)
    edges = np.diff(np.concatenate([[0], flat.astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    long = stops - starts >= CLIPPED_RUN
    inside = np.zeros(len(samples) + 1, dtype=np.int64)
    inside[starts[long]] += 1
    inside[stops[long]] -= 1
    cut = np.flatnonzero(np.cumsum(inside[:-1]))
    return [
        Burst(
            start=first,
            stop=last + 1,
            strength=float(np.count_nonzero((cut >= first) & (cut <= last))),
        )
        for first, last in _groups(cut)
    ]


def _groups(places: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and last of the places that are near each other."""
    if not len(places):
        return []
    cuts = np.flatnonzero(np.diff(places) > APART)
    firsts = places[np.concatenate([[0], cuts + 1])]
    lasts = places[np.concatenate([cuts, [len(places) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
