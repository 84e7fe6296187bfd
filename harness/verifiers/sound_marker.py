"""Markers: is any missing, and how old is what is heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.evidence.sent import read_sent
from harness.signals.hearing import Marker, find_markers
from harness.signals.sound import MARKER_MS, MARKER_PERIOD_MS, Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.sound import TIME_ERROR_MS, Sound, open_sound

ORDER_RUN = 5
"""Markers in a row that tell their place in the order of 31."""


@in_unit("markers")
def missing_markers(
    recording: AudioRecording, tone: Tone, *, since_ns: int, until_ns: int
) -> Measurement:
    """Markers sent every 500 ms that were not found in [since, until).

    Gaps between neighbours count, in periods, so a jitter buffer that stretches time hides and
    invents none; so do the parts before the first and after the last. Two markers closer than half
    a period are noted. A recording that ends less than a period too early is judged to its end.
    """
    sound = open_sound(recording)
    short_ms = (until_ns - sound.end_ns) / NS_PER_MS
    if short_ms > MARKER_PERIOD_MS:
        raise NoEvidenceError(f"{sound.file} ends {short_ms:.0f} ms too early")
    until_ns = min(until_ns, sound.end_ns)
    found = _heard(sound, tone, since_ns, until_ns)
    times_ms = (_times_ns(sound, found) - since_ns) / NS_PER_MS
    last_ms = (until_ns - since_ns) / NS_PER_MS - MARKER_MS
    if not found:
        lost = int(max(0.0, last_ms) // MARKER_PERIOD_MS)
    else:
        gaps = np.rint(np.diff(times_ms) / MARKER_PERIOD_MS).astype(int)
        before = int(times_ms[0] // MARKER_PERIOD_MS)
        after = int((last_ms - times_ms[-1]) // MARKER_PERIOD_MS)
        lost = int(np.maximum(gaps - 1, 0).sum()) + before + max(0, after)
    close = int(np.count_nonzero(np.diff(times_ms) < MARKER_PERIOD_MS / 2))
    return Measurement(
        value=float(lost),
        unit="markers",
        rests_on=len(found) + lost,
        notes=(f"{close} markers too many: less than half a period apart",) if close else (),
        evidence=(sound.file,),
    )


@in_unit("ms")
def marker_lag(
    recording: AudioRecording, tone: Tone, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Time from sending to hearing of the first whole marker heard in [since, until).

    The value says how old the sound is. With a marker `up` or `down` it is the smallest that fits,
    unambiguous only below 500 ms. With `order` it is told by the first five markers, up to 15.5 s.

    Args:
        recording: What was heard.
        tone: What was sent.
        sent: The publisher's `.sent` file, numbers in samples of the tone's rate.
        since_ns: When listening begins, for example the unmute.
        until_ns: When it ends.
    """
    sound = open_sound(recording)
    number, sent_ns = _sent_markers(sent, tone)
    heard = _heard(sound, tone, since_ns, until_ns)
    least = ORDER_RUN if tone.marker == "order" else 1
    if len(heard) < least:
        raise NoEvidenceError(
            f"{sound.file}: {len(heard)} markers were heard in the time asked for, {least} needed"
        )
    run = heard[:least]
    heard_ns = int(_times_ns(sound, run[:1])[0])
    period = MARKER_PERIOD_MS * sound.sample_rate / 1000
    places = [round((marker.onset - run[0].onset) / period) for marker in run]
    fitting = [
        at_ns
        for k, at_ns in zip(number.tolist(), sent_ns.tolist(), strict=True)
        if at_ns <= heard_ns
        and all(tone.direction(k + j) == m.direction for j, m in zip(places, run, strict=True))
    ]
    if not fitting:
        raise NoEvidenceError(f"{sound.file}: the markers heard are in an order never sent")
    alike = "all markers are alike: a lag is told only up to 500 ms"
    return Measurement(
        value=(heard_ns - max(fitting)) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=len(run),
        notes=() if tone.marker == "order" else (alike,),
        evidence=(sound.file,),
    )


def _heard(sound: Sound, tone: Tone, since_ns: int, until_ns: int) -> list[Marker]:
    """Markers that lie whole in [since, until); onsets are positions in the whole recording."""
    if tone.marker is None:
        raise NoEvidenceError("the tone has no markers")
    start, stop = sound.span(since_ns, until_ns)
    try:
        found = find_markers(sound.samples[start:stop, 0], sound.sample_rate, tone)
    except ValueError as error:
        raise NoEvidenceError(str(error)) from error
    return [
        Marker(onset=m.onset + start, similarity=m.similarity, direction=m.direction) for m in found
    ]


def _times_ns(sound: Sound, markers: list[Marker]) -> NDArray[np.int64]:
    return sound.times_ns(np.array([marker.onset for marker in markers], dtype=np.float64))


def _sent_markers(sent: Path, tone: Tone) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number and hand-over of each marker that was sent."""
    try:
        log = read_sent(sent)
    except OSError as error:
        raise NoEvidenceError(f"no record of what was sent: {error}") from error
    period = tone.sample_rate * MARKER_PERIOD_MS // 1000
    starts = log[log["number"] % period == 0]
    if not len(starts):
        raise NoEvidenceError(f"{sent.name} holds no marker that was sent")
    return starts["number"] // period, starts["at_ns"]
