"""What the network did to the two tracks of a call, and what the receiver had to make up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction
from harness.evidence.measurement import Measurement
from harness.evidence.statistics_sample import StatisticsSample
from harness.measuring.call import PUBLISHER, SUBSCRIBER, Call
from harness.statistics.bootstrap import least_values, share_interval
from harness.statistics.wilson import proportion_interval
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.passage import require_fates

LOST = (PacketFate.DROPPED, PacketFate.OTHER, PacketFate.ALTERED)
LATEST_NS = 2_000 * NS_PER_MS
"""The gateway sees what is sent, whatever it does to it: nothing for so long is no call."""
FILES = ("arrivals.bin", "departures.bin", "bindings.ndjson")


@in_unit("ratio")
def lost_share(call: Call, *, direction: Direction, track: str) -> Measurement:
    """Share of a track's packets that one leg lost in the steady state, repairs not counted.

    Exact by what the gateway did; the interval is of the probability behind it.

    Args:
        call: The call.
        direction: `up` to the server, `down` from it.
        track: Sid.
    """
    packets = call.ledger.packets(
        participant=PUBLISHER if direction == "up" else SUBSCRIBER,
        direction=direction, track=track, since_ns=call.since_ns, until_ns=call.until_ns,
    )  # fmt: skip
    known = packets["fate"] != PacketFate.UNDER_WAY
    total = int(known.sum())
    if not total:
        raise NoEvidenceError(f"the gateway saw no packet of {track} on the way {direction}")
    require_fates(packets, f"{track} on the way {direction}")
    short_ns = call.until_ns - int(packets["t_ns"].max())
    if short_ns > LATEST_NS:
        raise NoEvidenceError(
            f"the gateway's record of {track} on the way {direction} ends "
            f"{short_ns / NS_PER_MS:.0f} ms before the steady state does"
        )
    lost = int(np.isin(packets["fate"], LOST).sum())
    return Measurement(
        value=lost / total,
        unit="ratio",
        sampling=proportion_interval(lost, total),
        rests_on=total,
        notes=(f"{lost} packets",),
        evidence=FILES,
    )


@in_unit("ratio")
def concealed_share(call: Call) -> Measurement:
    """Share of the samples played that the receiver made up in the steady state, as its SDK says.

    What neither came nor could be repaired, and what jitter buffers made up to adapt.
    """
    own = call.counted(SUBSCRIBER)
    before = [sample for sample in own if sample.at_ns <= call.since_ns]
    after = [sample for sample in own if sample.at_ns >= call.until_ns]
    if not before or not after:
        raise NoEvidenceError("no statistics were taken before and after the steady state")
    first, last = _sound_entry(before[-1]), _sound_entry(after[0])
    if first["ssrc"] != last["ssrc"]:
        raise NoEvidenceError("the sound went to another SSRC during the call")
    played = last["total_samples_received"] - first["total_samples_received"]
    if played <= 0:
        raise NoEvidenceError("the receiver's SDK counted no sample of the sound")
    concealed = last["concealed_samples"] - first["concealed_samples"]
    during = [one for one in own if before[-1].at_ns <= one.at_ns <= after[0].at_ns]
    return Measurement(
        value=concealed / played,
        unit="ratio",
        sampling=_spread(during, concealed / played),
        rests_on=played,
        evidence=("statistics.ndjson",),
    )


def _spread(samples: Sequence[StatisticsSample], share: float) -> tuple[float, float] | None:
    """Where the share lies, by how it differs from one statistics to the next, if they suffice."""
    try:
        entries = [_sound_entry(sample) for sample in samples]
    except NoEvidenceError:
        return None
    played = np.diff([entry["total_samples_received"] for entry in entries])
    concealed = np.diff([entry["concealed_samples"] for entry in entries])[played > 0]
    played = played[played > 0]
    if len(played) < least_values(0.5):
        return None
    low, high = share_interval(np.clip(concealed / played, 0, 1), played)
    return min(low, share), max(high, share)


def _sound_entry(sample: StatisticsSample) -> dict[str, Any]:
    """The received sound's statistics, with all members that are asked for."""
    entries: Sequence[dict[str, Any]] = [
        entry
        for entry in sample.entries
        if entry.get("type") == "inbound_rtp" and entry.get("kind") == "audio"
    ]
    if len(entries) != 1:
        raise NoEvidenceError(f"the statistics know {len(entries)} received sounds, not one")
    return {"concealed_samples": 0, "total_samples_received": 0, **entries[0]}
