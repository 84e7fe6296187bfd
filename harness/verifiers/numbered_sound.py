"""What became of numbered samples: which came out, how often, in which order, and when.

A recording of them is made where they are captured, bit for bit. It proves that somebody listened
only where it goes on after the last sample that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.signals.numbered import numbers
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.sound import TIME_ERROR_MS, Sound, open_sound

ALIVE_MS = 50
"""A stream that goes on this much longer was listened to, and did not just end."""

Range = tuple[int, int]
"""First number, and the number after the last."""


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """What a source said waits in its queue, at one moment."""

    at_ns: int
    queued_ms: float
    captured: int
    """Samples that it had taken by then, numbered from 0."""


@in_unit("samples")
def samples_lost(
    recording: AudioRecording, captured: Range, *, since_ns: int = 0, until_ns: int | None = None
) -> Measurement:
    """How many of the samples captured did not come out in their order in [since, until)."""
    sound, heard = _listen(recording, since_ns, until_ns)
    new = _in_order(heard, captured)
    first, after = captured
    return Measurement(
        value=float(after - first - np.count_nonzero(new)),
        unit="samples",
        rests_on=after - first,
        notes=_span(heard),
        evidence=(sound.file,),
    )


@in_unit("samples")
def samples_too_many(
    recording: AudioRecording, captured: Range, *, since_ns: int = 0, until_ns: int | None = None
) -> Measurement:
    """How many samples came out in [since, until) that were not captured, or once more."""
    sound, heard = _listen(recording, since_ns, until_ns)
    new = _in_order(heard, captured)
    if not np.count_nonzero(new):
        raise NoEvidenceError(f"{sound.file}: nothing of what was captured came out")
    return Measurement(
        value=float(len(heard) - np.count_nonzero(new)),
        unit="samples",
        rests_on=len(heard),
        notes=_span(heard),
        evidence=(sound.file,),
    )


@in_unit("ms")
def last_sample_after(
    recording: AudioRecording, *, since_ns: int, until_ns: int | None = None
) -> Measurement:
    """Time from `since_ns` to the end of the last sample; negative where it ended before."""
    sound, heard = _listen(recording, 0, until_ns)
    if not len(heard):
        raise NoEvidenceError(f"{sound.file}: nothing that was captured came out")
    last = int(np.flatnonzero(_numbers(sound)[: _position(sound, until_ns)] >= 0)[-1])
    end_ns = int(sound.times_ns(np.array([float(last)]))[0]) + NS_PER_S // sound.sample_rate
    return Measurement(
        value=(end_ns - since_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=len(heard),
        evidence=(sound.file,),
    )


@in_unit("ms")
def gauge_error(recording: AudioRecording, readings: Sequence[Gauge]) -> Measurement:
    """Largest difference between what a source said waits and what had not come out by then."""
    if not readings:
        raise NoEvidenceError("nobody read how much waits")
    sound, _ = _listen(recording, 0, None)
    came = np.maximum.accumulate(_numbers(sound)) + 1
    errors = []
    for reading in readings:
        position = sound.span(0, reading.at_ns)[1]
        out = int(came[position - 1]) if position else 0
        errors.append(reading.queued_ms - (reading.captured - out) * 1000 / sound.sample_rate)
    worst = max(errors, key=abs)
    said = readings[errors.index(worst)].queued_ms
    return Measurement(
        value=abs(worst),
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=len(readings),
        notes=(f"worst: it said {said:.0f} ms where {said - worst:.0f} ms waited",),
        evidence=(sound.file,),
    )


@in_unit("ratio")
def silence_ratio(recording: AudioRecording, *, since_ns: int, until_ns: int) -> Measurement:
    """Share of the time in [since, until) for which digital silence was given.

    Rests on a stream that gave something at all.
    """
    sound = open_sound(recording)
    start, stop = sound.span(since_ns, until_ns)
    silent = int(np.count_nonzero(_numbers(sound)[start:stop] < 0))
    wanted = (until_ns - since_ns) * sound.sample_rate / NS_PER_S
    return Measurement(
        value=silent / wanted,
        unit="ratio",
        error=TIME_ERROR_MS * NS_PER_MS / (until_ns - since_ns),
        rests_on=stop - start,
        notes=(f"{stop - start} samples were given, {silent} of them silent",),
        evidence=(sound.file,),
    )


def _listen(
    recording: AudioRecording, since_ns: int, until_ns: int | None
) -> tuple[Sound, NDArray[np.int64]]:
    """The sound, and the numbers of the samples in it that are no silence, as they came."""
    sound = open_sound(recording)
    start, stop = sound.span(since_ns, since_ns)[0], _position(sound, until_ns)
    every = _numbers(sound)
    places = start + np.flatnonzero(every[start:stop] >= 0)
    last = int(places[-1]) if len(places) else start
    if len(every) - last < ALIVE_MS * sound.sample_rate // 1000:
        raise NoEvidenceError(f"{sound.file} ends with the sound: nobody listened any longer")
    return sound, every[places]


def _position(sound: Sound, until_ns: int | None) -> int:
    return len(sound.samples) if until_ns is None else sound.span(0, until_ns)[1]


def _numbers(sound: Sound) -> NDArray[np.int64]:
    return numbers(sound.samples[:, 0])


def _in_order(heard: NDArray[np.int64], captured: Range) -> NDArray[np.bool_]:
    """Which of them belong to what was captured, and come after all that were heard of it."""
    first, after = captured
    belongs = (heard >= first) & (heard < after)
    before = np.concatenate([[-1], np.maximum.accumulate(np.where(belongs, heard, -1))])[:-1]
    new: NDArray[np.bool_] = belongs & (heard > before)
    return new


def _span(heard: NDArray[np.int64]) -> tuple[str, ...]:
    if not len(heard):
        return ("nothing came out",)
    return (f"{len(heard)} samples came out, numbers {heard.min()} to {heard.max()}",)
