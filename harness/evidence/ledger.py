"""The gateway's record of every packet, read back and asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.evidence.bindings import AnyRow, ImpairmentsRow, read_bindings
from harness.evidence.ledger_records import (
    Direction,
    LedgerError,
    Medium,
    PacketKind,
    RecordKind,
    read_records,
)
from harness.evidence.ledger_table import (
    MEDIA,
    Bindings,
    MediaTable,
    PacketFate,
    build_media_table,
    causes_of,
    fates_of,
    sides_of,
    unwrap,
)

CONTROL_DTYPE = np.dtype(
    [
        ("t_ns", "<i8"),  # arrival at the relay
        ("departure_ns", "<i8"),  # -1 without a record of it
        ("n", "<u4"),  # number in its flow and direction, of all packets
        ("flow", "<u2"),
        ("size", "<u2"),
        ("fate", "u1"),  # PacketFate
    ]
)
_FATES = {"forwarded": PacketFate.FORWARDED, "dropped": PacketFate.DROPPED}


@dataclass(frozen=True, kw_only=True)
class SsrcTotals:
    """What one SSRC of a participant and direction carried in a span of time."""

    ssrc: int
    track: str | None
    medium: Medium | None
    codec: str | None
    rid: str | None
    """Simulcast layer, on the way up only."""
    repair: bool
    packets: int
    """That arrived at the relay, repeated ones counted again."""
    bytes: int
    forwarded: int
    dropped: int
    """By impairments; packets − forwarded − dropped were not passed on for another reason."""
    repeated: int
    first_seq: int
    last_seq: int
    """Highest sequence number, without wrap: counted on from `first_seq`."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What the relay passed on for a participant, of any kind."""

    up_packets: int
    up_bytes: int
    down_packets: int
    down_bytes: int


class Ledger:
    """A ledger's folder, as it stood when the first question was asked.

    `since_ns` is included, `until_ns` is not; None is no bound. Times are arrivals at the relay.

    Args:
        folder: Holds `arrivals.bin`, `departures.bin` and `bindings.ndjson`.

    Every question raises LedgerError when the files cannot be read, and when it names a
    participant that has no flow in the ledger: no answer is not the answer "nothing".
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def _arrivals(self) -> NDArray[Any]:
        return read_records(self.folder, RecordKind.ARRIVALS)

    @cached_property
    def _departures(self) -> NDArray[Any]:
        return read_records(self.folder, RecordKind.DEPARTURES)

    @cached_property
    def _rows(self) -> list[AnyRow]:
        return read_bindings(self.folder)

    @cached_property
    def _bindings(self) -> Bindings:
        return Bindings(self._rows)

    @cached_property
    def _media(self) -> MediaTable:
        return build_media_table(self._arrivals, self._departures, self._bindings)

    @property
    def participants(self) -> Sequence[str]:
        """Identities that have a flow, sorted."""
        return sorted(set(self._bindings.flows.values()))

    @property
    def impairments(self) -> dict[int, dict[str, Any]]:
        """Cause of a departure → the impairment that it names, for all that were ever set."""
        return {
            one.cause: one.impairment
            for row in self._rows
            if isinstance(row, ImpairmentsRow)
            for one in row.impairments
        }

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
        """RTP packets in order of arrival.

        Args:
            participant: Identity.
            direction: `up` from the participant, `down` to it.
            track: Sid; None for any, also for packets whose track is not known.
            medium: None for any, also for packets whose medium is not known.
            ssrc: None for any.
            since_ns: Arrived at or after.
            until_ns: Arrived before.
            fate: None for any.
            repair: False leaves out retransmissions (RTX), True wants nothing else, None wants all.

        Returns: PACKET_DTYPE of `harness.evidence.ledger_table`.
        """
        table = self._media
        chosen = self._side(participant, direction) & _between(
            table.packets["t_ns"], since_ns, until_ns
        )
        if track is not None:
            number = table.tracks.index(track) if track in table.tracks else -2
            chosen &= table.track == number
        if medium is not None:
            chosen &= table.medium == MEDIA.index(medium)
        if ssrc is not None:
            chosen &= table.packets["ssrc"] == ssrc
        if fate is not None:
            chosen &= table.packets["fate"] == _FATES[fate]
        if repair is not None:
            chosen &= table.repair == repair
        return table.packets[chosen]

    def control_packets(
        self,
        kind: Literal["rtcp", "stun", "dtls", "other"],
        *,
        participant: str,
        direction: Direction,
        since_ns: int | None = None,
        until_ns: int | None = None,
    ) -> NDArray[Any]:
        """Packets of a kind that is not RTP, in order of arrival, CONTROL_DTYPE."""
        self._check(participant)
        arrivals = self._arrivals
        side, sides = sides_of(arrivals["stream"], self._bindings)
        chosen = (side == sides.index((participant, direction))) & _between(
            arrivals["t_ns"], since_ns, until_ns
        )
        mine = arrivals[chosen & (arrivals["kind"] == PacketKind[kind.upper()])]
        packets = np.zeros(len(mine), CONTROL_DTYPE)
        for name in ("t_ns", "n", "size"):
            packets[name] = mine[name]
        packets["flow"] = mine["stream"] >> 1
        packets["departure_ns"], cause = causes_of(mine, self._departures)
        packets["fate"] = fates_of(cause)
        return packets

    def lost_sequences(
        self,
        *,
        participant: str,
        direction: Direction,
        ssrc: int,
        since_ns: int | None = None,
        until_ns: int | None = None,
    ) -> NDArray[np.int64]:
        """Sequence numbers that came to the relay and never left it, ascending, without wrap.

        They count on from the first packet of the SSRC in the span of time.
        """
        packets = self.packets(
            participant=participant,
            direction=direction,
            ssrc=ssrc,
            since_ns=since_ns,
            until_ns=until_ns,
            repair=None,
        )
        numbers = unwrap(packets["seq"])
        passed = packets["fate"] == PacketFate.FORWARDED
        return np.setdiff1d(numbers[~passed], numbers[passed])

    def ssrc_totals(
        self,
        *,
        participant: str,
        direction: Direction,
        since_ns: int | None = None,
        until_ns: int | None = None,
        repair: bool | None = False,
    ) -> list[SsrcTotals]:
        """Totals of each SSRC that had packets in the span of time, in order of appearance.

        Args:
            participant: Identity.
            direction: `up` or `down`.
            since_ns: For example `at_ns` of a first snapshot.
            until_ns: For example `at_ns` of a second one.
            repair: False leaves out RTX SSRCs, True wants nothing else, None wants all.
        """
        table = self._media
        chosen = self._side(participant, direction) & _between(
            table.packets["t_ns"], since_ns, until_ns
        )
        if repair is not None:
            chosen &= table.repair == repair
        rows = np.flatnonzero(chosen)
        ssrcs, firsts = np.unique(table.packets["ssrc"][rows], return_index=True)
        return [
            self._totals(participant, direction, ssrc, rows[table.packets["ssrc"][rows] == ssrc])
            for ssrc in ssrcs[np.argsort(firsts)].tolist()
        ]

    def moved(self, participant: str) -> Moved:
        """What the relay passed on for a participant, both ways, of any kind."""
        self._check(participant)
        side, sides = sides_of(self._arrivals["stream"], self._bindings)
        forwarded = fates_of(causes_of(self._arrivals, self._departures)[1]) == PacketFate.FORWARDED
        up = forwarded & (side == sides.index((participant, "up")))
        down = forwarded & (side == sides.index((participant, "down")))
        return Moved(
            up_packets=int(up.sum()),
            up_bytes=int(self._arrivals["size"][up].sum(dtype=np.int64)),
            down_packets=int(down.sum()),
            down_bytes=int(self._arrivals["size"][down].sum(dtype=np.int64)),
        )

    def _totals(
        self, participant: str, direction: Direction, ssrc: int, rows: NDArray[Any]
    ) -> SsrcTotals:
        table = self._media
        packets = table.packets[rows]
        track, medium = int(table.track[rows[-1]]), int(table.medium[rows[-1]])
        seen = self._bindings.ssrcs.latest((participant, direction, ssrc))
        numbers = unwrap(packets["seq"])
        return SsrcTotals(
            ssrc=ssrc,
            track=table.tracks[track] if track >= 0 else None,
            medium=MEDIA[medium] if medium >= 0 else None,
            codec=table.codec.get((int(table.side[rows[0]]), ssrc)),
            rid=seen.rid if seen is not None else None,
            repair=bool(table.repair[rows[-1]]),
            packets=len(packets),
            bytes=int(packets["size"].sum(dtype=np.int64)),
            forwarded=int((packets["fate"] == PacketFate.FORWARDED).sum()),
            dropped=int((packets["fate"] == PacketFate.DROPPED).sum()),
            repeated=int(packets["repeated"].sum()),
            first_seq=int(numbers[0]),
            last_seq=int(numbers.max()),
        )

    def _side(self, participant: str, direction: Direction) -> NDArray[np.bool_]:
        self._check(participant)
        number = self._media.sides.index((participant, direction))
        return np.asarray(self._media.side == number)

    def _check(self, participant: str) -> None:
        if participant not in self.participants:
            known = ", ".join(self.participants) or "nobody"
            raise LedgerError(f"{self.folder}: no flow of {participant!r}; the relay saw {known}")


def _between(
    t_ns: NDArray[np.int64], since_ns: int | None, until_ns: int | None
) -> NDArray[np.bool_]:
    inside = np.ones(len(t_ns), np.bool_)
    if since_ns is not None:
        inside &= t_ns >= since_ns
    if until_ns is not None:
        inside &= t_ns < until_ns
    return inside
