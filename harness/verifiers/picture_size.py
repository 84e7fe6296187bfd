"""How large the packets of a picture track are: whether they carry something, or black."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.wire import FILES, PacketRecord

Span = tuple[int, int]


@in_unit("times")
def picture_size_ratio(
    ledger: PacketRecord, *, participant: str, track: str, span_ns: Span, black_ns: Span
) -> Measurement:
    """Median size of a publisher's picture packets, over that of its black pictures.

    Padding does not count: it only probes the path. About 1 where black was sent, a multiple where
    something was.

    Args:
        ledger: The gateway's record.
        participant: Identity of the publisher.
        track: Sid of a track without simulcast.
        span_ns: The time in question, from the first up to the second.
        black_ns: A time in which black pictures were sent.
    """
    sizes = _sizes(ledger, participant, track, span_ns)
    black = _sizes(ledger, participant, track, black_ns)
    here, there = float(np.median(sizes)), float(np.median(black))
    return Measurement(
        value=here / there,
        unit="times",
        rests_on=len(sizes) + len(black),
        notes=(f"{here:.0f} bytes, and {there:.0f} where the picture was black",),
        evidence=FILES,
    )


def _sizes(ledger: PacketRecord, participant: str, track: str, span_ns: Span) -> NDArray[np.uint16]:
    """Bytes of each packet that carries something of a picture, at least one."""
    since_ns, until_ns = span_ns
    packets = ledger.packets(
        participant=participant, direction="up", track=track,
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    sizes: NDArray[np.uint16] = packets["size"][~packets["padding"]]
    if not len(sizes):
        raise NoEvidenceError(f"no picture of {track} was seen on the way up from {participant}")
    return sizes
