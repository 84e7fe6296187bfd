"""What an RTP timestamp says about the moment of capture, and which packets carry the same media.

A timestamp counts capture time in 90 kHz steps of whole milliseconds for pictures, and samples at
48 kHz for Opus; where it begins is random. It is found by what most packets agree on: that each
carries the latest that had been captured when it was sent. A server may begin anew for its
receivers, which is found in the same way. Measured on the reference server: 1.3 to 2 ms from the
capture of a picture to its first packet, less than 1 ms from the last frame of an Opus packet to
the packet, and the same timestamps on both sides of the server.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.verifiers.answer import NoEvidenceError

PICTURE_TICKS_PER_MS = 90
SOUND_TICKS_PER_MS = 48
WRAP = 1 << 32
AGREED_SHARE = 0.4
"""Of all packets, that must tell the same; what was held up for longer than a frame does not."""
EARLY_NS = 3 * NS_PER_MS
"""A packet may reach the relay this much before Python is told of the frame that it carries."""


def picture_ticks(captured_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Capture times in steps of the RTP clock of pictures, from an unknown beginning."""
    ticks: NDArray[np.int64] = captured_ns * PICTURE_TICKS_PER_MS // NS_PER_MS
    return ticks


def offset_between(
    earlier_ns: NDArray[np.int64],
    earlier_ticks: NDArray[np.int64],
    later_ns: NDArray[np.int64],
    later_ticks: NDArray[np.int64],
    *,
    resolution: int = 1,
    early_ns: int = 0,
) -> int:
    """What is to be added to earlier ticks to get later ones, modulo 2³².

    Each of the later is taken for what the latest of the earlier became; most of them are right,
    and agree to within the resolution.

    Args:
        earlier_ns: Times of captures, or departures, ascending.
        earlier_ticks: Of each.
        later_ns: Arrivals of packets.
        later_ticks: Their RTP timestamps.
        resolution: Ticks by which right ones may differ.
        early_ns: A later one may seem to come before the earlier one by so much.

    Raises:
        NoEvidenceError: too few agree.
    """
    latest = np.searchsorted(earlier_ns, later_ns + early_ns, side="right") - 1
    known = latest >= 0
    apart = (later_ticks[known] - earlier_ticks[latest[known]]) % WRAP
    bins = Counter((apart // resolution).tolist())
    around = {place: bins[place - 1] + bins[place] + bins[place + 1] for place in bins}
    best = max(around, key=lambda place: (around[place], bins[place]), default=None)
    if best is None or around[best] < AGREED_SHARE * len(later_ns):
        agreed = 0 if best is None else around[best]
        raise NoEvidenceError(
            f"RTP timestamps do not tell what was captured when: {agreed} of {len(later_ns)} "
            "packets agree"
        )
    near = apart[np.abs(apart // resolution - best) <= 1]
    return int(np.median(near))


def signed(ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """A difference of timestamps modulo 2³², from −2³¹ on."""
    difference: NDArray[np.int64] = (ticks + WRAP // 2) % WRAP - WRAP // 2
    return difference
