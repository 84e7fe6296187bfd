"""Messages of the SDK's native library, as tests of tampers make them."""

from __future__ import annotations

import numpy as np
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiEvent, FfiRequest, FfiResponse
from numpy.typing import NDArray

_kept: list[NDArray[np.int16]] = []
"""Messages have addresses alone."""


def sound_capture(
    samples: NDArray[np.int16], *, source: int = 1, sample_rate: int = 48_000
) -> FfiRequest:
    """Samples, shape (n, channels), captured by a source."""
    data = np.ascontiguousarray(samples)
    _kept.append(data)
    request = FfiRequest()
    request.capture_audio_frame.source_handle = source
    buffer = request.capture_audio_frame.buffer
    buffer.data_ptr, buffer.sample_rate = data.ctypes.data, sample_rate
    buffer.samples_per_channel, buffer.num_channels = data.shape
    return request


def picture_capture(frame: rtc.VideoFrame, *, source: int = 1) -> FfiRequest:
    """A frame captured by a source; it has to stay."""
    request = FfiRequest()
    request.capture_video_frame.source_handle = source
    request.capture_video_frame.buffer.CopyFrom(frame._proto_info())
    return request


def video_frame_event(stream: int = 1) -> FfiEvent:
    """A frame of a stream."""
    event = FfiEvent()
    event.video_stream_event.stream_handle = stream
    event.video_stream_event.frame_received.timestamp_us = 1
    return event


def sound_frame_event(stream: int = 1) -> FfiEvent:
    """A frame of a stream of sound."""
    event = FfiEvent()
    event.audio_stream_event.stream_handle = stream
    event.audio_stream_event.frame_received.SetInParent()
    return event


def subscribed_event(name: str, *, track: int) -> FfiEvent:
    """Somebody's track was subscribed to, and has this handle."""
    event = FfiEvent()
    subscribed = event.room_event.track_subscribed.track
    subscribed.handle.id, subscribed.info.name = track, name
    return event


def stream_request(*, track: int, kind: str = "new_video_stream") -> FfiRequest:
    """A stream of a track is asked for."""
    request = FfiRequest()
    getattr(request, kind).track_handle = track
    return request


class Library:
    """Stands in for the native library: keeps what it was asked and told, answers with handles."""

    def __init__(self) -> None:
        self.asked: list[FfiRequest] = []
        self.told: list[FfiEvent] = []

    def send(self, request: FfiRequest) -> FfiResponse:
        copy = FfiRequest()
        copy.CopyFrom(request)
        self.asked.append(copy)
        response, number = FfiResponse(), len(self.asked)
        message = request.WhichOneof("message")
        if message == "new_audio_source":
            response.new_audio_source.source.handle.id = number
        elif message == "create_video_track":
            response.create_video_track.track.handle.id = number
        elif message in ("new_audio_stream", "new_video_stream"):
            getattr(response, message).stream.handle.id = number
        elif message == "capture_audio_frame":
            response.capture_audio_frame.async_id = number
        return response

    def put(self, event: FfiEvent) -> None:
        self.told.append(event)


def other_request() -> FfiRequest:
    """A request that no tamper of media is about."""
    request = FfiRequest()
    request.disconnect.room_handle = 7
    return request
