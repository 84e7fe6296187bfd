"""The media packets of a ledger as one table: records joined with what they turned out to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.evidence.bindings import (
    AnyRow,
    CodecRow,
    ExtensionsRow,
    FlowRow,
    MidRow,
    MsidRow,
    SsrcRow,
)
from harness.evidence.ledger_fates import Departed, chunks
from harness.evidence.ledger_records import DIRECTIONS, Direction, Medium, PacketKind
from harness.evidence.rtp_heads import find_extensions, read_heads

PACKET_DTYPE = np.dtype(
    [
        ("t_ns", "<i8"),  # arrival at the relay
        ("departure_ns", "<i8"),  # when it left or was dropped; -1 without a record of that.
        # Of a packet that left several times: when it first left intact, else first altered
        ("n", "<u4"),  # number in its flow and direction, of all packets
        ("rtp_timestamp", "<u4"),
        ("ssrc", "<u4"),
        ("flow", "<u2"),
        ("size", "<u2"),  # bytes of the datagram
        ("seq", "<u2"),
        ("cause", "<u2"),  # of that departure; 65535 without one
        ("pt", "u1"),
        ("fate", "u1"),  # PacketFate
        ("copies", "u1"),  # times it was passed on beyond the first
        ("audio_level", "i1"),  # 0 (loudest) to 127 (silence) -dBov; -1 if not said
        ("marker", "?"),
        ("padding", "?"),  # P bit
        ("descriptor", "?"),  # has a dependency descriptor: carries video, not probing
        ("repeated", "?"),  # this SSRC and sequence number had arrived before
    ]
)

NameT = TypeVar("NameT", bound=str)
KeyT = TypeVar("KeyT", bound=Hashable)
RowT = TypeVar("RowT", bound=AnyRow)


class _History(Generic[KeyT, RowT]):
    """Rows by key over time: the latest holds; before the first one, the first one does."""

    def __init__(self) -> None:
        self._rows: dict[KeyT, list[RowT]] = defaultdict(list)

    def add(self, key: KeyT, row: RowT) -> None:
        self._rows[key].append(row)

    def spans(self, key: KeyT, t_ns: NDArray[np.int64]) -> Iterable[tuple[RowT, NDArray[np.bool_]]]:
        """Each row with the times at which it holds, as a mask over `t_ns`."""
        rows = self._rows.get(key, [])
        if not rows:
            return
        holds = np.searchsorted([row.at_ns for row in rows], t_ns, side="right") - 1
        holds = np.maximum(holds, 0)
        for number, row in enumerate(rows):
            yield row, holds == number


class Bindings:
    """The rows of `bindings.ndjson`, each kind by its key."""

    def __init__(self, rows: Iterable[AnyRow]) -> None:
        self.flows: dict[int, FlowRow] = {}
        self.ssrcs: _History[tuple[str, str, int], SsrcRow] = _History()
        self.codecs: _History[tuple[str, int], CodecRow] = _History()
        self.msids: _History[tuple[str, int], MsidRow] = _History()
        self.mids: _History[tuple[str, str], MidRow] = _History()
        self.extensions: dict[str, ExtensionsRow] = {}
        for row in rows:
            match row:
                case FlowRow():
                    self.flows[row.flow] = row
                case SsrcRow():
                    self.ssrcs.add((row.participant, row.direction, row.ssrc), row)
                case CodecRow():
                    self.codecs.add((row.participant, row.pt), row)
                case MsidRow():
                    self.msids.add((row.participant, row.ssrc), row)
                case MidRow():
                    self.mids.add((row.participant, row.mid), row)
                case ExtensionsRow():
                    self.extensions[row.participant] = row


@dataclass(frozen=True, kw_only=True)
class MediaTable:
    """RTP packets in order of arrival; all arrays have one entry a packet."""

    packets: NDArray[Any]
    """PACKET_DTYPE."""
    side: NDArray[np.int32]
    """Index into `sides`, −1 for a flow that no binding explains."""
    sides: list[tuple[str, Direction]]
    """(participant, direction)."""
    track: NDArray[np.int32]
    """Index into `tracks`, −1 while unknown."""
    tracks: list[str]
    medium: NDArray[np.int8]
    """Index into MEDIA, −1 while unknown."""
    codec: NDArray[np.int16]
    """Index into `codecs`, −1 while unknown."""
    codecs: list[str]
    layer: NDArray[np.int16]
    """Index into `layers`, −1 for what has none: RIDs are known on the way up only."""
    layers: list[str]
    repair: NDArray[np.bool_]


MEDIA: tuple[Medium, Medium] = ("audio", "video")


def build_media_table(arrivals: NDArray[Any], departed: Departed, bindings: Bindings) -> MediaTable:
    """Join the RTP records of a ledger with its bindings.

    Args:
        arrivals: ARRIVAL_DTYPE, in order of arrival.
        departed: What became of each.
        bindings: What flows, SSRCs and payload types are.
    """
    side, sides = sides_of(arrivals["stream"], bindings)
    rtp = np.flatnonzero(arrivals["kind"] == PacketKind.RTP)
    count = len(rtp)
    table = MediaTable(
        packets=np.zeros(count, PACKET_DTYPE),
        side=side[rtp],
        sides=sides,
        track=np.full(count, -1, np.int32),
        tracks=[],
        medium=np.full(count, -1, np.int8),
        codec=np.full(count, -1, np.int16),
        codecs=[],
        layer=np.full(count, -1, np.int16),
        layers=[],
        repair=np.zeros(count, np.bool_),
    )
    for part in chunks(count):
        _read_packets(table, part, arrivals[rtp[part]], bindings)
    _add_departures(table.packets, departed[rtp])
    for group, place in _sources(table):
        table.packets["repeated"][group] = _repeated(table.packets["seq"][group])
        _bind_codec(table, group, place.participant, bindings)
        if place.direction == "down":
            _bind_down(table, group, place, bindings)
        else:
            _bind_up(table, group, place, bindings)
    return table


def sides_of(
    streams: NDArray[np.uint16], bindings: Bindings
) -> tuple[NDArray[np.int32], list[tuple[str, Direction]]]:
    """Index of (participant, direction) for each stream number, and what the indices mean."""
    sides: dict[tuple[str, Direction], int] = {}
    lookup = np.full(1 << 16, -1, np.int32)
    for flow, row in bindings.flows.items():
        for offset, direction in enumerate(DIRECTIONS):
            lookup[2 * flow + offset] = sides.setdefault((row.participant, direction), len(sides))
    return lookup[streams], list(sides)


def name_of(names: Sequence[NameT], index: int) -> NameT | None:
    """The name that a row of a MediaTable points to; None for −1."""
    return names[index] if index >= 0 else None


def unwrap(seq: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Sequence numbers without the wrap at 65536, begun at the first; order may be disturbed."""
    if not len(seq):
        return np.empty(0, np.int64)
    numbers = seq.astype(np.int64)
    steps = ((numbers[1:] - numbers[:-1] + 0x8000) & 0xFFFF) - 0x8000
    return np.concatenate((numbers[:1], numbers[0] + np.cumsum(steps)))


class _Source(NamedTuple):
    """One SSRC on one side."""

    participant: str
    direction: Direction
    ssrc: int


def _sources(table: MediaTable) -> Iterator[tuple[NDArray[np.int64], _Source]]:
    """Each SSRC of each known side, with the rows of its packets in order of arrival."""
    order = np.lexsort((table.packets["ssrc"], table.side))  # stable: order of arrival stays
    side, ssrc = table.side[order], table.packets["ssrc"][order]
    begins = np.flatnonzero((np.diff(side) != 0) | (np.diff(ssrc) != 0)) + 1
    for group in np.split(order, begins):
        if len(group) and table.side[group[0]] >= 0:
            participant, direction = table.sides[table.side[group[0]]]
            yield group, _Source(participant, direction, int(table.packets["ssrc"][group[0]]))


def _read_packets(
    table: MediaTable, part: slice, records: NDArray[Any], bindings: Bindings
) -> None:
    packets, side = table.packets[part], table.side[part]
    heads = read_heads(records["head"])
    for name in ("t_ns", "n", "size"):
        packets[name] = records[name]
    packets["flow"] = records["stream"] >> 1
    packets["seq"] = heads.sequence
    packets["rtp_timestamp"] = heads.timestamp
    packets["ssrc"] = heads.ssrc
    packets["pt"] = heads.payload_type
    packets["marker"] = heads.marker
    packets["padding"] = heads.padding
    packets["audio_level"] = -1
    for number, (participant, _) in enumerate(table.sides):
        mine = np.flatnonzero(side == number)
        _read_extensions(packets, records["head"], mine, bindings.extensions.get(participant))


def _add_departures(packets: NDArray[Any], departed: Departed) -> None:
    packets["departure_ns"] = departed.t_ns
    packets["cause"] = departed.cause
    packets["copies"] = departed.copies
    packets["fate"] = departed.fate


def _read_extensions(
    packets: NDArray[Any], heads: NDArray[np.uint8], mine: NDArray[Any], ids: ExtensionsRow | None
) -> None:
    ids = ids or ExtensionsRow(at_ns=0, participant="")
    own = heads[mine]
    wanted = (ids.audio_level, ids.dependency_descriptor)
    found = find_extensions(own, packets["size"][mine], wanted)
    level = found[ids.audio_level]
    said = np.flatnonzero(level >= 0)
    packets["audio_level"][mine[said]] = own[said, level[said]] & 0x7F
    packets["descriptor"][mine] = found[ids.dependency_descriptor] >= 0


def _repeated(seq: NDArray[np.uint16]) -> NDArray[np.bool_]:
    first = np.unique(unwrap(seq), return_index=True)[1]
    repeated = np.ones(len(seq), np.bool_)
    repeated[first] = False
    return repeated


def _index(names: list[str], name: str) -> int:
    if name not in names:
        names.append(name)
    return names.index(name)


def _bind_codec(
    table: MediaTable, group: NDArray[Any], participant: str, bindings: Bindings
) -> None:
    types = table.packets["pt"][group]
    for pt in np.unique(types).tolist():
        some = group[types == pt]
        for row, holds in bindings.codecs.spans((participant, pt), table.packets["t_ns"][some]):
            table.medium[some[holds]] = MEDIA.index(row.medium)
            table.codec[some[holds]] = _index(table.codecs, row.codec)
            table.repair[some[holds]] = row.codec == "rtx"


def _bind_down(table: MediaTable, group: NDArray[Any], place: _Source, bindings: Bindings) -> None:
    key = (place.participant, place.ssrc)
    for row, holds in bindings.msids.spans(key, table.packets["t_ns"][group]):
        table.track[group[holds]] = _index(table.tracks, row.track)
        if row.repair_of is not None:
            table.repair[group[holds]] = True


def _bind_up(table: MediaTable, group: NDArray[Any], place: _Source, bindings: Bindings) -> None:
    for seen, told in bindings.ssrcs.spans(place, table.packets["t_ns"][group]):
        some = group[told]
        if seen.rid is not None:
            table.layer[some] = _index(table.layers, seen.rid)
        if seen.mid is None:
            continue
        section = (place.participant, seen.mid)
        for row, holds in bindings.mids.spans(section, table.packets["t_ns"][some]):
            table.track[some[holds]] = _index(table.tracks, row.track)
            table.medium[some[holds]] = MEDIA.index(row.medium)
