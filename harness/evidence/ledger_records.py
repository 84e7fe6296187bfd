"""The ledger's two files of packed records: what came to the relay, and what became of it.

`arrivals.bin` and `departures.bin` begin with HEADER (magic, version, kind of record, bytes a
record) and go on with ARRIVAL or DEPARTURE records, little endian, without padding. An arrival and
its departures share (`stream`, `n`); a packet that left twice has two departures.

A stream is one direction of one flow: `stream = flow * 2 + direction`, direction 0 up (from the
participant), 1 down. `n` counts the packets of a stream from 0.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.evidence.measurement import NoEvidenceError

Direction = Literal["up", "down"]
DIRECTIONS: tuple[Direction, Direction] = ("up", "down")
Medium = Literal["audio", "video"]

MAGIC = b"LKLEDGER"
VERSION = 1
HEADER = struct.Struct("<8sHHI")
HEAD_BYTES = 71
"""First bytes of a packet that an arrival keeps: RTP header and extensions, never more media."""
ARRIVAL = struct.Struct(f"<qIHHB{HEAD_BYTES}s")
DEPARTURE = struct.Struct("<qIHH")
ARRIVAL_DTYPE = np.dtype(
    [
        ("t_ns", "<i8"),
        ("n", "<u4"),
        ("stream", "<u2"),
        ("size", "<u2"),  # bytes of the datagram
        ("kind", "u1"),  # PacketKind
        ("head", "u1", (HEAD_BYTES,)),  # zeros behind a shorter packet
    ]
)
DEPARTURE_DTYPE = np.dtype([("t_ns", "<i8"), ("n", "<u4"), ("stream", "<u2"), ("cause", "<u2")])


class RecordKind(IntEnum):
    """Which records a file holds."""

    ARRIVALS = 1
    DEPARTURES = 2


class PacketKind(IntEnum):
    """What a datagram is, by RFC 7983 and RFC 5761."""

    OTHER = 0
    STUN = 1
    DTLS = 2
    RTP = 3
    RTCP = 4


class Cause(IntEnum):
    """Why a departure record says what it says.

    FIRST_IMPAIRMENT and above: dropped by the impairment to which a row `impairments` of
    `bindings.ndjson` gives this number. With COPY or ALTERED added to that number the packet was
    passed on: a further time, or with a bit inverted.
    """

    FORWARDED = 0
    NO_UPSTREAM = 1
    """The socket to the server is closed or the server's port is not there."""
    SOCKET_FULL = 2
    SOCKET_ERROR = 3
    HELD_TOO_MANY = 4
    """The relay held as many delayed packets as it may."""
    FIRST_IMPAIRMENT = 16


COPY = 0x4000
"""Added to an impairment's number: it made this further copy, which was passed on."""
ALTERED = 0x8000
"""Added to an impairment's number: it changed this packet, which was passed on."""
MOST_CAUSES = COPY - 1
"""Numbers of impairments are below; 0xFFFF is left to readers for "no record"."""


class LedgerError(NoEvidenceError):
    """The ledger's files are missing, are of another version, or a line of them says nothing."""


_LAYOUT: dict[RecordKind, tuple[str, struct.Struct, np.dtype[Any]]] = {
    RecordKind.ARRIVALS: ("arrivals.bin", ARRIVAL, ARRIVAL_DTYPE),
    RecordKind.DEPARTURES: ("departures.bin", DEPARTURE, DEPARTURE_DTYPE),
}


def file_name(kind: RecordKind) -> str:
    """Name of the file of such records in a ledger's folder."""
    return _LAYOUT[kind][0]


def record_layout(kind: RecordKind) -> struct.Struct:
    """How one such record is packed."""
    return _LAYOUT[kind][1]


def file_header(kind: RecordKind) -> bytes:
    """The first bytes of a file of such records."""
    return HEADER.pack(MAGIC, VERSION, kind, record_layout(kind).size)


def ends_amidst(folder: Path, kind: RecordKind) -> bool:
    """Whether a file ends within a record. Raises OSError."""
    size = (folder / file_name(kind)).stat().st_size
    return (size - HEADER.size) % record_layout(kind).size != 0


def read_records(folder: Path, kind: RecordKind) -> NDArray[Any]:
    """All whole records of a file, mapped from disk; a cut last record is left out.

    Raises LedgerError when the file is missing or was not written by this version.
    """
    path = folder / file_name(kind)
    dtype = _LAYOUT[kind][2]
    try:
        with path.open("rb") as file:
            header = file.read(HEADER.size)
        count = (path.stat().st_size - HEADER.size) // dtype.itemsize
    except OSError as error:
        raise LedgerError(f"cannot read the ledger {path}: {error.strerror}") from error
    if not header:
        raise LedgerError(f"{path} is empty: nothing was recorded in it, or it was cut")
    if header != file_header(kind):
        raise LedgerError(
            f"{path} is not a ledger of version {VERSION}; read it with the harness that wrote it"
        )
    if count == 0:
        return np.empty(0, dtype)
    return np.memmap(path, dtype=dtype, mode="r", offset=HEADER.size, shape=(count,))
