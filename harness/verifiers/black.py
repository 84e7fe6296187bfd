"""How many black pictures were seen."""

from __future__ import annotations

import numpy as np

from harness.evidence.clock import NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import FrameStatus, VideoRecording
from harness.verifiers.answer import in_unit
from harness.verifiers.pictures import open_pictures
from harness.verifiers.proof import Witness, require_alive, require_pictures

FLOW_NS = NS_PER_S
BLACK_LUMA = 24
"""Mean Y up to which a picture is black: the SDK's own is 0, that of limited range 16."""


@in_unit("frames")
def black_frames(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int, alive: Witness
) -> Measurement:
    """Black pictures in [since, until), the server's blank ones of 8×8 not counted.

    Rests on a picture of the track read in the second before `since_ns`, and on the witness.
    """
    pictures = open_pictures(recording)
    require_pictures(pictures, track_code, since_ns - FLOW_NS, since_ns)
    witness = require_alive(alive, since_ns, until_ns)
    frames = pictures.between(since_ns, until_ns)
    shown = frames[frames["status"] != FrameStatus.TOO_SMALL]
    black = int(np.count_nonzero(shown["luma"] <= BLACK_LUMA))
    return Measurement(
        value=float(black),
        unit="frames",
        rests_on=len(frames),
        notes=(f"{black} of {len(shown)} pictures that came were black",),
        evidence=(pictures.file, witness),
    )
