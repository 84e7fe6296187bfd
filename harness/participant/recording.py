"""Recorders: from a subscribed track to files, decoded and read here, in the participant.

A track that is subscribed again continues in the same recording: the old stream revives together
with the new one in the SDK, so it is closed first.
"""

from __future__ import annotations

import asyncio
import ctypes
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from livekit import rtc
from livekit.rtc._proto import video_frame_pb2
from numpy.typing import NDArray

from harness.participant.frame_stream import (
    FrameStream,
    PictureFrame,
    PictureStream,
    SoundFrame,
    SoundStream,
)
from harness.participant.kept_file import KeptFile
from harness.participant.recording_files import PictureFile, SoundFile
from harness.participant.supervise import Supervisor
from harness.signals.coded_loop import number_of
from harness.signals.picture import PictureReader, Planes

_CLOSE_TIMEOUT_S = 1.0


class Recorder(ABC):
    """Takes the frames of one track, from one stream at a time."""

    kind: Literal["audio", "video"]

    def __init__(self, file: SoundFile | PictureFile, supervise: Supervisor) -> None:
        self.file = file
        self._supervise = supervise
        self._stream: FrameStream | None = None
        self._task: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @abstractmethod
    def _open(self, track: rtc.Track) -> FrameStream: ...

    def attach(self, track: rtc.Track) -> None:
        """Record from this track on, and no longer from the one before."""
        self.cancel()
        self._stream = self._open(track)
        self._task = self._supervise(_run(self._stream), f"recording {self.file.path.name}")

    def cancel(self) -> None:
        """Record what has come of the present stream, and begin to close it."""
        if self._stream is not None:
            self._stream.stop()
            self._stream = None
        if self._task is not None:
            self._task.cancel()
            self._ending.add(self._task)
            self._task.add_done_callback(self._ending.discard)
            self._task = None

    async def stop(self) -> None:
        """Close the stream and the files."""
        self.cancel()
        if self._ending:
            await asyncio.wait(self._ending, timeout=2 * _CLOSE_TIMEOUT_S)
        self.file.close()


class SoundRecorder(Recorder):
    """Sound to `<name>.wav` and `<name>.arrivals`."""

    kind = "audio"

    def __init__(
        self, path: Path, supervise: Supervisor, *, sample_rate: int, channels: int
    ) -> None:
        self._sample_rate, self._channels = sample_rate, channels
        self._sound = SoundFile(path, sample_rate=sample_rate, channels=channels)
        super().__init__(self._sound, supervise)

    def _open(self, track: rtc.Track) -> FrameStream:
        return SoundStream(
            track, self._take, sample_rate=self._sample_rate, channels=self._channels
        )

    def _take(self, frame: SoundFrame, arrival_ns: int) -> None:
        size = 2 * frame.num_channels * frame.samples_per_channel
        self._sound.append(ctypes.string_at(frame.data_ptr, size), arrival_ns)


class PictureRecorder(Recorder):
    """Pictures, read as they come, to `<name>.frames` and, small, to `<name>.thumbs`.

    Each n-th is kept whole where asked for.
    """

    kind = "video"

    def __init__(self, path: Path, supervise: Supervisor, *, keep_every: int = 0) -> None:
        self._pictures = PictureFile(path)
        self._kept = KeptFile(path, every=keep_every) if keep_every else None
        self._reader = PictureReader()
        super().__init__(self._pictures, supervise)

    def _open(self, track: rtc.Track) -> FrameStream:
        return PictureStream(track, self._take)

    def _take(self, frame: PictureFrame, arrival_ns: int) -> None:
        planes = planes_of(frame.buffer.info)
        reading = self._reader.read_planes(planes)
        number = number_of(
            reading.counter,
            frame_id=frame.metadata.frame_id,
            user_data=frame.metadata.user_data,
        )
        self._pictures.append(
            replace(reading, counter=number),
            planes,
            arrival_ns=arrival_ns,
            timestamp_us=frame.timestamp_us,
            frame_id=frame.metadata.frame_id,
            user_timestamp_us=frame.metadata.user_timestamp,
        )
        if self._kept is not None:
            self._kept.offer(planes)

    async def stop(self) -> None:
        """Close the stream and the files."""
        await super().stop()
        if self._kept is not None:
            self._kept.close()


async def _run(stream: FrameStream) -> None:
    try:
        await stream.run()
    finally:
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await stream.close()


def planes_of(picture: video_frame_pb2.VideoBufferInfo) -> Planes:
    """Y, U and V of an I420 picture, where the native library has them: valid while it has."""
    y, u, v = picture.components
    across, down = (picture.width + 1) // 2, (picture.height + 1) // 2
    whole = _plane(y, picture.width, picture.height)
    return whole, _plane(u, across, down), _plane(v, across, down)


def _plane(
    component: video_frame_pb2.VideoBufferInfo.ComponentInfo, width: int, height: int
) -> NDArray[np.uint8]:
    size = (height - 1) * component.stride + width
    memory = memoryview((ctypes.c_uint8 * size).from_address(component.data_ptr))
    return np.ndarray((height, width), np.uint8, memory, strides=(component.stride, 1))
