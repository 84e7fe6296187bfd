"""Sound with known truth: a pilot that says who sends, and markers that say when.

`x = A_p·sin(2π f_p t) + Σ A_m·chirp(t − k·0.5 s)`

The pilot is a steady tone on a 100 Hz grid: any two pilots are orthogonal over 10 ms, so one
short window tells who is heard, how loud, and whether anybody is. The marker is a linear chirp of
50 ms with raised-cosine edges of 5 ms, every 500 ms, on a 10 ms boundary: its arrival is found to
microseconds, and its sound survives Opus, DTX and loss that RED heals.

Levels are the peak of the sine in dB below full scale: 0 dBFS has an amplitude of 32768.
A pilot at −26 with markers at −12 makes LiveKit's speaker detection call the sender active; a
pilot at −50 with markers at −20 never does. `SILENCE` is a track without any sound.

The same sample index always has the same value, whatever the slice it is asked for in. Reading is
in `harness.signals.hearing`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FULL_SCALE = 32768.0
SAMPLE_RATES = (8000, 16000, 48000)
PILOTS_HZ = tuple(range(200, 1000, 100))
"""The alphabet of pilots. 100 Hz is left out: voice processing may filter it."""
MARKER_PERIOD_MS = 500
MARKER_MS = 50
MARKER_EDGE_MS = 5
MARKER_ORDER = (
    1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1,
    0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0,
)  # fmt: skip
"""Maximum-length sequence of 31: any five markers in a row occur once in 15.5 s. 1 is up."""

Direction = Literal["up", "down"]


@dataclass(frozen=True, kw_only=True)
class Tone:
    """Specification of a sound. Raises ValueError when it could not be told apart or would clip."""

    pilot_hz: int = 400
    """One of PILOTS_HZ; the left channel's where there are two."""
    pilot_dbfs: float = -26.0
    marker_dbfs: float = -12.0
    marker: Literal["up", "down", "order"] | None = "up"
    """Chirps that rise, that fall, or rise and fall in MARKER_ORDER: the first two repeat every
    500 ms, the last every 15.5 s, which is how far a delay can be told."""
    right_pilot_hz: int | None = None
    """Makes the sound stereo, with this pilot on the right. Markers are on both channels."""
    sample_rate: int = 48000
    sound_ms: int = MARKER_PERIOD_MS
    pause_ms: int = 0
    """Digital silence after each sound of `sound_ms`, from sample 0 on: someone who speaks and
    pauses. Both are whole marker periods: each sound begins with a marker. 0: it never pauses."""

    def __post_init__(self) -> None:
        if self.sample_rate not in SAMPLE_RATES:
            raise ValueError(f"sample_rate is {self.sample_rate}: choose one of {SAMPLE_RATES}")
        for name, pilot in (("pilot_hz", self.pilot_hz), ("right_pilot_hz", self.right_pilot_hz)):
            if pilot is not None and pilot not in PILOTS_HZ:
                raise ValueError(
                    f"{name} is {pilot}: choose a multiple of 100 from {PILOTS_HZ[0]} to "
                    f"{PILOTS_HZ[-1]}, which is what 10 ms can tell apart"
                )
        for name, length, least in (("sound_ms", self.sound_ms, 1), ("pause_ms", self.pause_ms, 0)):
            if length % MARKER_PERIOD_MS or length < least:
                raise ValueError(f"{name} is {length}: choose a multiple of {MARKER_PERIOD_MS}")
        if self.pilot_hz == self.right_pilot_hz:
            raise ValueError(f"both channels have the pilot {self.pilot_hz} Hz: choose two")
        marker = 0.0 if self.marker is None else amplitude(self.marker_dbfs)
        if not amplitude(self.pilot_dbfs) + marker <= 1.0:
            raise ValueError(
                f"pilot_dbfs {self.pilot_dbfs} and marker_dbfs {self.marker_dbfs} clip together: "
                "lower one, their amplitudes must not add up to more than full scale"
            )

    @property
    def channels(self) -> int:
        """1, or 2 with a pilot of its own on the right."""
        return 1 if self.right_pilot_hz is None else 2

    @property
    def chirp_band_hz(self) -> tuple[int, int]:
        """Lowest and highest frequency of the marker: 1 to 4 kHz, at 8 kHz sampling 1 to 3 kHz."""
        return (1000, 3000) if self.sample_rate == 8000 else (1000, 4000)

    def direction(self, number: int) -> Direction:
        """Whether marker `number`, which starts at `number`·500 ms, rises or falls."""
        if self.marker == "order":
            return "up" if MARKER_ORDER[number % len(MARKER_ORDER)] else "down"
        return "down" if self.marker == "down" else "up"


class ToneGenerator:
    """The samples of a tone, any slice of them, at the cost of a table look-up."""

    def __init__(self, tone: Tone) -> None:
        self.tone = tone
        self._half_s = tone.sample_rate * MARKER_PERIOD_MS // 1000
        order = len(MARKER_ORDER) if tone.marker == "order" else 1
        self._kinds = np.array([int(tone.direction(k) == "up") for k in range(order)])
        self._table = np.stack([self._period("down"), self._period("up")])
        self._sound = tone.sound_ms // MARKER_PERIOD_MS
        self._cycle = self._sound + tone.pause_ms // MARKER_PERIOD_MS

    def samples(self, start: int, stop: int) -> NDArray[np.int16]:
        """Samples `start` up to, not including, `stop`; shape (n, channels).

        Raises ValueError when `start` is negative or after `stop`.
        """
        if not 0 <= start <= stop:
            raise ValueError(f"samples {start} to {stop} do not exist: count from 0 upwards")
        n = np.arange(start, stop)
        period = n // self._half_s
        kinds = self._kinds[period % len(self._kinds)]
        result: NDArray[np.int16] = self._table[kinds, n % self._half_s]
        result[period % self._cycle >= self._sound] = 0
        return result

    def _period(self, direction: Direction) -> NDArray[np.int16]:
        """500 ms with one marker at the start: every pilot fits in a whole number of times."""
        tone, rate = self.tone, self.tone.sample_rate
        n = np.arange(self._half_s)
        pilots = [tone.pilot_hz]
        if tone.right_pilot_hz is not None:
            pilots.append(tone.right_pilot_hz)
        # Integer phase: the value depends on the index alone, not on rounding along the way.
        phases = np.stack([hz * n % rate for hz in pilots], axis=1) / rate
        x = amplitude(tone.pilot_dbfs) * np.sin(2 * np.pi * phases)
        if tone.marker is not None:
            marker = chirp(direction, rate, tone.chirp_band_hz).real
            x[: len(marker)] += amplitude(tone.marker_dbfs) * marker[:, None]
        limited = np.clip(np.rint(x * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
        return limited.astype(np.int16)


def chirp(
    direction: Direction, sample_rate: int, band_hz: tuple[int, int]
) -> NDArray[np.complex128]:
    """The analytic marker of amplitude 1, shape (samples of 50 ms,).

    Raises ValueError when the band does not fit under half the sample rate.
    """
    low, high = band_hz
    if high > sample_rate / 2:
        raise ValueError(f"a marker up to {high} Hz does not fit into {sample_rate} samples/s")
    start, end = (low, high) if direction == "up" else (high, low)
    length_s = MARKER_MS / 1000
    t = np.arange(sample_rate * MARKER_MS // 1000) / sample_rate
    phase = 2 * np.pi * (start * t + (end - start) / (2 * length_s) * t * t)
    edge = np.minimum(1.0, np.minimum(t, length_s - t) / (MARKER_EDGE_MS / 1000))
    window = 0.5 - 0.5 * np.cos(np.pi * edge)
    result: NDArray[np.complex128] = window * np.exp(1j * phase)
    return result


def amplitude(dbfs: float) -> float:
    """Peak amplitude, 1 at full scale, of a level in dBFS."""
    return math.pow(10.0, dbfs / 20.0)


SILENCE = Tone(pilot_dbfs=-140.0, marker=None)
"""Nothing but digital zeros."""
