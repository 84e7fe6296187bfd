"""Probes: wrong arguments for `AudioSource`, `AudioFrame`, audio tracks and streams.

Each group is a table of calls by name. A call that is to be refused raises, and a call that uses
what was made with the argument shows what becomes of it later.
"""

# ruff: noqa: ANN401 - arguments of any type are the point

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from livekit import rtc

from harness.participant.call_journal import CallJournal

RATE, FRAME = 48_000, 480
BYTES = 2 * FRAME
USE_S = 1.0
"""Time in which a frame must come out of a stream; it takes 10 ms."""
Calls = dict[str, Callable[[], Any]]


async def call(journal: str, group: str) -> None:
    """Make the calls of a group; what they give is not told."""
    notes = CallJournal(journal)
    for name, made in GROUPS[group]().items():
        await notes.attempt(name, _told_nothing, made)


async def _told_nothing(made: Callable[[], Any]) -> None:
    given = made()
    if inspect.isawaitable(given):
        await given


def source(**arguments: Any) -> rtc.AudioSource:
    return rtc.AudioSource(**{"sample_rate": RATE, "num_channels": 1, **arguments})


def frame(**arguments: Any) -> rtc.AudioFrame:
    right = {"data": bytes(BYTES), "sample_rate": RATE, "num_channels": 1}
    return rtc.AudioFrame(**{**right, "samples_per_channel": FRAME, **arguments})


async def capture(captured: object, **of_source: Any) -> None:
    await source(**of_source).capture_frame(captured)  # type: ignore[arg-type]


async def capture_frame(**of_frame: Any) -> None:
    await capture(frame(**of_frame))


async def use_source(**of_source: Any) -> None:
    await _listen(source(**of_source))


async def use_stream(**of_stream: Any) -> None:
    await _listen(source(), **of_stream)


async def _listen(to: rtc.AudioSource, **of_stream: Any) -> None:
    """Open a stream of the source's own track and read from it. Silence is enough."""
    track = rtc.LocalAudioTrack.create_audio_track("probe", to)
    stream = rtc.AudioStream(track, **of_stream)
    try:
        async with asyncio.timeout(USE_S):
            for _ in range(2):
                await anext(stream)
    finally:
        await stream.aclose()


def arguments_of_a_source() -> Calls:
    wrong: dict[str, tuple[Any, ...]] = {
        "sample_rate": (-1, 2**33, 48000.5, "48000", None),
        "num_channels": (-1, 2**33, 1.5, "1", None),
        "queue_size_ms": (-10, 2**40, 100.5, "100", None),
    }
    return {
        f"{name} {value!r}": partial(source, **{name: value})
        for name, values in wrong.items()
        for value in values
    }


def queue_sizes() -> Calls:
    return {f"{ms} ms": partial(source, queue_size_ms=ms) for ms in (5, 55, 1001, 2**31 - 8)}


def sources_that_cannot_be() -> Calls:
    wrong = {"sample_rate": (0, 1, 99, 150), "num_channels": (0,)}
    return {
        f"{name} {value}": partial(use_source, **{name: value})
        for name, values in wrong.items()
        for value in values
    }


def data_of_a_frame() -> Calls:
    wrong: dict[str, object] = {
        "a text": "x" * BYTES,
        "a list": [0] * BYTES,
        "a number": BYTES,
        "None": None,
        "a numpy array": np.zeros(FRAME, np.int16),
        "every other byte of a buffer": memoryview(bytearray(2 * BYTES))[::2],
        "a sample less than the frame is long": bytes(BYTES - 2),
        "half a sample more": bytes(BYTES + 1),
        "nothing": b"",
    }
    calls: Calls = {name: partial(frame, data=data) for name, data in wrong.items()}
    return calls | {"one channel of two": partial(frame, num_channels=2)}


def sizes_of_a_frame() -> Calls:
    wrong: dict[str, tuple[Any, ...]] = {
        "sample_rate": (0, -48000, 48000.5, "48000", None),
        "num_channels": (0, -1, 1.5, "1", None),
        "samples_per_channel": (-480, 240.5, "480", None),
    }
    return {
        f"{name} {value!r}": partial(capture_frame, **{name: value})
        for name, values in wrong.items()
        for value in values
    }


def frames_of_another_kind() -> Calls:
    """Than their source; the name says which."""
    return {
        "16 kHz into 48 kHz": partial(capture_frame, sample_rate=16_000),
        "48 kHz into 16 kHz": lambda: capture(frame(), sample_rate=16_000),
        "stereo into mono": partial(capture_frame, num_channels=2, samples_per_channel=240),
        "mono into stereo": lambda: capture(frame(), num_channels=2),
    }


def what_is_no_frame() -> Calls:
    wrong: dict[str, object] = {"None": None, "bytes": bytes(BYTES), "a number": 480}
    return {name: partial(capture, value) for name, value in wrong.items()}


def frames_without_a_queue() -> Calls:
    def of(length: int) -> Callable[[], Any]:
        data = bytes(2 * length)
        return lambda: capture(frame(data=data, samples_per_channel=length), queue_size_ms=0)

    return {f"{ms} ms": of(RATE * ms // 1000) for ms in (5, 10, 20, 100)}


async def _closed() -> rtc.AudioSource:
    closed = source()
    await closed.aclose()
    return closed


def closed_sources() -> Calls:
    async def capture_frame() -> None:
        await (await _closed()).capture_frame(frame())

    async def clear_queue() -> None:
        (await _closed()).clear_queue()

    return {"capture_frame": capture_frame, "clear_queue": clear_queue}


def names_of_a_track() -> Calls:
    return {"an empty name": lambda: rtc.LocalAudioTrack.create_audio_track("", source())}


def sources_of_a_track() -> Calls:
    async def closed() -> None:
        rtc.LocalAudioTrack.create_audio_track("probe", await _closed())

    wrong: dict[str, Any] = {"None": None, "a text": "source"}
    create = rtc.LocalAudioTrack.create_audio_track
    calls: Calls = {name: partial(create, "probe", value) for name, value in wrong.items()}
    return calls | {
        "a video source": lambda: create("probe", rtc.VideoSource(64, 64)),  # type: ignore[arg-type]
        "a closed source": closed,
    }


def arguments_of_a_stream() -> Calls:
    wrong: dict[str, tuple[Any, ...]] = {
        "sample_rate": (-1, 2**33, "48000", None),
        "num_channels": (-1, 2**33, "1", None),
        "frame_size_ms": (-1, "10"),
    }
    calls: Calls = {
        f"{name} {value!r}": partial(use_stream, **{name: value})
        for name, values in wrong.items()
        for value in values
    }
    return calls | {
        f"{value!r} as a track": partial(rtc.AudioStream, value) for value in _NO_TRACKS
    }


_NO_TRACKS: tuple[Any, ...] = (None, "track")


def streams_that_cannot_be() -> Calls:
    wrong = {"sample_rate": (0, 1, 99), "num_channels": (0,)}
    return {
        f"{name} {value}": partial(use_stream, **{name: value})
        for name, values in wrong.items()
        for value in values
    }


GROUPS: dict[str, Callable[[], Calls]] = {
    made.__name__: made
    for made in (
        arguments_of_a_source,
        queue_sizes,
        sources_that_cannot_be,
        data_of_a_frame,
        sizes_of_a_frame,
        frames_of_another_kind,
        what_is_no_frame,
        frames_without_a_queue,
        closed_sources,
        names_of_a_track,
        sources_of_a_track,
        arguments_of_a_stream,
        streams_that_cannot_be,
    )
}
