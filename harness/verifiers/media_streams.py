"""Which tracks a receiver is told to play in time with each other, from session descriptions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.evidence.bindings import FILE_NAME, MsidRow, read_bindings
from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit


@in_unit("bool")
def in_one_stream(folder: Path, *, participant: str, tracks: Sequence[str]) -> Measurement:
    """1 if the tracks are in the same media stream for who receives them, else 0.

    WebRTC plays tracks in time with each other when their `msid` names the same stream (RFC 8830).
    Rests on what the server's last description said of each track.

    Args:
        folder: Of the gateway's record.
        participant: Who receives them.
        tracks: Sids, two at least.
    """
    rows = read_bindings(folder)
    named = {
        row.track: row.stream
        for row in rows
        if isinstance(row, MsidRow) and row.participant == participant and row.stream
    }
    for track in tracks:
        if track not in named:
            raise NoEvidenceError(f"no media stream of {track} was described to {participant}")
    streams = [str(named[track]) for track in tracks]
    return Measurement(
        value=float(len(set(streams)) == 1),
        unit="bool",
        rests_on=len(streams),
        notes=(f"media streams: {', '.join(streams)}",),
        evidence=(FILE_NAME,),
    )
