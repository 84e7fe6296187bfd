"""A ledger as NDJSON: one object a packet, of whatever kind, in order of arrival."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.evidence.ledger import Ledger
from harness.evidence.ledger_causes import reason_of
from harness.evidence.ledger_export import export_file
from harness.evidence.ledger_fates import Departed, FateName, PacketFate, chunks
from harness.evidence.ledger_records import DIRECTIONS, Cause, Direction, Medium, PacketKind
from harness.evidence.ledger_table import MEDIA, MediaTable, build_media_table, name_of, sides_of

_FATES: dict[int, FateName] = {
    PacketFate.FORWARDED: "forwarded",
    PacketFate.DROPPED: "dropped",
    PacketFate.OTHER: "other",
    PacketFate.ALTERED: "altered",
    PacketFate.UNDER_WAY: "under_way",
}
_PASSED_ON = (PacketFate.FORWARDED, PacketFate.ALTERED)
_KINDS = {int(kind): kind.name.lower() for kind in PacketKind}


class PacketLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one packet; what is not known, or does not apply, is left out."""

    t_ns: int
    """Arrival at the relay, monotonic."""
    wall_ns: int | None = None
    """The same in nanoseconds since 1970."""
    departure_ns: int | None = None
    """When it left; only of what was passed on, intact or altered."""
    participant: str | None = None
    direction: Direction
    flow: int
    n: int
    """Its number in this flow and direction."""
    kind: str
    """`rtp`, `rtcp`, `stun`, `dtls` or `other`."""
    size: int
    """Bytes of the datagram."""
    fate: FateName
    cause: str | None = None
    """Why it was not passed on as it came."""
    copies: int = 0
    """Times it was passed on beyond the first."""
    track: str | None = None
    medium: Medium | None = None
    layer: str | None = None
    codec: str | None = None
    repair: bool = False
    ssrc: int | None = None
    seq: int | None = None
    pt: int | None = None
    rtp_timestamp: int | None = None
    marker: bool = False
    audio_level: int | None = None
    """0 (loudest) to 127 (silence), −dBov."""


def write_ndjson(ledger: Ledger, path: Path) -> int:
    """Write all packets of a ledger and return how many there are.

    Takes 15 bytes of memory a packet, and 100 MB.

    Raises: LedgerError when the ledger cannot be read or the file cannot be written.
    """
    files = ledger.files
    encode = msgspec.json.Encoder().encode
    count = len(files.arrivals)
    departed = files.departed
    with export_file(path, files.folder) as file:
        for part in chunks(count):
            for line in _lines(ledger, files.arrivals[part], departed[part]):
                file.write(encode(line) + b"\n")
    return count


def _lines(ledger: Ledger, arrivals: NDArray[Any], departed: Departed) -> Iterator[PacketLine]:
    bindings, clock = ledger.files.bindings, ledger.files.clock
    side, sides = sides_of(arrivals["stream"], bindings)
    reasons = {
        cause: reason_of(cause, ledger.impairments) for cause in np.unique(departed.cause).tolist()
    }
    media = _media(build_media_table(arrivals, departed, bindings))
    names = ("t_ns", "n", "stream", "size", "kind")
    columns: list[NDArray[Any]] = [arrivals[name] for name in names]
    columns += [departed.t_ns, departed.cause, departed.copies, departed.fate, side]
    for t_ns, n, stream, size, kind, left_ns, cause, copies, fate, whose in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        yield PacketLine(
            t_ns=t_ns,
            wall_ns=clock.wall_at(t_ns) if clock is not None else None,
            departure_ns=left_ns if fate in _PASSED_ON else None,
            participant=sides[whose][0] if whose >= 0 else None,
            direction=DIRECTIONS[stream & 1],
            flow=stream >> 1,
            n=n,
            kind=_KINDS.get(kind, "other"),
            size=size,
            fate=_FATES[fate],
            cause=reasons[cause] if cause != Cause.FORWARDED else None,
            copies=copies,
            **(next(media) if kind == PacketKind.RTP else {}),
        )


def _media(table: MediaTable) -> Iterator[dict[str, Any]]:
    """What only RTP packets have, for each of them in order."""
    columns: list[NDArray[Any]] = [table.track, table.medium, table.layer, table.codec]
    plain = ("ssrc", "seq", "pt", "rtp_timestamp", "marker", "audio_level")
    columns += [table.repair, *(table.packets[name] for name in plain)]
    for track, medium, layer, codec, repair, *rest, level in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        yield {
            "track": name_of(table.tracks, track),
            "medium": name_of(MEDIA, medium),
            "layer": name_of(table.layers, layer),
            "codec": name_of(table.codecs, codec),
            "repair": repair,
            **dict(zip(plain, rest, strict=False)),
            "audio_level": level if level >= 0 else None,
        }
