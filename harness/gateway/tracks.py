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

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec
from livekit.protocol import rtc

from harness.evidence.bindings import CodecRow, ExtensionsRow, MidRow, MsidRow
from harness.evidence.ledger_records import Medium
from harness.gateway.sdp import Section, ice_ufrags, sections

MAX_KEYS = 10_000
"""Facts remembered for a participant; beyond them new ones still give rows, unremembered."""

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
    _names: dict[str, str] = field(default_factory=dict)
    """sid → what the participant calls the track."""
    _told: dict[tuple[str, int | str], News] = field(default_factory=dict)

    def join_request(self, join: rtc.JoinRequest, at_ns: int) -> list[News]:
        """Learn from the join request of `/rtc/v1`."""
        self._learn_published(join.sync_state.publish_tracks)
        return self._news(at_ns, sections(join.publisher_offer.sdp), from_client=True)

    def request(self, request: rtc.SignalRequest, at_ns: int) -> list[News]:
        """Learn from a client's message."""
        kind = request.WhichOneof("message")
        if kind == "offer":
            return self._news(at_ns, sections(request.offer.sdp), from_client=True)
        if kind == "answer":
            return self._news(at_ns, sections(request.answer.sdp), receives_only=True)
        if kind == "sync_state":
            self._learn_published(request.sync_state.publish_tracks)
            return self._news(at_ns)
        return []

    def response(self, response: rtc.SignalResponse, at_ns: int) -> list[News]:
        """Learn from a server's message."""
        kind = response.WhichOneof("message")
        if kind in ("offer", "answer"):
            sdp = getattr(response, kind).sdp
            parts = sections(sdp)
            ufrags = [Ufrag(participant=self.participant, ufrag=one) for one in ice_ufrags(sdp)]
            return self._news(
                at_ns,
                parts,
                of_server=[*ufrags, *self._sources(parts, at_ns)],
                receives_only=kind == "offer",
            )
        if kind == "track_published":
            self._learn_published([response.track_published])
            return self._news(at_ns)
        return []

    def _news(
        self,
        at_ns: int,
        parts: Iterable[Section] = (),
        *,
        from_client: bool = False,
        of_server: Iterable[News] = (),
        receives_only: bool = False,
    ) -> list[News]:
        """What is new in an SDP.

        Args:
            at_ns: When it passed.
            parts: Its sections.
            from_client: It is an offer of the client: it says what is sent in each section.
            of_server: What else it says.
            receives_only: It is of a connection that the server offered, which numbers header
                extensions on its own; nothing is sent there of which mid and rid are asked.
        """
        parts = list(parts)
        if from_client:
            self._learn_sections(parts)
        unread = OF_SENT if receives_only else frozenset()
        names = [
            TrackName(participant=self.participant, sid=sid, name=name)
            for sid, name in self._names.items()
        ]
        news = [*names, *self._formats(parts, at_ns, unread), *of_server, *self._mids(at_ns)]
        return [one for one in news if self._is_new(one)]

    def _learn_sections(self, parts: Iterable[Section]) -> None:
        for part in parts:
            medium, mid = _medium(part), part.mid
            if medium is None or mid is None:
                continue
            client_id = _sent_track(part)
            if client_id is None:
                self._sections.pop(mid, None)
            elif len(self._sections) < MAX_KEYS:
                self._sections[mid] = (client_id, medium)

    def _learn_published(self, published: Iterable[rtc.TrackPublishedResponse]) -> None:
        for one in published:
            for client_id in (one.cid, *(codec.cid for codec in one.track.codecs)):
                if client_id and one.track.sid and len(self._sids) < MAX_KEYS:
                    self._sids[client_id] = one.track.sid
                    if one.track.name:
                        self._names[one.track.sid] = one.track.name

    def _formats(
        self, parts: Iterable[Section], at_ns: int, unread: frozenset[str]
    ) -> Iterator[Row]:
        extensions = dict(self._extensions)
        for part in parts:
            medium = _medium(part)
            if medium is None:
                continue
            for pt, codec in _codecs(part):
                yield CodecRow(
                    at_ns=at_ns, participant=self.participant, pt=pt, codec=codec, medium=medium
                )
            found = _extensions(part)
            extensions |= {name: found[name] for name in found.keys() - unread}
        if extensions != self._extensions:
            self._extensions = extensions
            yield ExtensionsRow(at_ns=at_ns, participant=self.participant, **extensions)

    def _sources(self, parts: Iterable[Section], at_ns: int) -> Iterator[Row]:
        for part in parts:
            repairs = _repairs(part)
            for ssrc, stream, track in _msids(part):
                medium = _medium(part)
                if medium is not None and len(self.media) < MAX_KEYS:
                    self.media[ssrc] = medium
                yield MsidRow(
                    at_ns=at_ns,
                    participant=self.participant,
                    ssrc=ssrc,
                    track=track,
                    publisher_sid=stream.partition("|")[0],
                    stream=stream,
                    repair_of=repairs.get(ssrc),
                )

    def _mids(self, at_ns: int) -> Iterator[Row]:
        for mid, (client_id, medium) in self._sections.items():
            sid = self._sids.get(client_id)
            if sid is not None:
                yield MidRow(
                    at_ns=at_ns, participant=self.participant, mid=mid, track=sid, medium=medium
                )

    def _is_new(self, news: News) -> bool:
        key = _key(news)
        timeless = (
            news if isinstance(news, Ufrag | TrackName) else msgspec.structs.replace(news, at_ns=0)
        )
        if self._told.get(key) == timeless:
            return False
        if len(self._told) < MAX_KEYS:
            self._told[key] = timeless
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
