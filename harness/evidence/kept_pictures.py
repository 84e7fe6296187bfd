"""Decoded pictures that were kept whole, a few of all: what they looked like, not what they say.

Beside `face.frames` stands `face.kept`: for each picture KEPT_HEADER, then its I420 planes without
padding. Written while the media runs, read afterwards.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.recording import VideoRecording

KEPT_HEADER = struct.Struct("<IHH")
"""Place of its observation in `face.frames`, width and height in pixels."""
KEPT_BYTES = 64 * 2**20
"""A recording keeps no more: 194 pictures of 640×360, 48 of 1280×720."""
SUFFIX = ".kept"


@dataclass(frozen=True, kw_only=True)
class KeptPicture:
    """One decoded picture."""

    observed: Any
    """Its observation: a record of FRAME_DTYPE."""
    luma: NDArray[np.uint8]
    """Plane Y, shape (height, width)."""


def i420_bytes(width: int, height: int) -> int:
    """Bytes of an I420 picture without padding; odd sizes round the colour planes up."""
    return width * height + 2 * (-(-width // 2)) * (-(-height // 2))


def kept_pictures(recording: VideoRecording) -> Iterator[KeptPicture]:
    """The pictures that were kept, in order of arrival, one in memory at a time.

    A file that was cut off ends with its last whole picture.

    Raises:
        OSError: Nothing was kept: there is no such file.
        ValueError: The file is none of pictures of this recording.
    """
    path, frames = recording.path.with_suffix(SUFFIX), recording.frames
    with path.open("rb") as file:
        while len(header := file.read(KEPT_HEADER.size)) == KEPT_HEADER.size:
            place, width, height = KEPT_HEADER.unpack(header)
            if place >= len(frames):
                return  # the observations were cut off
            observed = frames[place]
            if (observed["width"], observed["height"]) != (width, height):
                raise ValueError(
                    f"{path.name} holds {width}×{height} where {recording.path.name} says "
                    f"{observed['width']}×{observed['height']}"
                )
            data = file.read(i420_bytes(width, height))
            if len(data) < i420_bytes(width, height):
                return  # this file was cut off
            luma = np.frombuffer(data, dtype=np.uint8, count=width * height)
            yield KeptPicture(observed=observed, luma=luma.reshape(height, width))
