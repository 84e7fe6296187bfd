"""What was on the wire: packets that passed the gateway, counted and timed.

That there was nothing is evidence only of a path that was alive: without any packet of the
participant in the time asked for, of whatever kind and either way, the measurement is missing.
It is evidence only where there was something to receive: see `sent_by` of `packets_between`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger_records import Direction, Medium
from harness.evidence.measurement import Measurement, Seen, Series
from harness.verifiers.answer import NoEvidenceError, in_unit

TIME_ERROR_MS = 1.0
FLOW_NS = NS_PER_S
LASTING_MS = 200
"""A packet this close to the end means that the packets had not ended."""
SILENT_LEVEL = 127
"""RFC 6464: the audio level of digital silence, in −dBov."""
FILES = ("arrivals.bin", "departures.bin", "bindings.ndjson")


class PacketRecord(Protocol):
    """What verifiers ask of `harness.evidence.ledger.Ledger`."""

    def packets(
        self,
        *,
        participant: str,
        direction: Direction,
        track: str | None = None,
        medium: Medium | None = None,
        ssrc: int | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        fate: Literal["forwarded", "dropped"] | None = None,
        repair: bool | None = False,
    ) -> NDArray[Any]:
        """RTP packets in order of arrival."""

    def control_packets(
        self,
        kind: Literal["rtcp", "stun", "dtls", "other"],
        *,
        participant: str,
        direction: Direction,
        since_ns: int | None = None,
        until_ns: int | None = None,
    ) -> NDArray[Any]:
        """Packets that are not RTP."""


def packets_of(direction: Direction) -> Series:
    """As what packets on one way are drawn."""
    return Series.PACKETS_UP if direction == "up" else Series.PACKETS_DOWN


@dataclass(frozen=True, kw_only=True)
class _Selection:
    """RTP of one participant and direction, retransmissions included."""

    participant: str
    direction: Direction
    track: str | None = None
    medium: Medium | None = None

    @property
    def words(self) -> str:
        """For notes: `audio of TR_x down to bob`."""
        what = f"{self.medium or 'media'} of {self.track or 'any track'}"
        return f"{what} {self.direction} {'to' if self.direction == 'down' else 'from'} " + (
            self.participant
        )


@in_unit("packets")
def packets_between(
    ledger: PacketRecord,
    *,
    participant: str,
    direction: Direction,
    track: str | None = None,
    medium: Medium | None = None,
    since_ns: int,
    until_ns: int,
    flow_ns: tuple[int, int] | None = None,
    sent_by: Sequence[tuple[str, str]] = (),
) -> Measurement:
    """RTP packets, RTX too, that reached the gateway in [since, until), whatever became of them.

    Args:
        ledger: The gateway's record.
        participant: Identity.
        direction: `up` from the participant, `down` to it.
        track: Sid; None for every track, also where it is not known.
        medium: None for both, also where it is not known.
        since_ns: From here on,
        until_ns: up to here, which is not counted.
        flow_ns: Where such packets must have been seen, for a count that should be 0 because
            something was stopped, or has not begun yet. None where it should never begin.
        sent_by: Publishers' identities and sids of their tracks, each of which must have sent
            packets in [since, until), for a count that should be 0 at a subscriber.
    """
    selection = _Selection(participant=participant, direction=direction, track=track, medium=medium)
    if flow_ns is not None:
        _require_flow(ledger, selection, *flow_ns)
    for publisher, sid in sent_by:
        sending = _Selection(participant=publisher, direction="up", track=sid)
        _require_flow(ledger, sending, since_ns, until_ns)
    times = _times_ns(ledger, selection, since_ns, until_ns)
    if not len(times):
        _require_path(ledger, selection.participant, since_ns, until_ns)
    span = ""
    if len(times):
        first, last = (times[0] - since_ns) / NS_PER_MS, (times[-1] - since_ns) / NS_PER_MS
        span = f"{selection.words}: from {first:.0f} to {last:.0f} ms into the time judged"
    return Measurement(
        value=float(len(times)),
        unit="packets",
        rests_on=len(times),
        notes=(span,) if span else (),
        evidence=FILES,
    )


@in_unit("ms")
def time_to_last_packet(
    ledger: PacketRecord,
    *,
    participant: str,
    direction: Direction,
    track: str | None = None,
    medium: Medium | None = None,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Time from `since_ns` to the last packet that reached the gateway before `until_ns`.

    Rests on packets in the second before `since_ns`. 0 where none came after `since_ns`;
    `at_least` where one came in the last 200 ms. Which packets: see `packets_between`.
    """
    selection = _Selection(participant=participant, direction=direction, track=track, medium=medium)
    _require_flow(ledger, selection, since_ns - FLOW_NS, since_ns)
    _require_path(ledger, selection.participant, since_ns, until_ns)
    times = _times_ns(ledger, selection, since_ns, until_ns)
    last_ns = int(times[-1]) if len(times) else since_ns
    lasting = len(times) > 0 and until_ns - last_ns < LASTING_MS * NS_PER_MS
    return Measurement(
        value=(last_ns - since_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        at_least=lasting,
        rests_on=len(times),
        notes=(f"{len(times)} packets: {selection.words}",),
        evidence=FILES,
        seen=Seen(series=packets_of(direction), file=FILES[0], since_ns=since_ns),
    )


@in_unit("ratio")
def wire_silence_ratio(
    ledger: PacketRecord, *, participant: str, track: str | None, since_ns: int, until_ns: int
) -> Measurement:
    """Share of a publisher's sound packets in [since, until) whose audio level says silence.

    Packets without the level are not counted; they are in the notes.
    """
    selection = _Selection(participant=participant, direction="up", track=track, medium="audio")
    levels = _packets(ledger, selection, since_ns, until_ns)["audio_level"]
    said = levels[levels >= 0]
    if not len(said):
        raise NoEvidenceError(f"none of {len(levels)} packets says its level: {selection.words}")
    unsaid = len(levels) - len(said)
    loudest = f"loudest audio level -{said.min()} dBov, -{SILENT_LEVEL} is silence"
    return Measurement(
        value=float(np.mean(said == SILENT_LEVEL)),
        unit="ratio",
        rests_on=len(said),
        notes=(loudest, *((f"not counted: {unsaid} without a level",) if unsaid else ())),
        evidence=FILES,
    )


def _packets(
    ledger: PacketRecord, selection: _Selection, since_ns: int, until_ns: int
) -> NDArray[Any]:
    return ledger.packets(
        participant=selection.participant,
        direction=selection.direction,
        track=selection.track,
        medium=selection.medium,
        since_ns=since_ns,
        until_ns=until_ns,
        repair=None,
    )


def _times_ns(
    ledger: PacketRecord, selection: _Selection, since_ns: int, until_ns: int
) -> NDArray[np.int64]:
    times: NDArray[np.int64] = _packets(ledger, selection, since_ns, until_ns)["t_ns"]
    return times


def _require_flow(
    ledger: PacketRecord, selection: _Selection, since_ns: int, until_ns: int
) -> None:
    if not len(_times_ns(ledger, selection, since_ns, until_ns)):
        span_ms = (until_ns - since_ns) / NS_PER_MS
        raise NoEvidenceError(f"no packet in {span_ms:.0f} ms of flow: {selection.words}")


def _require_path(ledger: PacketRecord, participant: str, since_ns: int, until_ns: int) -> None:
    directions: tuple[Direction, Direction] = ("up", "down")
    kinds: tuple[Literal["stun", "rtcp"], ...] = ("stun", "rtcp")
    for direction in directions:
        media = _Selection(participant=participant, direction=direction)
        if len(_times_ns(ledger, media, since_ns, until_ns)):
            return
        for kind in kinds:
            if len(
                ledger.control_packets(
                    kind,
                    participant=participant,
                    direction=direction,
                    since_ns=since_ns,
                    until_ns=until_ns,
                )
            ):
                return
    raise NoEvidenceError(f"no packet of any kind from or to {participant}: its path was not alive")
