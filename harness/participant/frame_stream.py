"""Frames of the SDK's streams, noted where the native library hands them over and read in batches.

The SDK's own streams send each frame through the event loop twice, by a queue and a task of their
own, and copy it on the way. Here the callback of the native library, on a thread of its own, notes
the time and nothing else; the event loop takes what has come, ten times a second. An arrival has
no lag of the event loop in it, a picture is read where the decoder left it, and frames cost little,
because few of them wake a process whose code has left the processor's caches.
"""

from __future__ import annotations

import asyncio
import os
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from functools import cache

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient, FfiHandle
from livekit.rtc._proto import audio_frame_pb2, video_frame_pb2
from livekit.rtc._proto.ffi_pb2 import FfiEvent, FfiRequest

from harness.evidence.clock import NS_PER_S, now_ns

SoundFrame = audio_frame_pb2.AudioFrameBufferInfo
PictureFrame = video_frame_pb2.VideoFrameReceived

BATCH_NS = NS_PER_S // 10
"""All streams of a process are taken at once, so that it wakes up once for all of them."""
_SPREAD_NS = 61_803_399
"""Golden section of BATCH_NS: processes that were started one after the other wake up apart."""
MAX_WAITING = 1000
"""Frames of a stream that may wait; more means that the event loop stands still."""
_EARLY_EVENTS = 64
"""Frames that come before their stream's number is known here; the oldest are given up."""
_CLOSE_POLL_S = 0.01

_Waiting = deque[tuple[int, FfiEvent]]
"""Arrival in monotonic ns, and what came."""


class FrameStream(ABC):
    """A stream of one track. Its frames wait here from the moment at which it is made.

    The SDK ends no stream by itself, neither on unsubscribe nor on unpublish.
    """

    def __init__(self, track: rtc.Track) -> None:
        self._track = track  # the SDK ends the stream when the track is let go
        self._waiting: _Waiting = deque()
        self._ended = self._stopped = False
        number = self._open(track._ffi_handle.handle)  # noqa: SLF001
        self._handle = FfiHandle(number)
        _arrivals().expect(number, self._waiting)

    async def run(self) -> None:
        """Take frames, in batches, until the SDK ends the stream.

        Raises:
            RuntimeError: more frames wait than may.
        """
        phase_ns = os.getpid() * _SPREAD_NS
        while not self._ended:
            await asyncio.sleep((BATCH_NS - (now_ns() + phase_ns) % BATCH_NS) / NS_PER_S)
            if len(self._waiting) > MAX_WAITING:
                raise RuntimeError(f"{len(self._waiting)} decoded frames wait to be recorded")
            self.take_all()

    def take_all(self) -> None:
        """Take the frames that have come so far. What an error leaves is let go."""
        while self._waiting:
            arrival_ns, event = self._waiting.popleft()
            frame = self._frame(event)
            if not frame:
                self._ended = True
                continue
            try:
                if not self._stopped:
                    self._take(event, arrival_ns)
            except Exception:
                self._stopped = True
                raise
            finally:
                FfiHandle(frame).dispose()

    def stop(self) -> None:
        """Take what has come and ask the SDK to end the stream; what comes later is let go."""
        self._handle.dispose()
        self.take_all()
        self._stopped = True

    async def close(self) -> None:
        """Stop, and wait until the SDK has ended the stream."""
        self.stop()
        while not self._ended:
            await asyncio.sleep(_CLOSE_POLL_S)
            self.take_all()
        _arrivals().forget(self._handle.handle)

    @abstractmethod
    def _open(self, track: int) -> int:
        """Ask the SDK for a stream of a track; both by the number of the handle."""

    @abstractmethod
    def _frame(self, event: FfiEvent) -> int:
        """The handle of the frame that an event brings; 0: it says that the stream has ended."""

    @abstractmethod
    def _take(self, event: FfiEvent, arrival_ns: int) -> None:
        """Take a frame; its memory is valid until this returns."""


class SoundStream(FrameStream):
    """Frames of 10 ms of sound, resampled to this rate and number of channels."""

    def __init__(
        self,
        track: rtc.Track,
        take: Callable[[SoundFrame, int], None],
        *,
        sample_rate: int,
        channels: int,
    ) -> None:
        self._take_sound = take
        self._sample_rate, self._channels = sample_rate, channels
        super().__init__(track)

    def _open(self, track: int) -> int:
        request = FfiRequest()
        new = request.new_audio_stream
        new.track_handle = track
        new.type = audio_frame_pb2.AudioStreamType.AUDIO_STREAM_NATIVE
        new.sample_rate, new.num_channels = self._sample_rate, self._channels
        new.queue_size_frames = 0  # unbounded: a frame that is dropped here would be a finding
        number: int = FfiClient.instance.request(request).new_audio_stream.stream.handle.id
        return number

    def _frame(self, event: FfiEvent) -> int:
        return event.audio_stream_event.frame_received.frame.handle.id

    def _take(self, event: FfiEvent, arrival_ns: int) -> None:
        self._take_sound(event.audio_stream_event.frame_received.frame.info, arrival_ns)


class PictureStream(FrameStream):
    """Pictures as I420, with whatever strides they come."""

    def __init__(self, track: rtc.Track, take: Callable[[PictureFrame, int], None]) -> None:
        self._take_picture = take
        super().__init__(track)

    def _open(self, track: int) -> int:
        request = FfiRequest()
        new = request.new_video_stream
        new.track_handle = track
        new.type = video_frame_pb2.VideoStreamType.VIDEO_STREAM_NATIVE
        new.format = video_frame_pb2.VideoBufferType.I420
        new.normalize_stride = False
        new.queue_size_frames = 0  # unbounded: the SDK's own stream keeps the newest frame only
        number: int = FfiClient.instance.request(request).new_video_stream.stream.handle.id
        return number

    def _frame(self, event: FfiEvent) -> int:
        return event.video_stream_event.frame_received.buffer.handle.id

    def _take(self, event: FfiEvent, arrival_ns: int) -> None:
        self._take_picture(event.video_stream_event.frame_received, arrival_ns)


class _Arrivals:
    """Notes when which frame came, on the thread that brings it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, _Waiting] = {}
        self._early: _Waiting = deque(maxlen=_EARLY_EVENTS)

    def expect(self, stream: int, waiting: _Waiting) -> None:
        """Put a stream's events there, those first that have come already."""
        with self._lock:
            waiting.extend(one for one in self._early if _stream_of(one[1]) == stream)
            self._early.clear()
            self._waiting[stream] = waiting

    def forget(self, stream: int) -> None:
        """Expect no more events of a stream."""
        self._waiting.pop(stream, None)

    def note(self, event: FfiEvent) -> bool:
        """Called by the SDK for each event, as a filter of a queue that stays empty."""
        stream = _stream_of(event)
        if stream:
            with self._lock:
                self._waiting.get(stream, self._early).append((now_ns(), event))
        return False


@cache
def _arrivals() -> _Arrivals:
    """The one of this process; a fork of it must not have called this."""
    arrivals = _Arrivals()
    FfiClient.instance.queue.subscribe(filter_fn=arrivals.note)
    return arrivals


def _stream_of(event: FfiEvent) -> int:
    """The number of the stream that an event is of; 0: it is of none."""
    message = event.WhichOneof("message")
    if message == "audio_stream_event":
        return event.audio_stream_event.stream_handle
    if message == "video_stream_event":
        return event.video_stream_event.stream_handle
    return 0
