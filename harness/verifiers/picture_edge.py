"""When pictures begin and when they end, and whether there are any."""

from __future__ import annotations

import numpy as np

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.pictures import TIME_ERROR_MS, open_pictures
from harness.verifiers.proof import (
    Witness,
    require_alive,
    require_no_pictures,
    require_pictures,
)

FLOW_NS = NS_PER_S
LASTING_MS = 200
"""A picture this close to the end means that the pictures had not ended."""


@in_unit("ms")
def first_frame(
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    returning: bool = False,
) -> Measurement:
    """Time from `since_ns` to the first picture of the track that was read.

    Blank, black and unreadable pictures do not count; they are in the notes. Where none comes, a
    witness must show that the receiver was alive: the value is then the time waited, `at_least`.
    Where the pictures were away and come back, `returning`, it rests on that none was read just
    before `since_ns`.
    """
    pictures = open_pictures(recording)
    if returning:
        require_no_pictures(pictures, track_code, since_ns)
    notes = pictures.rejects(track_code, since_ns, until_ns)
    read = pictures.of(track_code, since_ns, until_ns)
    seen = Seen(series=Series.PICTURES, file=pictures.file, since_ns=since_ns)
    if len(read):
        return Measurement(
            value=(int(read["arrival_ns"][0]) - since_ns) / NS_PER_MS,
            unit="ms",
            error=TIME_ERROR_MS,
            rests_on=1,
            notes=notes,
            evidence=(pictures.file,),
            seen=seen,
        )
    if alive is None:
        raise NoEvidenceError(f"{pictures.file}: no picture came, and no witness was named")
    witness = require_alive(alive, since_ns, until_ns)
    return Measurement(
        value=(until_ns - since_ns) / NS_PER_MS,
        unit="ms",
        at_least=True,
        notes=("no picture came; the value is how long was waited", *notes),
        evidence=(pictures.file, witness),
        seen=seen,
    )


@in_unit("ms")
def last_frame(
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness,
    numbers: range | None = None,
) -> Measurement:
    """Time from `since_ns` to the last picture of the track that was read before `until_ns`.

    Rests on a picture read in the second before `since_ns`, and on the witness. 0 where none came
    after `since_ns`; `at_least` where one came in the last 200 ms. Blank, black and unreadable
    pictures do not count; they are in the notes. `numbers`: only pictures of these count, and it
    rests on that one of them was read at all.
    """
    pictures = open_pictures(recording)
    require_pictures(pictures, track_code, since_ns - FLOW_NS, since_ns)
    witness = require_alive(alive, since_ns, until_ns)
    read = pictures.of(track_code, since_ns, until_ns)
    if numbers is not None:
        ever = pictures.of(track_code, 0, until_ns)["counter"]
        if not np.isin(ever, numbers).any():
            raise NoEvidenceError(
                f"{pictures.file}: no picture from {numbers[0]} to {numbers[-1]} was read"
            )
        read = read[np.isin(read["counter"], numbers)]
    last_ns = int(read["arrival_ns"][-1]) if len(read) else since_ns
    lasting = len(read) > 0 and until_ns - last_ns < LASTING_MS * NS_PER_MS
    return Measurement(
        value=(last_ns - since_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        at_least=lasting,
        rests_on=len(read),
        notes=(
            *(("still to be seen at the end",) if lasting else ()),
            *pictures.rejects(track_code, since_ns, until_ns),
        ),
        evidence=(pictures.file, witness),
        seen=Seen(series=Series.PICTURES, file=pictures.file, since_ns=since_ns),
    )


@in_unit("frames")
def frames_seen(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int, alive: Witness
) -> Measurement:
    """Pictures of the track that were read in [since, until), while the receiver was alive.

    Blank, black and unreadable pictures do not count; they are in the notes.
    """
    pictures = open_pictures(recording)
    witness = require_alive(alive, since_ns, until_ns)
    seen = len(pictures.of(track_code, since_ns, until_ns))
    return Measurement(
        value=float(seen),
        unit="frames",
        rests_on=max(1, seen),
        notes=pictures.rejects(track_code, since_ns, until_ns),
        evidence=(pictures.file, witness),
    )
