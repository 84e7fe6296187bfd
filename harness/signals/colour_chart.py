"""A picture for the conversions of colours, the same whenever it is asked for.

Sizes in which every sample of colour is shared by as many pixels are filled at random over the
whole gamut, so that a sample in a wrong place, a plane or a byte exchanged, a wrong matrix or
range all show. In odd sizes it is not agreed where the samples of colour lie, so what fills those
rises by a quarter step from pixel to pixel: a shift by half a sample stays below a step.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from harness.signals.pixel_layout import channel_shapes, pack, shared_by, unpack

_RANGES = {"Y": (16, 235), "U": (16, 240), "V": (16, 240)}
"""BT.601-7, limited range; the others use all of 8 bits."""
_RISE = 0.25
_STARTS = {"R": 180, "G": 60, "B": 100, "A": 140, "Y": 90, "U": 70, "V": 180}


def colour_chart(encoding: str, width: int, height: int) -> bytes:
    """The chart in an encoding, exactly as many bytes as that has."""
    across, down = shared_by(encoding)
    shapes = channel_shapes(encoding, width, height)
    if width % 2 or height % 2:
        rises = {
            name: _rising(name, shape, (across, down) if name in "UV" else (1, 1))
            for name, shape in shapes.items()
        }
        return pack(rises, encoding)
    random = np.random.Generator(np.random.PCG64(zlib.crc32(encoding.encode())))
    values = {name: _random(random, name, shape) for name, shape in shapes.items()}
    return pack(values, encoding)


def patch_chart(encoding: str, width: int, height: int, patch_px: int) -> bytes:
    """The chart, each sample of it drawn as a patch: what an encoder leaves of it can be compared.

    Args:
        encoding: Of the picture.
        width: Pixels, an even number of patches.
        height: Lines, as well.
        patch_px: Columns and lines of a patch, an even number.
    """
    small = width // patch_px, height // patch_px
    samples = unpack(colour_chart(encoding, *small), encoding, *small)
    patches = {
        name: values.repeat(patch_px, axis=0).repeat(patch_px, axis=1)
        for name, values in samples.items()
    }
    return pack(patches, encoding)


def _random(random: np.random.Generator, name: str, shape: tuple[int, int]) -> NDArray[np.float64]:
    low, high = _RANGES.get(name, (0, 255))
    return random.integers(low, high + 1, shape).astype(np.float64)


def _rising(name: str, shape: tuple[int, int], apart: tuple[int, int]) -> NDArray[np.float64]:
    line, column = np.indices(shape)
    rise = _RISE * (column * apart[0] + line * apart[1])
    return np.asarray(_STARTS[name] + rise, dtype=np.float64)
