"""A decoded sound over time: how loud it was, and which frequencies were in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.evidence.recording import AudioRecording
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.png import LEVELS, strength_png
from harness.report.plots import Axis, Band, Image, Line, Mark, chart
from harness.signals.sound import Tone

QUIETEST_DBFS = -96.0
FULL_SCALE = 32768.0
BROKEN_S = 0.05
"""Frames come every 10 ms: what is farther apart had a gap."""
WINDOW_S = 0.04
TOP_HZ = 4000.0
COLUMNS, ROWS = 360, 64
FAINTEST_DB, LOUDEST_DB = -80.0, -15.0
COLOUR = (58, 118, 216)


def level_drawn(
    folder: AttemptFolder,
    recording: AudioRecording,
    *,
    name: str,
    bands: Sequence[Band],
    marks: Sequence[Mark],
    limits: Sequence[Mark] = (),
) -> Markup | None:
    """Level of each decoded frame of 10 ms at its arrival; None where nothing was decoded."""
    levels, arrivals_ns = frame_levels(recording)
    if not len(levels):
        return None
    x = folder.seconds(arrivals_ns)
    return chart(
        title=f"Sound as it was heard: {name}",
        description=f"Level of each decoded frame, {levels.min():.0f} to {levels.max():.0f} dBFS. "
        + _told(bands, marks),
        x=time_axis(folder),
        y=Axis(label="level, dBFS", low=QUIETEST_DBFS, high=0.0),
        lines=[Line(label="level", x=x, y=levels, break_x=BROKEN_S)],
        x_bands=bands,
        x_marks=marks,
        y_marks=limits,
    )


def spectrogram_drawn(
    folder: AttemptFolder, recording: AudioRecording, *, name: str, tone: Tone | None
) -> Markup | None:
    """Which frequencies were in it when, and the pilots of what was sent, where that is known.

    None where nothing was decoded.
    """
    levels, low_ns, high_ns = spectrogram(recording)
    if not levels.size:
        return None
    top_hz = min(TOP_HZ, recording.sample_rate / 2)
    low, high = folder.seconds(np.array([low_ns, high_ns])).tolist()
    return chart(
        title=f"Frequencies of {name}",
        description=f"Strength by time and frequency up to {top_hz:.0f} Hz; dark is strong, "
        f"from {FAINTEST_DB:.0f} to {LOUDEST_DB:.0f} dBFS. A steady tone is a level line.",
        x=time_axis(folder),
        y=Axis(label="frequency, Hz", low=0.0, high=top_hz),
        lines=_pilots(tone, low, high, top_hz),
        image=Image(
            png=strength_png(levels, colour=COLOUR), x_low=low, x_high=high, y_low=0, y_high=top_hz
        ),
    )


def _pilots(tone: Tone | None, low_s: float, high_s: float, top_hz: float) -> list[Line]:
    """A line at each frequency that must be there."""
    pilots = [tone.pilot_hz, tone.right_pilot_hz] if tone else []
    return [
        Line(
            label=f"sent: {pilot} Hz",
            x=np.array([low_s, high_s]),
            y=np.array([pilot, pilot], dtype=np.float64),
            style=1 + place,
        )
        for place, pilot in enumerate(pilots)
        if pilot is not None and pilot <= top_hz
    ]


def time_axis(folder: AttemptFolder) -> Axis:
    """The whole attempt: pictures of one attempt can be laid over each other."""
    return Axis(label="seconds since the attempt began", low=0.0, high=folder.lasted_s)


def frame_levels(recording: AudioRecording) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Root mean square of each frame of 10 ms in dBFS, of the louder channel, and its arrival."""
    arrivals_ns = recording.arrivals_ns
    size = recording.frame_samples
    count = min(len(arrivals_ns), len(recording.samples) // size)
    frames = recording.samples[: count * size].astype(np.float64) / FULL_SCALE
    power = (
        (frames.reshape(count, size, frames.shape[1]) ** 2).mean(axis=1).max(axis=1, initial=0.0)
    )
    levels = 10 * np.log10(np.maximum(power, 10 ** (QUIETEST_DBFS / 10)))
    return levels, arrivals_ns[:count]


def spectrogram(recording: AudioRecording) -> tuple[NDArray[np.uint8], int, int]:
    """Strengths 0 to 15, the highest frequency first, and from when to when they are.

    A column is the sound that had last arrived by its time; nothing where that is long ago.
    Shape (0, 0) without sound.
    """
    arrivals_ns, size = recording.arrivals_ns, recording.frame_samples
    count = min(len(arrivals_ns), len(recording.samples) // size)
    if not count:
        return np.zeros((0, 0), np.uint8), 0, 0
    low_ns, high_ns = int(arrivals_ns[0]), int(arrivals_ns[count - 1])
    times_ns = np.linspace(low_ns, high_ns, COLUMNS).astype(np.int64)
    last = np.searchsorted(arrivals_ns[:count], times_ns, side="right") - 1
    window = int(WINDOW_S * recording.sample_rate)
    ends = (last + 1) * size
    mono = recording.samples[: count * size].astype(np.float64).mean(axis=1) / FULL_SCALE
    padded = np.concatenate((np.zeros(window), mono))
    pieces = padded[ends[:, None] + np.arange(window)]  # of `window` samples up to each end
    taper = np.hanning(window)
    spectrum = np.abs(np.fft.rfft(pieces * taper)) * 2 / taper.sum()
    levels = _strengths(spectrum, recording.sample_rate / window)
    levels[:, times_ns - arrivals_ns[last] > BROKEN_S * 1e9] = 0
    return levels, low_ns, high_ns


def _strengths(spectrum: NDArray[np.float64], step_hz: float) -> NDArray[np.uint8]:
    """The strongest bin of each row, as levels; from columns × bins to rows × columns."""
    bins = min(spectrum.shape[1], int(TOP_HZ / step_hz) + 1)
    rows = min(ROWS, bins)
    edges = np.linspace(0, bins, rows + 1).astype(int)[:-1]
    strongest = np.maximum.reduceat(spectrum[:, :bins], edges, axis=1)
    decibels = 20 * np.log10(np.maximum(strongest, 1e-9))
    share = (decibels - FAINTEST_DB) / (LOUDEST_DB - FAINTEST_DB)
    levels: NDArray[np.uint8] = np.clip(share * (LEVELS - 1), 0, LEVELS - 1).astype(np.uint8)
    return levels.T[::-1].copy()


def _told(bands: Sequence[Band], marks: Sequence[Mark]) -> str:
    told = [f"{band.label} from {band.low:.1f} to {band.high:.1f} s" for band in bands]
    told += [f"{mark.label} at {mark.at:.2f} s" for mark in marks]
    return "; ".join(told)
