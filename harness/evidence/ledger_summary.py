"""A ledger in figures: what each track, layer and kind of control packet went through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_causes import reason_of
from harness.evidence.ledger_ends import cuts
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import DIRECTIONS, Direction, Medium
from harness.evidence.ledger_table import MEDIA, MediaTable, name_of

ControlKind = Literal["stun", "dtls", "rtcp", "other"]
CONTROL_KINDS: tuple[ControlKind, ...] = ("stun", "dtls", "rtcp", "other")


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Packets that did not reach the other side intact for one reason."""

    cause: int
    """Of the departure, see `harness.evidence.ledger_records`."""
    reason: str
    """The same in words."""
    packets: int


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Bytes of datagrams that left the relay over time, copies not counted.

    Mean, lowest and highest are over the whole seconds; where there is none, all three are the
    rate from the first arrival to the last departure.
    """

    since_ns: int
    """First arrival: the first second begins here."""
    per_second_kbps: tuple[float, ...]
    """kbit/s of each whole second; the rest after the last of them is not looked at."""
    mean_kbps: float
    min_kbps: float
    max_kbps: float


@dataclass(frozen=True, kw_only=True)
class Delay:
    """Departure − arrival of packets that were passed on."""

    p50_ms: float
    p95_ms: float
    max_ms: float


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Packets of one sort, and what became of them."""

    packets: int
    """That arrived at the relay."""
    bytes: int
    """Of their datagrams, without IP and UDP headers."""
    lost: int
    """Not passed on, or altered."""
    lost_by: tuple[Lost, ...]
    """All of `lost`, the most frequent reason first."""
    under_way: int
    """Waiting or delayed when the record ended; no part of `lost`."""
    altered: int
    """Of `lost`: passed on with a bit inverted."""
    copies: int
    """Passed on beyond the first time."""
    rate: Rate | None
    """None where fewer than two packets left."""
    delay: Delay | None
    """None where no packet left."""

    @property
    def loss_ratio(self) -> float:
        """Share of the packets that was lost; 0 of none."""
        return self.lost / self.packets if self.packets else 0.0


@dataclass(frozen=True, kw_only=True)
class MediaTraffic:
    """RTP of one track and layer, or its repairs; of one SSRC where the track is not known."""

    track: str | None
    """Sid; None where signalling never explained the SSRC."""
    medium: Medium | None
    codec: str | None
    layer: str | None
    """RID, on the way up only."""
    repair: bool
    """Retransmissions (RTX) of the track."""
    ssrcs: tuple[int, ...]
    traffic: Traffic
    bursts: dict[int, int]
    """Length of a burst in packets → how many such bursts; all together they are `traffic.lost`.

    A burst is a run of lost packets of one SSRC that came to the relay one after the other,
    whatever their sequence numbers: one that was sent again later counts each time.
    """


@dataclass(frozen=True, kw_only=True)
class ControlTraffic:
    """Packets of a kind that is not RTP."""

    kind: ControlKind
    traffic: Traffic


@dataclass(frozen=True, kw_only=True)
class SideSummary:
    """One direction of a participant."""

    participant: str
    direction: Direction
    media: tuple[MediaTraffic, ...]
    """In order of appearance."""
    control: tuple[ControlTraffic, ...]
    """Kinds that had packets."""


@dataclass(frozen=True, kw_only=True)
class LedgerSummary:
    """A whole ledger."""

    since_ns: int
    """First arrival, monotonic; 0 in an empty ledger."""
    until_ns: int
    """Last arrival."""
    since_wall_ns: int | None
    """`since_ns` in nanoseconds since 1970, or None where the ledger does not know."""
    packets: int
    sides: tuple[SideSummary, ...]
    """By participant, up before down."""
    unexplained: int
    """Packets of flows of which no binding says whose they are."""
    cuts: tuple[str, ...] = ()
    """Where the record ends too early, in words."""


def summarise(ledger: Ledger) -> LedgerSummary:
    """Look at every packet of a ledger. Takes about 200 bytes of memory a packet.

    Raises: LedgerError when the ledger cannot be read.
    """
    t_ns = ledger.files.arrivals["t_ns"]
    since_ns = int(t_ns[0]) if len(t_ns) else 0
    clock = ledger.files.clock
    return LedgerSummary(
        since_ns=since_ns,
        until_ns=int(t_ns[-1]) if len(t_ns) else 0,
        since_wall_ns=clock.wall_at(since_ns) if clock is not None else None,
        packets=len(t_ns),
        sides=tuple(
            SideSummary(
                participant=participant,
                direction=direction,
                media=_media(ledger, participant, direction),
                control=_control(ledger, participant, direction),
            )
            for participant in ledger.participants
            for direction in DIRECTIONS
        ),
        unexplained=ledger.unexplained,
        cuts=cuts(ledger.files),
    )


def burst_lengths(lost: NDArray[np.bool_]) -> Counter[int]:
    """Lengths of runs of lost packets → how many such runs.

    Args:
        lost: Whether each packet was, in order of arrival.
    """
    edges = np.flatnonzero(np.diff(lost, prepend=False, append=False))
    return Counter((edges[1::2] - edges[::2]).tolist())


def _media(ledger: Ledger, participant: str, direction: Direction) -> tuple[MediaTraffic, ...]:
    table = ledger.media
    rows = np.flatnonzero(table.side == table.sides.index((participant, direction)))
    _, firsts, groups = np.unique(_sorts(table, rows), return_index=True, return_inverse=True)
    return tuple(
        _one_sort(table, rows[groups == group], ledger.impairments)
        for group in np.argsort(firsts).tolist()
    )


def _sorts(table: MediaTable, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each packet, the same for packets that are counted together."""
    track = table.track[rows].astype(np.int64)
    layer = table.layer[rows].astype(np.int64) + 1
    known = (track * (len(table.layers) + 1) + layer) * 2 + table.repair[rows]
    unknown = -1 - table.packets["ssrc"][rows].astype(np.int64)
    return np.where(track >= 0, known, unknown)


def _one_sort(
    table: MediaTable, rows: NDArray[np.int64], impairments: Mapping[int, Mapping[str, Any]]
) -> MediaTraffic:
    packets, last = table.packets[rows], rows[-1]
    ssrcs = np.unique(packets["ssrc"])
    lost = _lost(packets)
    bursts: Counter[int] = Counter()
    for ssrc in ssrcs:
        bursts += burst_lengths(lost[packets["ssrc"] == ssrc])
    return MediaTraffic(
        track=name_of(table.tracks, table.track[last]),
        medium=name_of(MEDIA, table.medium[last]),
        codec=name_of(table.codecs, table.codec[last]),
        layer=name_of(table.layers, table.layer[last]),
        repair=bool(table.repair[last]),
        ssrcs=tuple(ssrcs.tolist()),
        traffic=_traffic(packets, impairments),
        bursts=dict(sorted(bursts.items())),
    )


def _control(ledger: Ledger, participant: str, direction: Direction) -> tuple[ControlTraffic, ...]:
    found = (
        (kind, ledger.control_packets(kind, participant=participant, direction=direction))
        for kind in CONTROL_KINDS
    )
    return tuple(
        ControlTraffic(kind=kind, traffic=_traffic(packets, ledger.impairments))
        for kind, packets in found
        if len(packets)
    )


def _lost(packets: NDArray[Any]) -> NDArray[np.bool_]:
    kept = (PacketFate.FORWARDED, PacketFate.UNDER_WAY)
    return np.isin(packets["fate"], kept, invert=True)


def _traffic(packets: NDArray[Any], impairments: Mapping[int, Mapping[str, Any]]) -> Traffic:
    under_way = packets["fate"] == PacketFate.UNDER_WAY
    lost = _lost(packets)
    causes, counts = np.unique(packets["cause"][lost], return_counts=True)
    lost_by = [
        Lost(cause=cause, reason=reason_of(cause, impairments), packets=count)
        for cause, count in zip(causes.tolist(), counts.tolist(), strict=True)
    ]
    altered = packets["fate"] == PacketFate.ALTERED
    left = (packets["fate"] == PacketFate.FORWARDED) | altered
    came_ns, left_ns = packets["t_ns"], packets["departure_ns"][left]
    return Traffic(
        packets=len(packets),
        bytes=int(packets["size"].sum(dtype=np.int64)),
        lost=int(lost.sum()),
        lost_by=tuple(sorted(lost_by, key=lambda one: -one.packets)),
        under_way=int(under_way.sum()),
        altered=int(altered.sum()),
        copies=int(packets["copies"].sum(dtype=np.int64)),
        rate=_rate(left_ns, packets["size"][left], since_ns=int(came_ns[0])),
        delay=_delay(left_ns - came_ns[left]),
    )


def _rate(left_ns: NDArray[np.int64], sizes: NDArray[np.uint16], *, since_ns: int) -> Rate | None:
    if len(left_ns) < 2:
        return None
    span_ns = max(int(left_ns.max()) - since_ns, 1)
    seconds = span_ns // NS_PER_S
    bits = np.bincount((left_ns - since_ns) // NS_PER_S, weights=sizes, minlength=seconds) * 8
    per_second_kbps = (bits[:seconds] / 1000).tolist()
    rates_kbps = per_second_kbps or [float(bits.sum()) / 1000 / (span_ns / NS_PER_S)]
    return Rate(
        since_ns=since_ns,
        per_second_kbps=tuple(per_second_kbps),
        mean_kbps=fmean(rates_kbps),
        min_kbps=min(rates_kbps),
        max_kbps=max(rates_kbps),
    )


def _delay(delays_ns: NDArray[np.int64]) -> Delay | None:
    if not len(delays_ns):
        return None
    p50, p95, most = (np.percentile(delays_ns, (50, 95, 100)) / NS_PER_MS).tolist()
    return Delay(p50_ms=p50, p95_ms=p95, max_ms=most)
