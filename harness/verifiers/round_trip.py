"""Round-trip times that an SDK tells, against what the gateway held packets for.

A check of ICE and its answer are packets of their own in the gateway's record: the round trip is
the time from the check's arrival at the relay to the answer's departure, the server between them.
Reports of RTCP are encrypted: which of them answers which is not known, only how long each was on
its way through the relay, either way. Between client and relay are another 0.1 to 1 ms.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction
from harness.evidence.measurement import Measurement
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.told import Apart, apart, entries_told, middle_apart, moments_ns
from harness.verifiers.wire import FILES, PacketRecord

ERROR_MS = 1.0
"""The SDK tells whole ms; the way between client and relay."""
ANSWER_NS = 20 * NS_PER_MS
"""A server answers a check within this, or the answer belongs to another one."""
REPORTS_NS = 15 * NS_PER_S
"""A round trip that statistics hold was measured this long ago at most: libwebrtc reports on sound
every 5 s, livekit-server on what it receives each second."""


@in_unit("ms")
def ice_round_trip_against_ledger(
    samples: Sequence[StatisticsSample],
    ledger: PacketRecord,
    *,
    participant: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Difference in the middle between `current_round_trip_time` of the pair in use and the truth.

    Told is the round trip of the last check that was answered, in which a client that waits for its
    turn on a busy machine counts that time, too: one of several may lie beside the truth. A
    snapshot is of some moment within 50 ms of its time: the answers at either end of that are both
    allowed.

    Args:
        samples: Statistics at several moments; round trips are in seconds.
        ledger: The gateway's record.
        participant: Identity of the client, which sends the checks.
        since_ns: Snapshots from here on,
        until_ns: up to here.
    """
    told = entries_told(
        samples, participant=participant, kind="candidate_pair",
        members=("nominated", "current_round_trip_time", "responses_received"),
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    answered = [entry for entry in told if entry["nominated"] and entry["responses_received"]]
    answers_ns, trips_ms = _checks(ledger, participant)
    points = []
    for entry in answered:
        first, last = np.searchsorted(answers_ns, moments_ns(entry)) - 1
        if first < 0:
            continue
        told_ms = float(entry["current_round_trip_time"]) * 1000
        points.append(apart(entry, told_ms, trips_ms[first : last + 1]))
    if not points:
        raise NoEvidenceError(f"no check of {participant} was answered before a snapshot")
    return middle_apart(points, "ms", error=ERROR_MS, evidence=FILES)


@in_unit("ms")
def rtcp_round_trip_against_ledger(
    samples: Sequence[StatisticsSample],
    ledger: PacketRecord,
    *,
    participant: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """How far a publisher's round trip by RTCP lies outside of what the relay held reports for.

    Of all told the one in the middle: single ones hold what a publisher waited for its turn.

    The shortest and the longest time that RTCP was held on the way up, and those on the way down,
    in the 15 s before a snapshot, bound what `round_trip_time` of `remote_inbound_rtp` can be.
    Entries without a measurement yet are left out (`round_trip_time_measurements` is 0).
    """
    told = entries_told(
        samples, participant=participant, kind="remote_inbound_rtp",
        members=("round_trip_time", "round_trip_time_measurements"),
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    points = []
    for entry in told:
        if not entry["round_trip_time_measurements"]:
            continue
        at_ns = int(entry["at_ns"])
        ways = [_held_ms(ledger, participant, way, at_ns) for way in ("up", "down")]
        points.append(
            Apart(
                at_ns=at_ns,
                told=float(entry["round_trip_time"]) * 1000,
                low=float(sum(way.min() for way in ways)),
                high=float(sum(way.max() for way in ways)),
            )
        )
    if not points:
        raise NoEvidenceError(f"no report of the server reached {participant} before a snapshot")
    return middle_apart(points, "ms", error=ERROR_MS, evidence=FILES)


def _checks(
    ledger: PacketRecord, participant: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """When answers to checks left the relay, and the round trip of each, in ms."""
    checks = ledger.control_packets("stun", participant=participant, direction="up")
    answers = ledger.control_packets("stun", participant=participant, direction="down")
    checks = checks[checks["fate"] == PacketFate.FORWARDED]
    checks = checks[np.argsort(checks["departure_ns"], kind="stable")]
    asked = np.searchsorted(checks["departure_ns"], answers["t_ns"], side="right") - 1
    known = (asked >= 0) & (answers["fate"] == PacketFate.FORWARDED)
    known[known] &= answers["t_ns"][known] - checks["departure_ns"][asked[known]] <= ANSWER_NS
    left_ns = answers["departure_ns"][known]
    trips_ms = (left_ns - checks["t_ns"][asked[known]]) / NS_PER_MS
    if not len(left_ns):
        raise NoEvidenceError(f"the gateway saw no check of {participant} answered")
    order = np.argsort(left_ns, kind="stable")
    return left_ns[order], trips_ms[order]


def _held_ms(
    ledger: PacketRecord, participant: str, direction: Direction, at_ns: int
) -> NDArray[np.float64]:
    """How long the relay held each packet of RTCP before a time; at least one."""
    packets = ledger.control_packets(
        "rtcp", participant=participant, direction=direction,
        since_ns=at_ns - REPORTS_NS, until_ns=at_ns,
    )  # fmt: skip
    packets = packets[packets["fate"] == PacketFate.FORWARDED]
    if not len(packets):
        raise NoEvidenceError(f"the gateway saw no RTCP {direction} of {participant}")
    held: NDArray[np.float64] = (packets["departure_ns"] - packets["t_ns"]) / NS_PER_MS
    return held
