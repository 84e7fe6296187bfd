"""The media packets of a ledger as one table: records joined with what they turned out to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

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
from harness.evidence.ledger_records import DIRECTIONS, Cause, Medium, PacketKind
from harness.evidence.rtp_heads import find_extensions, read_heads


class PacketFate(IntEnum):
    """What the relay did with a packet."""

    FORWARDED = 0
    DROPPED = 1
    """By an impairment."""
    OTHER = 2
    """Not passed on for another reason, or the record of its departure is missing."""


PACKET_DTYPE = np.dtype(
    [
        ("t_ns", "<i8"),  # arrival at the relay
        ("departure_ns", "<i8"),  # when it left or was dropped; -1 without a record of that
        ("n", "<u4"),  # number in its flow and direction, of all packets
        ("rtp_timestamp", "<u4"),
        ("ssrc", "<u4"),
        ("flow", "<u2"),
        ("size", "<u2"),  # bytes of the datagram
        ("seq", "<u2"),
        ("cause", "<u2"),  # of the departure; 65535 without one
        ("pt", "u1"),
        ("fate", "u1"),  # PacketFate
        ("audio_level", "i1"),  # 0 (loudest) to 127 (silence) -dBov; -1 if not said
        ("marker", "?"),
        ("padding", "?"),  # P bit
        ("descriptor", "?"),  # has a dependency descriptor: carries video, not probing
        ("repeated", "?"),  # this SSRC and sequence number had arrived before
    ]
)

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

    def latest(self, key: KeyT) -> RowT | None:
        rows = self._rows.get(key)
        return rows[-1] if rows else None


class Bindings:
    """The rows of `bindings.ndjson`, each kind by its key."""

    def __init__(self, rows: Iterable[AnyRow]) -> None:
        self.flows: dict[int, str] = {}
        self.ssrcs: _History[tuple[str, str, int], SsrcRow] = _History()
        self.codecs: _History[tuple[str, int], CodecRow] = _History()
        self.msids: _History[tuple[str, int], MsidRow] = _History()
        self.mids: _History[tuple[str, str], MidRow] = _History()
        self.extensions: dict[str, ExtensionsRow] = {}
        for row in rows:
            match row:
                case FlowRow():
                    self.flows[row.flow] = row.participant
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
    sides: list[tuple[str, str]]
    """(participant, direction)."""
    track: NDArray[np.int32]
    """Index into `tracks`, −1 while unknown."""
    tracks: list[str]
    medium: NDArray[np.int8]
    """Index into MEDIA, −1 while unknown."""
    codec: dict[tuple[int, int], str]
    """(side, ssrc) → codec of its last packet's payload type."""
    repair: NDArray[np.bool_]


MEDIA: tuple[Medium, Medium] = ("audio", "video")


def build_media_table(
    arrivals: NDArray[Any], departures: NDArray[Any], bindings: Bindings
) -> MediaTable:
    """Join the RTP records of a ledger with its bindings."""
    rtp = arrivals[arrivals["kind"] == PacketKind.RTP]
    side, sides = sides_of(rtp["stream"], bindings)
    packets = _packets(rtp, departures)
    tracks: dict[str, int] = {}
    table = MediaTable(
        packets=packets,
        side=side,
        sides=sides,
        track=np.full(len(packets), -1, np.int32),
        tracks=[],
        medium=np.full(len(packets), -1, np.int8),
        codec={},
        repair=np.zeros(len(packets), np.bool_),
    )
    for number, (participant, direction) in enumerate(sides):
        mine = np.flatnonzero(side == number)
        _read_extensions(packets, rtp["head"], mine, bindings.extensions.get(participant))
        for ssrc in np.unique(packets["ssrc"][mine]).tolist():
            group = mine[packets["ssrc"][mine] == ssrc]
            packets["repeated"][group] = _repeated(packets["seq"][group])
            _bind_codec(table, group, (number, ssrc), participant, bindings)
            if direction == "down":
                _bind_down(table, group, (participant, ssrc), tracks, bindings)
            else:
                _bind_up(table, group, (participant, ssrc), tracks, bindings)
    table.tracks.extend(tracks)
    return table


def sides_of(
    streams: NDArray[np.uint16], bindings: Bindings
) -> tuple[NDArray[np.int32], list[tuple[str, str]]]:
    """Index of (participant, direction) for each stream number, and what the indices mean."""
    sides: dict[tuple[str, str], int] = {}
    lookup = np.full(1 << 16, -1, np.int32)
    for flow, participant in bindings.flows.items():
        for offset, direction in enumerate(DIRECTIONS):
            lookup[2 * flow + offset] = sides.setdefault((participant, direction), len(sides))
    return lookup[streams], list(sides)


def causes_of(
    arrivals: NDArray[Any], departures: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Time and cause of each arrival's first departure; −1 and 65535 where there is none."""
    wanted = _keys(arrivals)
    keys = _keys(departures)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    at = np.searchsorted(keys, wanted)
    found = at < len(keys)
    found[found] = keys[at[found]] == wanted[found]
    rows = order[at[found]]
    t_ns = np.full(len(arrivals), -1, np.int64)
    cause = np.full(len(arrivals), 0xFFFF, np.uint16)
    t_ns[found] = departures["t_ns"][rows]
    cause[found] = departures["cause"][rows]
    return t_ns, cause


def fates_of(cause: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """PacketFate of each cause."""
    fate = np.full(len(cause), PacketFate.OTHER, np.uint8)
    fate[cause == Cause.FORWARDED] = PacketFate.FORWARDED
    fate[(cause >= Cause.FIRST_IMPAIRMENT) & (cause != 0xFFFF)] = PacketFate.DROPPED
    return fate


def unwrap(seq: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Sequence numbers without the wrap at 65536, begun at the first; order may be disturbed."""
    if not len(seq):
        return np.empty(0, np.int64)
    numbers = seq.astype(np.int64)
    steps = ((numbers[1:] - numbers[:-1] + 0x8000) & 0xFFFF) - 0x8000
    return np.concatenate((numbers[:1], numbers[0] + np.cumsum(steps)))


def _keys(records: NDArray[Any]) -> NDArray[np.int64]:
    return records["stream"].astype(np.int64) << 32 | records["n"].astype(np.int64)


def _packets(rtp: NDArray[Any], departures: NDArray[Any]) -> NDArray[Any]:
    packets = np.zeros(len(rtp), PACKET_DTYPE)
    heads = read_heads(rtp["head"])
    for name in ("t_ns", "n", "size"):
        packets[name] = rtp[name]
    packets["flow"] = rtp["stream"] >> 1
    packets["seq"] = heads.sequence
    packets["rtp_timestamp"] = heads.timestamp
    packets["ssrc"] = heads.ssrc
    packets["pt"] = heads.payload_type
    packets["marker"] = heads.marker
    packets["padding"] = heads.padding
    packets["departure_ns"], packets["cause"] = causes_of(rtp, departures)
    packets["fate"] = fates_of(packets["cause"])
    packets["audio_level"] = -1
    return packets


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


def _bind_codec(
    table: MediaTable,
    group: NDArray[Any],
    place: tuple[int, int],
    participant: str,
    bindings: Bindings,
) -> None:
    types = table.packets["pt"][group]
    for pt in np.unique(types).tolist():
        some = group[types == pt]
        for row, holds in bindings.codecs.spans((participant, pt), table.packets["t_ns"][some]):
            table.medium[some[holds]] = MEDIA.index(row.medium)
            table.repair[some[holds]] = row.codec == "rtx"
    last = bindings.codecs.latest((participant, int(types[-1])))
    if last is not None:
        table.codec[place] = last.codec


def _bind_down(
    table: MediaTable,
    group: NDArray[Any],
    key: tuple[str, int],
    tracks: dict[str, int],
    bindings: Bindings,
) -> None:
    for row, holds in bindings.msids.spans(key, table.packets["t_ns"][group]):
        table.track[group[holds]] = tracks.setdefault(row.track, len(tracks))
        if row.repair_of is not None:
            table.repair[group[holds]] = True


def _bind_up(
    table: MediaTable,
    group: NDArray[Any],
    key: tuple[str, int],
    tracks: dict[str, int],
    bindings: Bindings,
) -> None:
    participant, ssrc = key
    for seen, told in bindings.ssrcs.spans((participant, "up", ssrc), table.packets["t_ns"][group]):
        some = group[told]
        if seen.mid is None:
            continue
        for row, holds in bindings.mids.spans((participant, seen.mid), table.packets["t_ns"][some]):
            table.track[some[holds]] = tracks.setdefault(row.track, len(tracks))
            table.medium[some[holds]] = MEDIA.index(row.medium)
