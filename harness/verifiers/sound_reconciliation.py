"""Made-up sound, as it is heard, against what the SDK counts and what the gateway dropped.

Between two snapshots of the statistics. A sound that a receiver makes up is located in its
recording (`harness.verifiers.defect_finder`), counted by its SDK (webrtc-stats:
`concealedSamples`, `concealmentEvents`), and has its reason on the way: a packet that was dropped
and that no redundancy gave back is missed when it should have been played, which is as long after
its time at the gateway as packets wait in the jitter buffer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.signals.sweep import Sweep
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.defect_finder import Defect, find_defects
from harness.verifiers.sound_defects import DURATION_ERROR_MS, MADE_UP
from harness.verifiers.told import Entry, received, snapshot_ns
from harness.verifiers.wire import FILES, PacketRecord

APART_MS = 25.0
"""How far from a located defect a packet that was missed can be: one of 20 ms, and the start's
error. Eight single drops were up to 13 ms from where they should be, in one run."""


@dataclass(frozen=True, kw_only=True)
class Reception:
    """All that is known of a sound that a participant received between two snapshots."""

    recording: AudioRecording
    """What it decoded."""
    sweep: Sweep
    """What the publisher sent."""
    before: Sequence[Entry]
    """Its statistics at the beginning, flat entries with `type`, `ssrc`, `at_ns`,
    `concealed_samples`, `concealment_events`, `jitter_buffer_delay` and
    `jitter_buffer_emitted_count`."""
    after: Sequence[Entry]
    """Those at the end."""
    ledger: PacketRecord
    """The gateway's record."""
    participant: str
    """Its identity."""
    track: str
    """Sid of the sound."""
    redundant: bool
    """Whether it was sent with RED: a lost packet is then given back by the next one."""


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """What was made up between two snapshots, and what the SDK counted."""

    file: str
    defects: list[Defect]
    events: int
    concealed_ms: float
    buffer_ms: float
    """How long a packet waited in the jitter buffer, on average."""


@in_unit("times")
def concealed_time_ratio(reception: Reception) -> Measurement:
    """Time in which the sound is located as made up, over what the SDK counts as concealed.

    Rests on sound that was concealed: without any there is nothing to compare.
    """
    packets = _packets(reception)
    heard = _heard(reception, packets)
    if heard.concealed_ms == 0:
        raise NoEvidenceError(f"the SDK counts no concealed sound, {_words(heard)}")
    located_ms = sum(defect.duration_ms for defect in heard.defects)
    return Measurement(
        value=located_ms / heard.concealed_ms,
        unit="times",
        error=DURATION_ERROR_MS * len(heard.defects) / heard.concealed_ms,
        rests_on=len(heard.defects),
        notes=(_words(heard),),
        evidence=(heard.file,),
    )


@in_unit("defects")
def concealments_uncounted(reception: Reception) -> Measurement:
    """Difference between made-up sounds that are located and those that the SDK counts."""
    packets = _packets(reception)
    heard = _heard(reception, packets)
    return Measurement(
        value=float(abs(len(heard.defects) - heard.events)),
        unit="defects",
        rests_on=max(len(heard.defects), heard.events),
        notes=(_words(heard),),
        evidence=(heard.file,),
    )


@in_unit("ratio")
def drops_heard(reception: Reception) -> Measurement:
    """Share of packets dropped, and not given back, at which made-up sound is located.

    Rests on such packets.
    """
    packets = _packets(reception)
    heard = _heard(reception, packets)
    missed_ns = _missed_ns(packets, heard, redundant=reception.redundant)
    if not len(missed_ns):
        raise NoEvidenceError("no packet was lost that was not given back")
    apart_ms = _apart_ms(missed_ns, heard.defects)
    found = int(np.count_nonzero(apart_ms <= APART_MS))
    return Measurement(
        value=found / len(missed_ns),
        unit="ratio",
        rests_on=len(missed_ns),
        notes=(_words(heard), _distances(apart_ms, "packets")),
        evidence=(heard.file, *FILES),
    )


@in_unit("ratio")
def concealments_explained(reception: Reception) -> Measurement:
    """Share of located made-up sounds at which a packet was dropped and not given back.

    Rests on such sounds.
    """
    packets = _packets(reception)
    heard = _heard(reception, packets)
    if not heard.defects:
        raise NoEvidenceError(f"{heard.file}: nothing was made up")
    missed_ns = _missed_ns(packets, heard, redundant=reception.redundant)
    apart_ms = np.array([_apart_ms(missed_ns, [d]).min(initial=np.inf) for d in heard.defects])
    found = int(np.count_nonzero(apart_ms <= APART_MS))
    return Measurement(
        value=found / len(heard.defects),
        unit="ratio",
        rests_on=len(heard.defects),
        notes=(_words(heard), _distances(apart_ms, "sounds")),
        evidence=(heard.file, *FILES),
    )


def _packets(reception: Reception) -> NDArray[Any]:
    packets = reception.ledger.packets(
        participant=reception.participant, direction="down", track=reception.track,
        since_ns=snapshot_ns(reception.before), until_ns=snapshot_ns(reception.after), repair=False,
    )  # fmt: skip
    if not len(packets):
        raise NoEvidenceError(f"no packet of {reception.track} came between the snapshots")
    return packets


def _heard(reception: Reception, packets: NDArray[Any]) -> _Heard:
    before, after, ssrc = reception.before, reception.after, int(packets["ssrc"][-1])
    sound, found = find_defects(
        reception.recording,
        reception.sweep,
        since_ns=snapshot_ns(before),
        until_ns=snapshot_ns(after),
    )
    grown = {
        key: received(after, ssrc, key) - received(before, ssrc, key)
        for key in (
            "concealed_samples", "concealment_events",
            "jitter_buffer_delay", "jitter_buffer_emitted_count",
        )
    }  # fmt: skip
    if not grown["jitter_buffer_emitted_count"]:
        raise NoEvidenceError("the SDK counts no sound that left its jitter buffer")
    buffer_s = grown["jitter_buffer_delay"] / grown["jitter_buffer_emitted_count"]
    return _Heard(
        file=sound.file,
        defects=[defect for defect in found if defect.kind in MADE_UP],
        events=int(grown["concealment_events"]),
        concealed_ms=grown["concealed_samples"] * 1000 / sound.sample_rate,
        buffer_ms=buffer_s * 1000,
    )


def _missed_ns(packets: NDArray[Any], heard: _Heard, *, redundant: bool) -> NDArray[np.int64]:
    """When each packet that was lost for good should have been played."""
    lost = packets["fate"] == PacketFate.DROPPED
    if redundant:
        lost = lost & np.append(lost[1:], False)
    times: NDArray[np.int64] = packets["t_ns"][lost] + round(heard.buffer_ms * NS_PER_MS)
    return times


def _apart_ms(times_ns: NDArray[np.int64], defects: list[Defect]) -> NDArray[np.float64]:
    """How far each time is from the nearest defect; 0 inside one, infinite without any."""
    apart = np.full(len(times_ns), np.inf)
    for defect in defects:
        outside = np.maximum(defect.start_ns - times_ns, times_ns - defect.end_ns)
        apart = np.minimum(apart, np.maximum(outside, 0) / NS_PER_MS)
    return apart


def _distances(apart_ms: NDArray[np.float64], what: str) -> str:
    near = apart_ms[apart_ms <= APART_MS]
    far = len(apart_ms) - len(near)
    farthest = f"up to {near.max():.0f} ms apart" if len(near) else "none near"
    return f"{len(near)} {what} {farthest}, {far} farther than {APART_MS:.0f} ms"


def _words(heard: _Heard) -> str:
    located_ms = sum(defect.duration_ms for defect in heard.defects)
    return (
        f"located {len(heard.defects)} of {located_ms:.0f} ms, SDK {heard.events} of "
        f"{heard.concealed_ms:.0f} ms; {heard.buffer_ms:.0f} ms in the jitter buffer"
    )
