"""A sound that pauses: what is heard in its pauses, and whether its beginnings are whole.

Sounds and pauses are where the tone's schedule puts them, on the publisher's clock; what is heard
comes later by the latency, which is taken to be below 250 ms.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording
from harness.signals.hearing import SILENCE_DBFS, find_markers
from harness.signals.sound import FULL_SCALE, MARKER_MS, MARKER_PERIOD_MS, Tone, amplitude
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.proof import require_tone
from harness.verifiers.sound import Sound, open_sound
from harness.verifiers.sound_edge import SILENT_DBFS
from harness.verifiers.sound_level import LEVEL_ERROR_DB, loudness_dbfs

LATENCY_NS = 250 * NS_PER_MS
SETTLED_NS = 300 * NS_PER_MS
"""After a sound ends: its latency, and the end of what a decoder makes of it."""
FIRST_NS = MARKER_PERIOD_MS * NS_PER_MS
"""What of a sound must lie in the time asked for."""
CUT_ERROR_MS = 0.5
"""An onset is found to microseconds; how steeply the sound sets in is the codec's."""


@in_unit("dBFS")
def loudest_in_pauses(
    recording: AudioRecording, tone: Tone, *, start_ns: int, since_ns: int, until_ns: int
) -> Measurement:
    """Root mean square of the loudest 10 ms of all pauses, from 300 ms after each sound ends.

    Counted are pauses that lie in [since, until) with the sounds on both sides of them, in which
    the tone must be heard: flow before, and a receiver that was alive after.

    Args:
        recording: What was heard.
        tone: What was sent.
        start_ns: When its sample 0 was captured.
        since_ns: From here on,
        until_ns: up to here.
    """
    sound = open_sound(recording)
    loudest, at_ms, counted = SILENCE_DBFS, 0, 0
    beginnings = _beginnings(tone, start_ns, since_ns, until_ns)
    for first_ns, second_ns in pairwise(beginnings):
        pause_ns = first_ns + tone.sound_ms * NS_PER_MS
        require_tone(sound, tone, first_ns + LATENCY_NS, pause_ns)
        require_tone(sound, tone, second_ns + LATENCY_NS, second_ns + FIRST_NS)
        levels = loudness_dbfs(sound, *sound.span(pause_ns + SETTLED_NS, second_ns))
        if not len(levels):
            raise NoEvidenceError(f"{sound.file} holds nothing of a pause")
        counted += len(levels)
        if levels.max() > loudest:
            loudest = float(levels.max())
            at_ms = (SETTLED_NS // NS_PER_MS) + int(levels.argmax())
    if not counted:
        raise NoEvidenceError("no pause between two sounds lies in the time asked for")
    note = "digital zeros" if loudest == SILENCE_DBFS else f"loudest {at_ms} ms after the sound"
    return Measurement(
        value=loudest,
        unit="dBFS",
        error=0.0 if loudest == SILENCE_DBFS else LEVEL_ERROR_DB,
        rests_on=counted,
        notes=(note,),
        evidence=(sound.file,),
        seen=Seen(series=Series.LEVEL, file=sound.file),
    )


@in_unit("ms")
def beginning_cut(
    recording: AudioRecording, tone: Tone, *, start_ns: int, since_ns: int, until_ns: int
) -> Measurement:
    """How much is missing at the beginning of a sound after a pause, at the worst of them.

    The time from where the marker that begins the sound must have begun, which all of it tells,
    to the first sample above −60 dBFS. A marker that is not found at all was cut by 50 ms or
    more. Counted are sounds after a pause of which [since, until) holds the first 500 ms.
    """
    sound = open_sound(recording)
    begun = [b for b in _beginnings(tone, start_ns, since_ns, until_ns) if b > start_ns]
    if not begun:
        raise NoEvidenceError("no sound after a pause begins in the time asked for")
    cuts = [_cut_ms(sound, tone, begin_ns) for begin_ns in begun]
    found = [cut for cut in cuts if cut is not None]
    whole = len(found) == len(cuts)
    return Measurement(
        value=max(0.0, *found) if whole else float(MARKER_MS),
        unit="ms",
        error=CUT_ERROR_MS if whole else 0.0,
        at_least=not whole,
        rests_on=len(cuts),
        notes=() if whole else (f"{len(cuts) - len(found)} of {len(cuts)} were not found",),
        evidence=(sound.file,),
    )


def _beginnings(tone: Tone, start_ns: int, since_ns: int, until_ns: int) -> list[int]:
    """When each sound was sent that [since, until) holds, or the first 500 ms of it."""
    cycle_ns = (tone.sound_ms + tone.pause_ms) * NS_PER_MS
    first = max(0, -(-(since_ns - start_ns) // cycle_ns))
    last = (until_ns - start_ns - FIRST_NS) // cycle_ns
    return [start_ns + k * cycle_ns for k in range(first, last + 1)]


def _cut_ms(sound: Sound, tone: Tone, begin_ns: int) -> float | None:
    """Of one beginning; None when its marker is not there."""
    start, stop = sound.span(begin_ns, begin_ns + FIRST_NS - MARKER_MS * NS_PER_MS)
    samples = sound.samples[start:stop, 0]
    markers = find_markers(samples, sound.sample_rate, tone)
    if not markers:
        return None
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > amplitude(SILENT_DBFS) * FULL_SCALE)
    return (int(loud[0]) - markers[0].onset) * 1000 / sound.sample_rate
