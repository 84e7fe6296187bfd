"""A small PNG file of one colour in 16 strengths, which lies on a light page and on a dark one.

Own, because it is twenty lines and the package needs no imaging library for anything else.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

LEVELS = 16
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED, _BITS = 3, 4


def strength_png(levels: NDArray[np.uint8], *, colour: tuple[int, int, int]) -> bytes:
    """The file, with a palette: from nothing at level 0 to the whole colour at 15.

    Args:
        levels: 0 to 15, shape (rows, columns), the highest row first; neither is 0.
        colour: Red, green, blue.

    Raises:
        ValueError: there is nothing, or a level beyond 15.
    """
    rows, columns = levels.shape
    if not rows or not columns or levels.max() >= LEVELS:
        raise ValueError(f"no picture: shape {levels.shape}, levels to {levels.max(initial=0)}")
    even = np.pad(levels, ((0, 0), (0, columns % 2))).astype(np.uint8)
    packed = even[:, 0::2] << 4 | even[:, 1::2]
    lines = np.pad(packed, ((0, 0), (1, 0)))  # filter 0 before each line
    alpha = bytes(round(255 * level / (LEVELS - 1)) for level in range(LEVELS))
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, _BITS, _INDEXED, 0, 0, 0)),
            _chunk(b"PLTE", bytes(colour) * LEVELS),
            _chunk(b"tRNS", alpha),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
