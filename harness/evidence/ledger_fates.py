"""What became of each packet that came to the relay: arrivals joined with their departures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.evidence.ledger_records import ALTERED, COPY, Cause, LedgerError
from harness.evidence.ledger_sanity import check_departures

NO_RECORD = 0xFFFF
"""Cause of a packet without a departure."""
CHUNK = 1 << 16
"""Records looked at together: memory stays the same however long a ledger is."""

FateName = Literal["forwarded", "dropped", "other", "altered", "under_way"]
"""PacketFate in lower case."""


class PacketFate(IntEnum):
    """What the relay did with a packet."""

    FORWARDED = 0
    DROPPED = 1
    """By an impairment."""
    OTHER = 2
    """Not passed on for another reason."""
    ALTERED = 3
    """Passed on with a bit inverted, and never intact: lost for a receiver of SRTP or SRTCP."""
    UNDER_WAY = 4
    """Waiting or delayed when the record ended: neither lost nor passed on."""


_STOPPED = (PacketFate.DROPPED, PacketFate.OTHER)
_WORST_FIRST = (_STOPPED, (PacketFate.ALTERED,), (PacketFate.FORWARDED,))


@dataclass(frozen=True, kw_only=True)
class Departed:
    """The departure that decides about each arrival, one entry an arrival.

    Of several it is the first that went out intact, else the first that went out altered, else
    the first of all.
    """

    t_ns: NDArray[np.int64]
    """When it left or was dropped; −1 without a record of that."""
    cause: NDArray[np.uint16]
    """As recorded; NO_RECORD without a record."""
    copies: NDArray[np.uint8]
    """Times it was passed on beyond the first."""

    def __getitem__(self, chosen: NDArray[Any] | slice) -> Departed:
        """The entries of some arrivals."""
        return Departed(
            t_ns=self.t_ns[chosen], cause=self.cause[chosen], copies=self.copies[chosen]
        )

    @property
    def fate(self) -> NDArray[np.uint8]:
        """PacketFate of each."""
        return fates_of(self.cause)


def fates_of(cause: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """PacketFate of each cause."""
    fate = np.full(len(cause), PacketFate.OTHER, np.uint8)
    fate[(cause >= Cause.FIRST_IMPAIRMENT) & (cause < COPY)] = PacketFate.DROPPED
    fate[cause >= ALTERED] = PacketFate.ALTERED
    fate[(cause == Cause.FORWARDED) | ((cause >= COPY) & (cause < ALTERED))] = PacketFate.FORWARDED
    fate[cause == NO_RECORD] = PacketFate.UNDER_WAY
    return fate


class Places:
    """Where in the arrivals each packet is, by its stream and number; 4 bytes a packet.

    Raises: LedgerError when the numbers of a stream do not count from 0 without a hole.
    """

    def __init__(self, arrivals: NDArray[Any]) -> None:
        self._count = np.zeros(1 << 16, np.int64)
        for part in chunks(len(arrivals)):
            self._count += np.bincount(arrivals["stream"][part], minlength=1 << 16)
        self._first = np.cumsum(self._count) - self._count
        self._row = np.zeros(len(arrivals), np.uint32)
        seen = np.zeros(len(arrivals), np.bool_)
        for part in chunks(len(arrivals)):
            stream, n = arrivals["stream"][part], arrivals["n"][part]
            if (n >= self._count[stream]).any():
                break
            place = self._first[stream] + n
            self._row[place] = np.arange(part.start, part.stop)
            seen[place] = True
        if not seen.all():
            raise LedgerError("the ledger's arrivals are damaged: packets are missing among them")

    def rows(self, records: NDArray[Any]) -> NDArray[np.int64]:
        """Row in the arrivals of the packet of each record; −1 where it is not there."""
        stream = records["stream"]
        known = records["n"] < self._count[stream]
        rows = np.full(len(records), -1, np.int64)
        rows[known] = self._row[self._first[stream[known]] + records["n"][known]]
        return rows


def join_departures(arrivals: NDArray[Any], departures: NDArray[Any], places: Places) -> Departed:
    """What became of each arrival. Takes 11 bytes of memory an arrival.

    Raises: LedgerError as Places, and when a packet left before it came, or days later.
    """
    t_ns = np.full(len(arrivals), -1, np.int64)
    cause = np.full(len(arrivals), NO_RECORD, np.uint16)
    passed = np.zeros(len(arrivals), np.uint8)
    for fates in _WORST_FIRST:
        for part in reversed(list(chunks(len(departures)))):
            some = departures[part][::-1]  # the first one is written last, and stays
            some = some[np.isin(fates_of(some["cause"]), fates)]
            rows = places.rows(some)
            some, rows = some[rows >= 0], rows[rows >= 0]
            check_departures(some["t_ns"], arrivals["t_ns"][rows])
            t_ns[rows], cause[rows] = some["t_ns"], some["cause"]
            if fates is not _STOPPED:
                np.add.at(passed, rows, 1)
    return Departed(t_ns=t_ns, cause=cause, copies=passed - np.minimum(passed, 1))


def chunks(count: int) -> Iterator[slice]:
    """Slices of at most CHUNK records that cover `count` of them, in order."""
    for first in range(0, count, CHUNK):
        yield slice(first, min(first + CHUNK, count))
