"""Probes: sound captured by a source and recorded from its own track, without a server.

The SDK accepts a stream on a local track and gives it every sample as it was captured, and silence
where the source had none. Paths are of recordings: see `harness.evidence.recording`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, now_ns
from harness.participant.call_journal import CallJournal
from harness.participant.recording_files import SoundFile
from harness.signals.numbered import numbered
from harness.signals.sound import FULL_SCALE, Tone, ToneGenerator, amplitude

RATE = 48_000
FRAME = 480
"""Samples of 10 ms."""
FLOW_S = 5.0
"""Time in which a stream must show that it is alive."""
AFTER_S = 0.1
"""A recording goes on after the sound, which proves that somebody listened."""
NEXT = 20_000
"""Number of the first sample of a second sound."""


@contextlib.asynccontextmanager
async def recorded(
    path: str,
    *,
    sample_rate: int = RATE,
    channels: int = 1,
    queue_size_ms: int = 1000,
) -> AsyncIterator[rtc.AudioSource]:
    """A source whose own track is recorded at 48 kHz, from before its use until after it."""
    source = rtc.AudioSource(sample_rate, channels, queue_size_ms=queue_size_ms)
    track = rtc.LocalAudioTrack.create_audio_track("probe", source)
    stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=channels)
    file = SoundFile(Path(path), sample_rate=RATE, channels=channels)
    flowing = asyncio.Event()

    async def record() -> None:
        async for event in stream:
            file.append(event.frame.data, now_ns())
            flowing.set()

    recorder = asyncio.create_task(record())
    try:
        await asyncio.wait_for(flowing.wait(), FLOW_S)
        yield source
        await asyncio.sleep(AFTER_S)
    finally:
        recorder.cancel()
        await asyncio.wait([recorder])
        file.close()
        await stream.aclose()
        await source.aclose()


def frame(samples: NDArray[np.int16], sample_rate: int = RATE) -> rtc.AudioFrame:
    """A frame of samples, shape (n,) or (n, channels)."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    return rtc.AudioFrame(samples.tobytes(), sample_rate, channels, len(samples))


def part(start: int, length: int) -> rtc.AudioFrame:
    """A frame of numbered samples."""
    return frame(numbered(start, start + length))


async def waits(journal: str, calls: dict[str, dict[str, Any]]) -> None:
    """How long captures take, each sound with a source of its own: all of it, the longest; ms."""
    notes = CallJournal(journal)
    for name, call in calls.items():
        await notes.attempt(name, _waits, **call)


async def holds(journal: str, sound_ms: int) -> None:
    """How much of a sound a source with the default queue takes without waiting; ms."""

    async def held() -> float:
        return sound_ms - sum(await _captures(rtc.AudioSource(RATE, 1), [sound_ms]))

    await CallJournal(journal).attempt("a default source", held)


async def _waits(queue_size_ms: int, frames_ms: Sequence[int]) -> dict[str, float]:
    source = rtc.AudioSource(RATE, 1, queue_size_ms=queue_size_ms)
    took_ms = await _captures(source, frames_ms)
    return {"all_ms": sum(took_ms), "longest_ms": max(took_ms)}


async def _captures(source: rtc.AudioSource, frames_ms: Sequence[int]) -> list[float]:
    """How long each capture takes, in ms."""
    frames = [rtc.AudioFrame.create(RATE, 1, RATE * ms // 1000) for ms in frames_ms]
    times_ns = [now_ns()]
    for captured in frames:
        await source.capture_frame(captured)
        times_ns.append(now_ns())
    await source.aclose()
    return [(after - before) / NS_PER_MS for before, after in pairwise(times_ns)]


async def capture(path: str, lengths: Sequence[int], queue_size_ms: int) -> dict[str, int]:
    """Capture numbered samples in frames of these lengths, and wait for their playout."""
    captured = 0
    async with recorded(path, queue_size_ms=queue_size_ms) as source:
        for length in lengths:
            await source.capture_frame(part(captured, length))
            captured += length
        await source.wait_for_playout()
        returned_ns = now_ns()
    return {"captured": captured, "returned_ns": returned_ns}


async def tail(path: str, length: int) -> int:
    """Capture a sound, wait until it is over, and capture a second one; when, in ns."""
    async with recorded(path) as source:
        await source.capture_frame(part(0, length))
        await source.wait_for_playout()
        await asyncio.sleep(AFTER_S)
        at_ns = now_ns()
        await source.capture_frame(part(NEXT, FRAME))
        await source.wait_for_playout()
    return at_ns


async def partly_filled(path: str) -> None:
    """Capture a frame of `create()` of which half is filled."""
    async with recorded(path) as source:
        half = rtc.AudioFrame.create(RATE, 1, FRAME)
        samples = np.frombuffer(half.data, dtype=np.int16)
        samples[: FRAME // 2] = numbered(0, FRAME // 2)
        await source.capture_frame(half)
        await source.wait_for_playout()


async def filled_again(path: str) -> None:
    """Capture one frame twice, as the page's example does; the second time half is filled."""
    async with recorded(path) as source:
        buffer = rtc.AudioFrame.create(RATE, 1, FRAME)
        samples = np.frombuffer(buffer.data, dtype=np.int16)
        np.copyto(samples, numbered(0, FRAME))
        await source.capture_frame(buffer)
        np.copyto(samples[: FRAME // 2], numbered(FRAME, FRAME + FRAME // 2))
        await source.capture_frame(buffer)
        await source.wait_for_playout()


async def overlap(journal: str, path: str, calls: dict[str, tuple[int, int]]) -> None:
    """Captures, all at once, of numbered samples: first, and the one after the last."""
    notes = CallJournal(journal)
    async with recorded(path, queue_size_ms=50) as source:
        await asyncio.gather(
            *(
                notes.attempt(name, source.capture_frame, part(first, after - first))
                for name, (first, after) in calls.items()
            )
        )
        await asyncio.sleep(AFTER_S)


async def clear(path: str, queue_size_ms: int, sound_ms: int) -> dict[str, float]:
    """Clear a queue while a capture waits; when, and how long the capture went on."""
    async with recorded(path, queue_size_ms=queue_size_ms) as source:
        waiting = asyncio.create_task(source.capture_frame(part(0, sound_ms * RATE // 1000)))
        await asyncio.sleep(0.05)
        cleared_ns = now_ns()
        source.clear_queue()
        await asyncio.wait([waiting])
        released_ns = now_ns()
        await asyncio.sleep(queue_size_ms / 1000)  # what it may still hold
    waiting.result()
    return {"cleared_ns": cleared_ns, "released_ms": (released_ns - cleared_ns) / NS_PER_MS}


async def gauge(path: str, refused_ms: int) -> list[dict[str, float]]:
    """Read `queued_duration` while 400 ms play; with a frame in between that is refused."""
    readings = []
    captured = 400 * RATE // 1000
    async with recorded(path) as source:
        await source.capture_frame(part(0, captured))
        if refused_ms:
            with contextlib.suppress(Exception):  # that it is refused has a clause of its own
                other = rtc.AudioFrame.create(RATE // 3, 1, RATE * refused_ms // 1000)
                await source.capture_frame(other)
        for _ in range(5):
            at_ns, queued_ms = now_ns(), source.queued_duration * 1000
            readings.append({"at_ns": at_ns, "queued_ms": queued_ms, "captured": captured})
            await asyncio.sleep(0.1)
    return readings


async def idle(path: str) -> list[int]:
    """Let a source be that nobody feeds; from when until when, in ns."""
    async with recorded(path):
        since_ns = now_ns()
        await asyncio.sleep(0.5)
        return [since_ns, now_ns()]


async def pages_loop(path: str, pilot_hz: int, sleep: bool) -> list[int]:
    """The page's loop, with its sleep or without, for a second; from when until when, in ns."""
    tone = ToneGenerator(Tone(pilot_hz=pilot_hz, marker=None))
    async with recorded(path) as source:
        since_ns, start = now_ns(), 0
        while now_ns() - since_ns < 1000 * NS_PER_MS:
            await source.capture_frame(frame(tone.samples(start, start + FRAME)))
            start += FRAME
            if sleep:
                await asyncio.sleep(FRAME / RATE)
        until_ns = now_ns()
        source.clear_queue()
    return [since_ns + 50 * NS_PER_MS, until_ns]


async def rates(folder: str, sample_rates: Sequence[int], pilot_hz: int) -> list[int]:
    """Play a tone from sources of different rates, all at once; from when until when, in ns."""

    async def play(rate: int) -> None:
        async with recorded(f"{folder}/{rate}.wav", sample_rate=rate) as source:
            turns = pilot_hz * np.arange(rate) / rate
            sine = amplitude(Tone().pilot_dbfs) * FULL_SCALE * np.sin(2 * np.pi * turns)
            await source.capture_frame(frame(sine.astype(np.int16), rate))
            await asyncio.sleep(0.7)

    since_ns = now_ns()
    await asyncio.gather(*(play(rate) for rate in sample_rates))
    return [since_ns + 200 * NS_PER_MS, now_ns() - 200 * NS_PER_MS]


async def stereo(path: str, left_hz: int, right_hz: int) -> list[int]:
    """Play a tone on each channel; from when until when, in ns."""
    tone = ToneGenerator(Tone(pilot_hz=left_hz, right_pilot_hz=right_hz, marker=None))
    async with recorded(path, channels=2) as source:
        await source.capture_frame(frame(tone.samples(0, RATE // 2)))
        since_ns = now_ns() + 50 * NS_PER_MS
        await asyncio.sleep(0.4)
        return [since_ns, now_ns() - 50 * NS_PER_MS]


async def formats(journal: str, calls: dict[str, dict[str, int]]) -> None:
    """What the frames of streams say of themselves, of a rate and a number of channels each."""
    notes = CallJournal(journal)
    track = rtc.LocalAudioTrack.create_audio_track("probe", rtc.AudioSource(RATE, 1))
    for name, wanted in calls.items():
        await notes.attempt(name, _format, track, **wanted)


async def _format(
    track: rtc.LocalAudioTrack, sample_rate: int, num_channels: int
) -> dict[str, Any]:
    stream = rtc.AudioStream(track, sample_rate=sample_rate, num_channels=num_channels)
    try:
        async with asyncio.timeout(FLOW_S):
            return _described((await anext(stream)).frame)
    finally:
        await stream.aclose()


def _described(frame: rtc.AudioFrame) -> dict[str, Any]:
    return {
        "sample_rate": frame.sample_rate,
        "channels": frame.num_channels,
        "samples": frame.samples_per_channel,
        "data": [type(frame.data).__name__, frame.data.format, len(frame.data)],
    }


def built(left: Sequence[int], right: Sequence[int]) -> dict[str, Any]:
    """A stereo frame of these samples: what it says of itself, and its data by channel."""
    samples = np.stack([left, right], axis=1).astype(np.int16)
    told = frame(samples)
    return {**_described(told), "left": list(told.data[::2]), "right": list(told.data[1::2])}
