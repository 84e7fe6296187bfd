"""Sweeps with defects: gaps, clicks, jumps; held; and played too slowly."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage
from harness.signals.sound import FULL_SCALE, amplitude
from harness.signals.sweep import SWEEP_PERIOD_MS, Sweep, sweep_period

if TYPE_CHECKING:
    from harness.participant.tampering import Samples, Tampering
    from harness.signals.generator import SoundSignal

PERIOD = Sweep.sample_rate * SWEEP_PERIOD_MS // 1000
TURNS = 3
"""Periods after which the first kind of defect comes again."""
AT = PERIOD // 4
"""Where in its period a defect begins."""
GAP = JUMP = 1440
"""Samples, 30 ms."""
HELD = ((1, 1, 2400), (1, 3, 2400), (2, 5, 6720))
"""In how many periods once it is held, from which eighth of that on, and for how many samples, 50
and 140 ms: so often that many do not fall on lost packets, and half of the sweep is still heard."""
SPEED = 0.96

Sound = NDArray[np.int16]


def spoilt_sweep(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_spoilt)


def held_sweep(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_held)


def slow_sweep(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_slow)


def _spoilt(samples: Samples, sound: SoundSignal, start: int, stop: int) -> Sound:
    if not isinstance(sound, Sweep):
        return samples(start, stop)
    n = np.arange(start, stop)
    turn, place = n // PERIOD % TURNS, n % PERIOD
    made = samples(start, stop).copy()
    made[(turn == 0) & (place >= AT) & (place < AT + GAP)] = 0
    clicks = (turn == 1) & (place == AT)
    made[clicks] = np.where(made[clicks] < 0, 30_000, -30_000)
    ahead = (turn == 2) & (place >= AT)
    made[ahead] = samples(start + JUMP, stop + JUMP)[ahead]
    return made


def _held(samples: Samples, sound: SoundSignal, start: int, stop: int) -> Sound:
    """For a while the frequency of one moment goes on."""
    made = samples(start, stop).copy()
    if isinstance(sound, Sweep):
        n, phase = np.arange(start, stop), _phases(sound)
        for periods, eighths, lasts in HELD:
            at = eighths * PERIOD // 8
            since = n % PERIOD - at
            held = (n // PERIOD % periods == 0) & (since >= 0) & (since < lasts)
            made[held, 0] = _wave(sound, phase[at] + (phase[at] - phase[at - 1]) * since[held])
    return made


def _slow(samples: Samples, sound: SoundSignal, start: int, stop: int) -> Sound:
    if not isinstance(sound, Sweep):
        return samples(start, stop)
    phase = _phases(sound)
    whole = np.append(phase, 2 * phase[-1] - phase[-2])
    place = SPEED * np.arange(start, stop) % PERIOD
    return _wave(sound, np.interp(place, np.arange(PERIOD + 1), whole))[:, None]


@cache
def _phases(sweep: Sweep) -> NDArray[np.float64]:
    """Of a period, in radians, never falling; to reckon them takes longer than a frame lasts."""
    return np.unwrap(np.angle(sweep_period(sweep.direction)))


def _wave(sweep: Sweep, phase: NDArray[np.float64]) -> Sound:
    wave = amplitude(sweep.level_dbfs) * FULL_SCALE * np.cos(phase)
    return np.clip(np.rint(wave), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


SABOTAGES = (
    Sabotage(
        name="spoilt-sweep",
        breaks="a sweep has a gap, a click or a jump in each period",
        kills=frozenset({"SND-001", "SND-002", "SND-003", "SND-013"}),
        tampers=(f"{__name__}:{spoilt_sweep.__name__}",),
    ),
    Sabotage(
        name="held-sweep",
        breaks="a sweep stands still several times in each period, for 50 and for 140 ms",
        kills=frozenset(
            {"SND-005", "SND-008", "SND-009", "SND-010", "SND-011", "SND-012", "SND-015"}
        ),
        tampers=(f"{__name__}:{held_sweep.__name__}",),
    ),
    Sabotage(
        name="slow-sweep",
        breaks="a sweep is played four hundredths too slowly",
        kills=frozenset({"SND-006", "SND-014", "SND-016"}),
        tampers=(f"{__name__}:{slow_sweep.__name__}",),
    ),
)
