"""The connection quality that the server tells, against its own formula on what the gateway lost.

livekit-server scores each sound that it receives in windows of 5 s: 100 less a weight for each
percent lost, 0 at least; the score follows by 0.7 of the way down and 0.4 of the way up. Above 80
it is excellent, above 40 good, else poor, and a participant is as good as its worst track. The
weight of plain Opus is 8, of RED 4, each divided by 1.5 with in-band FEC, which this SDK always
offers.
Where windows begin is not known, so the formula is put to the least and the most that was lost in
any window. Delay, layers and bit rates are left out: for sound on a short way they cost less than
one point.

Source: livekit-server, pkg/sfu/connectionquality/scorer.go and connectionstats.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.measurement import Measurement
from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.wire import FILES, PacketRecord

WINDOW_NS = 5 * NS_PER_S
WINDOWS = 3
"""After so many the score has come within 3 % of where it goes, downwards."""
STEP_NS = NS_PER_S // 4
EXCELLENT, GOOD = 80.0, 40.0
FEC = 1.5
WEIGHTS = {"opus": 8.0 / FEC, "red": 4.0 / FEC}
MARGIN = 4.0
"""Points: what is left of the way after three windows, and packets at the edges of a window."""
EVENT = "connection_quality_changed"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who publishes one sound and receives nothing."""

    identity: str
    track: str
    codec: str
    """A key of WEIGHTS."""


@in_unit("participants")
def quality_told_wrongly(
    events: Sequence[SdkEvent],
    ledger: PacketRecord,
    senders: Sequence[Sender],
    *,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """How many participants are told another quality of theirs than the formula says.

    Args:
        events: Of all SDKs; the last that a participant is told of itself before `until_ns` counts.
        ledger: The gateway's record.
        senders: Whose quality is asked; what they lost is constant from `since_ns` on.
        since_ns: At least three windows before
        until_ns: the end.
    """
    if until_ns - since_ns < WINDOWS * WINDOW_NS:
        raise NoEvidenceError(f"a score follows over {WINDOWS} windows of 5 s, less was watched")
    wrong, notes = 0, []
    for sender in senders:
        told = _told(events, sender.identity, until_ns)
        low, high = _scores(ledger, sender, since_ns, until_ns)
        expected = {_quality(low - MARGIN), _quality(high + MARGIN)}
        if len(expected) > 1:
            raise NoEvidenceError(
                f"{sender.identity} scores {low:.0f} to {high:.0f}, too near to where the quality "
                "changes to tell which it is"
            )
        wrong += told not in expected
        notes.append(f"{sender.identity}: told {told}, scores {low:.0f} to {high:.0f}")
    return Measurement(
        value=float(wrong),
        unit="participants",
        rests_on=len(senders),
        notes=tuple(notes),
        evidence=FILES,
    )


def _told(events: Sequence[SdkEvent], identity: str, until_ns: int) -> str:
    told = [
        str(event.details["quality"])
        for event in events
        if event.name == EVENT and event.participant == event.subject == identity
        if event.at_ns < until_ns and "quality" in event.details
    ]
    if not told:
        raise NoEvidenceError(f"{identity} was not told of its quality")
    return told[-1].removeprefix("QUALITY_").lower()


def _scores(
    ledger: PacketRecord, sender: Sender, since_ns: int, until_ns: int
) -> tuple[float, float]:
    """The lowest and the highest score that a window can have."""
    packets = ledger.packets(
        participant=sender.identity, direction="up", track=sender.track,
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    lost = np.concatenate([[0], np.cumsum(packets["fate"] != PacketFate.FORWARDED)])
    begins = np.arange(since_ns, until_ns - WINDOW_NS + 1, STEP_NS)
    first, last = (np.searchsorted(packets["t_ns"], at) for at in (begins, begins + WINDOW_NS))
    if np.any(first == last):
        raise NoEvidenceError(f"{sender.identity} sent nothing of {sender.track} for 5 s")
    percent = (lost[last] - lost[first]) / (last - first) * 100
    scores = np.maximum(0.0, 100.0 - WEIGHTS[sender.codec] * percent)
    return float(scores.min()), float(scores.max())


def _quality(score: float) -> str:
    return "excellent" if score > EXCELLENT else "good" if score > GOOD else "poor"
