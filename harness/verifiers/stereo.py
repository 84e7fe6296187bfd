"""Whether two channels are still two."""

from __future__ import annotations

import numpy as np

from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.signals.hearing import pilot_levels_dbfs
from harness.signals.sound import Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.sound import open_sound

LEVEL_ERROR_DB = 0.2
QUIETEST_DB = 20.0
"""Below what was sent: a sound this quiet is not the one that was sent."""
CHANNELS = ("left", "right")


@in_unit("dB")
def channel_separation(
    recording: AudioRecording, tone: Tone, *, since_ns: int, until_ns: int
) -> Measurement:
    """How much louder a channel's own pilot is than the other channel's, in the worse channel.

    Levels are medians over windows of 10 ms, so markers do not count. 0 where both channels carry
    the same.
    """
    if tone.right_pilot_hz is None:
        raise NoEvidenceError("the tone has one channel: nothing is to be separated")
    sound = open_sound(recording)
    if sound.samples.shape[1] != len(CHANNELS):
        raise NoEvidenceError(f"{sound.file} has {sound.samples.shape[1]} channel: record two")
    start, stop = sound.span(since_ns, until_ns)
    pilots = [tone.pilot_hz, tone.right_pilot_hz]
    windows = [
        pilot_levels_dbfs(channel, sound.sample_rate, pilots)
        for channel in sound.samples[start:stop].T
    ]
    levels = np.array([np.median(w, axis=0) for w in windows if len(w)])  # by channel and pilot
    if not len(levels) or levels.max() < tone.pilot_dbfs - QUIETEST_DB:
        raise NoEvidenceError(f"{sound.file}: neither pilot was heard in the time asked for")
    separation = [levels[0, 0] - levels[0, 1], levels[1, 1] - levels[1, 0]]
    return Measurement(
        value=float(min(separation)),
        unit="dB",
        error=2 * LEVEL_ERROR_DB,
        rests_on=len(windows[0]),
        notes=tuple(
            f"{name}: {levels[k, 0]:.1f} dBFS of {pilots[0]} Hz, "
            f"{levels[k, 1]:.1f} dBFS of {pilots[1]} Hz"
            for k, name in enumerate(CHANNELS)
        ),
        evidence=(sound.file,),
    )
