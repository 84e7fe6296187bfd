"""How the 11 buffer encodings of LiveKit lie in memory: into channels, and back to bytes.

Packed encodings are named after the order of their bytes. Planar ones are Y, U, V, one plane after
the other; NV12 has one plane of U and V in turns; I010 has 10 bits in 16, little-endian. Where a
plane has half the columns or lines of the picture, an odd number of them is rounded up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Channels = dict[str, NDArray[np.float64]]
"""Channel (R, G, B, A, Y, U, V) to its samples, shape (lines, columns), in steps of 8 bits."""

PACKED = {"RGBA": "RGBA", "ABGR": "ABGR", "ARGB": "ARGB", "BGRA": "BGRA", "RGB24": "RGB"}
"""Encoding to its bytes, in the order of memory."""
PLANAR = {"I420": (2, 2), "I420A": (2, 2), "I422": (2, 1), "I444": (1, 1), "I010": (2, 2)}
"""Encoding to the pixels, across and down, that share one sample of U and of V."""
ENCODINGS = (*PACKED, *PLANAR, "NV12")
_TEN_BIT = 4


def shared_by(encoding: str) -> tuple[int, int]:
    """Pixels, across and down, that share one sample of colour; (1, 1) for packed ones."""
    return (2, 2) if encoding == "NV12" else PLANAR.get(encoding, (1, 1))


def channel_shapes(encoding: str, width: int, height: int) -> dict[str, tuple[int, int]]:
    """Lines and columns of each channel, in the order of memory."""
    whole = (height, width)
    if encoding in PACKED:
        return dict.fromkeys(PACKED[encoding], whole)
    across, down = shared_by(encoding)
    colour = (-(-height // down), -(-width // across))
    shapes = {"Y": whole, "U": colour, "V": colour}
    return shapes | ({"A": whole} if encoding == "I420A" else {})


def plane_sizes(encoding: str, width: int, height: int) -> tuple[int, ...]:
    """Bytes of each plane; one for packed encodings."""
    deep = 2 if encoding == "I010" else 1
    sizes = [
        lines * columns * deep
        for lines, columns in channel_shapes(encoding, width, height).values()
    ]
    if encoding in PACKED:
        return (sum(sizes),)
    return (sizes[0], sizes[1] + sizes[2]) if encoding == "NV12" else tuple(sizes)


def unpack(data: bytes, encoding: str, width: int, height: int) -> Channels:
    """The channels of a picture.

    Raises:
        ValueError: the bytes are not exactly those of a picture of this size.
    """
    needed = sum(plane_sizes(encoding, width, height))
    if len(data) != needed:
        raise ValueError(f"{encoding} of {width}×{height} has {needed} bytes, not {len(data)}")
    if encoding == "I010":
        samples = np.frombuffer(data, dtype="<u2") / _TEN_BIT
    else:
        samples = np.frombuffer(data, dtype=np.uint8).astype(np.float64)
    shapes = channel_shapes(encoding, width, height)
    if encoding in PACKED:
        pixels = samples.reshape(height, width, len(shapes))
        return {name: pixels[..., place] for place, name in enumerate(shapes)}
    if encoding == "NV12":
        luma, colour = np.split(samples, [width * height])
        samples = np.concatenate([luma, colour[0::2], colour[1::2]])
    ends = np.cumsum([lines * columns for lines, columns in shapes.values()])
    parts = np.split(samples, ends[:-1])
    return {
        name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)
    }


def pack(channels: Channels, encoding: str) -> bytes:
    """The bytes of a picture, samples rounded to what the encoding can hold."""
    if encoding in PACKED:
        return _bytes(np.stack([channels[name] for name in PACKED[encoding]], axis=-1))
    if encoding == "NV12":
        colour = np.stack([channels["U"], channels["V"]], axis=-1)
        return _bytes(channels["Y"]) + _bytes(colour)
    planes = [channels[name] for name in ("Y", "U", "V", "A")[: 4 if encoding == "I420A" else 3]]
    if encoding == "I010":
        return b"".join(
            np.clip(np.rint(plane * _TEN_BIT), 0, 1023).astype("<u2").tobytes() for plane in planes
        )
    return b"".join(_bytes(plane) for plane in planes)


def _bytes(samples: NDArray[np.float64]) -> bytes:
    return np.clip(np.rint(samples), 0, 255).astype(np.uint8).tobytes()
