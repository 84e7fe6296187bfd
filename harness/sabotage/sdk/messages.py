"""What tampers of the messages to the native library share: who sends them, sound, pictures."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.participant.tampered_memory import kept, memory

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, Tampering

BYTES = 2
"""Of a sample."""


class Encoding(IntEnum):
    """Of pixels, with the numbers of the SDK's `VideoBufferType`."""

    RGBA = 0
    ABGR = 1
    ARGB = 2
    BGRA = 3
    RGB24 = 4
    I420 = 5
    I420A = 6
    I422 = 7
    I444 = 8
    I010 = 9
    NV12 = 10

    @property
    def wire(self) -> Any:  # noqa: ANN401 - a type of the SDK that is no type at run time
        """As messages have it."""
        return int(self)


def in_probe(tampering: Tampering) -> bool:
    """Whether it is in a participant that only makes bare calls of the SDK."""
    return tampering.identity.startswith("probe")


def sound_of(request: FfiRequest) -> NDArray[np.int16]:
    """A copy of the samples that a `capture_audio_frame` hands over, shape (n, channels)."""
    buffer = request.capture_audio_frame.buffer
    size = BYTES * buffer.num_channels * buffer.samples_per_channel
    samples = memory(buffer.data_ptr, size).copy().view(np.int16)
    return samples.reshape(buffer.samples_per_channel, buffer.num_channels)


def put_sound(request: FfiRequest, samples: NDArray[np.int16]) -> None:
    """Let a `capture_audio_frame` hand over these instead, shape (n, channels)."""
    buffer = request.capture_audio_frame.buffer
    buffer.data_ptr = kept(samples)
    buffer.samples_per_channel = len(samples)


def kept_picture(request: FfiRequest) -> FfiRequest:
    """A copy of a `capture_video_frame` that can be sent later, its pixels copied with it."""
    copy = type(request)()
    copy.CopyFrom(request)
    picture = copy.capture_video_frame.buffer
    size = sum(plane.size for plane in picture.components) or picture.stride * picture.height
    moved = kept(memory(picture.data_ptr, size)) - picture.data_ptr
    picture.data_ptr += moved
    for plane in picture.components:
        plane.data_ptr += moved
    return copy
