"""Events that bring frames of streams, as tests of tampers make them."""

from __future__ import annotations

import numpy as np
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiEvent
from numpy.typing import NDArray

GREY = 128
_kept: list[object] = []
"""Messages have addresses alone."""


def sound_event(samples: NDArray[np.int16]) -> FfiEvent:
    """A frame of sound, shape (n, channels)."""
    _kept.append(samples)
    event = FfiEvent()
    event.audio_stream_event.stream_handle = 1
    sound = event.audio_stream_event.frame_received.frame.info
    sound.data_ptr, sound.sample_rate = samples.ctypes.data, 48_000
    sound.samples_per_channel, sound.num_channels = samples.shape
    return event


def picture_event(frame: rtc.VideoFrame, *, stream: int = 2) -> FfiEvent:
    """A picture of a stream."""
    _kept.append(frame)
    event = FfiEvent()
    event.video_stream_event.stream_handle = stream
    event.video_stream_event.frame_received.buffer.info.CopyFrom(frame._proto_info())
    return event


def grey_picture_event(*, height: int = 90, stream: int = 2) -> FfiEvent:
    """A grey picture, 16:9."""
    width = height * 16 // 9
    size = width * height + 2 * ((width + 1) // 2) * ((height + 1) // 2)
    pixels = bytearray([GREY] * size)
    frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, pixels)
    return picture_event(frame, stream=stream)


def other_event() -> FfiEvent:
    """The end of a stream."""
    event = FfiEvent()
    event.video_stream_event.eos.SetInParent()
    return event
