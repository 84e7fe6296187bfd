"""Sound in which every moment is different: a sweep that says which part of it is heard.

A steady tone hides what a jitter buffer does: concealment carries it on, stretched time sounds
the same. A sine whose frequency rises from 600 to 2600 Hz in each half second, and begins again,
does not: its frequency is the place in the half second. What is heard twice, left out, held or
stretched shows as time that does not pass as it should (`harness.signals.sweep_reading`).

Frequency jumps at the end of a period, the wave does not: a period holds 800 whole waves.
The same sample index always has the same value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.signals.sound import FULL_SCALE, Direction, amplitude

SWEEP_PERIOD_MS = 500
SWEEP_BAND_HZ = (600, 2600)
QUIETEST_DBFS = -40.0
"""Below this a reader could not tell the sweep from what Opus makes of silence."""


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Specification of a sweep. Raises ValueError for a level at which it could not be read."""

    direction: Direction = "up"
    """Whether frequency rises or falls: who sends, where there are two."""
    level_dbfs: float = -12.0
    """Peak of the sine."""
    sample_rate: ClassVar[int] = 48_000
    channels: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if self.direction not in ("up", "down"):
            raise ValueError(f"direction is {self.direction!r}: choose up or down")
        if not QUIETEST_DBFS <= self.level_dbfs <= 0:
            raise ValueError(f"level_dbfs is {self.level_dbfs}: choose {QUIETEST_DBFS:.0f} to 0")


class SweepGenerator:
    """The samples of a sweep, any slice of them."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        wave = amplitude(sweep.level_dbfs) * FULL_SCALE * sweep_period(sweep.direction).real
        self._table = np.clip(np.rint(wave), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)

    def samples(self, start: int, stop: int) -> NDArray[np.int16]:
        """Samples `start` up to, not including, `stop`; shape (n, 1).

        Raises ValueError when `start` is negative or after `stop`.
        """
        if not 0 <= start <= stop:
            raise ValueError(f"samples {start} to {stop} do not exist: count from 0 upwards")
        heard: NDArray[np.int16] = self._table[np.arange(start, stop) % len(self._table)][:, None]
        return heard


def sweep_period(direction: Direction) -> NDArray[np.complex128]:
    """One analytic period of amplitude 1, shape (samples of 500 ms,); it begins at sin 0."""
    low, high = SWEEP_BAND_HZ
    begin, end = (low, high) if direction == "up" else (high, low)
    period_s = SWEEP_PERIOD_MS / 1000
    t = np.arange(Sweep.sample_rate * SWEEP_PERIOD_MS // 1000) / Sweep.sample_rate
    phase = 2 * np.pi * (begin * t + (end - begin) / (2 * period_s) * t * t)
    wave: NDArray[np.complex128] = np.exp(1j * (phase - np.pi / 2))
    return wave
