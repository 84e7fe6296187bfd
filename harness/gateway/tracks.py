"""What signalling says about media: which packets belong to which track, as rows of bindings.

Learned from both directions, before any interceptor, so that the bindings say what client and
server meant and not what was made of it:

- codecs and header extensions by number: every SDP;
- down, ssrc → track: `a=ssrc:N msid:PA_x|TR_y TR_y` of the server's SDP (its offer with two peer
  connections, its answer with one); `a=ssrc-group:FID` says which ssrc repairs which;
- up, mid → track: `a=msid:- CID` of the client's offer, and which track sid the server gave to
  the client's id of the track (`track_published`; `sync_state` when a client resumes);
- who a client is, on the wire: `a=ice-ufrag` of the server's SDP comes back in its STUN requests.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from livekit.protocol import rtc

from harness.evidence.bindings import CodecRow, ExtensionsRow, MidRow, MsidRow
from harness.evidence.ledger_records import Medium
from harness.gateway.sdp import Section, ice_ufrags, sections

log = logging.getLogger(__name__)

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")

MAX_KEYS = 10_000
"""Facts remembered for a participant; beyond them nothing is new."""

EXTENSIONS = {
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level": "audio_level",
    "urn:ietf:params:rtp-hdrext:sdes:mid": "mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id": "rid",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id": "repaired_rid",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension": (
        "dependency_descriptor"
    ),
}
"""RTP header extensions that the ledger reads → the field of their row."""
OF_SENT = frozenset({"mid", "rid", "repaired_rid"})
"""Those of them that are read on the way up alone."""

Row = CodecRow | ExtensionsRow | MsidRow | MidRow


@dataclass(frozen=True, kw_only=True)
class Ufrag:
    """The server gave a participant this ICE user fragment. It is no row: only the relay asks."""

    participant: str
    ufrag: str


@dataclass(frozen=True, kw_only=True)
class TrackName:
    """What a participant calls a track that it publishes. It is no row: only the relay asks."""

    participant: str
    sid: str
    name: str


News = Row | Ufrag | TrackName


@dataclass(kw_only=True)
class TrackLearner:
    """What the messages of one participant said so far; survives its reconnections.

    Each method takes a message and when it passed, and returns the news in it.
    """

    participant: str
    _sids: dict[str, str] = field(default_factory=dict)
    """The client's id of a track → the server's."""
    _sections: dict[str, tuple[str, Medium]] = field(default_factory=dict)
    """mid → the client's id of the track that it sends there, and its medium."""
    media: dict[int, Medium] = field(default_factory=dict)
    """ssrc → medium of what the participant receives."""
    _extensions: dict[str, int] = field(default_factory=dict)
    _told: dict[tuple[str, int | str], News] = field(default_factory=dict)
    _full: bool = False
    """Whether it was said that no more is remembered."""

    def join_request(self, join: rtc.JoinRequest, at_ns: int) -> list[News]:
        """Learn from the join request of `/rtc/v1`."""
        published = self._published(join.sync_state.publish_tracks, at_ns)
        return self._new([*published, *self._offered(join.publisher_offer.sdp, at_ns)])

    def request(self, request: rtc.SignalRequest, at_ns: int) -> list[News]:
        """Learn from a client's message."""
        kind = request.WhichOneof("message")
        if kind == "offer":
            return self._new(self._offered(request.offer.sdp, at_ns))
        if kind == "answer":
            return self._new(self._formats(sections(request.answer.sdp), at_ns, OF_SENT))
        if kind == "sync_state":
            return self._new(self._published(request.sync_state.publish_tracks, at_ns))
        return []

    def response(self, response: rtc.SignalResponse, at_ns: int) -> list[News]:
        """Learn from a server's message."""
        kind = response.WhichOneof("message")
        if kind in ("offer", "answer"):
            # Who offers numbers header extensions: the server's numbers are of what is received.
            unread = OF_SENT if kind == "offer" else frozenset()
            return self._new(self._described(getattr(response, kind).sdp, at_ns, unread))
        if kind == "track_published":
            return self._new(self._published([response.track_published], at_ns))
        return []

    def _offered(self, sdp: str, at_ns: int) -> Iterator[News]:
        """What an offer of the client says: formats, and what it sends in each section."""
        parts = sections(sdp)
        yield from self._formats(parts, at_ns, frozenset())
        yield from self._mids(self._learn_sections(parts), at_ns)

    def _described(self, sdp: str, at_ns: int, unread: frozenset[str]) -> Iterator[News]:
        """What an SDP of the server says."""
        parts = sections(sdp)
        yield from self._formats(parts, at_ns, unread)
        yield from (Ufrag(participant=self.participant, ufrag=one) for one in ice_ufrags(sdp))
        yield from self._sources(parts, at_ns)

    def _published(
        self, published: Iterable[rtc.TrackPublishedResponse], at_ns: int
    ) -> Iterator[News]:
        """What the server calls tracks of the client: their names, and where they are sent."""
        named: set[str] = set()
        for one in published:
            ids = {one.cid, *(codec.cid for codec in one.track.codecs)} - {""}
            if not one.track.sid or not ids:
                continue
            named |= ids
            for client_id in ids:
                _put(self._sids, client_id, one.track.sid)
            if one.track.name:
                yield TrackName(
                    participant=self.participant, sid=one.track.sid, name=one.track.name
                )
        sent = [mid for mid, (client_id, _) in self._sections.items() if client_id in named]
        yield from self._mids(sent, at_ns)

    def _learn_sections(self, parts: Iterable[Section]) -> list[str]:
        """The mids in which something is sent."""
        sent: dict[str, None] = {}
        for part in parts:
            medium, mid = _medium(part), part.mid
            if medium is None or mid is None:
                continue
            client_id = _sent_track(part)
            if client_id is None:
                self._sections.pop(mid, None)
                sent.pop(mid, None)
            elif _put(self._sections, mid, (client_id, medium)):
                sent[mid] = None
        return list(sent)

    def _formats(
        self, parts: Iterable[Section], at_ns: int, unread: frozenset[str]
    ) -> Iterator[Row]:
        """Codecs and header extensions.

        Args:
            parts: Sections of an SDP.
            at_ns: When it passed.
            unread: Extensions that are of the other connection, where something is sent.
        """
        extensions = dict(self._extensions)
        codecs: dict[int, tuple[str, Medium]] = {}
        for part in parts:
            medium = _medium(part)
            if medium is None:
                continue
            codecs |= {pt: (codec, medium) for pt, codec in _codecs(part)}
            found = _extensions(part)
            extensions |= {name: found[name] for name in found.keys() - unread}
        for pt, (codec, medium) in codecs.items():
            yield CodecRow(
                at_ns=at_ns, participant=self.participant, pt=pt, codec=codec, medium=medium
            )
        if extensions != self._extensions:
            self._extensions = extensions
            yield ExtensionsRow(at_ns=at_ns, participant=self.participant, **extensions)

    def _sources(self, parts: Iterable[Section], at_ns: int) -> Iterator[Row]:
        for part in parts:
            repairs = _repairs(part)
            for ssrc, stream, track in _msids(part):
                medium = _medium(part)
                if medium is not None:
                    _put(self.media, ssrc, medium)
                yield MsidRow(
                    at_ns=at_ns,
                    participant=self.participant,
                    ssrc=ssrc,
                    track=track,
                    publisher_sid=stream.partition("|")[0],
                    stream=stream,
                    repair_of=repairs.get(ssrc),
                )

    def _mids(self, mids: Iterable[str], at_ns: int) -> Iterator[Row]:
        for mid in mids:
            client_id, medium = self._sections[mid]
            sid = self._sids.get(client_id)
            if sid is not None:
                yield MidRow(
                    at_ns=at_ns, participant=self.participant, mid=mid, track=sid, medium=medium
                )

    def _new(self, news: Iterable[News]) -> list[News]:
        return [one for one in news if self._is_new(one)]

    def _is_new(self, news: News) -> bool:
        key = _key(news)
        timeless = (
            news if isinstance(news, Ufrag | TrackName) else msgspec.structs.replace(news, at_ns=0)
        )
        if self._told.get(key) == timeless:
            return False
        if _put(self._told, key, timeless):
            return True
        if not self._full:
            self._full = True
            log.warning(
                "%r: more than %d facts about its media: packets of new tracks are of none, so "
                "start a new gateway",
                self.participant, MAX_KEYS,
            )  # fmt: skip
        return isinstance(news, Ufrag)  # without it no packet of media would pass


def _put(known: dict[KeyT, ValueT], key: KeyT, value: ValueT) -> bool:
    """Remember, while there is room; whether there was."""
    if key not in known and len(known) >= MAX_KEYS:
        return False
    known[key] = value
    return True


def _key(news: News) -> tuple[str, int | str]:
    match news:
        case CodecRow():
            return "pt", news.pt
        case MsidRow():
            return "ssrc", news.ssrc
        case MidRow():
            return "mid", news.mid
        case ExtensionsRow():
            return "extensions", 0
        case Ufrag():
            return "ufrag", news.ufrag
        case TrackName():
            return "name", news.sid


def _medium(part: Section) -> Medium | None:
    if part.medium == "audio":
        return "audio"
    return "video" if part.medium == "video" else None


def _sent_track(part: Section) -> str | None:
    """The client's id of the track that the author sends in a section, or None."""
    msid = next(iter(part.values("msid")), "")
    return msid.partition(" ")[2] or None if part.sends else None


def _codecs(part: Section) -> Iterator[tuple[int, str]]:
    for value in part.values("rtpmap"):
        number, _, codec = value.partition(" ")
        pt, name = _number(number, 128), codec.partition("/")[0].lower()
        if pt is not None and name:
            yield pt, name


def _extensions(part: Section) -> dict[str, int]:
    found = {}
    for value in part.values("extmap"):
        number, _, rest = value.partition(" ")
        extension, name = _number(number.partition("/")[0], 256), rest.partition(" ")[0]
        if extension is not None and name in EXTENSIONS:
            found[EXTENSIONS[name]] = extension
    return found


def _msids(part: Section) -> Iterator[tuple[int, str, str]]:
    for value in part.values("ssrc"):
        number, _, attribute = value.partition(" ")
        ssrc = _number(number, 2**32)
        stream, _, track = attribute.removeprefix("msid:").partition(" ")
        if ssrc is not None and attribute.startswith("msid:") and track:
            yield ssrc, stream, track


def _repairs(part: Section) -> dict[int, int]:
    pairs = {}
    for value in part.values("ssrc-group"):
        fields = value.split()
        if len(fields) == 3 and fields[0] == "FID":
            main, repair = _number(fields[1], 2**32), _number(fields[2], 2**32)
            if main is not None and repair is not None:
                pairs[repair] = main
    return pairs


def _number(text: str, limit: int) -> int | None:
    readable = text.isascii() and text.isdigit() and len(text) < 12
    return int(text) if readable and int(text) < limit else None
