"""The SDK's own count of received and lost packets against the gateway's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.told import SNAPSHOT_MS
from harness.verifiers.wire import FILES, PacketRecord

COUNTERS = ("packets_received", "retransmitted_packets_received", "packets_lost")

Entry = Mapping[str, Any]
Row = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class _Passed:
    """Running totals of one SSRC at the gateway, shape (packets + 1,), and where to cut them."""

    t_ns: NDArray[np.int64]
    received: NDArray[np.int64]
    lost: NDArray[np.int64]

    def cuts(self, at_ns: int) -> slice:
        """Every place at which a snapshot of `at_ns` can have been taken."""
        slack_ns = SNAPSHOT_MS * NS_PER_MS
        first = int(np.searchsorted(self.t_ns, at_ns - slack_ns))
        last = int(np.searchsorted(self.t_ns, at_ns + slack_ns, side="right"))
        return slice(first, last + 1)


@in_unit("packets")
def sdk_loss_against_ledger(
    before: Sequence[Entry], after: Sequence[Entry], ledger: PacketRecord, *, participant: str
) -> Measurement:
    """Largest difference, over all SSRCs, of what was received or lost between two snapshots.

    `packets_received` of webrtc-stats counts retransmissions too, which came on an SSRC of their
    own; `retransmitted_packets_received` of them, so that the difference came on this one.

    A snapshot is of some moment within 50 ms of its time, when packets are on their way: the two
    moments are chosen, for each SSRC, where received and lost fit best together. A miscount of
    received packets alone is therefore seen only beyond the packets of those 50 ms, which the
    notes tell; a miscount of lost ones is seen from the first. An SSRC that the first snapshot
    does not know counts from its first packet. RTX is not compared.

    Args:
        before: Statistics of a first snapshot, flat entries with `type`, `at_ns`, `ssrc`,
            `packets_received`, `retransmitted_packets_received`, `packets_lost`.
        after: Those of a second one.
        ledger: The gateway's record.
        participant: Identity of the receiver.
    """
    first, second = _inbound(before), _inbound(after)
    if not before or not second:
        raise NoEvidenceError("the statistics have no received stream in both snapshots")
    start_ns = min(int(entry["at_ns"]) for entry in before)
    worst, rests_on, notes = -1, 0, []
    for ssrc, entry in second.items():
        passed = _passed(ledger, participant, ssrc)
        if not len(passed.t_ns):
            notes.append(f"not compared: SSRC {ssrc}, which the gateway did not see")
            continue
        earlier = first.get(ssrc)
        if earlier is None and passed.t_ns[0] < start_ns - SNAPSHOT_MS * NS_PER_MS:
            raise NoEvidenceError(f"the first snapshot does not know SSRC {ssrc}, which was there")
        difference, words = _difference(passed, earlier, entry)
        rests_on += int(entry["packets_received"] - (earlier or {}).get("packets_received", 0))
        if difference > worst:
            worst, worst_words = difference, f"worst: SSRC {ssrc}, {words}"
    if worst < 0:
        raise NoEvidenceError("the gateway saw none of the SSRCs that the statistics know")
    return Measurement(
        value=float(worst),
        unit="packets",
        rests_on=rests_on,
        notes=(worst_words, *notes),
        evidence=FILES,
    )


def _inbound(entries: Sequence[Entry]) -> dict[int, Entry]:
    """Received streams by SSRC. A stream without one of the counters is missing evidence."""
    streams = {}
    for entry in entries:
        if entry.get("type") != "inbound_rtp":
            continue
        for key in ("ssrc", "at_ns", *COUNTERS):
            if key not in entry:
                raise NoEvidenceError(f"the statistics of a received stream have no {key}")
        streams[int(entry["ssrc"])] = entry
    return streams


def _passed(ledger: PacketRecord, participant: str, ssrc: int) -> _Passed:
    packets = ledger.packets(participant=participant, direction="down", ssrc=ssrc, repair=False)
    forwarded = packets["fate"] == PacketFate.FORWARDED
    zero = np.zeros(1, dtype=np.int64)
    return _Passed(
        t_ns=packets["t_ns"],
        received=np.concatenate([zero, np.cumsum(forwarded)]),
        lost=np.concatenate([zero, np.cumsum(~forwarded)]),
    )


def _difference(passed: _Passed, before: Entry | None, after: Entry) -> tuple[int, str]:
    """The smallest difference over all pairs of cuts, and what it is made of."""
    start = slice(0, 1) if before is None else passed.cuts(int(before["at_ns"]))
    end = passed.cuts(int(after["at_ns"]))
    grown = [int(after[key]) - (0 if before is None else int(before[key])) for key in COUNTERS]
    counted = [grown[0] - grown[1], grown[2]]
    delivered = passed.received[end][None, :] - passed.received[start][:, None]
    dropped = passed.lost[end][None, :] - passed.lost[start][:, None]
    apart = np.maximum(np.abs(delivered - counted[0]), np.abs(dropped - counted[1]))
    best = np.unravel_index(int(apart.argmin()), apart.shape)
    words = (
        f"SDK {counted[0]} received, {counted[1]} lost, "
        f"gateway {delivered[best]} delivered, {dropped[best]} dropped; "
        f"{sum(apart.shape) - 2} packets passed around the snapshots"
    )
    return int(apart[best]), words
