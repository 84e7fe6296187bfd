"""How often packets of a track come, and how much they are: by the second, and beside another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger_records import Direction
from harness.evidence.measurement import Measurement, Seen
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.wire import FILES, TIME_ERROR_MS, PacketRecord, packets_of

BITS_PER_BYTE = 8


@in_unit("packets/s")
def packet_rate(
    ledger: PacketRecord,
    *,
    participant: str,
    direction: Direction,
    track: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Packets of a track in [since, until), each second, retransmissions left out.

    Rests on a packet of the track at any time: a track that never sent anything has no rate.

    Args:
        ledger: The gateway's record.
        participant: Identity.
        direction: `up` from the participant, `down` to it.
        track: Sid.
        since_ns: From here on,
        until_ns: up to here, which is not counted.
    """
    _require_sent(ledger, participant, direction, track)
    packets = _packets(ledger, participant, direction, track, since_ns, until_ns)
    seconds = (until_ns - since_ns) / NS_PER_S
    size = f", {packets['size'].mean():.0f} bytes each" if len(packets) else ""
    return Measurement(
        value=len(packets) / seconds,
        unit="packets/s",
        error=1 / seconds,
        rests_on=len(packets),
        notes=(f"{len(packets)} packets{size}",),
        evidence=FILES,
        seen=Seen(series=packets_of(direction), file=FILES[0]),
    )


@in_unit("ms")
def longest_packet_gap(
    ledger: PacketRecord,
    *,
    participant: str,
    direction: Direction,
    track: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Longest time between packets of a track that touches [since, until); see `packet_rate`.

    `at_least` where it had not ended at `until_ns`.
    """
    packets = _packets(ledger, participant, direction, track, None, until_ns)
    before = int(np.searchsorted(packets["t_ns"], since_ns, side="right")) - 1
    if before < 0:
        raise NoEvidenceError(f"no packet of {track} was seen before the time asked for")
    times = np.append(packets["t_ns"][before:], until_ns)
    gaps = np.diff(times)
    longest = int(gaps.argmax())
    return Measurement(
        value=float(gaps[longest]) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        at_least=longest == len(gaps) - 1,
        rests_on=len(times) - 1,
        notes=(f"the longest began at {(int(times[longest]) - since_ns) / NS_PER_MS:.0f} ms",),
        evidence=FILES,
        seen=Seen(series=packets_of(direction), file=FILES[0], since_ns=int(times[longest])),
    )


@in_unit("kbps")
def track_rate(
    ledger: PacketRecord,
    *,
    participant: str,
    direction: Direction,
    track: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Mean rate of a track in [since, until), headers counted; which packets: see `packet_rate`.

    Packets with the P bit are the sender's probing, and not counted.
    """
    packets = _packets(ledger, participant, direction, track, since_ns, until_ns)
    media = packets[~packets["padding"]]
    if not len(media):
        raise NoEvidenceError(f"no packet of {track} was seen at {participant}")
    span_ms = (until_ns - since_ns) / NS_PER_MS
    return Measurement(
        value=float(media["size"].sum(dtype=int)) * BITS_PER_BYTE / span_ms,
        unit="kbps",
        rests_on=len(media),
        notes=(f"{len(media)} packets in {span_ms:.0f} ms",),
        evidence=FILES,
    )


@in_unit("times")
def bytes_ratio(
    ledger: PacketRecord,
    *,
    participant: str,
    direction: Direction,
    track: str,
    against: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Bytes of a track's datagrams in [since, until) over those of another one, side by side.

    Retransmissions are left out. Which packets: see `packet_rate`.
    """
    one, other = (
        int(_packets(ledger, participant, direction, sid, since_ns, until_ns)["size"].sum())
        for sid in (track, against)
    )
    if not one or not other:
        raise NoEvidenceError(f"no packet of {against if one else track} in the time asked for")
    seconds = (until_ns - since_ns) / NS_PER_S
    kbps = " and ".join(f"{size * BITS_PER_BYTE / 1000 / seconds:.1f}" for size in (one, other))
    return Measurement(
        value=one / other,
        unit="times",
        rests_on=one + other,
        notes=(f"{kbps} kbit/s, RTP headers and SRTP tags included",),
        evidence=FILES,
    )


def _packets(
    ledger: PacketRecord,
    participant: str,
    direction: Direction,
    track: str,
    since_ns: int | None,
    until_ns: int | None,
) -> NDArray[Any]:
    return ledger.packets(
        participant=participant, direction=direction, track=track,
        since_ns=since_ns, until_ns=until_ns, repair=False,
    )  # fmt: skip


def _require_sent(ledger: PacketRecord, participant: str, direction: Direction, track: str) -> None:
    if not len(_packets(ledger, participant, direction, track, None, None)):
        raise NoEvidenceError(f"no packet of {track} was ever seen {direction} {participant}")
