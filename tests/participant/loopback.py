"""Probes: feeds and recorders joined by a local track, without a server.

The SDK accepts a stream on a local track, so what a source emits can be recorded where it is made.
"""

from __future__ import annotations

import asyncio
import ctypes
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from livekit import rtc

from harness.evidence.recording import FRAME_DTYPE
from harness.participant import frame_stream
from harness.participant.capture import CaptureError, capture
from harness.participant.frame_stream import SoundFrame, SoundStream
from harness.participant.health import HealthMonitor
from harness.participant.protocol import PublishOptions
from harness.participant.publishing import PictureFeed, SoundFeed
from harness.participant.recording import PictureRecorder, SoundRecorder
from harness.participant.supervise import Supervisor
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone

LIMIT_S = 10.0


class Bench:
    """Supervises, and remembers what went wrong."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.health = HealthMonitor()
        self.supervise = Supervisor(lambda where, error: self.errors.append(f"{where}: {error!r}"))


async def sound(folder: str, queue_size_ms: int, arrivals: int) -> dict[str, Any]:
    bench = Bench()
    options = PublishOptions(queue_size_ms=queue_size_ms)
    feed = SoundFeed(Tone(), options, sent=Path(folder, "tone.sent"), health=bench.health)
    recorder = SoundRecorder(
        Path(folder, "tone.wav"), bench.supervise, sample_rate=48_000, channels=1
    )
    recorder.attach(feed.track("tone"))
    source = bench.supervise(feed.run(), "source")
    await enough(recorder.file.path.with_suffix(".arrivals"), 8 * arrivals, recorder.file.sync)
    source.cancel()
    await recorder.stop()
    await feed.close()
    return {"errors": bench.errors, "handovers": bench.health.report().handovers}


async def picture(folder: str, frames: int, keep_every: int = 0) -> dict[str, Any]:
    bench = Bench()
    spec = ColourCode(track_code=77, width=320, height=180, fps=30)
    feed = PictureFeed(spec, PublishOptions(), sent=Path(folder, "face.sent"), health=bench.health)
    recorder = PictureRecorder(Path(folder, "face.frames"), bench.supervise, keep_every=keep_every)
    recorder.attach(feed.track("face"))
    source = bench.supervise(feed.run(), "source")
    await enough(recorder.file.path, FRAME_DTYPE.itemsize * frames, recorder.file.sync)
    source.cancel()
    await recorder.stop()
    await feed.close()
    return {"errors": bench.errors}


async def attached_twice(folder: str) -> dict[str, Any]:
    """One source, two tracks: the recording moves from one to the other."""
    bench = Bench()
    feed = SoundFeed(Tone(), PublishOptions(), sent=Path(folder, "t.sent"), health=bench.health)
    recorder = SoundRecorder(Path(folder, "t.wav"), bench.supervise, sample_rate=48_000, channels=1)
    arrivals = recorder.file.path.with_suffix(".arrivals")
    first, second = feed.track("first"), feed.track("second")
    source = bench.supervise(feed.run(), "source")
    recorder.attach(first)
    await enough(arrivals, 8 * 20, recorder.file.sync)
    recorder.attach(second)
    recorder.file.sync()
    before = arrivals.stat().st_size
    await enough(arrivals, before + 8 * 50, recorder.file.sync)
    recorder.file.sync()
    source.cancel()
    await recorder.stop()
    await feed.close()
    return {"errors": bench.errors, "before": before // 8}


async def lossless_burst(folder: str, frames: int) -> int:
    """Pictures captured in one go, which the SDK's own stream would drop."""
    bench = Bench()
    source = rtc.VideoSource(64, 36)
    track = rtc.LocalVideoTrack.create_video_track("burst", source)
    recorder = PictureRecorder(Path(folder, "burst.frames"), bench.supervise)
    recorder.attach(track)
    await asyncio.sleep(0)
    picture = bytes(64 * 36 * 3 // 2)
    for _ in range(frames):
        source.capture_frame(rtc.VideoFrame(64, 36, rtc.VideoBufferType.I420, picture))
    await enough(recorder.file.path, FRAME_DTYPE.itemsize * frames, recorder.file.sync)
    await recorder.stop()
    await source.aclose()
    return recorder.file.path.stat().st_size


async def enough(path: Path, size: int, sync: Callable[[], None]) -> None:
    """Wait until a file has grown to a size."""
    async with asyncio.timeout(LIMIT_S):
        while size_of(path) < size:
            await asyncio.sleep(0.02)
            sync()


def size_of(path: Path) -> int:
    return path.stat().st_size


def _hum() -> rtc.LocalAudioTrack:
    """A track whose source is paced by a native thread, whatever this process does."""
    return rtc.LocalAudioTrack.create_audio_track("hum", rtc.AudioSource(48_000, 1, 100))


async def arrivals_while_blocked(blocked_s: float) -> list[float]:
    """Time between frames of sound that come while the event loop stands still, in ms."""
    arrivals_ns: list[int] = []
    stream = SoundStream(_hum(), _noting(arrivals_ns), sample_rate=48_000, channels=1)
    time.sleep(blocked_s)  # noqa: ASYNC251 - what is tested
    stream.stop()
    await stream.close()
    return [(b - a) / 1e6 for a, b in pairwise(arrivals_ns)]


async def taken_before_and_after_stop() -> dict[str, int]:
    arrivals_ns: list[int] = []
    stream = SoundStream(_hum(), _noting(arrivals_ns), sample_rate=48_000, channels=1)
    async with asyncio.timeout(LIMIT_S):
        while not arrivals_ns:
            await asyncio.sleep(0.02)
            stream.take_all()
    stream.stop()
    at_stop = len(arrivals_ns)
    await stream.close()
    return {"at_stop": at_stop, "at_close": len(arrivals_ns)}


async def too_many_waiting(blocked_s: float) -> list[str]:
    frame_stream.MAX_WAITING = 5
    bench = Bench()
    stream = SoundStream(_hum(), _noting([]), sample_rate=48_000, channels=1)
    task = bench.supervise(stream.run(), "stream")
    await asyncio.sleep(0)
    time.sleep(blocked_s)  # noqa: ASYNC251 - what is tested
    await asyncio.wait([task], timeout=LIMIT_S)
    await stream.close()
    return bench.errors


async def taking_fails() -> list[str]:
    def take(frame: SoundFrame, arrival_ns: int) -> None:
        raise OSError("no room")

    bench = Bench()
    stream = SoundStream(_hum(), take, sample_rate=48_000, channels=1)
    task = bench.supervise(stream.run(), "stream")
    await asyncio.wait([task], timeout=LIMIT_S)
    await stream.close()
    return bench.errors


def _noting(arrivals_ns: list[int]) -> Callable[[SoundFrame, int], None]:
    return lambda frame, arrival_ns: arrivals_ns.append(arrival_ns)


async def captured_in_one_go(frames: int) -> list[int]:
    """Number of each frame that comes out of a source, by its samples."""
    source = rtc.AudioSource(48_000, 1, queue_size_ms=0)
    track = rtc.LocalAudioTrack.create_audio_track("burst", source)
    numbers: list[int] = []
    stream = SoundStream(track, _numbering(numbers), sample_rate=48_000, channels=1)
    for number in range(1, frames + 1):
        samples = np.full(480, number, dtype=np.int16).tobytes()
        capture(source, rtc.AudioFrame(samples, 48_000, 1, 480))
    async with asyncio.timeout(LIMIT_S):
        while len(numbers) < frames:
            await asyncio.sleep(0.02)
            stream.take_all()
    await stream.close()
    return numbers


def _numbering(numbers: list[int]) -> Callable[[SoundFrame, int], None]:
    return lambda frame, _: numbers.append(ctypes.c_int16.from_address(frame.data_ptr).value)


async def capture_of_a_wrong_length() -> str:
    """What is told of a frame that is no 10 ms, which a source without a queue does not take."""
    source = rtc.AudioSource(48_000, 1, queue_size_ms=0)
    frame = rtc.AudioFrame(bytes(2 * 100), 48_000, 1, 100)
    capture(source, frame)
    try:
        async with asyncio.timeout(LIMIT_S):
            while True:
                await asyncio.sleep(0.05)
                capture(source, rtc.AudioFrame(bytes(960), 48_000, 1, 480))
    except CaptureError as error:
        return str(error)
