"""A ledger as a pcapng file, which Wireshark opens: headers only, in nanoseconds.

Each participant has two interfaces, `alice client` and `alice server`: the two sides of the relay.
A packet is on one when it arrives and on the other when it is passed on, with the same packet id,
and both times with the addresses of client and server, as if the relay were a wire. One that is
not passed on is on one interface alone and has a comment that says why. Copies and altered packets
have a comment, too; which bit was altered is not known, and not shown.

The ledger keeps the first bytes of a datagram: packets are cut there, with their true length told.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.evidence.bindings import ClockRow, FlowRow
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_causes import reason_of
from harness.evidence.ledger_export import export_file
from harness.evidence.ledger_fates import PacketFate, chunks, fates_of
from harness.evidence.ledger_records import DIRECTIONS, HEAD_BYTES, Cause, LedgerError
from harness.evidence.pcapng import (
    HEADER_BYTES,
    INBOUND,
    OUTBOUND,
    UdpPath,
    interface,
    packet,
    section,
)

_NOBODY = FlowRow(at_ns=0, flow=0, participant="unknown", client="0.0.0.0:0", upstream="0.0.0.0:0")
"""Whose the packets of a flow are whose binding was lost with the gateway."""
_MOST_CHARACTERS = 1000
"""Of a comment: an option has 16 bits for its length."""
_PASSED_ON = (PacketFate.FORWARDED, PacketFate.ALTERED)

_Timed = tuple[int, bytes]
"""Monotonic ns and a block of the file."""


def write_pcapng(ledger: Ledger, path: Path) -> int:
    """Write all packets of a ledger, in order of time, and return how many blocks that were.

    Times are those of the day where the ledger knows them, else those of the monotonic clock; the
    comment of the file says which. Takes 15 bytes of memory a packet, and 100 MB.

    Raises: LedgerError when the ledger cannot be read or the file cannot be written.
    """
    blocks = _Blocks(ledger)
    count = 0
    with export_file(path, ledger.files.folder) as file:
        file.write(blocks.head())
        for _, block in heapq.merge(blocks.arrivals(), blocks.departures(), key=itemgetter(0)):
            file.write(block)
            count += 1
    return count


class _Seen(NamedTuple):
    """A packet on one side of the relay."""

    t_ns: int
    n: int
    stream: int
    size: int
    cause: int
    fate: int
    head: bytes


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where the packets of a stream are seen."""

    came: int
    """Number of the interface on which they arrive."""
    left: int
    path: UdpPath


class _Blocks:
    """The blocks of the file of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._files = ledger.files
        self._impairments = ledger.impairments
        self._people = [*ledger.participants, _NOBODY.participant]
        self._clock = ledger.files.clock or ClockRow(at_ns=0, wall_ns=0)
        _check(self._clock, self._files.arrivals["t_ns"])
        self._places: dict[int, _Place] = {}
        self._comments: dict[int, bytes] = {}

    def head(self) -> bytes:
        """What stands before the packets."""
        times = "of the day" if self._files.clock else "since the machine was started"
        comment = f"Ledger of livekit-harness. Times are {times}. IP and UDP headers are made up."
        names = (f"{one} {side}" for one in self._people for side in ("client", "server"))
        return section(program="livekit-harness", comment=comment) + b"".join(map(interface, names))

    def arrivals(self) -> Iterator[_Timed]:
        """Packets that came, in order of time; those that went no further say why."""
        arrivals, departed = self._files.arrivals, self._files.departed
        for part in chunks(len(arrivals)):
            records = arrivals[part]
            for seen in _seen(records, records["t_ns"], departed.cause[part]):
                place = self._place(seen.stream)
                told = seen.fate not in _PASSED_ON
                yield seen.t_ns, self._packet(seen, place, place.came, INBOUND, told=told)

    def departures(self) -> Iterator[_Timed]:
        """Packets that left, in order of time; those that left otherwise than they came say so."""
        arrivals, departures = self._files.arrivals, self._files.departures
        for part in chunks(len(departures)):
            left = departures[part]
            left = left[np.isin(fates_of(left["cause"]), _PASSED_ON)]
            rows = self._files.places.rows(left)
            left, rows = left[rows >= 0], rows[rows >= 0]
            for seen in _seen(arrivals[rows], left["t_ns"], left["cause"]):
                place = self._place(seen.stream)
                told = seen.cause != Cause.FORWARDED
                yield seen.t_ns, self._packet(seen, place, place.left, OUTBOUND, told=told)

    def _packet(
        self, seen: _Seen, place: _Place, interface_id: int, direction: int, *, told: bool
    ) -> bytes:
        return packet(
            interface_id=interface_id,
            at_ns=self._clock.wall_at(seen.t_ns),
            kept=place.path.headers(seen.size) + seen.head,
            size=seen.size + HEADER_BYTES,
            direction=direction,
            packet_id=seen.stream << 32 | seen.n,
            comment=self._comment(seen.cause) if told else b"",
        )

    def _comment(self, cause: int) -> bytes:
        if cause not in self._comments:
            reason = reason_of(cause, self._impairments)[:_MOST_CHARACTERS]
            self._comments[cause] = reason.encode()
        return self._comments[cause]

    def _place(self, stream: int) -> _Place:
        if stream not in self._places:
            self._places[stream] = self._make_place(stream)
        return self._places[stream]

    def _make_place(self, stream: int) -> _Place:
        flow = self._files.bindings.flows.get(stream >> 1, _NOBODY)
        client = 2 * self._people.index(flow.participant)
        try:
            if DIRECTIONS[stream & 1] == "up":
                path = UdpPath(flow.client, flow.upstream)
                return _Place(came=client, left=client + 1, path=path)
            path = UdpPath(flow.upstream, flow.client)
            return _Place(came=client + 1, left=client, path=path)
        except ValueError as error:
            raise LedgerError(
                f"flow {flow.flow} cannot be shown in a pcapng file: {error}"
            ) from None


def _seen(
    arrivals: NDArray[Any], t_ns: NDArray[np.int64], cause: NDArray[np.uint16]
) -> Iterator[_Seen]:
    heads = arrivals["head"].tobytes()
    columns = (t_ns, arrivals["n"], arrivals["stream"], arrivals["size"], cause, fates_of(cause))
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for at, (at_ns, n, stream, size, why, fate) in zip(
        range(0, len(heads), HEAD_BYTES), rows, strict=True
    ):
        head = heads[at : at + min(size, HEAD_BYTES)]
        yield _Seen(at_ns, n, stream, size, why, fate, head)


def _check(clock: ClockRow, t_ns: NDArray[np.int64]) -> None:
    """Raises LedgerError when a clock makes of these times what no file can hold."""
    for at_ns in (int(t_ns[0]), int(t_ns[-1])) if len(t_ns) else ():
        if not 0 <= clock.wall_at(at_ns) < 1 << 63:
            raise LedgerError("the clocks in bindings.ndjson are damaged: no time of day fits them")
