"""Recorders: from a subscribed track to files, decoded and read here, in the participant.

A track that is subscribed again continues in the same recording: the old stream revives together
with the new one in the SDK, so it is closed first.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Literal

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient
from livekit.rtc._proto import ffi_pb2, video_frame_pb2

from harness.evidence.clock import now_ns
from harness.participant.kept_file import KeptFile
from harness.participant.recording_files import PictureFile, SoundFile
from harness.participant.supervise import Supervisor
from harness.signals.picture import PictureReader

_CLOSE_TIMEOUT_S = 1.0
_NO_METADATA = rtc.FrameMetadata()

Stream = rtc.AudioStream | rtc.VideoStream


class LosslessVideoStream(rtc.VideoStream):
    """A video stream whose native queue is unbounded; the SDK's own keeps the newest frame only."""

    def _create_owned_stream(self) -> Any:  # noqa: ANN401 - the SDK's signature
        assert self._track is not None
        req = ffi_pb2.FfiRequest()
        req.new_video_stream.track_handle = self._track._ffi_handle.handle  # noqa: SLF001
        req.new_video_stream.type = video_frame_pb2.VideoStreamType.VIDEO_STREAM_NATIVE
        req.new_video_stream.normalize_stride = True
        req.new_video_stream.queue_size_frames = 0
        return FfiClient.instance.request(req).new_video_stream.stream


class Recorder(ABC):
    """Consumes streams of one track, one at a time, in a task that must be cancelled to end.

    The SDK ends no stream by itself, neither on unsubscribe nor on unpublish.
    """

    kind: Literal["audio", "video"]

    def __init__(self, file: SoundFile | PictureFile, supervise: Supervisor) -> None:
        self.file = file
        self._supervise = supervise
        self._task: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @abstractmethod
    def _open(self, track: rtc.Track) -> Stream: ...

    @abstractmethod
    async def _consume(self, stream: Any) -> None: ...  # noqa: ANN401 - of the subclass's kind

    def attach(self, track: rtc.Track) -> None:
        """Record from this track on, and no longer from the one before."""
        self.cancel()
        self._task = self._supervise(self._run(track), f"recording {self.file.path.name}")

    def cancel(self) -> None:
        """Begin to close the present stream."""
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

    async def _run(self, track: rtc.Track) -> None:
        stream = self._open(track)
        try:
            await self._consume(stream)
        finally:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await stream.aclose()


class SoundRecorder(Recorder):
    """Sound to `<name>.wav` and `<name>.arrivals`."""

    kind = "audio"

    def __init__(
        self, path: Path, supervise: Supervisor, *, sample_rate: int, channels: int
    ) -> None:
        self._sample_rate, self._channels = sample_rate, channels
        self._sound = SoundFile(path, sample_rate=sample_rate, channels=channels)
        super().__init__(self._sound, supervise)

    def _open(self, track: rtc.Track) -> rtc.AudioStream:
        return rtc.AudioStream(track, sample_rate=self._sample_rate, num_channels=self._channels)

    async def _consume(self, stream: rtc.AudioStream) -> None:
        async for event in stream:
            self._sound.append(event.frame.data, now_ns())


class PictureRecorder(Recorder):
    """Pictures, read as they come, to `<name>.frames`; each n-th is kept whole where asked for."""

    kind = "video"

    def __init__(self, path: Path, supervise: Supervisor, *, keep_every: int = 0) -> None:
        self._pictures = PictureFile(path)
        self._kept = KeptFile(path, every=keep_every) if keep_every else None
        self._reader = PictureReader()
        super().__init__(self._pictures, supervise)

    def _open(self, track: rtc.Track) -> rtc.VideoStream:
        return LosslessVideoStream(track)

    async def _consume(self, stream: rtc.VideoStream) -> None:
        async for event in stream:
            arrival_ns = now_ns()
            frame = event.frame
            if frame.type != rtc.VideoBufferType.I420:
                frame = frame.convert(rtc.VideoBufferType.I420)
            reading = self._reader.read(frame.data, frame.width, frame.height)
            metadata = event.metadata or _NO_METADATA
            self._pictures.append(
                reading,
                arrival_ns=arrival_ns,
                timestamp_us=event.timestamp_us,
                width=frame.width,
                height=frame.height,
                frame_id=metadata.frame_id,
                user_timestamp_us=metadata.user_timestamp,
            )
            if self._kept is not None:
                self._kept.offer(frame.width, frame.height, frame.data)

    async def stop(self) -> None:
        """Close the stream and the files."""
        await super().stop()
        if self._kept is not None:
            self._kept.close()
