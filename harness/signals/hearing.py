"""Reads sound: levels, pilots, markers, frequency.

Everything takes one channel of int16 samples, shape (n,), and knows no wall clock: positions are
sample indices. Levels are in dBFS, the peak of a sine for pilots (a full-scale sine is 0) and the
root mean square for loudness (a full-scale sine is −3); digital silence is SILENCE_DBFS.

False accepts, measured over 10 minutes of white noise and both directions: none; the highest
similarity was 0.12 at 48 kHz and 0.30 at 8 kHz, against the threshold of 0.5 (the tests repeat one
minute, seed 4). A falling chirp reads 0.17 as a rising one, 0.20 at 8 kHz. Finding both directions
costs 5 to 10 ms of CPU per second of sound at 48 kHz.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.signals.sound import FULL_SCALE, MARKER_MS, Direction, Tone, chirp

SILENCE_DBFS = -140.0
WINDOW_MS = 10
"""Over 10 ms all pilots are orthogonal."""
THRESHOLD = 0.5
MIN_DISTANCE_MS = 100
FFT_SAMPLES = 16384
BESIDE_MS = 50
PRESENT_DB = 6.0
"""A pilot counts as heard down to this far below the level at which it was sent."""
QUIETEST_MARKER_DBFS = -70.0
"""Root mean square below which there is nothing to compare: rounding noise is −100."""

Number = TypeVar("Number", np.int64, np.complex128)


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A marker that was heard."""

    onset: float
    """Sample index of its start, with a fraction."""
    similarity: float
    """0 to 1: normalised cross-correlation with the marker as sent."""
    direction: Direction


def pilot_levels_dbfs(
    samples: NDArray[np.int16], sample_rate: int, pilots_hz: Sequence[int]
) -> NDArray[np.float64]:
    """Peak level of each pilot in each whole window of 10 ms, shape (windows, pilots)."""
    return decibels(np.abs(_pilot_phasors(samples, sample_rate, pilots_hz)))


def sliding_pilot_dbfs(
    samples: NDArray[np.int16], sample_rate: int, pilot_hz: int, *, hop: int
) -> NDArray[np.float64]:
    """Peak level of one pilot in windows of 10 ms that start every `hop` samples."""
    n = np.arange(len(samples))
    turning = np.exp(-2j * np.pi * (pilot_hz * n % sample_rate) / sample_rate)
    window = sample_rate * WINDOW_MS // 1000
    sums = _window_sums(samples / FULL_SCALE * turning, window)[::hop]
    return decibels(np.abs(sums) * 2 / window)


def sliding_rms_dbfs(
    samples: NDArray[np.int16], sample_rate: int, *, hop: int
) -> NDArray[np.float64]:
    """Root mean square of windows of 10 ms that start every `hop` samples."""
    window = sample_rate * WINDOW_MS // 1000
    # Squares of integers add up exactly, so that silence after sound is silence.
    power = _window_sums(samples.astype(np.int64) ** 2, window)[::hop] / window
    return decibels(np.sqrt(power) / FULL_SCALE)


def frequency_hz(samples: NDArray[np.int16], sample_rate: int, near_hz: int) -> float | None:
    """Frequency of the tone within 50 Hz of `near_hz`, None below three windows that hold it.

    The median of the phase steps from window to window, so that markers and the moments at which
    a jitter buffer stretches time do not count.
    """
    phasors = _pilot_phasors(samples, sample_rate, [near_hz])[:, 0]
    loud = np.abs(phasors) > 1e-3
    steps = np.angle(phasors[1:] * phasors[:-1].conj())[loud[1:] & loud[:-1]]
    if len(steps) < 2:
        return None
    return near_hz + float(np.median(steps)) / (2 * np.pi * WINDOW_MS / 1000)


def find_markers(samples: NDArray[np.int16], sample_rate: int, tone: Tone) -> list[Marker]:
    """The markers of a tone in a recording, in order.

    `sample_rate` is that of the recording; the marker is the one that `tone` sends, at any rate.
    All tones have the same markers: one counts as this tone's where its pilot is heard beside it.
    Raises ValueError when the marker's band does not fit into the recording.
    """
    if tone.marker is None:
        return []
    directions: tuple[Direction, ...] = ("up", "down")
    if tone.marker != "order":
        directions = (tone.direction(0),)
    found = [
        marker
        for direction in directions
        for marker in _peaks(samples, sample_rate, direction, tone.chirp_band_hz)
    ]
    kept: list[Marker] = []
    nearest = sample_rate * MIN_DISTANCE_MS / 1000
    for marker in sorted(found, key=lambda m: -m.similarity):
        if all(abs(marker.onset - other.onset) >= nearest for other in kept):
            kept.append(marker)
    own = [marker for marker in kept if _is_of(tone, marker, samples, sample_rate)]
    return sorted(own, key=lambda m: m.onset)


def similarity(
    samples: NDArray[np.int16], sample_rate: int, direction: Direction, band_hz: tuple[int, int]
) -> NDArray[np.float64]:
    """How much the 50 ms from each sample on are like a marker, 0 to 1.

    Complex normalised cross-correlation |x⋆h| / √(E_x·E_h/2), shape (n − marker + 1,), by block
    FFT; 0 where the sound is too quiet to say. Empty when the recording is shorter than a marker.
    """
    length = sample_rate * MARKER_MS // 1000
    if len(samples) < length:
        return np.zeros(0)
    template_fft, template_energy = _template(direction, sample_rate, band_hz)
    x = samples / FULL_SCALE
    size = len(x) - length + 1
    step = FFT_SAMPLES - length + 1
    result = np.empty(size)
    for start in range(0, size, step):
        spectrum = np.fft.fft(x[start : start + FFT_SAMPLES], FFT_SAMPLES)
        correlation = np.abs(np.fft.ifft(spectrum * template_fft))
        result[start : start + step] = correlation[: min(step, size - start)]
    energy = _window_sums(samples.astype(np.int64) ** 2, length) / FULL_SCALE**2
    audible = energy > length * 10 ** (QUIETEST_MARKER_DBFS / 10)
    scale = np.sqrt(np.maximum(energy, 1e-30) * template_energy / 2)
    return np.where(audible, result / scale, 0.0)


def decibels(amplitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Amplitudes, 1 at full scale, in dBFS, not below SILENCE_DBFS."""
    return 20 * np.log10(np.maximum(amplitudes, 10 ** (SILENCE_DBFS / 20)))


def _is_of(tone: Tone, marker: Marker, samples: NDArray[np.int16], sample_rate: int) -> bool:
    """Whether the pilot is heard in most of the 50 ms before the marker, or of those after it."""
    start = round(marker.onset)
    beside, length = (sample_rate * ms // 1000 for ms in (BESIDE_MS, MARKER_MS))
    apart = sample_rate * WINDOW_MS // 1000
    before = samples[max(0, start - apart - beside) : max(0, start - apart)]
    after = samples[start + length + apart :][:beside]
    levels = [
        float(np.median(pilot_levels_dbfs(part, sample_rate, [tone.pilot_hz])))
        for part in (before, after)
        if len(part) == beside
    ]
    return max(levels, default=SILENCE_DBFS) > tone.pilot_dbfs - PRESENT_DB


def _peaks(
    samples: NDArray[np.int16], sample_rate: int, direction: Direction, band_hz: tuple[int, int]
) -> list[Marker]:
    rho = similarity(samples, sample_rate, direction, band_hz)
    if len(rho) < 2:
        return []
    padded = np.pad(rho, 1, mode="reflect")
    left, right = padded[:-2], padded[2:]
    markers = []
    for i in np.flatnonzero((rho >= THRESHOLD) & (rho > left) & (rho >= right)):
        # Top of the parabola through the peak and its neighbours.
        bend = left[i] - 2 * rho[i] + right[i]
        shift = 0.5 * (left[i] - right[i]) / bend if bend else 0.0
        markers.append(
            Marker(onset=float(i + shift), similarity=float(rho[i]), direction=direction)
        )
    return markers


@lru_cache(maxsize=16)
def _template(
    direction: Direction, sample_rate: int, band_hz: tuple[int, int]
) -> tuple[NDArray[np.complex128], float]:
    marker = chirp(direction, sample_rate, band_hz)
    return np.fft.fft(marker, FFT_SAMPLES).conj(), float(np.sum(np.abs(marker) ** 2))


def _pilot_phasors(
    samples: NDArray[np.int16], sample_rate: int, pilots_hz: Sequence[int]
) -> NDArray[np.complex128]:
    window = sample_rate * WINDOW_MS // 1000
    frames = samples[: len(samples) // window * window].reshape(-1, window) / FULL_SCALE
    n = np.arange(window)
    turning = np.exp(-2j * np.pi * np.outer(n, np.asarray(pilots_hz)) / sample_rate)
    return np.asarray(frames @ turning * (2 / window), dtype=np.complex128)


def _window_sums(values: NDArray[Number], window: int) -> NDArray[Number]:
    """Sums over every run of `window` values, shape (n − window + 1,), empty below one window."""
    if len(values) < window:
        return values[:0]
    sums = np.concatenate([np.zeros(1, dtype=values.dtype), np.cumsum(values)])
    result: NDArray[Number] = sums[window:] - sums[:-window]
    return result
