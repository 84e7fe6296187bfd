"""Floors from evidence: the median of what was measured where there is nothing to measure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.floors import UNIT
from harness.evidence.measurement import Measurement, missing
from harness.evidence.sent import read_sent
from harness.measuring.call import Call
from harness.signals.sound import MARKER_PERIOD_MS, ToneGenerator
from harness.statistics.bootstrap import TooFewError, median_interval
from harness.verifiers import pictures, skew
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.latency_series import (
    HeardSound,
    SeenPictures,
    emissions,
    picture_latencies,
    sound_latencies,
)
from harness.verifiers.picture_edge import first_frame
from harness.verifiers.sound_edge import first_tone

FOREVER_NS = 2**62
LEAST_PICTURES = 10


def floor_of(values_ms: ArrayLike, *, error_ms: float, evidence: tuple[str, ...]) -> Measurement:
    """The median, with its sampling interval where the values are enough to tell one."""
    values = np.asarray(values_ms, dtype=np.float64)
    if not len(values):
        return missing(UNIT, "nothing came")
    try:
        sampling = median_interval(values)
    except TooFewError:
        sampling = None
    return Measurement(
        value=float(np.median(values)),
        unit=UNIT,
        error=error_ms,
        sampling=sampling,
        rests_on=len(values),
        notes=(f"{values.min():.1f} to {values.max():.1f} ms",),
        evidence=evidence,
    )


@in_unit(UNIT)
def loop_picture(track: SeenPictures) -> Measurement:
    """Age of the pictures of a local track where they are made."""
    series = picture_latencies(track, since_ns=0, until_ns=FOREVER_NS)
    if len(series.latency_ms) < LEAST_PICTURES:
        raise NoEvidenceError(f"{len(series.latency_ms)} pictures came, {LEAST_PICTURES} needed")
    return floor_of(series.latency_ms, error_ms=ERROR_IN_PROCESS_MS, evidence=series.files)


ERROR_IN_PROCESS_MS = 0.1
"""Both times are taken in one process, around one call each."""


@in_unit(UNIT)
def loop_sound(track: HeardSound) -> Measurement:
    """Age of the 10 ms frames of a local track where they are made.

    Every sample of such a stream is one of those sent, bit for bit and in order: a marker tells
    which is the first, and with it each frame's hand-over is known.
    """
    recording = track.recording
    emitted = emissions(recording, track.tone, sent=track.sent)
    period = track.tone.sample_rate * MARKER_PERIOD_MS // 1000
    size = recording.frame_samples
    first = round(float(emitted.numbers[0] * period - emitted.places[0]) / size)
    samples = recording.samples
    sent = ToneGenerator(track.tone).samples(first * size, first * size + len(samples))
    if not np.array_equal(samples, sent):
        raise NoEvidenceError(f"{emitted.file}: samples are missing, too many or changed")
    arrivals = recording.arrivals_ns
    return floor_of(
        _ages_ms(first + np.arange(len(arrivals)), arrivals, read_sent(track.sent), size),
        error_ms=ERROR_IN_PROCESS_MS,
        evidence=(emitted.file,),
    )


def _ages_ms(
    frames: NDArray[np.int64], arrivals_ns: NDArray[np.int64], sent: NDArray[np.void], size: int
) -> NDArray[np.float64]:
    """Age of each frame that was handed over, by its number."""
    sent_frames = sent["number"] // size
    known = np.isin(frames, sent_frames)
    captured_ns = sent["at_ns"][np.searchsorted(sent_frames, frames[known])]
    ages: NDArray[np.float64] = (arrivals_ns[known] - captured_ns) / NS_PER_MS
    return ages


def call_floors(call: Call, *, since_ns: int) -> dict[str, Measurement]:
    """Floors over the server, by name: of what arrived from `since_ns` on, and from subscribing."""
    return {
        "picture_latency_ms": picture_latency(call, since_ns),
        "sound_latency_ms": sound_latency(call, since_ns),
        "skew_ms": skew_floor(call, since_ns),
        "picture_interval_ms": picture_interval(call, since_ns),
        "subscribe_picture_ms": first_frame(
            call.pictures, call.picture.track_code,
            since_ns=call.picture_asked_ns, until_ns=call.until_ns,
        ),
        "subscribe_sound_ms": first_tone(
            call.sound, call.tone, since_ns=call.sound_asked_ns, until_ns=call.until_ns
        ),
    }  # fmt: skip


@in_unit(UNIT)
def picture_latency(call: Call, since_ns: int) -> Measurement:
    """Age of the pictures seen."""
    series = picture_latencies(_seen(call), since_ns=since_ns, until_ns=call.until_ns)
    return floor_of(series.latency_ms, error_ms=series.error_ms, evidence=series.files)


@in_unit(UNIT)
def sound_latency(call: Call, since_ns: int) -> Measurement:
    """Age of the markers heard; told up to 500 ms where all markers are alike."""
    track = HeardSound(recording=call.sound, tone=call.tone, sent=call.sound_sent)
    series = sound_latencies(track, since_ns=since_ns, until_ns=call.until_ns)
    return floor_of(series.latency_ms, error_ms=series.error_ms, evidence=series.files)


@in_unit(UNIT)
def skew_floor(call: Call, since_ns: int) -> Measurement:
    """Skew at the markers heard."""
    series = skew.skew_series(call.pair, since_ns=since_ns, until_ns=call.until_ns)
    return floor_of(series.skew_ms, error_ms=skew.ERROR_MS, evidence=series.files)


@in_unit(UNIT)
def picture_interval(call: Call, since_ns: int) -> Measurement:
    """Time between the pictures seen."""
    series = picture_latencies(_seen(call), since_ns=since_ns, until_ns=call.until_ns)
    intervals_ms = np.diff(series.arrived_ns) / NS_PER_MS
    return floor_of(intervals_ms, error_ms=pictures.TIME_ERROR_MS, evidence=series.files)


def _seen(call: Call) -> SeenPictures:
    return SeenPictures(
        recording=call.pictures, track_code=call.picture.track_code, sent=call.picture_sent
    )
