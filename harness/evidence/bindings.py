"""`bindings.ndjson`: what each flow and SSRC of the ledger turned out to be, and since when.

One row a line, written by the gateway as it learns; the field `kind` tells the rows apart.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import msgspec

from harness.evidence.clock import Ns, now_ns
from harness.evidence.json_value import read_json
from harness.evidence.ledger_records import Direction, LedgerError, Medium

FILE_NAME = "bindings.ndjson"

_Flow = Annotated[int, msgspec.Meta(ge=0, lt=2**15)]
"""Two of them are the streams of the records, which have 16 bits for it."""
_Ssrc = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
_PayloadType = Annotated[int, msgspec.Meta(ge=0, lt=2**7)]
_Extension = Annotated[int, msgspec.Meta(ge=0, lt=2**8)]
_Cause = Annotated[int, msgspec.Meta(ge=0, lt=2**16)]


class Row(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A fact and the monotonic time from which on it holds."""

    at_ns: Ns


class ClockRow(Row, frozen=True, kw_only=True, tag="clock"):
    """What time of day it was when the monotonic clock showed `at_ns`."""

    wall_ns: Ns
    """Nanoseconds since 1970, UTC."""

    @classmethod
    def now(cls) -> ClockRow:
        """The two clocks, read one right after the other."""
        return cls(at_ns=now_ns(), wall_ns=time.time_ns())

    def wall_at(self, at_ns: int) -> int:
        """A monotonic time in nanoseconds since 1970, UTC."""
        return at_ns - self.at_ns + self.wall_ns


class FlowRow(Row, frozen=True, kw_only=True, tag="flow"):
    """A source address of a participant got a flow through the relay, or a new port for it."""

    flow: _Flow
    participant: str
    client: str
    """`host:port` from which the participant sends."""
    upstream: str
    """`host:port` of the server's candidate."""
    mapped: str | None = None
    """`host:port` under which the server hears it: another one after each NAT rebind."""


class SsrcRow(Row, frozen=True, kw_only=True, tag="ssrc"):
    """The first packet of an SSRC, with the header extensions that ride on it."""

    participant: str
    direction: Direction
    flow: _Flow
    ssrc: _Ssrc
    pt: _PayloadType
    mid: str | None = None
    rid: str | None = None


class CodecRow(Row, frozen=True, kw_only=True, tag="codec"):
    """What a payload type of a participant means, from its SDP."""

    participant: str
    pt: _PayloadType
    codec: str
    """Lower case: `opus`, `red`, `vp8`, `rtx` …"""
    medium: Medium


class MsidRow(Row, frozen=True, kw_only=True, tag="msid"):
    """Whose track an SSRC on the way down is, from the server's SDP."""

    participant: str
    """Who receives it."""
    ssrc: _Ssrc
    track: str
    publisher_sid: str | None = None
    stream: str | None = None
    """Id of the media stream that it belongs to: a receiver plays what shares one in time."""
    repair_of: _Ssrc | None = None
    """The SSRC whose packets this one repeats (RTX), or None."""


class MidRow(Row, frozen=True, kw_only=True, tag="mid"):
    """Which track a participant publishes in a media section."""

    participant: str
    mid: str
    track: str
    medium: Medium


class ExtensionsRow(Row, frozen=True, kw_only=True, tag="extensions"):
    """Ids of a participant's RTP header extensions, from its SDP."""

    participant: str
    audio_level: _Extension = 1
    mid: _Extension = 4
    rid: _Extension = 10
    repaired_rid: _Extension = 11
    dependency_descriptor: _Extension = 12


class NumberedImpairment(msgspec.Struct, frozen=True, kw_only=True):
    """An impairment and the cause under which departures name it."""

    cause: _Cause
    impairment: dict[str, Any]


class ImpairmentsRow(Row, frozen=True, kw_only=True, tag="impairments"):
    """What is done to the packets of a participant from now on, and nothing else."""

    participant: str
    phase: int = 0
    """Index of the phase of its profile."""
    impairments: tuple[NumberedImpairment, ...]


AnyRow = ClockRow | FlowRow | SsrcRow | CodecRow | MsidRow | MidRow | ExtensionsRow | ImpairmentsRow


class BindingsWriter:
    """Appends rows to the `bindings.ndjson` of a folder, each flushed as it is written.

    Raises OSError when the file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / FILE_NAME).open("ab", buffering=0)

    def write(self, row: AnyRow) -> None:
        """Append one row."""
        self._file.write(msgspec.json.encode(row) + b"\n")

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._file.close()


def read_bindings(folder: Path) -> list[AnyRow]:
    """Rows in the order of their times. No file, no rows; a cut last line is left out.

    Raises LedgerError with file and line for any other line that is not a row.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return []
    decoder = msgspec.json.Decoder(AnyRow)
    rows: list[AnyRow] = []
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        if not line.endswith(b"\n"):
            break
        try:
            rows.append(read_json(line, decoder))
        except ValueError as error:
            raise LedgerError(f"{path}:{number}: {error}") from error
    return sorted(rows, key=lambda row: row.at_ns)
