"""Keeping every so many decoded pictures whole, while the media runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.evidence.kept_pictures import KEPT_BYTES, KEPT_HEADER, SUFFIX, i420_bytes
from harness.signals.picture import Pixels


class KeptFile:
    """`<name>.kept`: see `harness.evidence.kept_pictures`. Written through, so nothing is left."""

    def __init__(self, path: Path, *, every: int) -> None:
        self._every = every
        self._offered = 0
        self._room = KEPT_BYTES
        self._file = path.with_suffix(SUFFIX).open("wb", buffering=0)

    def offer(self, width: int, height: int, i420: Pixels) -> None:
        """Called once for each observation, in their order; keeps the first and each n-th after.

        Args:
            width: Pixels in a line.
            height: Lines.
            i420: Its planes without padding; only looked at where it is kept.
        """
        place = self._offered
        self._offered += 1
        size = KEPT_HEADER.size + i420_bytes(width, height)
        if place % self._every or size > self._room or self._file.closed:
            return
        self._room -= size
        planes = np.frombuffer(i420, dtype=np.uint8, count=i420_bytes(width, height))
        self._file.write(KEPT_HEADER.pack(place, width, height) + planes.tobytes())

    def close(self) -> None:
        """May be called twice."""
        self._file.close()
