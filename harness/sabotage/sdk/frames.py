"""Frames of streams on their way to an application, which tampers look at or change in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.participant.tampered_memory import kept, memory
from harness.sabotage.sdk.messages import BYTES

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent

Picture = Any
"""What a message of the SDK says of an I420 picture."""


def sound_in(event: FfiEvent) -> NDArray[np.int16] | None:
    """The samples of a frame of sound, shape (n·channels,), to be read and written in place."""
    if not event.audio_stream_event.HasField("frame_received"):
        return None
    sound = event.audio_stream_event.frame_received.frame.info
    samples = memory(sound.data_ptr, BYTES * sound.num_channels * sound.samples_per_channel)
    return samples.view(np.int16)


def picture_in(event: FfiEvent) -> Picture | None:
    """What is said of the picture that a stream brings."""
    if not event.video_stream_event.HasField("frame_received"):
        return None
    return event.video_stream_event.frame_received.buffer.info


def spoil(event: FfiEvent) -> None:
    """Make a sound silence and a picture black, where they lie."""
    sound, picture = sound_in(event), picture_in(event)
    if sound is not None:
        sound[:] = 0
    if picture is not None:
        planes_of(picture)[0][:] = 0


def planes_of(picture: Picture) -> list[NDArray[np.uint8]]:
    """Y, U and V, shapes (lines, columns), to be read and written in place."""
    across, down = (picture.width + 1) // 2, (picture.height + 1) // 2
    sizes = ((picture.height, picture.width), (down, across), (down, across))
    return [
        np.ndarray(
            size,
            np.uint8,
            memory(plane.data_ptr, (size[0] - 1) * plane.stride + size[1]),
            strides=(plane.stride, 1),
        )
        for size, plane in zip(sizes, picture.components, strict=True)
    ]


def enlarge(picture: Picture, times: int) -> None:
    """Repeat every line and column, in memory that stays valid until many more are enlarged."""
    planes = [plane.repeat(times, axis=0).repeat(times, axis=1) for plane in planes_of(picture)]
    address = kept(np.concatenate([plane.ravel() for plane in planes]))
    picture.width, picture.height, picture.data_ptr = (
        times * picture.width, times * picture.height, address,
    )  # fmt: skip
    for component, plane in zip(picture.components, planes, strict=True):
        component.data_ptr, component.stride, component.size = address, plane.shape[1], plane.size
        address += plane.size
