"""Short breaks in a sound that should have none: silence that something put in."""

from __future__ import annotations

import numpy as np

from harness.evidence.clock import NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.signals.hearing import sliding_pilot_dbfs
from harness.signals.sound import Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.proof import require_tone
from harness.verifiers.sound import open_sound

BREAK_DB = 6.5
"""A window that is half full of a tone is 6.02 dB below it, and no part of the break."""


@in_unit("ms/s")
def silence_inserted(
    recording: AudioRecording, tone: Tone, *, since_ns: int, until_ns: int
) -> Measurement:
    """Silence in each second of a tone without markers, in [since, until).

    The time in which more than half of the 10 ms around it are without the pilot: a break of n ms
    reads n ms. Rests on a tone that was there for half of the time.
    """
    if tone.marker is not None:
        raise NoEvidenceError("a marker hides the pilot as a break does: send the tone without")
    sound = open_sound(recording)
    require_tone(sound, tone, since_ns, until_ns)
    start, stop = sound.span(since_ns, until_ns)
    hop = sound.sample_rate // 1000
    samples = sound.samples[start:stop, 0]
    levels = sliding_pilot_dbfs(samples, sound.sample_rate, tone.pilot_hz, hop=hop)
    silent = levels < tone.pilot_dbfs - BREAK_DB
    breaks = int(np.count_nonzero(np.diff(silent.astype(np.int8)) > 0)) + int(silent[0])
    return Measurement(
        value=float(np.count_nonzero(silent)) / len(silent) * 1000,
        unit="ms/s",
        error=breaks * NS_PER_S / (until_ns - since_ns),
        rests_on=len(silent),
        notes=(f"{breaks} breaks",),
        evidence=(sound.file,),
    )
