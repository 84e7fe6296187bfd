"""How long it takes from the end of a fault until media is steady again.

Steady is what stays so until the end of what was watched, and for a second at least: a flow that
comes back and breaks again has not recovered. Where that did not come, the value is how long was
watched, `at_least`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.signals.hearing import find_markers
from harness.signals.picture import ColourCode
from harness.signals.sound import MARKER_MS, MARKER_PERIOD_MS, Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.gap import heard_ns, new_pictures_ns
from harness.verifiers.pictures import TIME_ERROR_MS as PICTURE_ERROR_MS
from harness.verifiers.pictures import open_pictures
from harness.verifiers.sound import TIME_ERROR_MS, Sound, open_sound

STEADY_NS = NS_PER_S
FULL_RATE_RATIO = 0.8
"""Share of the pictures sent in a second that must come in it."""
BREAK_NS = 30 * NS_PER_MS
"""Between heard frames of 10 ms: two of them were missing; one may lie on an edge."""
MARKER_APART_NS = 3 * MARKER_PERIOD_MS * NS_PER_MS // 2
"""Markers further apart than this have one missing between them; a jitter buffer moves some."""


@in_unit("ms")
def picture_recovery(
    recording: VideoRecording, picture: ColourCode, *, healed_ns: int, until_ns: int
) -> Measurement:
    """Time from `healed_ns` to the first new picture from which on the flow is steady.

    Steady: no freeze as webrtc-stats defines it (the larger of three frame durations and one
    frame duration and 150 ms), and four fifths of the rate sent in every second. Rests on a
    picture read before `healed_ns`.

    Args:
        recording: What was seen.
        picture: What was sent.
        healed_ns: When the fault was over.
        until_ns: When watching ended.
    """
    pictures = open_pictures(recording)
    times = new_pictures_ns(pictures, picture.track_code, until_ns)
    if not len(times) or times[0] >= healed_ns:
        raise NoEvidenceError(f"{pictures.file}: no picture was read before the fault was over")
    times = times[times >= healed_ns]
    steady_ns = _steady_pictures_ns(times, picture.fps, until_ns)
    return _answer(
        steady_ns,
        healed_ns,
        until_ns,
        error=PICTURE_ERROR_MS,
        rests_on=len(times),
        notes=(
            f"{len(times)} new pictures came",
            *pictures.rejects(picture.track_code, healed_ns, until_ns),
        ),
        file=pictures.file,
    )


@in_unit("ms")
def sound_recovery(
    recording: AudioRecording, tone: Tone, *, healed_ns: int, until_ns: int
) -> Measurement:
    """Time from `healed_ns` to the first moment from which on the sound is clean.

    Clean: the tone without a break of 30 ms, and every marker that was due. Rests on the tone
    heard before `healed_ns`.

    Args:
        recording: What was heard.
        tone: What was sent, with markers.
        healed_ns: When the fault was over.
        until_ns: When listening ended.
    """
    if tone.marker is None:
        raise NoEvidenceError("the tone has no markers, without which concealment sounds clean")
    sound = open_sound(recording)
    times = heard_ns(sound, tone)
    if not len(times) or times[0] >= healed_ns:
        raise NoEvidenceError(f"{sound.file}: nothing was heard before the fault was over")
    times = times[(times >= healed_ns) & (times < until_ns)]
    steady_ns = _unbroken_ns(times, until_ns)
    if steady_ns is not None:
        steady_ns = _with_all_markers_ns(sound, tone, steady_ns, until_ns)
    return _answer(
        steady_ns,
        healed_ns,
        until_ns,
        error=TIME_ERROR_MS,
        rests_on=len(times),
        notes=(f"the tone was heard in {len(times) * 10} ms",),
        file=sound.file,
    )


def _steady_pictures_ns(times: NDArray[np.int64], fps: int, until_ns: int) -> int | None:
    """The first picture after every freeze and every second below the rate."""
    period_ns = NS_PER_S // fps
    freeze_ns = max(3 * period_ns, period_ns + 150 * NS_PER_MS)
    frozen = np.diff(np.append(times, until_ns)) >= freeze_ns
    in_a_second = np.searchsorted(times, times + NS_PER_S) - np.arange(len(times))
    whole = times + NS_PER_S <= until_ns
    slow = whole & (in_a_second < FULL_RATE_RATIO * fps)
    return _after_last(frozen | slow, times)


def _unbroken_ns(times: NDArray[np.int64], until_ns: int) -> int | None:
    """The first heard frame after every break."""
    return _after_last(np.diff(np.append(times, until_ns)) > BREAK_NS, times)


def _with_all_markers_ns(sound: Sound, tone: Tone, since_ns: int, until_ns: int) -> int | None:
    """The first moment from `since_ns` on after which no marker is missing."""
    start, stop = sound.span(since_ns, until_ns)
    found = find_markers(sound.samples[start:stop, 0], sound.sample_rate, tone)
    onsets = sound.times_ns(np.array([start + marker.onset for marker in found], dtype=np.float64))
    edges = np.concatenate([[since_ns], onsets, [until_ns]]).astype(np.int64)
    missing = np.flatnonzero(np.diff(edges) > MARKER_APART_NS)
    if not len(missing):
        return since_ns
    if missing[-1] == len(onsets):
        return None
    # The missing marker was due one period before the next one that was heard.
    due_ns = int(edges[missing[-1] + 1]) - MARKER_PERIOD_MS * NS_PER_MS
    return max(since_ns, due_ns + MARKER_MS * NS_PER_MS)


def _after_last(bad: NDArray[np.bool_], times: NDArray[np.int64]) -> int | None:
    """The time after the last bad one, None where there is none."""
    last = int(np.flatnonzero(bad)[-1]) if bad.any() else -1
    return int(times[last + 1]) if last + 1 < len(times) else None


def _answer(
    steady_ns: int | None,
    healed_ns: int,
    until_ns: int,
    *,
    error: float,
    rests_on: int,
    notes: tuple[str, ...],
    file: str,
) -> Measurement:
    came = steady_ns is not None and until_ns - steady_ns >= STEADY_NS
    at_ns = steady_ns if came and steady_ns is not None else until_ns
    never = () if came else ("it was not steady again; the value is how long was watched",)
    return Measurement(
        value=(at_ns - healed_ns) / NS_PER_MS,
        unit="ms",
        error=error if came else 0.0,
        at_least=not came,
        rests_on=rests_on,
        notes=(*never, *notes),
        evidence=(file,),
    )
