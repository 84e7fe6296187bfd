"""Small PNG files: of one colour in 16 strengths for light and dark pages, or of all.

Own, because it is thirty lines and the package needs no imaging library for anything else.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

LEVELS = 16
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURED, _INDEXED = 2, 3


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
    packed = (even[:, 0::2] << 4 | even[:, 1::2]).astype(np.uint8)
    alpha = bytes(round(255 * level / (LEVELS - 1)) for level in range(LEVELS))
    palette = _chunk(b"PLTE", bytes(colour) * LEVELS) + _chunk(b"tRNS", alpha)
    return _file(packed, columns=columns, bits=4, kind=_INDEXED, palette=palette)


def colour_png(pixels: NDArray[np.uint8]) -> bytes:
    """The file of red, green and blue, shape (rows, columns, 3), the highest row first.

    Raises:
        ValueError: there is nothing.
    """
    rows, columns, _ = pixels.shape
    if not rows or not columns:
        raise ValueError(f"no picture: shape {pixels.shape}")
    return _file(pixels.reshape(rows, -1), columns=columns, bits=8, kind=_COLOURED)


def _file(
    packed: NDArray[np.uint8], *, columns: int, bits: int, kind: int, palette: bytes = b""
) -> bytes:
    lines = np.pad(packed, ((0, 0), (1, 0)))  # filter 0 before each line
    header = struct.pack(">IIBBBBB", columns, len(packed), bits, kind, 0, 0, 0)
    data = _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9))
    return _SIGNATURE + _chunk(b"IHDR", header) + palette + data + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
