"""Interarrival jitter as SDK and server tell it, against RFC 3550 on the gateway's record.

J(i) = J(i-1) + (|D(i-1, i)| - J(i-1)) / 16, of packets in the order in which they leave the relay;
D is the difference of the spacings on arrival and on the RTP clock. What comes late out of order is
left out, as SDK and server do. Compared on sound alone: a picture's packets share one timestamp,
and retransmissions, which arrive on a stream of their own, count differently at each receiver.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_records import Direction
from harness.evidence.ledger_table import unwrap
from harness.evidence.measurement import Measurement
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.told import (
    AROUND_MS,
    Entry,
    apart,
    entries_told,
    moments_ns,
    one_stream,
    worst_apart,
)
from harness.verifiers.wire import FILES, PacketRecord

CLOCK_HZ = 48_000
"""Of Opus."""
GAIN = 16
SETTLED = 64
"""Packets until the beginning is forgotten, which neither side need have seen alike."""
REPORT_MS = 2000
"""A receiver report that statistics hold is at most this old, and its way."""
ERROR_MS = 1.0
"""The SDK tells whole ms; of the clocks of relay and SDK 0.5 ms."""


@in_unit("ms")
def sdk_jitter_against_ledger(
    samples: Sequence[StatisticsSample],
    ledger: PacketRecord,
    *,
    participant: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Largest difference between the jitter of a sound that a receiver's SDK tells and RFC 3550's.

    Each snapshot is of some moment within 50 ms of its time.

    Args:
        samples: Statistics at several moments; `jitter` of `inbound_rtp` is in seconds.
        ledger: The gateway's record.
        participant: Identity of the receiver.
        since_ns: Snapshots from here on,
        until_ns: up to here.
    """
    told = entries_told(
        samples, participant=participant, kind="inbound_rtp", medium="audio",
        members=("ssrc", "jitter", "packets_received"), since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    counted = [entry for entry in told if entry["packets_received"]]
    return _compared(counted, ledger, participant, "down", AROUND_MS)


@in_unit("ms")
def server_jitter_against_ledger(
    samples: Sequence[StatisticsSample],
    ledger: PacketRecord,
    *,
    participant: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Largest difference between the jitter that the server reports to a publisher and RFC 3550's.

    By RTCP, as `remote_inbound_rtp`: a report is up to two seconds old, so it is held against the
    smallest and the largest value in that time. Entries without a report yet are left out
    (`round_trip_time_measurements` is 0).
    """
    told = entries_told(
        samples, participant=participant, kind="remote_inbound_rtp", medium="audio",
        members=("ssrc", "jitter", "round_trip_time_measurements"),
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    reported = [entry for entry in told if entry["round_trip_time_measurements"]]
    return _compared(reported, ledger, participant, "up", (-REPORT_MS, 0))


def _compared(
    entries: Sequence[Entry],
    ledger: PacketRecord,
    participant: str,
    direction: Direction,
    span_ms: tuple[int, int],
) -> Measurement:
    if not entries:
        raise NoEvidenceError(f"nothing was counted yet of a sound of {participant}")
    left_ns, jitter_ms = ledger_jitter(
        ledger, participant=participant, direction=direction, ssrc=one_stream(entries)
    )
    points = []
    for entry in entries:
        since, until = moments_ns(entry, span_ms)
        first = int(np.searchsorted(left_ns, since)) - 1
        last = int(np.searchsorted(left_ns, until, side="right"))
        if first < SETTLED or last == first + 1:
            continue
        points.append(apart(entry, float(entry["jitter"]) * 1000, jitter_ms[first:last]))
    if not points:
        raise NoEvidenceError(f"no snapshot lies behind {SETTLED} packets in which others came")
    return worst_apart(points, "ms", error=ERROR_MS, evidence=FILES)


def ledger_jitter(
    ledger: PacketRecord, *, participant: str, direction: Direction, ssrc: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """When the packets of a sound left the relay in order, and the jitter at each, in ms.

    Raises:
        NoEvidenceError: fewer than two left it.
    """
    packets = ledger.packets(
        participant=participant, direction=direction, ssrc=ssrc, fate="forwarded"
    )
    packets = _in_order(packets[np.argsort(packets["departure_ns"], kind="stable")])
    if len(packets) < 2:
        raise NoEvidenceError(f"{len(packets)} packets of SSRC {ssrc} passed the gateway")
    left_ns: NDArray[np.int64] = packets["departure_ns"]
    steps = np.diff(packets["rtp_timestamp"]).astype(np.int32) / CLOCK_HZ * 1000
    apart_ms = np.abs(np.diff(left_ns) * 1000 / NS_PER_S - steps)
    jitter = np.zeros(len(left_ns))
    for i, distance in enumerate(apart_ms.tolist()):
        jitter[i + 1] = jitter[i] + (distance - jitter[i]) / GAIN
    return left_ns, jitter


def _in_order(packets: NDArray[Any]) -> NDArray[Any]:
    if not len(packets):
        return packets
    numbers = unwrap(packets["seq"])
    highest = np.maximum.accumulate(numbers)
    ahead: NDArray[Any] = packets[np.concatenate([[True], numbers[1:] > highest[:-1]])]
    return ahead
