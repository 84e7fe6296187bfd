"""Samples and pixels behind the addresses in the messages of the SDK's native library.

sound = request.capture_audio_frame.buffer       data_ptr, num_channels, samples_per_channel
picture = event.video_stream_event.frame_received.buffer.info   components[n].data_ptr, .size
"""

from __future__ import annotations

import ctypes
from collections import deque

import numpy as np
from numpy.typing import NDArray

_KEPT = 64
"""Buffers that stay valid; the library copies what a request hands over before it answers."""
_kept: deque[NDArray[np.uint8]] = deque(maxlen=_KEPT)


def memory(address: int, size: int) -> NDArray[np.uint8]:
    """The bytes at an address, to be read and written in place, shape (size,).

    Write only to what an event brings: what a request hands over belongs to the application, and
    may be bytes that others share; give the request an address of `kept` instead.
    """
    return np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(address))


def kept(data: NDArray[np.generic]) -> int:
    """The address of a copy, valid until many more have been asked for."""
    copy = np.frombuffer(bytearray(data.tobytes()), np.uint8)
    _kept.append(copy)
    return int(copy.ctypes.data)
