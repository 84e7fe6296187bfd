"""Sound in which every moment is different: a sweep that says which part of it is heard.

A steady tone hides what a jitter buffer does: concealment carries it on, stretched time sounds
the same. A sine whose frequency rises from 600 to 2600 Hz in each half second, and begins again,
does not: its frequency is the place in the half second. What is heard twice, left out, held or
stretched shows as time that does not pass as it should (`harness.signals.sweep_reading`).

The same sample index always has the same value. Phase goes on from period to period, and frequency
returns in 2 ms: nothing in it is like a click.

Publish it with SWEEP_KBPS. Opus for speech decides, below 72 kbit/s (libopus 1.6, mono) or when
its packets are reported lost, whether to code it as speech (SILK): a decoder of that, once it has
missed a packet, makes noise of a pure sine, up to full scale and for up to a second. From 72 on it
is coded as music (CELT) and is itself again two packets after a loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.signals.sound import FULL_SCALE, Direction, amplitude

SWEEP_PERIOD_MS = 500
RETURN_MS = 2
SWEEP_BAND_HZ = (600, 2600)
SWEEP_KBPS = 96
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
    t_ms = np.arange(Sweep.sample_rate * SWEEP_PERIOD_MS // 1000) * 1000 / Sweep.sample_rate
    rising_ms = SWEEP_PERIOD_MS - RETURN_MS
    back = np.clip((t_ms - rising_ms) / RETURN_MS, 0, 1)
    up = np.minimum(t_ms / rising_ms, 0.5 + 0.5 * np.cos(np.pi * back))
    hz = low + (high - low) * (up if direction == "up" else 1 - up)
    phase = np.cumsum(hz) / Sweep.sample_rate
    # Whole waves in a period: the next one goes on where this one ends.
    phase = (phase - phase[0]) * np.rint(phase[-1]) / phase[-1]
    wave: NDArray[np.complex128] = np.exp(2j * np.pi * (phase - 0.25))
    return wave
