"""Sound whose every sample tells its number, for paths that keep samples bit for bit.

Sample n has the value n + 1, so that no sample is the zero of inserted silence. To the ear it is a
click: it is for tracks that are read where they are made, and for no encoder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LAST = 32_766
"""The highest number of a sample: 0.68 s at 48 kHz."""


def numbered(start: int, stop: int) -> NDArray[np.int16]:
    """Samples `start` up to, not including, `stop`; shape (n,).

    Raises ValueError when one of them has no number of its own.
    """
    if not 0 <= start <= stop <= LAST + 1:
        raise ValueError(f"samples {start} to {stop}: there are 0 to {LAST}")
    return np.arange(start + 1, stop + 1).astype(np.int16)


def numbers(samples: NDArray[np.int16]) -> NDArray[np.int64]:
    """The number of each sample, -1 where there is silence; shape (n,)."""
    return samples.astype(np.int64) - 1
