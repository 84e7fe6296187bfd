"""How long it takes from asking for media until it is as it was sent: a picture, and a sound.

That the first picture of a track is there at all is told by `picture_edge.first_frame`.

Sound is clean from the moment on from which the tone has its level without a break, and the next
two markers are whole and as far apart as they were sent: a sound that fades in has not its level,
and concealment makes no marker. The moment is told by windows of 10 ms that slide by 1 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.signals.hearing import (
    WINDOW_MS,
    Marker,
    find_markers,
    sliding_pilot_dbfs,
    sliding_rms_dbfs,
)
from harness.signals.picture import ColourCode
from harness.signals.sound import MARKER_MS, MARKER_PERIOD_MS, Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.layers import heights_in_order
from harness.verifiers.pictures import TIME_ERROR_MS as PICTURE_ERROR_MS
from harness.verifiers.pictures import open_pictures
from harness.verifiers.proof import Witness, require_alive
from harness.verifiers.sound import FRAME_NS, TIME_ERROR_MS, Sound, open_sound
from harness.verifiers.sound_edge import open_below

LEVEL_DB = 3.0
"""How far below its level the tone may be; a received level is exact to 0.2 dB, measured."""
ONSET_RATIO = 0.29
"""Share of a window without the tone that lowers its level by as much: where the tone begins."""
BREAK_MS = 20
"""Windows in a row that may lack the tone: those at a marker's edge do; a packet has 20 ms."""
STALL_NS = 50 * NS_PER_MS
WHOLE = 0.9
"""Similarity of a marker of which nothing was lost: 0.94 and more, measured."""
SLIP_MS = 100
"""How much a jitter buffer that settles stretches the time between markers: 45 ms, measured."""
STAYS_NS = NS_PER_S
FULL_RATE_RATIO = 0.5
"""Share of the pictures sent in the second after the onset that must come in it."""


@in_unit("ms")
def first_clean_sound(
    recording: AudioRecording,
    tone: Tone,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """Time from `since_ns` to the first clean sound, as the module has it.

    Where none comes the value is how long was listened, `at_least`.

    Args:
        recording: What was heard.
        tone: What was sent, with markers and without pauses.
        since_ns: When it was asked for.
        until_ns: When listening ended, a second and more after the sound should have begun.
        alive: Another track of the receiver, for a stream that gave nothing at all.
    """
    if tone.marker is None or tone.pause_ms:
        raise NoEvidenceError("a tone without markers, or with pauses, does not tell clean sound")
    sound = open_sound(recording)
    start, stop = sound.span(since_ns, until_ns)
    seen = Seen(series=Series.LEVEL, file=sound.file, since_ns=since_ns)
    if start == stop:
        if alive is None:
            raise NoEvidenceError(f"{sound.file} holds nothing of the time asked for")
        witness = require_alive(alive, since_ns, until_ns)
        waited_ns = until_ns - since_ns
        return _never(waited_ns, "the stream gave nothing", (sound.file, witness), seen)
    runs = _unbroken(sound, tone, start, stop)
    for begin, end in runs:
        onset = _clean_from(_whole_markers(sound, tone, begin, end), begin, sound.sample_rate)
        if onset is not None:
            first, at = sound.times_ns(np.array([float(runs[0][0]), onset])).tolist()
            value_ms, already = (at - since_ns) / NS_PER_MS, onset == start
            before = ("clean from the first window on: it may have begun before",)
            return Measurement(
                value=value_ms,
                unit="ms",
                error=TIME_ERROR_MS,
                sampling=open_below(value_ms) if already else None,
                rests_on=1,
                notes=(
                    f"first heard after {(first - since_ns) / NS_PER_MS:.0f} ms",
                    *(before if already else ()),
                ),
                evidence=(sound.file,),
                seen=seen,
            )
    short_ms = (until_ns - sound.end_ns) / NS_PER_MS
    if short_ms > MARKER_PERIOD_MS:
        raise NoEvidenceError(f"{sound.file} ends {short_ms:.0f} ms too early")
    listened_ns = min(until_ns, sound.end_ns) - since_ns
    return _never(listened_ns, f"never clean, heard in {len(runs)} pieces", (sound.file,), seen)


@in_unit("ms")
def first_full_picture(
    recording: VideoRecording,
    picture: ColourCode,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """Time from `since_ns` to the first picture of the size published that stays so for a second.

    In that second no picture is smaller, and half of those sent come. Where it does not come to
    that, the value is how long was watched, `at_least`.

    Args:
        recording: What was seen.
        picture: What was published; of several layers the largest.
        since_ns: When it was asked for.
        until_ns: When watching ended.
        alive: Another track of the receiver. Without it pictures must have come in the end.
    """
    pictures = open_pictures(recording)
    read = pictures.of(picture.track_code, since_ns, until_ns)
    times, full = read["arrival_ns"], read["height"] >= picture.height
    smaller_ns = times[~full]
    seen = Seen(series=Series.HEIGHT, file=pictures.file, since_ns=since_ns)
    notes = (
        heights_in_order(read["height"].tolist()),
        *pictures.rejects(picture.track_code, since_ns, until_ns),
    )
    for at_ns in times[full & (times + STAYS_NS <= until_ns)]:
        end_ns = at_ns + STAYS_NS
        stays = not ((smaller_ns >= at_ns) & (smaller_ns < end_ns)).any()
        came = np.count_nonzero((times >= at_ns) & (times < end_ns))
        if stays and came >= FULL_RATE_RATIO * picture.fps:
            return Measurement(
                value=(int(at_ns) - since_ns) / NS_PER_MS,
                unit="ms",
                error=PICTURE_ERROR_MS,
                rests_on=1,
                notes=notes,
                evidence=(pictures.file,),
                seen=seen,
            )
    evidence = [pictures.file]
    if alive is not None:
        evidence.append(require_alive(alive, since_ns, until_ns))
    elif not len(times) or until_ns - times[-1] > STAYS_NS:
        raise NoEvidenceError(f"{pictures.file}: no picture came in the end, and no witness named")
    what = "never of full size for a second"
    return _never(until_ns - since_ns, what, tuple(evidence), seen, notes)


def _never(
    waited_ns: int,
    what: str,
    evidence: tuple[str, ...],
    seen: Seen,
    notes: tuple[str, ...] = (),
) -> Measurement:
    return Measurement(
        value=waited_ns / NS_PER_MS,
        unit="ms",
        at_least=True,
        notes=(f"{what}; the value is how long was waited", *notes),
        evidence=evidence,
        seen=seen,
    )


def _unbroken(sound: Sound, tone: Tone, start: int, stop: int) -> list[tuple[int, int]]:
    """Positions from and to which the tone has its level, or a marker is louder; in order."""
    hop = sound.sample_rate // 1000
    samples = sound.samples[start:stop, 0]
    levels = sliding_pilot_dbfs(samples, sound.sample_rate, tone.pilot_hz, hop=hop)
    louder = sliding_rms_dbfs(samples, sound.sample_rate, hop=hop) > tone.pilot_dbfs
    heard = np.flatnonzero(louder | (levels > tone.pilot_dbfs - LEVEL_DB))
    if not len(heard):
        return []
    frame_of = (start + heard * hop) * 100 // sound.sample_rate
    late = np.cumsum(np.diff(sound.frame_ns, prepend=sound.frame_ns[0]) > FRAME_NS + STALL_NS)
    broken = (np.diff(heard) > BREAK_MS) | (np.diff(late[frame_of]) > 0)
    pieces = np.split(heard, np.flatnonzero(broken) + 1)
    return [(_begin(sound, start, int(piece[0])), start + int(piece[-1]) * hop) for piece in pieces]


def _begin(sound: Sound, start: int, window: int) -> int:
    """Where the tone begins that was first heard in this window."""
    inside = ONSET_RATIO * WINDOW_MS if window else 0.0
    return start + round((window + inside) * sound.sample_rate / 1000)


def _whole_markers(sound: Sound, tone: Tone, begin: int, end: int) -> list[Marker]:
    """Markers of which nothing is missing; onsets are positions in the whole recording."""
    try:
        found = find_markers(sound.samples[begin:end, 0], sound.sample_rate, tone)
    except ValueError as error:
        raise NoEvidenceError(f"{sound.file}: {error}") from error
    return [
        Marker(onset=m.onset + begin, similarity=m.similarity, direction=m.direction)
        for m in found
        if m.similarity >= WHOLE
    ]


def _clean_from(markers: Sequence[Marker], begin: int, sample_rate: int) -> float | None:
    """Where the sound before the first two markers in time is clean, None without such two.

    That is from `begin` on, unless a marker was due since: then from behind that one on. Where one
    was heard that stands too close, sound is missing somewhere in between.
    """
    per_ms = sample_rate / 1000
    shortest = (MARKER_PERIOD_MS - SLIP_MS) * per_ms
    for place, (marker, following) in enumerate(pairwise(markers)):
        if abs((following.onset - marker.onset) / per_ms - MARKER_PERIOD_MS) > SLIP_MS:
            continue
        if place and marker.onset - markers[place - 1].onset < shortest:
            return marker.onset
        due = marker.onset - MARKER_PERIOD_MS * per_ms
        return float(begin) if begin >= due - MARKER_MS * per_ms else due + MARKER_MS * per_ms
    return None
