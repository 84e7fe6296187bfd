"""What the relay knows of ports, flows, streams and sources. No sockets are used here.

A *port* stands in for one candidate of the server towards one participant. A *flow* is one source
address of the participant at a port, with a socket of its own to the server. A *stream* is one
direction of a flow. A *side* is one direction of a participant, over all its flows; it counts by
*source* (an SSRC, or all packets of a kind that has none).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from harness.evidence.ledger_records import DIRECTIONS, Direction, Medium, PacketKind
from harness.gateway.relay_messages import Counts, PortCounts, SideCounts
from harness.network.impairment import AimedMedium
from harness.network.lane import Lane

Address = tuple[str, int]
MAX_SOURCES = 256
"""SSRCs of one side that are told apart; further ones count in its total only."""


class Source:
    """An SSRC, or a kind of packets without one, on one side."""

    __slots__ = (
        "bytes", "dropped", "forwarded", "medium", "packets", "payload_type", "ssrc", "track",
    )  # fmt: skip

    def __init__(self, *, ssrc: int = 0, payload_type: int = 0) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.medium: AimedMedium | None = None
        self.track: str | None = None
        self.packets = self.bytes = self.forwarded = self.dropped = 0

    def counts(self) -> Counts:
        """The counters as they stand."""
        return Counts(
            packets=self.packets,
            bytes=self.bytes,
            forwarded=self.forwarded,
            dropped=self.dropped,
        )


class Participant:
    """What signalling has said of a participant."""

    def __init__(self, identity: str, lanes: Sequence[Lane]) -> None:
        self.identity = identity
        self.media: dict[int, Medium] = {}
        self.mid_extension = 4
        self.rid_extension = 10
        self.sides = tuple(
            Side(self, direction, lane) for direction, lane in zip(DIRECTIONS, lanes, strict=True)
        )

    def side(self, direction: Direction) -> Side:
        """One direction."""
        return self.sides[DIRECTIONS.index(direction)]

    def learn_payloads(self, media: dict[int, Medium], *, mid: int, rid: int) -> None:
        """Payload types add to those known; SSRCs seen before get their medium now."""
        self.media.update(media)
        self.mid_extension, self.rid_extension = mid, rid
        for side in self.sides:
            for source in side.sources.values():
                source.medium = source.medium or self.media.get(source.payload_type)


class Side:
    """One direction of a participant."""

    __slots__ = ("_bound", "by_kind", "direction", "lane", "participant", "sources")

    def __init__(self, participant: Participant, direction: Direction, lane: Lane) -> None:
        self.participant = participant
        self.direction = direction
        self.lane = lane
        self.sources: dict[bytes, Source] = {}
        """By the four bytes of the SSRC."""
        self.by_kind = tuple(Source() for _ in PacketKind)
        self.by_kind[PacketKind.RTCP].medium = "rtcp"
        self._bound: dict[int, tuple[str, Medium]] = {}

    def bind(self, ssrc: int, track: str, medium: Medium) -> None:
        """An SSRC, seen already or not yet, carries a track."""
        while len(self._bound) >= MAX_SOURCES:
            del self._bound[next(iter(self._bound))]
        self._bound[ssrc] = (track, medium)
        source = self.sources.get(ssrc.to_bytes(4, "big"))
        if source is not None:
            source.track, source.medium = track, medium

    def add_source(self, ssrc: int, payload_type: int) -> Source | None:
        """A source for an SSRC that was not seen before; None when there are too many."""
        if len(self.sources) >= MAX_SOURCES:
            return None
        source = Source(ssrc=ssrc, payload_type=payload_type)
        if ssrc in self._bound:
            source.track, source.medium = self._bound[ssrc]
        else:
            source.medium = self.participant.media.get(payload_type)
        self.sources[ssrc.to_bytes(4, "big")] = source
        return source

    def counts(self) -> SideCounts:
        """The counters as they stand."""
        everything = [*self.by_kind, *self.sources.values()]
        return SideCounts(
            participant=self.participant.identity,
            direction=self.direction,
            total=Counts(
                packets=sum(source.packets for source in everything),
                bytes=sum(source.bytes for source in everything),
                forwarded=sum(source.forwarded for source in everything),
                dropped=sum(source.dropped for source in everything),
            ),
            ssrcs={source.ssrc: source.counts() for source in self.sources.values()},
        )


class Stream:
    """One direction of one flow."""

    __slots__ = ("count", "number", "send", "side")

    def __init__(self, number: int, side: Side, send: Callable[[bytes], int]) -> None:
        self.number = number
        self.side = side
        self.send = send
        self.count = 0


class Flow:
    """One source address of a participant at a port."""

    __slots__ = ("down", "heard_ns", "number", "up", "upstream")

    def __init__(self, number: int, upstream: socket.socket, up: Stream, down: Stream) -> None:
        self.number = number
        self.upstream = upstream
        self.up = up
        self.down = down
        self.heard_ns = 0


class Port:
    """A UDP port that one participant uses in place of one candidate of the server."""

    def __init__(
        self, participant: Participant, listener: socket.socket, upstream: Address
    ) -> None:
        self.participant = participant
        self.listener = listener
        self.upstream = upstream
        self.address: Address = listener.getsockname()
        self.flows: dict[Address, Flow] = {}
        self.refused = 0

    def counts(self) -> PortCounts:
        """The counters as they stand."""
        return PortCounts(
            participant=self.participant.identity,
            host=self.address[0],
            port=self.address[1],
            upstream=f"{self.upstream[0]}:{self.upstream[1]}",
            flows=len(self.flows),
            refused=self.refused,
        )
