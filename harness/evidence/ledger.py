"""The gateway's record of every packet, read back and asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.evidence.bindings import ImpairmentsRow
from harness.evidence.ledger_fates import FateName, PacketFate
from harness.evidence.ledger_files import LedgerFiles
from harness.evidence.ledger_records import Direction, LedgerError, Medium, PacketKind
from harness.evidence.ledger_table import (
    MEDIA,
    MediaTable,
    build_media_table,
    name_of,
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
        ("cause", "<u2"),  # of the departure; 65535 without one
        ("fate", "u1"),  # PacketFate
        ("copies", "u1"),  # times it was passed on beyond the first
    ]
)


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
    """Passed on intact."""
    dropped: int
    """By impairments."""
    altered: int
    """Passed on with a bit inverted: lost for the receiver."""
    copied: int
    """Further copies that were passed on."""
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


@dataclass(frozen=True, kw_only=True)
class MediaGap:
    """A time in which no media of a track went on."""

    since_ns: int
    """The last media before it left, or the window began."""
    until_ns: int
    """The first media after it left, or the window ended."""
    lasting: bool
    """It had not ended when the window did."""

    @property
    def duration_ns(self) -> int:
        """How long it was."""
        return self.until_ns - self.since_ns


class Ledger:
    """A ledger's folder, as it stood when the first question was asked.

    `since_ns` is included, `until_ns` is not; None is no bound. Times are arrivals at the relay.

    Args:
        folder: Holds `arrivals.bin`, `departures.bin` and `bindings.ndjson`.

    Every question raises LedgerError when the files cannot be read, and when it names a
    participant that has no flow in the ledger: no answer is not the answer "nothing".
    """

    def __init__(self, folder: Path) -> None:
        self.files = LedgerFiles(folder)

    @cached_property
    def media(self) -> MediaTable:
        """All RTP packets with what they are; most questions are easier asked of `packets`."""
        return build_media_table(self.files.arrivals, self.files.departed, self.files.bindings)

    @cached_property
    def _sides(self) -> tuple[NDArray[np.int32], list[tuple[str, Direction]]]:
        return sides_of(self.files.arrivals["stream"], self.files.bindings)

    @property
    def participants(self) -> Sequence[str]:
        """Identities that have a flow, sorted."""
        return sorted({row.participant for row in self.files.bindings.flows.values()})

    @property
    def impairments(self) -> dict[int, dict[str, Any]]:
        """Cause of a departure → the impairment that it names, for all that were ever set."""
        return {
            one.cause: one.impairment
            for row in self.files.rows
            if isinstance(row, ImpairmentsRow)
            for one in row.impairments
        }

    @property
    def unexplained(self) -> int:
        """Packets of flows of which no binding says whose they are."""
        return int((self._sides[0] < 0).sum())

    def phases(self, participant: str) -> list[ImpairmentsRow]:
        """What was done to a participant's packets, and from when on, in order of time.

        Each row holds until the next one; the last one until the end. Somebody whose profile began
        has rows even where no flow ever came.
        """
        rows = [row for row in self.files.rows if isinstance(row, ImpairmentsRow)]
        own = [row for row in rows if row.participant == participant]
        if not own:
            self._check(participant)
        return own

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
        fate: FateName | None = None,
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
        table = self.media
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
            chosen &= table.packets["fate"] == PacketFate[fate.upper()]
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
        arrivals = self.files.arrivals
        chosen = self._arrived(participant, direction) & _between(
            arrivals["t_ns"], since_ns, until_ns
        )
        chosen &= arrivals["kind"] == PacketKind[kind.upper()]
        mine, departed = arrivals[chosen], self.files.departed[chosen]
        packets = np.zeros(len(mine), CONTROL_DTYPE)
        for name in ("t_ns", "n", "size"):
            packets[name] = mine[name]
        packets["flow"] = mine["stream"] >> 1
        packets["departure_ns"] = departed.t_ns
        packets["cause"] = departed.cause
        packets["fate"] = departed.fate
        packets["copies"] = departed.copies
        return packets

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
        table = self.media
        chosen = self._side(participant, direction) & _between(
            table.packets["t_ns"], since_ns, until_ns
        )
        if repair is not None:
            chosen &= table.repair == repair
        rows = np.flatnonzero(chosen)
        ssrcs, firsts = np.unique(table.packets["ssrc"][rows], return_index=True)
        return [
            self._totals(rows[table.packets["ssrc"][rows] == ssrc])
            for ssrc in ssrcs[np.argsort(firsts)].tolist()
        ]

    def media_gap(
        self,
        *,
        participant: str,
        direction: Direction,
        track: str | None = None,
        since_ns: int,
        until_ns: int,
    ) -> MediaGap:
        """The longest time in [since, until) in which no media left the relay intact.

        Times are departures. Repairs are not counted, nor are packets with the P bit: nearly all
        of them are the sender's probing and carry nothing. Where nothing left at all, the gap is
        the whole window.

        Args:
            participant: Identity.
            direction: `up` or `down`.
            track: Sid; None for any.
            since_ns: From here on,
            until_ns: up to here, which is after `since_ns`.
        """
        packets = self.packets(
            participant=participant,
            direction=direction,
            track=track,
            until_ns=until_ns,
            fate="forwarded",
        )
        left_ns = packets["departure_ns"][~packets["padding"]]
        left_ns = np.sort(left_ns[_between(left_ns, since_ns, until_ns)])
        edges = np.concatenate(([since_ns], left_ns, [until_ns]))
        longest = int(np.diff(edges).argmax())
        return MediaGap(
            since_ns=int(edges[longest]),
            until_ns=int(edges[longest + 1]),
            lasting=longest == len(left_ns),
        )

    def moved(self, participant: str) -> Moved:
        """What the relay passed on for a participant, both ways, of any kind."""
        passed = np.isin(self.files.departed.fate, (PacketFate.FORWARDED, PacketFate.ALTERED))
        size = self.files.arrivals["size"]
        up = size[passed & self._arrived(participant, "up")]
        down = size[passed & self._arrived(participant, "down")]
        return Moved(
            up_packets=len(up),
            up_bytes=int(up.sum(dtype=np.int64)),
            down_packets=len(down),
            down_bytes=int(down.sum(dtype=np.int64)),
        )

    def _totals(self, rows: NDArray[np.int64]) -> SsrcTotals:
        table = self.media
        packets = table.packets[rows]
        last, numbers = rows[-1], unwrap(packets["seq"])
        counts = np.bincount(packets["fate"], minlength=len(PacketFate))
        return SsrcTotals(
            ssrc=int(packets["ssrc"][0]),
            track=name_of(table.tracks, table.track[last]),
            medium=name_of(MEDIA, table.medium[last]),
            codec=name_of(table.codecs, table.codec[last]),
            rid=name_of(table.layers, table.layer[last]),
            repair=bool(table.repair[last]),
            packets=len(packets),
            bytes=int(packets["size"].sum(dtype=np.int64)),
            forwarded=int(counts[PacketFate.FORWARDED]),
            dropped=int(counts[PacketFate.DROPPED]),
            altered=int(counts[PacketFate.ALTERED]),
            copied=int(packets["copies"].sum(dtype=np.int64)),
            repeated=int(packets["repeated"].sum()),
            first_seq=int(numbers[0]),
            last_seq=int(numbers.max()),
        )

    def _arrived(self, participant: str, direction: Direction) -> NDArray[np.bool_]:
        """Which arrivals, of any kind, are of this side."""
        self._check(participant)
        side, sides = self._sides
        return np.asarray(side == sides.index((participant, direction)))

    def _side(self, participant: str, direction: Direction) -> NDArray[np.bool_]:
        self._check(participant)
        number = self.media.sides.index((participant, direction))
        return np.asarray(self.media.side == number)

    def _check(self, participant: str) -> None:
        if participant not in self.participants:
            known = ", ".join(self.participants) or "nobody"
            raise LedgerError(
                f"{self.files.folder}: no flow of {participant!r}; the relay saw {known}"
            )


def _between(
    t_ns: NDArray[np.int64], since_ns: int | None, until_ns: int | None
) -> NDArray[np.bool_]:
    inside = np.ones(len(t_ns), np.bool_)
    if since_ns is not None:
        inside &= t_ns >= since_ns
    if until_ns is not None:
        inside &= t_ns < until_ns
    return inside
