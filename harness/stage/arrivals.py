"""How evenly decoded sound came to a participant: from what its recordings note, afterwards.

A stream hands over 10 ms every 10 ms, whatever the network does. Where it comes less evenly, the
participant got no processor in time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.evidence.clock import NS_PER_MS

LONGEST_MS = 200.0
"""What comes later than this after the last was not sent, or not subscribed to."""
LEAST = 300
"""Fewer frames say nothing about one in a hundred."""
OWN = ".local.arrivals"
"""Of a track that was recorded where it is made: it runs at the pace of the hand-overs."""


def inter_arrival_p99_ms(folder: Path) -> float | None:
    """99th percentile of the time from one frame of sound to the next, over all recordings.

    None where too few frames came to tell.
    """
    files = [file for file in sorted(folder.glob("*.arrivals")) if not file.name.endswith(OWN)]
    gaps = [np.diff(np.fromfile(file, dtype="<i8")) / NS_PER_MS for file in files]
    counted = np.concatenate([gap[gap <= LONGEST_MS] for gap in gaps] or [np.empty(0)])
    return float(np.percentile(counted, 99)) if len(counted) >= LEAST else None
