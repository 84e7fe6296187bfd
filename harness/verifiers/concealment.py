"""How much of what was lost a receiver had to make up, and how much redundancy gave back.

A steady tone cannot tell: concealment carries it on. What the SDK counts can (webrtc-stats:
`concealed_samples`), held against the packets that the gateway dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.ledger_fates import PacketFate
from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.told import Entry, received, snapshot_ns
from harness.verifiers.wire import FILES, PacketRecord


@in_unit("ratio")
def concealed_share(
    before: Sequence[Entry],
    after: Sequence[Entry],
    ledger: PacketRecord,
    *,
    participant: str,
    track: str,
    undisturbed: str,
) -> Measurement:
    """Share of the sound that was dropped on the way to a receiver which it had to make up.

    0: all of it was given back. 1: none. Rests on packets that were dropped, and on another track
    to the same receiver of which none was: what it had to make up there was not for loss, and
    more than a packet of that leaves the question open.

    Args:
        before: Statistics before the losses, flat entries with `type`, `ssrc`, `at_ns`,
            `concealed_samples`.
        after: Those after them.
        ledger: The gateway's record.
        participant: Identity of the receiver.
        track: Sid of the sound that lost packets.
        undisturbed: Sid of one that lost none.
    """
    span = snapshot_ns(before), snapshot_ns(after)
    clean, lost = (_packets(ledger, participant, sid, *span) for sid in (undisturbed, track))
    samples = _samples_per_packet(lost)
    drops, spared = _dropped(lost), _dropped(clean)
    if not drops or spared:
        raise NoEvidenceError(f"{drops} packets of {track} were dropped, {spared} of {undisturbed}")
    idle = _grown(before, after, _ssrc(clean), "concealed_samples")
    if idle > samples:
        raise NoEvidenceError(f"{idle} samples were made up where nothing was lost")
    concealed = _grown(before, after, _ssrc(lost), "concealed_samples")
    return Measurement(
        value=concealed / (drops * samples),
        unit="ratio",
        rests_on=drops,
        notes=(f"{concealed} samples made up for {drops} packets of {samples} samples",),
        evidence=FILES,
    )


@in_unit("packets")
def lost_packets(
    before: Sequence[Entry],
    after: Sequence[Entry],
    ledger: PacketRecord,
    *,
    participant: str,
    track: str,
) -> Measurement:
    """Packets of a track that a receiver's SDK counted as lost between two snapshots."""
    packets = _packets(ledger, participant, track, snapshot_ns(before), snapshot_ns(after))
    lost = _grown(before, after, _ssrc(packets), "packets_lost")
    received = _grown(before, after, _ssrc(packets), "packets_received")
    return Measurement(
        value=float(lost),
        unit="packets",
        rests_on=received + lost,
        notes=(f"{received} received",),
        evidence=FILES,
    )


@in_unit("samples")
def concealed_samples(
    before: Sequence[Entry],
    after: Sequence[Entry],
    ledger: PacketRecord,
    *,
    participant: str,
    track: str,
) -> Measurement:
    """Samples of a track that a receiver made up between two snapshots, for whatever reason."""
    packets = _packets(ledger, participant, track, snapshot_ns(before), snapshot_ns(after))
    made_up = _grown(before, after, _ssrc(packets), "concealed_samples")
    return Measurement(
        value=float(made_up),
        unit="samples",
        rests_on=len(packets) * _samples_per_packet(packets),
        notes=(f"{len(packets)} packets came, {_dropped(packets)} were dropped",),
        evidence=FILES,
    )


def _packets(
    ledger: PacketRecord, participant: str, track: str, since_ns: int, until_ns: int
) -> NDArray[Any]:
    packets = ledger.packets(
        participant=participant, direction="down", track=track,
        since_ns=since_ns, until_ns=until_ns, repair=False,
    )  # fmt: skip
    if len(packets) < 2:
        raise NoEvidenceError(f"{len(packets)} packets of {track} came between the snapshots")
    return packets


def _samples_per_packet(packets: NDArray[Any]) -> int:
    """From the RTP clock, which is 48 kHz for Opus; it wraps."""
    steps = np.diff(packets["rtp_timestamp"]).astype(np.uint32)
    return int(np.median(steps))


def _dropped(packets: NDArray[Any]) -> int:
    return int(np.count_nonzero(packets["fate"] == PacketFate.DROPPED))


def _ssrc(packets: NDArray[Any]) -> int:
    return int(packets["ssrc"][-1])


def _grown(before: Sequence[Entry], after: Sequence[Entry], ssrc: int, key: str) -> int:
    first, second = (int(received(entries, ssrc, key)) for entries in (before, after))
    return second - first
