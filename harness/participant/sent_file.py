"""The hand-overs of a publisher: what was given to the SDK, and when.

`<name>.sent` holds pairs of int64, little endian: number and monotonic ns just before the
hand-over. For sound the number is the first sample of a 10 ms frame (at the source's rate), for
pictures the frame counter. Numbers that are missing were never handed over.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SENT_DTYPE = np.dtype([("number", "<i8"), ("at_ns", "<i8")])
_PAIR = struct.Struct("<qq")


class SentFile:
    """Appends hand-overs; `sync` brings them to the disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def append(self, number: int, at_ns: int) -> None:
        """Add one hand-over."""
        self._file.write(_PAIR.pack(number, at_ns))

    def sync(self) -> None:
        """Make everything so far readable by others."""
        self._file.flush()

    def close(self) -> None:
        """Sync and close; may be called twice."""
        self._file.close()


def read_sent(path: Path) -> NDArray[np.void]:
    """Hand-overs in order, dtype SENT_DTYPE; a cut last pair is left out."""
    count = path.stat().st_size // SENT_DTYPE.itemsize
    return np.fromfile(path, dtype=SENT_DTYPE, count=count)
