"""Media of another track that the stream of a track gives after that track is gone.

Each rests on a witness: a recording of the other track at the same receiver, which shows that the
other was there to be heard or seen. What the stream itself gave is no proof of anything: that it
gives nothing is what should be.
"""

from __future__ import annotations

import numpy as np

from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.signals.hearing import PRESENT_DB, pilot_levels_dbfs
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.answer import in_unit
from harness.verifiers.pictures import open_pictures
from harness.verifiers.proof import Witness, require_alive
from harness.verifiers.sound import open_sound


@in_unit("frames")
def stray_sound(
    recording: AudioRecording, *, other: Tone, since_ns: int, until_ns: int, alive: Witness
) -> Measurement:
    """Frames of 10 ms in [since, until) in which the pilot of another track is heard."""
    witness = require_alive(alive, since_ns, until_ns)
    sound = open_sound(recording)
    start, stop = sound.span(since_ns, until_ns)
    samples = sound.samples[start:stop, 0]
    levels = pilot_levels_dbfs(samples, sound.sample_rate, [other.pilot_hz])[:, 0]
    strays = int(np.count_nonzero(levels > other.pilot_dbfs - PRESENT_DB))
    return Measurement(
        value=float(strays),
        unit="frames",
        rests_on=len(levels),
        notes=(f"{len(levels)} frames came, {strays} of them with {other.pilot_hz} Hz",),
        evidence=(sound.file, witness),
    )


@in_unit("frames")
def stray_pictures(
    recording: VideoRecording, *, other: ColourCode, since_ns: int, until_ns: int, alive: Witness
) -> Measurement:
    """Pictures in [since, until) that carry the code of another track."""
    witness = require_alive(alive, since_ns, until_ns)
    pictures = open_pictures(recording)
    came = len(pictures.between(since_ns, until_ns))
    strays = len(pictures.of(other.track_code, since_ns, until_ns))
    return Measurement(
        value=float(strays),
        unit="frames",
        rests_on=came,
        notes=(f"{came} pictures came, {strays} of them of track code {other.track_code}",),
        evidence=(pictures.file, witness),
    )
