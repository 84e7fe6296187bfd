"""How long it takes from the end of a fault until media is steady again.

Steady is what stays so for a second: a flow that comes back and breaks at once has not recovered.
That it breaks later is told in the notes. Where it never was steady, the value is how long was
watched, `at_least`, and the receiver must have been alive to the end.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.signals.hearing import find_markers
from harness.signals.picture import ColourCode
from harness.signals.sound import MARKER_MS, MARKER_PERIOD_MS, Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.freeze import freeze_bound_ns
from harness.verifiers.gap import heard_ns
from harness.verifiers.pictures import TIME_ERROR_MS as PICTURE_ERROR_MS
from harness.verifiers.pictures import new_pictures, open_pictures
from harness.verifiers.proof import Witness, require_to_the_end
from harness.verifiers.sound import TIME_ERROR_MS, Sound, open_sound

STEADY_NS = NS_PER_S
FULL_RATE_RATIO = 0.8
"""Share of the pictures sent in a second that must come in it."""
BREAK_NS = 30 * NS_PER_MS
"""Between heard frames of 10 ms: two of them were missing; one may lie on an edge."""
PERIOD_NS = MARKER_PERIOD_MS * NS_PER_MS


@in_unit("ms")
def picture_recovery(
    recording: VideoRecording,
    picture: ColourCode,
    *,
    healed_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    longest_ms: float | None = None,
) -> Measurement:
    """Time from `healed_ns` to the first new picture from which on the flow is steady.

    Steady: no freeze as `freeze_bound_ns` has it, and four fifths of the rate sent. The average
    is the interval at which pictures are sent: one that holds the fault itself would take what
    breaks right after it for normal. Rests on a picture read before `healed_ns`.

    Args:
        recording: What was seen.
        picture: What was sent.
        healed_ns: When the fault was over.
        until_ns: When watching ended.
        alive: Another track of the receiver, for pictures that do not go on to the end.
        longest_ms: Two pictures that are this far apart are a freeze, in place of that bound: on a
            network whose losses are repaired all the time, and each repair takes longer than it.
    """
    pictures = open_pictures(recording)
    times, _ = new_pictures(pictures, picture.track_code, until_ns)
    if not len(times) or times[0] >= healed_ns:
        raise NoEvidenceError(f"{pictures.file}: no picture was read before the fault was over")
    times = times[times >= healed_ns]
    bound_ns = freeze_bound_ns(NS_PER_S / picture.fps)
    if longest_ms is not None:
        bound_ns = longest_ms * NS_PER_MS
    frozen = times[np.diff(np.append(times, until_ns)) >= bound_ns]
    in_a_second = np.searchsorted(times, times + NS_PER_S) - np.arange(len(times))
    fast = times[in_a_second >= FULL_RATE_RATIO * picture.fps]
    notes = pictures.rejects(picture.track_code, healed_ns, until_ns)
    seen = Seen(series=Series.PICTURES, file=pictures.file, since_ns=healed_ns)
    measured = _answer(fast, frozen, until_ns, seen, error=PICTURE_ERROR_MS, notes=notes)
    return _to_the_end(measured, pictures.file, pictures.end_ns, alive, healed_ns, until_ns)


@in_unit("ms")
def sound_recovery(
    recording: AudioRecording,
    tone: Tone,
    *,
    healed_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """Time from `healed_ns` to the first moment from which on the sound is clean.

    Clean: the tone without a break of 30 ms, and every marker that was due: concealment carries
    on a tone and makes no marker. Rests on the tone heard before `healed_ns`.

    Args:
        recording: What was heard.
        tone: What was sent, with markers.
        healed_ns: When the fault was over.
        until_ns: When listening ended.
        alive: Another track of the receiver, for a stream that ended.
    """
    if tone.marker is None:
        raise NoEvidenceError("the tone has no markers, without which concealment sounds clean")
    sound = open_sound(recording)
    times = heard_ns(sound, tone)
    if not len(times) or times[0] >= healed_ns:
        raise NoEvidenceError(f"{sound.file}: nothing was heard before the fault was over")
    times = times[(times >= healed_ns) & (times < until_ns)]
    broken = times[np.diff(np.append(times, until_ns)) > BREAK_NS]
    missing = _missing_markers_ns(sound, tone, healed_ns, until_ns)
    bad = np.sort(np.concatenate([broken, missing]))
    seen = Seen(series=Series.LEVEL, file=sound.file, since_ns=healed_ns)
    measured = _answer(times, bad, until_ns, seen, error=TIME_ERROR_MS, notes=())
    return _to_the_end(measured, sound.file, sound.end_ns, alive, healed_ns, until_ns)


def _missing_markers_ns(
    sound: Sound, tone: Tone, since_ns: int, until_ns: int
) -> NDArray[np.int64]:
    """When each marker should have ended that was due in [since, until) and not heard."""
    start, stop = sound.span(since_ns, until_ns)
    found = find_markers(sound.samples[start:stop, 0], sound.sample_rate, tone)
    onsets = sound.times_ns(np.array([start + marker.onset for marker in found], dtype=np.float64))
    edges = [since_ns - PERIOD_NS // 2, *onsets.tolist(), until_ns - MARKER_MS * NS_PER_MS]
    due = [
        np.arange(later - PERIOD_NS, earlier + PERIOD_NS // 2, -PERIOD_NS)  # back from the next
        for earlier, later in pairwise(edges)
    ]
    return np.concatenate(due).astype(np.int64) + MARKER_MS * NS_PER_MS


def _to_the_end(
    measured: Measurement,
    file: str,
    end_ns: int,
    alive: Witness | None,
    healed_ns: int,
    until_ns: int,
) -> Measurement:
    """The same, where it never was steady with the proof that the receiver was alive."""
    if not measured.at_least:
        return measured
    witness = require_to_the_end(file, end_ns, alive, healed_ns, until_ns)
    return replace(measured, evidence=(*measured.evidence, *witness))


def _answer(
    times: NDArray[np.int64],
    bad: NDArray[np.int64],
    until_ns: int,
    seen: Seen,
    *,
    error: float,
    notes: tuple[str, ...],
) -> Measurement:
    """From the first of `times` that has nothing bad in the second that follows."""
    assert seen.since_ns is not None
    whole = times[times + STEADY_NS <= until_ns]
    clean = np.searchsorted(bad, whole) == np.searchsorted(bad, whole + STEADY_NS)
    came = bool(clean.any())
    at_ns = int(whole[clean][0]) if came else until_ns
    again = int(np.count_nonzero(bad >= at_ns))
    words = f"breaks afterwards: {again}" if came else "never steady: the value is the time watched"
    return Measurement(
        value=(at_ns - seen.since_ns) / NS_PER_MS,
        unit="ms",
        error=error if came else 0.0,
        at_least=not came,
        rests_on=len(times),
        notes=(*((words,) if again or not came else ()), *notes),
        evidence=(seen.file,),
        seen=seen,
    )
