"""What a gateway is doing now, as one value that can be drawn or compared."""

from __future__ import annotations

from dataclasses import dataclass

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_records import Direction
from harness.gateway.client import State
from harness.gateway.relay_messages import Counts, SideCounts, Snapshot
from harness.standalone.track_names import TrackNames

UNNAMED = "…"
"""Name of packets that belong to no track that is known yet."""
NONE = Counts(packets=0, bytes=0, forwarded=0, dropped=0)


@dataclass(frozen=True, kw_only=True)
class TrackView:
    """What one participant sends or receives of one track."""

    direction: Direction
    name: str
    medium: str
    """`audio`, `video`, or empty where it is not known."""
    packets: int
    lost_ratio: float
    """Of all packets so far, by impairments."""
    rate_kbps: float | None
    """Of the datagrams that came since the view before this one; None in a first view."""


@dataclass(frozen=True, kw_only=True)
class ParticipantView:
    """One participant."""

    identity: str
    room: str
    connected: bool
    profile: str
    phase: int | None
    """Number of the phase of its profile that is in force, from 0; None before it connects."""
    tracks: tuple[TrackView, ...]


View = tuple[ParticipantView, ...]


def build_view(
    state: State, snapshot: Snapshot, before: Snapshot | None, names: TrackNames
) -> View:
    """Join who is there with what the relay counted.

    Args:
        state: Who is connected.
        snapshot: Counts of now.
        before: Counts of a while ago, for rates.
        names: Tracks of the SSRCs.
    """
    known = {sid: track for one in state.participants.values() for sid, track in one.tracks.items()}

    def tracks(side: SideCounts) -> list[TrackView]:
        earlier = _side(before, side)
        span_s = (snapshot.at_ns - before.at_ns) / NS_PER_S if before else 0.0
        return [
            TrackView(
                direction=side.direction,
                name=known[sid].name if sid in known else sid,
                medium=known[sid].medium if sid in known else "",
                packets=counts.packets,
                lost_ratio=counts.dropped / counts.packets if counts.packets else 0.0,
                rate_kbps=(counts.bytes - was.bytes) * 8 / 1000 / span_s if span_s > 0 else None,
            )
            for sid, counts in _by_track(side, names).items()
            for was in [_by_track(earlier, names).get(sid, NONE) if earlier else NONE]
        ]

    return tuple(
        ParticipantView(
            identity=identity,
            room=one.room,
            connected=one.connections > 0,
            profile=one.profile,
            phase=one.phase,
            tracks=tuple(
                track
                for side in snapshot.sides
                if side.participant == identity
                for track in tracks(side)
            ),
        )
        for identity, one in state.participants.items()
    )


def _side(snapshot: Snapshot | None, wanted: SideCounts) -> SideCounts | None:
    for side in snapshot.sides if snapshot else ():
        if (side.participant, side.direction) == (wanted.participant, wanted.direction):
            return side
    return None


def _by_track(side: SideCounts, names: TrackNames) -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    for ssrc, counts in side.ssrcs.items():
        sid = names.sid(side.participant, side.direction, ssrc) or UNNAMED
        found[sid] = _sum(found.get(sid, NONE), counts)
    return found


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(
        packets=one.packets + other.packets,
        bytes=one.bytes + other.bytes,
        forwarded=one.forwarded + other.forwarded,
        dropped=one.dropped + other.dropped,
    )
