"""Whether a reader who copies the pages' examples of sending gets what the pages say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.measurement import Measurement, missing
from harness.evidence.recording import AudioRecording
from harness.scenario import Judge, Stage, Tone, clause
from harness.signals.hearing import sliding_pilot_dbfs
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.combine import fact
from harness.verifiers.sound import open_sound
from scenarios.probes import PROBES

SENDING, RECEIVING = PROBES / "example_sending.py", PROBES / "example_receiving.py"
SINE_HZ, SINE_DBFS = 440, -42.2
"""Amplitude 255 of 32768."""
UNREAD = Tone()
"""No pilot has 440 Hz: what is recorded of the sine wave is read here."""
RED = (255, 0, 0)


@clause("EX-001", "EX-002")
async def test_the_sine_wave_of_the_page_is_heard(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sid = await alice.probe(SENDING, "sine_wave")
    sound = alice.published(UNREAD, name="example-track", sid=sid, start_ns=now_ns(), sent="")
    heard = await bob.record(sound)
    span = {"since_ns": await heard.until_steady(), "until_ns": await stage.run(seconds=1.5)}

    judge("EX-001", distance_from_440_hz, heard[sound], **span)
    judge("EX-002", distance_from_its_level, heard[sound], **span)


@clause("EX-003")
async def test_the_sine_wave_of_the_older_pages_runs(stage: Stage, judge: Judge) -> None:
    came_of_it = await stage.probe(SENDING, "older_sine_wave")

    judge("EX-003", fact, came_of_it == "it runs", came_of_it)


@clause("EX-004", "EX-005", "EX-006", "EX-007")
async def test_the_colour_of_the_page_is_seen(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    await bob.probe(RECEIVING, "reception")
    sid = await alice.probe(SENDING, "solid_colour")
    await stage.run(seconds=4)
    pictures = await bob.probe(RECEIVING, "seen")
    await alice.leave()
    await bob.told("track_unpublished")
    await stage.run(seconds=1)
    ended = await bob.probe(RECEIVING, "ended")

    judge("EX-004", distance_from_red, pictures)
    judge("EX-005", frame_rate, pictures)
    judge("EX-006", encodings, pictures)
    judge("EX-007", fact, sid in ended, f"reception ended for {len(ended)} of 1 tracks")


@in_unit("Hz")
def distance_from_440_hz(recording: AudioRecording, *, since_ns: int, until_ns: int) -> Measurement:
    """How far the tone is from where it should be, up or down."""
    sound = open_sound(recording)
    start, stop = sound.span(since_ns, until_ns)
    samples = sound.samples[start:stop, 0]
    if not samples.any():
        raise NoEvidenceError(f"{sound.file} holds no tone in the time asked for")
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    resolution_hz = sound.sample_rate / len(samples)
    heard_hz = float(spectrum.argmax() * resolution_hz)
    return Measurement(
        value=abs(heard_hz - SINE_HZ),
        unit="Hz",
        error=resolution_hz / 2,
        rests_on=len(samples),
        notes=(f"heard {heard_hz:.1f} Hz",),
    )


@in_unit("dB")
def distance_from_its_level(
    recording: AudioRecording, *, since_ns: int, until_ns: int
) -> Measurement:
    """How far the median of the tone's level over 10 ms is from what was sent, up or down."""
    sound = open_sound(recording)
    levels = sliding_pilot_dbfs(
        sound.samples[slice(*sound.span(since_ns, until_ns)), 0],
        sound.sample_rate,
        SINE_HZ,
        hop=sound.sample_rate // 100,
    )
    if not len(levels):
        raise NoEvidenceError(f"{sound.file} holds nothing of the time asked for")
    heard_dbfs = float(np.median(levels))
    note = f"heard {heard_dbfs:.1f} dBFS"
    return Measurement(
        value=abs(heard_dbfs - SINE_DBFS), unit="dB", rests_on=len(levels), notes=(note,)
    )


def distance_from_red(pictures: Sequence[dict[str, Any]]) -> Measurement:
    """How far the middle of the median picture is from red, in the channel that is worst."""
    if not pictures:
        return missing("steps", "no picture came")
    colour = np.median([picture["rgb"] for picture in pictures], axis=0)
    note = f"RGB {', '.join(f'{channel:.0f}' for channel in colour)}"
    worst = float(np.abs(colour - RED).max())
    return Measurement(value=worst, unit="steps", rests_on=len(pictures), notes=(note,))


def frame_rate(pictures: Sequence[dict[str, Any]]) -> Measurement:
    """Pictures a second between the first and the last of them."""
    if len(pictures) < 2:
        return missing("fps", f"{len(pictures)} pictures came")
    lasted_s = (pictures[-1]["at_ns"] - pictures[0]["at_ns"]) / NS_PER_S
    rate = (len(pictures) - 1) / lasted_s
    return Measurement(value=rate, unit="fps", rests_on=len(pictures))


def encodings(pictures: Sequence[dict[str, Any]]) -> Measurement:
    """Whether each picture said its encoding, and became BGRA."""
    if not pictures:
        return missing("bool", "no picture came")
    kinds = sorted({(picture["encoding"], picture["converted"]) for picture in pictures})
    return fact(kinds == [("I420", "BGRA")], f"encoding and what it became: {kinds}")
