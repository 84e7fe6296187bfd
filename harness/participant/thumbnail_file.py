"""Keeping a small likeness of every decoded picture, while the media runs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.evidence.thumbnails import HEIGHT, SUFFIX, WIDTH
from harness.signals.picture import Planes


class ThumbnailFile:
    """`<name>.thumbs`: see `harness.evidence.thumbnails`."""

    def __init__(self, path: Path) -> None:
        self._file = path.with_suffix(SUFFIX).open("wb")

    def append(self, planes: Planes) -> None:
        """Called once for each observation, in their order. Looks at 864 points of it."""
        luma, u, v = planes
        self._file.write(_points(luma, WIDTH, HEIGHT))
        self._file.write(_points(u, WIDTH // 2, HEIGHT // 2))
        self._file.write(_points(v, WIDTH // 2, HEIGHT // 2))

    def sync(self) -> None:
        """Bring everything so far to the disk."""
        self._file.flush()

    def close(self) -> None:
        """Sync and close; may be called twice."""
        self._file.close()


def _points(plane: NDArray[np.uint8], width: int, height: int) -> bytes:
    lines, columns = plane.shape
    return plane[_places(lines, height)[:, None], _places(columns, width)].tobytes()


@lru_cache(maxsize=64)
def _places(pixels: int, points: int) -> NDArray[np.intp]:
    """The middles of equal parts of a line; pixels repeat where there are too few."""
    return ((np.arange(points) + 0.5) * pixels / points).astype(np.intp)
