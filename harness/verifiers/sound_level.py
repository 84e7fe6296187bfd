"""How loud, how high, and who else: levels and frequencies of a recorded sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording
from harness.signals.hearing import (
    PRESENT_DB,
    SILENCE_DBFS,
    WINDOW_MS,
    find_markers,
    frequency_hz,
    pilot_levels_dbfs,
    sliding_rms_dbfs,
)
from harness.signals.sound import MARKER_MS, Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.proof import Witness, require_alive, require_tone
from harness.verifiers.sound import Sound, open_sound

LEVEL_ERROR_DB = 0.2
FREQUENCY_ERROR_HZ = 0.5
BLOCK = 10
"""Windows of 10 ms whose median is one level: 100 ms, in which a click is a minority."""
MARKER_MARGIN_MS = 20


@in_unit("dB")
def pilot_level_error(
    recording: AudioRecording, tone: Tone, *, since_ns: int, until_ns: int
) -> Measurement:
    """Largest deviation, up or down, of the pilot's level from what was sent, over 100 ms.

    Of a stereo tone both channels count. Windows that touch a marker do not.
    """
    sound = open_sound(recording)
    pilots = [hz for hz in (tone.pilot_hz, tone.right_pilot_hz) if hz is not None]
    if len(pilots) > sound.samples.shape[1]:
        raise NoEvidenceError(f"{sound.file} has one channel and the tone two")
    start, stop = sound.span(since_ns, until_ns)
    windows = _between_markers(sound, tone, start, stop)
    blocks = np.concatenate(
        [
            _block_medians(
                pilot_levels_dbfs(sound.samples[start:stop, channel], sound.sample_rate, [hz])[
                    windows, 0
                ]
            )
            for channel, hz in enumerate(pilots)
        ]
    )
    if not len(blocks):
        raise NoEvidenceError(f"{sound.file} holds less than 100 ms of the time asked for")
    deviations = blocks - tone.pilot_dbfs
    worst = int(np.abs(deviations).argmax())
    at_ms = int(windows[worst % (len(windows) // BLOCK) * BLOCK]) * WINDOW_MS
    return Measurement(
        value=float(abs(deviations[worst])),
        unit="dB",
        error=LEVEL_ERROR_DB,
        rests_on=len(blocks) * BLOCK,
        notes=(f"worst: {deviations[worst]:+.1f} dB, {at_ms} ms into the time judged",),
        evidence=(sound.file,),
    )


@in_unit("dBFS")
def loudest_after(
    recording: AudioRecording,
    tone: Tone,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness,
    flow_ns: tuple[int, int],
) -> Measurement:
    """Root mean square of the loudest 10 ms in [since, until): a leak, where silence is due.

    Rests on the witness, and on `tone` heard for at least half of the time between the two ends
    of `flow_ns`: before the silence (the second before the mute), or, where there was nothing
    before, after it.
    """
    sound = open_sound(recording)
    witness = require_alive(alive, since_ns, until_ns)
    require_tone(sound, tone, *flow_ns)
    start, stop = sound.span(since_ns, until_ns)
    levels = loudness_dbfs(sound, start, stop)
    evidence = (sound.file, witness)
    seen = Seen(series=Series.LEVEL, file=sound.file)
    if not len(levels):
        note = "nothing at all was decoded in this time"
        return Measurement(
            value=SILENCE_DBFS, unit="dBFS", notes=(note,), evidence=evidence, seen=seen
        )
    at_ms = int(levels.argmax())
    return Measurement(
        value=float(levels[at_ms]),
        unit="dBFS",
        error=0.0 if levels[at_ms] == SILENCE_DBFS else LEVEL_ERROR_DB,
        rests_on=len(levels),
        notes=(f"loudest {at_ms} ms into the time judged",),
        evidence=evidence,
        seen=seen,
    )


@in_unit("dBFS")
def crosstalk(
    recording: AudioRecording, tone: Tone, *, other: Tone, since_ns: int, until_ns: int
) -> Measurement:
    """Highest level, held for 50 ms, of another publisher's pilot on the track that sends `tone`.

    Windows that touch a marker of `tone` do not count: a marker has a little of every pilot. That
    the other is not heard is evidence only where `tone` is; that it is heard needs no proof.
    """
    if other.pilot_hz == tone.pilot_hz:
        raise NoEvidenceError(
            f"both publishers send {tone.pilot_hz} Hz: nobody can tell them apart"
        )
    sound = open_sound(recording)
    start, stop = sound.span(since_ns, until_ns)
    samples = sound.samples[start:stop, 0]
    levels = pilot_levels_dbfs(samples, sound.sample_rate, [other.pilot_hz])[:, 0]
    counted = levels[_between_markers(sound, tone, start, stop)]
    if len(counted) < 5:
        raise NoEvidenceError(f"{sound.file} holds less than 50 ms between markers")
    held = np.median(np.lib.stride_tricks.sliding_window_view(counted, 5), axis=1)
    if held.max() < other.pilot_dbfs - PRESENT_DB:
        require_tone(sound, tone, since_ns, until_ns)
    return Measurement(
        value=float(held.max()),
        unit="dBFS",
        error=0.0 if held.max() == SILENCE_DBFS else LEVEL_ERROR_DB,
        rests_on=len(counted),
        notes=(f"not counted: {len(levels) - len(counted)} windows of 10 ms at markers",),
        evidence=(sound.file,),
    )


@in_unit("Hz")
def frequency_error(
    recording: AudioRecording, tone: Tone, *, since_ns: int, until_ns: int
) -> Measurement:
    """How far the strongest tone, up to 4 kHz, is from the pilot that was sent, up or down."""
    sound = open_sound(recording)
    start, stop = sound.span(since_ns, until_ns)
    samples = sound.samples[start:stop, 0]
    near_hz = _strongest_hz(samples, sound)
    frequency = None if near_hz is None else frequency_hz(samples, sound.sample_rate, near_hz)
    if frequency is None:
        raise NoEvidenceError(f"{sound.file} holds no tone in the time asked for")
    return Measurement(
        value=abs(frequency - tone.pilot_hz),
        unit="Hz",
        error=FREQUENCY_ERROR_HZ,
        rests_on=len(samples) * 100 // sound.sample_rate,
        notes=(f"sent {tone.pilot_hz} Hz, heard {frequency:.1f} Hz",),
        evidence=(sound.file,),
    )


def loudness_dbfs(sound: Sound, start: int, stop: int) -> NDArray[np.float64]:
    """Root mean square of the louder channel over 10 ms, every millisecond of [start, stop)."""
    hop = sound.sample_rate // 1000
    channels = [
        sliding_rms_dbfs(sound.samples[start:stop, channel], sound.sample_rate, hop=hop)
        for channel in range(sound.samples.shape[1])
    ]
    loudest: NDArray[np.float64] = np.max(channels, axis=0)
    return loudest


def _strongest_hz(samples: NDArray[np.int16], sound: Sound) -> int | None:
    """The tone below 4 kHz, on a grid of 10 Hz, that is strongest on the average of 100 ms."""
    block = sound.sample_rate // 10
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    if not len(blocks):
        return None
    spectra = np.abs(np.fft.rfft(blocks * np.hanning(block), axis=1))
    highest = min(400, block // 2)
    return int(np.median(spectra, axis=0)[:highest].argmax()) * 10 or None


def _block_medians(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    medians: NDArray[np.float64] = np.median(
        levels[: len(levels) // BLOCK * BLOCK].reshape(-1, BLOCK), axis=1
    )
    return medians


def _between_markers(sound: Sound, tone: Tone, start: int, stop: int) -> NDArray[np.intp]:
    """Which whole windows of 10 ms of [start, stop) are 20 ms away from every marker."""
    samples, rate = sound.samples[start:stop, 0], sound.sample_rate
    free = np.ones(len(samples) * 1000 // (rate * WINDOW_MS), dtype=bool)
    try:
        markers = find_markers(samples, rate, tone)
    except ValueError as error:
        raise NoEvidenceError(f"{sound.file}: {error}") from error
    for marker in markers:
        at_ms = marker.onset * 1000 / rate
        first = int((at_ms - MARKER_MARGIN_MS) // WINDOW_MS)
        last = int((at_ms + MARKER_MS + MARKER_MARGIN_MS) // WINDOW_MS)
        free[max(0, first) : last + 1] = False
    return np.flatnonzero(free)
