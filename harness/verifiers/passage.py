"""The way of each picture or piece of sound through one direction of the gateway.

A unit is all packets with one RTP timestamp: a picture, or 20 ms of sound. It has passed when the
first packet of it has left intact, be it a repair (RFC 4588 keeps the timestamp): from there on the
receiver's jitter buffer counts what it waits, for the rest of its packets too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.wire import PacketRecord

MOST_UNDER_WAY_RATIO = 0.25
"""Of the packets of a call: a second and more of ten, what a full queue holds."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One unit, one direction; monotonic ns."""

    first_ns: int
    """Arrival of its first packet, which may have been lost,"""
    arrived_ns: int
    """of the one that was first to leave,"""
    departed_ns: int
    """and when that left."""


def original_packets(
    wire: PacketRecord, *, participant: str, direction: Direction, track: str
) -> NDArray[Any]:
    """Packets of a track in order of arrival, without repairs and probing.

    Raises:
        NoEvidenceError: the gateway saw none.
    """
    packets = _packets(wire, participant, direction, track, repair=False)
    if not len(packets):
        raise NoEvidenceError(f"the gateway saw no packet of {track} on the way {direction}")
    require_fates(packets, f"{track} on the way {direction}")
    first: NDArray[Any] = packets[~packets["repeated"]]
    return first


def require_fates(packets: NDArray[Any], which: str) -> None:
    """Raises NoEvidenceError where it was not recorded what became of many of these packets.

    Some are under way when a call ends; more lack where the record of departures was cut.
    """
    unknown = int(np.count_nonzero(packets["fate"] == PacketFate.UNDER_WAY))
    if unknown > MOST_UNDER_WAY_RATIO * len(packets):
        raise NoEvidenceError(
            f"the gateway's record does not tell what became of {unknown} of {len(packets)} "
            f"packets of {which}: departures.bin was cut, or the call was too short"
        )


def passages(
    wire: PacketRecord, *, participant: str, direction: Direction, track: str
) -> dict[int, Passage | None]:
    """RTP timestamp → the way of that unit; None for one that never passed.

    Raises:
        NoEvidenceError: the gateway saw none.
    """
    first = _packets(wire, participant, direction, track, repair=False)
    if not len(first):
        raise NoEvidenceError(f"the gateway saw no packet of {track} on the way {direction}")
    repairs = _packets(wire, participant, direction, track, repair=True)
    packets = np.concatenate([first, repairs])
    return {
        int(packets["rtp_timestamp"][rows[0]]): _passage(packets[rows])
        for rows in _units(packets["rtp_timestamp"])
    }


def _packets(
    wire: PacketRecord, participant: str, direction: Direction, track: str, *, repair: bool
) -> NDArray[Any]:
    packets = wire.packets(participant=participant, direction=direction, track=track, repair=repair)
    media: NDArray[Any] = packets[~packets["padding"]]
    return media


def _units(timestamps: NDArray[np.uint32]) -> Iterator[NDArray[np.int64]]:
    order = np.argsort(timestamps, kind="stable")
    begins = np.flatnonzero(np.diff(timestamps[order])) + 1
    yield from np.split(order, begins)


def _passage(packets: NDArray[Any]) -> Passage | None:
    left = packets[packets["fate"] == PacketFate.FORWARDED]
    if not len(left):
        return None
    first = left[np.argmin(left["departure_ns"])]
    return Passage(
        first_ns=int(packets["t_ns"].min()),
        arrived_ns=int(first["t_ns"]),
        departed_ns=int(first["departure_ns"]),
    )
