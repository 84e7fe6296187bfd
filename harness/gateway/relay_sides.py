"""What the relay knows of participants and their packets: medium, codec, track and layer.

A *side* is one direction of a participant, over all its flows; it counts by *source* (an SSRC, or
all packets of a kind that has none).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from harness.evidence.ledger_records import DIRECTIONS, Direction, Medium, PacketKind
from harness.gateway.relay_messages import Counts, Extensions, SideCounts
from harness.network.impairment import AimedMedium
from harness.network.lane import Lane
from harness.network.rtp import RtpHeader

MAX_SOURCES = 256
"""SSRCs of one side that are told apart; further ones count in its total only."""
MAX_UFRAGS = 64
"""Of a participant: the newest. A connection has one, until its next ICE restart."""
MAX_NAMES = 1024
_LOOKS = 100
"""Packets of an SSRC on which mid and rid are looked for: senders leave them out once heard."""

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class Source:
    """An SSRC, or a kind of packets without one, on one side."""

    __slots__ = (
        "bytes", "dropped", "forwarded", "layer", "looks", "medium", "mid", "packets",
        "payload_type", "ssrc", "track",
    )  # fmt: skip

    def __init__(self, *, ssrc: int = 0, payload_type: int = 0) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.medium: AimedMedium | None = None
        self.track: str | None = None
        self.mid: str | None = None
        self.layer: str | None = None
        self.looks = 0
        """Packets on which it is still worth looking for mid and rid."""
        self.packets = self.bytes = self.forwarded = self.dropped = 0

    def counts(self) -> Counts:
        """The counters as they stand."""
        return Counts(
            packets=self.packets,
            bytes=self.bytes,
            forwarded=self.forwarded,
            dropped=self.dropped,
        )


class TrackNames:
    """What tracks are called, by sid; the newest."""

    __slots__ = ("_names", "get")

    def __init__(self) -> None:
        self._names: dict[str | None, str] = {}
        self.get = self._names.get

    def put(self, track: str, name: str) -> None:
        """A track is called so."""
        _remember(self._names, track, name, most=MAX_NAMES)


class Participant:
    """What signalling has said of a participant.

    Args:
        identity: Its name.
        lanes: Up and down.
        names: Of everybody's tracks.
    """

    def __init__(self, identity: str, lanes: Sequence[Lane], names: TrackNames) -> None:
        self.identity = identity
        self.names = names
        self.media: dict[int, Medium] = {}
        self.codecs: dict[int, str] = {}
        """By payload type: an SSRC may change its codec (Opus to RED and back)."""
        self.extensions = Extensions()
        self._ufrags: dict[str, None] = {}
        self.sides = tuple(
            Side(self, direction, lane) for direction, lane in zip(DIRECTIONS, lanes, strict=True)
        )

    def side(self, direction: Direction) -> Side:
        """One direction."""
        return self.sides[DIRECTIONS.index(direction)]

    def expect(self, ufrag: str) -> None:
        """The server gave this user fragment to the participant."""
        _remember(self._ufrags, ufrag, None, most=MAX_UFRAGS)

    def may_begin(self, username: str | None) -> bool:
        """Whether the USERNAME of a binding request, `<server's>:<client's>`, is its own."""
        return username is not None and username.partition(":")[0] in self._ufrags

    def learn_payloads(
        self, media: dict[int, Medium], codecs: dict[int, str], extensions: Extensions | None
    ) -> None:
        """Payload types add to those known; SSRCs seen before get their medium now."""
        self.media.update(media)
        self.codecs.update(codecs)
        self.extensions = extensions or self.extensions
        for side in self.sides:
            for source in side.sources.values():
                source.medium = source.medium or self.media.get(source.payload_type)


class Side:
    """One direction of a participant."""

    __slots__ = ("_by_mid", "_by_ssrc", "by_kind", "direction", "lane", "participant", "sources")

    def __init__(self, participant: Participant, direction: Direction, lane: Lane) -> None:
        self.participant = participant
        self.direction = direction
        self.lane = lane
        self.sources: dict[bytes, Source] = {}
        """By the four bytes of the SSRC."""
        self.by_kind = tuple(Source() for _ in PacketKind)
        self.by_kind[PacketKind.RTCP].medium = "rtcp"
        self._by_ssrc: dict[int, tuple[str, Medium]] = {}
        self._by_mid: dict[str, tuple[str, Medium]] = {}

    def bind_ssrc(self, ssrc: int, track: str, medium: Medium) -> None:
        """An SSRC, seen already or not yet, carries or repairs a track."""
        _remember(self._by_ssrc, ssrc, (track, medium), most=MAX_SOURCES)
        source = self.sources.get(ssrc.to_bytes(4, "big"))
        if source is not None:
            source.track, source.medium = track, medium

    def bind_mid(self, mid: str, track: str, medium: Medium) -> None:
        """A media section, seen already or not yet, carries a track from now on."""
        _remember(self._by_mid, mid, (track, medium), most=MAX_SOURCES)
        for source in self.sources.values():
            if source.mid == mid:
                source.track, source.medium = track, medium

    def add_source(self, header: RtpHeader) -> Source | None:
        """A source for an SSRC that was not seen before; None when there are too many."""
        if len(self.sources) >= MAX_SOURCES:
            return None
        source = Source(ssrc=header.ssrc, payload_type=header.payload_type)
        source.medium = self.participant.media.get(header.payload_type)
        if header.ssrc in self._by_ssrc:
            source.track, source.medium = self._by_ssrc[header.ssrc]
        source.looks = _LOOKS if self.direction == "up" else 0
        self.look(source, header)
        self.sources[header.ssrc.to_bytes(4, "big")] = source
        return source

    def look(self, source: Source, header: RtpHeader) -> bool:
        """Whether the header extensions of a packet say more of its source than was known."""
        ids, found = self.participant.extensions, header.extensions
        layer = found.get(ids.rid) or found.get(ids.repaired_rid)
        before = source.mid, source.layer
        source.mid = _text(found.get(ids.mid)) or source.mid
        source.layer = _text(layer) or source.layer
        source.looks = 0 if source.mid and source.layer else max(source.looks - 1, 0)
        if source.mid in self._by_mid:
            source.track, source.medium = self._by_mid[source.mid]
        return (source.mid, source.layer) != before

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


def _remember(known: dict[KeyT, ValueT], key: KeyT, value: ValueT, *, most: int) -> None:
    """Keep the newest."""
    known.pop(key, None)
    known[key] = value
    while len(known) > most:
        del known[next(iter(known))]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")
