"""The SDK's own count of packets and bytes, from a stream's beginning on, against the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction
from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.told import SNAPSHOT_MS
from harness.verifiers.wire import FILES, PacketRecord

TAG_BYTES = (10, 16)
"""What SRTP adds to a packet: RFC 3711 with HMAC-SHA1-80, RFC 7714 with AES-GCM."""
EARLY_MS = 50.0
"""From a stream's first packet on: how long a receiver's SDK may take to make the stream that
counts its packets. Measured: up to 19 ms in 40 streams. Often that is one packet of a sound, or
none; of a picture it was the whole first burst, four packets in 0.5 ms, in 2 of 20."""
VARIANTS: Mapping[Direction, tuple[str, str]] = {
    "up": ("outbound_rtp", "sent"),
    "down": ("inbound_rtp", "received"),
}
"""Direction to the type of a stream's entry, and the last word of its counters."""

Entry = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """One stream at a snapshot: what the SDK counts, and what the gateway saw until then."""

    ssrc: int
    packets: int
    bytes: int
    """Headers and payloads."""
    seen_packets: int
    """At the moment, of all those around the snapshot, that fits the SDK's count best."""
    seen_bytes: int
    """Of datagrams, with what SRTP adds."""
    early: int
    """Packets before them that came before the SDK counted."""

    @property
    def bytes_apart(self) -> int:
        """The least, over what SRTP may add."""
        return min(abs(self.seen_bytes - self.seen_packets * tag - self.bytes) for tag in TAG_BYTES)


@in_unit("packets")
def sdk_packets_against_ledger(
    statistics: Sequence[Entry], ledger: PacketRecord, *, participant: str, direction: Direction
) -> Measurement:
    """Largest difference, over all streams, between packets counted and packets on the wire.

    Both from the first packet of an SSRC on, but for what a receiver's SDK was not ready for: as
    many packets of the first EARLY_MS as fit its count of bytes best. A snapshot is of some moment
    within 50 ms of its time: the one at which the counts fit best is taken, so that a miscount is
    seen only beyond the packets of those 50 ms. `sdk_bytes_against_ledger` sees less than that.

    Args:
        statistics: Of the participant, flat entries with `type`, `at_ns`, `ssrc` and counters.
        ledger: The gateway's record.
        participant: Identity.
        direction: `up` compares what it sent, `down` what it received.
    """
    streams = _compare(statistics, ledger, participant, direction)
    worst = max(streams, key=lambda s: abs(s.packets - s.seen_packets))
    return Measurement(
        value=float(abs(worst.packets - worst.seen_packets)),
        unit="packets",
        rests_on=sum(s.seen_packets for s in streams),
        notes=tuple(
            f"SSRC {s.ssrc}: SDK {s.packets}, gateway {s.seen_packets} packets{_after(s)}"
            for s in streams
        ),
        evidence=FILES,
    )


@in_unit("bytes")
def sdk_bytes_against_ledger(
    statistics: Sequence[Entry], ledger: PacketRecord, *, participant: str, direction: Direction
) -> Measurement:
    """Largest difference, over all streams, between bytes counted and bytes on the wire.

    At the moment that `sdk_packets_against_ledger` takes. What SRTP adds to each packet, 10 bytes
    or 16, whichever fits better, is taken off those on the wire. Streams with retransmissions are
    no evidence: the SDK counts these among the rest, and the wire has them on an SSRC of their own.
    """
    streams = _compare(statistics, ledger, participant, direction)
    worst = max(streams, key=lambda s: s.bytes_apart)
    return Measurement(
        value=float(worst.bytes_apart),
        unit="bytes",
        rests_on=sum(s.seen_packets for s in streams),
        notes=tuple(
            f"SSRC {s.ssrc}: SDK {s.bytes}, gateway {s.seen_bytes} bytes, "
            f"{s.seen_packets} packets{_after(s)}"
            for s in streams
        ),
        evidence=FILES,
    )


def _compare(
    statistics: Sequence[Entry], ledger: PacketRecord, participant: str, direction: Direction
) -> list[_Compared]:
    kind, word = VARIANTS[direction]
    streams = []
    for entry in statistics:
        if entry.get("type") != kind:
            continue
        try:
            counted, repeated = (
                int(entry[f"packets_{word}"]),
                entry[f"retransmitted_packets_{word}"],
            )
            payload, headers = int(entry[f"bytes_{word}"]), int(entry[f"header_bytes_{word}"])
            ssrc, at_ns = int(entry["ssrc"]), int(entry["at_ns"])
        except KeyError as absent:
            raise NoEvidenceError(f"the statistics of a stream have no {absent}") from absent
        if repeated:
            raise NoEvidenceError(f"SSRC {ssrc} has {repeated} retransmissions among its packets")
        t_ns, sizes = _seen(ledger, participant, direction, ssrc)
        compared = [
            _Compared(
                ssrc=ssrc,
                packets=counted,
                bytes=payload + headers,
                seen_packets=(cut := _best_cut(t_ns[early:], at_ns, counted)),
                seen_bytes=int(sizes[early : early + cut].sum()),
                early=early,
            )
            for early in range(_early(t_ns) + 1 if direction == "down" else 1)
        ]
        streams.append(min(compared, key=lambda one: one.bytes_apart))
    if not streams:
        raise NoEvidenceError(f"the statistics have no stream that was {word}")
    return streams


def _after(stream: _Compared) -> str:
    return f" after {stream.early} that the SDK was not ready for" if stream.early else ""


def _seen(
    ledger: PacketRecord, participant: str, direction: Direction, ssrc: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When packets of a stream passed, and how long they were."""
    packets = ledger.packets(participant=participant, direction=direction, ssrc=ssrc, repair=None)
    if direction == "down":
        packets = packets[packets["fate"] == PacketFate.FORWARDED]
    if not len(packets):
        raise NoEvidenceError(f"the gateway saw nothing of SSRC {ssrc}")
    return packets["t_ns"], packets["size"].astype(np.int64)


def _early(t_ns: NDArray[np.int64]) -> int:
    """How many packets, at most, came before the SDK may have counted: never all of them."""
    before = int(np.searchsorted(t_ns, t_ns[0] + EARLY_MS * NS_PER_MS, side="right"))
    return min(before, len(t_ns) - 1)


def _best_cut(t_ns: NDArray[np.int64], at_ns: int, counted: int) -> int:
    """How many packets had passed, at the moment around the snapshot that fits best."""
    slack_ns = SNAPSHOT_MS * NS_PER_MS
    first = int(np.searchsorted(t_ns, at_ns - slack_ns))
    last = int(np.searchsorted(t_ns, at_ns + slack_ns, side="right"))
    return min(max(counted, first), last)
