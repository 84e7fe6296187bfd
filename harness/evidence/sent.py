"""What a publisher handed to its SDK, and when.

A `.sent` file holds pairs of int64, little endian: number and monotonic ns just before the
hand-over. For sound the number is the first sample of a 10 ms frame (at the source's rate), for
pictures the frame counter. Numbers that are missing were never handed over.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SENT_DTYPE = np.dtype([("number", "<i8"), ("at_ns", "<i8")])


def read_sent(path: Path) -> NDArray[Any]:
    """Hand-overs in order, dtype SENT_DTYPE; a cut last pair is left out."""
    count = path.stat().st_size // SENT_DTYPE.itemsize
    return np.fromfile(path, dtype=SENT_DTYPE, count=count)
