"""A sweep that Opus has coded, and ways to spoil it at a known place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.evidence.recording import read_wav
from harness.signals.sweep import Sweep
from harness.verifiers.defect_finder import Kind

Samples = NDArray[np.float64]
Spoiling = Callable[[Samples, float, float], Samples]

PERIOD = read_wav(Path(__file__).parent / "sweep_period.wav")[1][:, 0].astype(np.float64)
"""Half a second of `Sweep()` as it was decoded on a clean path, at 96 kbit/s without RED."""
SWEEP = Sweep()
AMPLITUDE = 8231.0


def coded(seconds: float) -> Samples:
    """The sweep without a defect."""
    return np.tile(PERIOD, int(2 * seconds))


def silenced(x: Samples, at_ms: float, ms: float) -> Samples:
    i, n = _places(at_ms, ms)
    return np.concatenate([x[:i], np.zeros(n), x[i + n :]])


def made_up(x: Samples, at_ms: float, ms: float) -> Samples:
    """The last 10 ms again and again, softly joined to what follows."""
    i, n = _places(at_ms, ms)
    fade = np.linspace(0, 1, 144)
    again = np.resize(x[i - 480 : i], n + len(fade))
    joined = again[n:] * (1 - fade) + x[i + n : i + n + len(fade)] * fade
    return np.concatenate([x[:i], again[:n], joined, x[i + n + len(fade) :]])


def repeated(x: Samples, at_ms: float, ms: float) -> Samples:
    i, n = _places(at_ms, ms)
    return np.concatenate([x[:i], x[i - n :]])


def skipped(x: Samples, at_ms: float, ms: float) -> Samples:
    i, n = _places(at_ms, ms)
    return np.concatenate([x[:i], x[i + n :]])


def slowed(x: Samples, at_ms: float, ms: float) -> Samples:
    """One pitch period inserted, as preemptive expand does."""
    i, _ = _places(at_ms, ms)
    n = _alike(x, i - round(ms * 48), ms)
    fade = np.linspace(0, 1, n)
    return np.concatenate([x[:i], x[i : i + n] * (1 - fade) + x[i - n : i] * fade, x[i:]])


def hastened(x: Samples, at_ms: float, ms: float) -> Samples:
    """One pitch period taken out, as accelerate does."""
    i, _ = _places(at_ms, ms)
    n = _alike(x, i, ms)
    fade = np.linspace(0, 1, n)
    joined = x[i : i + n] * (1 - fade) + x[i + n : i + 2 * n] * fade
    return np.concatenate([x[:i], joined, x[i + 2 * n :]])


def clicked(x: Samples, at_ms: float, ms: float) -> Samples:
    spoilt = x.copy()
    spoilt[round(at_ms * 48)] += 0.1 * AMPLITUDE
    return spoilt


def overdriven(x: Samples, at_ms: float, ms: float) -> Samples:
    i, n = _places(at_ms, ms)
    return np.concatenate([x[:i], 6 * x[i : i + n], x[i + n :]])


SPOILINGS: list[tuple[Kind, Spoiling, float, float]] = [
    ("gap", silenced, 10, 300),
    ("concealment", made_up, 30, 100),
    ("repeat", repeated, 17, 45),
    ("skip", skipped, 17, 200),
    ("time-stretch", slowed, 3, 15),
    ("time-stretch", hastened, 3, 15),
    ("click", clicked, 0, 0),
    ("clipping", overdriven, 5, 50),
]
"""Kind, what makes it, and the least and most ms of it."""


def int16(x: Samples) -> NDArray[np.int16]:
    """Samples as a decoder gives them."""
    return np.clip(np.rint(x), -32768, 32767).astype(np.int16)


def _places(at_ms: float, ms: float) -> tuple[int, int]:
    return round(at_ms * 48), round(ms * 48)


def _alike(x: Samples, i: int, ms: float) -> int:
    """The shift near `ms` by which the sound is most like itself: its pitch period."""
    n = round(ms * 48)
    shifts = range(max(48, n - 48), n + 48)
    return max(shifts, key=lambda k: np.corrcoef(x[i : i + n], x[i + k : i + k + n])[0, 1])
