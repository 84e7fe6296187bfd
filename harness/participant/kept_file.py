"""Keeping every so many decoded pictures whole, while the media runs."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.kept_pictures import KEPT_BYTES, KEPT_HEADER, SUFFIX, i420_bytes
from harness.signals.picture import Planes


class KeptFile:
    """`<name>.kept`: see `harness.evidence.kept_pictures`. Written through, so nothing is left."""

    def __init__(self, path: Path, *, every: int) -> None:
        self._every = every
        self._offered = 0
        self._room = KEPT_BYTES
        self._file = path.with_suffix(SUFFIX).open("wb", buffering=0)

    def offer(self, planes: Planes) -> None:
        """Called once for each observation, in their order; keeps the first and each n-th after.

        Only looks at a picture that it keeps.
        """
        place = self._offered
        self._offered += 1
        height, width = planes[0].shape
        size = KEPT_HEADER.size + i420_bytes(width, height)
        if place % self._every or size > self._room or self._file.closed:
            return
        self._room -= size
        header = KEPT_HEADER.pack(place, width, height)
        self._file.write(header + b"".join(plane.tobytes() for plane in planes))

    def close(self) -> None:
        """May be called twice."""
        self._file.close()
